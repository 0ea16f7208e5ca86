// SPDX-License-Identifier: Apache-2.0

import Primitives
import TestKit
import Testing

@Suite("What is due when")
struct DeadlineQueueTests {
    @Test func `nothing is due before its time, and everything is in order of time`() {
        var generator = SplitMix(6)
        for round in 0..<100 {
            var queue = DeadlineQueue<Int>()
            var waiting: [Int: UInt64] = [:]
            for key in 0..<(round * 3) {
                // Few different times, so that many are equal.
                let time = UInt64.random(in: 0..<50, using: &generator)
                waiting[key] = time
                queue.insert(key, at: MonotonicTime(nanoseconds: time))
            }
            for now in stride(from: UInt64(0), through: 50, by: 7) {
                var last: UInt64 = 0
                while let key = queue.popDue(at: MonotonicTime(nanoseconds: now)) {
                    let time = waiting.removeValue(forKey: key) ?? .max
                    #expect(time <= now && time >= last)
                    last = time
                }
                #expect(waiting.values.allSatisfy { $0 > now })
                #expect(queue.count == waiting.count)
                #expect(queue.next?.nanoseconds == waiting.values.min())
            }
        }
    }

    @Test func `a key that was put in twice comes out twice`() {
        var queue = DeadlineQueue<String>()
        queue.insert("call", at: MonotonicTime(nanoseconds: 2))
        queue.insert("call", at: MonotonicTime(nanoseconds: 1))
        let late = MonotonicTime(nanoseconds: 9)
        #expect([queue.popDue(at: late), queue.popDue(at: late), queue.popDue(at: late)] == ["call", "call", nil])
        #expect(queue.next == nil)
    }
}
