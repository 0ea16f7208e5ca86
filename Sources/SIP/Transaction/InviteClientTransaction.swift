// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The asking side of one INVITE: repeats it over UDP, acknowledges a refusal, and hands responses up.
///
/// The caller sends the request once and makes this; from then on it hands in everything that happens, in order, with
/// the time at which it happened, carries out what is asked for, in order, and wakes it with ``Input/clock`` at
/// ``deadline``. It reads no clock, opens no socket and starts no task.
///
/// How long a phone may ring is not limited here: after a provisional response the phone system decides when to CANCEL.
/// The ACK for a 2xx is the phone system's too (RFC 3261 §13.2.2.4).
///
/// Source: RFC 3261 §17.1.1 with the Accepted state and timer M of RFC 6026 §7.2.
public struct InviteClientTransaction: Sendable {
    public enum Input: Hashable, Sendable {
        /// A response of this transaction arrived.
        /// - Parameter ack: For a refusal, the ACK of RFC 3261 §17.1.1.3, ready for the wire; otherwise `nil`.
        case response(status: Int, ack: [UInt8]?)
        /// ``InviteClientTransaction/deadline`` passed.
        case clock
        /// The INVITE or the ACK could not be delivered.
        case transportFailed
    }

    public enum Action: Hashable, Sendable {
        case send([UInt8])
        /// The response that was just handed in is news: act on it.
        case deliver
        /// No final response will come: timer B, or the INVITE could not be delivered. To be treated as a 408.
        case timedOut
        /// Forget this transaction.
        case end
    }

    private enum State: Sendable {
        /// Nothing came yet. The request is repeated over UDP.
        case calling(Repetition?, giveUp: MonotonicTime)
        case proceeding
        /// Refused and acknowledged. Over UDP the refusal may come again, because the ACK was lost.
        case completed(ack: [UInt8]?, until: MonotonicTime)
        /// Answered. More 2xx are handed up: from another branch, or because our ACK was lost.
        case accepted(until: MonotonicTime)
        case ended
    }

    private var state: State
    private let request: [UInt8]
    private let isReliable: Bool
    private let t1: Duration

    /// - Parameters:
    ///   - request: The INVITE as it went out, for its repeats.
    ///   - isReliable: Whether it goes over TCP, TLS or WebSocket.
    ///   - now: When it was sent.
    ///   - t1: The estimate of the round-trip time that all timers are made of (RFC 3261 §17.1.1.1).
    public init(request: [UInt8], isReliable: Bool, at now: MonotonicTime, t1: Duration = .milliseconds(500)) {
        self.request = request
        self.isReliable = isReliable
        self.t1 = t1
        let timerA = isReliable ? nil : Repetition(from: now, t1: t1, longest: nil)
        self.state = .calling(timerA, giveUp: now + TransactionTimers.giveUp(t1))
    }

    /// When to hand in ``Input/clock`` next.
    public var deadline: MonotonicTime? {
        switch state {
        case .calling(let repetition, let giveUp): min(repetition?.next ?? giveUp, giveUp)
        case .completed(_, let until), .accepted(let until): until
        case .proceeding, .ended: nil
        }
    }

    /// Takes one input and appends what has to be done about it to the caller's reused buffer.
    public mutating func handle(_ input: Input, at now: MonotonicTime, into actions: inout [Action]) {
        switch (state, input) {
        case (.calling, .response(let status, let ack)), (.proceeding, .response(let status, let ack)):
            proceed(with: status, ack: ack, at: now, into: &actions)
        case (.calling(let repetition, let giveUp), .clock):
            repeatOrGiveUp(repetition, giveUp, at: now, into: &actions)
        case (.calling, .transportFailed), (.proceeding, .transportFailed):
            actions.append(.timedOut)
            end(into: &actions)

        case (.completed(let ack, _), .response(let status, _)):
            if status >= 300, let ack { actions.append(.send(ack)) }
        case (.accepted, .response(let status, _)):
            if 200..<300 ~= status { actions.append(.deliver) }
        case (.completed(_, let until), .clock) where now >= until,
            (.accepted(let until), .clock) where now >= until:
            end(into: &actions)
        case (.completed, .transportFailed):
            end(into: &actions)

        // Absorbed. Spelled out, so that a new state or input does not compile until somebody decides.
        case (.proceeding, .clock), (.completed, .clock),
            (.accepted, .clock), (.accepted, .transportFailed),
            (.ended, _):
            break
        }
    }

    private mutating func proceed(
        with status: Int,
        ack: [UInt8]?,
        at now: MonotonicTime,
        into actions: inout [Action]
    ) {
        if status < 200 {
            state = .proceeding
        } else if status < 300 {
            state = .accepted(until: now + TransactionTimers.giveUp(t1))
        } else {
            if let ack { actions.append(.send(ack)) }
            state = .completed(ack: ack, until: isReliable ? now : now + TransactionTimers.d)
        }
        actions.append(.deliver)
    }

    private mutating func repeatOrGiveUp(
        _ repetition: Repetition?,
        _ giveUp: MonotonicTime,
        at now: MonotonicTime,
        into actions: inout [Action]
    ) {
        if now >= giveUp {
            actions.append(.timedOut)
            end(into: &actions)
        } else if var repetition, repetition.isDue(at: now) {
            actions.append(.send(request))
            state = .calling(repetition, giveUp: giveUp)
        }
    }

    private mutating func end(into actions: inout [Action]) {
        state = .ended
        actions.append(.end)
    }
}
