// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives

/// Calls and their relays, kept together: a relay that no call knows is closed, and a call whose relay is gone ends. Nobody
/// talks to nobody, and nothing stays behind (`Docs/decisions/0016-relays-and-calls-are-compared.md`).
extension CallTable {
    /// How far this is with what it commands of the relays. Goes with the commands; what was opened until then is not missing
    /// in a census with an earlier one.
    var mark: RelayMark { RelayMark(rawValue: lastSerial) }

    /// Opens the relay of a call, or tells an open one of both sides.
    mutating func openRelay(_ serial: UInt64, a: MediaEnd, b: MediaEnd, _ desk: inout Desk) {
        guard let call = self[serial] else { return }
        if call.relayed == nil {
            let mark = RelayMark(rawValue: nextSerial())
            self[serial]?.relayed = mark
        }
        desk.turn.actions.append(.media(.open(call.relay, a: a, b: b)))
        if case .studio = b { beginVoice(serial, &desk) }
    }

    mutating func closeRelay(_ serial: UInt64, _ desk: inout Desk) {
        guard let call = self[serial], call.relayed != nil else { return }
        self[serial]?.relayed = nil
        desk.turn.actions.append(.media(.close(call.relay)))
    }

    /// Whether both phones of a call are relayed and neither owes an answer to an offer of ours. Until then no leg of it may
    /// be moved: there is nothing to be moved in the relay, and who was to make room would stay there.
    func isSettled(_ serial: UInt64) -> Bool {
        guard let call = self[serial], case .talking(let conversation) = call.phase, call.relayed != nil else {
            return false
        }
        return conversation.allSatisfy { $0.media != nil && !$0.owesAnswer }
    }

    /// What the relays saw in the last second, which there are, and what they could not do.
    mutating func media(_ census: RelayCensus, _ desk: inout Desk) {
        for report in census.reports {
            update(report.id.rawValue, .caller) { $0.liveness.note(report.a) }
            update(report.id.rawValue, .callee) { $0.liveness.note(report.b) }
            watchMoves(report, &desk)
        }
        loseRelays(census.refused, &desk)
        let named = Set(census.reports.map(\.id.rawValue))
        closeStrays(named, &desk)
        endSilent(named, asOf: census.mark, &desk)
    }

    /// Something was commanded of these relays that was refused; they are closed, so their calls end.
    mutating func refused(_ relays: [RelayID], _ desk: inout Desk) {
        loseRelays(relays, &desk)
    }

    private mutating func loseRelays(_ relays: [RelayID], _ desk: inout Desk) {
        for id in relays {
            loseRelay(id.rawValue, "its audio could not be relayed: no room, or no keys were agreed on", &desk)
        }
    }

    /// Relays without a call. What is closed may be named once more, because its end is on its way: only what is named twice
    /// in a row is one.
    private mutating func closeStrays(_ named: Set<UInt64>, _ desk: inout Desk) {
        let strays = named.filter { self[$0]?.relayed == nil }
        for serial in strays.intersection(strayRelays).sorted() {
            desk.counters.relays.closed += 1
            desk.turn.actions.append(.media(.close(RelayID(rawValue: serial))))
        }
        strayRelays = strays
        desk.counters.relays.open = named.count
        desk.counters.relays.strays = strays.count
    }

    /// Calls whose relay should have been open by then and was not.
    private mutating func endSilent(_ named: Set<UInt64>, asOf mark: RelayMark, _ desk: inout Desk) {
        let silent = values.filter { call in
            guard let relayed = call.relayed, relayed <= mark else { return false }
            return !named.contains(call.serial)
        }
        for serial in silent.map(\.serial).sorted() {
            loseRelay(serial, "its audio was no longer relayed", &desk)
        }
    }

    private mutating func loseRelay(_ serial: UInt64, _ reason: String, _ desk: inout Desk) {
        guard let call = self[serial], call.relayed != nil else { return }
        desk.counters.relays.ended += 1
        switch call.phase {
        case .ringing, .answering:
            end(serial, as: Refused(status: 503, outcome: .failed, reason: reason), &desk)
        case .talking: end(serial, because: reason, &desk)
        case .refusing: break
        }
    }

    /// How many calls think that they have a relay.
    var relayedCalls: Int { values.count { $0.relayed != nil } }

    /// How many calls stand without a relay though nobody owes an answer that it waits for.
    var silentCalls: Int {
        values.count { call in
            guard case .talking(let conversation) = call.phase, call.relayed == nil else { return false }
            return conversation.allSatisfy { !$0.owesAnswer }
        }
    }
}

/// How relays and calls compare.
public struct RelayFigures: Hashable, Sendable {
    /// Relays that were open, by the latest census.
    public internal(set) var open = 0
    /// Those of them that no call knew.
    public internal(set) var strays = 0
    /// Calls that have a relay, as far as they know.
    public internal(set) var calls = 0
    /// Calls that stand, have no relay and wait for nothing.
    public internal(set) var silent = 0
    /// Relays without a call that were closed, since the start.
    public internal(set) var closed: UInt64 = 0
    /// Calls that ended because their relay was refused or gone, since the start.
    public internal(set) var ended: UInt64 = 0

    public init() {}
}

extension Liveness {
    fileprivate mutating func note(_ media: LegReport) {
        report = LegReportSummary(
            packets: media.packets,
            authenticationFailures: media.authenticationFailures,
            replays: media.replays,
            locked: media.locked
        )
        if let last = media.lastAuthenticated, last > heard { heard = last }
    }
}
