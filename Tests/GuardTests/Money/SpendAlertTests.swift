// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control spend-limit: what people are told")
struct SpendAlertTests {
    @Test("each of 50, 80 and 100 hundredths is told once")
    func once() throws {
        var till = Till(try .limited(extension: (10, 100, 100)))
        try till.reserve(1, .costing(6))
        till.answer(1)
        till.run(seconds: 600)
        let alerts = till.alerts().filter { $0.span == .hour && $0.pool != .business }
        #expect(alerts.map(\.percent) == [50, 80, 100])
        #expect(
            alerts.last?.sentence(in: .eur).hasPrefix("100 % of the budget of extension 201 for an hour is used: ")
                == true
        )
        #expect(alerts.last?.limit == Money(units: 10))
    }

    @Test("a refusal for want of room says 100 once, and not again within the window")
    func refused() throws {
        var till = Till(try .limited(extension: (10, 100, 100)))
        try till.reserve(1, .costing(9, "60/60"))
        #expect(till.alerts().map(\.percent).contains(80))
        for charge in 2...9 { try till.reserve(UInt64(charge), .costing(9, "60/60")) }
        #expect(till.alerts().map(\.percent) == [100])
    }

    @Test("it is told again when a window has passed")
    func again() throws {
        var till = Till(try .limited(extension: (10, 1_000, 1_000), business: (1_000, 1_000, 1_000)))
        try till.reserve(1, .costing(6, "60/60"))
        till.answer(1)
        till.settle(1)
        #expect(till.alerts().map(\.percent) == [50])
        till.clock += 70 * 60_000
        try till.reserve(2, .costing(6, "60/60"))
        #expect(till.alerts().map(\.percent) == [50])
    }

    @Test("people see what is spent, and what calls in progress hold")
    func standing() throws {
        var till = Till(try .limited())
        try till.reserve(1, .costing(6, "60/60"))
        let standing = till.ledger.standing(of: .extension(try .parsed("201")), at: till.now)
        #expect((standing.running, standing.inProgress) == (1, Money(units: 6)))
        #expect(standing.lines.count == 6)
        #expect(standing.lines.first?.limit == Money(units: 100))
        let idle = till.ledger.standing(of: .extension(try .parsed("299")), at: till.now)
        #expect((idle.running, idle.lines.first?.spent) == (0, .zero))
    }
}
