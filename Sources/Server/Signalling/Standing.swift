// SPDX-License-Identifier: Apache-2.0

import Primitives

/// How far a connection has come, and by when it must have come further.
///
/// Only complete messages count: a peer that sends one byte a second stands still.
struct Standing: Sendable {
    enum Phase: Sendable {
        /// Accepted; TLS is being set up.
        case handshake
        /// Secured; nothing was said yet.
        case greeting
        /// It speaks, and has shown no valid credential.
        case stranger
        /// It has.
        case phone
    }

    private(set) var phase: Phase
    /// Whether phones are expected from there.
    private let isExpected: Bool
    let opened: MonotonicTime
    /// When the phase began, or the last complete message in it.
    private var moved: MonotonicTime
    /// When the message began whose end has not come.
    private var begun: MonotonicTime?

    /// - Parameter isExpected: Whether it comes from a site or from where phones have registered before: then it may take
    ///   as long as a thousand others that come at the same time make it take.
    init(opened: MonotonicTime, isSecured: Bool, isExpected: Bool = false) {
        self.isExpected = isExpected
        self.opened = opened
        self.moved = opened
        phase = isSecured ? .greeting : .handshake
    }

    /// When the connection is closed unless it moves before.
    ///
    /// - Parameter haste: What the time of strangers from anywhere is divided by, because their places are nearly all taken.
    func deadline(haste: Int = 1) -> MonotonicTime {
        switch phase {
        case .handshake: return moved + (isExpected ? Limits.expectedHandshake : Limits.handshake)
        case .greeting: return moved + (isExpected ? Limits.expectedFirstMessage : Limits.firstMessage)
        case .stranger:
            let haste = isExpected ? 1 : haste
            let end = min(moved + Limits.strangerIdle / haste, opened + Limits.strangerLifetime / haste)
            return min(end, begun.map { $0 + Limits.wholeMessage } ?? end)
        case .phone: return moved + Limits.phoneIdle
        }
    }

    /// The beginning of a message came.
    mutating func began(at now: MonotonicTime) {
        if begun == nil { begun = now }
    }

    mutating func secured(at now: MonotonicTime) {
        guard phase == .handshake else { return }
        (phase, moved) = (.greeting, now)
    }

    mutating func spoke(at now: MonotonicTime) {
        if phase == .greeting { phase = .stranger }
        (moved, begun) = (now, nil)
    }

    /// A keep-alive (RFC 5626 §4.4.1) says nothing about who sends it, so it only counts from a phone.
    mutating func kept(at now: MonotonicTime) {
        if phase == .phone { moved = now }
    }

    mutating func authenticated(at now: MonotonicTime) {
        (phase, moved) = (.phone, now)
    }
}
