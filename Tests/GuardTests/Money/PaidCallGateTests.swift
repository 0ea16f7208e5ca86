// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control spend-limit: the last gate before a trunk")
struct PaidCallGateTests {
    /// Two extensions of a pick-up group and one of none, France open, and a price for every number.
    private struct Office {
        let snapshot: Snapshot
        let trunk: Trunk
        var gate: PaidCallGate
        let now = Till.moment(0, isOpen: true)
        private var nextCharge: UInt64 = 1

        init(
            spots: [HotSpot] = [],
            countries: [String] = ["FR"],
            perMinute: Money = Money(units: 6),
            _ change: (inout SpendSettings) throws -> Void = { _ in }
        ) throws {
            var dialing = DialingSettings()
            for spot in spots { _ = dialing.put(spot) }
            dialing.numbering.home = try .parsed("DE")
            for country in countries { dialing.rights.countries[try .parsed(country)] = CountryRule(.open) }
            var spending = try SpendSettings.limited()
            try change(&spending)
            trunk = Trunk(
                name: try #require(TrunkName(parsing: "main")),
                domain: try #require(DomainName(parsing: "sip.provider.example")),
                createdAt: WallTime(milliseconds: 0)
            )
            snapshot = Snapshot(
                generation: 1,
                domain: try #require(DomainName(parsing: "pbx.example")),
                extensions: try [.numbered("201", group: "sales"), .numbered("202", group: "sales"), .numbered("203")],
                devices: try ["201", "202", "203"].map { try .enrolled(at: $0) },
                outside: OutsideSettings(
                    trunks: [TrunkAccess(trunk, secret: nil)],
                    dialing: dialing,
                    spending: spending,
                    rates: RateDecks(usual: try Self.deck(perMinute), importedAt: Till.noon, importedBy: "test"),
                    callLimits: try Self.wide()
                )
            )
            gate = PaidCallGate(snapshot, seed: (1, 2), at: now)
        }

        private static func wide() throws -> CallLimitSettings {
            var limits = CallLimitSettings()
            limits.person = try #require(CallLimitSettings.Limit(simultaneous: 20, perSecond: 20, perMinute: 20))
            expect(limits.setAbroad(percent: 100, least: 20))
            return limits
        }

        /// Nothing has a price that begins with +34.
        private static func deck(_ perMinute: Money) throws -> RateDeck {
            let tariff = try #require(Tariff(perMinute: perMinute, increments: .minutes))
            let rates = try ["+1", "+2", "+33", "+39", "+4", "+5", "+6", "+7", "+8", "+9"].map { text in
                let prefix = try #require(NumberPrefix(parsing: text))
                return try #require(DeckRate(prefix: prefix, destination: "everywhere", tariff: tariff))
            }
            return try #require(RateDeck(id: RateDecks.usual, version: 1, currency: .eur, rates: rates))
        }

        /// Calls, and lets it ring.
        mutating func call(_ number: String, from caller: String) throws -> Verdict<TrunkPermit> {
            let attempt = CallAttempt(
                caller: try #require(snapshot.devices(of: .parsed(caller)).first),
                dialled: number,
                signallingIsSecure: true,
                media: .encrypted
            )
            nextCharge += 1
            switch CallRules.decide(attempt, in: snapshot, at: now.wall) {
            case .refused(let refusal): return .refused(refusal)
            case .allowed(let placement):
                return gate.admit(
                    placement,
                    over: trunk,
                    as: ChargeID(nextCharge),
                    isBothOutside: false,
                    in: snapshot.outside,
                    at: now
                )
            }
        }
    }

    private func refusal(_ verdict: Verdict<TrunkPermit>) -> CallRefusal? {
        if case .refused(let refusal) = verdict { refusal } else { nil }
    }

    @Test func `extensions of one group share its budget, and others have none of it`() throws {
        var office = try Office { $0.own[.group(try .named("sales"))] = try .units(10, 10, 10) }
        try expect(refusal(try office.call("+4930100000", from: "201")) == nil)
        let second = refusal(try office.call("+4930100001", from: "202"))
        #expect(second?.reason.contains("the budget of group sales for an hour is 10.00 EUR") == true)
        try expect(refusal(try office.call("+4930100001", from: "203")) == nil)
        let standings = office.gate.standings(at: office.now)
        #expect(standings.first { $0.pool.description == "group sales" }?.inProgress == Money(units: 6))
    }

