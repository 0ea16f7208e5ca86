// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import TestKit
import Testing

@Suite("Money, increments and tariffs")
struct MoneyTests {
    @Test("an amount is read as it is written, to the millionth")
    func text() throws {
        for (text, micros) in [
            ("12.34", 12_340_000), ("0", 0), ("0.000001", 1), ("7", 7_000_000),
            ("1000000000.00", 1_000_000_000_000_000),
        ] {
            let money = try #require(Money(parsing: text))
            #expect(money.micros == Int64(micros))
            #expect(Money(parsing: money.description) == money)
        }
        #expect(Money(clamping: 12_345_000).description == "12.345")
        #expect(Money(units: 12).text(in: .eur) == "12.00 EUR")
    }

    @Test(
        "what is no amount is not read",
        arguments: [
            "", ".", "1.", ".5", "-1", "+1", "1,5", "1.2345678", "12345678901", "1000000000.000001", " 1", "1e3", "１",
        ]
    )
    func refused(_ text: String) {
        #expect(Money(parsing: text) == nil)
    }

    @Test("amounts never overflow")
    func borders() {
        #expect(Money.largest.adding(.largest) == nil)
        #expect(Money(units: .max) == .largest)
        #expect(Money(units: .min) == .zero)
        #expect(Money(units: 1).subtracting(.largest) == .zero)
        #expect(Money.largest.percent(100) == .largest)
        #expect(Money(clamping: 199).percent(50).micros == 99)
    }

    @Test("billed is nothing unanswered, and otherwise max(a, a + ceil((t - a) / b) * b)")
    func increments() throws {
        let cases: [(String, Int64, Int64)] = [
            ("1/1", 0, 1), ("1/1", 61, 61), ("60/60", 1, 60), ("60/60", 60, 60), ("60/60", 61, 120), ("60/1", 61, 61),
            ("30/6", 31, 36), ("30/6", 30, 30), ("1/60", 2, 61), ("6/6", 7, 12),
        ]
        for (text, spoken, billed) in cases {
            let increments = try #require(Increments(parsing: text))
            #expect(increments.billedSeconds(for: spoken) == billed, "\(text) of \(spoken)")
            #expect(increments.billedSeconds(forNanoseconds: spoken * 1_000_000_000) == billed)
        }
        let tariff = try #require(Tariff(setUp: Money(units: 1), perMinute: Money(units: 6), increments: .minutes))
        #expect(tariff.cost(ofNanoseconds: nil) == .zero)
        #expect(tariff.cost(ofNanoseconds: 0) == Money(units: 7))
        #expect(tariff.cost(ofNanoseconds: 60_000_000_001) == Money(units: 13))
    }

    @Test("for any increments, what is billed covers what is spoken by less than a step, and never falls")
    func property() throws {
        var random = SplitMix(7)
        for _ in 0..<2_000 {
            let (a, b) = (Int.random(in: 1...3_600, using: &random), Int.random(in: 1...3_600, using: &random))
            let increments = try #require(Increments(first: a, next: b))
            let spoken = Int64.random(in: 0...100_000_000_000_000, using: &random)
            let billed = increments.billedSeconds(forNanoseconds: spoken)
            #expect(billed * 1_000_000_000 >= spoken)
            #expect(billed == Int64(a) || (billed - Int64(b)) * 1_000_000_000 < spoken)
            #expect((billed - Int64(a)) % Int64(b) == 0)
            #expect(increments.billedSeconds(forNanoseconds: spoken + 1) >= billed)
        }
        #expect(Increments.seconds.billedSeconds(forNanoseconds: .max) == Limits.longestBilledSeconds)
        #expect(Increments.seconds.billedSeconds(forNanoseconds: .min) == 1)
    }

    @Test("the dearest call of a week can be calculated")
    func dearest() throws {
        let price = Money(clamping: Limits.highestPrice)
        let hours = try #require(Increments(first: 3_600, next: 3_600))
        let tariff = try #require(Tariff(setUp: price, perMinute: price, increments: hours))
        #expect(tariff.cost(ofNanoseconds: .max) == .largest)
        #expect(Tariff(perMinute: Money(clamping: Limits.highestPrice + 1), increments: .seconds) == nil)
    }

    @Test(
        "no increments but two numbers of seconds",
        arguments: ["0/1", "1/0", "3601/1", "1/3601", "", "/", "1/", "a/b", "1/1/1", "+1/1", "-1", "00001/1"]
    )
    func noIncrements(_ text: String) {
        #expect(Increments(parsing: text) == nil)
    }

    @Test("settings survive being written down, and are refused when they contradict themselves")
    func coding() throws {
        var settings = SpendSettings()
        let limits = try #require(SpendLimits(hour: Money(units: 1), day: Money(units: 2), week: Money(units: 3)))
        settings.own[try #require(SpendPool(parsing: "extension 201"))] = limits
        settings.own[try #require(SpendPool(parsing: "trunk main"))] = limits
        let bytes = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(SpendSettings.self, from: bytes) == settings)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("\"extension 201\""))
        for (good, bad) in [
            ("\"day\":\"2.00\"", "\"day\":\"4.00\""), ("\"afterHours\":25", "\"afterHours\":101"),
            ("\"longestNational\":240", "\"longestNational\":0"), ("\"perCall\":\"5.00\"", "\"perCall\":\"-5.00\""),
        ] {
            #expect(text.contains(good), "\(good)")
            let altered = Data(text.replacing(good, with: bad).utf8)
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(SpendSettings.self, from: altered) }
        }
    }

    @Test("out of the box, an extension may spend 12 a day, of which 3 while the business is closed, and 5 for a call")
    func defaults() {
        let settings = SpendSettings()
        #expect(settings.extensionLimits.day == Money(units: 12))
        #expect(settings.extensionLimits.percent(settings.afterHours).day == Money(units: 3))
        #expect(settings.perCall == Money(units: 5))
        #expect(settings.longestInternational.minutes == 60)
        #expect(settings.longestNational.minutes == 240)
    }
}
