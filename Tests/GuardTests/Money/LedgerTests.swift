// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control spend-limit")
struct LedgerTests {
    @Test("a number without a price is refused, and never free")
    func unrated() throws {
        let prefix = try #require(NumberPrefix(parsing: "+49"))
        let tariff = try #require(Tariff(perMinute: Money(units: 1), increments: .seconds))
        let rate = try #require(DeckRate(prefix: prefix, destination: "Germany", tariff: tariff, until: Till.noon))
        let deck = try #require(RateDeck(id: try .named("main"), version: 1, currency: .eur, rates: [rate]))
        let (cuba, berlin) = (
            try #require(PhoneNumber(parsing: "+5355512345")), try #require(PhoneNumber(parsing: "+4930123456"))
        )
        let answer = SpendRules.price(cuba, isInternational: true, by: deck, at: Till.noon)
        #expect(answer == .refused(.unrated(try .named("main"))))
        let ended = SpendRules.price(berlin, isInternational: false, by: deck, at: Till.noon)
        #expect(ended == .refused(.withdrawn(rate.prefix, try .named("main"))))
    }

    @Test("a call takes its set-up price and its first step from every budget of its payer")
    func reserve() throws {
        var till = Till(try .limited())
        let payer = try Till.payer("201", group: "sales", trunk: "main")
        let price = try PricedCall.costing(6, setUp: 1, "60/60")
        #expect(till.ledger.reserve(ChargeID(1), for: payer, at: price, in: till.now, &till.turn) == .reserved)
        for pool in [
            SpendPool.business, .extension(payer.extension), .group(try .named("sales")), .trunk(try .named("main")),
        ] {
            #expect(till.spent(pool, .hour) == 7_000_000)
            #expect(till.spent(pool, .week) == 7_000_000)
        }
        #expect(till.turn.entries.count == 1)
    }

    @Test("an ordinary call at home takes from two budgets apart, and is refused by them alone")
    func home() throws {
        var settings = try SpendSettings.limited()
        settings.extensionHomeLimits = try .units(2, 2, 2)
        var till = Till(settings)
        let payer = try Till.payer("201", group: "sales", trunk: "main", isAtHome: true)
        let price = try PricedCall.costing(2, "60/60")
        #expect(till.ledger.reserve(ChargeID(1), for: payer, at: price, in: till.now, &till.turn) == .reserved)
        for pool in [SpendPool.home, .extensionAtHome(payer.extension)] { #expect(till.spent(pool) == 2_000_000) }
        for pool in [SpendPool.business, .extension(payer.extension), .trunk(payer.trunk)] {
            #expect(till.spent(pool) == 0)
        }
        guard
            case .refused(let refusal) = till.ledger.reserve(
                ChargeID(2),
                for: payer,
                at: price,
                in: till.now,
                &till.turn
            )
        else {
            Issue.record("not refused")
            return
        }
        let words = refusal.callRefusal(in: .eur).reason
        #expect(words.hasPrefix("the budget of extension 201 for calls at home within an hour is 2.00 EUR"))
        #expect(try till.reserve(3, price) == .reserved)
    }

    @Test("the ceiling holds for calls at home and all others together, and over a restart")
    func sum() throws {
        var settings = try SpendSettings.limited()
        #expect(settings.lowerCeiling(to: try .units(10, 10, 10), at: Till.noon))
        settings.homeLimits = try .units(10, 10, 10)
        settings.extensionHomeLimits = try .units(10, 10, 10)
        var till = Till(settings)
        let price = try PricedCall.costing(6, "60/60")
        let home = try Till.payer("201", isAtHome: true)
        #expect(till.ledger.reserve(ChargeID(1), for: home, at: price, in: till.now, &till.turn) == .reserved)
        guard case .refused(let refusal) = try till.reserve(2, from: "202", price) else {
            Issue.record("a day costs twice the ceiling")
            return
        }
        let words = refusal.callRefusal(in: .eur).reason
        #expect(words.hasPrefix("the ceiling above all calls within an hour is 10.00 EUR"), "\(words)")
        #expect(till.spent(.ceiling) == 6_000_000 && till.spent(.business) == 0)
        #expect(try till.reserve(3, from: "202", try PricedCall.costing(4, "60/60")) == .reserved)
        var later = Ledger(recovering: till.written, settings: settings, at: till.now)
        #expect(later.standing(of: .ceiling, at: till.now).lines.first?.spent.micros == 10_000_000)
        var turn = LedgerTurn()
        let one = try PricedCall.costing(1, "60/60")
        for (charge, payer) in [(4, home), (5, try Till.payer("203"))] as [(UInt64, Payer)] {
            let answer = later.reserve(ChargeID(charge), for: payer, at: one, in: till.now, &turn)
            guard case .refused = answer else {
                Issue.record("the ceiling was forgotten")
                continue
            }
        }
    }

    @Test("a limit that was set for a group or a trunk is for its calls at home too", arguments: [true, false])
    func shared(isTrunk: Bool) throws {
        var settings = try SpendSettings.limited()
        let pool = isTrunk ? SpendPool.trunk(try .named("main")) : .group(try .named("sales"))
        settings.own[pool] = try .units(3, 3, 3)
        var till = Till(settings)
        let price = try PricedCall.costing(2, "60/60")
        let home = try Till.payer("201", group: "sales", trunk: "main", isAtHome: true)
        #expect(till.ledger.reserve(ChargeID(1), for: home, at: price, in: till.now, &till.turn) == .reserved)
        #expect(till.spent(pool) == 2_000_000)
        let other = isTrunk ? SpendPool.group(try .named("sales")) : .trunk(try .named("main"))
        #expect(till.spent(other) == 0, "nobody has set one for it")
        let colleague = try Till.payer("202", group: "sales", trunk: "main", isAtHome: true)
        let answer = till.ledger.reserve(ChargeID(2), for: colleague, at: price, in: till.now, &till.turn)
        guard case .refused(let refusal) = answer else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.callRefusal(in: .eur).reason.hasPrefix("the budget of \(pool) for an hour is 3.00 EUR"))
    }

