// SPDX-License-Identifier: Apache-2.0

import Primitives

/// One server of a provider: the connection to it, and what its behaviour has earned it (a circuit breaker).
struct TrunkLine: Sendable {
    enum Phase: Sendable {
        /// Not connected, and not tried again before then.
        case resting(until: MonotonicTime)
        case connecting(TrunkAttempt, giveUp: MonotonicTime)
        case open(Open)
    }

    /// What a connection is good for.
    enum Health: Sendable {
        /// Nothing is sent over it until the question that is out has an answer.
        case checking
        case up
        /// The breaker is open: too many calls failed. At that time it is asked again, and one answer closes the breaker.
        case blocked(until: MonotonicTime)
    }

    struct Open: Sendable {
        let flow: Flow
        var health: Health
        /// Since when calls can go by it; `nil` while they cannot yet.
        var upSince: MonotonicTime?
        /// The OPTIONS without an answer.
        var asked: Question?
        /// When the provider last said something that shows it lives.
        var heard: MonotonicTime
        /// Whether it ever answered an OPTIONS. One that never does is not asked any more when it takes registrations.
        var answersOptions = false
        var isAskedInVain = false
        /// Questions in a row without an answer.
        var silences = 0

        /// Whether it was never seen what it does with an OPTIONS.
        var isUnknown: Bool { !answersOptions && !isAskedInVain }
    }

    struct Question: Sendable {
        let serial: UInt64
        let at: MonotonicTime
    }

    let server: TrunkServer
    var phase: Phase
    /// In a row, since it was up for long enough.
    var failures = 0
    /// Calls and checks in a row that it answered as a broken server does.
    var refusals = 0
    var latency: Duration?
    /// DNS does not know it any more: it is let go when its connection ends.
    var isLeaving = false

    init(_ server: TrunkServer, at now: MonotonicTime) { (self.server, phase) = (server, .resting(until: now)) }

    var open: Open? {
        if case .open(let open) = phase { open } else { nil }
    }

    var isUp: Bool {
        if case .open(let open) = phase, case .up = open.health { true } else { false }
    }

    /// How likely a call for help gets through; `nil` where there is no connection. One that answers that it is broken is better than
    /// one that may be dead.
    var hope: Int? {
        guard case .open(let open) = phase else { return nil }
        return switch open.health {
        case .up: 2
        case .blocked: 1
        case .checking: 0
        }
    }

    /// Whether calls can go by it, or may be able to when an answer has come.
    var isHopeful: Bool {
        switch phase {
        case .resting: false
        case .connecting: true
        case .open(let open): if case .blocked = open.health { false } else { true }
        }
    }

    var isChecking: Bool {
        if case .open(let open) = phase, case .checking = open.health { true } else { false }
    }

    mutating func change(_ change: (inout Open) -> Void) {
        guard case .open(var open) = phase else { return }
        change(&open)
        phase = .open(open)
    }

    /// It answered: whatever it said, it is there.
    mutating func spoke(at now: MonotonicTime) {
        refusals = 0
        change { open in
            (open.heard, open.silences) = (now, 0)
            if case .up = open.health { return }
            (open.health, open.upSince) = (.up, now)
        }
    }

    /// How long it rests after one more failure: twice as long as after the one before, half of it by chance, so that the trunks
    /// of many businesses do not come back at once (RFC 5626 §4.5).
    mutating func rest(
        isLasting: Bool,
        since up: MonotonicTime?,
        at now: MonotonicTime,
        using entropy: Entropy
    ) -> Duration {
        if let up, now - up > Limits.trunkSteady { failures = 0 }
        failures = min(failures + 1, Limits.trunkDoublings)
        return Self.delay(failures, isLasting: isLasting, using: entropy)
    }

    static func delay(_ failures: Int, isLasting: Bool, using entropy: Entropy) -> Duration {
        let base = isLasting ? Limits.trunkLastingRest : Limits.trunkRest
        let most = isLasting ? Limits.trunkLongestLastingRest : Limits.trunkLongestRest
        let whole = min(base * (1 << max(0, failures - 1)), most)
        return whole / 2 + whole / 2_000 * Int(entropy.next() % 1_001)
    }

    /// When something is due by itself; `nil` while it waits for others.
    var deadline: MonotonicTime? {
        switch phase {
        case .resting(let until): until
        case .connecting(_, let giveUp): giveUp
        case .open(let open):
            if let asked = open.asked {
                asked.at + Limits.trunkSilence
            } else {
                switch open.health {
                case .checking: nil
                case .up: open.heard + Limits.trunkIdle
                case .blocked(let until): until
                }
            }
        }
    }
}
