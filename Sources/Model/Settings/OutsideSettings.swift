// SPDX-License-Identifier: Apache-2.0

/// What a business has arranged with the outside world. Immutable, and a class, because every decision about a call holds the
/// snapshot that it is in.
public final class OutsideSettings: Sendable {
    public let trunks: [TrunkName: TrunkAccess]
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

    public static let none = OutsideSettings()

    public convenience init(
        trunks: [TrunkAccess] = [],
        numbers: [OwnedNumber] = [],
        callerNumbers: CallerNumbers = CallerNumbers(),
        dialing: DialingSettings = DialingSettings(),
        spending: SpendSettings = SpendSettings(),
        rates: RateDecks = RateDecks(),
        patterns: PatternSettings = PatternSettings(),
        callLimits: CallLimitSettings = CallLimitSettings(),
        afterHours: AfterHoursSettings = AfterHoursSettings(),
        emergency: EmergencySettings = EmergencySettings(),
        routing: RoutingSettings = RoutingSettings()
    ) {
        var draft = Draft()
        for trunk in trunks { draft.trunks[trunk.trunk.name] = trunk }
        for number in numbers { draft.numbers[number.number] = number }
        draft.callerNumbers = callerNumbers
        (draft.dialing, draft.spending, draft.rates) = (dialing, spending, rates)
        (draft.patterns, draft.callLimits, draft.afterHours) = (patterns, callLimits, afterHours)
        draft.emergency = emergency
        draft.routing = routing
        self.init(draft)
    }

    private init(_ draft: Draft) {
        (trunks, numbers, callerNumbers) = (draft.trunks, draft.numbers, draft.callerNumbers)
        (dialing, spending, rates) = (draft.dialing, draft.spending, draft.rates)
        (patterns, callLimits, afterHours) = (draft.patterns, draft.callLimits, draft.afterHours)
        emergency = draft.emergency
        routing = draft.routing
    }

    /// The price list of all trunks that have none of their own; `nil` without one. For a call: ``RateDecks/deck(of:)``.
    public var deck: RateDeck? { rates.active[RateDecks.usual]?.deck }

    /// The trunks that may be used, first choice first.
    public var usableTrunks: [TrunkAccess] {
        trunks.values.filter(\.trunk.isEnabled).sorted {
            ($0.trunk.priority, $0.trunk.name) < ($1.trunk.priority, $1.trunk.name)
        }
    }

    func applying(_ change: OutsideChange) -> OutsideSettings {
        var draft = Draft(self)
        draft.apply(change)
        return OutsideSettings(draft)
    }

    private struct Draft {
        var trunks: [TrunkName: TrunkAccess] = [:]
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

        init() {}

        init(_ settings: OutsideSettings) {
            (trunks, numbers, callerNumbers) = (settings.trunks, settings.numbers, settings.callerNumbers)
            (dialing, spending, rates) = (settings.dialing, settings.spending, settings.rates)
            (patterns, callLimits, afterHours) = (settings.patterns, settings.callLimits, settings.afterHours)
            emergency = settings.emergency
            routing = settings.routing
        }

        mutating func apply(_ change: OutsideChange) {
            switch change {
            case .putTrunk(let access): trunks[access.trunk.name] = access
            case .removeTrunk(let name): trunks[name] = nil
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
            }
        }
    }
}

/// One change of ``OutsideSettings``.
public enum OutsideChange: Sendable {
    /// Adds a trunk, or replaces the one with its name.
    case putTrunk(TrunkAccess)
    case removeTrunk(TrunkName)
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
    case rate(RateChange)
    case route(RoutingChange)
}

/// Under which number calls go out. Only owned numbers count; one that is owned no longer is as if it were not set.
public struct CallerNumbers: Hashable, Sendable, Codable {
    /// For whoever has none of their own.
    public var usual: PhoneNumber?
    public var own: [ExtensionNumber: PhoneNumber]

    public init(usual: PhoneNumber? = nil, own: [ExtensionNumber: PhoneNumber] = [:]) {
        (self.usual, self.own) = (usual, own)
    }

    private enum CodingKeys: String, CodingKey { case usual, own }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        usual = try container.decodeIfPresent(PhoneNumber.self, forKey: .usual)
        let pairs = try container.decode([String: PhoneNumber].self, forKey: .own)
        own = try Dictionary(
            uniqueKeysWithValues: pairs.map { text, shown in
                guard let number = ExtensionNumber(parsing: text) else {
                    throw DecodingError.dataCorruptedError(
                        forKey: .own,
                        in: container,
                        debugDescription: "no extension has the number '\(text)'"
                    )
                }
                return (number, shown)
            }
        )
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(usual, forKey: .usual)
        try container.encode(
            Dictionary(uniqueKeysWithValues: own.map { ($0.key.text, $0.value) }),
            forKey: .own
        )
    }
}

extension OutsideSettings {
    /// The number that a call of an extension shows outside; `nil` where the business owns none that is set for it.
    public func callerNumber(of number: ExtensionNumber) -> PhoneNumber? {
        [callerNumbers.own[number], callerNumbers.usual].lazy.compactMap(\.self).first { self.numbers[$0] != nil }
    }
}
