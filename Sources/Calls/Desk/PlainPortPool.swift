// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives

/// Which ports of ours plain legs have. A leg takes one before its description is written, because it names it; what no leg has
/// any more is taken back (``CallTable``).
///
/// One that was given back rests for as long as packets of its leg may still be on their way: nobody hears the end of another
/// call. Which one comes next is drawn, so that a stranger cannot know it. Only who calls for help does not wait, because whoever
/// calls the business often enough leaves nothing but ports that rest.
struct PlainPortPool: Sendable {
    private struct Resting: Sendable {
        let port: SocketAddress
        let until: MonotonicTime
    }

    private var free: [SocketAddress]
    private var taken: Set<SocketAddress> = []
    /// In the order in which their time is over.
    private var resting: [Resting] = []

    /// - Parameter ranges: One, or one for each version of IP.
    init(_ ranges: [PlainPorts]) {
        free = ranges.flatMap { range in
            (0..<range.pairs).map { SocketAddress(ip: range.address, port: range.port(of: $0)) }
        }
    }

    /// How many are in use.
    var count: Int { taken.count }

    /// Whether there is a port for one more leg.
    mutating func hasFree(towards peer: IPAddress, forHelp isForHelp: Bool = false, at now: MonotonicTime) -> Bool {
        wake(at: now)
        return free.contains { $0.ip.isIPv4 == peer.isIPv4 }
            || (isForHelp && resting.contains { $0.port.ip.isIPv4 == peer.isIPv4 })
    }

    /// Takes a port, of the version of IP of who shall send there.
    ///
    /// - Parameter isForHelp: Whether the one that rests for longest will do where none is free.
    /// - Returns: `nil` when there is none: the leg cannot be.
    mutating func take(
        towards peer: IPAddress,
        forHelp isForHelp: Bool = false,
        at now: MonotonicTime,
        using generator: inout some RandomNumberGenerator
    ) -> SocketAddress? {
        wake(at: now)
        let fitting = free.indices.filter { free[$0].ip.isIPv4 == peer.isIPv4 }
        guard let index = fitting.randomElement(using: &generator) else {
            guard isForHelp, let rested = resting.firstIndex(where: { $0.port.ip.isIPv4 == peer.isIPv4 }) else {
                return nil
            }
            let port = resting.remove(at: rested).port
            taken.insert(port)
            return port
        }
        let port = free[index]
        free.swapAt(index, free.endIndex - 1)
        free.removeLast()
        taken.insert(port)
        return port
    }

    /// Gives a port back. What was not taken, or was given back already, changes nothing.
    mutating func giveBack(_ port: SocketAddress, at now: MonotonicTime) {
        guard taken.remove(port) != nil else { return }
        resting.append(Resting(port: port, until: now + Limits.plainPortRest))
    }

    /// Takes back what no leg has any more.
    mutating func keepOnly(_ used: Set<SocketAddress>, at now: MonotonicTime) {
        for port in taken.subtracting(used) { giveBack(port, at: now) }
    }

    private mutating func wake(at now: MonotonicTime) {
        let rested = resting.prefix { $0.until <= now }
        free += rested.map(\.port)
        resting.removeFirst(rested.count)
    }
}

extension PlainPortPool {
    /// Opens the negotiation of a plain leg, at a port of its own.
    ///
    /// - Parameter address: Where the provider is.
    /// - Returns: `nil` when no port is free.
    mutating func negotiation(
        towards address: IPAddress,
        forHelp isForHelp: Bool = false,
        at now: MonotonicTime,
        using generator: inout some RandomNumberGenerator
    ) -> Negotiation? {
        guard let port = take(towards: address, forHelp: isForHelp, at: now, using: &generator) else { return nil }
        let local = LocalMedia(
            address: port.ip,
            port: port.port,
            rtcpPort: port.port + 1,
            // As ``Desk/negotiation(towards:)`` draws it.
            sessionID: generator.next() >> 2,
            version: 0
        )
        return Negotiation(at: local, protection: .plain)
    }
}

extension Negotiation {
    /// The port that is to be given back when this leg ends; `nil` for one that shares the port of all.
    var plainPort: SocketAddress? {
        protection == .plain ? SocketAddress(ip: local.address, port: local.port) : nil
    }
}
