// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// Calls for help go out before all others (control `emergency-calls`): by whichever trunk is up, else by whichever is connected at
/// all, and where every line or port is taken the newest ordinary call makes room. No route, limit, breaker or refusal of a provider
/// has a say.
extension CallTable {
    /// Places a call for help. Nothing makes room for it before this: it was judged.
    ///
    /// - Returns: Why it is not on its way; `nil` when it is.
    mutating func callForHelp(_ placement: Placement, of serial: UInt64, _ desk: inout Desk) -> Refused? {
        guard case .ringing(let ringing)? = self[serial]?.phase else { return .noTrunk }
        if count > desk.settings.calls { makeRoom(for: serial, among: Array(keys), &desk) }
        let ways = waysToHelp(placement, ringing, of: serial, &desk)
        guard let way = ways.first else {
            desk.trunks.hurry(at: desk.now)
            return desk.isShortOfPorts ? .noPlainPort : .noTrunk
        }
        if !hasLine(over: way.trunk, besides: serial) {
            makeRoom(for: serial, among: Array(of(Party.key(of: way.trunk.name))), &desk)
        }
        freePort(for: serial, over: way, &desk)
        guard let call = self[serial] else { return .noTrunk }
        switch admit(placement, over: way.trunk, in: serial, &desk) {
        case .refused(let refusal): return Refused(refusal)
        case .allowed(let permit):
            let isFirst = !ringing.branches.contains { $0.placement === placement }
            if isFirst { tellOfHelp(placement, over: way.trunk.name, &desk) }
            if let number = placement.payer.number {
                let shown = placement.outside?.shownNumber
                helpCallbacks.note(number, over: way.trunk.name, showing: shown, at: desk.now.monotonic)
            }
            return send(call, over: way, permit, &desk)
        }
    }

    /// The connections that somebody calls for help over.
    var flowsOfHelp: Set<FlowID> {
        var flows: Set<FlowID> = []
        for call in values where call.isForHelp {
            switch call.phase {
            case .ringing(let ringing):
                if let flow = call.incoming?.flow.id { flows.insert(flow) }
                for branch in ringing.branches where branch.status == nil { flows.insert(branch.flow.id) }
            case .answering(let answering):
                if let flow = call.incoming?.flow.id { flows.insert(flow) }
                if let flow = answering.callee.leg?.flow?.id { flows.insert(flow) }
            case .refusing: if let flow = call.incoming?.flow.id { flows.insert(flow) }
            case .talking(let conversation):
                for end in [conversation.caller, conversation.callee] {
                    if let flow = end.leg?.flow?.id { flows.insert(flow) }
                }
            }
        }
        return flows
    }

    /// Every trunk with a connection, by a server that this call was not tried at. Those that are up come before the others, and of
    /// both those that have a line, then those that one can be made free on, in the order of choice. The rest comes last, because a
    /// provider may have more lines than somebody thought.
    private func waysToHelp(
        _ placement: Placement,
        _ ringing: Call.Ringing,
        of serial: UInt64,
        _ desk: inout Desk
    ) -> [TrunkWay] {
        let branches = ringing.branches.filter { $0.placement === placement && $0.party.trunk != nil }
        // Who did not take the location is asked once more without it.
        let tried = branches.filter { branch in
            !branch.hasLocation || !(branch.party.trunk.map { ringing.withoutLocation.contains($0) } ?? false)
        }.map(\.flow.id)
        guard branches.count < Limits.trunkTries else { return [] }
        var ranked: [(way: TrunkWay, rank: Int)] = []
        for (way, isUp) in desk.waysToHelp(except: tried) {
            guard canHavePort(way, for: serial, &desk) else { continue }
            let canClear = newestOrdinary(among: of(Party.key(of: way.trunk.name)), for: serial) != nil
            let rank = hasLine(over: way.trunk, besides: serial) ? 0 : canClear ? 1 : 4
            ranked.append((way, rank + (isUp ? 0 : 2)))
        }
        return (0...6).flatMap { rank in ranked.filter { $0.rank == rank }.map(\.way) }
    }

