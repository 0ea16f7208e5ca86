// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Primitives
import Synchronization

/// How fast programs may ask: each token, and each source, which is slowed much more by tokens that are good for nothing.
final class ProgramPace: Sendable {
    enum Subject: Hashable {
        case token([UInt8])
        case source(IPAddress)
    }

    /// When the budget of each will be whole again, in nanoseconds; one that is whole is not kept.
    private let debts = Mutex<[Subject: UInt64]>([:])

    func admits(_ subject: Subject, at now: UInt64 = NIODeadline.now().uptimeNanoseconds) -> Bool {
        debts.withLock { debts in
            let start = max(debts[subject] ?? 0, now)
            guard start - now + Self.cost <= Self.most else { return false }
            Self.put(start + Self.cost, subject, in: &debts, at: now)
            return true
        }
    }

    /// A second of waiting for each.
    func punish(_ subject: Subject, at now: UInt64 = NIODeadline.now().uptimeNanoseconds) {
        debts.withLock { debts in
            let start = max(debts[subject] ?? 0, now)
            Self.put(min(start + Self.penalty, now + Self.deepest), subject, in: &debts, at: now)
        }
    }

    private static func put(_ debt: UInt64, _ subject: Subject, in debts: inout [Subject: UInt64], at now: UInt64) {
        if debts[subject] == nil, debts.count >= Limits.pacedPrograms {
            debts = debts.filter { $0.value > now }
            // Whoever is in none of so many is not slowed: tokens cannot be guessed.
            if debts.count >= Limits.pacedPrograms { return }
        }
        debts[subject] = debt
    }

    /// 50 a second, and 100 at once.
    private static let cost: UInt64 = 20_000_000
    private static let most: UInt64 = 2_000_000_000
    private static let penalty: UInt64 = 200_000_000
    private static let deepest: UInt64 = 30_000_000_000
}
