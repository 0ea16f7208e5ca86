// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import NIOCore
import Primitives

/// Who may connect and who may speak, asked before anything is spent: `Guard`'s gates over the connections of one business,
/// within those of its loop.
struct Admission {
    /// What the businesses of this loop use up together.
    private let loop: NIOLoopBoundBox<LoopGate>
    private var places: ConnectionGate
    private var sources: SourceGate
    var bans: Bans
    private var known: KnownSources

    /// - Parameters:
    ///   - sites: Networks that phones sit in.
    ///   - share: What this business may use at most.
    ///   - loop: What those on this loop may together.
    ///   - bans: Those of earlier runs.
    ///   - logins: Those of phones in earlier runs.
    ///   - seed: 128 random bits.
    init(
        sites: [IPPrefix],
        share: Share,
        loop: NIOLoopBoundBox<LoopGate>,
        bans: [Ban],
        logins: [PhoneLogin],
        seed: (UInt64, UInt64)
    ) {
        let caps = share.connections
        self.loop = loop
        places = ConnectionGate(sites: sites, caps: caps)
        strangerLimit = caps.unreserved
        total = caps.total
        sources = SourceGate(capacity: share.sources, sites: sites, rates: share.rates, seed: seed)
        self.bans = Bans(sites: sites, kept: bans, offenders: share.offenders, seed: seed)
        known = KnownSources(
            recalling: logins,
            at: SystemClock.monotonic,
            on: SystemClock.wall,
            all: share.returns
        )
    }

    /// From now on phones sit in these networks.
    mutating func expect(_ sites: [IPPrefix]) {
        (places.sites, sources.sites, bans.sites) = (sites, sites, sites)
    }

    /// Connections that have not authenticated.
    var unauthenticated: Int { places.unauthenticated }
    /// Of them, those that come from where nobody is expected, and how many of them there may be.
    var strangers: Int { places.outsiders }
    let strangerLimit: Int
    /// What a stranger's time is divided by: it shrinks as their places are taken.
    var haste: Int {
        let free = strangerLimit - places.outsiders
        return free * 4 < strangerLimit ? 4 : free * 2 < strangerLimit ? 2 : 1
    }
    /// Connections there may be in all.
    let total: Int
    /// Those of all businesses of this loop.
    var loopConnections: Int { loop.value.connections }

    /// Where a connection comes from.
    func origin(of source: IPAddress, at now: MonotonicTime) -> ConnectionGate.Origin {
        places.origin(of: source, isKnown: known.contains(source, at: now))
    }

    /// Whether a source may open a connection now, and pays for it.
    mutating func mayConnect(_ source: IPAddress, at now: MonotonicTime) -> Bool {
        pays(source, .connection, at: now, mayReturn: true)
    }

    /// Whether there is room for a connection. When there is, it is taken, and given back with
    /// ``disconnected(_:_:isPhone:)``.
    mutating func enter(_ source: IPAddress, as origin: ConnectionGate.Origin) -> ConnectionGate.Answer {
        guard loop.value.admit(isExpected: origin != .anywhere) else { return .crowded }
        let answer = places.admit(source, as: origin)
        if answer != .admitted { loop.value.closed(wasAuthenticated: false, isExpected: origin != .anywhere) }
        return answer
    }

    /// - Parameter isPhone: What ``authenticated(_:_:)`` answered for it.
    mutating func disconnected(_ source: IPAddress, _ origin: ConnectionGate.Origin, isPhone: Bool) {
        places.closed(source, origin, wasAuthenticated: isPhone)
        loop.value.closed(wasAuthenticated: isPhone, isExpected: origin != .anywhere)
    }

    /// A valid credential came from there.
    mutating func knows(_ source: IPAddress, by login: DeviceID, at now: MonotonicTime) {
        known.authenticated(source, by: login, at: now)
    }

    /// A connection became a phone's.
    mutating func authenticated(_ source: IPAddress, _ origin: ConnectionGate.Origin) -> Bool {
        guard places.authenticated(source, origin) else { return false }
        loop.value.authenticated(isExpected: origin != .anywhere)
        return true
    }

    /// Whether a message of somebody who has shown no credential is read.
    ///
    /// - Parameter mayReturn: Whether it may be a phone on its way back in, where phones logged in of late.
    mutating func message(from source: IPAddress, at now: MonotonicTime, mayReturn: Bool) -> Bool {
        pays(source, .message, at: now, mayReturn: mayReturn)
    }

    private mutating func pays(
        _ source: IPAddress,
        _ cost: SourceGate.Cost,
        at now: MonotonicTime,
        mayReturn: Bool
    ) -> Bool {
        let isSite = sources.isSite(source)
        if isSite || loop.value.hears(cost, at: now), sources.admit(source, cost: cost, at: now) {
            if !isSite { loop.value.heard(cost, at: now) }
            return true
        }
        // A connection costs no more than a message here: how many there are is bounded already, and a neighbour who only
        // connects must not use up what phones come back with.
        let back: SourceGate.Cost = cost == .connection ? .message : cost
        guard mayReturn, loop.value.letsBack(back, at: now), known.letsBack(source, cost: back, at: now) else {
            return false
        }
        loop.value.cameBack(back, at: now)
        return true
    }

    /// Makes a source pay for what it was let in with.
    mutating func charge(_ source: IPAddress, cost: SourceGate.Cost, at now: MonotonicTime) {
        sources.charge(source, cost: cost, at: now)
        known.charge(source, cost: cost, at: now)
    }

    /// Counts what a source did and decides what comes of it. Where phones keep it from being shut out, those who do not
    /// log in there wait instead.
    mutating func judge(_ sighting: Bans.Sighting, at now: Moment, phones: (IPAddress) -> Int) -> Bans.Judgement {
        let isHome = known.contains(sighting.source, at: now.monotonic)
        let judgement = bans.judge(sighting, at: now.monotonic, wall: now.wall, isHome: isHome, phones: phones)
        switch judgement {
        case .withheld(_, _, let protection) where protection.slowsDown:
            // Not the way back in: that is for the phones.
            sources.charge(sighting.source, cost: .withheldBan, at: now.monotonic)
        case .withheld, .nothing, .alarm, .banned: break
        }
        return judgement
    }
}
