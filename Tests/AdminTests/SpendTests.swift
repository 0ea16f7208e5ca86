// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Synchronization
import Testing

@Suite("ringfence spend")
struct SpendTests {
    private let alice = Actor(name: "alice (uid 1001)", role: .owner, account: LocalAccount(name: "alice", user: 1_001))
    private let bob = Actor(name: "bob (uid 1002)", role: .security, account: LocalAccount(name: "bob", user: 1_002))

    @Test func `limits are strict before anybody sets them, and never above the ceiling`() async throws {
        let office = try Office()
        try await office.add("101")
        let overview = try await office.run(ShowSpend(), by: auditor)
        #expect(overview.settings == SpendSettings() && overview.standings == nil)
        try await office.run(SetSpendLimits(subject: "business", hour: "20", day: "60", week: "200"))
        try await office.run(SetSpendLimits(subject: "extension 101", hour: "1.50", day: "3", week: "9"))
        let settings = office.store.snapshot.outside.spending
        #expect("\(settings.businessLimits)" == "20.00 an hour, 60.00 a day, 200.00 a week")
        #expect(settings.own.values.map { "\($0.hour)" } == ["1.50"])
        let high = SetSpendLimits(subject: "business", hour: "51", day: "60", week: "200")
        #expect(await office.refusal(high)?.remedy.contains("ringfence spend ceiling raise") == true)
        try await office.run(SetSpendLimits(subject: "extension 101", hour: nil, day: nil, week: nil))
        #expect(office.store.snapshot.outside.spending.own.isEmpty)
        let entry = try #require(try office.journal().last)
        #expect((entry.action, entry.subject) == ("spend.limit", "extension 101") && entry.detail.contains("1.50"))
    }

    @Test func `calls at home have limits of their own, of the business, of each extension and of one`() async throws {
        let office = try Office()
        try await office.add("101")
        for (subject, hour) in [("home", "40"), ("home extensions", "9"), ("home 101", "20")] {
            try await office.run(SetSpendLimits(subject: subject, hour: hour, day: "60", week: "200"))
        }
        let number = try #require(ExtensionNumber(parsing: "101"))
        let settings = office.store.snapshot.outside.spending
        let pools: [SpendPool] = [.home, .extensionAtHome(number), .business, .extension(number)]
        #expect(pools.map { "\(settings.limits(of: $0, at: noon).hour)" } == ["40.00", "20.00", "15.00", "4.00"])
        try await office.run(SetSpendLimits(subject: "home 101", hour: nil, day: nil, week: nil))
        let now = office.store.snapshot.outside.spending
        #expect("\(now.limits(of: .extensionAtHome(number), at: noon).hour)" == "9.00")
        #expect(await office.refusal(SetSpendLimits(subject: "home", hour: nil, day: nil, week: nil)) != nil)
        let ceiling = SetSpendLimits(subject: "ceiling", hour: "1", day: "1", week: "1")
        #expect(await office.refusal(ceiling) != nil, "it is no budget that one person sets")
        #expect(await office.refusal(SetSpendLimits(subject: "home 999", hour: "1", day: "1", week: "1")) != nil)
    }

    @Test func `budgets are fitted to a bill, first in words, and never above the ceiling`() async throws {
        let office = try Office()
        let words = FitSpendLimits(month: "420", day: "38", extensionDay: "12", sets: false)
        let said = try await office.run(words)
        #expect("\(said.business)" == "38.00 an hour, 76.00 a day, 228.00 a week" && said.ceiling == nil)
        #expect("\(said.eachExtension)" == "12.00 an hour, 24.00 a day, 72.00 a week")
        #expect(office.store.snapshot.outside.spending == SpendSettings())
        try await office.run(FitSpendLimits(month: "420", day: "38", extensionDay: "12", sets: true))
        let settings = office.store.snapshot.outside.spending
        #expect((settings.businessLimits, settings.extensionLimits) == (said.business, said.eachExtension))
        #expect(settings.sharedLimits == said.business && settings.homeLimits == SpendSettings().homeLimits)
        let entry = try #require(try office.journal().last)
        #expect(entry.action == "spend.fit" && entry.detail.contains("228.00"))
        let large = try await office.run(FitSpendLimits(month: "9000", day: "600", extensionDay: "5", sets: false))
        #expect("\(large.business)" == "50.00 an hour, 150.00 a day, 500.00 a week")
        #expect(large.ceiling.map { "\($0)" } == "600.00 an hour, 1200.00 a day, 4500.00 a week")
        // Who spends nothing has little, and something.
        let none = try await office.run(FitSpendLimits(month: "0", day: "0", extensionDay: "0", sets: false))
        #expect("\(none.eachExtension)" == "1.00 an hour, 3.00 a day, 9.00 a week")
        for (month, day, one) in [("10", "38", "12"), ("420", "3", "12"), ("x", "3", "1")] {
            #expect(await office.refusal(FitSpendLimits(month: month, day: day, extensionDay: one, sets: true)) != nil)
        }
    }

