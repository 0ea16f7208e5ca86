// SPDX-License-Identifier: Apache-2.0

public import Admin
import Guard
public import Model
public import NIOSSL
public import Primitives

/// Attacks the running server from a process of its own: one control, or all of them. Tells of each attack.
public typealias AttackRunner =
    @Sendable (_ control: Control?, _ progress: @escaping @Sendable (String) -> Void) async -> AttackOutcome

/// The portal of one business: what it needs of the server.
public struct PortalSite: Sendable {
    /// Host names and addresses that it is reached by, in lower case. Requests for any other are not answered.
    let names: Set<String>
    /// Where it is reached.
    let places: [SocketAddress]
    let administrator: Administrator
    /// Of the program.
    let version: String
    let snapshot: @Sendable () -> Snapshot
    let certificate: @Sendable () throws -> NIOSSLContext
    /// `nil` where nobody can.
    let attack: AttackRunner?
    /// Told where it is open.
    let opened: @Sendable ([SocketAddress]) async -> Void

    /// - Parameters:
    ///   - names: Of the certificate.
    ///   - snapshot: The settings as they are now.
    ///   - certificate: What is shown, read anew.
    ///   - attack: Attacks the running server from a process of its own.
    public init(
        names: [String],
        places: [SocketAddress],
        administrator: Administrator,
        version: String = "unknown",
        snapshot: @escaping @Sendable () -> Snapshot,
        certificate: @escaping @Sendable () throws -> NIOSSLContext,
        attack: AttackRunner? = nil,
        opened: @escaping @Sendable ([SocketAddress]) async -> Void
    ) {
        self.names = Set(names.map { $0.lowercased() })
        (self.places, self.administrator, self.snapshot) = (places, administrator, snapshot)
        self.version = version
        (self.certificate, self.attack, self.opened) = (certificate, attack, opened)
    }

    func admits(_ address: IPAddress) -> Bool { AdminNetworkRules.admits(address, in: snapshot().network) }

    /// Whether it is meant by a Host header or a name of SNI, with or without a port.
    func isNamed(_ text: String) -> Bool {
        let host = text.lowercased()
        if names.contains(host) { return true }
        guard let colon = host.lastIndex(of: ":"), host[host.index(after: colon)...].allSatisfy(\.isNumber) else {
            return false
        }
        return names.contains(String(host[..<colon]))
    }
}
