// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Store
import Synchronization
import Testing

let noon = WallTime(milliseconds: 1_800_000_000_000)
let owner = Actor(name: "root (uid 0)", role: .owner)
let auditor = Actor(name: "audit (uid 33)", role: .auditor)

/// A business in a directory of its own, with an engine that does what it is told in memory.
final class Office: Sendable {
    let administrator: Administrator
    let store: RingfenceStore
    let engine = FakeEngine()
    let notes: Notes
    let door = FakeDoor()
    let path: String

    init(audit: AuditSummary = AuditSummary(at: noon, holds: true, outcomes: [], text: "", json: "{}")) throws {
        path = NSTemporaryDirectory() + "ringfence-admin-" + UUID().uuidString
        let domain = try #require(DomainName(parsing: "pbx.example"))
        store = try RingfenceStore.create(directory: path, domain: domain, by: "test", at: noon)
        notes = Notes(store)
        let facts = EnrolmentFacts(host: "sip.pbx.example", port: 5061, authority: "-----BEGIN CERTIFICATE-----\n")
        administrator = Administrator(
            store: store,
            engine: engine,
            events: notes,
            doorkeeper: door,
            enrolment: facts,
            entropy: Entropy { UInt64.random(in: .min ... .max) },
            now: { noon },
            audit: { audit }
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func run<Asked: Command>(_ command: Asked, by actor: Actor = owner) async throws(Refusal) -> Asked.Reply {
        try await administrator.perform(command, by: actor)
    }

    /// What it is refused with; `nil` when it is not.
    func refusal(_ command: some Command, by actor: Actor = owner) async -> Refusal? {
        do throws(Refusal) {
            _ = try await run(command, by: actor)
            return nil
        } catch {
            return error
        }
    }

    func add(_ numbers: String...) async throws {
        try await run(AddExtensions(numbers.map { NewExtension(number: $0) }))
    }

    func enrol(_ number: String, minimum: DigestStrength? = nil) async throws -> EnrolledPhone {
        let phones = try await run(
            EnrolPhones([NewPhone(extension: number, minimum: minimum)])
        )
        return try #require(phones.first)
    }

    /// Lets an enrolled phone register.
    func register(_ phone: EnrolledPhone) {
        engine.state.withLock { state in
            state.registrations.append(
                RegistrationReport(
                    extension: phone.extension,
                    phone: phone.id,
                    source: "192.0.2.7:41022",
                    userAgent: "test",
                    transport: "tls",
                    tlsVersion: "TLSv1.3",
                    cipher: nil,
                    registeredAt: noon,
                    expiresAt: noon + .seconds(3_600)
                )
            )
        }
    }

    /// Lets one extension call another.
    func connect(_ id: String, _ caller: EnrolledPhone, _ callee: EnrolledPhone) {
        engine.state.withLock { state in
            state.calls.append(
                CallReport(
                    id: id,
                    caller: .extension(caller.extension),
                    callee: .extension(callee.extension),
                    startedAt: noon,
                    answeredAt: noon,
                    callerProtection: nil,
                    calleeProtection: nil
                )
            )
        }
    }

    func journal() throws -> [JournalEntry] { try store.journal() }

    /// The owner does this at another terminal when the calls are looked up next.
    func meanwhile(_ command: some Command) {
        let administrator = administrator
        engine.state.withLock { $0.meanwhile = { _ = try? await administrator.perform(command, by: owner) } }
    }

    /// The disk takes no line of the journal any more.
    func fillDisk() throws {
        let script = """
            import sqlite3, sys
            trigger = "BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            sqlite3.connect(sys.argv[1]).execute("CREATE TRIGGER full_disk " + trigger)
            """
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        python.arguments = ["-c", script, path + "/ringfence.sqlite"]
        try python.run()
        python.waitUntilExit()
        #expect(python.terminationStatus == 0)
    }
}

struct Unexpected: Error {}

/// Keeps registrations and calls, and ends those that a snapshot forbids.
final class FakeEngine: AlertBoard, BackupKeeper, BanList, CertificateHolder, HealthReporter, JobBoard, LiveState,
    SettingsFollower, SignallingTracer, TrunkTester, VoiceKeeper
{
    struct State {
        var generations: [UInt64] = []
        var snapshot: Snapshot?
        var registrations: [RegistrationReport] = []
        var calls: [CallReport] = []
        var bans: [Ban] = []
        var protection: BanRules.Protection?
        var certificate = CertificateReport.sample("AA:BB", authority: "root")
        var trunks: [TrunkCondition] = []
        var spending: [SpendStanding]?
        var stops: [StopReport] = []
        var backups: [BackupReport] = []
        /// What people were told beside alarms.
        var told: [Finding] = []
        /// Letters that were taken; `nil` for an other side that takes none.
        var letters: [AlertLetter]? = []
        var trace: TraceReport?
        /// What somebody else does while the calls are looked up, once.
        var meanwhile: (@Sendable () async -> Void)?
    }

    let state = Mutex(State())

    func backUp(to folder: String) async throws(Refusal) -> BackupReport {
        guard folder == "/mnt/backup" else {
            throw Refusal(problem: "No backup was made.", reason: "there is no \(folder)", remedy: "make it")
        }
        let made = BackupReport(path: folder + "/one", madeAt: noon, size: 1)
        state.withLock { $0.backups.insert(made, at: 0) }
        return made
    }

    func backups() async -> [BackupReport] { state.withLock { $0.backups } }

    var generations: [UInt64] { state.withLock { $0.generations } }

    func apply(_ snapshot: Snapshot, _: [Change]) async {
        state.withLock { state in
            state.generations.append(snapshot.generation)
            state.snapshot = snapshot
            let isLive = { (number: ExtensionNumber) in snapshot.extensions[number]?.isEnabled == true }
            state.registrations.removeAll { !isLive($0.extension) || snapshot.device($0.phone) == nil }
            state.calls.removeAll { call in
                let numbers = [call.caller, call.callee].compactMap(\.number)
                return !numbers.allSatisfy(isLive) || call.caller.number.map(snapshot.deviceCount) == 0
            }
        }
    }

    func traffic() async -> [ChannelTraffic] { [] }

    func startTrace(_ order: TraceOrder) async -> TraceReport? {
        state.withLock { state in
            state.trace = TraceReport(order: order, noted: 0, lost: 0, exported: 0, unsent: 0, messages: [])
            return state.trace
        }
    }

    func stopTrace() async -> TraceReport? {
        state.withLock { state in
            defer { state.trace = nil }
            return state.trace
        }
    }

    func trace(of _: String?, limit _: Int) async -> TraceReport? { state.withLock { $0.trace } }

    func hash(pin: Redacted<String>) async throws(Refusal) -> Redacted<String> {
        pin.reveal { Redacted("hash of \(copy $0)") }
    }
    func followMessages(of _: ExtensionNumber) async {}

    func tell(_ finding: Finding) async { state.withLock { $0.told.append(finding) } }

    func send(_ letter: AlertLetter, over _: AlertChannelAccess) async throws(DeliveryFailure) {
        let isTaken = state.withLock { state in
            state.letters?.append(letter)
            return state.letters != nil
        }
        if !isTaken { throw DeliveryFailure("the mail server cannot be reached") }
    }

    func live(_ parts: LiveParts) async -> LiveReport {
        let meanwhile = state.withLock { state in
            defer { state.meanwhile = nil }
            return state.meanwhile
        }
        await meanwhile?()
        var live = LiveReport()
        state.withLock { state in
            if parts.contains(.registrations) { live.registrations = state.registrations }
            if parts.contains(.calls) { live.calls = state.calls }
            if parts.contains(.trunks) { live.trunks = state.trunks }
            if parts.contains(.spending) { live.spending = state.spending }
            if parts.contains(.stops) { live.stops = state.stops }
        }
        if parts.contains(.listeners) { live.listeners = [Listener(purpose: .sipTLS, address: "192.0.2.1:5061")] }
        return live
    }

    func endCall(_ id: String) async -> Bool {
        state.withLock { state in
            let before = state.calls.count
            state.calls.removeAll { $0.id == id }
            return state.calls.count < before
        }
    }

    func dial(_ attempt: ClickAttempt) async -> Result<PlacedCall, CallRefusal> {
        guard attempt.dialled == "102", let callee = Participant(parsing: attempt.dialled) else {
            let reason = "calls to premium numbers are off"
            return .failure(CallRefusal(status: 403, control: .premiumNumbers, reason: reason))
        }
        return .success(PlacedCall(id: "call-1", callee: callee))
    }

    func release(_ subject: PatternFinding.Subject) async -> Bool {
        state.withLock { state in
            let before = state.stops.count
            state.stops.removeAll { $0.subject == subject.argument }
            return state.stops.count < before
        }
    }

    func rehearse(_ rehearsal: CallRehearsal) async -> [RehearsedCall]? {
        guard let snapshot = state.withLock({ $0.snapshot }) else { return nil }
        let moment = LedgerMoment(
            now: MonotonicTime(nanoseconds: 1),
            wall: WallTime(milliseconds: 1_800_000_000_000),
            isOpen: true
        )
        return RehearsalStage(nil, for: rehearsal, in: snapshot, at: moment)?.play(rehearsal)
    }

    func tryTrunk(_ name: TrunkName) async -> [Finding]? {
        [Finding("trunk-name", .critical, "\(name) has no server.", remedy: "Ask the provider for one.")]
    }

    func tryHelp(over name: TrunkName) async throws(Refusal) -> HelpTest {
        guard let number = DigitString(parsing: "933") else { throw .noTrial(over: name) }
        return HelpTest(at: noon, number: number, passed: name.text == "main", words: "answered with 200")
    }

    func bans() async -> [Ban] { state.withLock { $0.bans } }
    func protection(of source: BanSource) async -> BanRules.Protection? { state.withLock { $0.protection } }
    func impose(_ ban: Ban) async { state.withLock { $0.bans.insert(ban, at: 0) } }

    func lift(_ source: BanSource) async -> Ban? {
        state.withLock { state in
            guard let index = state.bans.firstIndex(where: { $0.source == source }) else { return nil }
            return state.bans.remove(at: index)
        }
    }

    func certificate() async throws(Refusal) -> CertificateReport { state.withLock { $0.certificate } }

    func replaceCertificate(_ pair: CertificatePair) async throws(Refusal) -> CertificateReport {
        try state.withLock { state throws(Refusal) in
            guard pair.certificate != "unfit" else {
                throw Refusal(problem: "The certificate was not replaced.", reason: "it ended", remedy: "give another")
            }
            state.certificate = .sample(pair.certificate, authority: pair.hasNewAuthority ? "new root" : "root")
            return state.certificate
        }
    }

    func check(clientAuthority authority: String) async throws(Refusal) {
        guard authority.hasPrefix("-----BEGIN CERTIFICATE") else {
            throw Refusal(problem: "These are no roots.", reason: "no PEM", remedy: "give others")
        }
    }

    func jobs() async -> [JobReport] {
        [JobReport(name: "a.job", schedule: "every hour", isRunning: false, last: nil, next: noon)]
    }

    func health() async -> [Finding] {
        [Finding("certificate", of: "certificate", isWell: false, finding: "ended yesterday", remedy: "renew it")]
    }
}

extension CertificateReport {
    static func sample(_ fingerprint: String, authority: String?) -> Self {
        CertificateReport(
            names: ["pbx.example.com"],
            notBefore: WallTime(milliseconds: 1_700_000_000_000),
            notAfter: WallTime(milliseconds: 1_800_000_000_000),
            fingerprint: fingerprint,
            chainLength: 2,
            authority: authority
        )
    }
}

/// A machine with some accounts, and the operators that were let in by the last settings.
final class FakeDoor: Doorkeeper {
    let server: UInt32 = 500
    let accounts: [String: UInt32] = [
        "root": 0, "ringfence": 500, "alice": 1_001, "bob": 1_002, "carol": 1_003, "alias": 1_001, "nobody": 65_534,
        "toor": 0,
    ]
    /// Names that stand behind another one of the same number.
    private let aliases: Set = ["alias", "toor"]
    private let admitted = Mutex<[Operator]>([])

    var operators: [Operator] { admitted.withLock { $0 } }
    func account(named name: String) -> LocalAccount? { accounts[name].map { LocalAccount(name: name, user: $0) } }

    func account(numbered user: UInt32) -> LocalAccount {
        LocalAccount(name: accounts.filter { $0.value == user && !aliases.contains($0.key) }.keys.first, user: user)
    }

    func apply(_ snapshot: Snapshot, _: [Change]) async { admitted.withLock { $0 = snapshot.operators } }
}

/// What was published. What was noticed goes to the disk, as the server does it.
final class Notes: EventSink {
    private let store: RingfenceStore
    private let events = Mutex<[Event]>([])

    init(_ store: RingfenceStore) { self.store = store }

    var all: [Event] { events.withLock { $0 } }

    var texts: [String] {
        all.compactMap { event in
            switch event {
            case .noticed(let event): event.detail
            case .changed(let alteration): alteration.text
            case .found(let finding): finding.title
            case .banned, .unbanned: nil
            }
        }
    }

    func publish(_ event: Event) {
        events.withLock { $0.append(event) }
        if case .noticed(let event) = event { try? store.write([], events: [event]) }
    }
}
