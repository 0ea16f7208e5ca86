// SPDX-License-Identifier: Apache-2.0

/// Transactions that have done their work and only wait for what may come late, by connection, the oldest first, and what
/// they hold. A peer makes as many as it likes, so that there are only so many of a connection: over it the oldest goes
/// early, which nobody notices where nothing gets lost on the way.
///
/// All of them stand in one array, whose places are used again: nothing is allocated for one that comes and goes.
struct KeptTransactions<ID: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        var id: ID
        var bytes: Int
        /// The next younger of its connection; of a free place, the next free one.
        var next = none
    }

    /// Those of one connection.
    private struct Line: Sendable {
        var oldest = none
        var youngest = none
        var count = 0
    }

    private static var none: Int32 { -1 }

    private var entries: [Entry] = []
    private var free = none
    private var lines: [FlowID: Line] = [:]
    /// Of all connections together.
    private(set) var bytes = 0

    /// Adds the youngest, which must not be there yet.
    ///
    /// - Parameter most: How many a connection may have.
    /// - Returns: The one that has to go for it.
    mutating func add(_ id: ID, bytes count: Int, on flow: FlowID, most: Int) -> ID? {
        var line = lines[flow] ?? Line()
        let gone = line.count < most ? nil : removeOldest(of: &line)
        let place = put(Entry(id: id, bytes: count))
        bytes += count
        if line.count == 0 { line.oldest = place } else { entries[Int(line.youngest)].next = place }
        line.youngest = place
        line.count += 1
        lines[flow] = line
        return gone
    }

    mutating func remove(_ id: ID, on flow: FlowID) {
        guard var line = lines[flow] else { return }
        var (before, place) = (Self.none, line.oldest)
        // Mostly the oldest goes.
        while place != Self.none, entries[Int(place)].id != id { (before, place) = (place, entries[Int(place)].next) }
        guard place != Self.none else { return }
        let next = entries[Int(place)].next
        if before == Self.none { line.oldest = next } else { entries[Int(before)].next = next }
        if next == Self.none { line.youngest = before }
        line.count -= 1
        lines[flow] = line.count == 0 ? nil : line
        release(place)
    }

    mutating func removeAll(on flow: FlowID) {
        guard var line = lines.removeValue(forKey: flow) else { return }
        while line.count > 0 { removeOldest(of: &line) }
    }

    // MARK: Places

    @discardableResult
    private mutating func removeOldest(of line: inout Line) -> ID? {
        guard line.count > 0 else { return nil }
        let (place, entry) = (line.oldest, entries[Int(line.oldest)])
        line.oldest = entry.next
        line.count -= 1
        release(place)
        return entry.id
    }

    private mutating func put(_ entry: Entry) -> Int32 {
        guard free != Self.none else {
            entries.append(entry)
            return Int32(entries.count - 1)
        }
        let place = free
        free = entries[Int(place)].next
        entries[Int(place)] = entry
        return place
    }

    private mutating func release(_ place: Int32) {
        bytes -= entries[Int(place)].bytes
        entries[Int(place)].next = free
        free = place
    }
}