    @Test(arguments: [
        ("everybody", "1", "2", "3"), ("business", "3", "2", "1"), ("business", "1", "2", "x"),
        ("business", "-1", "2", "3"),
        ("extension 999", "1", "2", "3"), ("trunk none", "1", "2", "3"),
    ])
    func `what is no limit is refused`(subject: String, hour: String, day: String, week: String) async throws {
        let office = try Office()
        #expect(await office.refusal(SetSpendLimits(subject: subject, hour: hour, day: day, week: week)) != nil)
        #expect(office.store.snapshot.outside.spending == SpendSettings())
    }

    @Test func `prices of a call are changed one by one`() async throws {
        let office = try Office()
        var prices = SetSpendPrices()
        (prices.perMinute, prices.afterHours, prices.longestInternational) = ("0.30", 10, 45)
        let settings = try await office.run(prices).settings
        #expect("\(settings.highestPerMinute)" == "0.30" && settings.afterHours.value == 10)
        #expect(settings.longestInternational.minutes == 45 && settings.perCall == SpendSettings().perCall)
        #expect(await office.refusal(prices)?.problem == "Nothing was changed.")
        for change: (inout SetSpendPrices) -> Void in [
            { $0.afterHours = 101 }, { $0.longestNational = 0 }, { $0.currency = "euro" }, { $0.perCall = "1,50" },
        ] {
            var wrong = SetSpendPrices()
            change(&wrong)
            #expect(await office.refusal(wrong) != nil)
        }
    }

    @Test func `Control spend-limit: the ceiling falls at once, and rises with two people and a day`() async throws {
        let office = try Office()
        let raise = RaiseCeiling(hour: "100", day: "300", week: "900")
        #expect(await office.refusal(raise)?.control == .roles, "nobody knows which account that is")
        try await office.run(raise, by: alice)
        #expect(await office.refusal(raise, by: bob) != nil, "one raise at a time")
        #expect(await office.refusal(AgreeToCeiling(week: "900"), by: alice) != nil, "not the one who asked")
        #expect(await office.refusal(AgreeToCeiling(week: "500"), by: bob) != nil, "not something else")
        let administrator = Actor(
            name: "carol",
            role: .administrator,
            account: LocalAccount(name: "carol", user: 1_003)
        )
        #expect(await office.refusal(AgreeToCeiling(week: "900"), by: administrator)?.control == .roles)
        let agreed = try await office.run(AgreeToCeiling(week: "900"), by: bob).settings
        #expect("\(agreed.ceiling(at: noon).week)" == "500.00")
        #expect("\(agreed.ceiling(at: noon + .seconds(86_399)).week)" == "500.00")
        #expect("\(agreed.ceiling(at: noon + .seconds(86_400)).week)" == "900.00")
        #expect(await office.refusal(DropCeilingRaise(week: "1"), by: bob) != nil)
        let dropped = try await office.run(DropCeilingRaise(week: "900"), by: bob).settings
        #expect(dropped.raise == nil && "\(dropped.ceiling(at: noon + .seconds(90_000)).week)" == "500.00")
        #expect(await office.refusal(LowerCeiling(hour: "60", day: "100", week: "200")) != nil)
        let lower = try await office.run(LowerCeiling(hour: "10", day: "20", week: "30")).settings
        #expect("\(lower.limits(of: .business, at: noon))" == "10.00 an hour, 20.00 a day, 30.00 a week")
        let actions = try office.journal().map(\.action).filter { $0.hasPrefix("ceiling") }
        #expect(actions.filter { $0 == "ceiling.agree" }.count >= 1 && actions.last == "ceiling.lower")
    }

    @Test func `what is spent is shown as the engine counts it`() async throws {
        let office = try Office()
        let line = SpendStanding.Line(span: .hour, isAfterHours: false, spent: Money(units: 2), limit: Money(units: 15))
        let report = SpendStanding(
            pool: .business,
            lines: [line],
            running: 1,
            inProgress: Money(units: 1),
            overshoot: Money(clamping: 16_667)
        )
        office.engine.state.withLock { $0.spending = [report] }
        let billing = Actor(name: "dora (uid 1004)", role: .billing)
        #expect(try await office.run(ShowSpend(), by: billing).standings == [report])
        #expect(
            await office.refusal(SetSpendLimits(subject: "business", hour: "1", day: "1", week: "1"), by: billing)?
                .control == .roles
        )
    }
}
