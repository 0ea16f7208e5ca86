// SPDX-License-Identifier: Apache-2.0

import Primitives

/// The SIP domain of a business: a host name in lower case, or an IP address as a URI writes it (IPv6 in brackets).
///
/// It is also the realm of every credential, so it never changes once phones are enrolled.
public struct DomainName: Hashable, Sendable {
    public let text: String

    /// Reads a host name (RFC 1123 §2.1) or an IP literal. Letters may come in any case and are kept in lower case.
    ///
    /// - Returns: `nil` for an empty or over-long label, a character outside letters, digits and hyphens, or a name whose
    ///   last label is a number without being an IPv4 address, which some resolvers would read as one.
    public init?(parsing text: some StringProtocol) {
        if let address = IPAddress(parsing: text) {
            self.text = address.isIPv4 ? address.description : "[\(address)]"
            return
        }
        let lower = text.lowercased()
        guard (1...Limits.domainBytes).contains(lower.utf8.count) else { return nil }
        let labels = lower.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy(Self.isLabel), let last = labels.last, !last.allSatisfy(Self.isDigit) else {
            return nil
        }
        self.text = lower
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        guard (1...Limits.labelBytes).contains(label.count),
            label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-")
        else { return false }
        return label.allSatisfy { byte in
            isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || byte == UInt8(ascii: "-")
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
}

extension DomainName: CustomStringConvertible {
    public var description: String { text }
}

extension DomainName: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a domain is a host name or an IP address", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws {
        try encoder.encodeText(text)
    }
}
