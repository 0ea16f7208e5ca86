// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives

/// Connections as they come and go.
extension SignallingLoop {
    /// Whether nobody may connect from there. Counts who tried. Where phones logged in of late they may, to call for help.
    func turnsAway(_ source: IPAddress) -> Bool {
        guard admission.bans.shutsOut(source, at: SystemClock.wall),
            admission.origin(of: source, at: SystemClock.monotonic) == .anywhere
        else { return false }
        figures.bannedConnections += 1
        return true
    }

    /// Takes a connection in, or refuses it before anything is spent on it.
    func accept(transport: Transport, remote: Primitives.SocketAddress, local: Primitives.SocketAddress) -> Connection?
    {
        let now = SystemClock.monotonic
        guard !turnsAway(remote.ip) else { return nil }
        let origin = admission.origin(of: remote.ip, at: now)
        guard admission.mayConnect(remote.ip, at: now), hasRoom(for: remote.ip, from: origin) else {
            figures.refusedConnections += 1
            return nil
        }
        let connection = connections.insert { id in
            Connection(
                flow: Flow(id: id, transport: transport, remote: remote, local: local),
                from: origin,
                loop: self,
                at: patience.served(now)
            )
        }
        guard let connection else {
            admission.disconnected(remote.ip, origin, isPhone: false)
            return nil
        }
        connection.mayBeShutOut = admission.bans.shutsOut(remote.ip, at: SystemClock.wall)
        figures.acceptedConnections += 1
        patience.begin(at: now)
        moved(connection)
        reviews.insert(connection.id, at: patience.moment(connection.standing.deadline(haste: admission.haste)))
        setWake()
        return connection
    }

    /// Takes a place. When there is none, somebody who has shown no credential makes room: nobody can fill the places of
    /// strangers by saying nothing, however many addresses there are.
    private func hasRoom(for source: IPAddress, from origin: ConnectionGate.Origin) -> Bool {
        let leaving: Connection?
        switch admission.enter(source, as: origin) {
        case .admitted: return true
        case .refused: return false
        case .crowded: leaving = leastOutsider() ?? (origin == .anywhere ? nil : leastExpected { _ in true })
        case .crowdedSource:
            leaving = leastExpected { $0.flow.remote.ip.accountable == source.accountable }
        }
        guard let leaving else { return false }
        leaving.end(.crowdedOut)
        closed(leaving)
        return admission.enter(source, as: origin) == .admitted
    }

    private func leastOutsider() -> Connection? {
        let now = SystemClock.monotonic
        let id = crowd.next(isYoung: { connections[$0].map { $0.standing.opened + Limits.grace > now } ?? false }) {
            connections[$0]?.standing.phase == $1
        }
        return id.flatMap { connections[$0] }
    }

    /// Of a place where phones are expected from, who has shown least for longest.
    private func leastExpected(_ isMeant: (Connection) -> Bool) -> Connection? {
        let id = expected.first { id, phase in
            guard let connection = connections[id], connection.standing.phase == phase else { return false }
            return isMeant(connection)
        }
        return id.flatMap { connections[$0] }
    }

    /// A connection without a credential has shown more than before. Those of sites never make room for others.
    private func moved(_ connection: Connection) {
        let (id, phase, living) = (connection.id, connection.standing.phase, admission.unauthenticated)
        switch connection.origin {
        case .anywhere: crowd.add(id, phase, living: living) { connections[$0]?.standing.phase == $1 }
        case .known: expected.add(id, phase, living: living) { connections[$0]?.standing.phase == $1 }
        case .site: break
        }
    }

    /// It said a whole message.
    func spoke(_ connection: Connection, at now: MonotonicTime) {
        let before = connection.standing.phase
        connection.standing.spoke(at: patience.served(now))
        if before != connection.standing.phase { moved(connection) }
    }

    func secured(_ connection: Connection) {
        connection.standing.secured(at: patience.served(SystemClock.monotonic))
        moved(connection)
    }

    func handshakeFailed(_ connection: Connection) {
        figures.failedHandshakes += 1
    }

    func closed(_ connection: Connection) {
        guard connections[connection.id] != nil else { return }
        connections.remove(connection.id)
        if let budget = connection.budget { budgets.leave(budget) }
        if !connection.isOutgoing {
            let source = connection.flow.remote.ip
            admission.disconnected(source, connection.origin, isPhone: connection.isCountedAsPhone)
        }
        turn.begin(at: SystemClock.now)
        switchboard.closed(connection.id, &turn)
        carryOut()
        endTurn()
    }

    /// A peer has sent the beginning of a message.
    ///
    /// - Parameter growth: Bytes that it makes us keep on top of those before.
    func keeps(_ connection: Connection, _ growth: Int) {
        connection.standing.began(at: patience.served(SystemClock.monotonic))
        unfinished += growth
        if unfinished > Limits.unfinished, connection.standing.phase != .phone { connection.end(.overdue) }
    }

    func isSlow(_ connection: Connection) {
        guard !connection.isWatched else { return }
        connection.isWatched = true
        slow.insert(connection.id, at: SystemClock.monotonic + Limits.unread)
        setWake()
    }

    func count(_ end: Connection.End) {
        switch end {
        case .regular, .banned: break
        case .overBudget: figures.overBudget += 1
        case .crowdedOut: figures.crowdedOut += 1
        case .malformed: figures.malformed += 1
        case .overdue: figures.overdue += 1
        case .slowReader: figures.slowReaders += 1
        }
    }
}
