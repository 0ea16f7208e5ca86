// SPDX-License-Identifier: Apache-2.0

/// An amount of money that is not negative, in millionths of the unit of one currency (micro-units). A business has one currency,
/// so an amount does not carry it.
///
/// Never a binary fraction: what is added up here is what a provider's bill adds up to.
public struct Money: Hashable, Sendable {
    /// Millionths, 0…``Limits/largestMoney``.
    public let micros: Int64

    public static let zero = Money(unchecked: 0)
    /// The most that there is.
    public static let largest = Money(unchecked: Limits.largestMoney)

    /// - Returns: `nil` for what is negative or more than ``Limits/largestMoney``.
    public init?(micros: Int64) {
        guard (0...Limits.largestMoney).contains(micros) else { return nil }
        self.micros = micros
    }

    private init(unchecked micros: Int64) { self.micros = micros }

    /// The nearest amount that there is.
    public init(clamping micros: Int64) { self.micros = min(max(0, micros), Limits.largestMoney) }

    /// Whole units, such as 12 for 12.00 EUR; the nearest amount that there is.
    public init(units: Int64) {
        let (micros, overflow) = units.multipliedReportingOverflow(by: 1_000_000)
        self.init(clamping: overflow ? (units < 0 ? 0 : Limits.largestMoney) : micros)
    }

    /// Reads `12`, `12.3` or `0.012345`: digits, and after a point at most six more.
    ///
    /// - Returns: `nil` for signs, spaces, commas and what is more than ``Limits/largestMoney``.
    public init?(parsing text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...10).contains(parts[0].count) else { return nil }
        let fraction = parts.count == 2 ? Array(parts[1]) : [UInt8(ascii: "0")]
        guard (1...6).contains(fraction.count) else { return nil }
        let padding = repeatElement(UInt8(ascii: "0"), count: 6 - fraction.count)
        guard let micros = Self.digits(Array(parts[0]) + fraction + padding) else { return nil }
        self.init(micros: micros)
    }

    /// At most 16 digits, which fit.
    private static func digits(_ bytes: [UInt8]) -> Int64? {
        var value: Int64 = 0
        for byte in bytes {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return value
    }

    /// - Returns: `nil` when it is more than ``Limits/largestMoney``.
    public func adding(_ other: Money) -> Money? { Money(micros: micros + other.micros) }

    /// What is left; nothing where `other` is more.
    public func subtracting(_ other: Money) -> Money { Money(clamping: micros - other.micros) }

    /// So many hundredths of it, rounded down.
    ///
    /// - Parameter percent: 0…100; taken as the nearest of these.
    public func percent(_ percent: Int) -> Money {
        let share = Int64(min(max(0, percent), 100))
        return Money(unchecked: micros / 100 * share + micros % 100 * share / 100)
    }
}

extension Money: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.micros < right.micros }
}

extension Money: CustomStringConvertible {
    /// `12.34`: two places after the point, or as many as it takes, up to six.
    public var description: String {
        let fraction = String(micros % 1_000_000)
        var places = Array(repeating: UInt8(ascii: "0"), count: 6 - fraction.utf8.count) + Array(fraction.utf8)
        while places.count > 2, places.last == UInt8(ascii: "0") { places.removeLast() }
        return "\(micros / 1_000_000).\(String(decoding: places, as: UTF8.self))"
    }

    /// `12.34 EUR`.
    public func text(in currency: Currency) -> String { "\(self) \(currency.code)" }
}

extension Money: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("an amount is digits with at most six places: 12.34", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}

extension [Money] {
    /// All of it, or the most that there is.
    public var sum: Money { reduce(.zero) { $0.adding($1) ?? .largest } }
}
