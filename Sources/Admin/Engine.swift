// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model

/// The running phone system, as far as an operator's work reaches into it. Implemented by `Server`.
public typealias Engine = AlertBoard & BackupKeeper & BanList & CertificateHolder & HealthReporter & JobBoard
    & LiveState
    & SettingsFollower
    & SignallingTracer
    & TrunkTester
    & VoiceKeeper

/// Works by the settings.
public protocol SettingsFollower: Sendable {
    /// Decides by these settings from now on. Registrations and calls that they forbid have ended when it returns.
    ///
    /// Two changes may arrive in either order: a snapshot whose generation is not above the present one is ignored.
    ///
    /// - Parameter changes: What led to these settings from those of one generation before.
    func apply(_ snapshot: Snapshot, _ changes: [Change]) async
}

/// What goes on at this moment.
public protocol LiveState: Sendable {
    /// Everything that is asked for, as it is at one moment.
    func live(_ parts: LiveParts) async -> LiveReport
    /// - Returns: `false` when there is no such call.
    func endCall(_ id: String) async -> Bool
    /// Lets the phones of an extension ring, and whoever picks up there call somebody.
    ///
    /// - Returns: The id of its record and whom it calls, or why it is not placed.
    func dial(_ attempt: ClickAttempt) async -> Result<PlacedCall, CallRefusal>
    /// Ends a stop by `call-patterns`.
    ///
    /// - Returns: `false` when nothing was stopped.
    func release(_ subject: PatternFinding.Subject) async -> Bool
    /// Tries calls on a copy of what decides about calls outside. Nobody is called.
    ///
    /// - Returns: One for each call; `nil` where nobody decides.
    func rehearse(_ rehearsal: CallRehearsal) async -> [RehearsedCall]?
}

/// What somebody wants to know of the moment.
public struct LiveParts: OptionSet, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let registrations = Self(rawValue: 1)
    public static let calls = Self(rawValue: 2)
    public static let listeners = Self(rawValue: 4)
    public static let trunks = Self(rawValue: 8)
    public static let spending = Self(rawValue: 16)
    public static let stops = Self(rawValue: 32)
}

/// What goes on; what was not asked for is empty.
public struct LiveReport: Sendable {
    public var registrations: [RegistrationReport] = []
    public var calls: [CallReport] = []
    /// What is open.
    public var listeners: [Listener] = []
    /// Of the enabled ones.
    public var trunks: [TrunkCondition] = []
    /// Of budgets that anything was taken from; `nil` where nobody counts.
    public var spending: [SpendStanding]?
    /// Whose calls are stopped by `call-patterns`.
    public var stops: [StopReport] = []

    public init() {}
}

/// Who is shut out.
public protocol BanList: Sendable {
    /// Those that hold, the newest first.
    func bans() async -> [Ban]
    /// Why a source must not be shut out; `nil` when it may be.
    func protection(of source: BanSource) async -> BanRules.Protection?
    /// Shuts a source out: its connections are closed when it returns.
    func impose(_ ban: Ban) async
    /// Lets a source in again. Whatever was decided about it before is on the disk when it returns.
    ///
    /// - Returns: The ban that held; `nil` when there was none.
    func lift(_ source: BanSource) async -> Ban?
}

/// Shows the certificate to phones.
public protocol CertificateHolder: Sendable {
    func certificate() async throws(Refusal) -> CertificateReport
    /// Checks a pair, keeps it and shows it to every new connection; those there are go on.
    ///
    /// - Throws: Why phones would not accept it; then nothing has changed.
    func replaceCertificate(_ pair: CertificatePair) async throws(Refusal) -> CertificateReport
    /// - Parameter authority: PEM.
    /// - Throws: Why these cannot be the roots that sign clients' certificates.
    func check(clientAuthority authority: String) async throws(Refusal)
}

/// A call that an extension is to place.
public struct PlacedCall: Sendable, Hashable {
    public let id: String
    public let callee: Participant

    public init(id: String, callee: Participant) { (self.id, self.callee) = (id, callee) }
}

/// Knows how the running system is: sockets, certificate, queues.
public protocol HealthReporter: Sendable {
    func health() async -> [Finding]
}

/// Notes for a while what phones, providers and the server say to each other.
public protocol SignallingTracer: Sendable {
    /// What was noted before is forgotten.
    ///
    /// - Returns: `nil` where nobody signals.
    func startTrace(_ order: TraceOrder) async -> TraceReport?
    /// Notes no more, and forgets what was noted.
    ///
    /// - Returns: What there was, without messages; `nil` when there was nothing.
    func stopTrace() async -> TraceReport?
    /// - Parameters:
    ///   - call: The id of a record or a Call-ID; `nil` for everything.
    ///   - limit: The newest so many.
    /// - Returns: `nil` when nothing was noted.
    func trace(of call: String?, limit: Int) async -> TraceReport?
}

/// Tries the ways to the outside world.
public protocol TrunkTester: Sendable {
    /// Calls the provider and says in plain words what is wrong; up to half a minute.
    ///
    /// - Returns: `nil` when there is no such trunk, or nobody who could try it.
    func tryTrunk(_ name: TrunkName) async -> [Finding]?
    /// Calls the number that was set to try the way to help over a trunk; up to half a minute.
    ///
    /// - Throws: Why it is not tried.
    func tryHelp(over name: TrunkName) async throws(Refusal) -> HelpTest
}

/// Knows what the system does by itself, and when.
public protocol JobBoard: Sendable {
    /// By name.
    func jobs() async -> [JobReport]
}

/// Knows the accounts of this machine, and lets in those that may run the phone system. Implemented by `Server`.
///
/// When settings are applied to it, connections of those whose role has changed have ended when it returns, but for the one that
/// asked for the change, which ends with its answer.
public protocol Doorkeeper: SettingsFollower {
    /// The account that the server runs under.
    var server: UInt32 { get }
    /// As the machine's list of accounts has it; `nil` when there is none of that name.
    func account(named name: String) -> LocalAccount?
    func account(numbered user: UInt32) -> LocalAccount
}
