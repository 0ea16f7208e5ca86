// SPDX-License-Identifier: Apache-2.0

public import Admin
import Glibc
public import Guard
public import Model
import Primitives
import Store

/// A phone system whose server does not run: its settings can be changed so that it can start.
public struct StoppedSystem: Sendable {
    private let administrator: Administrator

    /// Opens it, so that no server can start meanwhile.
    ///
    /// - Throws: A refusal when a server runs, or this account may not use its files.
    public init(_ installation: Installation) throws {
        let store = try installation.openStore()
        administrator = Administrator(
            store: store,
            engine: StoppedEngine(),
            events: Nobody(),
            doorkeeper: StoppedDoor(),
            enrolment: try installation.enrolmentFacts(port: 5061),
            entropy: SystemEntropy.make(),
            now: { SystemClock.wall },
            audit: { AuditSummary(at: SystemClock.wall, holds: false, outcomes: [], text: "", json: "{}") }
        )
    }

    /// Whoever may use the files of the phone system is its owner, as at the control socket.
    ///
    /// - Parameter role: The role to act in, which gives no right that they have not.
    public func perform<Asked: Command>(_ command: Asked, as role: Role? = nil) async throws(Refusal) -> Asked.Reply {
        try await administrator.perform(command, for: .account(LocalAccounts.numbered(StoppedDoor().server)), as: role)
    }
}

/// Nobody is registered, nobody calls, nothing is open.
private struct StoppedEngine: AlertBoard, LiveState, BackupKeeper, BanList, CertificateHolder, HealthReporter, JobBoard,
    SettingsFollower, SignallingTracer, TrunkTester, VoiceKeeper
{
    func tryTrunk(_: TrunkName) async -> [Finding]? { nil }
    func tryHelp(over name: TrunkName) async throws(Refusal) -> HelpTest { throw .noTrial(over: name) }
    func jobs() async -> [JobReport] { [] }
    func startTrace(_: TraceOrder) async -> TraceReport? { nil }
    func stopTrace() async -> TraceReport? { nil }
    func trace(of _: String?, limit _: Int) async -> TraceReport? { nil }
    func backUp(to folder: String) async throws(Refusal) -> BackupReport { throw .stopped }
    func backups() async throws(Refusal) -> [BackupReport] { throw .stopped }

    func traffic() async -> [ChannelTraffic] { [] }
    func tell(_: Finding) async {}
    func send(_: AlertLetter, over _: AlertChannelAccess) async throws(DeliveryFailure) {
        throw DeliveryFailure("the server is not running: ringfence serve")
    }
    func apply(_ snapshot: Snapshot, _ changes: [Change]) async {}
    func live(_ parts: LiveParts) async -> LiveReport { LiveReport() }
    func endCall(_ id: String) async -> Bool { false }
    func dial(_ attempt: ClickAttempt) async -> Result<PlacedCall, CallRefusal> {
        .failure(CallRefusal(status: 503, control: nil, reason: "the server is not running"))
    }
    func release(_ subject: PatternFinding.Subject) async -> Bool { false }
    func rehearse(_ rehearsal: CallRehearsal) async -> [RehearsedCall]? { nil }
    func bans() async -> [Ban] { [] }
    func protection(of source: BanSource) async -> BanRules.Protection? { nil }
    func impose(_ ban: Ban) async {}
    func lift(_ source: BanSource) async -> Ban? { nil }
    func hash(pin: Redacted<String>) async throws(Refusal) -> Redacted<String> { throw .stopped }
    func followMessages(of _: ExtensionNumber) async {}
    func health() async -> [Finding] { [] }
    func certificate() async throws(Refusal) -> CertificateReport { throw .stopped }
    func replaceCertificate(_ pair: CertificatePair) async throws(Refusal) -> CertificateReport { throw .stopped }
    func check(clientAuthority authority: String) async throws(Refusal) { try TLSIdentity.roots(authority) }
}

/// The journal has it; nobody else listens.
private struct Nobody: EventSink {
    func publish(_ event: Event) {}
}

private struct StoppedDoor: Doorkeeper {
    let server = geteuid()
    func account(named name: String) -> LocalAccount? { LocalAccounts.named(name) }
    func account(numbered user: UInt32) -> LocalAccount { LocalAccounts.numbered(user) }
    func apply(_ snapshot: Snapshot, _ changes: [Change]) async {}
}

extension Refusal {
    fileprivate static let stopped = Self(
        problem: "This needs the running server.",
        reason: "it is not running",
        remedy: "start it: ringfence serve"
    )
}
