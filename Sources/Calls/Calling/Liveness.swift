// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// Noticing that a phone is gone: no acknowledgement, no connection, no media and no answer when asked.
extension Switchboard {
    /// Puts a call into the deadline queue, unless it is there for an earlier moment.
    mutating func schedule(_ serial: UInt64, at moment: MonotonicTime) {
        guard let call = callsBySerial[serial] else { return }
        if let wake = call.wake, wake <= moment { return }
        callsBySerial[serial]?.wake = moment
        deadlines.insert(.call(serial), at: moment)
    }

    /// Looks at a call whose moment may have come, and puts it back for its next one.
    mutating func wakeCall(_ serial: UInt64, _ turn: inout Turn) {
        guard let call = callsBySerial[serial] else { return }
        if let wake = call.wake, wake <= turn.now.monotonic { callsBySerial[serial]?.wake = nil }
        if !earlyCalls.isEmpty { repeatProvisional(call, &turn) }
        switch callsBySerial[serial]?.phase {
        case nil: break
        case .ringing(let ringing):
            if ringing.giveUp <= turn.now.monotonic {
                refuse(serial, .noAnswer, &turn)
            } else {
                schedule(serial, at: ringing.giveUp)
            }
        case .answering(let answering):
            if answering.giveUp <= turn.now.monotonic {
                stored(answering.ticket, ok: false, &turn)
            } else {
                schedule(serial, at: answering.giveUp)
            }
        case .refusing(let refusing):
            if refusing.giveUp <= turn.now.monotonic {
                stored(refusing.ticket, ok: false, &turn)
            } else {
                schedule(serial, at: refusing.giveUp)
            }
        case .talking:
            for side in [Side.caller, .callee] {
                repeatAnswer(serial, side, &turn)
                checkLife(serial, side, &turn)
                if leg(serial, side)?.introduction != nil {
                    pursueIntroduction(serial, side, &turn)
                }
                if leg(serial, side)?.session != nil { checkSession(serial, side, &turn) }
            }
        }
    }

    /// §13.3.1.4: a 2xx goes out again, at most every T2, until its ACK; after 64·T1 the call ends.
    private mutating func repeatAnswer(_ serial: UInt64, _ side: Side, _ turn: inout Turn) {
        guard let leg = leg(serial, side), var waiting = leg.unacknowledged else { return }
        if waiting.giveUp <= turn.now.monotonic {
            end(serial, because: "a phone did not confirm the answer", &turn)
            return
        }
        if waiting.next <= turn.now.monotonic {
            if let flow = leg.flow { turn.actions.append(.send(waiting.bytes, flow.id)) }
            waiting.interval = min(waiting.interval * 2, .seconds(4))
            waiting.next = turn.now.monotonic + waiting.interval
            update(serial, side) { $0.unacknowledged = waiting }
        }
        schedule(serial, at: min(waiting.next, waiting.giveUp))
    }

    /// A leg that is silent is asked; one that does not answer, or cannot be asked, ends the call.
    private mutating func checkLife(_ serial: UInt64, _ side: Side, _ turn: inout Turn) {
        guard let leg = leg(serial, side), !leg.hasLeft else { return }
        let silentFrom = leg.liveness.heard + Limits.silence
        guard silentFrom <= turn.now.monotonic else {
            schedule(serial, at: silentFrom)
            return
        }
        if let lost = leg.liveness.lost, lost + Limits.reconnect <= turn.now.monotonic {
            end(serial, because: "a phone lost its connection and did not come back", &turn)
            return
        }
        if !leg.liveness.isProbing, let flow = leg.flow {
            var dialog = leg.dialog
            let (key, bytes) = request(.options, in: &dialog, over: flow)
            update(serial, side) {
                $0.dialog = dialog
                $0.liveness.isProbing = true
            }
            start(key, .options, bytes, purpose: .probe(DialogKey(dialog)), over: flow, &turn)
        }
        schedule(serial, at: turn.now.monotonic + Limits.silence)
    }

    /// What a silent phone answered when it was asked; `nil` for nothing. What one says that has left is about nobody.
    mutating func probed(_ dialog: DialogKey, _ status: Int?, _ turn: inout Turn) {
        guard let owner = dialogs[dialog] else { return }
        // Any answer says that somebody is there; only these say that the call is not (RFC 5057 §5.1).
        guard let status, status != 481, status != 408 else {
            guard status == 481 || !takeOtherWay(owner, isGone: false, &turn) else { return }
            end(owner.call, because: "a phone is silent and does not answer", &turn)
            return
        }
        update(owner.call, owner.side) {
            $0.liveness.isProbing = false
            $0.liveness.heard = turn.now.monotonic
        }
    }

    /// The connection of a phone went away in the middle of a call.
    mutating func lost(_ flow: FlowID, of serial: UInt64, _ turn: inout Turn) {
        guard let call = callsBySerial[serial] else { return }
        switch call.phase {
        case .ringing:
            if call.incoming?.flow.id == flow { refuse(serial, .cancelled, &turn) }
        case .answering(let answering):
            guard call.incoming?.flow.id == flow else {
                loseLegs(of: serial, over: flow, at: turn.now)
                return
            }
            // The caller cannot hear of the answer any more.
            tickets[answering.ticket] = nil
            loseLegs(of: serial, over: flow, at: turn.now)
            if let callee = leg(serial, .callee) { hangUp(callee, of: serial, &turn) }
            refuse(serial, .cancelled, &turn)
        case .refusing: break
        case .talking: loseLegs(of: serial, over: flow, at: turn.now)
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

    /// An INVITE of ours got no answer at all.
    mutating func timedOut(_ client: InviteClient, _ key: BranchKey, _ turn: inout Turn) {
        switch client.purpose {
        case .branch(let index, _): branchFailed(408, index, of: client.call, &turn)
        case .change(let dialog), .refresh(let dialog), .introduction(let dialog):
            guard let owner = dialogs[dialog], !takeOtherWay(owner, isGone: false, &turn) else {
                return
            }
            end(owner.call, because: "a phone is silent and does not answer", &turn)
        }
    }

    public func calls() -> [CallSummary] {
        callsBySerial.values.sorted { $0.serial < $1.serial }.map { call in
            CallSummary(
                record: call.record,
                isAnswered: call.isTalking,
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