    @Test("what is at home, of an ordinary kind and cheap is an ordinary call at home")
    func ordinary() throws {
        let cheap = Money(clamping: 100_000)
        for (perMinute, isInternational, ordinary, isAtHome) in [
            (100_000, false, cheap, true), (100_001, false, cheap, false), (100_000, true, cheap, false),
            (100_000, false, nil, false),
        ] as [(Int64, Bool, Money?, Bool)] {
            let tariff = try #require(Tariff(perMinute: Money(clamping: perMinute), increments: .seconds))
            let prefix = try #require(NumberPrefix(parsing: "+49"))
            let rate = try #require(DeckRate(prefix: prefix, destination: "Germany", tariff: tariff))
            let deck = try #require(RateDeck(id: try .named("main"), version: 1, currency: .eur, rates: [rate]))
            let berlin = try #require(PhoneNumber(parsing: "+4930123456"))
            let price = SpendRules.price(
                berlin,
                isInternational: isInternational,
                ordinary: ordinary,
                by: deck,
                at: Till.noon
            )
            guard case .priced(let call) = price else {
                Issue.record("no price")
                continue
            }
            #expect(call.isAtHome == isAtHome)
        }
    }

    @Test("when one budget has no room, nothing is taken from any", arguments: [true, false])
    func allOrNothing(isTrunk: Bool) throws {
        var settings = try SpendSettings.limited()
        let poor = isTrunk ? SpendPool.trunk(try .named("main")) : .extension(try .parsed("201"))
        settings.own[poor] = try .units(1, 1, 1)
        var till = Till(settings)
        guard
            case .refused(.budget(let pool, .hour, false, let first, let spent, let limit)) = try till.reserve(
                1,
                .costing(2, "60/60")
            )
        else {
            Issue.record("not refused")
            return
        }
        #expect(pool == poor)
        #expect((first, spent, limit) == (Money(units: 2), .zero, Money(units: 1)))
        #expect(till.spent() == 0)
        #expect(till.spent(poor) == 0)
        #expect(till.written.isEmpty)
    }

