// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP
import Testing

/// Whatever is lost, doubled, late or out of order: 4 × 2,000 random lives, repeatable by their seeds.
@Suite("RFC 3261 §17: what no order of events can break")
struct TransactionPropertyTests {
    private static let seeds = UInt64(1)...2_000

    @Test(arguments: [false, true])
    func `an INVITE never gets two final answers, and its server transaction always ends`(isReliable: Bool) {
        for seed in Self.seeds {
            var random = Lehmer(seed)
            var rig = Rig { InviteServerTransaction(isReliable: isReliable, at: $0) }
            var finals: Set<[UInt8]> = []
            var hasEnded = false
            let inputs: [InviteServerTransaction.Input] = [
                .repeated, .ack, .clock, .transportFailed,
                .answer(.trying), .answer(.ringing), .answer(.ok), .answer(.busy),
                .answer(Answer(status: 603, bytes: [6])),
            ]
            for _ in 0..<random.below(30) {
                rig.sleeps(.milliseconds(Int64(random.below(9_000))))
                let actions = rig.takes(inputs[random.below(inputs.count)])
                #expect(!hasEnded || actions.isEmpty, "seed \(seed)")
                hasEnded = hasEnded || actions.contains(.end)
                for case .send(let bytes) in actions where bytes != Answer.trying.bytes && bytes != Answer.ringing.bytes
                {
                    finals.insert(bytes)
                }
            }
            rig.takes(.answer(.busy))
            let rest = rig.waits(.seconds(65))
            #expect(hasEnded != rest.contains { $0.action == .end }, "seed \(seed)")
            #expect(finals.count <= 1, "seed \(seed)")
            #expect(rig.subject.deadline == nil, "seed \(seed)")
        }
    }

    @Test(arguments: [false, true])
    func `another request never gets two final answers, and its server transaction always ends`(isReliable: Bool) {
        for seed in Self.seeds {
            var random = Lehmer(seed)
            var rig = Rig { NonInviteServerTransaction(isReliable: isReliable, at: $0) }
            var finals: Set<[UInt8]> = []
            var hasEnded = false
            let inputs: [NonInviteServerTransaction.Input] = [
                .repeated, .clock, .transportFailed, .answer(.trying), .answer(.ok), .answer(.busy),
                .answer(Answer(status: 408, bytes: [4])),
            ]
            for _ in 0..<random.below(30) {
                rig.sleeps(.milliseconds(Int64(random.below(5_000))))
                let actions = rig.takes(inputs[random.below(inputs.count)])
                #expect(!hasEnded || actions.isEmpty, "seed \(seed)")
                hasEnded = hasEnded || actions.contains(.end)
                for case .send(let bytes) in actions where bytes != Answer.trying.bytes { finals.insert(bytes) }
            }
            let rest = rig.waits(.seconds(65))
            #expect(hasEnded != rest.contains { $0.action == .end }, "seed \(seed)")
            #expect(finals.count <= 1 && !finals.contains([4]), "seed \(seed)")
            #expect(rig.subject.deadline == nil, "seed \(seed)")
        }
    }

    @Test(arguments: [false, true])
    func `an INVITE of ours has one outcome, and its client transaction always ends`(isReliable: Bool) {
        for seed in Self.seeds {
            var random = Lehmer(seed)
            var rig = Rig { InviteClientTransaction(request: [1], isReliable: isReliable, at: $0) }
            var outcomes: Set<String> = []
            var hasEnded = false
            func note(_ actions: [InviteClientTransaction.Action], of status: Int?) {
                #expect(!hasEnded || actions.isEmpty, "seed \(seed)")
                hasEnded = hasEnded || actions.contains(.end)
                if actions.contains(.timedOut) { outcomes.insert("none") }
                if let status, status >= 200, actions.contains(.deliver) {
                    outcomes.insert(status < 300 ? "success" : "refusal \(outcomes.count)")
                }
            }
            for _ in 0..<random.below(30) {
                rig.sleeps(.milliseconds(Int64(random.below(9_000))))
                let status = [100, 180, 200, 302, 486, 600][random.below(6)]
                switch random.below(8) {
                case 0: note(rig.takes(.transportFailed), of: nil)
                case 1, 2: note(rig.takes(.clock), of: nil)
                default: note(rig.takes(.response(status: status, ack: status >= 300 ? [2] : nil)), of: status)
                }
            }
            note(rig.takes(.response(status: 486, ack: [2])), of: 486)
            note(rig.waits(.seconds(65)).map(\.action), of: nil)
            #expect(hasEnded && outcomes.count == 1, "seed \(seed): \(outcomes)")
            #expect(rig.subject.deadline == nil, "seed \(seed)")
        }
    }

    @Test(arguments: [false, true])
    func `another request of ours has one outcome, and its client transaction always ends`(isReliable: Bool) {
        for seed in Self.seeds {
            var random = Lehmer(seed)
            var rig = Rig { NonInviteClientTransaction(request: [1], isReliable: isReliable, at: $0) }
            var (outcomes, ends) = (0, 0)
            func note(_ actions: [NonInviteClientTransaction.Action], of status: Int?) {
                #expect(ends == 0 || actions.isEmpty, "seed \(seed)")
                ends += actions.count { $0 == .end }
                outcomes += actions.count { $0 == .timedOut || ($0 == .deliver && (status ?? 0) >= 200) }
            }
            for _ in 0..<random.below(30) {
                rig.sleeps(.milliseconds(Int64(random.below(5_000))))
                let status = [100, 200, 401, 503][random.below(4)]
                switch random.below(8) {
                case 0: note(rig.takes(.transportFailed), of: nil)
                case 1, 2: note(rig.takes(.clock), of: nil)
                default: note(rig.takes(.response(status: status)), of: status)
                }
            }
            note(rig.waits(.seconds(65)).map(\.action), of: nil)
            #expect(ends == 1 && outcomes == 1, "seed \(seed)")
            #expect(rig.subject.deadline == nil, "seed \(seed)")
        }
    }
}

/// A generator that repeats (Park–Miller).
struct Lehmer {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed * 48_271 % 2_147_483_647 }

    mutating func below(_ limit: Int) -> Int {
        state = state * 48_271 % 2_147_483_647
        return Int(state) % limit
    }
}
