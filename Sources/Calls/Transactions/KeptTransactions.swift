// SPDX-License-Identifier: Apache-2.0

/// Transactions that have done their work and only wait for what may come late, by connection, the oldest first, and what
/// they hold. A peer makes as many as it likes, so that there are only so many of a connection: over it the oldest goes
/// early, which nobody notices where nothing gets lost on the way.
struct KeptTransactions<ID: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        let id: ID
        let bytes: Int
    }

    /// A ring once it is full: the youngest takes the place of the oldest.
    private struct Ring: Sendable {
        var entries: [Entry] = []
        /// Where the oldest is.
        var first = 0

        mutating func remove(_ id: ID) -> Entry? {
            // Mostly the oldest goes.
            guard
                let index = entries[first...].firstIndex(where: { $0.id == id })
                    ?? entries[..<first].firstIndex(where: { $0.id == id })
            else { return nil }
            let gone = entries.remove(at: index)
            if index < first { first -= 1 }
            if first > 0 {
                entries = Array(entries[first...] + entries[..<first])
                first = 0
            }
            return gone
        }
    }

    private var rings: [FlowID: Ring] = [:]
    /// Of all connections together.
    private(set) var bytes = 0

    /// Adds the youngest, which must not be there yet.
    ///
    /// - Parameter most: How many a connection may have: the same each time.
    /// - Returns: The one that has to go for it.
    mutating func add(_ id: ID, bytes count: Int, on flow: FlowID, most: Int) -> ID? {
        bytes += count
        let gone = Self.add(Entry(id: id, bytes: count), to: &rings[flow, default: Ring()], most: most)
        bytes -= gone?.bytes ?? 0
        return gone?.id
    }

    private static func add(_ entry: Entry, to ring: inout Ring, most: Int) -> Entry? {
        guard ring.entries.count >= most else {
            // Room comes back only by `remove`, which puts the oldest at the front.
            ring.entries.append(entry)
            return nil
        }
        let gone = ring.entries[ring.first]
        ring.entries[ring.first] = entry
        ring.first = ring.first + 1 == ring.entries.count ? 0 : ring.first + 1
        return gone
    }

    mutating func remove(_ id: ID, on flow: FlowID) {
        guard let entry = rings[flow]?.remove(id) else { return }
        bytes -= entry.bytes
        if rings[flow]?.entries.isEmpty == true { rings[flow] = nil }
    }

    mutating func removeAll(on flow: FlowID) {
        for entry in rings.removeValue(forKey: flow)?.entries ?? [] { bytes -= entry.bytes }
    }
}
