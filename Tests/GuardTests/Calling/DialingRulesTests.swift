// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

/// A business in Germany, as it comes but for what a test opens.
struct Shop {
    var settings = DialingSettings()
    let noon = WallTime(milliseconds: 1_800_000_000_000)

    init() throws { settings.numbering.home = try region("DE") }

    func decide(
        _ text: String,
        _ way: DialingWay = .dialled,
        by payer: String? = "201",
        after: Duration = .zero
    ) throws
        -> DialingVerdict
    {
        DialingRules.decide(
            NumberPlan.facts(of: try number(text), own: settings.ranges),
            way,
            by: try payer.map { try ExtensionNumber.parsed($0) },
            in: settings,
            at: noon + after
        )
    }

    func release(
        _ scope: DialingRelease.Scope,
        for extensions: Set<ExtensionNumber>? = nil,
        days: Int = 1
    ) throws -> DialingRelease {
        try #require(
            DialingRelease(
                scope,
                extensions: extensions,
                from: noon,
                until: noon + .seconds(days * 86_400),
                releasedBy: "Ada",
                reason: "A fair"
            )
        )
    }

    mutating func approve(_ text: String) throws {
        let approval = PremiumApproval(
            try number(text),
            from: noon,
            until: noon + .seconds(86_400),
            approvedBy: "Ada",
            reason: "Support of our till"
        )
        #expect(settings.put(try #require(approval)))
    }
}

extension DialingVerdict {
    var reason: DialingRefusal.Reason? {
        switch self {
        case .refused(let refusal): refusal.reason
        case .allowed, .screened, .needsCode, .needsPerson: nil
        }
    }

    var isAllowed: Bool {
        switch self {
        case .allowed: true
        case .screened, .needsCode, .needsPerson, .refused: false
        }
    }
}

/// One number of each class and kind of place, home being Germany.
enum Called {
    static let home = ["+493012345678", "+4915112345678", "+498001234567"]
    static let abroad = [
        "+33123456789", "+33612345678", "+5352123456", "+18765550123", "+12125550123", "+9607712345", "+80012345678",
    ]
    static let paid = ["+499001234567", "+4918012345", "+4970012345678", "+447012345678", "+37190012345"]
    static let never = [
        "+979123456789", "+870773111632", "+881612345678", "+8821612345678", "+883510012345", "+878101234567890",
        "+88812345678",
    ]
    static let unknown = ["+999123456789", "+5399123456", "+49312", "+440201234567"]
}

