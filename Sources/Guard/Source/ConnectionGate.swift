// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Counts connections, so that those of strangers never take the places of phones that have proved who they are.
///
/// Every connection begins as a stranger's. `Server` closes the ones that do not authenticate in time.
public struct ConnectionGate: Sendable {
    public struct Caps: Sendable {
        public var perStranger = Limits.strangerConnections
        public var perKnown = Limits.knownConnections
        public var perSite = Limits.siteConnections
        public var authenticatedPerSource = Limits.authenticatedConnections
        public var total = Limits.connections
        public var reservedForAuthenticated = Limits.reservedConnections
        public var reservedForSites = Limits.reservedSiteConnections

        public init() {}
    }

    private struct Count {
        var unauthenticated = 0
        var authenticated = 0
    }

    private let caps: Caps
    private let sites: [IPPrefix]
    /// At most one entry per open connection, so `caps.total` bounds it.
    private var sources: [IPAddress: Count]
    public private(set) var unauthenticated = 0
    public private(set) var authenticated = 0

    public init(sites: [IPPrefix] = [], caps: Caps = Caps()) {
        (self.sites, self.caps) = (sites, caps)
        sources = Dictionary(minimumCapacity: min(caps.total, 4_096))
    }

    /// Whether one more connection may be accepted from there. When it may, it is counted until
    /// ``closed(_:wasAuthenticated:)``.
    ///
    /// - Parameter isKnown: Whether phones have registered from there, as ``KnownSources`` says.
    public mutating func admit(_ source: IPAddress, isKnown: Bool = false) -> Bool {
        let isSite = sites.contains { $0.contains(source) }
        let places = caps.total - caps.reservedForAuthenticated - (isSite ? 0 : caps.reservedForSites)
        guard unauthenticated + authenticated < caps.total, unauthenticated < places else { return false }
        let key = source.accountable
        let count = sources[key] ?? Count()
        let cap = isSite ? caps.perSite : isKnown ? caps.perKnown : caps.perStranger
        guard count.unauthenticated < cap else { return false }
        sources[key, default: Count()].unauthenticated += 1
        unauthenticated += 1
        return true
    }

    /// A connection that was admitted has authenticated: its place among the strangers is free again.
    ///
    /// - Returns: `false` when its source already has its share of authenticated ones; it stays counted as a stranger's.
    @discardableResult
    public mutating func authenticated(_ source: IPAddress) -> Bool {
        let key = source.accountable
        guard var count = sources[key], count.unauthenticated > 0, count.authenticated < caps.authenticatedPerSource
        else { return false }
        count.unauthenticated -= 1
        count.authenticated += 1
        sources[key] = count
        unauthenticated -= 1
        authenticated += 1
        return true
    }

    /// - Parameter wasAuthenticated: What ``authenticated(_:)`` answered for this connection; `false` where it never was asked.
    public mutating func closed(_ source: IPAddress, wasAuthenticated: Bool) {
        let key = source.accountable
        guard var count = sources[key] else { return }
        if wasAuthenticated, count.authenticated > 0 {
            count.authenticated -= 1
            authenticated -= 1
        } else if !wasAuthenticated, count.unauthenticated > 0 {
            count.unauthenticated -= 1
            unauthenticated -= 1
        }
        sources[key] = count.unauthenticated + count.authenticated == 0 ? nil : count
    }
}
