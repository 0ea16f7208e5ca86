// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP
import Testing

@testable import Audit

/// A sound system holds; each thing that can be wrong with it is found under its control.
@Suite("Checks")
struct CheckTests {
    @Test func `a sound system holds, and says what was looked at`() async throws {
        let report = await Auditor.run(try await SoundSystem.make())
        #expect(report.holds, "\(report.text)")
        #expect(report.exitStatus == 0)
        #expect(report.checks.allSatisfy { !$0.examined.isEmpty })
    }

    @Test func `C14 a password that attackers try first is found`() async throws {
        var system = try await SoundSystem.make()
        system.snapshot = try TestOffice(commonPassword: true).snapshot
        let findings = await findings(.sipPasswords, system)
        #expect(findings.map(\.severity) == [.critical])
    }

    @Test(arguments: [0, 1, 2, 3])
    func `a hash that lies readable in the database is found in every form`(form: Int) async throws {
        var system = try await SoundSystem.make()
        let device = try #require(system.snapshot.devices[TestOffice.usernames[0]])
        let hex = device.hashes.sha256.reveal { String($0) }
        let raw = try #require(Hex.decode(hex))
        let forms = [Array(hex.utf8), Array(hex.uppercased().utf8), raw, Array(Base64.encode(raw).utf8)]
        // Across the border of two blocks.
        let whole = Array("SQLite \(device.id) ".utf8) + [UInt8](repeating: 7, count: 1_000) + forms[form]
        system.open = { _ in FileBlocks.of([Array(whole[..<1_030]), Array(whole[1_030...])]) }
        let findings = await findings(.credentialDelivery, system)
        #expect(findings.contains { $0.severity == .critical && $0.evidence.contains("sha256") })
        #expect(findings.allSatisfy { !$0.evidence.contains(hex) })
    }

    @Test(arguments: SecretFileRules.Purpose.allCases)
    func `a file that others can write is found`(purpose: SecretFileRules.Purpose) async throws {
        var system = try await SoundSystem.make()
        system.files = system.files.filter { $0.role != purpose }
        system.files.append(StoredFile(role: purpose, path: "/x/file", mode: 0o666, owner: 0))
        #expect(await findings(.credentialDelivery, system).contains { $0.remedy.hasPrefix("chmod") })
    }

    @Test func `another database than the one in use is found`() async throws {
        var system = try await SoundSystem.make()
        system.open = { _ in FileBlocks.of([Array("SQLite format 3, of somebody else".utf8)]) }
        #expect(await findings(.credentialDelivery, system).map(\.severity) == [.warning])
    }

    @Test func `a listener that agrees to outdated TLS is found`() async throws {
        var system = try await SoundSystem.make()
        system.sayInTheClear = { bytes, _ in
            bytes.first == 22 ? FakeTLS.answer(to: bytes, isOld: true, compresses: false) : []
        }
        #expect(await findings(.signallingEncryption, system).contains { $0.evidence.hasPrefix("TLS 1.0") })
    }

    @Test func `a listener that refuses everything proves nothing`() async throws {
        var system = try await SoundSystem.make()
        system.sayInTheClear = { _, _ in [21, 3, 3, 0, 2, 2, 40] }
        #expect(await !findings(.signallingEncryption, system).isEmpty)
    }

    @Test func `an exception is shown until it ends, and is critical afterwards`() async throws {
        var system = try await SoundSystem.make()
        let address = "192.0.2.1:5060"
        system.declared.append(Listener(purpose: .sipUDP, address: address))
        let until = system.now + .seconds(60)
        system.snapshot = Snapshot(
            generation: 2,
            domain: system.snapshot.domain,
            extensions: Array(system.snapshot.extensions.values),
            devices: Array(system.snapshot.devices.values),
            exceptions: [ListenerException(transport: .udp, address: address, reason: "door phone", until: until)]
        )
        #expect(await findings(.signallingEncryption, system).map(\.severity) == [.notice])
        system.now = until
        #expect(await findings(.signallingEncryption, system).map(\.severity) == [.critical])
    }

    @Test func `C08 a phone and a call without encryption are found`() async throws {
        var system = try await SoundSystem.make()
        let bare = LegProtection(transport: "udp")
        system.connections = [
            ConnectionFacts(subject: "phone 1", protection: bare, carriesAudio: false),
            ConnectionFacts(subject: "call 1", protection: bare, carriesAudio: true),
        ]
        #expect(await findings(.signallingEncryption, system).count == 2)
        #expect(await findings(.mediaEncryption, system).count == 1)
    }

