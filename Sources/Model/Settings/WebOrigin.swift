// SPDX-License-Identifier: Apache-2.0

/// A site whose pages may do something, as browsers name it: `https://pbx.example.com` (RFC 6454 §6.2).
public struct WebOrigin: Hashable, Sendable {
    /// In lower case, without the port that its scheme implies.
    public let text: String

    /// Reads an origin.
    ///
    /// - Returns: `nil` unless it is a scheme of the web, a host and perhaps a port, and nothing else.
    public init?(parsing text: some StringProtocol) {
        let lower = text.lowercased()
        guard lower.utf8.count <= Limits.originBytes, let colon = lower.firstRange(of: "://") else { return nil }
        let implied: String
        switch lower[..<colon.lowerBound] {
        case "https": implied = ":443"
        case "http": implied = ":80"
        default: return nil
        }
        let authority = lower[colon.upperBound...]
        guard Self.isAuthority(authority) else { return nil }
        self.text = lower.hasSuffix(implied) ? String(lower.dropLast(implied.utf8.count)) : lower
    }

    /// A host of RFC 1123, an address, or either with a port.
    private static func isAuthority(_ text: Substring) -> Bool {
        let allowed = { (byte: UInt8) in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
                true
            default: false
            }
        }
        return !text.isEmpty && text.first != ":" && text.utf8.allSatisfy(allowed)
    }
}

extension WebOrigin: CustomStringConvertible {
    public var description: String { text }
}

extension WebOrigin: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("an origin is https://pbx.example.com", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}
