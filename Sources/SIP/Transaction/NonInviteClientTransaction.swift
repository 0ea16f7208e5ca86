// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The asking side of one request other than INVITE and ACK: repeats it over UDP and hands one final response up.
///
/// The caller sends the request once and makes this; from then on it hands in everything that happens, in order, with
/// the time at which it happened, carries out what is asked for, in order, and wakes it with ``Input/clock`` at
/// ``deadline``. It reads no clock, opens no socket and starts no task.
///
/// Source: RFC 3261 §17.1.2.
public struct NonInviteClientTransaction: Sendable {
    public enum Input: Hashable, Sendable {
        /// A response of this transaction arrived.
        /// - Parameter ack: Always `nil`: the same shape as for an INVITE, so that one place can feed both.
        case response(status: Int, ack: [UInt8]? = nil)
        /// ``NonInviteClientTransaction/deadline`` passed.
        case clock
        /// The request could not be delivered.
        case transportFailed
    }

    public enum Action: Hashable, Sendable {
        case send([UInt8])
        /// The response that was just handed in is news: act on it.
        case deliver
        /// No final response will come: timer F, or the request could not be delivered. To be treated as a 408.
        case timedOut
        /// Forget this transaction.
        case end
    }

    private enum State: Sendable {
        /// Nothing final came yet. The request is repeated over UDP.
        case waiting(Repetition?, giveUp: MonotonicTime)
        /// Answered. Over UDP the answer may come again.
        case completed(until: MonotonicTime)
        case ended
    }

    private var state: State
    private let request: [UInt8]
    private let isReliable: Bool

    /// - Parameters:
    ///   - request: The request as it went out, for its repeats.
    ///   - isReliable: Whether it goes over TCP, TLS or WebSocket.
    ///   - now: When it was sent.
    ///   - t1: The estimate of the round-trip time that all timers are made of (RFC 3261 §17.1.1.1).
    public init(request: [UInt8], isReliable: Bool, at now: MonotonicTime, t1: Duration = .milliseconds(500)) {
        self.request = request
        self.isReliable = isReliable
        let timerE = isReliable ? nil : Repetition(from: now, t1: t1, longest: TransactionTimers.t2)
        self.state = .waiting(timerE, giveUp: now + TransactionTimers.giveUp(t1))
    }

    /// How many bytes it holds.
    public var keptBytes: Int { request.count }

    /// When to hand in ``Input/clock`` next.
    public var deadline: MonotonicTime? {
        switch state {
        case .waiting(let repetition, let giveUp): min(repetition?.next ?? giveUp, giveUp)
        case .completed(let until): until
        case .ended: nil
        }
    }

    /// Takes one input and appends what has to be done about it to the caller's reused buffer.
    public mutating func handle(_ input: Input, at now: MonotonicTime, into actions: inout [Action]) {
        switch (state, input) {
        case (.waiting(var repetition, let giveUp), .response(let status, _)):
            actions.append(.deliver)
            if status < 200 {
                repetition?.slowDown()
                state = .waiting(repetition, giveUp: giveUp)
            } else {
                // Timer K: repeats of the answer that are still under way.
                state = .completed(until: isReliable ? now : now + TransactionTimers.t4)
            }
        case (.waiting(let repetition, let giveUp), .clock):
            repeatOrGiveUp(repetition, giveUp, at: now, into: &actions)
        case (.waiting, .transportFailed):
            actions.append(.timedOut)
            end(into: &actions)
        case (.completed(let until), .clock) where now >= until:
            end(into: &actions)

        // Absorbed. Spelled out, so that a new state or input does not compile until somebody decides.
        case (.completed, .response), (.completed, .clock), (.completed, .transportFailed), (.ended, _):
            break
        }
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
            state = .waiting(repetition, giveUp: giveUp)
        }
    }

    private mutating func end(into actions: inout [Action]) {
        state = .ended
        actions.append(.end)
    }
}
