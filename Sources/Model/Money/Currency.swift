// SPDX-License-Identifier: Apache-2.0

/// What money is counted in, by its three letters (ISO 4217), such as `EUR`.
public struct Currency: Hashable, Sendable {
    public let code: String

    public static let eur = Currency(unchecked: "EUR")

    private init(unchecked code: String) { self.code = code }

    /// Reads `EUR` or `eur`.
    ///
    /// - Returns: `nil` unless it is three letters of ASCII. Whether a country has that money is not looked at.
    public init?(parsing text: some StringProtocol) {
        let code = text.uppercased()
        guard code.utf8.count == 3, text.utf8.count == 3,
            code.utf8.allSatisfy({ UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 })
        else { return nil }
        self.code = code
    }
}

extension Currency: CustomStringConvertible {
    public var description: String { code }
}

extension Currency: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a currency is three letters", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(code) }
}