    @Test func `an answered call without encryption on one side is found in the records`() async throws {
        var system = try await SoundSystem.make()
        system.records[0].calleeProtection?.srtpSuite = nil
        #expect(await findings(.mediaEncryption, system).map(\.severity) == [.critical])
    }

    @Test func `audio from somebody unproven, and forged audio, are found`() async throws {
        var system = try await SoundSystem.make()
        let legs = [
            MediaFacts.Leg(name: "1/a", packets: 9, authenticationFailures: 0, replays: 0, locked: nil),
            MediaFacts.Leg(name: "1/b", packets: 0, authenticationFailures: 5_000, replays: 0, locked: nil),
        ]
        system.media = MediaFacts(legs: legs, suites: system.media.suites, drops: [:])
        #expect(await findings(.mediaSource, system).map(\.severity) == [.critical, .warning])
    }

    @Test func `answers that differ for a name that exists are found`() async throws {
        var system = try await SoundSystem.make()
        let honest = system.askAsStranger
        system.askAsStranger = { requests in
            await honest(requests).map { answer in
                answer.map {
                    $0.contains(0x37) && String(decoding: $0, as: UTF8.self).contains("sip:701@") ? $0 + [13, 10] : $0
                }
            }
        }
        #expect(await findings(.intrusionDetection, system).contains { $0.severity == .critical })
    }

    @Test func `a ban that hits a phone, and one without an end, are found`() async throws {
        var system = try await SoundSystem.make()
        let source = try #require(BanSource(parsing: "192.0.2.9"))
        let ban = Ban(
            source: source,
            reason: .scanning,
            evidence: "",
            since: system.now,
            until: system.now + .seconds(90_000)
        )
        system.sources = SourceFacts(
            strangers: 1,
            strangerLimit: 64,
            refused: 0,
            challenged: 9,
            places: 128,
            bans: [ban],
            bannedPhones: ["phone 1"]
        )
        #expect(await findings(.intrusionDetection, system).map(\.severity) == [.critical, .warning])
    }

    @Test func `an audit that is shut out itself says so once for each control it cannot look at, and how to help`()
        async throws
    {
        var system = try await SoundSystem.make()
        let source = try #require(BanSource(parsing: "192.0.2.9"))
        let until = system.now + .seconds(900)
        let ban = Ban(source: source, reason: .scanning, evidence: "x", since: system.now, until: until)
        system.sources = SourceFacts(
            strangers: 1,
            strangerLimit: 64,
            refused: 0,
            challenged: 9,
            places: 128,
            bans: [ban],
            auditBan: ban
        )
        system.askAsStranger = { requests in requests.map { _ in nil } }
        system.sayInTheClear = { _, _ in [] }
        for control in [Control.intrusionDetection, .signallingEncryption] {
            let findings = await findings(control, system)
            #expect(findings.map(\.severity) == [.warning])
            #expect(findings.first?.remedy.hasSuffix("ringfence ban remove 192.0.2.9") == true)
        }
    }

    @Test func `a server that answers nobody is told of once`() async throws {
        var system = try await SoundSystem.make()
        system.askAsStranger = { requests in requests.map { _ in nil } }
        let findings = await findings(.intrusionDetection, system)
        #expect(findings.map(\.severity) == [.warning])
        #expect(findings.first?.evidence.hasPrefix("REGISTER, INVITE, OPTIONS, SUBSCRIBE, MESSAGE over") == true)
    }

    @Test(arguments: [(65, 64, 128), (1, 65, 128)])
    func `strangers who take more room than they may, or than phones can spare, are found`(
        strangers: Int,
        limit: Int,
        places: Int
    ) async throws {
        var system = try await SoundSystem.make()
        system.sources = SourceFacts(
            strangers: strangers,
            strangerLimit: limit,
            refused: 0,
            challenged: 9,
            places: places
        )
        #expect(await findings(.floodProtection, system).map(\.severity) == [.critical])
    }

    @Test func `an open port that nobody declared is found, and a declared one that is closed`() async throws {
        var system = try await SoundSystem.make()
        system.sockets = { [OpenSocket(network: .tcp, address: "0.0.0.0:5038")] }
        let findings = await findings(.openPorts, system)
        #expect(findings.contains { $0.severity == .critical && $0.evidence.contains("0.0.0.0:5038") })
        #expect(findings.filter { $0.severity == .warning }.count == system.declared.count)
    }

