// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// Giving a phone in a call a new partner: after a transfer, or when another phone takes the partner's place.
extension CallTable {
    /// The target of a transfer picked up: it takes the place of the phone that asked.
    mutating func handOver(_ call: Call, _ callee: Leg, to standing: UInt64, _ desk: inout Desk) {
        guard let transfer = transfers[standing], case .talking? = self[standing]?.phase else {
            hangUp(callee, of: call.serial, &desk)
            forget(call.serial, &desk)
            return
        }
        forget(call.serial, &desk)
        tellReferrer(standing, 200, &desk)
        transfers[standing] = nil
        let reason = unpark(standing).map { "\(transfer.party.participant) parked it at \($0), and it came back" }
        replace(standing, transfer.referrer, with: callee, continuing: call, because: reason, &desk)
        self[standing]?.hops = call.hops
        let grounds = call.grounds?.and(self[standing]?.grounds?.pickups ?? [])
        self[standing]?.grounds = grounds
        guard let end = leg(standing, transfer.referrer)?.relayEnd else {
            self.end(standing, because: "a phone chose no encryption that we offered", &desk)
            return
        }
        desk.turn.actions.append(.media(.update(RelayID(rawValue: standing), transfer.referrer.relay, end)))
        introduce(standing, transfer.referrer.other, .last, &desk)
    }

    /// Both calls stand: their far ends become one call.
    ///
    /// Precondition: both are settled, so that there are legs in the relay to be moved.
    mutating func join(_ owner: DialogOwner, _ consulted: DialogOwner, _ placement: Placement, _ desk: inout Desk) {
        guard let other = self[consulted.call], case .talking(let conversation) = other.phase,
            let target = leg(consulted.call, consulted.side.other), let own = leg(consulted)
        else { return }
        if let change = conversation.change { reply(487, to: change.asked, &desk) }
        tellReferrer(owner.call, 200, &desk)
        transfers[owner.call] = nil
        abandonTransfer(consulted.call, &desk)
        hangUp(own, of: consulted.call, &desk)
        // The leg moves with its keys and counters: only so its packets go on being understood.
        desk.turn.actions.append(
            .media(
                .join(
                    RelayID(rawValue: owner.call),
                    owner.side.relay,
                    from: RelayID(rawValue: consulted.call),
                    consulted.side.other.relay
                )
            )
        )
        drop(other, &desk)
        replace(owner.call, owner.side, with: target, continuing: other, &desk)
        let hops = max(self[owner.call]?.hops ?? 0, other.hops) + 1
        self[owner.call]?.hops = hops
        let pickups = [self[owner.call]?.grounds, other.grounds].flatMap { $0?.pickups ?? [] }
        let forwards = other.grounds?.forwards ?? []
        self[owner.call]?.grounds = Grounds(placement, forwards: forwards, pickups: pickups)
        introduce(owner.call, owner.side, .first, &desk)
    }

    /// Lets go of a call whose legs live on in another one.
    private mutating func drop(_ call: Call, _ desk: inout Desk) {
        _ = removeValue(forKey: call.serial)
        if !musics.isEmpty { endMusic(of: call, &desk) }
        for username in call.usernames { leave(call.serial, username) }
    }

    /// A phone that rings is to be connected with another caller: the one that called it has hung up on it by a REFER
    /// (RFC 5589 §7).
    mutating func adoptRinging(_ serial: UInt64, _ placement: Placement, for owner: DialogOwner, _ desk: inout Desk) {
        guard let call = self[serial], let incoming = call.incoming,
            let transferee = leg(owner.call, owner.side.other), let standing = self[owner.call],
            let transfer = transfers[owner.call]
        else { return }
        closeEarly(serial, keepingRelay: false, &desk)
        let bytes = Desk.response(487, to: incoming.request, on: incoming.flow, tag: incoming.tag)
        desk.answer(incoming.transaction, 487, bytes)
        leave(serial, call.caller.username)
        self[serial]?.origin = .transfer(
            Call.Standing(call: owner.call, audio: transferee.media.remote, referrer: transfer.party)
        )
        self[serial]?.caller = transferee.party
        self[serial]?.grounds = Grounds(placement)
        self[serial]?.hops = standing.hops + 1
        enter(serial, transferee.party.username)
    }

    /// Puts another phone in the place of one side of a call, and says goodbye to the one that was there.
    ///
    /// - Parameters:
    ///   - next: The call that it is from now on, for the record; the one that it was so far is over.
    ///   - reason: How that ended; `nil` for a transfer.
    mutating func replace(
        _ serial: UInt64,
        _ side: Side,
        with leg: Leg,
        continuing next: Call,
        because reason: String? = nil,
        _ desk: inout Desk
    ) {
        if case .talking(let conversation)? = self[serial]?.phase { settle(conversation[side], &desk) }
        guard var call = self[serial], case .talking(var conversation) = call.phase else { return }
        if let change = conversation.change { reply(491, to: change.asked, &desk) }
        conversation.change = nil
        let former = conversation[side]
        noteTalk(conversation[side], &desk)
        // Whom the one that stays was to be told of is gone.
        conversation[side] = Endpoint(leg)
        conversation[side.other].change { $0.introduction = nil }
        var record = next.record
        if next.record.id != call.record.id {
            var ended = call.record
            ended.charges = moveCharges(from: call.record, to: &record, of: serial)
            ended.endedAt = call.time(at: desk.now)
            ended.reason =
                reason ?? "\(former.participant) transferred it to \(leg.party.participant)"
            desk.turn.actions.append(.remember(ended, nil))
        }
        (call.record, call.begun) = (record, next.begun)
        call.phase = .talking(conversation)
        self[serial] = call
        if !voices.isEmpty { forgetVoice(call, &desk) }
        updateMusic(serial, &desk)
        hangUp(former, of: serial, &desk)
        if let username = former.username, !call.usernames.contains(username) { leave(serial, username) }
        enter(serial, leg.party.username)
        dialogs[DialogKey(leg.dialog)] = DialogOwner(call: serial, side: side)
        schedule(serial, at: desk.now.monotonic + .milliseconds(500))
    }

