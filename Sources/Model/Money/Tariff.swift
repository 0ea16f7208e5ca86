// SPDX-License-Identifier: Apache-2.0

/// What a call costs: once when it is answered, and for each minute in steps.
public struct Tariff: Hashable, Sendable, Codable {
    /// For the answer, whatever comes after. At most ``Limits/highestPrice``.
    public let setUp: Money
    /// For a minute. At most ``Limits/highestPrice``.
    public let perMinute: Money
    public let increments: Increments

    /// - Returns: `nil` when a price is more than ``Limits/highestPrice``, with which nothing could be calculated.
    public init?(setUp: Money = .zero, perMinute: Money, increments: Increments) {
        guard setUp.micros <= Limits.highestPrice, perMinute.micros <= Limits.highestPrice else { return nil }
        (self.setUp, self.perMinute, self.increments) = (setUp, perMinute, increments)
    }

    private enum CodingKeys: CodingKey { case setUp, perMinute, increments }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let read = Self(
            setUp: try container.decode(Money.self, forKey: .setUp),
            perMinute: try container.decode(Money.self, forKey: .perMinute),
            increments: try container.decode(Increments.self, forKey: .increments)
        )
        guard let read else {
            throw DecodingError.dataCorruptedError(
                forKey: .perMinute,
                in: container,
                debugDescription: "a price is too high"
            )
        }
        self = read
    }

    /// Micro-units of an answered call of which so many seconds are billed, its set-up included, rounded up to a micro-unit: this
    /// is the rounding rule of every amount here. 10^12 · 604,800 / 60 fits.
    ///
    /// - Parameter billed: Not negative; at most ``Limits/longestBilledSeconds`` and a step.
    public func micros(forBilledSeconds billed: Int64) -> Int64 {
        setUp.micros + (perMinute.micros * billed + 59) / 60
    }

    /// The whole cost of a call.
    ///
    /// - Parameter spoken: Nanoseconds from the answer to the BYE; `nil` for a call that was not answered, which costs nothing.
    public func cost(ofNanoseconds spoken: Int64?) -> Money {
        guard let spoken else { return .zero }
        return Money(clamping: micros(forBilledSeconds: increments.billedSeconds(forNanoseconds: spoken)))
    }
}

extension Tariff: CustomStringConvertible {
    /// `0.0123 a minute, 0.05 for the answer, 60/1`.
    public var description: String {
        "\(perMinute) a minute, \(setUp > .zero ? "\(setUp) for the answer, " : "")\(increments)"
    }
}
