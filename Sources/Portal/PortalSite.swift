// SPDX-License-Identifier: Apache-2.0

public import Admin
import Guard
public import Model
public import NIOSSL
public import Primitives

/// The portal of one business: what it needs of the server.
public struct PortalSite: Sendable {
    /// Host names and addresses that it is reached by, in lower case. Requests for any other are not answered.
    let names: Set<String>
    /// Where it is reached.
    let places: [SocketAddress]
    let administrator: Administrator
    let snapshot: @Sendable () -> Snapshot
    let certificate: @Sendable () throws -> NIOSSLContext
    /// Told where it is open.
    let opened: @Sendable ([SocketAddress]) async -> Void

    /// - Parameters:
    ///   - names: Of the certificate.
    ///   - snapshot: The settings as they are now.
    ///   - certificate: What is shown, read anew.
    public init(
        names: [String],
        places: [SocketAddress],
        administrator: Administrator,
        snapshot: @escaping @Sendable () -> Snapshot,
        certificate: @escaping @Sendable () throws -> NIOSSLContext,
        opened: @escaping @Sendable ([SocketAddress]) async -> Void
    ) {
        self.names = Set(names.map { $0.lowercased() })
        (self.places, self.administrator, self.snapshot) = (places, administrator, snapshot)
        (self.certificate, self.opened) = (certificate, opened)
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
