// SPDX-License-Identifier: Apache-2.0

/// Whose budget a call takes money from.
public enum SpendPool: Hashable, Sendable {
    case business
    case `extension`(ExtensionNumber)
    /// Extensions that share a budget beside their own.
    case group(ShortName)
    case trunk(ShortName)
    /// Ordinary calls inside the home country, of the whole business and of one extension. They take no money from the other
    /// budgets, so that those can stay small: who steals an extension wants numbers that pay.
    case home
    case extensionAtHome(ExtensionNumber)
    /// All of it together: what the ceiling stands above. Nobody sets limits for it.
    case ceiling

    /// Reads `business`, `extension 201`, `group sales`, `trunk main`, `home`, `home 201` or `ceiling`.
    public init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count) else { return nil }
        let pool: Self?
        switch parts[0] {
        case "business": pool = parts.count == 1 ? .business : nil
        case "extension": pool = ExtensionNumber(parsing: parts[parts.count - 1]).map(Self.extension)
        case "group": pool = parts.count == 2 ? ShortName(parsing: parts[1]).map(Self.group) : nil
        case "trunk": pool = parts.count == 2 ? ShortName(parsing: parts[1]).map(Self.trunk) : nil
        case "home": pool = parts.count == 1 ? .home : ExtensionNumber(parsing: parts[1]).map(Self.extensionAtHome)
        case "ceiling": pool = parts.count == 1 ? .ceiling : nil
        default: pool = nil
        }
        guard let pool else { return nil }
        self = pool
    }
}

extension SpendPool {
    /// Whether ordinary calls at home take their money from it.
    public var isAtHome: Bool {
        switch self {
        case .home, .extensionAtHome: true
        case .business, .extension, .group, .trunk, .ceiling: false
        }
    }
}

extension SpendPool: CustomStringConvertible {
    public var description: String {
        switch self {
        case .business: "business"
        case .extension(let number): "extension \(number)"
        case .group(let name): "group \(name)"
        case .trunk(let name): "trunk \(name)"
        case .home: "home"
        case .extensionAtHome(let number): "home \(number)"
        case .ceiling: "ceiling"
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
public struct Payer: Hashable, Sendable {
    public let `extension`: ExtensionNumber
    public let group: ShortName?
    public let trunk: ShortName
    /// Whether it is an ordinary call at home, which budgets of its own pay for.
    public let isAtHome: Bool

    public init(extension number: ExtensionNumber, group: ShortName? = nil, trunk: ShortName, isAtHome: Bool = false) {
        (self.extension, self.group, self.trunk, self.isAtHome) = (number, group, trunk, isAtHome)
    }
}

extension Payer: Codable {
    private enum Key: String, CodingKey { case `extension`, group, trunk, isAtHome }

    /// What was written before calls at home had budgets of their own says nothing of them.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(
            extension: try values.decode(ExtensionNumber.self, forKey: .extension),
            group: try values.decodeIfPresent(ShortName.self, forKey: .group),
            trunk: try values.decode(ShortName.self, forKey: .trunk),
            isAtHome: try values.decodeIfPresent(Bool.self, forKey: .isAtHome) ?? false
        )
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(self.extension, forKey: .extension)
        try values.encodeIfPresent(group, forKey: .group)
        try values.encode(trunk, forKey: .trunk)
        try values.encode(isAtHome, forKey: .isAtHome)
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
