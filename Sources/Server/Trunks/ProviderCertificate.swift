// SPDX-License-Identifier: Apache-2.0

import Calls
import Foundation
import Model
import NIOSSL
import Primitives
import SwiftASN1
import X509

/// Whom a provider's certificate is for, and whether that is whom we want to talk to.
///
/// Source: RFC 5922 §7.1 and §7.2: SIP URIs first, DNS names only where there are none; compared whole, because no wildcard matches.
/// A common name counts for nothing, unlike there: nobody has issued such certificates for years.
struct ProviderCertificate {
    /// Hosts of `sip:` URIs without a user, in lower case.
    private let domains: [String]
    private let hosts: [String]
    private let addresses: [IPAddress]
    private let certificate: Certificate

    init(_ shown: NIOSSLCertificate) throws {
        certificate = try Certificate(derEncoded: shown.toDERBytes())
        var (domains, hosts, addresses): ([String], [String], [IPAddress]) = ([], [], [])
        for name in try certificate.extensions.subjectAlternativeNames ?? SubjectAlternativeNames() {
            switch name {
            case .uniformResourceIdentifier(let uri): if let domain = Self.domain(of: uri) { domains.append(domain) }
            case .dnsName(let host): hosts.append(host.lowercased())
            case .ipAddress(let octets):
                if let address = IPAddress(networkBytes: octets.bytes) { addresses.append(address) }
            default: break
            }
        }
        (self.domains, self.hosts, self.addresses) = (domains, hosts, addresses)
    }

    /// §7.1: a URI with a user stands for a person, and no other scheme for a domain of SIP.
    private static func domain(of uri: String) -> String? {
        let lower = uri.lowercased()
        guard lower.hasPrefix("sip:"), !lower.contains("@") else { return nil }
        return String(lower.dropFirst(4))
    }

    func names(_ domain: DomainName) -> Bool {
        if let address = IPAddress(parsing: domain.text) { return addresses.contains(address) }
        return domains.isEmpty ? hosts.contains(domain.text) : domains.contains(domain.text)
    }

    /// For people: whom it is for.
    var names: [String] {
        let all = domains + hosts + addresses.map(\.description)
        return all.prefix(Limits.shownNames).map { String($0.prefix(Limits.shownNameCharacters)) }
    }

    /// Why it did not verify, as far as it tells by itself.
    func problem(at now: WallTime) -> TrunkFailure.Certificate {
        let seconds = Double(now.milliseconds) / 1_000
        if certificate.notValidAfter.timeIntervalSince1970 < seconds { return .expired }
        if certificate.notValidBefore.timeIntervalSince1970 > seconds { return .notYetValid }
        return .unknownIssuer
    }
}
