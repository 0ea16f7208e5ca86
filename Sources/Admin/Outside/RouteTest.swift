// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
import Store

/// Says which trunk, caller number and price a call would get, and why. Calls nobody.
public struct TestRoute: Command {
    public static let name = "route.test"
    public static let rights: [Right] = [.seeTrunks, .seeNumbers, .seeDialling, .seeSpending]

    /// As it is dialled, and so are the others as they are typed.
    public let number: String
    /// Who calls; `nil` for an extension with nothing of its own.
    public let from: String?
    /// When; `nil` for now.
    public let at: String?

    public init(number: String, from: String? = nil, at time: String? = nil) {
        (self.number, self.from, at) = (number, from, time)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-") }

    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> RouteReport {
        let caller = try from.map { text throws(Refusal) in try administrator.find(text).number }
        let time = try administrator.moment(at)
        let states = await administrator.engine.live(.trunks).trunks
        let snapshot = administrator.store.snapshot
        if let inside = ExtensionNumber(parsing: number), snapshot.reaches(inside) { throw .staysInside(inside) }
        var report = RouteReport(dialled: number, caller: caller, at: time, snapshot.isOpen(at: time))
        switch DialPlan(snapshot.outside.dialing).read(number) {
        case .refused(let fault): report.refusal = fault.refusal.reason
        case .emergency(let help):
            report.help = help
            report.shown = caller.flatMap { snapshot.outside.callerNumber(of: $0) } ?? snapshot.outside.usualNumber
            report.trunks = snapshot.outside.usableTrunks.map { RouteReport.Line($0.trunk.name, states) }
            report.chosen = report.trunks.first { $0.isUsable != false }?.trunk
        case .outside(let facts): report.judge(facts, in: snapshot.outside, states)
        }
        return report
    }
}

/// What would become of a call.
public struct RouteReport: Codable, Hashable, Sendable {
    /// One trunk that was thought of, in the order in which they are asked.
    public struct Line: Codable, Hashable, Sendable {
        public let trunk: TrunkName
        /// `nil` where it has none for the number.
        public let price: Tariff?
        /// Why no call leaves by it at that price; `nil` while it may.
        public let refusal: String?
        /// `nil` where no server tells.
        public let isUsable: Bool?
    }

    public let dialled: String
    public let caller: ExtensionNumber?
    public let at: WallTime
    /// Whether the business is open then.
    public let isOpen: Bool
    /// What was dialled; `nil` where it is none.
    public internal(set) var number: PhoneNumber?
    public internal(set) var numberClass: NumberClass?
    public internal(set) var region: Region?
    /// What the network is asked for, where it is a call for help.
    public internal(set) var help: DigitString?
    /// The route that decides; `nil` where every trunk may take it.
    public internal(set) var route: OutsideRoute?
    public internal(set) var trunks: [Line] = []
    /// The first one that can take it; `nil` where it does not leave.
    public internal(set) var chosen: TrunkName?
    public internal(set) var currency: Currency?
    /// The number of the business that the call shows; `nil` for the provider's own.
    public internal(set) var shown: PhoneNumber?
    public internal(set) var isWithheld = false
    /// Why it does not leave; `nil` where it does.
    public internal(set) var refusal: String?

    init(dialled: String, caller: ExtensionNumber?, at time: WallTime, _ isOpen: Bool) {
        (self.dialled, self.caller, at, self.isOpen) = (dialled, caller, time, isOpen)
    }

    /// As the gate would, but for what has to be counted: budgets, limits and patterns.
    mutating func judge(_ facts: NumberFacts, in settings: OutsideSettings, _ states: [TrunkCondition]) {
        (number, numberClass, region) = (facts.number, facts.numberClass, facts.region)
        currency = settings.spending.currency
        shown = caller.flatMap { settings.callerNumber(of: $0) } ?? settings.usualNumber
        isWithheld = caller.map { settings.callerNumbers.withheld.contains($0) } ?? false
        route = TrunkChoice.route(for: facts, in: settings, isOpen: isOpen)
        let offers = TrunkChoice.offers(for: facts, by: route, in: settings, at: at)
        trunks = offers.map { Line($0, in: settings.spending.currency, states) }
        refusal =
            switch DialingRules.decide(facts, .dialled, by: caller, in: settings.dialing, at: at) {
            case .allowed: nil
            case .refused(let refusal): refusal.callRefusal.reason
            case .screened, .needsCode, .needsPerson: "the caller would have to answer, and nobody can ask them yet"
            }
        guard refusal == nil else { return }
        // A route leaves out who has no price; without one the gate says so of the first trunk.
        let asked = route == nil ? offers[...] : offers.filter { $0.price != nil }[...]
        let reached = asked.first { offer in states.first { $0.name == offer.access.trunk.name }?.isUsable != false }
        guard let reached else {
            refusal =
                asked.isEmpty
                ? offers.first?.refusal?.sentence(in: settings.spending.currency) ?? "no trunk may be used"
                : "none of these trunks can be reached now"
            return
        }
        refusal = reached.refusal?.sentence(in: settings.spending.currency)
        if refusal == nil { chosen = reached.access.trunk.name }
    }
}

extension RouteReport.Line {
    init(_ trunk: TrunkName, _ states: [TrunkCondition]) {
        (self.trunk, price, refusal) = (trunk, nil, nil)
        isUsable = states.first { $0.name == trunk }?.isUsable
    }

    init(_ offer: TrunkOffer, in currency: Currency, _ states: [TrunkCondition]) {
        trunk = offer.access.trunk.name
        (price, refusal) = (offer.price?.tariff, offer.refusal?.sentence(in: currency))
        isUsable = states.first { $0.name == offer.access.trunk.name }?.isUsable
    }
}

extension OutsideSettings {
    /// What calls show of whoever has no number of their own.
    fileprivate var usualNumber: PhoneNumber? { callerNumbers.usual.flatMap { numbers[$0] == nil ? nil : $0 } }
}

extension Snapshot {
    fileprivate func reaches(_ number: ExtensionNumber) -> Bool {
        extensions[number] != nil || outside.routing.owner(of: number) != nil
    }

    fileprivate func isOpen(at time: WallTime) -> Bool {
        outside.routing.isOpen(by: hours?.isOpen(at: time) ?? true)
    }
}

extension Administrator {
    /// What somebody typed behind `--at`.
    fileprivate func moment(_ text: String?) throws(Refusal) -> WallTime {
        guard let text else { return now() }
        let zone = store.snapshot.hours?.zone
        guard let time = EndTime.moment(text, zone: zone, at: now()) else { throw .noMoment(text) }
        return time
    }
}

extension Refusal {
    fileprivate static func noMoment(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is no time.",
            reason: "it is a day and a time by the clock of the business, or so many minutes, hours or days from now",
            remedy: "give one like these: --at 2026-12-24T18:00, --at 8h"
        )
    }

    fileprivate static func staysInside(_ number: ExtensionNumber) -> Self {
        Self(
            problem: "A call to \(number) takes no trunk.",
            reason: "it is a number inside the business",
            remedy: "give a number outside, as it is dialled: ringfence route test 030555123"
        )
    }
}
