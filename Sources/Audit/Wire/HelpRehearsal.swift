// SPDX-License-Identifier: Apache-2.0

public import Model
import Primitives

/// The phone system of this program once more, in the attacker's own process, with the way of dialling of the target and a provider of
/// the attacker's own: so that every number for help can be dialled, with everything in the way that refuses other calls, and no real
/// one is ever called.
public struct HelpRehearsal: Sendable {
    /// What refuses every other call.
    public enum Obstacle: String, CaseIterable, Sendable {
        case nothing = "nothing in the way"
        case disabled = "a disabled extension"
        case shutOut = "an address that is shut out"
        case noBudget = "no budget left"
        case noPrices = "no price list"
        case closed = "the business closed"
        case stopped = "calls stopped for their pattern"
        case limited = "a phone with all its calls"
        case fullTrunk = "a trunk whose only line is taken"
        case failed = "a provider that failed the calls before"
        case noPorts = "no port left for audio in the clear"
        case notLive = "a business that may not call outside yet"
    }

    /// A phone system that stands.
    public struct Stage: Sendable {
        public let wire: Wire
        /// With two accounts.
        public let target: Target
        public let change: @Sendable ([Change]) async -> Void
        /// Shuts out where phones come from.
        public let shutOut: @Sendable () async -> Void
        /// What the provider was asked for so far, in order: the user part of each Request-URI.
        public let asked: @Sendable () async -> [String]
        /// Says whether the provider fails each call from now on: 503.
        public let fail: @Sendable (Bool) async -> Void
        /// Whether the place that the attacker comes from counts as one where phones are.
        public let isHome: @Sendable () async -> Bool

        public init(
            wire: Wire,
            target: Target,
            change: @escaping @Sendable ([Change]) async -> Void,
            shutOut: @escaping @Sendable () async -> Void,
            asked: @escaping @Sendable () async -> [String],
            fail: @escaping @Sendable (Bool) async -> Void,
            isHome: @escaping @Sendable () async -> Bool
        ) {
            (self.wire, self.target) = (wire, target)
            (self.change, self.shutOut, self.asked) = (change, shutOut, asked)
            (self.fail, self.isHome) = (fail, isHome)
        }
    }

    /// Sets one up.
    ///
    /// - Parameter isOpen: Whether the business is open by its hours.
    public var stage: @Sendable (_ settings: OutsideSettings, _ isOpen: Bool) async throws(WireError) -> Stage

    public init(
        stage: @escaping @Sendable (_ settings: OutsideSettings, _ isOpen: Bool) async throws(WireError) -> Stage
    ) { self.stage = stage }

    /// An ordinary number abroad, which may be called where nothing is in the way.
    static func ordinary(from home: Region?) -> (region: Region, number: String)? {
        let texts = [("FR", "+33199000000"), ("DE", "+4930230000000")]
        for (text, number) in texts {
            if let region = Region(parsing: text), region != home { return (region, number) }
        }
        return nil
    }

    /// Pairs of ports of a stage for audio in the clear.
    public static let plainPairs = 2

    /// Extensions of the stage: no number for help in any country, behind no prefix.
    public static let extensions = ["777701", "777702"]
}

extension HelpRehearsal.Obstacle {
    /// The settings of a stage with it.
    func settings(_ numbering: NumberingSettings) -> OutsideSettings? {
        var (dialing, spending) = (DialingSettings(), SpendSettings())
        dialing.numbering = numbering
        guard let ordinary = HelpRehearsal.ordinary(from: numbering.home), let name = TrunkName(parsing: "rehearsal"),
            let domain = DomainName(parsing: Trunk.standInDomain), let rates = Self.rates
        else { return nil }
        dialing.rights.countries[ordinary.region] = CountryRule(.open)
        dialing.rights.classes[.geographic] = .allow
        var (limits, patterns, hours) = (CallLimitSettings(), PatternSettings(), AfterHoursSettings())
        var lines = 10
        var exception: Trunk.PlainException?
        switch self {
        case .nothing, .disabled, .shutOut, .noPrices, .failed, .notLive: break
        case .noBudget: spending.businessLimits = .nothing
        case .closed: hours.abroad = .roster
        case .stopped:
            guard let few = PatternThreshold(warn: 1, block: 1, minutes: 60), patterns.set(.allHour, to: few) else {
                return nil
            }
        case .limited:
            guard let one = CallLimitSettings.Limit(simultaneous: 1, perSecond: 1, perMinute: 1) else { return nil }
            limits.person = one
        case .fullTrunk: lines = 1
        case .noPorts:
            let until = WallTime(milliseconds: 1_800_000_000_000) + .seconds(86_400)
            exception = Trunk.PlainException(reason: "rehearsal", grantedBy: "rehearsal", until: until)
        }
        var trunk = Trunk(
            name: name,
            domain: domain,
            registers: false,
            calls: lines,
            createdAt: WallTime(milliseconds: 0)
        )
        trunk.exception = exception
        return OutsideSettings(
            trunks: [TrunkAccess(trunk, secret: nil)],
            dialing: dialing,
            spending: spending,
            rates: self == .noPrices ? RateDecks() : rates,
            patterns: patterns,
            callLimits: limits,
            afterHours: hours,
            goLive: self == .notLive ? .asked(since: WallTime(milliseconds: 0)) : .open
        )
    }

    /// A price for every number.
    private static var rates: RateDecks? {
        let lines = (1...9).compactMap { digit -> DeckRate? in
            guard let tariff = Tariff(perMinute: Money(clamping: 10_000), increments: .seconds),
                let prefix = NumberPrefix(parsing: "+\(digit)")
            else { return nil }
            return DeckRate(prefix: prefix, destination: "rehearsal", tariff: tariff)
        }
        let deck = RateDeck(id: RateDecks.usual, version: 1, currency: .eur, rates: lines)
        return deck.map { RateDecks(usual: $0, importedAt: WallTime(milliseconds: 0), importedBy: "rehearsal") }
    }
}

extension HelpRehearsal.Stage {
    /// What the provider was asked for when a phone dialled this; `nil` for nothing.
    func reaches(_ dialled: String, from phone: TestPhone) async throws(WireError) -> String? {
        let before = await asked().count
        do throws(WireError) {
            _ = try await phone.dial(phone.invitation(to: dialled))
        } catch {
            // Who is not answered was not called for.
            if error.kind == .local { throw error }
        }
        let asked = await asked()
        return asked.count > before ? asked[before] : nil
    }
}
