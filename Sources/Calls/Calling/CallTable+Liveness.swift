// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// Noticing that a phone is gone: no acknowledgement, no connection, no media and no answer when asked.
extension CallTable {
    /// Looks at a call whose moment may have come, and puts it back for its next one.
    mutating func wakeCall(_ serial: UInt64, _ desk: inout Desk) {
        guard let call = self[serial] else { return }
        if let wake = call.wake, wake <= desk.now.monotonic { self[serial]?.wake = nil }
        if !earlyCalls.isEmpty { repeatProvisional(call, &desk) }
        switch self[serial]?.phase {
        case nil: break
        case .ringing(let ringing):
            if ringing.giveUp <= desk.now.monotonic {
                refuse(serial, .noAnswer, &desk)
            } else if !leaveStop(serial, ringing, &desk) {
                schedule(serial, at: ringing.giveUp)
                leaveSilentTrunks(serial, ringing, &desk)
            }
        case .answering(let answering):
            if answering.giveUp <= desk.now.monotonic {
                stored(answering.ticket, ok: false, &desk)
            } else {
                schedule(serial, at: answering.giveUp)
            }
        case .refusing(let refusing) where refusing.isStored: tell(refusing, call, &desk)
        case .refusing(let refusing):
            if refusing.giveUp <= desk.now.monotonic {
                stored(refusing.ticket, ok: false, &desk)
            } else {
                schedule(serial, at: refusing.giveUp)
            }
        case .talking:
            if endConfirmation(serial, &desk) || endIfOver(serial, &desk) { return }
            if !parked.isEmpty { bringBackIfDue(serial, &desk) }
            if !voices.isEmpty { wakeVoice(serial, &desk) }
            for side in [Side.caller, .callee] {
                repeatAnswer(serial, side, &desk)
                checkLife(serial, side, &desk)
                if leg(serial, side)?.introduction != nil {
                    pursueIntroduction(serial, side, &desk)
                }
                if leg(serial, side)?.session != nil { checkSession(serial, side, &desk) }
            }
        }
    }

    /// §13.3.1.4: a 2xx goes out again, at most every T2, until its ACK; after 64·T1 the call ends.
    private mutating func repeatAnswer(_ serial: UInt64, _ side: Side, _ desk: inout Desk) {
        guard let leg = leg(serial, side), var waiting = leg.unacknowledged else { return }
        if waiting.giveUp <= desk.now.monotonic {
            end(serial, because: "a phone did not confirm the answer", &desk)
            return
        }
        if waiting.next <= desk.now.monotonic {
            if let flow = leg.flow { desk.turn.actions.append(.send(waiting.bytes, flow.id)) }
            waiting.interval = min(waiting.interval * 2, .seconds(4))
            waiting.next = desk.now.monotonic + waiting.interval
            update(serial, side) { $0.unacknowledged = waiting }
        }
        schedule(serial, at: min(waiting.next, waiting.giveUp))
    }

    /// A leg that is silent is asked; one that does not answer, or cannot be asked, ends the call.
    private mutating func checkLife(_ serial: UInt64, _ side: Side, _ desk: inout Desk) {
        guard let leg = leg(serial, side), !leg.hasLeft else { return }
        let silentFrom = leg.liveness.heard + Limits.silence
        guard silentFrom <= desk.now.monotonic else {
            schedule(serial, at: silentFrom)
            return
        }
        if let lost = leg.liveness.lost, lost + Limits.reconnect <= desk.now.monotonic {
            end(serial, because: "a phone lost its connection and did not come back", &desk)
            return
        }
        if !leg.liveness.isProbing, let flow = leg.flow {
            var dialog = leg.dialog
            let (key, bytes) = desk.request(.options, in: &dialog, over: flow)
            update(serial, side) {
                $0.dialog = dialog
                $0.liveness.isProbing = true
            }
            desk.start(key, .options, bytes, purpose: .probe(DialogKey(dialog)), over: flow)
        }
        schedule(serial, at: desk.now.monotonic + Limits.silence)
    }

    /// What a silent phone answered when it was asked; `nil` for nothing. What one says that has left is about nobody.
    mutating func probed(_ dialog: DialogKey, _ status: Int?, _ desk: inout Desk) {
        guard let owner = dialogs[dialog] else { return }
        // Any answer says that somebody is there; only these say that the call is not (RFC 5057 §5.1).
        guard let status, status != 481, status != 408 else {
            guard status == 481 || !takeOtherWay(owner, isGone: false, &desk) else { return }
            end(owner.call, because: "a phone is silent and does not answer", &desk)
            return
        }
        update(owner.call, owner.side) {
            $0.liveness.isProbing = false
            $0.liveness.heard = desk.now.monotonic
        }
    }