    @Test("the refusal says which budget, how much of it is used, and what the call would cost")
    func words() throws {
        var till = Till(try .limited(extension: (1, 1, 1)))
        guard case .refused(let refusal) = try till.reserve(1, .costing(2, "60/60")) else {
            Issue.record("not refused")
            return
        }
        let call = refusal.callRefusal(in: .eur)
        #expect(call.status == 403)
        #expect(
            call.reason
                == "the budget of extension 201 for an hour is 1.00 EUR, of which 0.00 EUR is used, and the call "
                + "would cost 2.00 EUR at once"
        )
    }

    @Test("a minute or an answer that is too dear is refused, whatever is left")
    func dear() throws {
        var till = Till(try .limited())
        #expect(try till.reserve(1, .costing(61)) == .refused(.dearMinute(Money(units: 61), ceiling: Money(units: 60))))
        #expect(
            try till.reserve(2, .costing(1, setUp: 11))
                == .refused(.dearSetUp(Money(units: 11), ceiling: Money(units: 10)))
        )
        let dollars = try #require(Currency(parsing: "USD"))
        let answer = try till.reserve(3, .costing(1, currency: dollars))
        #expect(answer == .refused(.otherCurrency(dollars, try .named("deck"))))
        #expect(till.spent() == 0)
    }

    @Test("one call costs at most what one call may")
    func perCall() throws {
        var till = Till(try .limited(perCall: 3))
        #expect(
            try till.reserve(1, .costing(4, "60/60"))
                == .refused(.perCall(first: Money(units: 4), limit: Money(units: 3)))
        )
        try till.reserve(2, .costing(6))
        till.answer(2)
        let ends = till.run(seconds: 100)
        #expect(ends.map(\.reason) == [.perCall(Money(units: 3))])
        let cost = till.settle(2)
        #expect(try #require(cost) <= Money(units: 3))
        #expect(till.clock >= 27_000)
    }

    @Test("money is taken before it is spoken, and what was not spoken comes back")
    func slices() throws {
        var till = Till(try .limited())
        try till.reserve(1, .costing(6))
        till.answer(1)
        for _ in 0..<300 {
            till.clock += 1_000
            till.ledger.tick(till.now, &till.turn)
            #expect(till.spent() >= till.clock * 100)
        }
        #expect(till.spent() <= 300 * 100_000 + 12 * 100_000)
        #expect(till.settle(1) == Money(units: 30))
        #expect(till.spent() == 30_000_000)
        #expect(till.spent(.business, .hour) == 30_000_000)
    }

    @Test("nothing is taken twice: not by a second reservation, answer, settlement or a leg that comes again")
    func idempotent() throws {
        var till = Till(try .limited())
        let price = try PricedCall.costing(6)
        try till.reserve(1, price)
        let once = till.spent()
        #expect(try till.reserve(1, price) == .running)
        expect(till.answer(1))
        expect(till.answer(1))
        #expect(till.spent() == once)
        till.run(seconds: 10)
        #expect(till.settle(1) == Money(units: 1))
        #expect(till.settle(1) == nil)
        till.cancel(1)
        #expect(till.spent() == 1_000_000)
        #expect(try till.reserve(1, price) == .refused(.repeated))
        expect(!till.answer(1))
    }

    @Test("a call that nobody answered costs nothing")
    func unanswered() throws {
        var till = Till(try .limited())
        try till.reserve(1, .costing(6, setUp: 2, "60/60"))
        till.clock += 30_000
        till.cancel(1)
        #expect(till.spent() == 0)
        #expect(till.spent(.business, .hour) == 0)
    }

    @Test("when a budget is used up, what rings ends with what is answered; what another budget pays goes on")
    func ringing() throws {
        var till = Till(try .limited(extension: (2, 2, 2)))
        try till.reserve(1, .costing(6))
        till.answer(1)
        try till.reserve(2, .costing(6))
        try till.reserve(3, from: "202", .costing(6))
        let ends = till.run(seconds: 60)
        #expect(Set(ends.map(\.charge)) == [ChargeID(1), ChargeID(2)])
        #expect(ends.first { $0.charge == ChargeID(2) }?.isRinging == true)
        #expect(ends.first { $0.charge == ChargeID(1) }?.isRinging == false)
        #expect(ends.first?.sentence(in: .eur) == "the budget of extension 201 for an hour of 2.00 EUR is used up")
        let goesOn = till.answer(2)
        #expect(!goesOn, "an answer that crosses the CANCEL is followed by a BYE")
        let cost = till.settle(1)
        #expect(try #require(cost) <= Money(units: 2))
    }

    @Test("all calls of a business share one budget")
    func shared() throws {
        var till = Till(try .limited(business: (10, 10, 10)))
        for charge in 1...30 {
            try till.reserve(UInt64(charge), from: "2\(charge % 10)\(charge / 10)", .costing(6))
            till.answer(UInt64(charge))
        }
        var cost: Int64 = 0
        while till.ledger.runningCount > 0 {
            for end in till.run(seconds: 60) { cost += till.settle(end.charge.value)?.micros ?? 0 }
        }
        #expect(cost <= 10_000_000)
        #expect(cost >= 8_000_000)
        #expect(till.clock < 60_000)
    }

    @Test("a call to another country ends after an hour, any other after four", arguments: [true, false])
    func duration(isInternational: Bool) throws {
        var till = Till(try .limited())
        var (clock, ends) = (Int64(0), [EndedCharge]())
        try till.reserve(1, .costing(0, setUp: 1, isInternational: isInternational))
        till.answer(1)
        while ends.isEmpty, till.clock < 5 * 3_600_000 {
            ends = till.run(seconds: 600)
            clock = till.clock
        }
        let longest = isInternational ? 60 : 240
        let limit = try #require(LongestCall(minutes: longest))
        #expect(ends.map(\.reason) == [.duration(limit)])
        #expect(clock > Int64(longest) * 60_000 - 5_000 && clock <= Int64(longest) * 60_000)
    }

    @Test("a leg that should have ended is named again, and what it costs meanwhile is counted when it ends")
    func again() throws {
        var till = Till(try .limited(perCall: 1))
        try till.reserve(1, .costing(6))
        till.answer(1)
        #expect(till.run(seconds: 60).count == 1)
        #expect(till.run(seconds: 60).count == 1)
        till.clock = 60_000
        #expect(till.settle(1) == Money(units: 6))
        #expect(till.spent() == 6_000_000)
    }

    @Test("a leg that rings for five minutes ends, so that no money waits for ever")
    func longRinging() throws {
        var till = Till(try .limited())
        try till.reserve(1, .costing(6))
        #expect(till.run(seconds: 600).map(\.reason) == [.unanswered])
        #expect(till.clock == 300_000)
        #expect(till.spent() == 200_000, "until it is over, its money is kept")
        till.cancel(1)
        #expect(till.spent() == 0)
    }

    @Test("while the business is closed, a quarter of the budget may be spent, and it counts in the whole")
    func afterHours() throws {
        var till = Till(try .limited(extension: (40, 40, 40)))
        till.isOpen = false
        try till.reserve(1, .costing(60))
        till.answer(1)
        let ends = till.run(seconds: 60)
        #expect(
            ends.first?.reason
                == .budget(.extension(try .parsed("201")), .hour, isAfterHours: true, limit: Money(units: 10))
        )
        let cost = till.settle(1)
        #expect(try #require(cost) <= Money(units: 10))
        guard case .refused = try till.reserve(2, .costing(60, "10/10")) else {
            Issue.record("not refused while closed")
            return
        }
        till.isOpen = true
        #expect(try till.reserve(3, .costing(60, "10/10")) == .reserved)
        #expect(till.spent(.extension(try .parsed("201"))) > 17_000_000)
    }

    @Test("a window slides: midnight fills no budget, and what is older than it is free again")
    func sliding() throws {
        var till = Till(try .limited(extension: (5, 10, 100)))
        try till.reserve(1, .costing(5, "60/60"))
        till.answer(1)
        till.settle(1)
        till.clock += 3_599_000
        guard case .refused(.budget(_, .hour, _, _, _, _)) = try till.reserve(2, .costing(5, "60/60")) else {
            Issue.record("the hour was over too early")
            return
        }
        till.clock += 7 * 60_000
        #expect(try till.reserve(3, .costing(5, "60/60")) == .reserved)
        till.answer(3)
        till.settle(3)
        till.clock += 86_400_000 - 2 * 3_600_000
        guard case .refused(.budget(_, .day, _, _, _, _)) = try till.reserve(4, .costing(5, "60/60")) else {
            Issue.record("the day was over too early")
            return
        }
        till.clock += 3 * 3_600_000
        #expect(try till.reserve(5, .costing(5, "60/60")) == .reserved)
    }

    @Test("lower limits hold for the next slice of calls that run")
    func apply() throws {
        var till = Till(try .limited())
        try till.reserve(1, .costing(6))
        till.answer(1)
        #expect(till.run(seconds: 20).isEmpty)
        till.ledger.apply(try .limited(extension: (1, 1, 1)), at: till.now.wall)
        #expect(till.run(seconds: 20).count == 1)
    }

    @Test("there are only so many legs")
    func bounded() throws {
        var till = Till(try .limited())
        let price = try PricedCall.costing(0)
        for charge in 1...UInt64(Limits.runningCharges) { try till.reserve(charge, price) }
        #expect(try till.reserve(0, price) == .refused(.tooMany))
        till.cancel(1)
        #expect(try till.reserve(99_999, price) == .reserved)
    }
}