    /// Whether there is a port for it, or an ordinary call that has one.
    private func canHavePort(_ way: TrunkWay, for serial: UInt64, _ desk: inout Desk) -> Bool {
        if desk.hasPort(for: way, forHelp: true) { return true }
        return newestOrdinary(among: withPlainLeg(isIPv4: way.flow.remote.ip.isIPv4), for: serial) != nil
    }

    /// Where every port for audio in the clear is taken the newest ordinary call that has one ends, and its port does not rest.
    private mutating func freePort(for serial: UInt64, over way: TrunkWay, _ desk: inout Desk) {
        guard TrunkRules.isPlain(way.trunk, at: desk.now.wall) else { return }
        // What ended a moment ago, as for the line, has not been looked at.
        takeBackPlainPorts(&desk)
        guard !desk.hasPort(for: way, forHelp: true) else { return }
        makeRoom(for: serial, among: withPlainLeg(isIPv4: way.flow.remote.ip.isIPv4), &desk)
        takeBackPlainPorts(&desk)
    }

    private func hasLine(over trunk: Trunk, besides serial: UInt64) -> Bool {
        of(Party.key(of: trunk.name)).subtracting([serial]).count < trunk.calls
    }

    /// Ends the newest of these that is no call for help, if there is one.
    private mutating func makeRoom(for serial: UInt64, among serials: [UInt64], _ desk: inout Desk) {
        guard let newest = newestOrdinary(among: serials, for: serial) else { return }
        end(newest, because: "its line was needed for a call for help", &desk)
    }

    /// - Parameter help: The call that room is made for. The one that is transferred to help by it is no ordinary call: with it, both
    ///   would end.
    private func newestOrdinary(among serials: some Sequence<UInt64>, for help: UInt64) -> UInt64? {
        var transferred: UInt64?
        if case .transfer(let standing)? = self[help]?.origin { transferred = standing.call }
        return serials.filter { serial in
            guard serial != help, serial != transferred, let call = self[serial], !call.isForHelp else { return false }
            if case .refusing = call.phase { return false }
            return true
        }.max()
    }
}

extension Call {
    /// Whether somebody calls for help: nobody but those in it ends it.
    var isForHelp: Bool { grounds?.placement.isForHelp ?? false }

    /// The trunks that it may leave by and has not yet, by what ``Party/key(of:)`` makes of them; none that the caller came by.
    /// Each has a line of the trunk.
    var openTrunks: Set<String> {
        guard case .ringing(let ringing) = phase else { return [] }
        var open: Set<String> = []
        for branch in ringing.branches where branch.party.trunk != nil && branch.status == nil {
            open.insert(branch.party.username)
        }
        open.remove(caller.username)
        return open
    }
}

extension Desk {
    /// Where who calls for help is, for a provider that takes it and did not refuse it for this call.
    func location(for placement: Placement, over way: TrunkWay, shown: String?, of call: Call) -> CallLocation? {
        guard placement.isForHelp, let address = placement.outside?.address,
            snapshot.outside.emergency.way(over: way.trunk.name).takesLocation, case .ringing(let ringing) = call.phase,
            !ringing.withoutLocation.contains(way.trunk.name)
        else { return nil }
        let user = shown ?? way.trunk.username ?? "anonymous"
        return CallLocation(entity: "sip:\(user)@\(way.host)", address: address, at: now.wall)
    }

    /// How a call for help could leave now, first choice first, with whether ordinary calls could leave so too.
    func waysToHelp(except tried: [FlowID] = []) -> [(way: TrunkWay, isUp: Bool)] {
        snapshot.outside.usableTrunks.compactMap { access in
            guard let found = trunks.wayToHelp(over: access.trunk.name, except: tried, at: now),
                found.way.flow.transport.isEncrypted || TrunkRules.isPlain(found.way.trunk, at: now.wall)
            else { return nil }
            return found
        }
    }
}
