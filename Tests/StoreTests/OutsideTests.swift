// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives
import Testing

@testable import Store

@Suite("What is arranged with the outside world")
struct OutsideTests {
    private static let secret = "S3cret-of-the-provider"

    private func trunk(_ name: String = "main") throws -> TrunkAccess {
        let trunk = Trunk(
            name: try #require(TrunkName(parsing: name)),
            domain: try #require(DomainName(parsing: "sip.provider.example")),
            username: "4930123",
            createdAt: noon
        )
        return TrunkAccess(trunk, secret: Redacted(Self.secret))
    }

    private func deck(_ count: Int = 500, version: UInt32 = 1) throws -> RateDeck {
        var tariffs: [Tariff] = []
        for price in 1...20 {
            let minute = Money(clamping: Int64(price) * 1_234)
            let increments: Increments = price % 2 == 0 ? .minutes : .seconds
            tariffs.append(try #require(Tariff(perMinute: minute, increments: increments)))
        }
        var rates: [DeckRate] = []
        for index in 0..<count {
            let prefix = try #require(NumberPrefix(value: UInt64(10_000 + index)))
            let end: WallTime? = index % 7 == 0 ? noon + .seconds(1_000) : nil
            let rate = DeckRate(
                prefix: prefix,
                destination: "Place \(index / 10)",
                tariff: tariffs[index % 20],
                from: noon,
                until: end,
                isClosed: index % 11 == 0
            )
            rates.append(try #require(rate))
        }
        return try #require(RateDeck(id: RateDecks.usual, version: version, currency: .eur, rates: rates))
    }

    @Test func `is there after a restart`() throws {
        let place = Place()
        let (trunk, deck) = (try trunk(), try deck())
        var (dialing, spending, patterns) = (DialingSettings(), SpendSettings(), PatternSettings())
        dialing.numbering.home = Region(parsing: "DE")
        dialing.rights.countries[try #require(Region(parsing: "FR"))] = CountryRule(.withoutHighRisk, answer: .code)
        spending.perCall = Money(units: 3)
        spending.own[.trunk(try #require(ShortName(parsing: "main")))] = .nothing
        let isSet = patterns.setAfterChange(percent: 30)
        #expect(isSet)
        let owned = OwnedNumber(
            number: try #require(PhoneNumber(parsing: "+493012345")),
            destination: .extension(try number("201")),
            createdAt: noon
        )
        let callers = CallerNumbers(
            usual: owned.number,
            own: [try number("201"): owned.number],
            sites: [try #require(IPPrefix(parsing: "10.1.0.0/16")): owned.number],
            withheld: [try number("202")]
        )
        let abroad = try #require(ShortName(parsing: "abroad"))
        let made = OutsideRoute(
            name: abroad,
            prefixes: [try #require(NumberPrefix(parsing: "+33"))],
            classes: [.mobile],
            regions: [try #require(Region(parsing: "FR"))],
            isAbroad: true,
            hours: .closed,
            order: .leastCost,
            trunks: [trunk.trunk.name]
        )
        let route = try #require(made)
        var limits = CallLimitSettings()
        #expect(limits.set(CallLimitSettings.Limit.trunk, of: try number("201")))
        var closed = AfterHoursSettings()
        closed.tellsAbroad = true
        let gate = GoLive.asked(since: noon).with(GoLive.Word(by: "alice (uid 1001)", at: noon), for: .firewall)
        do {
            let changes: [OutsideChange] = [
                .putTrunk(trunk), .putRoute(route), .own(owned), .showCallers(callers), .dial(dialing),
                .spend(spending), .watch(patterns),
                .limitCalls(limits), .closeAfterHours(closed), .goLive(gate),
                .rate(.wait(ImportedDeck(deck, importedAt: noon, importedBy: "test"))), .rate(.activate(deck.id)),
                .rate(.wait(ImportedDeck(try self.deck(3, version: 2), importedAt: noon, importedBy: "test"))),
            ]
            let store = try place.create()
            _ = try store.change(changes.map(Change.outside), journal: [draft("trunk.add")], at: noon)
        }
        let kept = try place.open().snapshot.outside
        #expect(kept.trunks.values.map(\.trunk) == [trunk.trunk] && kept.routes == [route])
        #expect(kept.trunks.values.first?.secret?.reveal { $0 == Self.secret } == true)
        #expect(kept.numbers.values.map { $0 } == [owned] && kept.callerNumbers == callers)
        #expect(kept.dialing == dialing && kept.spending == spending && kept.patterns == patterns)
        #expect(kept.callLimits == limits && kept.afterHours == closed && kept.goLive == gate)
        #expect(kept.deck?.rates == deck.rates && kept.rates.waiting[deck.id]?.deck.version == 2)
    }

    @Test func `the plan of calls inside is there after a restart`() throws {
        let place = Place()
        let (one, two) = (try number("201"), try number("202"))
        let name = try #require(ShortName(parsing: "sales"))
        let made = RingGroup(
            name: name,
            number: try number("700"),
            order: .longestIdle,
            fallback: .extension(two),
            createdAt: noon
        )
        var group: RingGroup = try #require(made)
        let isMade = [group.add(one), group.add(two), group.set(two, isAway: true)]
        #expect(isMade == [true, true, true])
        let origin = SettingOrigin(by: "alice (uid 1001)", at: noon)
        let target = Forward.Target.outside(try #require(PhoneNumber(parsing: "+493012345")))
        let kept = Forward(to: target, after: 15, by: origin)
        let forward: Forward = try #require(kept)
        let settings = ForwardSettings(forwards: [.noAnswer: forward], quiet: origin)
        var list = BlockList()
        let prefix = try #require(NumberPrefix(parsing: "+4490"))
        let isIn = list.add(.prefix(prefix))
        #expect(isIn)
        list.rejectsAnonymous = true
        let parking = try #require(ParkingSettings(places: 20, seconds: 60, reach: .group))
        var dials = SpeedDials()
        dials[try #require(SpeedDials.Key(7))] = target
        dials[try #require(SpeedDials.Key(42))] = .extension(two)
        let intercom = try #require(IntercomOpening(for: [two], because: "the door", until: noon, by: origin))
        var plan = RoutingSettings()
        do {
            let changes: [RoutingChange] = [
                .putGroup(group), .forward(one, settings), .forward(two, settings), .block(list, of: nil),
                .block(list, of: one), .switchNight(.closed), .forward(two, .none), .park(parking),
                .speedDial(dials, of: nil), .speedDial(dials, of: one), .speedDial(dials, of: two),
                .speedDial(.none, of: two), .openIntercom(one, intercom), .openIntercom(two, intercom),
                .openIntercom(two, nil),
            ]
            for change in changes { plan.apply(change) }
            let store = try place.create()
            let all = changes.map { Change.outside(.route($0)) }
            _ = try store.change(all, journal: [draft("group.add")], at: noon)
        }
        #expect(try place.open().snapshot.outside.routing == plan)
        let dialled = try number("700")
        #expect(plan.ownSpeedDials == [one: dials] && plan.intercoms == [one: intercom] && plan.parking == parking)
        #expect(plan.forwards.count == 1 && plan.group(numbered: dialled) == group && plan.idlers == [one, two])
        for sql in [
            "INSERT INTO outside (kind, key, value) VALUES ('forwards', 'x', '{}')",
            "UPDATE outside SET value = '{\"entries\":[\"+\"],\"rejectsAnonymous\":true}' WHERE kind = 'blocks'",
            "UPDATE outside SET value = '{\"7\":\"102\"}' WHERE kind = 'speed-dials'",
            "UPDATE outside SET value = '{\"places\":100,\"seconds\":60,\"reach\":\"group\"}' WHERE kind = 'parking'",
        ] {
            try place.tamper(sql)
            #expect(throws: StoreError.self, "\(sql)") { try place.open() }
        }
    }

    @Test func `C13 no file holds the password of a trunk, and another trunk's place does not open it`() throws {
        let place = Place()
        do {
            let store = try place.create()
            let changes = [Change.outside(.putTrunk(try trunk())), .outside(.putTrunk(try trunk("other")))]
            _ = try store.change(changes, journal: [draft("trunk.add", "main")], at: noon)
            for name in try FileManager.default.contentsOfDirectory(atPath: place.path) {
                #expect(try place.read(name).range(of: Data(Self.secret.utf8)) == nil, "\(name)")
            }
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: place.path) {
            #expect(try place.read(name).range(of: Data(Self.secret.utf8)) == nil, "\(name)")
        }
        #expect(try place.read("ringfence.sqlite").range(of: Data("4930123".utf8)) != nil)
        try place.tamper(
            "UPDATE outside SET secret = (SELECT secret FROM outside WHERE key = 'other') WHERE key = 'main'"
        )
        #expect(throws: StoreError.self) { try place.open() }
    }

    @Test func `a row that nobody wrote is damage, not a crash`() throws {
        for sql in [
            "INSERT INTO outside (kind, key, value) VALUES ('trunk', 'x', '{}')",
            "INSERT INTO outside (kind, key, value) VALUES ('dialing', '', '{\"rights\":1}')",
            "INSERT INTO outside (kind, key, value) VALUES ('spending', '', '[]')",
            "INSERT INTO rate_decks VALUES ('default', 1, 1, 'EUR', 0, 'x', x'01')",
        ] {
            let place = Place()
            do { _ = try place.create() }
            try place.tamper(sql)
            #expect(throws: StoreError.self, "\(sql)") { try place.open() }
        }
    }

    @Test func `the bytes of a price list that somebody altered are never read as another`() throws {
        let rates = try deck(40).rates
        let bytes = RateDeckBytes.encode(rates)
        #expect(try RateDeckBytes.decode(bytes) == rates)
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 0x40
            #expect(throws: ByteReader.Malformed.self) { try RateDeckBytes.decode(altered) }
            #expect(throws: ByteReader.Malformed.self) { try RateDeckBytes.decode(Array(bytes[..<index])) }
        }
        // With a checksum that fits: still no crash, and nothing that is no price list.
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            var altered = Array(bytes.dropLast(4))
            altered[Int.random(in: altered.indices, using: &generator)] = .random(in: .min ... .max, using: &generator)
            let sum = Checksum.of(altered[...])
            for place in 0..<4 { altered.append(UInt8(truncatingIfNeeded: sum >> (8 * UInt32(place)))) }
            if let read = try? RateDeckBytes.decode(altered) { #expect(read.count == rates.count) }
        }
    }

    @Test func `records of a period are those that began in it`() throws {
        let store = try Place().create()
        try store.write(try (0..<10).map { try makeRecord("c\($0)", at: noon + .seconds($0)) })
        let period = (noon + .seconds(3))...(noon + .seconds(5))
        #expect(try store.records(during: period).map(\.id) == ["c5", "c4", "c3"])
        #expect(try store.records(during: period, limit: 1).map(\.id) == ["c5"])
    }
}
