// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// A phone system in the attacker's own process with the numbers and extensions of a business, a phone, and a provider who is the
/// attacker: no running server is made to connect to anybody, and nothing leaves this machine.
public struct DialInRehearsal: Sendable {
    /// Leads to nobody else. At ``providerPort`` is the provider's end of its connection; it need not answer OPTIONS.
    public let wire: Wire
    /// With one account.
    public let target: Target
    /// Of the business; rings at that account.
    public let number: PhoneNumber

    public static let providerPort: UInt16 = 1

    public init(wire: Wire, target: Target, number: PhoneNumber) {
        (self.wire, self.target, self.number) = (wire, target, number)
    }

    /// Settings that open whatever there is to open, so that no rule about countries or money hides a hole: every country that
    /// the attack knows, for forwards and transfers too, from the first of these extensions.
    public static func settings(
        trunk: Trunk,
        number: OwnedNumber,
        home: Region,
        at now: WallTime
    ) -> OutsideSettings? {
        var dialing = DialingSettings()
        dialing.numbering.home = home
        for region in OutsideNumber.abroad.map(\.region) where region != home {
            dialing.rights.countries[region] = CountryRule(.open)
            dialing.rights.onwardCountries.insert(region)
        }
        dialing.rights.onwardClasses = Set(DialingRights.usualClasses.keys)
        let rates = (1...9).compactMap { digit -> DeckRate? in
            guard let tariff = Tariff(perMinute: Money(clamping: 10_000), increments: .seconds),
                let prefix = NumberPrefix(parsing: "+\(digit)")
            else { return nil }
            return DeckRate(prefix: prefix, destination: "everywhere", tariff: tariff)
        }
        guard let deck = RateDeck(id: RateDecks.usual, version: 1, currency: .eur, rates: rates) else { return nil }
        return OutsideSettings(
            trunks: [TrunkAccess(trunk, secret: nil)],
            numbers: [number],
            dialing: dialing,
            rates: RateDecks(usual: deck, importedAt: now, importedBy: "attack")
        )
    }
}
