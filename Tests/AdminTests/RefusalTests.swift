// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("What an operator is refused, and in which words")
struct RefusalTests {
    /// 201 with ten phones, 202 disabled, 203 without a phone.
    private func makeOffice() async throws -> Office {
        let office = try Office()
        try await office.add("201", "202", "203")
        try await office.run(EnrolPhones((0..<10).map { _ in NewPhone(extension: "201") }))
        try await office.run(DisableExtension(number: "202"))
        return office
    }

    static let cases: [(command: any Command, problem: String, fix: String)] = [
        (
            AddExtensions([NewExtension(number: "2")]), "'2' is not an extension number.",
            "ringfence extension add 204"
        ),
        (AddExtensions([NewExtension(number: "12\n34")]), "'12·34' is not an extension number.", "add 204"),
        (
            AddExtensions([NewExtension(number: "201")]), "Extension 201 cannot be added.",
            "ringfence phone enrol 201"
        ),
        (
            AddExtensions([NewExtension(number: "204"), NewExtension(number: "204")]),
            "Extension 204 cannot be added twice.", "name each extension once"
        ),
        (
            AddExtensions([NewExtension(number: "204", name: "a\nb")]), "'a·b' cannot be used as a name.",
            "choose a shorter, plain name"
        ),
        (
            EnrolPhones([NewPhone(extension: "203", minimum: .sha512256)]),
            "A phone cannot be held to SHA-512/256.", "--minimum-digest sha256"
        ),
        (AddExtensions([]), "Nothing was done.", "name at least one extension"),
        (
            AddExtensions((10_000...11_000).map { NewExtension(number: "\($0)") }), "Nothing was done.",
            "split it into several commands"
        ),
        (ShowExtension(number: "999"), "Extension 999 does not exist.", "ringfence extension list"),
        (DisableExtension(number: "999"), "Extension 999 does not exist.", "ringfence extension list"),
        (DisableExtension(number: "202"), "Extension 202 is disabled already.", "ringfence extension show 202"),
        (EnableExtension(number: "203"), "Extension 203 is enabled already.", "ringfence extension show 203"),
        (RemoveExtension(number: "999"), "Extension 999 does not exist.", "ringfence extension list"),
        (
            EnrolPhones([NewPhone(extension: "999")]), "Extension 999 does not exist.",
            "ringfence extension list"
        ),
        (
            EnrolPhones([NewPhone(extension: "202")]), "No phone can be enrolled for extension 202.",
            "ringfence extension enable 202"
        ),
        (
            EnrolPhones([NewPhone(extension: "201")]), "No more phones can be enrolled for extension 201.",
            "ringfence phone list"
        ),
        (
            EnrolPhones((0..<11).map { _ in NewPhone(extension: "203") }),
            "No more phones can be enrolled for extension 203.", "ringfence phone list"
        ),
        (
            EnrolPhones([NewPhone(extension: "203", label: "")]), "'' cannot be used as a name.",
            "choose a shorter, plain name"
        ),
        (ListPhones(extension: "999"), "Extension 999 does not exist.", "ringfence extension list"),
        (RevokePhone(id: "0123456789abcdef"), "Phone '0123456789abcdef' does not exist.", "ringfence phone list"),
        (RevokePhone(id: "../../etc"), "Phone '../../etc' does not exist.", "ringfence phone list"),
        (EndCall(id: "c9"), "Call 'c9' cannot be ended.", "ringfence call list"),
        (
            WithdrawListener(.tcp, address: "192.0.2.1:5060"),
            "There is no exception for '192.0.2.1:5060' to take back.", "ringfence listener list"
        ),
        (KeepProofs(.attack, []), "Nothing was done.", "name at least one extension"),
    ]

    @Test func `says what will not happen and what to do, and changes nothing`() async throws {
        let office = try await makeOffice()
        let before = office.store.snapshot
        for (command, problem, fix) in Self.cases {
            let refusal = try #require(await office.refusal(command), "\(problem)")
            #expect(refusal.problem == problem)
            #expect(refusal.remedy.hasSuffix(fix), "\(refusal.remedy)")
            #expect(!refusal.reason.isEmpty && !refusal.reason.hasSuffix("."))
        }
        #expect(office.store.snapshot.generation == before.generation)
        #expect(try office.store.verifyJournal().isIntact)
    }

