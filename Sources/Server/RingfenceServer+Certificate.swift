// SPDX-License-Identifier: Apache-2.0

public import Admin
import Foundation
public import Guard
import NIOPosix
import Primitives

extension RingfenceServer {
    public func certificate() async throws(Refusal) -> CertificateReport {
        try certificates.report()
    }

    public func replaceCertificate(_ pair: CertificatePair) async throws(Refusal) -> CertificateReport {
        let (new, identity) = try certificates.replace(with: pair, for: sip.map(\.clients), at: Date())
        guard await hop.ask({ $0.show(identity) }) != nil else { throw .stopped }
        return new
    }
}

extension Refusal {
    fileprivate static let stopped = Self(
        problem: "The new certificate is kept, and not shown yet.",
        reason: "the server is stopping",
        remedy: "start it again: ringfence serve"
    )
}
