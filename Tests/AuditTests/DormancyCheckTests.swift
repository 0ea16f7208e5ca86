// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@testable import Audit

@Suite("Control dormant-extensions: what the audit finds")
struct DormancyCheckTests {
    private func codes(_ change: (inout LiveSystem, ExtensionNumber) throws -> Void) async throws -> [String] {
        var system = try await SoundSystem.make()
        try change(&system, try #require(ExtensionNumber(parsing: "701")))
        let found = await Check.dormantExtensions.run(system).findings
        return found.map { "\($0.code.rawValue) \($0.severity.rawValue)" }
    }

    private func replace(_ number: ExtensionNumber, in system: inout LiveSystem, _ edit: (inout Extension) -> Void) {
        guard var value = system.snapshot.extensions[number] else { return }
        edit(&value)
        system.snapshot = system.snapshot.applying([.put(value)])
    }

    @Test func `a sound system has nothing to say, and says what it looked at`() async throws {
        let report = await Check.dormantExtensions.run(try await SoundSystem.make())
        #expect(report.holds && report.findings.isEmpty)
        #expect(report.examined[0] == "the last use of 3 extensions; the longest unused is 701, for 1 days")
    }

    @Test func `one that nobody used for sixty days is found, and one that should have ended`() async throws {
        for (days, toldDays, code) in [
            (60, nil, "dormant-extensions.unused warning"), (95, 10, "dormant-extensions.unused warning"),
            (95, 31, "dormant-extensions.not-ended critical"),
        ] as [(Int64, Int64?, String)] {
            let found = try await codes { system, number in
                let told = toldDays.map { system.now + .seconds(-$0 * 86_400) }
                system.uses?[number] = ExtensionUse(usedAt: system.now + .seconds(-days * 86_400), toldAt: told)
            }
            #expect(found == [code])
        }
        #expect(
            try await codes { system, number in system.uses?[number] = nil } == ["dormant-extensions.unused warning"]
        )
    }

    @Test func `a leaver whose phone is still registered is found`() async throws {
        let found = try await codes { system, number in replace(number, in: &system) { $0.isEnabled = false } }
        #expect(found == ["dormant-extensions.registered critical"])
    }

    @Test func `what is kept is shown, and what nobody could have kept is found`() async throws {
        for (days, code) in [
            (400, "dormant-extensions.kept notice"), (401, "dormant-extensions.kept-too-long critical"),
        ]
            as [(Int64, String)]
        {
            let found = try await codes { system, number in
                let (from, until) = (system.now, system.now + .seconds(days * 86_400))
                system.uses?[number] = nil
                replace(number, in: &system) {
                    $0.reservation = Reservation(reason: "lift", grantedBy: "alice", from: from, until: until)
                }
            }
            #expect(found == [code])
        }
    }

    @Test func `what cannot be read is no good sign`() async throws {
        #expect(try await codes { system, _ in system.uses = nil } == ["dormant-extensions.unreadable warning"])
    }
}
