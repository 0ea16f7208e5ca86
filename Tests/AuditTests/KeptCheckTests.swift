// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@testable import Audit

@Suite("Controls stored-audio and records-retention: what the audit sees")
struct KeptCheckTests {
    private static func codes(_ check: Check, _ change: (inout LiveSystem) throws -> Void) async throws -> [String] {
        var system = try await SoundSystem.make()
        try change(&system)
        return await check.run(system).findings.map { String($0.code.rawValue.drop { $0 != "." }.dropFirst()) }
    }

    @Test func `sealed files of the server alone are all there is`() async throws {
        #expect(try await Self.codes(.storedAudio) { _ in }.isEmpty)
        #expect(try await Self.codes(.recordsRetention) { _ in }.isEmpty)
    }

    @Test func `W06 a file that is not sealed, one that others reach, and messages that do not open are found`()
        async throws
    {
        let number = try #require(ExtensionNumber(parsing: "701"))
        let found = try await Self.codes(.storedAudio) { system in
            system.kept?.sounds += [
                .init(path: "/x/a", shortcoming: .unsealed), .init(path: "/x/b", shortcoming: .open(mode: 0o644)),
            ]
            system.kept?.closed = [number: 2]
        }
        #expect(found == ["unsealed-sound", "open-sound", "closed-message"])
        #expect(try await Self.codes(.storedAudio) { $0.kept = nil } == ["unreadable"])
    }

    @Test func `W06 what is older than it may be is found, and not in the days that a night may be missed`()
        async throws
    {
        let day: Int64 = 86_400
        for (days, expected) in [(399, []), (402, []), (404, ["too-old"])] as [(Int64, [String])] {
            #expect(
                try await Self.codes(.recordsRetention) { $0.kept?.oldestRecord = $0.now + .seconds(-days * day) }
                    == expected
            )
        }
        #expect(
            try await Self.codes(.recordsRetention) { $0.kept?.oldestMessage = $0.now + .seconds(-94 * day) } == [
                "too-old"
            ]
        )
        #expect(try await Self.codes(.recordsRetention) { $0.kept = nil } == ["unreadable"])
    }

    @Test func `what is held is said, and may be as old as it is`() async throws {
        let found = try await Self.codes(.recordsRetention) { system in
            system.snapshot = system.snapshot.applying([.retain(RetentionSettings(hold: "court order"))])
            system.kept?.oldestRecord = WallTime(milliseconds: 0)
        }
        #expect(found == ["held"])
    }

    @Test func `days that nobody may choose are found`() async throws {
        let found = try await Self.codes(.recordsRetention) { system in
            system.snapshot = system.snapshot.applying([.retain(RetentionSettings(recordDays: 9_999))])
        }
        #expect(found == ["wrong-settings"])
    }
}
