// SPDX-License-Identifier: Apache-2.0

import Primitives

/// Which legs a packet that arrives on one port can belong to: those locked to its source, and those that wait for
/// their first packet or for a new source. Legs are slots of the relay.
struct SourceTable: Sendable {
    /// The legs that wait, by what makes a stranger's packet likely to be theirs.
    enum Tier: Sendable, CaseIterable {
        /// SDP named this very address and port.
        case named
        /// Their signalling comes from this host: phones behind address translation, whose SDP cannot know the port.
        case signalling
        /// Everybody else: signalling and media leave the phone's network by different ways.
        case anyone

        /// Whether a leg that waits comes up in this tier first, and not once more after an earlier one.
        func isFirst(for leg: Leg.Whereabouts?, _ source: SocketAddress) -> Bool {
            guard let leg else { return false }
            return switch self {
            case .named: true
            case .signalling: leg.named != source
            case .anyone: leg.named != source && leg.host != source.ip
            }
        }
    }

    /// What a source is to a leg that it belongs to.
    enum Residence: Sendable, CaseIterable { case locked, former }

    private(set) var locked: AddressIndex
    /// Where legs were locked before.
    private(set) var former: AddressIndex
    private var named: AddressIndex
    private var signalling: AddressIndex
    private var anyone: AddressIndex

    init(slots: Int, using generator: inout some RandomNumberGenerator) {
        locked = AddressIndex(slots: slots, seed: generator.next())
        former = AddressIndex(slots: slots, seed: generator.next())
        named = AddressIndex(slots: slots, seed: generator.next())
        signalling = AddressIndex(slots: slots, seed: generator.next())
        anyone = AddressIndex(slots: slots, seed: generator.next())
    }

    /// Lets `slot` wait for a packet from a source that it is not locked to.
    mutating func wait(_ slot: Int, named address: SocketAddress?, signalling host: IPAddress) {
        if let address { named.insert(slot, under: address) }
        signalling.insert(slot, under: Self.key(host))
        anyone.insert(slot, under: Self.everywhere)
    }

    /// `slot` waits no longer.
    mutating func settle(_ slot: Int) {
        named.remove(slot)
        signalling.remove(slot)
        anyone.remove(slot)
    }

    /// - Parameter earlier: Where packets of the leg may still come from. With as many there as one address may have
    ///   legs, it is not found there.
    mutating func lock(_ slot: Int, to source: SocketAddress, before earlier: SocketAddress?) {
        locked.insert(slot, under: source)
        former.remove(slot)
        guard let earlier, former.count(earlier, upTo: RelayLimits.legsPerSource) < RelayLimits.legsPerSource else {
            return
        }
        former.insert(slot, under: earlier)
    }

    /// `slot` is closed, or about to be put in its places anew.
    mutating func forget(_ slot: Int) {
        locked.remove(slot)
        former.remove(slot)
        settle(slot)
    }

    /// The leg that should be tried next for a packet from `source`.
    func candidate(_ tier: Tier, for source: SocketAddress) -> Int? {
        switch tier {
        case .named: named.first(source)
        case .signalling: signalling.first(Self.key(source.ip))
        case .anyone: anyone.first(Self.everywhere)
        }
    }

    /// A try failed: the next packet begins with another leg.
    mutating func postpone(_ slot: Int, in tier: Tier) {
        switch tier {
        case .named: named.moveToBack(slot)
        case .signalling: signalling.moveToBack(slot)
        case .anyone: anyone.moveToBack(slot)
        }
    }

    /// A leg that is, or was, at the source of a packet.
    func resident(_ residence: Residence, at source: SocketAddress) -> Int? {
        switch residence {
        case .locked: locked.first(source)
        case .former: former.first(source)
        }
    }

    func resident(_ residence: Residence, after slot: Int) -> Int? {
        switch residence {
        case .locked: locked.next(after: slot)
        case .former: former.next(after: slot)
        }
    }

    /// A try failed: the next packet begins with another leg.
    mutating func postpone(_ slot: Int, in residence: Residence) {
        switch residence {
        case .locked: locked.moveToBack(slot)
        case .former: former.moveToBack(slot)
        }
    }

    private static let everywhere = key(IPAddress(high: 0, low: 0))

    private static func key(_ host: IPAddress) -> SocketAddress { SocketAddress(ip: host, port: 0) }
}

extension MediaPort {
    /// Where the table of this port is.
    var number: Int {
        switch self {
        case .rtp: 0
        case .rtcp: 1
        }
    }
}
