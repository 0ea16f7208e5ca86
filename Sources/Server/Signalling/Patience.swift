// SPDX-License-Identifier: Apache-2.0

import Primitives

/// The time that peers are measured with: it stands still while the loop is behind.
///
/// What a peer sent may lie unread in the kernel while the loop, or the whole machine, is busy with a thousand others; its
/// deadline must not pass then. How far the loop is behind shows in how late its timer fires: a beat that was due comes
/// after everything that was waiting before it.
struct Patience: Sendable {
    /// The next beat; `nil` while nobody is measured.
    private(set) var beat: MonotonicTime?
    /// Nanoseconds in which the loop did not serve, in all.
    private var lost: UInt64 = 0

    /// The present of the peers.
    func served(_ now: MonotonicTime) -> MonotonicTime {
        MonotonicTime(nanoseconds: now.nanoseconds > lost ? now.nanoseconds - lost : 0)
    }

    /// When a moment of theirs will be, unless more is lost until then.
    func moment(_ served: MonotonicTime) -> MonotonicTime {
        MonotonicTime(nanoseconds: served.nanoseconds &+ lost)
    }

    /// Begins to measure, or goes on.
    mutating func begin(at now: MonotonicTime) {
        if beat == nil { beat = now + Limits.beat }
    }

    /// Looks how late it is.
    ///
    /// - Parameter goesOn: Whether somebody is still to be measured.
    mutating func look(at now: MonotonicTime, goesOn: Bool) {
        guard let due = beat, due <= now else { return }
        // A timer that is a little late is a timer.
        if now > due + Limits.beat { lost &+= now.nanoseconds - due.nanoseconds }
        beat = goesOn ? now + Limits.beat : nil
    }
}