    // MARK: When it fails

    /// The target did not pick up, or could not.
    mutating func transferFailed(_ serial: UInt64, _ status: Int, _ desk: inout Desk) {
        guard let transfer = transfers[serial] else { return }
        tellReferrer(serial, status, &desk)
        transfers[serial] = nil
        if transfer.farewell != nil {
            end(serial, because: "nobody took the call that was transferred", &desk)
        }
        if !parked.isEmpty { waitAgain(serial, &desk) }
    }

    /// The phone that asked hangs up before the target picked up: the other one waits alone.
    ///
    /// - Returns: Whether it was such a call.
    mutating func leaveTransfer(_ owner: DialogOwner, _ desk: inout Desk) -> Bool {
        guard !transfers.isEmpty, let transfer = transfers[owner.call],
            transfer.referrer == owner.side,
            let leg = leg(owner), let flow = leg.flow
        else { return false }
        if case .talking(let conversation)? = self[owner.call]?.phase, let change = conversation.change {
            changeFailed(491, change.key, of: owner.call, &desk)
        }
        transfers[owner.call]?.farewell = (leg.dialog, flow)
        leaveSeat(owner, &desk)
        return true
    }

    /// The call that was to be transferred is over.
    mutating func abandonTransfer(_ serial: UInt64, _ desk: inout Desk) {
        guard !transfers.isEmpty, let transfer = transfers[serial] else { return }
        tellReferrer(serial, 487, &desk)
        transfers[serial] = nil
        end(transfer.ringing, as: .cancelled, &desk)
    }

    // MARK: Introductions

    /// Offers a phone what its new partner speaks, as soon as its dialog is free for it.
    mutating func introduce(_ serial: UInt64, _ side: Side, _ introduction: Introduction, _ desk: inout Desk) {
        let end = desk.now.monotonic + Limits.introduction
        update(serial, side) { ($0.introduction, $0.introduceBy, $0.introducing) = (introduction, end, nil) }
        schedule(serial, at: end)
        continueIntroduction(serial, side, &desk)
    }

    /// A phone that was not told in time of whom it talks to, whatever it says meanwhile, talks to nobody.
    mutating func pursueIntroduction(_ serial: UInt64, _ side: Side, _ desk: inout Desk) {
        guard let end = leg(serial, side)?.introduceBy, end <= desk.now.monotonic else {
            if let end = leg(serial, side)?.introduceBy { schedule(serial, at: end) }
            continueIntroduction(serial, side, &desk)
            return
        }
        if leg(serial, side)?.introduction?.isOfSelf == true {
            update(serial, side) { $0.forgetIntroduction() }
            return
        }
        self.end(serial, because: "a phone did not take its new partner in time", &desk)
    }

    mutating func continueIntroduction(_ serial: UInt64, _ side: Side, _ desk: inout Desk) {
        guard let leg = leg(serial, side), let introduction = leg.introduction, !leg.isAsked,
            let partner = self.leg(serial, side.other)
        else { return }
        // The first one is offered everything that the other can do, the last one what the first has chosen.
        let formats: [AudioFormat]
        var direction = MediaDirection.sendReceive
        switch introduction {
        case .first: formats = partner.media.remote?.formats ?? partner.media.formats
        case .last: formats = partner.media.formats
        case .change: (formats, direction) = (partner.media.formats, partner.media.remote?.direction ?? direction)
        case .hold: (formats, direction) = (leg.media.formats, .sendOnly)
        }
        guard leg.unacknowledged == nil, let flow = leg.flow,
            let (key, message) = reinvite(
                serial,
                side,
                formats: formats,
                packetTime: partner.media.remote?.packetTime,
                direction: direction,
                presenting: introduction.isOfSelf ? nil : partner.party,
                &desk
            )
        else {
            schedule(serial, at: desk.now.monotonic + Limits.introductionPause)
            return
        }
        update(serial, side) { ($0.isAsked, $0.introducing) = (true, key) }
        desk.start(key, message, purpose: .introduction(DialogKey(leg.dialog)), call: serial, over: flow)
    }

    /// The answer to the offer that introduces a new partner, or the repeat of one.
    mutating func introductionAnswered(
        _ response: Message,
        _ status: Int,
        of client: InviteClient,
        _ key: BranchKey,
        _ desk: inout Desk
    ) {
        guard let owner = takesFirstAnswer(response, status, of: client, key, &desk),
            let leg = leg(owner), let introduction = leg.introduction, leg.introducing == key
        else { return }
        if status == 491 || status == 500 {
            schedule(owner.call, at: desk.now.monotonic + Limits.introductionPause)
            return
        }
        update(owner.call, owner.side) { $0.forgetIntroduction() }
        // One that does not take a change of its partner's stays as it is.
        if introduction.isOfSelf, status >= 300, status != 481, status != 408 { return }
        guard status < 300, adopt(response, owner.call, owner.side, &desk) else {
            end(owner.call, because: "a phone did not take its new partner", &desk)
            return
        }
        switch introduction {
        case .first: introduce(owner.call, owner.side.other, .last, &desk)
        case .last, .change, .hold: break
        }
    }
}

extension Leg {
    fileprivate mutating func forgetIntroduction() { (introduction, introduceBy, introducing) = (nil, nil, nil) }
}