    @Test func `a refused change is in the journal, a refused question is not`() async throws {
        let office = try await makeOffice()
        let before = try office.journal().count
        _ = await office.refusal(ShowExtension(number: "999"))
        #expect(try office.journal().count == before)
        _ = await office.refusal(RemoveExtension(number: "999"))
        let entry = try #require(try office.journal().last)
        #expect((entry.actor, entry.action, entry.subject) == ("root (uid 0)", "extension.remove", "refused"))
        #expect(entry.detail == #"{"control":"","problem":"Extension 999 does not exist."}"#)
    }

    /// One of each, whether it changes something.
    static let everyCommand: [(command: any Command, changes: Bool)] =
        [
            (AddExtensions([NewExtension(number: "301")]), true),
            (ShowBackups(), false),
            (MakeRecoveryKey(), true),
            (SetNightlyBackups(folder: "/mnt/backup"), true),
            (MakeBackup(folder: "/mnt/backup"), true),
            (IssueToken(name: "wallboard", role: .auditor), true),
            (ListTokens(), false),
            (RevokeToken(name: "wallboard"), true),
            (ListPasskeys(), false),
            (RemovePasskey(of: "anna", passkey: "laptop"), true),
            (ListExtensions(), false),
            (ShowExtension(number: "201"), false),
            (DisableExtension(number: "201"), true),
            (EnableExtension(number: "202"), true),
            (GroupExtension(number: "201", group: "sales"), true),
            (ForwardExtension(number: "201", to: .colleagues), true),
            (ReserveExtension(number: "201", reason: "lift", until: "9d"), true),
            (UnreserveExtension(number: "201"), true),
            (RemoveExtension(number: "203"), true),
            (EnrolPhones([NewPhone(extension: "301")]), true),
            (ListPhones(), false),
            (RevokePhone(id: "0123456789abcdef"), true),
            (ListRegistrations(), false),
            (ListCalls(), false),
            (EndCall(id: "c1"), true), (DialCall(caller: "201", dialled: "202"), true),
            (ListRecords(limit: 10), false),
            (ListJournal(limit: 10), false),
            (VerifyJournal(), false),
            (AcceptJournal(reason: "a backup was put back"), true),
            (ListControls(), false),
            (
                KeepProofs(.attack, [ControlOutcome(control: .journal, passed: true, evidence: "held")]),
                true
            ),
            (ListListeners(), false),
            (
                ExceptListener(transport: .udp, address: "192.0.2.1:5060", reason: "lift", days: 30), true
            ),
            (WithdrawListener(.udp, address: "192.0.2.1:5060"), true),
            (ListBans(), false),
            (AddBan(source: "203.0.113.7", reason: "guesses", hours: 1), true),
            (RemoveBan(source: "203.0.113.7"), true),
            (ShowCertificate(), false),
            (ReplaceCertificate(CertificatePair(certificate: "", key: Redacted(""))), true),
            (ListEvents(limit: 10), false),
            (RunAudit(), false),
            (Diagnose(), false),
            (ShowRetention(), false), (SetRetention(recordDays: 90), true),
            (EraseNumber(number: "+493012345", reason: "asked to"), true),
            (StartTrace(until: "30m"), true), (StopTrace(), true), (ShowTrace(), true),
            (ListSites(), false),
            (ListRoutes(), false),
            (TestRoute(number: "112"), false),
            (AddRoute(NewRoute(name: "all", trunks: ["main"])), true),
            (RemoveRoute(route: "all"), true),
            (SetAbroadLimit(least: 3), true),
            (WithholdNumber(extension: "201"), true),
            (SetTrunkProfile(trunk: "main"), true),
            (AddSite(prefix: "10.1.0.0/16"), true),
            (RemoveSite(prefix: "10.1.0.0/16"), true),
            (ShowHours(), false),
            (SetHours(zone: "Europe/Berlin", spans: ["mon-fri 08:00-18:00"]), true),
            (ChangeHolidays(["2027-01-01"]), true),
            (ListOrigins(), false),
            (AddOrigin(origin: "https://intranet.example"), true),
            (RemoveOrigin(origin: "https://intranet.example"), true),
            (ShowMedia(), false),
            (SetMediaPorts(ports: ["192.0.2.10:40000-40001"]), true),
            (AddListener(.tls, address: "192.0.2.10:5061"), true),
            (RemoveListener(address: "192.0.2.10:5061"), true),
            (TrustClients(authority: nil), true),
            (ListJobs(), false),
            (AddOperator(account: "carol", role: .billing), true),
            (ListOperators(), false),
            (InviteOperator(name: "dora", role: .auditor), true),
            (ListAlerts(limit: 10), false),
            (ListAlertKinds(), false),
            (ListChannels(), false),
            (AddChannel(NewChannel(name: "siem", webhook: "https://hooks.example.com/"), secret: nil), true),
            (ChooseAlerts(channel: "siem", hears: AlertChoice(least: .critical)), true),
            (SetChannelSecret(channel: "siem", secret: nil), true),
            (TestChannel(channel: "siem"), true),
            (ConfirmChannel(channel: "siem", code: "0"), true),
            (RemoveChannel(channel: "siem"), true),
            (WithdrawInvitation(name: "dora"), true),
            (RemoveOperator(account: "carol"), true),
        ] + outside

