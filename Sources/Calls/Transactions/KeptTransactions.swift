// SPDX-License-Identifier: Apache-2.0

/// Transactions that have done their work and only wait for what may come late, by connection, the oldest first, and what
/// they hold. A peer makes as many as it likes, so that there are only so many of a connection: over it the oldest goes
/// early, which nobody notices where nothing gets lost on the way.
struct KeptTransactions<ID: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        let id: ID
        let bytes: Int
    }

    private var entries: [FlowID: [Entry]] = [:]
    /// Of all connections together.
    private(set) var bytes = 0

    /// Adds the youngest.
    ///
    /// - Parameter most: How many a connection may have.
    /// - Returns: The ones that have to go for it.
    mutating func add(_ id: ID, bytes count: Int, on flow: FlowID, most: Int) -> [ID] {
        // One that answers again is there once.
        remove(id, on: flow)
        entries[flow, default: []].append(Entry(id: id, bytes: count))
        bytes += count
        // In place: a list that somebody else holds as well is copied when it changes.
        guard let surplus = entries[flow].map({ $0.count - most }), surplus > 0 else { return [] }
        let gone = Array(entries[flow]?.prefix(surplus) ?? [])
        entries[flow]?.removeFirst(surplus)
        for entry in gone { bytes -= entry.bytes }
        return gone.map(\.id)
    }

    mutating func remove(_ id: ID, on flow: FlowID) {
        guard let index = entries[flow]?.firstIndex(where: { $0.id == id }),
            let entry = entries[flow]?.remove(at: index)
        else { return }
        bytes -= entry.bytes
        if entries[flow]?.isEmpty == true { entries[flow] = nil }
    }

    mutating func removeAll(on flow: FlowID) {
        for entry in entries.removeValue(forKey: flow) ?? [] { bytes -= entry.bytes }
    }
}
