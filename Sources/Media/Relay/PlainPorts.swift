// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The UDP ports of one address of ours that audio without encryption may come to: a pair for each leg, RTP on the even one,
/// RTCP on the one above (RFC 3550 §11).
///
/// Nothing in such a packet proves whose it is, so that no two legs share a port. A socket is open only as long as its leg.
public struct PlainPorts: Hashable, Sendable {
    /// Of this machine, as descriptions name it.
    public let address: IPAddress
    /// RTP of the first pair, even.
    public let first: UInt16
    /// How many legs there can be at once, at least 1.
    public let pairs: Int

    /// - Parameter ports: An odd first and an even last one are left out.
    /// - Returns: `nil` without room for one pair.
    public init?(address: IPAddress, ports: ClosedRange<UInt16>) {
        let first = Int(ports.lowerBound) + Int(ports.lowerBound & 1)
        let pairs = (Int(ports.upperBound) - first + 1) / 2
        guard first > 0, pairs > 0, let start = UInt16(exactly: first) else { return nil }
        (self.address, self.first, self.pairs) = (address, start, pairs)
    }

    /// The part of one of several businesses that share the address, none of them in another's.
    ///
    /// - Returns: `nil` when there are fewer pairs than businesses.
    public func share(of number: Int, among businesses: Int) -> PlainPorts? {
        let size = businesses > 0 ? pairs / businesses : 0
        guard size > 0, number >= 0, number < businesses else { return nil }
        let start = port(of: number * size)
        return PlainPorts(address: address, ports: start...(start + UInt16(2 * size - 1)))
    }

    /// RTP of a pair.
    ///
    /// - Precondition: `pair` is one of 0..<``pairs``.
    public func port(of pair: Int) -> UInt16 {
        precondition(pair >= 0 && pair < pairs, "a pair of the range")
        return first + UInt16(2 * pair)
    }

    /// Which pair begins at an address; `nil` for one that is not of these.
    public func pair(at rtp: SocketAddress) -> Int? {
        guard rtp.ip == address, rtp.port >= first, (rtp.port - first) % 2 == 0 else { return nil }
        let pair = Int(rtp.port - first) / 2
        return pair < pairs ? pair : nil
    }
}

/// One socket of a plain leg.
public struct PlainSocket: Hashable, Sendable {
    // Small, because what becomes of every packet is told with room for one.
    private let number: UInt16
    public let port: MediaPort

    /// Counted through all ranges of the relay, from 0.
    public var pair: Int { Int(number) }

    /// - Parameter pair: One that is none of 0…65,535 is the last of these, which no leg has.
    public init(pair: Int, port: MediaPort) { (number, self.port) = (UInt16(exactly: pair) ?? .max, port) }
}

/// What the owner of the sockets has to do after a ``RelayCommand``.
public enum PlainPortChange: Hashable, Sendable {
    /// Bind RTP at `rtp` and RTCP at the port above. Where that fails, the relay has to be closed.
    case open(pair: Int, rtp: SocketAddress, RelayID)
    case close(pair: Int)
}
