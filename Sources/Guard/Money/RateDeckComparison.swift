// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// What a new price list changes, shown before it is active: by what a call costs, not by how the list is written.
public struct RateDeckComparison: Sendable {
    /// A prefix whose calls cost something else.
    public struct Line: Hashable, Sendable {
        public let prefix: NumberPrefix
        public let destination: String
        /// `nil` where the active list has no price.
        public let old: Tariff?
        /// `nil` where the new one has none.
        public let new: Tariff?

        /// How much dearer a minute is, in hundredths of the old price, rounded towards zero; `nil` where one is missing, or was free.
        public var percent: Int? {
            guard let old, let new, old.perMinute > .zero else { return nil }
            return Int((new.perMinute.micros - old.perMinute.micros) * 100 / old.perMinute.micros)
        }
    }

    /// Prefixes that could not be called before. At most ``Limits/comparedRates`` of each kind are kept; dearest first.
    public private(set) var added: [Line] = []
    /// Prefixes that cannot be called any more.
    public private(set) var removed: [Line] = []
    /// Prefixes with another price: the ones that rise most first.
    public private(set) var changed: [Line] = []
    /// How many there are of each.
    public let counts: (added: Int, removed: Int, changed: Int, unchanged: Int)
    private let lost: [NumberPrefix]

    /// - Parameter now: When the new one would become active.
    public init(of new: RateDeck, with active: RateDeck, at now: WallTime) {
        var unchanged = 0
        for prefix in Set(new.prefixes).union(active.prefixes).sorted() {
            let (old, later) = (Self.rating(prefix, active, now), Self.rating(prefix, new, now))
            let name = later.map { new.destination(of: $0) } ?? old.map { active.destination(of: $0) } ?? ""
            let line = Line(prefix: prefix, destination: name, old: old?.tariff, new: later?.tariff)
            switch (line.old, line.new) {
            case (nil, nil): break
            case (nil, _): added.append(line)
            case (_, nil): removed.append(line)
            case (let old, let new) where old == new: unchanged += 1
            default: changed.append(line)
            }
        }
        counts = (added.count, removed.count, changed.count, unchanged)
        lost = removed.map(\.prefix)
        cut()
    }

    private static func rating(_ prefix: NumberPrefix, _ deck: RateDeck, _ now: WallTime) -> Rating? {
        switch deck.answer(for: prefix, at: now) {
        case .rated(let rating): rating
        case .unrated, .withdrawn: nil
        }
    }

    private mutating func cut() {
        func price(_ tariff: Tariff?) -> Int64 { tariff?.perMinute.micros ?? 0 }
        added = Array(added.sorted { price($0.new) > price($1.new) }.prefix(Limits.comparedRates))
        removed = Array(removed.sorted { price($0.old) > price($1.old) }.prefix(Limits.comparedRates))
        changed = Array(
            changed.sorted { price($0.new) - price($0.old) > price($1.new) - price($1.old) }.prefix(
                Limits.comparedRates
            )
        )
    }

    /// Why the new list cannot become active: calls that are open to the business would have no price, and so be refused one and all.
    ///
    /// - Parameter covered: The places that are open, by name, with the prefixes of each.
    /// - Returns: `nil` when it can.
    public func refusal(covering covered: [(name: String, prefixes: [NumberPrefix])]) -> Refusal? {
        let losers = covered.compactMap { place in
            lost.first { lost in place.prefixes.contains { $0.contains(lost) || lost.contains($0) } }
                .map { "\(place.name) (\($0))" }
        }
        guard !losers.isEmpty else { return nil }
        let shown = losers.prefix(Limits.deckFaults).joined(separator: ", ")
        let more = losers.count > Limits.deckFaults ? " and \(losers.count - Limits.deckFaults) more" : ""
        return Refusal(
            .spendLimit,
            problem: "The new price list does not become active.",
            reason:
                "it has no price any more for numbers that are open to you, and calls there would be refused: \(shown)\(more)",
            remedy: "ask the provider for a whole list, or close these places first: ringfence country close"
        )
    }
}
