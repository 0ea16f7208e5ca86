// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Primitives
import SIP

/// Keeping sessions alive, and ending those that nobody keeps alive (RFC 4028 §7.4, §8, §10).
extension Switchboard {
    /// Refuses a session that is too short (§5, row S21) or that cannot be read.
    mutating func refuseSession(of request: Message, on flow: Flow, _ turn: inout Turn) -> Bool {
        guard request.first(.sessionExpires) != nil else { return false }
        do {
            _ = try SessionTimer.answering(request, before: nil, at: turn.now)
            return false
        } catch {
            switch error {
            case .malformed: respond(400, to: request, on: flow, &turn)
            case .tooShort:
                respond(422, to: request, on: flow, &turn) {
                    $0.field(.minSE, Int(SessionRules.bounds.lowerBound))
                }
            }
            return true
        }
    }

    /// Looks at a session whose moment may have come.
    mutating func checkSession(_ serial: UInt64, _ side: Side, _ turn: inout Turn) {
        guard let leg = leg(serial, side), let session = leg.session else { return }
        if session.expires <= turn.now.monotonic {
            end(serial, because: "a session was not refreshed in time", &turn)
            return
        }
        guard session.isOurs, !session.isRefreshing else {
            schedule(serial, at: session.expires)
            return
        }
        if session.next <= turn.now.monotonic { refresh(serial, side, leg, session, &turn) }
        schedule(serial, at: min(self.leg(serial, side)?.session?.next ?? session.expires, session.expires))
    }

    private mutating func refresh(
        _ serial: UInt64,
        _ side: Side,
        _ leg: Leg,
        _ session: SessionTimer,
        _ turn: inout Turn
    ) {
        guard let flow = leg.flow, !leg.isAsked, leg.unacknowledged == nil, !isChanging(serial) else {
            refreshLater(serial, side, at: turn.now)
            return
        }
        if session.allowsUpdate {
            sendUpdate(serial, side, leg, session, over: flow, &turn)
        } else {
            let direction = self.leg(serial, side.other)?.media.remote?.direction ?? .sendReceive
            guard
                let (key, message) = reinvite(
                    serial,
                    side,
                    formats: leg.media.formats,
                    packetTime: leg.media.remote?.packetTime,
                    direction: direction,
                    isRepeat: true
                )
            else {
                refreshLater(serial, side, at: turn.now)
                return
            }
            update(serial, side) { $0.isAsked = true }
            start(key, message, purpose: .refresh(DialogKey(leg.dialog)), call: serial, over: flow, &turn)
        }
        update(serial, side) {
            $0.session?.isRefreshing = true
            $0.session?.next = session.expires
        }
    }

    private func isChanging(_ serial: UInt64) -> Bool {
        guard case .talking(let conversation)? = callsBySerial[serial]?.phase else { return false }
        return conversation.change != nil
    }

    private mutating func sendUpdate(
        _ serial: UInt64,
        _ side: Side,
        _ leg: Leg,
        _ session: SessionTimer,
        over flow: Flow,
        _ turn: inout Turn
    ) {
        let key = BranchKey(using: entropy)
        var dialog = leg.dialog
        var writer = MessageWriter()
        dialog.writeRequest(.update, cseq: nil, at: address(of: dialog, over: flow), into: &writer)
        writeVia(key, over: flow, into: &writer)
        writeContact(over: flow, into: &writer)
        writer.field(.supported, Self.supported)
        session.writeRequest(into: &writer)
        writer.finish()
        update(serial, side) { $0.dialog = dialog }
        start(key, .update, writer.bytes, purpose: .refresh(DialogKey(dialog)), over: flow, &turn)
    }

    mutating func refreshLater(_ dialog: DialogKey, at now: Moment) {
        if let owner = dialogs[dialog] { refreshLater(owner.call, owner.side, at: now) }
    }

    /// The phone is busy or away: once more in a while.
    private mutating func refreshLater(_ serial: UInt64, _ side: Side, at now: Moment) {
        update(serial, side) {
            $0.session?.isRefreshing = false
            $0.session?.next = now.monotonic + Limits.refreshPause
        }
    }

    /// The answer to a re-INVITE that refreshes, or the repeat of one.
    mutating func refreshAnswered(
        _ response: Message,
        _ status: Int,
        of client: InviteClient,
        _ key: BranchKey,
        _ turn: inout Turn
    ) {
        guard let owner = takesFirstAnswer(response, status, of: client, key, &turn) else { return }
        guard status < 300 else {
            refreshFailed(owner.call, owner.side, response, status, &turn)
            return
        }
        // One that only says yes leaves everything as it is.
        guard response.body.isEmpty || adopt(response, owner.call, owner.side, &turn) else {
            end(owner.call, because: "a phone answered a refresh with nothing usable", &turn)
            return
        }
        schedule(owner.call, at: turn.now.monotonic + Limits.silence)
    }

    /// What became of an UPDATE that refreshes.
    mutating func refreshed(_ dialog: DialogKey, _ response: Message?, _ turn: inout Turn) {
        guard let owner = dialogs[dialog] else { return }
        guard response != nil || !takeOtherWay(owner, isGone: false, &turn) else { return }
        let (serial, side) = (owner.call, owner.side)
        let status = response?.status ?? 408
        guard let response, 200..<300 ~= status else {
            refreshFailed(serial, side, response, status, &turn)
            return
        }
        let session = SessionTimer(answeredBy: response, before: leg(serial, side)?.session, at: turn.now)
        update(serial, side) {
            $0.dialog.refreshTarget(from: response)
            $0.session = session
            $0.liveness.heard = turn.now.monotonic
        }
        if let session { schedule(serial, at: session.next) }
    }

    private mutating func refreshFailed(
        _ serial: UInt64,
        _ side: Side,
        _ response: Message?,
        _ status: Int,
        _ turn: inout Turn
    ) {
        guard let leg = leg(serial, side), let session = leg.session else { return }
        switch status {
        case 481, 408:
            end(serial, because: "a phone did not take the refresh of its session", &turn)
        case 422:
            // §7.4: once more with what it asks for, if that is more than we said and less than our own limit.
            guard let floor = (try? response?.minimumSession()) ?? nil, floor > session.interval,
                floor <= SessionRules.bounds.upperBound
            else { return }
            let longer = SessionTimer(interval: floor, isOurs: true, allowsUpdate: session.allowsUpdate, at: turn.now)
            update(serial, side) { $0.session = longer }
            refresh(serial, side, leg, longer, &turn)
        case 491, 500, 503:
            // §14.1: it is busy with a change of its own.
            refreshLater(serial, side, at: turn.now)
            schedule(serial, at: turn.now.monotonic + Limits.refreshPause)
        default: break
        }
    }
}
