// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The answering side of one INVITE, from its arrival to the last repeat we absorb.
///
/// Hand it everything that happens, in order, with the time at which it happened; carry out what it asks for, in order;
/// and wake it with ``Input/clock`` at ``deadline``. It reads no clock, opens no socket and starts no task. Costs no
/// allocation but the growth of `actions`.
///
/// After a 2xx it stays to absorb repeats of the INVITE and to hand ACKs up; sending the 2xx again until its ACK comes is
/// the phone system's work (RFC 3261 §13.3.1.4).
///
/// Source: RFC 3261 §17.2.1 with the Accepted state and timer L of RFC 6026 §7.1. A response that could not be delivered
/// does not end it, so that a repeat is not taken for a new call (RFC 6026 §7.1).
public struct InviteServerTransaction: Sendable {
    public enum Input: Hashable, Sendable {
        /// The INVITE arrived again.
        case repeated
        /// The phone system answers: any number of provisional responses, then one final one.
        case answer(Answer)
        /// The ACK that matches this transaction, or after a 2xx its dialog.
        case ack
        /// ``InviteServerTransaction/deadline`` passed.
        case clock
        /// An answer could not be delivered.
        case transportFailed
    }

    public enum Action: Hashable, Sendable {
        case send([UInt8])
        /// An ACK for the 2xx. Comes once per ACK received.
        case acknowledged
        /// Timer H: nobody acknowledged the refusal.
        case timedOut
        /// Forget this transaction.
        case end
    }

    private enum State: Sendable {
        /// Being worked on for as long as the phone system wishes. A repeat gets the latest provisional response.
        case proceeding(latest: [UInt8]?)
        /// Refused. The answer is repeated over UDP until its ACK comes.
        case completed([UInt8], Repetition?, giveUp: MonotonicTime)
        /// The ACK came. More of them are absorbed.
        case confirmed(until: MonotonicTime)
        /// Answered with a 2xx.
        case accepted([UInt8], until: MonotonicTime)
        case ended
    }

    private var state: State = .proceeding(latest: nil)
    private let isReliable: Bool
    private let t1: Duration

    /// - Parameters:
    ///   - isReliable: Whether the INVITE came over TCP, TLS or WebSocket.
    ///   - now: Starts no timer: only the phone system limits how long a call may ring.
    ///   - t1: The estimate of the round-trip time that all timers are made of (RFC 3261 §17.1.1.1).
    public init(isReliable: Bool, at now: MonotonicTime, t1: Duration = .milliseconds(500)) {
        self.isReliable = isReliable
        self.t1 = t1
    }

    /// How many bytes it holds.
    public var keptBytes: Int {
        switch state {
        case .proceeding(let latest): latest?.count ?? 0
        case .completed(let answer, _, _), .accepted(let answer, _): answer.count
        case .confirmed, .ended: 0
        }
    }

    /// When to hand in ``Input/clock`` next.
    public var deadline: MonotonicTime? {
        switch state {
        case .proceeding, .ended: nil
        case .completed(_, let repetition, let giveUp): min(repetition?.next ?? giveUp, giveUp)
        case .confirmed(let until), .accepted(_, let until): until
        }
    }

    /// Takes one input and appends what has to be done about it to the caller's reused buffer.
    public mutating func handle(_ input: Input, at now: MonotonicTime, into actions: inout [Action]) {
        switch (state, input) {
        case (.proceeding, .answer(let answer)):
            proceed(with: answer, at: now, into: &actions)
        case (.proceeding(let latest), .repeated):
            if let latest { actions.append(.send(latest)) }

        case (.completed(let answer, _, _), .repeated):
            actions.append(.send(answer))
        case (.completed, .ack):
            // Timer I: ACKs for the repeats that are still under way.
            state = .confirmed(until: isReliable ? now : now + TransactionTimers.t4)
        case (.completed(let answer, let repetition, let giveUp), .clock):
            repeatOrGiveUp(answer, repetition, giveUp, at: now, into: &actions)

        case (.accepted(let first, _), .answer(let answer)):
            // The 2xx again, from the phone system; another final answer would be a second one.
            if answer.bytes == first { actions.append(.send(first)) }
        case (.accepted(_, let until), .ack):
            // Confirmed: nobody says the 2xx again, so it is not kept.
            state = .accepted([], until: until)
            actions.append(.acknowledged)

        case (.confirmed(let until), .clock) where now >= until,
            (.accepted(_, let until), .clock) where now >= until:
            end(into: &actions)

        // Absorbed. Spelled out, so that a new state or input does not compile until somebody decides.
        case (.proceeding, .ack), (.proceeding, .clock), (.proceeding, .transportFailed),
            (.completed, .answer), (.completed, .transportFailed),
            (.confirmed, _),
            (.accepted, .repeated), (.accepted, .clock), (.accepted, .transportFailed),
            (.ended, _):
            break
        }
    }

    private mutating func proceed(with answer: Answer, at now: MonotonicTime, into actions: inout [Action]) {
        actions.append(.send(answer.bytes))
        let giveUp = now + TransactionTimers.giveUp(t1)
        switch answer.kind {
        case .provisional:
            state = .proceeding(latest: answer.bytes)
        case .success:
            state = .accepted(answer.bytes, until: giveUp)
        case .refusal:
            // Timer G runs over UDP only, timer H everywhere.
            let timerG = isReliable ? nil : Repetition(from: now, t1: t1, longest: TransactionTimers.t2)
            state = .completed(answer.bytes, timerG, giveUp: giveUp)
        }
    }

    private mutating func repeatOrGiveUp(
        _ answer: [UInt8],
        _ repetition: Repetition?,
        _ giveUp: MonotonicTime,
        at now: MonotonicTime,
        into actions: inout [Action]
    ) {
        if now >= giveUp {
            actions.append(.timedOut)
            end(into: &actions)
        } else if var repetition, repetition.isDue(at: now) {
            actions.append(.send(answer))
            state = .completed(answer, repetition, giveUp: giveUp)
        }
    }

    private mutating func end(into actions: inout [Action]) {
        state = .ended
        actions.append(.end)
    }
}
