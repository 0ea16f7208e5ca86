// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Calls

@Suite("Kept transactions")
struct KeptTransactionsTests {
    private let phone = FlowID(rawValue: 1)
    private let other = FlowID(rawValue: 2)

    @Test func `over the limit the oldest goes, whatever went before it`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var kept = KeptTransactions<Int>()
            var model: [Int] = []
            for id in 0..<60 {
                if Bool.random(using: &random), let gone = model.randomElement(using: &random) {
                    kept.remove(gone, on: phone)
                    model.removeAll { $0 == gone }
                }
                let gone = kept.add(id, bytes: id, on: phone, most: 5)
                model.append(id)
                let expected = model.count > 5 ? model.removeFirst() : nil
                #expect(gone == expected)
                #expect(kept.bytes == model.reduce(0, +))
            }
        }
    }

    @Test func `each connection has its own limit, and what it held goes with it`() {
        var kept = KeptTransactions<Int>()
        for id in 0..<3 { _ = kept.add(id, bytes: 10, on: phone, most: 3) }
        let gone = kept.add(3, bytes: 10, on: other, most: 3)
        #expect(gone == nil && kept.bytes == 40)
        kept.removeAll(on: phone)
        #expect(kept.bytes == 10)
        kept.remove(0, on: phone)
        #expect(kept.bytes == 10)
    }
}
