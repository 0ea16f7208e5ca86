// SPDX-License-Identifier: Apache-2.0

/// A control of calls, for one business. It learns what happens when it happens, in the order of time.
///
/// A call is tried, then perhaps confirmed, then perhaps answered, then ended. After `refuse` nothing more is said of it.
protocol Detector: SendableMetatype {
    /// Seconds between two calls of ``tick(at:ending:)`` while a call rings or is up; 0 for never.
    var tickPeriod: Int { get }
    /// What people were told since the simulator last took it away.
    var alerts: [Alert] { get set }

    mutating func attempt(_ attempt: Attempt, at now: Instant) -> Verdict
    /// The caller has answered the question; the call rings now.
    mutating func confirmed(_ call: CallID, at now: Instant)
    mutating func answered(_ call: CallID, at now: Instant)
    /// Appends the calls that shall end now. They end at once, and ``ended(_:at:)`` is said of each.
    mutating func tick(at now: Instant, ending cuts: inout [Cut])
    mutating func ended(_ call: CallID, at now: Instant)
    mutating func happened(_ circumstance: Circumstance.Kind, at now: Instant)
}

extension Detector {
    var tickPeriod: Int { 0 }
    mutating func confirmed(_ call: CallID, at now: Instant) {}
    mutating func answered(_ call: CallID, at now: Instant) {}
    mutating func tick(at now: Instant, ending cuts: inout [Cut]) {}
    mutating func ended(_ call: CallID, at now: Instant) {}
    mutating func happened(_ circumstance: Circumstance.Kind, at now: Instant) {}
}
