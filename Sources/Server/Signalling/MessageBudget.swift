// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// How many messages and how many bytes one login may send, over all of its connections together, or all logins of one
/// business.
///
/// The generic cell rate algorithm (ITU-T I.371): a token bucket in eight bytes, which keeps the moment at which the
/// bucket will be full again. Debt is what makes a login wait, so it is kept, up to ``Limits/longestPause``.
struct MessageBudget: Sendable {
    private struct Bucket: Sendable {
        /// Nanoseconds until one more is there, and until all are.
        let interval: UInt64
        let capacity: UInt64
        var full: UInt64 = 0

        init(perSecond: Int, burst: Int) {
            interval = 1_000_000_000 / UInt64(perSecond)
            capacity = interval * UInt64(burst)
        }

        mutating func take(_ count: Int, at now: UInt64) {
            let end = max(full, now) &+ UInt64(count) &* interval
            full = min(end, now &+ capacity &+ Limits.longestPause.nanoseconds)
        }

        /// Nanoseconds until `count` more are there.
        func wait(for count: UInt64, at now: UInt64) -> UInt64 {
            let start = now &+ capacity &- count &* interval
            return full > start ? full - start : 0
        }
    }

    private var messages: Bucket
    private var bytes: Bucket

    private init(_ messages: Bucket, _ bytes: Bucket) { (self.messages, self.bytes) = (messages, bytes) }

    static var login: MessageBudget {
        MessageBudget(
            Bucket(perSecond: Limits.phoneRate, burst: Limits.phoneBurst),
            Bucket(perSecond: Limits.phoneByteRate, burst: Limits.phoneByteBurst)
        )
    }

    /// Of one trunk: the calls of a whole business come over it.
    static var trunk: MessageBudget {
        MessageBudget(
            Bucket(perSecond: Limits.trunkRate, burst: Limits.trunkBurst),
            Bucket(perSecond: Limits.trunkByteRate, burst: Limits.trunkByteBurst)
        )
    }

    /// Of the phones of one of several businesses.
    static var business: MessageBudget {
        MessageBudget(
            Bucket(perSecond: Limits.businessRate, burst: Limits.businessBurst),
            Bucket(perSecond: Limits.businessByteRate, burst: Limits.businessByteBurst)
        )
    }

    /// Pays for one message.
    ///
    /// - Parameter length: Of the message, in bytes.
    /// - Returns: Until when nothing more is read; `nil` when the next one may come.
    mutating func spend(_ length: Int, at now: MonotonicTime) -> MonotonicTime? {
        messages.take(1, at: now.nanoseconds)
        bytes.take(length, at: now.nanoseconds)
        let wait = max(messages.wait(for: 1, at: now.nanoseconds), bytes.wait(for: 0, at: now.nanoseconds))
        guard wait > 0 else { return nil }
        return MonotonicTime(nanoseconds: now.nanoseconds &+ max(wait, Limits.phonePause.nanoseconds))
    }

    func isFull(at now: MonotonicTime) -> Bool { max(messages.full, bytes.full) <= now.nanoseconds }
}

/// What one login has left, shared by its connections: eight of them say no more than one.
///
/// Belongs to the loop.
final class LoginBudget {
    var budget: MessageBudget
    fileprivate var connections = 0
    private var untold = 0
    private var toldNext = MonotonicTime(nanoseconds: 0)

    init(_ budget: MessageBudget = .login) { self.budget = budget }

    /// Counts a pause. Building an event costs more than the pause itself, so one is built for those of a second.
    ///
    /// - Returns: How many are to be told; `nil` when they wait for the next one.
    func pausesToTell(at now: MonotonicTime) -> Int? {
        untold += 1
        guard now >= toldNext else { return nil }
        defer { untold = 0 }
        toldNext = now + .seconds(1)
        return untold
    }
}

/// The budgets of logins, for as long as a connection has one or it is not full: who hangs up and comes back has spent
/// what they spent.
struct LoginBudgets {
    /// Of a phone that showed its credential, or a provider: there are no more than these.
    enum Login: Hashable {
        case phone(DeviceID)
        case trunk(TrunkName)
    }

    private var budgets: [Login: LoginBudget] = [:]
    private var afterTidying = 0

    var count: Int { budgets.count }

    mutating func enter(_ login: Login, _ whole: MessageBudget = .login, at now: MonotonicTime) -> LoginBudget {
        let budget = budgets[login] ?? LoginBudget(whole)
        budget.connections += 1
        if budgets.updateValue(budget, forKey: login) == nil { tidy(at: now) }
        return budget
    }

    mutating func leave(_ budget: LoginBudget) { budget.connections -= 1 }

    private mutating func tidy(at now: MonotonicTime) {
        guard budgets.count > 2 * afterTidying + Limits.fewBudgets else { return }
        budgets = budgets.filter { $0.value.connections > 0 || !$0.value.budget.isFull(at: now) }
        afterTidying = budgets.count
    }
}

extension Duration {
    /// Of a limit, which is none of the negative ones.
    fileprivate var nanoseconds: UInt64 {
        UInt64(components.seconds) * 1_000_000_000 + UInt64(components.attoseconds / 1_000_000_000)
    }
}
