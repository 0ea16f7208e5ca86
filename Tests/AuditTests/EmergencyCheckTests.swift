// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@testable import Audit

@Suite("Control emergency-calls: what an audit finds")
struct EmergencyCheckTests {
    private func codes(
        _ change: (inout EmergencySettings, inout DialingSettings) throws -> Void
    ) async throws -> [String] {
        var system = try await SoundSystem.make()
        var (emergency, dialing) = (system.snapshot.outside.emergency, system.snapshot.outside.dialing)
        try change(&emergency, &dialing)
        system.snapshot = system.snapshot.applying([.outside(.help(emergency)), .outside(.dial(dialing))])
        return await findings(system).map(\.code.rawValue).map { String($0.dropFirst("emergency-calls.".count)) }
    }

    private func findings(_ system: LiveSystem) async -> [Finding] {
        await Check.emergencyCalls.run(system).findings
    }

    @Test func `nothing where everything was said and tried`() async throws {
        #expect(try await codes { _, _ in }.isEmpty)
    }

    @Test func `a country, places, call-back numbers and people who are told that are missing`() async throws {
        #expect(try await codes { _, dialing in dialing.numbering.home = nil } == ["no-home"])
        #expect(try await codes { emergency, _ in emergency.usual.address = nil } == ["no-place"])
        #expect(try await codes { emergency, _ in emergency.usual.callback = nil } == ["no-callback"])
        #expect(try await codes { emergency, _ in _ = emergency.tell([]) } == ["nobody-told"])
    }

    @Test func `a call-back number that the business has no more is none`() async throws {
        var system = try await SoundSystem.make()
        let callback = try #require(system.snapshot.outside.emergency.usual.callback)
        system.snapshot = system.snapshot.applying([.outside(.disown(callback))])
        #expect(await findings(system).map(\.code.rawValue) == ["emergency-calls.no-callback"])
    }

    @Test func `a trunk that was never tried, failed, or was tried long ago`() async throws {
        let name = try #require(TrunkName(parsing: "main"))
        func tried(daysAgo days: Int64, passed: Bool) async throws -> [String] {
            try await codes { emergency, _ in
                var way = emergency.way(over: name)
                let at = WallTime(milliseconds: 1_800_000_000_000 - days * 86_400_000)
                way.lastTest = HelpTest(
                    at: at,
                    number: try #require(way.testNumber),
                    passed: passed,
                    words: "a test"
                )
                emergency.put(way, over: name)
            }
        }
        #expect(try await codes { emergency, _ in emergency.put(EmergencySettings.Way(), over: name) } == ["untested"])
        #expect(try await tried(daysAgo: 89, passed: true).isEmpty)
        #expect(try await tried(daysAgo: 91, passed: true) == ["old-test"])
        #expect(try await tried(daysAgo: 1, passed: false) == ["failed-test"])
    }

    @Test func `an extension with a number for help, and a call for help that was refused`() async throws {
        var system = try await SoundSystem.make()
        let number = try #require(ExtensionNumber(parsing: "110"))
        let taken = Extension(number: number, name: "", createdAt: WallTime(milliseconds: 0))
        system.snapshot = system.snapshot.applying([.put(taken)])
        var record = try #require(system.records.first)
        record.callee = .emergency(try #require(DigitString(parsing: "112")))
        (record.outcome, record.answeredAt) = (.refused, nil)
        system.records = [record]
        #expect(
            await findings(system).map(\.code.rawValue) == ["emergency-calls.taken-number", "emergency-calls.refused"]
        )
    }

    @Test
    func `a call for help that no provider took, or whose audio has no keys, is found as the switchboard records it`()
        async throws
    {
        let memory = try MemoryTarget(nil)
        await memory.fail(true)
        let phones = try await TestPhone.registered(1, memory.wire(), memory.target())
        _ = try await phones[0].dial(phones[0].invitation(to: "112"))
        var plain = try await phones[0].invitation(to: "0112")
        plain.body = OfferText.plain
        _ = try await phones[0].dial(plain)
        await memory.fail(false)
        _ = try await phones[0].dial(phones[0].invitation(to: "110"))
        var system = try await SoundSystem.make()
        system.snapshot = system.snapshot.applying([.outside(.dial(await memory.snapshot.outside.dialing))])
        system.records = await memory.records
        #expect(system.records.count == 3)
        let found = await findings(system)
        #expect(found.map(\.code.rawValue) == ["emergency-calls.refused"], "the one that its caller gave up is none")
        #expect(found.first?.evidence.contains("dialled 112") == true)
    }

    @Test func `a group with a number for help`() async throws {
        var system = try await SoundSystem.make()
        let made = RingGroup(
            name: try #require(ShortName(parsing: "desk")),
            number: ExtensionNumber(parsing: "110"),
            createdAt: WallTime(milliseconds: 0)
        )
        system.snapshot = system.snapshot.applying([.outside(.route(.putGroup(try #require(made))))])
        let found = await findings(system)
        #expect(found.map(\.code.rawValue) == ["emergency-calls.taken-number"])
        #expect(found.first?.title.contains("Group desk") == true)
    }

    @Test func `the last test of each trunk is shown`() async throws {
        let report = await Check.emergencyCalls.run(try await SoundSystem.make())
        #expect(report.examined.contains { $0.contains("trunk main") && $0.contains("933 passed") })
    }
}