    /// What is about the outside world and only looks.
    private static let looking: Set<String> = [
        "trunk.list", "trunk.show", "trunk.test", "number.list", "country.list", "rates.show", "rates.diff",
        "spend.show", "pattern.show", "pattern.rehearse", "group.list", "forward.list", "block.list",
        "emergency.show", "park.show", "speed.list", "intercom.list", "portal.show", "session.list", "live.show",
        "score.show", "voicemail.list", "voicemail.messages", "menu.list", "room.list", "music.show",
        "queue.list",
    ]

    private static var outside: [(command: any Command, changes: Bool)] {
        guard let number = ExtensionNumber(parsing: "201") else { return [] }
        let nouns = [
            "trunk", "number", "country", "class", "profile", "range", "premium", "rates", "spend", "ceiling",
            "pattern",
            "limit", "after-hours", "group", "forward", "block", "night", "emergency", "park", "speed", "intercom",
            "portal", "session", "live", "score", "attack", "voicemail", "menu", "room", "music", "queue",
        ]
        return CommandRegistry.all.filter { nouns.contains(String($0.name.prefix { $0 != "." })) }.map {
            ($0.harmless(number), !looking.contains($0.name))
        }
    }

    @Test func `every command there is stands in this list`() {
        #expect(Set(Self.everyCommand.map { type(of: $0.command).name }) == Set(CommandRegistry.all.map { $0.name }))
    }

    @Test func `an auditor may look at everything and change nothing`() async throws {
        let office = try await makeOffice()
        let generation = office.store.snapshot.generation
        for (command, changes) in Self.everyCommand {
            #expect(type(of: command).changesSomething == changes, "\(type(of: command).name)")
            let refusal = await office.refusal(command, by: auditor)
            #expect((refusal?.control == .roles) == changes, "\(type(of: command).name)")
            if changes {
                #expect(refusal?.control == .roles && refusal?.problem.hasPrefix("audit (uid 33) may not ") == true)
            }
        }
        #expect(office.store.snapshot.generation == generation)
        let lines = try office.journal().suffix(10).filter { $0.action != "event.batch" }
        #expect(lines.allSatisfy { $0.actor == "audit (uid 33)" && $0.subject == "refused" })
        #expect(lines.count >= 5)
    }

    @Test func `an owner may do all of it`() async throws {
        let office = try await makeOffice()
        for (command, _) in Self.everyCommand {
            let refusal = await office.refusal(command)
            #expect(refusal?.control != .roles, "\(type(of: command).name)")
        }
    }

    @Test func `what an operator types reaches a terminal without its control characters`() async throws {
        let office = try Office()
        let refusal = await office.refusal(
            ShowExtension(number: "\u{1B}[2J\u{202E}" + String(repeating: "9", count: 99))
        )
        let problem = try #require(refusal?.problem)
        #expect(problem.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 0x202E })
        #expect(problem.count < 80)
    }
}
