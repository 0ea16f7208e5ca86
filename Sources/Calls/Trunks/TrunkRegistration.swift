// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// Our registration at one provider (RFC 3261 §10.2): over one connection at a time.
struct TrunkRegistration: Sendable {
    enum Phase: Sendable {
        case idle
        case asking(Asking)
        /// Refused: not tried again before then.
        case resting(until: MonotonicTime)
    }

    /// A REGISTER on its way.
    struct Asking: Sendable {
        let serial: UInt64
        let flow: FlowID
        let at: MonotonicTime
        /// Challenges that were answered for it.
        let rounds: UInt32
        /// The nonce that it was sent with.
        let nonce: String?
    }

    /// What the provider holds of us.
    struct Held: Sendable {
        let flow: FlowID
        let until: MonotonicTime
        let untilWall: WallTime
        let refresh: MonotonicTime
    }

    var phase = Phase.idle
    var held: Held?
    let callID: String
    let tag: String
    var cseq: UInt32 = 0
    /// What is asked for, in seconds.
    var expires = Limits.trunkExpires
    var serviceRoute: [String] = []
    /// Refusals in a row.
    var failures = 0
    /// Whether the provider let us in when it was last asked. Calls go by the next server before that has been asked too.
    var isAccepted = false

    init(using entropy: Entropy) { (callID, tag) = (entropy.token(), entropy.tag()) }

    /// When something is due by itself.
    var deadline: MonotonicTime? {
        switch phase {
        case .idle: MonotonicTime.earliest(held?.refresh, held?.until)
        case .asking(let asking): asking.at + Limits.trunkSilence
        case .resting(let until): MonotonicTime.earliest(until, held?.until)
        }
    }

    /// The connection is gone: the registration with it. What the provider said of our login still holds.
    mutating func lose(_ flow: FlowID) {
        if held?.flow == flow { held = nil }
        if case .asking(let asking) = phase, asking.flow == flow { phase = .idle }
    }

    mutating func expire(at now: MonotonicTime) {
        guard let held, held.until <= now else { return }
        self.held = nil
        isAccepted = false
    }

    /// The provider took it.
    ///
    /// - Parameter seconds: For how long.
    mutating func hold(on flow: FlowID, seconds: UInt32, at now: Moment, using entropy: Entropy) {
        let range = Limits.trunkExpiresRange
        let seconds = min(max(seconds, range.lowerBound), range.upperBound)
        let whole = Duration.seconds(Int64(seconds))
        // Between a half and three quarters of the time, by chance.
        let refresh = whole / 2 + whole / 4_000 * Int(entropy.next() % 1_001)
        held = Held(
            flow: flow,
            until: now.monotonic + whole,
            untilWall: now.wall + whole,
            refresh: now.monotonic + refresh
        )
        (phase, isAccepted, failures) = (.idle, true, 0)
    }

    /// A REGISTER got no answer. The next server is asked at once, the first time.
    mutating func wasSilent(hasOther: Bool, at now: MonotonicTime, using entropy: Entropy) {
        failures = min(failures + 1, Limits.trunkDoublings)
        let rest = TrunkLine.delay(failures, isLasting: false, using: entropy)
        phase = failures == 1 && hasOther ? .idle : .resting(until: now + rest)
    }

    /// The provider does not let us in.
    mutating func refuse(retryAfter: UInt32?, at now: MonotonicTime, using entropy: Entropy) {
        failures = min(failures + 1, Limits.trunkDoublings)
        let rest = TrunkLine.delay(failures, isLasting: true, using: entropy)
        let asked = Duration.seconds(Int64(min(retryAfter ?? 0, Limits.trunkExpiresRange.upperBound)))
        (phase, isAccepted, held) = (
            .resting(until: now + max(rest, min(asked, Limits.trunkLongestLastingRest))), false, nil
        )
    }
}
