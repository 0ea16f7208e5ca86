// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives

/// What the target's own settings say of calls to the outside: read beside the running server, so that an attack knows what must
/// be refused, and never dials what its owner has opened.
public struct OutsideTerms: Sendable {
    public var dialing: DialingSettings
    public var spending: SpendSettings
    public var callLimits = CallLimitSettings()
    public var patterns = PatternSettings()
    public var afterHours = AfterHoursSettings()
    /// How every budget stands; `nil` when the server does not say.
    public var standings: [SpendStanding]?
    /// Whether there is a provider that calls could leave by.
    public var hasTrunk: Bool
    public var at: WallTime
    /// When somebody last changed what calls may cost.
    public var spendingChangedAt: WallTime?

    public init(
        dialing: DialingSettings,
        spending: SpendSettings,
        standings: [SpendStanding]?,
        hasTrunk: Bool,
        at now: WallTime
    ) {
        (self.dialing, self.spending, self.standings) = (dialing, spending, standings)
        (self.hasTrunk, at) = (hasTrunk, now)
    }

    /// Whether nothing that somebody set lets an extension reach a number in that country. Read from the settings alone: who asked
    /// the rules would believe what they are to test.
    func isClosed(_ number: OutsideNumber, to caller: ExtensionNumber) -> Bool {
        let rights = dialing.rights(of: caller)
        guard number.region != dialing.numbering.home, rights.countries[number.region]?.access ?? .closed == .closed
        else { return false }
        return !dialing.releases.contains { release in
            switch release.scope {
            case .region(let region): region == number.region
            case .prefix(let prefix): number.number.hasPrefix(prefix)
            // A class for a while opens no country.
            case .numberClass: false
            }
        }
    }

    /// The numbers among these that must be refused.
    func closed(_ numbers: [OutsideNumber], to caller: ExtensionNumber) -> [PhoneNumber] {
        numbers.filter { isClosed($0, to: caller) }.map(\.number)
    }

    func isApproved(_ number: PhoneNumber) -> Bool { dialing.approvals.contains { $0.number == number } }
}

/// A number to try, and where it is.
struct OutsideNumber: Hashable, Sendable {
    let region: Region
    let number: PhoneNumber

    /// Where fraud goes, and a few countries that people call. They end in zeros, or are those that regulators keep for films, so
    /// that nobody answers even where a call gets away.
    static let abroad = [
        ("MV", "+9607710000"), ("GM", "+2203010000"), ("SN", "+221701000000"), ("LV", "+37121000000"),
        ("CU", "+5351000000"), ("SO", "+25271000000"), ("SL", "+23225000000"), ("TJ", "+992917000000"),
        ("LT", "+37061000000"), ("EE", "+3725100000"), ("TN", "+21620100000"), ("MG", "+261321000000"),
        ("GN", "+224601000000"), ("GW", "+245955000000"), ("BF", "+22670100000"), ("ZW", "+263712000000"),
        ("AL", "+355672000000"), ("BA", "+38761000000"), ("MK", "+38972300000"), ("PG", "+67570100000"),
        ("VU", "+6785900000"), ("NR", "+6745550000"), ("FK", "+50051000"), ("ET", "+251911000000"),
        ("UG", "+256712000000"), ("US", "+12015550100"), ("GB", "+447700900000"), ("FR", "+33199000000"),
        ("AU", "+61491570006"), ("DE", "+4930230000000"),
    ].compactMap(Self.init)

    /// Countries of their own behind +1.
    static let islands = [
        ("JM", "+18765550100"), ("DO", "+18095550100"), ("BS", "+12425550100"), ("AG", "+12685550100"),
        ("GD", "+14735550100"), ("TC", "+16495550100"), ("BM", "+14415550100"), ("VG", "+12845550100"),
    ].compactMap(Self.init)

    private init?(_ region: String, _ number: String) {
        guard let region = Region(parsing: region), let number = PhoneNumber(parsing: number) else { return nil }
        (self.region, self.number) = (region, number)
    }
}
