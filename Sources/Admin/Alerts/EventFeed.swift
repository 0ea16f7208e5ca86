// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model

/// Lets somebody read what happens from now on: a live view, a portal. Implemented by `Server`.
public protocol EventFeed: Sendable {
    /// What happens from now on, until the business stops or whoever reads goes away.
    ///
    /// - Parameter limit: Events that may wait for whoever reads, within what the server allows. Who has no room for one loses it,
    ///   and is told how many that were.
    /// - Throws: A refusal when as many read as may.
    func subscribe(limit: Int) throws(Refusal) -> AsyncStream<EventNews>
}

/// What a subscriber reads.
public enum EventNews: Hashable, Sendable {
    case event(Event)
    /// So many are lost to this subscriber, because it read too slowly.
    case missed(Int)
}
