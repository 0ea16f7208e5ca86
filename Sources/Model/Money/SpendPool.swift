// SPDX-License-Identifier: Apache-2.0

/// Whose budget a call takes money from.
public enum SpendPool: Hashable, Sendable {
    case business
    case `extension`(ExtensionNumber)
    /// Extensions that share a budget beside their own.
    case group(ShortName)
    case trunk(ShortName)

    /// Reads `business`, `extension 201`, `group sales` or `trunk main`.
    public init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count) else { return nil }
        let pool: Self?
        switch parts[0] {
        case "business": pool = parts.count == 1 ? .business : nil
        case "extension": pool = ExtensionNumber(parsing: parts[parts.count - 1]).map(Self.extension)
        case "group": pool = parts.count == 2 ? ShortName(parsing: parts[1]).map(Self.group) : nil
        case "trunk": pool = parts.count == 2 ? ShortName(parsing: parts[1]).map(Self.trunk) : nil
        default: pool = nil
        }
        guard let pool else { return nil }
        self = pool
    }
}

extension SpendPool: CustomStringConvertible {
    public var description: String {
        switch self {
        case .business: "business"
        case .extension(let number): "extension \(number)"
        case .group(let name): "group \(name)"
        case .trunk(let name): "trunk \(name)"
        }
    }
}

extension SpendPool: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText(
            "a budget is 'business', or extension, group or trunk and a name",
            Self.init(parsing:)
        )
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}

/// Who pays for a leg to the outside: always somebody. Its money comes from all these budgets and that of the business.
public struct Payer: Hashable, Sendable, Codable {
    public let `extension`: ExtensionNumber
    public let group: ShortName?
    public let trunk: ShortName

    public init(extension number: ExtensionNumber, group: ShortName? = nil, trunk: ShortName) {
        (self.extension, self.group, self.trunk) = (number, group, trunk)
    }
}

/// A leg to the outside as the ledger knows it. Whoever makes one draws it at random or counts it on over restarts, so that it
/// does not come again while the ledger remembers it.
public struct ChargeID: Hashable, Sendable, Codable {
    public let value: UInt64

    public init(_ value: UInt64) { self.value = value }
}

/// As the key of a JSON object: `"extension 201"`.
extension SpendPool: CodingKeyRepresentable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public var codingKey: any CodingKey { Key(stringValue: description) }

    public init?(codingKey: some CodingKey) { self.init(parsing: codingKey.stringValue) }
}
