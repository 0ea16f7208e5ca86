// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@testable import Audit

/// A running system with nothing wrong: its answers to strangers are the real switchboard's.
enum SoundSystem {
    static func make() async throws -> LiveSystem {
        let office = try TestOffice()
        let memory = try MemoryTarget(nil)
        let declared = [
            Listener(purpose: .sipTLS, address: "192.0.2.1:5061"),
            Listener(purpose: .media, address: "192.0.2.1:40000"),
            Listener(purpose: .media, address: "192.0.2.1:40001"),
        ]
        let database = Array("SQLite format 3\0 0123456789abcde0 \(TestOffice.usernames[0]) sealed".utf8)
        let leg = LegProtection(
            transport: "tls",
            tlsVersion: "TLSv1.3",
            cipher: "TLS_AES_128_GCM_SHA256",
            srtpSuite: "AEAD_AES_256_GCM"
        )
        return LiveSystem(
            now: WallTime(milliseconds: 1_800_000_000_000),
            snapshot: office.snapshot,
            files: [(.directory, 0o700), (.database, 0o600), (.sealKey, 0o600), (.other, 0o644)].map { role, mode in
                StoredFile(role: role, path: "/x/\(role.rawValue)", mode: mode, owner: 0)
            },
            open: { _ in FileBlocks.of([database]) },
            sealKey: Redacted(Array(repeating: 0xA7, count: 32)),
            declared: declared,
            sockets: { declared.map { OpenSocket(network: $0.purpose.network, address: $0.address) } },
            sayInTheClear: { bytes, _ in
                bytes.first == 22 ? FakeTLS.answer(to: bytes, isOld: false, compresses: false) : []
            },
            askAsStranger: { requests in await ask(requests, memory) },
            connections: [ConnectionFacts(subject: "phone 1", protection: leg, carriesAudio: true)],
            media: MediaFacts(legs: [], suites: ["AEAD_AES_256_GCM"], drops: [:]),
            sources: SourceFacts(strangers: 1, strangerLimit: 64, refused: 0, challenged: 9, places: 128),
            records: [try record(leg)],
            verifyJournal: { JournalFacts(entries: 3, fault: nil, anchorFault: nil) },
            operators: [],
            account: OwnerRules.Account(user: 0, name: "root")
        )
    }

    private static func ask(_ requests: [[UInt8]], _ memory: MemoryTarget) async -> [[UInt8]?] {
        guard let link = try? await memory.wire().connect(Endpoint(.tls, port: MemoryTarget.tlsPort)) else { return [] }
        var answers: [[UInt8]?] = []
        for request in requests {
            _ = try? await link.send(request)
            if case .bytes(let bytes, _) = await link.receive(.seconds(1)) {
                answers.append(bytes)
            } else {
                answers.append(nil)
            }
        }
        return answers
    }

    private static func record(_ leg: LegProtection) throws -> CallRecord {
        CallRecord(
            id: "1",
            startedAt: WallTime(milliseconds: 0),
            answeredAt: WallTime(milliseconds: 1),
            caller: .extension(try #require(ExtensionNumber(parsing: "701"))),
            callerDevice: DeviceID(parsing: "0123456789abcde0"),
            dialled: "702",
            outcome: .answered,
            callerProtection: leg,
            calleeProtection: leg
        )
    }
}
