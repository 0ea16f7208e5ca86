// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("What a new price list changes")
struct RateDeckComparisonTests {
    private func deck(_ prices: [String: Int64], version: UInt32 = 1) throws -> RateDeck {
        let rates = try prices.map { prefix, price in
            let tariff = try #require(Tariff(perMinute: Money(clamping: price), increments: .seconds))
            let prefix = try #require(NumberPrefix(parsing: "+" + prefix))
            return try #require(DeckRate(prefix: prefix, destination: "to \(prefix)", tariff: tariff))
        }
        return try #require(RateDeck(id: try .named("main"), version: version, currency: .eur, rates: rates))
    }

    private func compare(_ new: [String: Int64], with old: [String: Int64]) throws -> RateDeckComparison {
        RateDeckComparison(of: try deck(new, version: 2), with: try deck(old), at: Till.noon)
    }

    @Test("what is dearer, cheaper, new and gone is told by prefix")
    func lines() throws {
        let comparison = try compare(
            ["44": 150, "49": 50, "33": 10, "39": 7],
            with: ["44": 100, "49": 100, "53": 900, "39": 7]
        )
        #expect(comparison.changed.map { "\($0.prefix) \($0.percent ?? 0)" } == ["+44 50", "+49 -50"])
        #expect(comparison.added.map(\.prefix.text) == ["+33"])
        #expect(comparison.removed.map(\.prefix.text) == ["+53"])
        #expect(comparison.counts == (1, 1, 2, 1))
    }

    @Test("a line more or less that changes no price changes nothing")
    func sameCost() throws {
        let comparison = try compare(["44": 100, "447": 100], with: ["44": 100, "4420": 100])
        #expect(comparison.counts == (0, 0, 0, 3))
        #expect(try compare(["44": 100, "447": 300], with: ["44": 100]).changed.map { $0.percent } == [200])
    }

    @Test("a list without a price for an open country does not become active")
    func lost() throws {
        let open = [(name: "Cuba", prefixes: [try #require(NumberPrefix(parsing: "+53"))])]
        let comparison = try compare(["44": 1], with: ["44": 1, "53": 9])
        #expect(comparison.refusal(covering: open)?.reason.hasSuffix("Cuba (+53)") == true)
        #expect(comparison.refusal(covering: []) == nil)
        #expect(
            try compare(["5": 1], with: ["5": 1, "53": 9]).refusal(covering: open) == nil,
            "a shorter prefix has a price"
        )
        #expect(
            try compare(["44": 1, "535": 9], with: ["44": 1, "53": 9]).refusal(covering: open) != nil,
            "only a part of it has"
        )
        #expect(try compare(["535": 9], with: ["5": 9]).refusal(covering: open) != nil, "what covered it is gone")
    }
}
