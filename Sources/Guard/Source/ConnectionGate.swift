// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Counts connections, so that those of strangers never take the places of phones that have proved who they are, nor those
/// that are kept for where phones are expected from.
///
/// Every connection begins as a stranger's. `Server` closes the ones that do not authenticate in time, and the one that has
/// shown least for longest when there is no room for the next (``Answer/crowded``).
public struct ConnectionGate: Sendable {
    public struct Caps: Sendable {
        public var perStranger = Limits.strangerConnections
        public var perKnown = Limits.knownConnections
        public var perSite = Limits.siteConnections
        public var authenticatedPerSource = Limits.authenticatedConnections
        public var total = Limits.connections
        public var reservedForAuthenticated = Limits.reservedConnections
        public var reservedForSites = Limits.reservedSiteConnections
        /// Of what is reserved for sites, what known sources may take beside strangers.
        public var reservedForKnown = Limits.reservedKnownConnections

        public init() {}

        /// Places of those that have not authenticated, and of them those that are not kept for anybody.
        public var strangers: Int { total - reservedForAuthenticated }
        public var unreserved: Int { strangers - reservedForSites }
    }

    /// Where a connection comes from, which decides what places it may take. It keeps the one it took.
    public enum Origin: Hashable, Sendable {
        /// Anywhere.
        case anywhere
        /// Where phones logged in of late, as ``KnownSources`` says.
        case known
        /// A network that the owner named.
        case site
    }

    /// What becomes of a connection.
    public enum Answer: Hashable, Sendable {
        /// It is counted until ``ConnectionGate/closed(_:_:wasAuthenticated:)``.
        case admitted
        /// Somebody has to go first who has shown no credential.
        case crowded
        /// The same, of the same source.
        case crowdedSource
        case refused
    }

    private struct Count {
        var unauthenticated = 0
        var authenticated = 0
    }

    private let caps: Caps
    /// Networks that phones sit in.
    public var sites: [IPPrefix]
    /// At most one entry per open connection, so `caps.total` bounds it.
    private var sources: [IPAddress: Count]
    /// Connections without a credential of wider IPv6 networks: at most two entries per open connection.
    private var networks: [IPv6Network: Int] = [:]
    private var counts: [Origin: Int] = [:]
    public private(set) var unauthenticated = 0
    public private(set) var authenticated = 0

    public init(sites: [IPPrefix] = [], caps: Caps = Caps()) {
        (self.sites, self.caps) = (sites, caps)
        sources = Dictionary(minimumCapacity: min(caps.total, 4_096))
    }

    /// Connections without a credential that come from where nobody is expected.
    public var outsiders: Int { counts[.anywhere, default: 0] }

    public func origin(of source: IPAddress, isKnown: Bool) -> Origin {
        if sites.contains(where: { $0.contains(source) }) { return .site }
        return isKnown ? .known : .anywhere
    }

    /// Whether one more connection may be accepted from there.
    public mutating func admit(_ source: IPAddress, as origin: Origin = .anywhere) -> Answer {
        guard !isFull(for: source, origin) else { return origin == .known ? .crowdedSource : .refused }
        let (outsiders, known) = (self.outsiders, counts[.known, default: 0])
        let hasRoom =
            switch origin {
            case .anywhere: outsiders < caps.unreserved
            case .known: outsiders + known < caps.unreserved + caps.reservedForKnown
            case .site: true
            }
        guard hasRoom, unauthenticated < caps.strangers, unauthenticated + authenticated < caps.total else {
            return unauthenticated > 0 ? .crowded : .refused
        }
        sources[source.accountable, default: Count()].unauthenticated += 1
        count(source, origin, 1)
        return .admitted
    }

    /// Whether the source, or a wider network that one owner may hold, has its share of connections without a credential.
    private func isFull(for source: IPAddress, _ origin: Origin) -> Bool {
        let cap =
            switch origin {
            case .anywhere: caps.perStranger
            case .known: caps.perKnown
            case .site: caps.perSite
            }
        if sources[source.accountable, default: Count()].unauthenticated >= cap { return true }
        guard origin != .site else { return false }
        return IPv6Network.around(source).contains { networks[$0, default: 0] >= cap * $0.share }
    }

    private mutating func count(_ source: IPAddress, _ origin: Origin, _ change: Int) {
        unauthenticated += change
        counts[origin, default: 0] += change
        guard origin != .site else { return }
        for network in IPv6Network.around(source) {
            let count = networks[network, default: 0] + change
            networks[network] = count > 0 ? count : nil
        }
    }

    /// A connection that was admitted has authenticated: its place among the strangers is free again.
    ///
    /// - Returns: `false` when its source already has its share of authenticated ones; it stays counted as a stranger's.
    @discardableResult
    public mutating func authenticated(_ source: IPAddress, _ origin: Origin = .anywhere) -> Bool {
        let key = source.accountable
        guard let known = sources[key], known.unauthenticated > 0, known.authenticated < caps.authenticatedPerSource
        else { return false }
        sources[key] = Count(unauthenticated: known.unauthenticated - 1, authenticated: known.authenticated + 1)
        count(source, origin, -1)
        authenticated += 1
        return true
    }

    /// - Parameters:
    ///   - origin: What it was admitted as.
    ///   - wasAuthenticated: What ``authenticated(_:_:)`` answered for this connection; `false` where it never was asked.
    public mutating func closed(_ source: IPAddress, _ origin: Origin = .anywhere, wasAuthenticated: Bool) {
        let key = source.accountable
        guard var held = sources[key] else { return }
        if wasAuthenticated, held.authenticated > 0 {
            held.authenticated -= 1
            authenticated -= 1
        } else if !wasAuthenticated, held.unauthenticated > 0 {
            held.unauthenticated -= 1
            count(source, origin, -1)
        }
        sources[key] = held.unauthenticated + held.authenticated == 0 ? nil : held
    }
}

/// A network that one owner of IPv6 addresses may hold beside single /64s, each of which counts as a source.
struct IPv6Network: Hashable {
    private let high: UInt64
    private let length: UInt8

    /// How many sources' shares it has: a home line gets a /56, a company or a rented machine a /48.
    var share: Int { length == 56 ? Limits.sourcesPer56 : Limits.sourcesPer48 }

    /// The /56 and the /48 around an IPv6 address; none around an IPv4 address.
    static func around(_ source: IPAddress) -> [IPv6Network] {
        guard !source.isIPv4 else { return [] }
        return [
            IPv6Network(high: source.high & ~0xFF, length: 56), IPv6Network(high: source.high & ~0xFFFF, length: 48),
        ]
    }
}
