// SPDX-License-Identifier: Apache-2.0

import Calls

/// The connections of one loop by ``FlowID``: one array access, no hashing.
///
/// An identifier is a serial number above a place, so it is never used twice though places are.
struct ConnectionTable {
    /// Bits of the place: more than a million connections.
    private static let placeBits: UInt64 = 20
    /// Identifiers with this bit are datagram peers and never in this table.
    static let datagramBit: UInt64 = 1 << 63

    private var places: [Connection?] = []
    private var free: [Int] = []
    private var serial: UInt64 = 0
    private(set) var count = 0

    /// Makes a connection with a new identifier and keeps it.
    ///
    /// - Returns: `nil` when every place is taken.
    mutating func insert(_ make: (FlowID) -> Connection) -> Connection? {
        guard count < 1 << Self.placeBits else { return nil }
        let place = free.popLast() ?? places.count
        if place == places.count { places.append(nil) }
        serial += 1
        let connection = make(FlowID(rawValue: serial << Self.placeBits | UInt64(place)))
        places[place] = connection
        count += 1
        return connection
    }

    subscript(id: FlowID) -> Connection? {
        let place = Int(id.rawValue & (1 << Self.placeBits - 1))
        guard place < places.count, let connection = places[place], connection.id == id else { return nil }
        return connection
    }

    mutating func remove(_ id: FlowID) {
        guard self[id] != nil else { return }
        let place = Int(id.rawValue & (1 << Self.placeBits - 1))
        places[place] = nil
        free.append(place)
        count -= 1
    }

    var all: [Connection] { places.compactMap { $0 } }
}
