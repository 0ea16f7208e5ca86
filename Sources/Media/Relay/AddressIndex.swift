// SPDX-License-Identifier: Apache-2.0

import Primitives

/// Which slots stand under an address: hash chains in arrays, sized once.
///
/// Several slots may stand under one address (a gateway, a phone with two calls), so this is a chained table. The hash
/// is seeded: whoever chooses addresses does not choose chains. A slot is in the index once or not at all; insertion,
/// removal and look-up are O(1) and do not allocate.
struct AddressIndex: Sendable {
    private var heads: [Int32]
    private var tails: [Int32]
    private var links: [Link]
    private let mask: Int
    private let seed: UInt64

    private struct Link: Sendable {
        var key = SocketAddress(ip: IPAddress(high: 0, low: 0), port: 0)
        var next = Self.none
        var previous = Self.none
        var isLinked = false
        static let none: Int32 = -1
    }

    /// - Parameter slots: Slots are numbered from 0 up to this.
    init(slots: Int, seed: UInt64) {
        var buckets = 1
        while buckets < slots * 2 { buckets *= 2 }
        heads = Array(repeating: Link.none, count: buckets)
        tails = heads
        links = Array(repeating: Link(), count: slots)
        mask = buckets - 1
        self.seed = seed | 1
    }

    /// The first slot under `key`.
    func first(_ key: SocketAddress) -> Int? { search(from: heads[bucket(key)], key) }

    /// The slot after `slot` under the same key.
    func next(after slot: Int) -> Int? { search(from: links[slot].next, links[slot].key) }

    /// How many slots stand under `key`, counted up to `limit`.
    func count(_ key: SocketAddress, upTo limit: Int) -> Int {
        var count = 0
        var slot = first(key)
        while let found = slot, count < limit {
            count += 1
            slot = next(after: found)
        }
        return count
    }

    /// Puts `slot` under `key`, in front of the others; where it stood before, it no longer stands.
    mutating func insert(_ slot: Int, under key: SocketAddress) {
        remove(slot)
        let bucket = bucket(key)
        let following = heads[bucket]
        links[slot] = Link(key: key, next: following, isLinked: true)
        heads[bucket] = Int32(slot)
        if following == Link.none { tails[bucket] = Int32(slot) } else { links[Int(following)].previous = Int32(slot) }
    }

    mutating func remove(_ slot: Int) {
        let link = links[slot]
        guard link.isLinked else { return }
        let bucket = bucket(link.key)
        if link.previous == Link.none { heads[bucket] = link.next } else { links[Int(link.previous)].next = link.next }
        if link.next == Link.none {
            tails[bucket] = link.previous
        } else {
            links[Int(link.next)].previous = link.previous
        }
        links[slot] = Link()
    }

    /// Moves `slot` behind the others, so that the next look-up begins with another one.
    mutating func moveToBack(_ slot: Int) {
        guard links[slot].isLinked, links[slot].next != Link.none else { return }
        let key = links[slot].key
        remove(slot)
        let bucket = bucket(key)
        let last = tails[bucket]
        links[slot] = Link(key: key, previous: last, isLinked: true)
        tails[bucket] = Int32(slot)
        if last == Link.none { heads[bucket] = Int32(slot) } else { links[Int(last)].next = Int32(slot) }
    }

    private func search(from start: Int32, _ key: SocketAddress) -> Int? {
        var slot = start
        while slot != Link.none {
            if links[Int(slot)].key == key { return Int(slot) }
            slot = links[Int(slot)].next
        }
        return nil
    }

    private func bucket(_ key: SocketAddress) -> Int {
        Int(truncatingIfNeeded: SeededHash.of(key, seed: seed)) & mask
    }
}

/// A keyed hash of addresses: a few multiplications, for tables on the path of every packet.
enum SeededHash {
    static func of(_ key: SocketAddress, seed: UInt64) -> UInt64 {
        fold(fold(key.ip.high ^ seed, 0x9E37_79B9_7F4A_7C15) ^ key.ip.low, seed ^ UInt64(key.port) << 40)
    }

    /// Both halves of the product, mixed: no bit of either factor is lost.
    private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b | 1)
        return product.high ^ product.low
    }
}
