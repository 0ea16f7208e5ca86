// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Which trunks a call may leave by, first choice first: those of the narrowest route that is for it, or all of them. What is
/// chosen is only the order in which ``PaidCallGate`` is asked: each trunk's own price is judged there, each time.
public enum TrunkChoice {
    /// The route that decides about a number; `nil` where every trunk may take it.
    public static func route(for facts: NumberFacts, in settings: OutsideSettings, isOpen: Bool) -> OutsideRoute? {
        var best: (narrowness: Int, place: Int)?
        for place in settings.routes.indices {
            let narrowness = settings.routes[place].narrowness(
                for: facts.number,
                facts.numberClass,
                in: facts.region,
                home: settings.dialing.numbering.home,
                isOpen: isOpen
            )
            if let narrowness, narrowness > best?.narrowness ?? -1 { best = (narrowness, place) }
        }
        return best.map { settings.routes[$0.place] }
    }

    /// The trunks for a call, in order. Without routes nothing is made for the answer.
    public static func trunks(
        for placement: Placement,
        in settings: OutsideSettings,
        isOpen: Bool,
        at now: WallTime
    ) -> [TrunkAccess] {
        guard !settings.routes.isEmpty, let facts = placement.outside?.permit?.facts,
            let route = route(for: facts, in: settings, isOpen: isOpen)
        else { return settings.usableTrunks }
        let offers = offers(for: facts, by: route, in: settings, at: now)
        // Where none has a price the gate says so, and counts who tries such numbers.
        let carrying = offers.filter { $0.price != nil }
        return (carrying.isEmpty ? offers : carrying).map(\.access)
    }

    /// What each trunk would take for a call, in the order of a route, or of all trunks. One without a price for the number does not
    /// carry it.
    public static func offers(
        for facts: NumberFacts,
        by route: OutsideRoute?,
        in settings: OutsideSettings,
        at now: WallTime
    ) -> [TrunkOffer] {
        guard let route else {
            return settings.usableTrunks.map { TrunkOffer($0, facts, in: settings, at: now) }
        }
        let offers = route.trunks.compactMap { settings.trunks[$0] }.filter(\.trunk.isEnabled).map {
            TrunkOffer($0, facts, in: settings, at: now)
        }
        switch route.order {
        case .listed: return offers
        case .leastCost:
            return offers.enumerated().sorted { one, other in
                (one.element.compared, one.offset) < (other.element.compared, other.offset)
            }.map(\.element)
        }
    }
}

/// What a call would cost over one trunk.
public struct TrunkOffer: Sendable {
    public let access: TrunkAccess
    /// `nil` where its price list has none for the number, or is in another currency than the budgets.
    public let price: PricedCall?
    /// Why a call does not leave at that price, or without one; `nil` while it may.
    public let refusal: SpendRefusal?

    init(_ access: TrunkAccess, _ facts: NumberFacts, in settings: OutsideSettings, at now: WallTime) {
        self.access = access
        guard let deck = settings.rates.deck(of: access.trunk.name) else {
            (price, refusal) = (nil, .unrated(RateDecks.usual))
            return
        }
        let isInternational = facts.region != settings.dialing.numbering.home
        switch SpendRules.price(facts.number, isInternational: isInternational, by: deck, at: now) {
        case .refused(let refusal): (price, self.refusal) = (nil, refusal)
        case .priced(let price):
            refusal = SpendRules.refusal(of: price, in: settings.spending)
            self.price = price.currency == settings.spending.currency ? price : nil
        }
    }

    /// Micro-units by which trunks are compared. One without a price comes last.
    var compared: Int64 {
        guard let tariff = price?.tariff else { return .max }
        return tariff.micros(forBilledSeconds: tariff.increments.billedSeconds(for: Model.Limits.comparedSeconds))
    }
}