@Suite("Control country-dialing")
struct CountryDialingTests {
    @Test(arguments: Called.home)
    func `as it comes, landline, mobile and toll-free numbers at home may be dialled`(text: String) throws {
        guard case .allowed(let permit) = try Shop().decide(text) else { return #expect(Bool(false), "\(text)") }
        #expect(permit.basis == .home && permit.quota == nil && permit.facts.number.text == text)
    }

    @Test(arguments: Called.abroad + Called.paid + Called.never + Called.unknown, DialingWay.allCases)
    func `as it comes, no other number is reached in any way`(text: String, way: DialingWay) throws {
        #expect(try Shop().decide(text, way).reason != nil)
    }

    @Test(arguments: Called.home, DialingWay.allCases)
    func `as it comes, nothing is sent on to numbers outside`(text: String, way: DialingWay) throws {
        #expect(try Shop().decide(text, way).reason == (way.isOnward ? .notOnward : nil))
    }

    @Test
    func `a class that is released may be called until then, at home and in open countries, and not forwarded to`()
        throws
    {
        var shop = try Shop()
        shop.settings.numbering.home = try region("FR")
        shop.settings.rights.countries[try region("AT")] = CountryRule(.open)
        let (home, abroad) = ("+33912345678", "+43780123456")
        #expect(NumberPlan.facts(of: try number(home)).numberClass == .voip)
        #expect(try shop.decide(home).reason == .classRefused)
        let isIn = shop.settings.put(try shop.release(.numberClass(.voip)))
        #expect(isIn)
        #expect(try shop.decide(home).isAllowed && shop.decide(abroad).isAllowed)
        #expect(try shop.decide(home, .forwarded).reason == .notOnward)
        #expect(try !shop.decide(home, after: .seconds(86_400)).isAllowed)
        #expect(try !shop.decide("+441632960000").isAllowed, "it opens no country")
        #expect(try !shop.decide("+33899123456").isAllowed, "and no other class")
        let sales = try shop.release(.numberClass(.voip), for: [try .parsed("202")])
        let isChanged = shop.settings.put(sales)
        #expect(isChanged)
        #expect(try shop.decide(home).reason == .classRefused && shop.decide(home, by: "202").isAllowed)
    }

    @Test func `a release of a class that takes an approval opens nothing`() throws {
        var shop = try Shop()
        for numberClass in [NumberClass.premium, .satellite, .personal] {
            let isIn = shop.settings.put(try shop.release(.numberClass(numberClass)))
            #expect(isIn)
        }
        #expect(try !shop.decide("+499001234567").isAllowed && !shop.decide("+8816123456789").isAllowed)
    }

    @Test func `a country has three states`() throws {
        var shop = try Shop()
        let (norfolk, base, voip) = ("+672322123", "+672106123", "+61147112345")
        #expect(try shop.decide(norfolk).reason == .countryClosed(try region("NF")))
        shop.settings.rights.countries = [
            try region("NF"): CountryRule(.withoutHighRisk), try region("AU"): CountryRule(.withoutHighRisk),
        ]
        #expect(try shop.decide(norfolk).isAllowed && shop.decide(base).reason == .highRisk(region("NF")))
        #expect(try shop.decide(voip).reason == .highRisk(region("AU")))
        shop.settings.rights.countries = [try region("NF"): CountryRule(.open), try region("AU"): CountryRule(.open)]
        #expect(try shop.decide(norfolk).isAllowed && shop.decide(base).isAllowed)
        #expect(try shop.decide(voip).reason == .classRefused)
        shop.settings.rights.classes[.voip] = .allow
        #expect(try shop.decide(voip).isAllowed)
        shop.settings.rights.countries[try region("AU")] = CountryRule(.closed)
        #expect(try shop.decide(voip).reason == .countryClosed(region("AU")))
    }

    @Test func `the islands of +1 are opened one by one, and so are guests of every other country code`() throws {
        var shop = try Shop()
        shop.settings.rights.countries[try region("US")] = CountryRule(.open)
        #expect(
            try shop.decide("+12125550123").isAllowed
                && shop.decide("+18765550123").reason == .countryClosed(region("JM"))
        )
        shop.settings.rights.countries[try region("GB")] = CountryRule(.open)
        #expect(try shop.decide("+442079460123").isAllowed)
        #expect(try shop.decide("+441481256789").reason == .countryClosed(region("GG")))
    }

    @Test(arguments: [
        (CallAnswer.allow, "allowed"), (.screen, "screened"), (.code, "code"), (.person, "person"),
        (.refuse, "refused"),
    ])
    func `a class and a country have four answers and a screened one, and the stricter one holds`(
        answer: CallAnswer,
        word: String
    ) throws {
        var shop = try Shop()
        shop.settings.rights.classes[.mobile] = answer
        #expect(try shop.decide("+4915112345678").word == word)
        shop.settings.rights.countries[try region("FR")] = CountryRule(.open, answer: .code)
        #expect(try shop.decide("+33612345678").word == (answer == .allow || answer == .screen ? "code" : word))
        shop.settings.rights.classes[.mobile] = .allow
        shop.settings.rights.countries[try region("FR")] = CountryRule(.open, answer: answer)
        #expect(try shop.decide("+33612345678").word == word)
    }

    @Test(arguments: DialingWay.allCases)
    func `what asks for an answer is refused where nobody can give one`(way: DialingWay) throws {
        var shop = try Shop()
        shop.settings.rights.onwardClasses = [.mobile]
        for answer in [CallAnswer.screen, .code, .person] {
            shop.settings.rights.classes[.mobile] = answer
            #expect(try shop.decide("+4915112345678", way).reason == (way.canAnswer ? nil : .nobodyToAsk))
        }
    }

