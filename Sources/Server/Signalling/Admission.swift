// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Who may connect and who may speak, asked before anything is spent: `Guard`'s gates over one loop's connections.
struct Admission {
    private var places: ConnectionGate
    private var sources: SourceGate
    var bans: Bans
    private var known = KnownSources()

    /// - Parameters:
    ///   - sites: Networks that phones sit in.
    ///   - descriptors: How many sockets this process may open; connections leave some of them to others.
    ///   - bans: Those of earlier runs.
    ///   - seed: 128 random bits.
    init(sites: [IPPrefix], descriptors: Int, bans: [Ban], seed: (UInt64, UInt64)) {
        var caps = ConnectionGate.Caps()
        let possible = max(descriptors - Limits.reservedDescriptors, 64)
        if possible < caps.total {
            // The reserves shrink with the whole, so that strangers never hold more than a quarter.
            caps.reservedForAuthenticated = possible / 2
            caps.reservedForSites = possible / 4
            caps.total = possible
        }
        places = ConnectionGate(sites: sites, caps: caps)
        strangerLimit = caps.total - caps.reservedForAuthenticated
        total = caps.total
        sources = SourceGate(sites: sites, seed: seed)
        self.bans = Bans(sites: sites, kept: bans, seed: seed)
    }

    /// Connections that have not authenticated, and how many of them there may be.
    var strangers: Int { places.unauthenticated }
    let strangerLimit: Int
    /// Connections there may be in all.
    let total: Int

    /// Whether a connection is accepted. What is, is given back with ``disconnected(_:isPhone:)``.
    mutating func connect(_ source: IPAddress, at now: MonotonicTime) -> Bool {
        guard places.admit(source, isKnown: known.contains(source, at: now)) else { return false }
        guard sources.admit(source, cost: .connection, at: now) else {
            places.closed(source, wasAuthenticated: false)
            return false
        }
        return true
    }

    /// - Parameter isPhone: What ``authenticated(_:)`` answered for it.
    mutating func disconnected(_ source: IPAddress, isPhone: Bool) {
        places.closed(source, wasAuthenticated: isPhone)
    }

    mutating func authenticated(_ source: IPAddress, at now: MonotonicTime) -> Bool {
        known.authenticated(source, at: now)
        return places.authenticated(source)
    }

    /// Whether phones are expected from there: it has the patience of a friend.
    func expects(_ source: IPAddress, at now: MonotonicTime) -> Bool {
        sources.isSite(source) || known.contains(source, at: now)
    }

    /// Whether a message of somebody who has shown no credential is read.
    mutating func message(from source: IPAddress, at now: MonotonicTime) -> Bool {
        sources.admit(source, at: now)
    }

    /// Makes a source pay for what it was let in with.
    mutating func charge(_ source: IPAddress, cost: SourceGate.Cost, at now: MonotonicTime) {
        sources.charge(source, cost: cost, at: now)
    }
}