    @Test(arguments: [
        JournalFacts(entries: 9, fault: "entry 4", anchorFault: nil),
        JournalFacts(entries: 9, fault: nil, anchorFault: "its end is cut off"),
        JournalFacts(entries: 0, fault: nil, anchorFault: nil),
    ])
    func `I02 a journal that was altered, cut or emptied is found`(facts: JournalFacts) async throws {
        var system = try await SoundSystem.make()
        system.verifyJournal = { facts }
        #expect(await findings(.journal, system).map(\.severity) == [.critical])
    }

    private static func person(
        _ role: Role,
        since: WallTime = WallTime(milliseconds: 1_800_000_000_000),
        lastSeen: WallTime? = nil,
        now: UInt32? = 1_001
    ) -> OperatorFacts {
        OperatorFacts(
            Operator(account: "alice", user: 1_001, role: role, since: since),
            lastSeen: lastSeen,
            userNow: now
        )
    }

    /// What a server with operators looks like when nothing is wrong.
    private func open(_ operators: [OperatorFacts]) async throws -> LiveSystem {
        var system = try await SoundSystem.make()
        system.operators = operators
        system.files = system.files.filter { $0.role != .directory && $0.role != .adminSocket }
        for (role, mode) in [(StoredFile.Role.directory, UInt16(0o711)), (.adminSocket, 0o666)] {
            system.files.append(StoredFile(role: role, path: "/x/\(role.rawValue)", mode: mode, owner: 0))
        }
        return system
    }

    @Test func `operators who are there, and the way in for them, are sound`() async throws {
        let report = await Auditor.run(try await open([Self.person(.owner), Self.person(.auditor)]))
        #expect(report.holds, "\(report.text)")
    }

    @Test func `I04 an operator without an account, with another one, long gone or for no extension is found`()
        async throws
    {
        let long = WallTime(milliseconds: 1_700_000_000_000)
        let nowhere = Role.ownExtension(try #require(ExtensionNumber(parsing: "799")))
        for (facts, title) in [
            (Self.person(.billing, now: nil), "does not exist any more"),
            (Self.person(.billing, now: 1_002), "is not the one that was let in"),
            (Self.person(.billing, since: long), "has not been here for 90 days"),
            (Self.person(.billing, since: long, lastSeen: long), "has not been here for 90 days"),
            (Self.person(nowhere), "for an extension that does not exist"),
        ] {
            let found = await findings(.roles, try await open([facts]))
            #expect(found.map(\.severity) == [.warning])
            #expect(found.first?.title.contains(title) == true)
        }
        let present = Self.person(.billing, since: long, lastSeen: WallTime(milliseconds: 1_799_999_000_000))
        #expect(await findings(.roles, try await open([present])).isEmpty)
    }

    @Test func `more than two owners beside the server's own account are found`() async throws {
        let owners = Array(repeating: Self.person(.owner), count: 3)
        #expect(await findings(.roles, try await open(owners)).map(\.severity) == [.warning])
    }

    @Test(arguments: [
        (StoredFile.Role.directory, 0o715 as UInt16, true, Finding.Severity.critical),
        (.directory, 0o711, false, .critical),
        (.adminSocket, 0o777, true, .critical), (.adminSocket, 0o666, false, .critical),
        (.adminSocket, 0o600, true, .warning), (.directory, 0o700, true, .warning),
    ])
    func `a way in that is wider or narrower than there are operators is found`(
        role: StoredFile.Role,
        mode: UInt16,
        hasOperators: Bool,
        severity: Finding.Severity
    ) async throws {
        var system = hasOperators ? try await open([Self.person(.auditor)]) : try await SoundSystem.make()
        system.files = system.files.filter { $0.role != role }
        system.files.append(StoredFile(role: role, path: "/x/it", mode: mode, owner: 0))
        #expect(await findings(.roles, system).map(\.severity) == [severity])
    }

    @Test(arguments: [StoredFile.Role.directory, .sealKey, .certificateKey, .other])
    func `a file of another account is found, and the cure gives it to the server and to nobody else`(
        role: StoredFile.Role
    ) async throws {
        var system = try await SoundSystem.make()
        system.account = OwnerRules.Account(user: 990, name: "ringfence")
        system.files.append(StoredFile(role: role, path: "/x/it", mode: 0o600, owner: 65_534))
        let found = await findings(.credentialDelivery, system).filter { $0.title.contains("belongs to another") }
        #expect(found.map(\.severity) == [.critical])
        #expect(found.first?.remedy.hasSuffix("chown ringfence /x/it") == true)
    }

    private func findings(_ control: Control, _ system: LiveSystem) async -> [Finding] {
        await Auditor.run(system).findings.filter { $0.control == control }
    }
}
