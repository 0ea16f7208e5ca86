// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The certificate that the server shows.
public struct CertificateReport: Hashable, Sendable, Codable {
    /// DNS names and addresses that it is good for.
    public let names: [String]
    public let notBefore: WallTime
    public let notAfter: WallTime
    /// SHA-256 as phones show it: `AB:CD:…`.
    public let fingerprint: String
    /// Certificates that are sent along, the server's own included.
    public let chainLength: Int
    /// PEM of the root that phones are given; `nil` when they know it already.
    public let authority: String?

    public init(
        names: [String],
        notBefore: WallTime,
        notAfter: WallTime,
        fingerprint: String,
        chainLength: Int,
        authority: String?
    ) {
        (self.names, self.notBefore, self.notAfter) = (names, notBefore, notAfter)
        (self.fingerprint, self.chainLength, self.authority) = (fingerprint, chainLength, authority)
    }
}
