// SPDX-License-Identifier: Apache-2.0

import Primitives

/// The IPv6 peers of a datagram listener, by serial number.
///
/// A table of fixed size in which strangers take the place of strangers: whoever asks gets an answer at once, and after
/// that nobody needs to know where it was. A phone that has shown a valid credential keeps its place for as long as it goes
/// on registering; half of the table is always left to strangers.
struct DatagramPeers {
    private struct Place {
        var serial: UInt64 = 0
        var address: SocketAddress?
        /// Nobody else gets the place before.
        var keptUntil = MonotonicTime(nanoseconds: 0)
    }

    private var places: [Place]
    private var serials: [SocketAddress: UInt64] = [:]
    private var last: UInt64 = 0
    private var kept = 0

    init(capacity: Int) {
        places = Array(repeating: Place(), count: capacity)
    }

    /// The number of a peer, a new one if it has none. The numbers of one peer may differ over time, those of two peers
    /// are never the same.
    ///
    /// - Returns: `nil` when no place is free near the next one: phones have them.
    mutating func serial(of address: SocketAddress, at now: MonotonicTime) -> UInt64? {
        if let serial = serials[address] { return serial }
        for _ in 0..<Limits.datagramPeerTries {
            last += 1
            let index = place(of: last)
            guard places[index].keptUntil <= now else { continue }
            if places[index].keptUntil.nanoseconds > 0 { kept -= 1 }
            if let before = places[index].address { serials[before] = nil }
            places[index] = Place(serial: last, address: address)
            serials[address] = last
            return last
        }
        return nil
    }

    func address(of serial: UInt64) -> SocketAddress? {
        let place = places[place(of: serial)]
        return place.serial == serial ? place.address : nil
    }

    /// Nobody else gets the peer's place before `until`. Without effect once half of the places are kept.
    mutating func keep(_ serial: UInt64, until: MonotonicTime) {
        let index = place(of: serial)
        guard places[index].serial == serial else { return }
        if places[index].keptUntil.nanoseconds == 0 {
            guard kept < places.count / 2 else { return }
            kept += 1
        }
        places[index].keptUntil = until
    }

    private func place(of serial: UInt64) -> Int { Int(serial % UInt64(places.count)) }
}
