// SPDX-License-Identifier: Apache-2.0

import Audit
import Calls
import Guard
import Model
import NIOCore
import Primitives
import SIP

/// Connections that we opened to providers. They take no place of phones or strangers, nobody is shut out for what comes over
/// them, and each trunk has a budget of its own.
extension SignallingLoop {
    /// Begins to connect: from now on somebody does what the switchboard asks for.
    func startTrunks(_ connector: TrunkConnector) {
        self.connector = connector
        turn.begin(at: SystemClock.now)
        switchboard.startTrunks(&turn)
        carryOut()
        endTurn()
    }

    /// Takes up what was spent in earlier runs.
    func takeUp(_ charges: [LegCharge]) {
        turn.begin(at: SystemClock.now)
        switchboard.takeUp(charges, &turn)
        carryOut()
        endTurn()
    }

    /// Goes on from what was counted in earlier runs.
    func takeUp(_ counted: CountedKeeper.Kept) {
        turn.begin(at: SystemClock.now)
        switch counted {
        case .nothing: break
        case .unreadable: switchboard.takeUp(nil as CountedCalls?, &turn)
        case .counted(let calls): switchboard.takeUp(calls, &turn)
        }
        carryOut()
        endTurn()
    }

    /// A connection to a provider whose certificate was verified.
    ///
    /// - Returns: `nil` when every place is taken.
    func open(_ peer: TrunkPeer, for wanted: TrunkConnect) -> Connection? {
        let now = SystemClock.monotonic
        let connection = connections.insert { id in
            let flow = Flow(
                id: id,
                transport: Transport(wanted.transport),
                remote: wanted.server.address,
                local: peer.local,
                tlsVersion: peer.version,
                cipher: peer.cipher
            )
            return Connection(flow: flow, from: .site, loop: self, at: patience.served(now), isOutgoing: true)
        }
        guard let connection else { return nil }
        connection.standing.authenticated(at: patience.served(now))
        connection.verified = peer.verified
        connection.budget = budgets.enter(.trunk(wanted.trunk), .trunk, at: now)
        reviews.insert(connection.id, at: now + Limits.review)
        return connection
    }

    /// Every connection of a provider, as the audit sees it.
    var trunkFacts: [TrunkConnectionFacts] {
        switchboard.trunkConnections().compactMap { (id, trunk, isOurs) -> TrunkConnectionFacts? in
            let connection = connections[id]
            guard let flow = connection?.flow ?? trunkDatagrams[id]?.flow else { return nil }
            return TrunkConnectionFacts(
                trunk: trunk,
                remote: flow.remote,
                isOurs: isOurs,
                protection: LegProtection(
                    transport: flow.transport.rawValue,
                    tlsVersion: flow.tlsVersion,
                    cipher: flow.cipher
                ),
                verified: connection?.verified
            )
        }
    }

    /// Identifiers of datagram listeners begin with a number from 1; these with 0.
    func nextDatagramTrunk() -> FlowID {
        lastDatagramTrunk += 1
        return FlowID(rawValue: ConnectionTable.datagramBit | lastDatagramTrunk & (1 << 48 - 1))
    }

    func receive(_ datagram: Span<UInt8>, fromTrunk flow: Flow, at now: Moment) {
        trace?.received(datagram, on: flow, isKnown: true, at: now)
        turn.begin(at: now)
        switchboard.receive(datagram, on: flow, &turn)
        carryOut()
    }

    func lostDatagram() { figures.droppedMessages += 1 }

    func closed(_ datagrams: TrunkDatagrams) {
        guard trunkDatagrams.removeValue(forKey: datagrams.flow.id) != nil else { return }
        turn.begin(at: SystemClock.now)
        switchboard.closed(datagrams.flow.id, &turn)
        carryOut()
        endTurn()
    }
}

extension Transport {
    init(_ pinned: Trunk.Transport) {
        switch pinned {
        case .tls: self = .tls
        case .tcp: self = .tcp
        case .udp: self = .udp
        }
    }
}