    @Test(arguments: DialingWay.allCases)
    func `to send calls on is a right apart, by class at home and by country abroad`(way: DialingWay) throws {
        var shop = try Shop()
        shop.settings.rights.onwardClasses = [.mobile]
        shop.settings.rights.countries[try region("FR")] = CountryRule(.open)
        #expect(try shop.decide("+4915112345678", way).isAllowed)
        #expect(try shop.decide("+493012345678", way).isAllowed == !way.isOnward)
        #expect(try shop.decide("+33612345678", way).isAllowed == !way.isOnward)
        shop.settings.rights.onwardCountries = [try region("FR"), try region("CU")]
        #expect(try shop.decide("+33612345678", way).isAllowed)
        #expect(
            try shop.decide("+5352123456", way).reason == .countryClosed(region("CU")),
            "who may not dial it may not send there"
        )
    }

    @Test func `a profile takes the place of the rights of the business for its extensions`() throws {
        var shop = try Shop()
        let rights = DialingRights(countries: [try region("CU"): CountryRule(.open)], classes: [.mobile: .allow])
        let name = try #require(PickupGroup(parsing: "sales"))
        #expect(shop.settings.put(DialingProfile(name: name, rights: rights, extensions: [try .parsed("202")])))
        #expect(try shop.decide("+5352123456", by: "202").isAllowed && !shop.decide("+5352123456", by: "201").isAllowed)
        #expect(
            try !shop.decide("+5352123456", by: nil).isAllowed && !shop.decide("+493012345678", by: "202").isAllowed
        )
        #expect(try shop.decide("+493012345678", by: nil).isAllowed)
    }

    @Test func `a release opens a country or a range for a time, for whom it names`() throws {
        var shop = try Shop()
        #expect(shop.settings.put(try shop.release(.region(try region("CU")), for: [try .parsed("201")])))
        guard case .allowed(let permit) = try shop.decide("+5352123456") else { return #expect(Bool(false)) }
        #expect(permit.basis == .release(until: shop.noon + .seconds(86_400)))
        #expect(try shop.decide("+5352123456", after: .seconds(86_399)).isAllowed)
        #expect(try shop.decide("+5352123456", after: .seconds(86_400)).reason == .countryClosed(region("CU")))
        #expect(try !shop.decide("+5352123456", by: "202").isAllowed && !shop.decide("+5352123456", by: nil).isAllowed)
        #expect(shop.settings.put(try shop.release(.prefix(try prefix("+6721")))))
        #expect(try shop.decide("+672106123").isAllowed && !shop.decide("+672322123").isAllowed)
        #expect(try shop.decide("+672106123", .forwarded).reason == .notOnward)
    }

    @Test func `a quota travels with the permit, the narrowest one`() throws {
        var shop = try Shop()
        for (text, calls) in [("+49", 100), ("+4930", 5), ("+4989", 1)] {
            #expect(shop.settings.put(HotSpot(prefix: try prefix(text), callsPerDay: UInt16(calls))))
        }
        guard case .allowed(let permit) = try shop.decide("+493012345678") else { return #expect(Bool(false)) }
        #expect(permit.quota?.callsPerDay == 5)
    }

    @Test(arguments: ["CA", "JM", "US"])
    func `toll-free numbers of +1 are at home wherever +1 is, and nothing else is`(home: String) throws {
        var shop = try Shop()
        shop.settings.numbering.home = try region(home)
        #expect(try shop.decide("+18002345678").isAllowed)
        let own = ["CA": "+14165550123", "JM": "+18765550123", "US": "+12125550123"]
        for (letters, text) in own { #expect(try shop.decide(text).isAllowed == (letters == home), "\(text)") }
        #expect(try !shop.decide("+498001234567").isAllowed && !shop.decide("+19002345678").isAllowed)
    }

    @Test func `without a home nothing is allowed but what is opened`() throws {
        var shop = try Shop()
        shop.settings.numbering.home = nil
        for text in Called.home + Called.abroad { #expect(try !shop.decide(text).isAllowed) }
        #expect(try shop.decide("+493012345678").reason == .countryClosed(region("DE")))
    }

    @Test func `every refusal is a plain sentence, and those that the owner can lift name the command`() throws {
        let shop = try Shop()
        for text in Called.abroad + Called.paid + Called.never + Called.unknown {
            guard case .refused(let refusal) = try shop.decide(text) else { return #expect(Bool(false), "\(text)") }
            #expect(refusal.callRefusal.reason.isPlain && [403, 404].contains(refusal.callRefusal.status))
        }
        guard case .refused(let refusal) = try shop.decide("+5352123456") else { return }
        #expect(
            refusal.callRefusal.reason
                == "calls to Cuba are closed; the owner opens them with: ringfence country open CU"
        )
    }
}

extension DialingVerdict {
    fileprivate var word: String {
        switch self {
        case .allowed: "allowed"
        case .screened: "screened"
        case .needsCode: "code"
        case .needsPerson: "person"
        case .refused: "refused"
        }
    }
}
