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

        init(_ change: (inout SpendSettings) throws -> Void = { _ in }) throws {
            var dialing = DialingSettings()
            dialing.numbering.home = try .parsed("DE")
            dialing.rights.countries[try .parsed("FR")] = CountryRule(.withoutHighRisk)
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
                    rates: RateDecks(usual: try Self.deck(), importedAt: Till.noon, importedBy: "test")
                )
            )
            gate = PaidCallGate(snapshot, seed: (1, 2), at: now)
        }

        private static func deck() throws -> RateDeck {
            let tariff = try #require(Tariff(perMinute: Money(units: 6), increments: .minutes))
            let rates = try (1...9).map { digit in
                let prefix = try #require(NumberPrefix(parsing: "+\(digit)"))
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
                "extension 201", "extension 202", "extension 203", "group sales", "business", "trunk main",
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
