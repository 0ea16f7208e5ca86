// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model

/// The running phone system, as far as an operator's work reaches into it. Implemented by `Server`.
public protocol Engine: Sendable {
    /// Decides by these settings from now on. Registrations and calls that they forbid have ended when it returns.
    ///
    /// Two changes may arrive in either order: a snapshot whose generation is not above the present one is ignored.
    func apply(_ snapshot: Snapshot) async
    func registrations() async -> [RegistrationReport]
    func calls() async -> [CallReport]
    /// - Returns: `false` when there is no such call.
    func endCall(_ id: String) async -> Bool
    /// Who is shut out, the newest first.
    func bans() async -> [Ban]
    /// Why a source must not be shut out; `nil` when it may be.
    func protection(of source: BanSource) async -> BanRules.Protection?
    /// Shuts a source out: its connections are closed when it returns.
    func impose(_ ban: Ban) async
    /// Lets a source in again. Whatever the engine decided about it before is on the disk when it returns.
    ///
    /// - Returns: The ban that held; `nil` when there was none.
    func lift(_ source: BanSource) async -> Ban?
    /// What is open now.
    func listeners() async -> [Listener]
    /// The certificate it shows.
    func certificate() async throws(Refusal) -> CertificateReport
    /// Checks a pair, keeps it and shows it to every new connection; those there are go on.
    ///
    /// - Throws: Why phones would not accept it; then nothing has changed.
    func replaceCertificate(_ pair: CertificatePair) async throws(Refusal) -> CertificateReport
    /// What the engine knows about its own health: sockets, certificate, queues.
    func health() async -> [DoctorFact]
}

/// Tells people. Implemented by `Server`, which logs.
public protocol Notifier: Sendable {
    func notify(_ notice: Notice) async
}

/// Something the owner should hear of although nobody asked.
public struct Notice: Hashable, Sendable, Codable {
    /// The slug of the control it belongs to; `nil` for a change of settings.
    public let control: String?
    /// A sentence. Never a secret.
    public let text: String

    public init(control: String?, text: String) {
        (self.control, self.text) = (control, text)
    }
}

/// Knows the accounts of this machine, and lets in those that may run the phone system. Implemented by `Server`.
public protocol Doorkeeper: Sendable {
    /// The account that the server runs under.
    var server: UInt32 { get }
    /// As the machine's list of accounts has it; `nil` when there is none of that name.
    func account(named name: String) -> LocalAccount?
    func account(numbered user: UInt32) -> LocalAccount
    /// Lets in the operators of these settings, and nobody else: connections of those whose role has changed have ended when
    /// it returns, but for the one that asked for the change, which ends with its answer. Settings older than those it knows
    /// are ignored.
    func admit(by snapshot: Snapshot) async
}
