// SPDX-License-Identifier: Apache-2.0

/// What a business has arranged with the outside world. Immutable, and a class, because every decision about a call holds the
/// snapshot that it is in.
public final class OutsideSettings: Sendable {
    public let trunks: [TrunkName: TrunkAccess]
    public let numbers: [PhoneNumber: OwnedNumber]
    public let callerNumbers: CallerNumbers
    public let dialing: DialingSettings
    public let spending: SpendSettings
    /// What providers charge; without one, nothing is called but help.
    public let deck: RateDeck?

    public static let none = OutsideSettings()

    public convenience init(
        trunks: [TrunkAccess] = [],
        numbers: [OwnedNumber] = [],
        callerNumbers: CallerNumbers = CallerNumbers(),
        dialing: DialingSettings = DialingSettings(),
        spending: SpendSettings = SpendSettings(),
        deck: RateDeck? = nil
    ) {
        var draft = Draft()
        for trunk in trunks { draft.trunks[trunk.trunk.name] = trunk }
        for number in numbers { draft.numbers[number.number] = number }
        (draft.callerNumbers, draft.dialing) = (callerNumbers, dialing)
        (draft.spending, draft.deck) = (spending, deck)
        self.init(draft)
    }

    private init(_ draft: Draft) {
        (trunks, numbers, callerNumbers) = (draft.trunks, draft.numbers, draft.callerNumbers)
        (dialing, spending, deck) = (draft.dialing, draft.spending, draft.deck)
    }

    /// The trunks that may be used, first choice first.
    public var usableTrunks: [TrunkAccess] {
        trunks.values.filter(\.trunk.isEnabled).sorted {
            ($0.trunk.priority, $0.trunk.name) < ($1.trunk.priority, $1.trunk.name)
        }
    }

    func applying(_ change: OutsideChange) -> OutsideSettings {
        var draft = Draft()
        (draft.trunks, draft.numbers, draft.callerNumbers) = (trunks, numbers, callerNumbers)
        (draft.dialing, draft.spending, draft.deck) = (dialing, spending, deck)
        draft.apply(change)
        return OutsideSettings(draft)
    }

    private struct Draft {
        var trunks: [TrunkName: TrunkAccess] = [:]
        var numbers: [PhoneNumber: OwnedNumber] = [:]
        var callerNumbers = CallerNumbers()
        var dialing = DialingSettings()
        var spending = SpendSettings()
        var deck: RateDeck?

        mutating func apply(_ change: OutsideChange) {
            switch change {
            case .putTrunk(let access): trunks[access.trunk.name] = access
            case .removeTrunk(let name): trunks[name] = nil
            case .own(let number): numbers[number.number] = number
            case .disown(let number): numbers[number] = nil
            case .showCallers(let new): callerNumbers = new
            case .dial(let new): dialing = new
            case .spend(let new): spending = new
            case .rate(let new): deck = new
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
    /// What may be called.
    case dial(DialingSettings)
    /// What it may cost.
    case spend(SpendSettings)
    /// The price list in force; `nil` for none.
    case rate(RateDeck?)
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
