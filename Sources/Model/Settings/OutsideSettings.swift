// SPDX-License-Identifier: Apache-2.0

/// What a business has arranged with the outside world. Immutable, and a class, because every decision about a call holds the
/// snapshot that it is in.
public final class OutsideSettings: Sendable {
    public let trunks: [TrunkName: TrunkAccess]
    /// The trunks that may be used, first choice first.
    public let usableTrunks: [TrunkAccess]
    /// Which of them some calls take; by name.
    public let routes: [OutsideRoute]
    public let numbers: [PhoneNumber: OwnedNumber]
    public let callerNumbers: CallerNumbers
    /// Where calls may go.
    public let dialing: DialingSettings
    /// What they may cost.
    public let spending: SpendSettings
    /// What they cost.
    public let rates: RateDecks
    /// How a business calls whose extensions nobody has stolen.
    public let patterns: PatternSettings
    public let callLimits: CallLimitSettings
    public let afterHours: AfterHoursSettings
    public let emergency: EmergencySettings
    /// Which way calls take inside.
    public let routing: RoutingSettings
    /// Who is told of what.
    public let alerts: AlertSettings
    /// Whether calls leave at all yet.
    public let goLive: GoLive

    public static let none = OutsideSettings()

    public convenience init(
        trunks: [TrunkAccess] = [],
        routes: [OutsideRoute] = [],
        numbers: [OwnedNumber] = [],
        callerNumbers: CallerNumbers = CallerNumbers(),
        dialing: DialingSettings = DialingSettings(),
        spending: SpendSettings = SpendSettings(),
        rates: RateDecks = RateDecks(),
        patterns: PatternSettings = PatternSettings(),
        callLimits: CallLimitSettings = CallLimitSettings(),
        afterHours: AfterHoursSettings = AfterHoursSettings(),
        emergency: EmergencySettings = EmergencySettings(),
        routing: RoutingSettings = RoutingSettings(),
        alerts: AlertSettings = AlertSettings(),
        goLive: GoLive = .open
    ) {
        var draft = Draft()
        for trunk in trunks { draft.trunks[trunk.trunk.name] = trunk }
        for route in routes { draft.routes[route.name] = route }
        for number in numbers { draft.numbers[number.number] = number }
        draft.callerNumbers = callerNumbers
        (draft.dialing, draft.spending, draft.rates) = (dialing, spending, rates)
        (draft.patterns, draft.callLimits, draft.afterHours) = (patterns, callLimits, afterHours)
        draft.emergency = emergency
        (draft.routing, draft.goLive) = (routing, goLive)
        draft.alerts = alerts
        self.init(draft)
    }

    private init(_ draft: Draft) {
        (trunks, numbers, callerNumbers) = (draft.trunks, draft.numbers, draft.callerNumbers)
        usableTrunks = draft.trunks.values.filter(\.trunk.isEnabled).sorted {
            ($0.trunk.priority, $0.trunk.name) < ($1.trunk.priority, $1.trunk.name)
        }
        routes = draft.routes.values.sorted { $0.name < $1.name }
        (dialing, spending, rates) = (draft.dialing, draft.spending, draft.rates)
        (patterns, callLimits, afterHours) = (draft.patterns, draft.callLimits, draft.afterHours)
        emergency = draft.emergency
        (routing, goLive) = (draft.routing, draft.goLive)
        alerts = draft.alerts
    }

    /// The price list of all trunks that have none of their own; `nil` without one. For a call: ``RateDecks/deck(of:)``.
    public var deck: RateDeck? { rates.active[RateDecks.usual]?.deck }

    func applying(_ change: OutsideChange) -> OutsideSettings {
        var draft = Draft(self)
        draft.apply(change)
        return OutsideSettings(draft)
    }

    private struct Draft {
        var trunks: [TrunkName: TrunkAccess] = [:]
        var routes: [ShortName: OutsideRoute] = [:]
        var numbers: [PhoneNumber: OwnedNumber] = [:]
        var callerNumbers = CallerNumbers()
        var dialing = DialingSettings()
        var spending = SpendSettings()
        var rates = RateDecks()
        var patterns = PatternSettings()
        var callLimits = CallLimitSettings()
        var afterHours = AfterHoursSettings()
        var emergency = EmergencySettings()
        var routing = RoutingSettings()
        var alerts = AlertSettings()
        var goLive = GoLive.open

        init() {}

        init(_ settings: OutsideSettings) {
            (trunks, numbers, callerNumbers) = (settings.trunks, settings.numbers, settings.callerNumbers)
            for route in settings.routes { routes[route.name] = route }
            (dialing, spending, rates) = (settings.dialing, settings.spending, settings.rates)
            (patterns, callLimits, afterHours) = (settings.patterns, settings.callLimits, settings.afterHours)
            emergency = settings.emergency
            (routing, goLive) = (settings.routing, settings.goLive)
            alerts = settings.alerts
        }

        mutating func apply(_ change: OutsideChange) {
            switch change {
            case .putTrunk(let access): trunks[access.trunk.name] = access
            case .removeTrunk(let name): trunks[name] = nil
            case .putRoute(let route): routes[route.name] = route
            case .removeRoute(let name): routes[name] = nil
            case .own(let number): numbers[number.number] = number
            case .disown(let number): numbers[number] = nil
            case .showCallers(let new): callerNumbers = new
            case .dial(let new): dialing = new
            case .spend(let new): spending = new
            case .rate(let change): rates.apply(change)
            case .watch(let new): patterns = new
            case .limitCalls(let new): callLimits = new
            case .closeAfterHours(let new): afterHours = new
            case .help(let new): emergency = new
            case .route(let change): routing.apply(change)
            case .alert(let change): alerts.apply(change)
            case .goLive(let new): goLive = new
            }
        }
    }
}

/// One change of ``OutsideSettings``.
public enum OutsideChange: Sendable {
    /// Adds a trunk, or replaces the one with its name.
    case putTrunk(TrunkAccess)
    case removeTrunk(TrunkName)
    /// Adds a route, or replaces the one with its name.
    case putRoute(OutsideRoute)
    case removeRoute(ShortName)
    /// Adds a number of the business, or replaces what was said of it.
    case own(OwnedNumber)
    case disown(PhoneNumber)
    case showCallers(CallerNumbers)
    /// Each of these takes the place of the one before.
    case dial(DialingSettings)
    case spend(SpendSettings)
    case watch(PatternSettings)
    case limitCalls(CallLimitSettings)
    case closeAfterHours(AfterHoursSettings)
    case help(EmergencySettings)
    case goLive(GoLive)
    case rate(RateChange)
    case route(RoutingChange)
    case alert(AlertChange)
}
