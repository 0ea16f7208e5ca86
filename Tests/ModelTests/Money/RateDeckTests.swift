// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import TestKit
import Testing

@Suite("Rate decks")
struct RateDeckTests {
    private func rate(
        _ prefix: String,
        _ price: Int64,
        from: Int64 = 0,
        until: Int64? = nil,
        isClosed: Bool = false
    ) throws -> DeckRate {
        let tariff = try #require(Tariff(perMinute: Money(clamping: price), increments: .seconds))
        let rate = DeckRate(
            prefix: try #require(NumberPrefix(parsing: "+" + prefix)),
            destination: "to \(prefix)",
            tariff: tariff,
            from: WallTime(milliseconds: from),
            until: until.map(WallTime.init(milliseconds:)),
            isClosed: isClosed
        )
        return try #require(rate)
    }

    private func deck(_ rates: [DeckRate]) throws -> RateDeck {
        let name = try #require(ShortName(parsing: "main"))
        return try #require(RateDeck(id: name, version: 1, currency: .eur, rates: rates))
    }

    private func price(_ deck: RateDeck, _ number: String, at time: Int64 = 100) throws -> Int64? {
        let number = try #require(PhoneNumber(parsing: "+" + number))
        switch deck.answer(for: number, at: WallTime(milliseconds: time)) {
        case .rated(let rating): return rating.tariff.perMinute.micros
        case .unrated: return nil
        case .withdrawn: return -1
        }
    }

    @Test("the longest prefix decides")
    func longest() throws {
        let deck = try deck([
            try rate("49", 1), try rate("4915", 2), try rate("49900", 3), try rate("1", 4), try rate("1809", 5),
        ])
        #expect(try price(deck, "4930123456") == 1)
        #expect(try price(deck, "4915123456") == 2)
        #expect(try price(deck, "4990012345") == 3)
        #expect(try price(deck, "12125550123") == 4)
        #expect(try price(deck, "18095550123") == 5)
        #expect(try price(deck, "5355550123") == nil)
        #expect(try price(deck, "442071234567") == nil)
    }

    @Test("a prefix that is longer than the number does not fit, however many zeros follow")
    func zeros() throws {
        let deck = try deck([try rate("49", 1), try rate("490000000", 2)])
        #expect(try price(deck, "490000") == 1)
        #expect(try price(deck, "490000000") == 2)
        #expect(try price(deck, "4900000001") == 2)
    }

    @Test("a price holds from its beginning until the next one; before it the shorter prefix does")
    func dates() throws {
        let deck = try deck([try rate("49", 1), try rate("4915", 2, from: 50), try rate("4915", 3, from: 150)])
        #expect(try price(deck, "4915123456", at: 49) == 1)
        #expect(try price(deck, "4915123456", at: 50) == 2)
        #expect(try price(deck, "4915123456", at: 149) == 2)
        #expect(try price(deck, "4915123456", at: 150) == 3)
    }

    @Test("a price that ended or was closed is not replaced by that of a shorter prefix")
    func withdrawn() throws {
        let deck = try deck([try rate("49", 1), try rate("49900", 9, until: 50), try rate("4915", 2, isClosed: true)])
        #expect(try price(deck, "4990012345", at: 49) == 9)
        #expect(try price(deck, "4990012345", at: 50) == -1)
        #expect(try price(deck, "4915123456") == -1)
    }

    @Test("two prices of one prefix from one moment on make no deck")
    func twice() throws {
        let name = try #require(ShortName(parsing: "main"))
        let rates = [try rate("49", 1), try rate("49", 2)]
        #expect(RateDeck(id: name, version: 1, currency: .eur, rates: rates) == nil)
    }

    @Test("it gives back what it was made of")
    func rates() throws {
        let rates = [try rate("49", 1), try rate("49", 2, from: 7, until: 9), try rate("1809", 3, isClosed: true)]
        let deck = try deck(rates)
        #expect(Set(deck.rates) == Set(rates))
        #expect((deck.count, deck.prefixCount) == (3, 2))
        let number = try #require(PhoneNumber(parsing: "+4930123456"))
        guard case .rated(let rating) = deck.answer(for: number, at: WallTime(milliseconds: 3)) else {
            Issue.record("no price")
            return
        }
        #expect(deck.destination(of: rating) == "to 49")
        #expect(rating.prefix.text == "+49")
    }

    @Test("on random decks it says what looking at every line says")
    func oracle() throws {
        var random = SplitMix(3)
        for _ in 0..<60 {
            var rates: [DeckRate] = []
            for _ in 0..<Int.random(in: 1...60, using: &random) {
                // Few digits, so that prefixes begin with each other.
                let digits = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                    "12"[Bool.random(using: &random) ? 0 : 1]
                }
                let new = try rate(
                    digits.joined(),
                    Int64.random(in: 0...9, using: &random),
                    from: Int64.random(in: 0...2, using: &random)
                )
                if !rates.contains(where: { $0.prefix == new.prefix && $0.from == new.from }) { rates.append(new) }
            }
            let deck = try deck(rates)
            for _ in 0..<60 {
                let digits = (0..<Int.random(in: 5...12, using: &random)).map { _ in
                    "12"[Bool.random(using: &random) ? 0 : 1]
                }
                let number = try #require(PhoneNumber(parsing: "+" + digits.joined()))
                let now = Int64.random(in: 0...2, using: &random)
                let best = rates.filter { number.hasPrefix($0.prefix) && $0.from.milliseconds <= now }
                    .max { ($0.prefix.digitCount, $0.from) < ($1.prefix.digitCount, $1.from) }
                #expect(try price(deck, digits.joined(), at: now) == best?.tariff.perMinute.micros)
            }
        }
    }
}

extension String {
    fileprivate subscript(place: Int) -> String { String(self[index(startIndex, offsetBy: place)]) }
}
