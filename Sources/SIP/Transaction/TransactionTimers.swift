// SPDX-License-Identifier: Apache-2.0

import Primitives

/// The constants that transaction timers are made of, besides T1 (RFC 3261 §17.1.1.1 and table 4).
enum TransactionTimers {
    /// T2: the longest pause between repeats of a request other than INVITE and of an INVITE's final answer.
    static let t2: Duration = .seconds(4)
    /// T4: how long a message stays in the network. Timers I and K over UDP.
    static let t4: Duration = .seconds(5)
    /// Timer D over UDP: at least 32 s, whatever T1 is.
    static let d: Duration = .seconds(32)

    /// Timers B, F, H, J, L and M, and how long a server waits for its own answer.
    static func giveUp(_ t1: Duration) -> Duration { t1 * 64 }
}

/// What is sent again and again over UDP: when next, and after what pause then.
struct Repetition: Sendable {
    private(set) var next: MonotonicTime
    private var pause: Duration
    /// The pause doubles up to here; timer A has no such limit.
    private var longest: Duration?

    /// Timers A, E and G: first after T1.
    init(from now: MonotonicTime, t1: Duration, longest: Duration?) {
        self.next = now + t1
        self.pause = t1
        self.longest = longest
    }

    /// Moves on when its time has come. A clock that comes late finds one repeat due, not all that were missed.
    mutating func isDue(at now: MonotonicTime) -> Bool {
        guard now >= next else { return false }
        pause = longest.map { min(pause * 2, $0) } ?? pause * 2
        next = now + pause
        return true
    }

    /// Timer E once a provisional response has come: T2 from now on (RFC 3261 §17.1.2.2).
    mutating func slowDown() {
        if let longest { pause = longest }
    }
}