    /// The connection of a phone went away in the middle of a call.
    mutating func lost(_ flow: FlowID, of serial: UInt64, _ desk: inout Desk) {
        guard let call = self[serial] else { return }
        switch call.phase {
        case .ringing:
            if (call.incoming?.flow ?? call.click?.leg?.flow)?.id == flow { refuse(serial, .cancelled, &desk) }
        case .answering(let answering):
            guard call.incoming?.flow.id == flow else {
                loseLegs(of: serial, over: flow, at: desk.now)
                return
            }
            // The caller cannot hear of the answer any more.
            tickets[answering.ticket] = nil
            loseLegs(of: serial, over: flow, at: desk.now)
            if let callee = leg(serial, .callee) { hangUp(callee, of: serial, &desk) }
            refuse(serial, .cancelled, &desk)
        case .refusing: break
        case .talking: loseLegs(of: serial, over: flow, at: desk.now)
        }
    }

    private mutating func loseLegs(of serial: UInt64, over flow: FlowID, at now: Moment) {
        for side in [Side.caller, .callee] where leg(serial, side)?.flow?.id == flow {
            update(serial, side) {
                $0.flow = nil
                $0.liveness.lost = now.monotonic
                $0.liveness.isProbing = false
            }
            schedule(serial, at: now.monotonic + Limits.reconnect)
        }
    }

    /// A connection is gone, and with it every answer that was to come over it.
    ///
    /// - Parameter dialog: The only one whose phone left it; `nil` for all.
    mutating func failClients(on flow: FlowID, of dialog: DialogKey? = nil, _ desk: inout Desk) {
        let (invites, requests) = desk.transactions.failClients(on: flow, of: dialog)
        for (key, client) in invites { failed(client, key, &desk) }
        for client in requests {
            if case .refresh(let dialog) = client.purpose { refreshLater(dialog, at: desk.now) }
        }
    }

    /// An INVITE of ours will not be answered any more.
    mutating func failed(_ client: InviteClient, _ key: BranchKey, _ desk: inout Desk) {
        settle(client.permit, &desk)
        switch client.purpose {
        case .branch(let index, _, _): branchFailed(408, index, of: client.call, &desk)
        case .helpTrial: helpTrialFailed(client.call, &desk)
        case .change: changeFailed(480, key, of: client.call, &desk)
        case .introduction(let dialog): updateLeg(of: dialog) { $0.isAsked = false }
        case .refresh(let dialog):
            updateLeg(of: dialog) { $0.isAsked = false }
            refreshLater(dialog, at: desk.now)
        }
    }

    /// Hands the outcome of a request of ours to whoever sent it.
    ///
    /// - Parameter response: The final one; `nil` when none came.
    mutating func concluded(_ client: RequestClient, _ response: Message?, _ desk: inout Desk) {
        switch client.purpose {
        // Those of trunks concern no call.
        case .farewell, .notification, .registration, .health: break
        case .acknowledgement(let call, let branch): earlyCalls[call]?.phones[branch]?.pracks -= 1
        case .goodbye(let key): leaving[key] = nil
        case .probe(let dialog): probed(dialog, response?.status, &desk)
        case .refresh(let dialog): refreshed(dialog, response, &desk)
        }
    }

    /// An INVITE of ours got no answer at all.
    mutating func timedOut(_ client: InviteClient, _ key: BranchKey, _ desk: inout Desk) {
        settle(client.permit, &desk)
        switch client.purpose {
        case .branch(let index, _, _): branchFailed(408, index, of: client.call, &desk)
        case .helpTrial: helpTrialFailed(client.call, &desk)
        case .change(let dialog), .refresh(let dialog), .introduction(let dialog):
            guard let owner = dialogs[dialog], !takeOtherWay(owner, isGone: false, &desk) else {
                return
            }
            end(owner.call, because: "a phone is silent and does not answer", &desk)
        }
    }

    func summaries() -> [CallSummary] {
        values.sorted { $0.serial < $1.serial }.map { call in
            CallSummary(
                record: call.record,
                isAnswered: call.isTalking,
                place: place(of: call.serial),
                callerMedia: leg(call.serial, .caller)?.liveness.report ?? LegReportSummary(),
                calleeMedia: leg(call.serial, .callee)?.liveness.report ?? LegReportSummary()
            )
        }
    }
}

extension Call {
    fileprivate var isTalking: Bool {
        switch phase {
        case .talking: true
        case .ringing, .answering, .refusing: false
        }
    }
}
