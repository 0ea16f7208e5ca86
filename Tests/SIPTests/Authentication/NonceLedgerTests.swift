// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP
import Testing

@Suite("RFC 7616 §5.5: a captured Authorization works once")
struct NonceLedgerTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)

    @Test func `a count is accepted once, in and out of order`() {
        var ledger = NonceLedger(capacity: 4, lifetime: .seconds(300))
        for count: UInt32 in [1, 2, 5, 4, 3] { #expect(ledger.uses("a", nc: count, at: start) == .accepted) }
        for count: UInt32 in 1...5 { #expect(ledger.uses("a", nc: count, at: start) == .refused) }
        #expect(ledger.uses("a", nc: 6, at: start) == .accepted)
    }

    @Test func `0 is no count`() {
        var ledger = NonceLedger(capacity: 4, lifetime: .seconds(300))
        #expect(ledger.uses("a", nc: 0, at: start) == .refused)
        #expect(ledger.uses("a", nc: 1, at: start) == .accepted)
        #expect(ledger.uses("a", nc: 0, at: start) == .refused)
    }

    @Test func `a count 63 behind is still known, one 64 behind is refused unseen`() {
        var ledger = NonceLedger(capacity: 4, lifetime: .seconds(300))
        #expect(ledger.uses("a", nc: 100, at: start) == .accepted)
        #expect(ledger.uses("a", nc: 37, at: start) == .accepted)
        #expect(ledger.uses("a", nc: 37, at: start) == .refused)
        #expect(ledger.uses("a", nc: 36, at: start) == .refused)
    }

    @Test func `a jump to the highest count leaves nothing behind it open`() {
        var ledger = NonceLedger(capacity: 4, lifetime: .seconds(300))
        #expect(ledger.uses("a", nc: 1, at: start) == .accepted)
        #expect(ledger.uses("a", nc: .max, at: start) == .accepted)
        #expect(ledger.uses("a", nc: .max, at: start) == .refused)
        #expect(ledger.uses("a", nc: 1, at: start) == .refused)
        #expect(ledger.uses("a", nc: .max - 1, at: start) == .accepted)
        #expect(ledger.uses("a", nc: .max - 64, at: start) == .refused)
    }

    @Test func `a full ledger refuses new nonces and keeps the old ones, until they have lived`() {
        var ledger = NonceLedger(capacity: 100, lifetime: .seconds(300))
        for index in 0..<100 { #expect(ledger.uses("\(index)", nc: 1, at: start) == .accepted) }
        #expect(ledger.uses("one too many", nc: 1, at: start) == .refused)
        for index in 0..<100 {
            #expect(ledger.uses("\(index)", nc: 1, at: start) == .refused)
            #expect(ledger.uses("\(index)", nc: 2, at: start) == .accepted)
        }
        let later = start + .seconds(302)
        #expect(ledger.uses("one too many", nc: 1, at: later) == .accepted)
    }

    @Test func `a nonce is remembered for its whole lifetime`() {
        var ledger = NonceLedger(capacity: 4, lifetime: .seconds(300))
        #expect(ledger.uses("a", nc: 1, at: start) == .accepted)
        #expect(ledger.uses("a", nc: 1, at: start + .seconds(300)) == .refused)
    }

    @Test func `it agrees with a plain table through 100,000 random uses`() {
        var ledger = NonceLedger(capacity: 64, lifetime: .seconds(9))
        var model: [Int: (until: MonotonicTime, used: Set<UInt32>)] = [:]
        var random = Lehmer(42)
        var now = start
        for step in 0..<100_000 {
            now = now + .milliseconds(Int64(random.below(300)))
            let name = random.below(200)
            let count = UInt32(1 + random.below(60))
            model = model.filter { now < $0.value.until }
            let expected: Bool
            if let known = model[name] {
                expected = !known.used.contains(count)
            } else {
                expected = model.count < 64
                if expected { model[name] = (now + .seconds(10), []) }
            }
            if expected { model[name]?.used.insert(count) }
            #expect(
                ledger.uses("nonce \(name)", nc: count, at: now) == (expected ? .accepted : .refused),
                "step \(step)"
            )
        }
    }
}

extension NonceLedger {
    fileprivate enum Outcome { case accepted, refused }

    fileprivate mutating func uses(_ nonce: String, nc: UInt32, at now: MonotonicTime) -> Outcome {
        let bytes = Array(nonce.utf8)
        return accept(bytes.span, nc: nc, at: now) ? .accepted : .refused
    }
}