    @Test func `all budgets stand as each of them does`() throws {
        var office = try Office()
        for caller in ["201", "202", "203"] { try expect(refusal(try office.call("+4930100000", from: caller)) == nil) }
        let standings = office.gate.standings(at: office.now)
        #expect(
            Set(standings.map(\.pool.description)) == [
                "extension 201", "extension 202", "extension 203", "group sales", "business", "trunk main", "ceiling",
            ]
        )
        var ledger = office.gate.ledger
        #expect(standings == standings.map { ledger.standing(of: $0.pool, at: office.now) })
        let business = standings.first { $0.pool == .business }
        #expect(business?.running == 3 && business?.inProgress == Money(units: 18))
        #expect(business?.overshoot == Money(units: 18), "each would begin another minute")
    }

    @Test func `a business that says where it is calls its own country without a word from then on`() throws {
        var office = try Office()
        // Without a home every country is another one.
        office.gate = PaidCallGate(.empty(office.snapshot), seed: (1, 2), at: office.now)
        office.gate.apply(office.snapshot, at: office.now.wall)
        try expect(refusal(try office.call("+4930100000", from: "201")) == nil)
        #expect(!office.gate.takeOutcome().findings.map(\.rule).contains(.newCountry))
    }

    @Test func `a range with a quota is called that often in a day, and what has no money takes none of it`() throws {
        let spot = HotSpot(prefix: try #require(NumberPrefix(parsing: "+331")), callsPerDay: 2)
        var office = try Office(spots: [spot], perMinute: Money(units: 3)) {
            $0.own[.extension(try .parsed("203"))] = try .units(1, 1, 1)
        }
        for index in 0..<3 {
            let poor = refusal(try office.call("+3314010000\(index)", from: "203"))
            #expect(poor?.control == .spendLimit)
        }
        try expect(refusal(try office.call("+33140100010", from: "201")) == nil)
        try expect(refusal(try office.call("+33140100011", from: "202")) == nil)
        let used = refusal(try office.call("+33140100012", from: "201"))
        #expect(used?.control == .countryDialing && used?.status == 403)
        try expect(refusal(try office.call("+33240100012", from: "201")) == nil)
    }

    @Test func `numbers without a price count as refused ones`() throws {
        var office = try Office(countries: ["FR", "ES"])
        var findings: [PatternRule] = []
        for index in 0..<7 {
            #expect(refusal(try office.call("+3491234567\(index)", from: "201"))?.control == .spendLimit)
            findings += office.gate.takeOutcome().findings.map(\.rule)
        }
        #expect(Set(findings) == [.refusedNumbers] && findings.count == 2)
        #expect(refusal(try office.call("+33140100000", from: "201"))?.control == .callPatterns)
    }

    @Test func `what should be asked leaves and is told of once, but not to a high-risk number`() throws {
        let price = Money(clamping: 10_000)
        var office = try Office(countries: ["FR", "NF"], perMinute: price)
        office.gate.changed(try .parsed("201"), .network, at: office.now.now)
        try expect(refusal(try office.call("+33140100000", from: "201")) == nil)
        #expect(office.gate.takeOutcome().findings.map(\.rule) == [.newNetwork])
        try expect(refusal(try office.call("+33140100000", from: "201")) == nil)
        #expect(!office.gate.takeOutcome().findings.map(\.rule).contains(.newNetwork))
        let risky = try #require(refusal(try office.call("+672106123", from: "201")))
        #expect(risky.control == .callPatterns && risky.reason.contains("ringfence pattern release 201"))
        try expect(office.gate.release(.extension(try .parsed("201")), at: office.now.now) == false)
        try expect(refusal(try office.call("+672106123", from: "201")) == nil)
    }

    @Test func `T11 a new credential from a new network calls nothing costly until an operator lets it`() throws {
        var office = try Office(perMinute: Money(clamping: 10_000))
        office.gate.changed(try .parsed("201"), .credential, at: office.now.now)
        office.gate.changed(try .parsed("201"), .network, at: office.now.now)
        #expect(refusal(try office.call("+33140100000", from: "201"))?.control == .callPatterns)
        try expect(refusal(try office.call("+4930100000", from: "201")) == nil)
        _ = office.gate.release(.extension(try .parsed("201")), at: office.now.now)
        try expect(refusal(try office.call("+33140100000", from: "201")) == nil)
    }

    @Test func `the first call to a country leaves, and people are told once`() throws {
        var office = try Office()
        try expect(refusal(try office.call("+33140100000", from: "201")) == nil)
        #expect(office.gate.takeOutcome().findings.map(\.rule).contains(.newCountry))
        try expect(refusal(try office.call("+33140100000", from: "202")) == nil)
        #expect(!office.gate.takeOutcome().findings.map(\.rule).contains(.newCountry))
    }
}

extension Snapshot {
    /// The same people, before anything was said of calls to the outside.
    fileprivate static func empty(_ snapshot: Snapshot) -> Snapshot {
        Snapshot(
            generation: 0,
            domain: snapshot.domain,
            extensions: Array(snapshot.extensions.values),
            devices: [],
            outside: OutsideSettings()
        )
    }
}
