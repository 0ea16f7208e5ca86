// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A provider's price list: the longest prefix of a number decides, and of its prices the one that holds.
///
/// Kept as columns: 16 bytes for each prefix, 4 for each price, and each different price once. A hundred thousand lines take
/// about 2 MB. Found by binary search and then from prefix to shorter prefix, at most 15 times, without an allocation.
public struct RateDeck: Sendable {
    /// What the owner calls it, such as `main-2026`; once in a business.
    public let id: ShortName
    /// Counts the imports under that name, from 1.
    public let version: UInt32
    public let currency: Currency

    /// Each prefix once, padded with zeros to 15 digits, in four bits more how many digits it has. In order.
    private var keys: [UInt64] = []
    /// The place of the longest other prefix that it begins with; -1 for none.
    private var parents: [Int32] = []
    /// Where the prices of a prefix begin in ``prices``; the last one where they end.
    private var firstPrices: [UInt32] = [0]
    /// Places in ``terms``, for each prefix in the order of ``Terms/from``.
    private var prices: [UInt32] = []
    private var terms: [Terms] = []
    private var destinations: [String] = []

    /// What many prefixes have in common.
    private struct Terms: Hashable, Sendable {
        let tariff: Tariff
        let destination: UInt32
        let from: Int64
        let until: Int64
        let isClosed: Bool
    }

    /// - Parameter rates: In any order.
    /// - Returns: `nil` when two have the same prefix and the same beginning, or when there are more than ``Limits/deckRates``.
    public init?(id: ShortName, version: UInt32, currency: Currency, rates: [DeckRate]) {
        guard rates.count <= Limits.deckRates else { return nil }
        (self.id, self.version, self.currency) = (id, version, currency)
        let sorted = rates.map { (key: Self.key(of: $0.prefix), rate: $0) }.sorted {
            $0.key == $1.key ? $0.rate.from < $1.rate.from : $0.key < $1.key
        }
        var (names, known) = ([String: UInt32](), [Terms: UInt32]())
        for (place, line) in sorted.enumerated() {
            if place > 0, sorted[place - 1].key == line.key {
                guard sorted[place - 1].rate.from < line.rate.from else { return nil }
            } else {
                keys.append(line.key)
                firstPrices.append(firstPrices[keys.count - 1])
            }
            prices.append(intern(line.rate, &names, &known))
            firstPrices[keys.count] += 1
        }
        linkParents()
    }

    private mutating func intern(
        _ rate: DeckRate,
        _ names: inout [String: UInt32],
        _ known: inout [Terms: UInt32]
    ) -> UInt32 {
        let name = names[rate.destination] ?? UInt32(destinations.count)
        if name == destinations.count {
            destinations.append(rate.destination)
            names[rate.destination] = name
        }
        let new = Terms(
            tariff: rate.tariff,
            destination: name,
            from: rate.from.milliseconds,
            until: rate.until?.milliseconds ?? .max,
            isClosed: rate.isClosed
        )
        if let place = known[new] { return place }
        known[new] = UInt32(terms.count)
        terms.append(new)
        return UInt32(terms.count - 1)
    }

    /// In order, what a prefix begins with stands before it: the last one that is still open.
    private mutating func linkParents() {
        var open: [Int32] = []
        parents.reserveCapacity(keys.count)
        for place in keys.indices {
            while let last = open.last, !Self.begins(keys[place], with: keys[Int(last)]) { open.removeLast() }
            parents.append(open.last ?? -1)
            open.append(Int32(place))
        }
    }

    // MARK: Asking

    /// How many prices there are.
    public var count: Int { prices.count }
    /// How many prefixes there are.
    public var prefixCount: Int { keys.count }

    /// What a number costs at a time. O(log n), no allocation.
    public func answer(for number: PhoneNumber, at now: WallTime) -> RateAnswer {
        answer(forKey: Self.padded(number.value, digits: number.digitCount) << 4 | UInt64(number.digitCount), at: now)
    }

    /// The same for numbers that begin with a prefix, as far as it says.
    public func answer(for prefix: NumberPrefix, at now: WallTime) -> RateAnswer {
        answer(forKey: Self.key(of: prefix), at: now)
    }

    private func answer(forKey key: UInt64, at now: WallTime) -> RateAnswer {
        var place = lastPlace(notAfter: key)
        while place >= 0 {
            if Self.begins(key, with: keys[place]), let answer = answer(at: place, now.milliseconds) { return answer }
            place = Int(parents[place])
        }
        return .unrated
    }

    /// The last key that is not greater; -1 for none.
    private func lastPlace(notAfter key: UInt64) -> Int {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] <= key { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    /// - Returns: `nil` when the first price of the prefix is still to come.
    private func answer(at place: Int, _ now: Int64) -> RateAnswer? {
        let prefix = prefix(at: place)
        for price in (firstPrices[place]..<firstPrices[place + 1]).reversed() {
            let chosen = terms[Int(prices[Int(price)])]
            guard chosen.from <= now else { continue }
            guard now < chosen.until, !chosen.isClosed, let prefix else { return prefix.map { .withdrawn($0) } }
            return .rated(Rating(prefix: prefix, tariff: chosen.tariff, place: Int(price)))
        }
        return nil
    }

    /// The provider's name for the place. Empty for a rating of another deck.
    public func destination(of rating: Rating) -> String {
        guard prices.indices.contains(rating.place) else { return "" }
        return destinations[Int(terms[Int(prices[rating.place])].destination)]
    }

    /// All of it again, by prefix and then by beginning.
    public var rates: [DeckRate] { keys.indices.flatMap { rates(at: $0) } }

    private func rates(at place: Int) -> [DeckRate] {
        (firstPrices[place]..<firstPrices[place + 1]).compactMap { price in
            let line = terms[Int(prices[Int(price)])]
            return prefix(at: place).flatMap {
                DeckRate(
                    prefix: $0,
                    destination: destinations[Int(line.destination)],
                    tariff: line.tariff,
                    from: WallTime(milliseconds: line.from),
                    until: line.until == .max ? nil : WallTime(milliseconds: line.until),
                    isClosed: line.isClosed
                )
            }
        }
    }

    /// Each prefix once, in order.
    public var prefixes: [NumberPrefix] { keys.indices.compactMap { prefix(at: $0) } }

    // MARK: Keys

    private func prefix(at place: Int) -> NumberPrefix? {
        let digits = Int(keys[place] & 15)
        return NumberPrefix(value: (keys[place] >> 4) / Self.powers[15 - digits])
    }

    private static func key(of prefix: NumberPrefix) -> UInt64 {
        padded(prefix.value, digits: prefix.digitCount) << 4 | UInt64(prefix.digitCount)
    }

    private static func padded(_ value: UInt64, digits: Int) -> UInt64 { value * powers[15 - digits] }

    private static func begins(_ key: UInt64, with prefix: UInt64) -> Bool {
        let digits = prefix & 15
        return digits <= key & 15 && key >> 4 / powers[15 - Int(digits)] == prefix >> 4 / powers[15 - Int(digits)]
    }

    private static let powers: InlineArray<16, UInt64> = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
    ]
}
