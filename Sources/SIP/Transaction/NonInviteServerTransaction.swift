// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The answering side of one request other than INVITE, from its arrival to the last repeat we absorb.
///
/// Hand it everything that happens, in order, with the time at which it happened; carry out what it asks for, in order;
/// and wake it with ``Input/clock`` at ``deadline``. It reads no clock, opens no socket and starts no task. Costs no
/// allocation but the growth of `actions`.
///
/// Source: RFC 3261 §17.2.2 with RFC 4320 §4: of the provisional responses only 100 is ever sent, over UDP only once
/// the other side repeats slowly; 408 is never sent, because the other side gives up at the same moment.
public struct NonInviteServerTransaction: Sendable {
    public enum Input: Hashable, Sendable {
        /// The request arrived again.
        case repeated
        /// The phone system answers.
        case answer(Answer)
        /// ``NonInviteServerTransaction/deadline`` passed.
        case clock
        /// An answer could not be delivered.
        case transportFailed
    }

    public enum Action: Hashable, Sendable {
        case send([UInt8])
        /// No answer was found in 64·T1. The other side has given up; whatever still works on this may stop.
        case timedOut
        /// Forget this transaction.
        case end
    }

    private enum State: Sendable {
        /// Being worked on. A repeat says nothing new; one that comes after a 100 gets it again.
        case working(trying: [UInt8]?, giveUp: MonotonicTime)
        /// Answered. Until timer J a repeat gets the same answer.
        case completed([UInt8], until: MonotonicTime)
        case ended
    }

    private var state: State
    private let isReliable: Bool
    private let t1: Duration
    /// T1 + 2·T1 + 4·T1: from here on the other side's timer E stands at T2, and a 100 is worth its datagram
    /// (RFC 4320 §4.1).
    private let slow: MonotonicTime

    /// - Parameters:
    ///   - isReliable: Whether the request came over TCP, TLS or WebSocket.
    ///   - t1: The estimate of the round-trip time that all timers are made of (RFC 3261 §17.1.1.1).
    public init(isReliable: Bool, at now: MonotonicTime, t1: Duration = .milliseconds(500)) {
        self.isReliable = isReliable
        self.t1 = t1
        self.slow = isReliable ? now : now + t1 * 7
        self.state = .working(trying: nil, giveUp: now + TransactionTimers.giveUp(t1))
    }

    /// How many bytes it holds.
    public var keptBytes: Int {
        switch state {
        case .working(let trying, _): trying?.count ?? 0
        case .completed(let answer, _): answer.count
        case .ended: 0
        }
    }

    /// When to hand in ``Input/clock`` next.
    public var deadline: MonotonicTime? {
        switch state {
        case .working(_, let giveUp): giveUp
        case .completed(_, let until): until
        case .ended: nil
        }
    }

    /// Takes one input and appends what has to be done about it to the caller's reused buffer.
    public mutating func handle(_ input: Input, at now: MonotonicTime, into actions: inout [Action]) {
        switch (state, input) {
        case (.working(_, let giveUp), .answer(let answer)):
            work(with: answer, giveUp, at: now, into: &actions)
        case (.working(let trying, _), .repeated):
            if let trying { actions.append(.send(trying)) }
        case (.working(_, let giveUp), .clock) where now >= giveUp:
            actions.append(.timedOut)
            end(into: &actions)
        case (.working, .transportFailed):
            // An answer would reach nobody, and a repeat would come over another connection with its own transaction.
            actions.append(.timedOut)
            end(into: &actions)

        case (.completed(let answer, _), .repeated):
            actions.append(.send(answer))
        case (.completed(_, let until), .clock) where now >= until:
            end(into: &actions)
        case (.completed, .transportFailed):
            end(into: &actions)

        // Absorbed. Spelled out, so that a new state or input does not compile until somebody decides.
        case (.working, .clock), (.completed, .answer), (.completed, .clock), (.ended, _):
            break
        }
    }

    private mutating func work(
        with answer: Answer,
        _ giveUp: MonotonicTime,
        at now: MonotonicTime,
        into actions: inout [Action]
    ) {
        switch answer.kind {
        case .provisional:
            guard answer.status == 100, now >= slow else { return }
            actions.append(.send(answer.bytes))
            state = .working(trying: answer.bytes, giveUp: giveUp)
        case .success, .refusal:
            guard answer.status != 408, now < giveUp else {
                actions.append(.timedOut)
                return end(into: &actions)
            }
            actions.append(.send(answer.bytes))
            // Timer J: over UDP the other side repeats until it has heard the answer.
            state = .completed(answer.bytes, until: isReliable ? now : now + TransactionTimers.giveUp(t1))
        }
    }

    private mutating func end(into actions: inout [Action]) {
        state = .ended
        actions.append(.end)
    }
}
