// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@testable import Audit

@Suite("Control no-defaults, looked at")
struct NoDefaultsCheckTests {
    private func findings(_ change: (GoLive, WallTime) throws -> GoLive) async throws -> [String] {
        var system = try await SoundSystem.make()
        let settings = OutsideSettings(goLive: try change(system.outside.inForce.goLive, system.now))
        (system.outside.inForce, system.outside.stored) = (settings, settings)
        return await Check.noDefaults.run(system).findings.map { "\($0.code.rawValue) \($0.severity.rawValue)" }
    }

    @Test func `a business that was never asked falls short once it can call outside, and is told so before`()
        async throws
    {
        #expect(try await findings { _, _ in .open } == ["no-defaults.never-asked warning"])
        var system = try await SoundSystem.make()
        (system.outside.inForce, system.outside.stored) = (OutsideSettings(), OutsideSettings())
        system.snapshot = system.snapshot.applying(
            system.snapshot.outside.usableTrunks.map { .outside(.removeTrunk($0.trunk.name)) }
        )
        let report = await Check.noDefaults.run(system)
        #expect(report.holds && report.findings.map(\.code.rawValue) == ["no-defaults.never-asked"])
    }

    @Test func `what waits is told with its end, and what is left`() async throws {
        let waiting = try await findings { gate, now in
            let word = GoLive.Word(by: "anna", at: now, waitingUntil: now + .seconds(60), reason: "Monday")
            return gate.with(try #require(word), for: .alerts)
        }
        #expect(waiting == ["no-defaults.waiting notice"])
        #expect(try await findings { _, now in .asked(since: now) } == ["no-defaults.closed notice"])
    }

    @Test func `T01 a call that left while the gate was closed is found`() async throws {
        let found = try await findings { _, now in .asked(since: now + .seconds(-3_600)) }
        #expect(found == ["no-defaults.closed notice", "no-defaults.left critical"])
    }

    @Test func `another gate than the one that is stored is found`() async throws {
        var system = try await SoundSystem.make()
        system.outside.stored = OutsideSettings(goLive: .asked(since: system.now))
        let found = await Check.noDefaults.run(system).findings.map(\.code.rawValue)
        #expect(found == ["no-defaults.other-settings"])
    }
}
