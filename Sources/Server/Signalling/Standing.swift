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
    private let opened: MonotonicTime
    /// When the phase began, or the last complete message in it.
    private var moved: MonotonicTime

    init(opened: MonotonicTime, isSecured: Bool) {
        self.opened = opened
        self.moved = opened
        phase = isSecured ? .greeting : .handshake
    }

    /// When the connection is closed unless it moves before.
    var deadline: MonotonicTime {
        switch phase {
        case .handshake: moved + Limits.handshake
        case .greeting: moved + Limits.firstMessage
        case .stranger: min(moved + Limits.strangerIdle, opened + Limits.strangerLifetime)
        case .phone: moved + Limits.phoneIdle
        }
    }

    mutating func secured(at now: MonotonicTime) {
        guard phase == .handshake else { return }
        (phase, moved) = (.greeting, now)
    }

    mutating func spoke(at now: MonotonicTime) {
        if phase == .greeting { phase = .stranger }
        moved = now
    }

    /// A keep-alive (RFC 5626 §4.4.1) says nothing about who sends it, so it only counts from a phone.
    mutating func kept(at now: MonotonicTime) {
        if phase == .phone { moved = now }
    }

    mutating func authenticated(at now: MonotonicTime) {
        (phase, moved) = (.phone, now)
    }
}
