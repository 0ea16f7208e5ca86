// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Primitives
import SIP

/// Keeping sessions alive, and ending those that nobody keeps alive (RFC 4028 §7.4, §8, §10).
extension CallTable {
    /// Looks at a session whose moment may have come.
    mutating func checkSession(_ serial: UInt64, _ side: Side, _ desk: inout Desk) {
        guard let leg = leg(serial, side), let session = leg.session else { return }
        if session.expires <= desk.now.monotonic {
            end(serial, because: "a session was not refreshed in time", &desk)
            return
        }
        guard session.isOurs, !session.isRefreshing else {
            schedule(serial, at: session.expires)
            return
        }
        if session.next <= desk.now.monotonic { refresh(serial, side, leg, session, &desk) }
        schedule(serial, at: min(self.leg(serial, side)?.session?.next ?? session.expires, session.expires))
    }

    private mutating func refresh(
        _ serial: UInt64,
        _ side: Side,
        _ leg: Leg,
        _ session: SessionTimer,
        _ desk: inout Desk
    ) {
        guard let flow = leg.flow, !leg.isAsked, leg.unacknowledged == nil, !isChanging(serial) else {
            refreshLater(serial, side, at: desk.now)
            return
        }
        if session.allowsUpdate {
            sendUpdate(serial, side, leg, session, over: flow, &desk)
        } else {
            let partner = self.leg(serial, side.other)
            let direction: MediaDirection =
                if musics[serial] == side, leg.media.remote?.direction == .sendReceive {
                    .sendReceive
                } else {
                    partner?.hasLeft == true ? .sendOnly : partner?.media.remote?.direction ?? .sendReceive
                }
            guard
                let (key, message) = reinvite(
                    serial,
                    side,
                    formats: leg.media.formats,
                    packetTime: leg.media.remote?.packetTime,
                    direction: direction,
                    isRepeat: true,
                    &desk
                )
            else {
                refreshLater(serial, side, at: desk.now)
                return
            }
            update(serial, side) { $0.isAsked = true }
            desk.start(key, message, purpose: .refresh(DialogKey(leg.dialog)), call: serial, over: flow)
        }
        update(serial, side) {
            $0.session?.isRefreshing = true
            $0.session?.next = session.expires
        }
    }

    private func isChanging(_ serial: UInt64) -> Bool {
        guard case .talking(let conversation)? = self[serial]?.phase else { return false }
        return conversation.change != nil
    }

    private mutating func sendUpdate(
        _ serial: UInt64,
        _ side: Side,
        _ leg: Leg,
        _ session: SessionTimer,
        over flow: Flow,
        _ desk: inout Desk
    ) {
        let key = BranchKey(using: desk.entropy)
        var dialog = leg.dialog
        var writer = MessageWriter()
        dialog.writeRequest(.update, cseq: nil, at: desk.address(of: dialog, over: flow), into: &writer)
        desk.writeVia(key, over: flow, into: &writer)
        desk.writeContact(over: flow, into: &writer)
        writer.field(.supported, Desk.supported)
        session.writeRequest(into: &writer)
        writer.finish()
        update(serial, side) { $0.dialog = dialog }
        desk.start(key, .update, writer.bytes, purpose: .refresh(DialogKey(dialog)), over: flow)
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
        _ desk: inout Desk
    ) {
        guard let owner = takesFirstAnswer(response, status, of: client, key, &desk) else { return }
        guard status < 300 else {
            refreshFailed(owner.call, owner.side, response, status, &desk)
            return
        }
        // One that only says yes leaves everything as it is.
        guard response.body.isEmpty || adopt(response, owner.call, owner.side, &desk) else {
            end(owner.call, because: "a phone answered a refresh with nothing usable", &desk)
            return
        }
        schedule(owner.call, at: desk.now.monotonic + Limits.silence)
    }

    /// What became of an UPDATE that refreshes.
    mutating func refreshed(_ dialog: DialogKey, _ response: Message?, _ desk: inout Desk) {
        guard let owner = dialogs[dialog] else { return }
        guard response != nil || !takeOtherWay(owner, isGone: false, &desk) else { return }
        let (serial, side) = (owner.call, owner.side)
        let status = response?.status ?? 408
        guard let response, 200..<300 ~= status else {
            refreshFailed(serial, side, response, status, &desk)
            return
        }
        let session = SessionTimer(answeredBy: response, before: leg(serial, side)?.session, at: desk.now)
        update(serial, side) {
            $0.dialog.refreshTarget(from: response)
            $0.session = session
            $0.liveness.heard = desk.now.monotonic
        }
        if let session { schedule(serial, at: session.next) }
    }

    private mutating func refreshFailed(
        _ serial: UInt64,
        _ side: Side,
        _ response: Message?,
        _ status: Int,
        _ desk: inout Desk
    ) {
        guard let leg = leg(serial, side), let session = leg.session else { return }
        switch status {
        case 481, 408:
            end(serial, because: "a phone did not take the refresh of its session", &desk)
        case 422:
            // §7.4: once more with what it asks for, if that is more than we said and less than our own limit.
            guard let floor = (try? response?.minimumSession()) ?? nil, floor > session.interval,
                floor <= SessionRules.bounds.upperBound
            else { return }
            let longer = SessionTimer(interval: floor, isOurs: true, allowsUpdate: session.allowsUpdate, at: desk.now)
            update(serial, side) { $0.session = longer }
            refresh(serial, side, leg, longer, &desk)
        case 491, 500, 503:
            // §14.1: it is busy with a change of its own.
            refreshLater(serial, side, at: desk.now)
            schedule(serial, at: desk.now.monotonic + Limits.refreshPause)
        default: break
        }
    }
}

extension Desk {
    /// Refuses a session that is too short (§5, row S21) or that cannot be read.
    mutating func refuseSession(of request: Message, on flow: Flow) -> Bool {
        switch sessionFault(of: request) {
        case nil: return false
        case .malformed: respond(400, to: request, on: flow)
        case .tooShort:
            respond(422, to: request, on: flow) {
                $0.field(.minSE, Int(SessionRules.bounds.lowerBound))
            }
        }
        return true
    }

    /// Why the session timer that a request asks for is none; `nil` where it is one, or none is asked for.
    func sessionFault(of request: Message) -> SessionTimer.Refusal? {
        guard request.first(.sessionExpires) != nil else { return nil }
        do {
            _ = try SessionTimer.answering(request, before: nil, at: turn.now)
            return nil
        } catch { return error }
    }
}
