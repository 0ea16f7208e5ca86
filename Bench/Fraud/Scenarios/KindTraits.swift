// SPDX-License-Identifier: Apache-2.0

/// The figures of a kind of business. All are assumptions of the author.
struct KindTraits {
    var seats: ClosedRange<Int>
    /// Outgoing calls of a seat on a working day, times ten.
    var callsTenths: Int
    /// Incoming calls of a seat on a working day, times ten.
    var inboundTenths = 15
    var hours: Range<Int>
    var saturday: Range<Int>?
    var sunday: Range<Int>?
    var keepsHolidays = true
    /// Of 1,000 calls, how many go abroad, and how many of the rest go to mobiles.
    var abroadPerMille: Int
    var mobilePerMille = 300
    /// How many countries the owner opens, out of which.
    var opened: ClosedRange<Int>
    var pool: [String]
    var talk = Quantiles.ordinary
    var talkAbroad = Quantiles.abroad
    var answeredPerMille = 780
    /// Of 1,000 calls, how many a program of the business places.
    var programPerMille = 0
    /// Of 100 calls of an open day, how many are placed on a closed day, and on an open day outside its hours.
    var closedDayPercent = 2
    var outsidePerMille = 25
}

extension KindTraits {
    static let neighbours = ["GB", "DE", "FR", "NL", "BE", "ES", "IT", "IE", "CH", "AT", "PL", "US", "CZ", "SE", "DK"]
    static let africa = ["KE", "ET", "UG", "TZ", "RW", "SO", "SL", "GM", "CD", "ML", "SN", "MG", "NG", "CH", "US"]
    static let markets = [
        "NG", "GH", "TN", "DZ", "EG", "MA", "LV", "LT", "EE", "UA", "RS", "AL", "TR", "AE", "SA", "IN", "CN", "BR",
        "MX",
        "US", "ZA", "VN", "ID", "AZ",
    ]
    static let guests = neighbours + markets + ["JP", "AU", "CA", "IL", "NO", "FI", "PT", "GR", "RO", "TH", "PH", "KE"]

    static func of(_ kind: BusinessKind) -> KindTraits {
        switch kind {
        case .office:
            KindTraits(
                seats: 8...50,
                callsTenths: 40,
                hours: 8..<18,
                abroadPerMille: 30,
                opened: 2...6,
                pool: neighbours
            )
        case .callCentre: callCentre
        case .hotel: hotel
        case .shop24: shop24
        case .salesTeam: salesTeam
        case .charity: charity
        case .consultancy:
            KindTraits(
                seats: 10...25,
                callsTenths: 60,
                hours: 8..<19,
                abroadPerMille: 150,
                opened: 6...12,
                pool: neighbours + ["AE", "SG", "TR", "ZA", "KE", "BR"],
                outsidePerMille: 80
            )
        case .seasonal:
            KindTraits(
                seats: 10...30,
                callsTenths: 60,
                hours: 8..<18,
                saturday: 9..<14,
                abroadPerMille: 20,
                opened: 2...4,
                pool: neighbours
            )
        case .newBranch:
            KindTraits(
                seats: 15...40,
                callsTenths: 45,
                hours: 8..<18,
                abroadPerMille: 40,
                opened: 3...6,
                pool: neighbours
            )
        case .portIn:
            KindTraits(
                seats: 10...30,
                callsTenths: 50,
                hours: 8..<18,
                abroadPerMille: 30,
                opened: 2...5,
                pool: neighbours
            )
        case .faxBursts:
            KindTraits(
                seats: 10...25,
                callsTenths: 50,
                hours: 7..<19,
                saturday: 9..<12,
                abroadPerMille: 10,
                opened: 1...3,
                pool: neighbours
            )
        case .conferences:
            KindTraits(
                seats: 12...30,
                callsTenths: 50,
                hours: 8..<19,
                abroadPerMille: 60,
                opened: 4...8,
                pool: neighbours,
                outsidePerMille: 60
            )
        }
    }

    private static let callCentre = KindTraits(
        seats: 20...40,
        callsTenths: 380,
        inboundTenths: 0,
        hours: 8..<20,
        saturday: 9..<16,
        abroadPerMille: 25,
        mobilePerMille: 550,
        opened: 2...3,
        pool: neighbours,
        talk: .short,
        talkAbroad: .short,
        answeredPerMille: 450,
        programPerMille: 900,
        closedDayPercent: 0,
        outsidePerMille: 2
    )

    private static let hotel = KindTraits(
        seats: 30...80,
        callsTenths: 6,
        inboundTenths: 5,
        hours: 0..<24,
        saturday: 0..<24,
        sunday: 0..<24,
        keepsHolidays: false,
        abroadPerMille: 350,
        opened: 15...25,
        pool: guests,
        talkAbroad: .private
    )

    private static let shop24 = KindTraits(
        seats: 3...6,
        callsTenths: 100,
        hours: 0..<24,
        saturday: 0..<24,
        sunday: 0..<24,
        keepsHolidays: false,
        abroadPerMille: 5,
        opened: 1...3,
        pool: neighbours
    )

    private static let salesTeam = KindTraits(
        seats: 10...30,
        callsTenths: 140,
        hours: 7..<21,
        saturday: 9..<13,
        abroadPerMille: 600,
        mobilePerMille: 450,
        opened: 8...16,
        pool: markets,
        answeredPerMille: 580,
        programPerMille: 600,
        closedDayPercent: 8,
        outsidePerMille: 60
    )

    private static let charity = KindTraits(
        seats: 6...20,
        callsTenths: 60,
        hours: 7..<19,
        abroadPerMille: 550,
        mobilePerMille: 600,
        opened: 6...11,
        pool: africa,
        talkAbroad: .private,
        answeredPerMille: 640,
        closedDayPercent: 15,
        outsidePerMille: 90
    )
}
