// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP
import Testing

@Suite("RFC 7616 §5.5: a captured Authorization works once")
struct NonceLedgerTests {
    @Test func `a count is accepted once, in and out of order`() {
        var phones = Phones(capacity: 4)
        for count: UInt32 in [1, 2, 5, 4, 3] { #expect(phones.use(0, nc: count) == .first) }
        for count: UInt32 in 1...5 { #expect(phones.use(0, nc: count) == .repeated) }
        #expect(phones.use(0, nc: 6) == .first)
    }

    @Test func `0 is no count, and other text is no nonce`() {
        var phones = Phones(capacity: 4)
        #expect(phones.use(0, nc: 0) == .forgotten)
        #expect(phones.use(0, nc: 1) == .first)
        #expect(phones.use(0, nc: 0) == .forgotten)
        for text in ["", "short", String(repeating: "z", count: Nonce.length)] {
            #expect(phones.use(text: text, nc: 1) == .forgotten)
        }
    }

    @Test func `a count 63 behind is still known, one 64 behind is refused unseen`() {
        var phones = Phones(capacity: 4)
        #expect(phones.use(0, nc: 100) == .first)
        #expect(phones.use(0, nc: 37) == .first)
        #expect(phones.use(0, nc: 37) == .repeated)
        #expect(phones.use(0, nc: 36) == .forgotten)
    }

    @Test func `a jump to the highest count leaves nothing behind it open`() {
        var phones = Phones(capacity: 4)
        #expect(phones.use(0, nc: 1) == .first)
        #expect(phones.use(0, nc: .max) == .first)
        #expect(phones.use(0, nc: .max) == .repeated)
        #expect(phones.use(0, nc: 1) == .forgotten)
        #expect(phones.use(0, nc: .max - 1) == .first)
        #expect(phones.use(0, nc: .max - 64) == .forgotten)
    }

    @Test func `a nonce is remembered for its whole lifetime`() {
        var phones = Phones(capacity: 4)
        #expect(phones.use(0, nc: 1) == .first)
        phones.now = phones.now + .seconds(300)
        #expect(phones.use(0, nc: 1) == .repeated)
    }

    @Test func `a full table lets new nonces in and never an old one twice`() {
        var phones = Phones(capacity: 100)
        for index in 0..<100 { #expect(phones.use(index, nc: 1) == .first) }
        #expect(phones.use(100, nc: 1) == .first)
        #expect(phones.use(0, nc: 1) == .forgotten)
        #expect(phones.use(0, nc: 2) == .forgotten)
        for index in 1...100 { #expect(phones.use(index, nc: 1) == .repeated) }
        for index in 1...100 { #expect(phones.use(index, nc: 2) == .first) }
    }

    @Test func `one phone that uses up nonces costs another a second challenge, not its registration`() {
        var phones = Phones(capacity: 100)
        let waiting = 0
        for greedy in 1...500 { #expect(phones.use(greedy, nc: 1) == .first) }
        #expect(phones.use(waiting, nc: 1) == .forgotten)
        #expect(phones.use(501, nc: 1) == .first)
    }

    @Test func `what had to make room is refused until it has expired anyway`() {
        var phones = Phones(capacity: 1)
        #expect(phones.use(5, nc: 1) == .first)
        #expect(phones.use(6, nc: 1) == .first)
        phones.now = phones.now + .seconds(300)
        #expect(phones.use(5, nc: 1) == .forgotten)
        phones.now = phones.now + .seconds(2)
        // The issuer calls it stale by now; the ledger has no reason left.
        #expect(phones.use(5, nc: 1) == .first)
    }

    @Test func `nothing is accepted twice in 200,000 random uses of a table that is too small`() {
        var phones = Phones(capacity: 64)
        var random = Lehmer(42)
        var accepted: Set<[UInt32]> = []
        var refused = 0
        for step in 0..<200_000 {
            phones.now = phones.now + .milliseconds(1)
            // Mostly young nonces, some old ones.
            let age = random.below(10) == 0 ? random.below(2_000) : random.below(40)
            let index = max(0, step / 100 - age)
            let count = UInt32(1 + random.below(70))
            switch phones.use(index, nc: count) {
            case .first: #expect(accepted.insert([UInt32(index), count]).inserted, "step \(step)")
            case .repeated: #expect(accepted.contains([UInt32(index), count]), "step \(step)")
            case .forgotten: refused += 1
            }
        }
        #expect(accepted.count > 20_000)
        #expect(refused > 0)
    }

    @Test func `it agrees with a plain table while there is room`() {
        var phones = Phones(capacity: 400, lifetime: .seconds(9))
        var model: [Int: (until: MonotonicTime, used: Set<UInt32>)] = [:]
        var random = Lehmer(7)
        for step in 0..<50_000 {
            phones.now = phones.now + .milliseconds(Int64(random.below(300)))
            let index = random.below(200)
            let count = UInt32(1 + random.below(60))
            if let known = model[index], known.until <= phones.now { model[index] = nil }
            let isNew = model[index]?.used.contains(count) != true
            model[index, default: (phones.now + .seconds(10), [])].used.insert(count)
            #expect(phones.use(index, nc: count) == (isNew ? .first : .repeated), "step \(step)")
        }
    }
}

/// A ledger and the nonces of one issuer, by their numbers.
private struct Phones {
    var now = MonotonicTime(nanoseconds: 1_000_000_000)
    private var ledger: NonceLedger
    private var issuer = NonceIssuer(
        key: [UInt8](repeating: 1, count: 32),
        realm: "pbx.example",
        lifetime: .seconds(300)
    )
    private var nonces: [[UInt8]] = []

    init(capacity: Int, lifetime: Duration = .seconds(300)) {
        ledger = NonceLedger(capacity: capacity, lifetime: lifetime)
    }

    mutating func use(_ index: Int, nc: UInt32) -> NonceLedger.Use {
        while nonces.count <= index {
            nonces.append(Array(issuer.issue(to: IPAddress(v4: 1), at: WallTime(milliseconds: 0)).text.utf8))
        }
        let nonce = nonces[index]
        return ledger.use(nonce.span, nc: nc, at: now)
    }

    mutating func use(text: String, nc: UInt32) -> NonceLedger.Use {
        let bytes = Array(text.utf8)
        return ledger.use(bytes.span, nc: nc, at: now)
    }
}
