// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// What one input sets off: the time it came at, and everything that is to be done because of it.
///
/// Handed `inout` through everything that takes part. Whoever runs the ``Switchboard`` may keep one turn and begin it anew
/// for each input, so that the storage of the actions is allocated once.
public struct Turn: Sendable {
    /// The same for all that happens in the turn.
    public private(set) var now: Moment
    /// What is wanted, in order. Whoever carries it out empties it.
    public var actions: [Action] = []

    public init(at now: Moment) { self.now = now }

    /// Takes the next input. What is left of the actions stays.
    public mutating func begin(at now: Moment) { self.now = now }
}

extension Turn {
    /// Notes something that a message did, for those who look after security.
    ///
    /// - Parameter subject: Whom it is about, where that is known.
    mutating func report(
        _ kind: SecurityEventKind,
        _ message: Message,
        _ flow: Flow,
        subject: EventSubject? = nil,
        detail: String? = nil
    ) {
        let client = message.first(.userAgent).map { printable(message, $0) } ?? "no client name"
        let event = SecurityEvent(
            at: now.wall,
            kind: kind,
            source: .address(flow.remote.ip),
            subject: subject,
            detail: detail ?? "\(message.method?.text ?? "response") over \(flow.transport.rawValue), \(client)",
            count: 1
        )
        actions.append(.report(event))
    }
}
