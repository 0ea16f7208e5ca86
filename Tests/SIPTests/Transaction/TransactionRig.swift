// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// What the four transactions have in common, so that one rig can hold any of them.
protocol Transaction: Sendable {
    associatedtype Input: Sendable
    associatedtype Action: Equatable & Sendable
    static var clock: Input { get }
    var deadline: MonotonicTime? { get }
    mutating func handle(_ input: Input, at now: MonotonicTime, into actions: inout [Action])
}

extension InviteServerTransaction: Transaction { static var clock: Input { .clock } }
extension NonInviteServerTransaction: Transaction { static var clock: Input { .clock } }
extension InviteClientTransaction: Transaction { static var clock: Input { .clock } }
extension NonInviteClientTransaction: Transaction { static var clock: Input { .clock } }

/// A transaction on a clock that the test turns.
struct Rig<Subject: Transaction> {
    /// One action and when it was asked for, in milliseconds since the start.
    struct Event: Equatable, CustomStringConvertible {
        let time: Int64
        let action: Subject.Action
        var description: String { "\(time) ms: \(action)" }
    }

    private(set) var subject: Subject
    private(set) var now: MonotonicTime
    private let start: MonotonicTime

    init(_ make: (MonotonicTime) -> Subject) {
        // Not zero: a transaction that forgot its start would show.
        start = MonotonicTime(nanoseconds: 7_000_000_000)
        now = start
        subject = make(start)
    }

    @discardableResult
    mutating func takes(_ input: Subject.Input) -> [Subject.Action] {
        var actions: [Subject.Action] = []
        subject.handle(input, at: now, into: &actions)
        return actions
    }

    /// Lets time pass and wakes the transaction exactly at its deadlines.
    mutating func waits(_ duration: Duration) -> [Event] {
        let end = now + duration
        var events: [Event] = []
        while let deadline = subject.deadline, deadline <= end {
            now = max(now, deadline)
            let actions = takes(Subject.clock)
            events += actions.map { Event(time: elapsed, action: $0) }
            // A clock at the deadline must move it, or a server would spin.
            guard !actions.isEmpty || subject.deadline != deadline else { fatalError("It would spin at its deadline") }
        }
        now = end
        return events
    }

    /// Lets time pass without waking it, as a busy machine would.
    mutating func sleeps(_ duration: Duration) { now = now + duration }

    private var elapsed: Int64 { Int64((now.nanoseconds - start.nanoseconds) / 1_000_000) }
}

extension Rig.Event {
    static func at(_ time: Int64, _ action: Subject.Action) -> Self { Self(time: time, action: action) }
}

extension Answer {
    static let trying = Answer(status: 100, bytes: Array("100".utf8))
    static let ringing = Answer(status: 180, bytes: Array("180".utf8))
    static let ok = Answer(status: 200, bytes: Array("200".utf8))
    static let busy = Answer(status: 486, bytes: Array("486".utf8))
}
