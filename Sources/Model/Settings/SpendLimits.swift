// SPDX-License-Identifier: Apache-2.0

/// What one budget may spend within any hour, any day and any week.
public struct SpendLimits: Hashable, Sendable, Codable {
    public let hour: Money
    public let day: Money
    public let week: Money

    public static let nothing = SpendLimits(unchecked: .zero, .zero, .zero)

    private init(unchecked hour: Money, _ day: Money, _ week: Money) {
        (self.hour, self.day, self.week) = (hour, day, week)
    }

    /// - Returns: `nil` unless an hour is at most a day, and a day at most a week.
    public init?(hour: Money, day: Money, week: Money) {
        guard hour <= day, day <= week else { return nil }
        self.init(unchecked: hour, day, week)
    }

    /// In whole units of the currency. The larger stretch of time takes the larger amount, whatever is said.
    init(hour: Int64, day: Int64, week: Int64) {
        let (hours, days) = (Money(units: hour), max(Money(units: hour), Money(units: day)))
        self.init(unchecked: hours, days, max(days, Money(units: week)))
    }

    public subscript(span: SpendSpan) -> Money {
        switch span {
        case .hour: hour
        case .day: day
        case .week: week
        }
    }

    /// The smaller of both, in each span.
    public func capped(by other: SpendLimits) -> SpendLimits {
        SpendLimits(unchecked: min(hour, other.hour), min(day, other.day), min(week, other.week))
    }

    /// So many hundredths of it.
    public func percent(_ percent: Percent) -> SpendLimits {
        SpendLimits(
            unchecked: hour.percent(percent.value),
            day.percent(percent.value),
            week.percent(percent.value)
        )
    }

    /// Whether it is at most the other in each span.
    public func isWithin(_ other: SpendLimits) -> Bool { capped(by: other) == self }

    private enum CodingKeys: CodingKey { case hour, day, week }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let read = Self(
            hour: try container.decode(Money.self, forKey: .hour),
            day: try container.decode(Money.self, forKey: .day),
            week: try container.decode(Money.self, forKey: .week)
        )
        guard let read else {
            throw DecodingError.dataCorruptedError(
                forKey: .day,
                in: container,
                debugDescription: "an hour may have at most what a day has, and a day what a week has"
            )
        }
        self = read
    }
}

extension SpendLimits: CustomStringConvertible {
    /// `4.00 an hour, 12.00 a day, 36.00 a week`.
    public var description: String { "\(hour) an hour, \(day) a day, \(week) a week" }
}

/// 0 to 100 hundredths.
public struct Percent: Hashable, Sendable, Codable {
    public let value: Int

    public init?(_ value: Int) {
        guard (0...100).contains(value) else { return nil }
        self.value = value
    }

    init(clamping value: Int) { self.value = min(max(0, value), 100) }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let read = Self(try container.decode(Int.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a percentage is 0 to 100")
        }
        self = read
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}

/// How long a call may last: 1 to 1,440 minutes.
public struct LongestCall: Hashable, Sendable, Codable {
    public let minutes: Int

    public init?(minutes: Int) {
        guard Limits.longestCallMinutes.contains(minutes) else { return nil }
        self.minutes = minutes
    }

    init(clamping minutes: Int) {
        self.minutes = min(max(Limits.longestCallMinutes.lowerBound, minutes), Limits.longestCallMinutes.upperBound)
    }

    public var seconds: Int64 { Int64(minutes) * 60 }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let read = Self(minutes: try container.decode(Int.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a call lasts 1 to 1,440 minutes")
        }
        self = read
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(minutes)
    }
}
