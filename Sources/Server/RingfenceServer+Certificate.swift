// SPDX-License-Identifier: Apache-2.0

public import Admin
import Foundation
public import Guard
import Model
import NIOPosix
import Primitives

extension RingfenceServer: CertificateHolder {
    public func certificate() async throws(Refusal) -> CertificateReport {
        try certificates.report()
    }

    public func replaceCertificate(_ pair: CertificatePair) async throws(Refusal) -> CertificateReport {
        let (new, identity) = try certificates.replace(with: pair, for: sip.map(\.clients), at: Date())
        guard await hop.ask({ $0.show(identity) }) != nil else { throw .stopped }
        return new
    }

    public func check(clientAuthority authority: String) async throws(Refusal) { try TLSIdentity.roots(authority) }

    /// Other roots sign clients' certificates from now on.
    func trustClients(of authority: String?) async {
        let clients = sip.map(\.clients)
        let identity = try? await NIOThreadPool.singleton.runIfActive { [certificates] in
            try certificates.trustClients(of: authority, for: clients)
        }
        if let identity { _ = await hop.ask { $0.show(identity) } }
    }
}

extension RingfenceServer {
    /// Renews the certificate when it is ours and it is time. New connections see it when this returns; those there are go on.
    func renewCertificate(of installation: Installation, at now: Date) async throws -> CertificateRenewal? {
        let clients = sip.map(\.clients)
        let renewed = try await NIOThreadPool.singleton.runIfActive { [certificates] in
            try certificates.renew(of: installation, for: clients, at: now)
        }
        guard let (renewal, identity) = renewed else { return nil }
        _ = await hop.ask { $0.show(identity) }
        return renewal
    }
}

extension Refusal {
    fileprivate static let stopped = Self(
        problem: "The new certificate is kept, and not shown yet.",
        reason: "the server is stopping",
        remedy: "start it again: ringfence serve"
    )
}
