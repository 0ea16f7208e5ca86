// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives

/// Connections as they come and go.
extension SignallingLoop {
    /// Whether nobody may connect from there. Counts who tried.
    func turnsAway(_ source: IPAddress) -> Bool {
        guard admission.bans.shutsOut(source, at: SystemClock.wall) else { return false }
        figures.bannedConnections += 1
        return true
    }

    /// Takes a connection in, or refuses it before anything is spent on it.
    func accept(transport: Transport, remote: Primitives.SocketAddress, local: Primitives.SocketAddress) -> Connection?
    {
        let now = SystemClock.monotonic
        guard !turnsAway(remote.ip) else { return nil }
        guard admission.connect(remote.ip, at: now) else {
            figures.refusedConnections += 1
            return nil
        }
        let connection = connections.insert { id in
            Connection(
                flow: Flow(id: id, transport: transport, remote: remote, local: local),
                loop: self,
                at: patience.served(now),
                isExpected: admission.expects(remote.ip, at: now)
            )
        }
        guard let connection else {
            admission.disconnected(remote.ip, isPhone: false)
            return nil
        }
        figures.acceptedConnections += 1
        patience.begin(at: now)
        reviews.insert(connection.id, at: patience.moment(connection.standing.deadline))
        setWake()
        return connection
    }

    func secured(_ connection: Connection) {
        connection.standing.secured(at: patience.served(SystemClock.monotonic))
    }

    func handshakeFailed(_ connection: Connection) {
        figures.failedHandshakes += 1
    }

    func closed(_ connection: Connection) {
        guard connections[connection.id] != nil else { return }
        connections.remove(connection.id)
        admission.disconnected(connection.flow.remote.ip, isPhone: connection.isCountedAsPhone)
        switchboard.closed(connection.id, at: SystemClock.now, into: &actions)
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
        case .malformed: figures.malformed += 1
        case .overdue: figures.overdue += 1
        case .slowReader: figures.slowReaders += 1
        }
    }
}
