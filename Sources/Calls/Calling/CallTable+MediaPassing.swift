// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives
import SIP

/// A change that concerns both phones: offered to the other one by a re-INVITE of ours, whose answer is the answer.
extension CallTable {
    mutating func pass(_ offer: SessionDescription, _ proposed: Negotiation, _ asked: Asked, _ desk: inout Desk) {
        let (owner, side) = (asked.owner, asked.owner.side.other)
        guard let other = leg(owner.call, side), !other.isAsked, other.unacknowledged == nil else {
            // An INVITE is on its way in the other dialog, or not confirmed: as when both change at once (§14.2).
            reply(491, to: asked, &desk)
            return
        }
        guard let audio = offer.audio,
            let (key, message) = reinvite(
                owner.call,
                side,
                formats: audio.formats,
                packetTime: audio.packetTime,
                direction: audio.isHeld && audio.direction == .sendReceive ? .sendOnly : audio.direction,
                &desk
            ), let flow = leg(owner.call, side)?.flow
        else {
            reply(480, to: asked, &desk)
            return
        }
        if case .talking(var conversation)? = self[owner.call]?.phase {
            conversation.change = Change(asked: asked, offer: offer, proposed: proposed, key: key)
            self[owner.call]?.phase = .talking(conversation)
        }
        reply(100, to: asked, &desk)
        desk.start(key, message, purpose: .change(DialogKey(other.dialog)), call: owner.call, over: flow)
    }

    /// An INVITE inside the dialog of one side, with an offer of ours under the keys that stand.
    ///
    /// - Returns: `nil` while the phone cannot be reached or nothing is agreed on with it.
    mutating func reinvite(
        _ serial: UInt64,
        _ side: Side,
        formats: [AudioFormat],
        packetTime: Int?,
        direction: MediaDirection,
        isRepeat: Bool = false,
        presenting partner: Party? = nil,
        _ desk: inout Desk
    ) -> (BranchKey, Message)? {
        guard var leg = leg(serial, side), let flow = leg.flow, leg.media.isAgreed else { return nil }
        let body = leg.media.offer(
            formats,
            packetTime: packetTime,
            direction: direction,
            isRepeat: isRepeat,
            using: &desk.entropy
        )
        let key = BranchKey(using: desk.entropy)
        var writer = MessageWriter()
        leg.dialog.writeRequest(.invite, cseq: nil, at: desk.address(of: leg.dialog, over: flow), into: &writer)
        desk.writeVia(key, over: flow, into: &writer)
        desk.writeContact(over: flow, into: &writer)
        writer.field(.allow, Desk.allowed)
        writer.field(.supported, Desk.supported)
        leg.session?.writeRequest(into: &writer)
        // Who it is inside is no matter of a provider's: what leaves shows numbers of the business only.
        if let partner, leg.party.trunk == nil { desk.writeIdentity(of: partner, into: &writer) }
        writer.finish(contentType: "application/sdp", body: body)
        guard let message = try? Message(parsing: writer.bytes.span) else { return nil }
        update(serial, side) {
            $0.dialog = leg.dialog
            $0.media = leg.media
        }
        return (key, message)
    }

    /// The other phone's answer to a change, or the repeat of one.
    mutating func changeAnswered(
        _ response: Message,
        _ status: Int,
        of client: InviteClient,
        _ key: BranchKey,
        _ desk: inout Desk
    ) {
        guard status >= 200 else { return }
        if status < 300 { acknowledge(response, of: client, key, &desk) }
        guard let change = takeChange(key, of: client.call) else { return }
        guard status < 300 else {
            changeRefused(status, change, &desk)
            return
        }
        let side = change.asked.owner.side.other
        guard adopt(response, client.call, side, &desk),
            let media = leg(client.call, side)?.media, let audio = media.remote
        else {
            // It has taken an offer that it did not answer: nothing is agreed on with it any more (RFC 3261 §14.1).
            reply(488, to: change.asked, &desk)
            end(client.call, because: "a phone answered a change with nothing usable", &desk)
            return
        }
        accept(change.offer, change.proposed, formats: media.formats, direction: audio.direction, change.asked, &desk)
    }

    /// The change that waits for the answer to this request of ours; it waits no longer.
    private mutating func takeChange(_ key: BranchKey, of serial: UInt64) -> Change? {
        guard case .talking(var conversation)? = self[serial]?.phase, let change = conversation.change,
            change.key == key
        else { return nil }
        conversation.change = nil
        self[serial]?.phase = .talking(conversation)
        return change
    }

    /// The other phone cannot answer a change any more.
    mutating func changeFailed(_ status: Int, _ key: BranchKey, of serial: UInt64, _ desk: inout Desk) {
        guard let change = takeChange(key, of: serial) else { return }
        changeRefused(status, change, &desk)
    }

    /// Confirms a 2xx to an INVITE of ours inside a dialog, as often as it comes.
    mutating func acknowledge(_ response: Message, of client: InviteClient, _ key: BranchKey, _ desk: inout Desk) {
        if let known = client.acknowledged {
            desk.turn.actions.append(.send(known.bytes, client.flow.id))
            return
        }
        let owner = client.purpose.dialog.flatMap { dialogs[$0] }
        let leg = owner.flatMap { self.leg($0) }
        // RFC 5407 §3.2.3: its call may be over, and it waits for the ACK all the same.
        guard let sequence = try? client.request.cseq().number,
            var dialog = leg?.dialog ?? (try? Dialog(asClientFrom: response, request: client.request))
                ?? Dialog(unclear: response, to: client.request)
        else { return }
        dialog.refreshTarget(from: response)
        let bytes = desk.acknowledge(&dialog, cseq: sequence, over: client.flow)
        desk.transactions.acknowledged(key, by: bytes)
        desk.turn.actions.append(.send(bytes, client.flow.id))
        guard let owner, let leg else { return }
        let session = SessionTimer(answeredBy: response, before: leg.session, at: desk.now)
        update(owner.call, owner.side) {
            $0.dialog = dialog
            $0.session = session
        }
    }

    /// Takes the final answer to an INVITE of ours inside a dialog: a 2xx is confirmed as often as it comes.
    ///
    /// - Returns: Whose dialog it is, for the first one, after which that phone may be asked again; `nil` when its call is
    ///   over or another phone took its place.
    mutating func takesFirstAnswer(
        _ response: Message,
        _ status: Int,
        of client: InviteClient,
        _ key: BranchKey,
        _ desk: inout Desk
    ) -> DialogOwner? {
        guard status >= 200 else { return nil }
        if status < 300 { acknowledge(response, of: client, key, &desk) }
        guard client.acknowledged == nil, let owner = client.purpose.dialog.flatMap({ dialogs[$0] }),
            let leg = leg(owner)
        else { return nil }
        update(owner.call, owner.side) { $0.isAsked = false }
        // It has another partner since: now it can be told.
        if leg.introduction != nil, leg.introducing != key { schedule(owner.call, at: desk.now.monotonic) }
        return owner
    }

    /// Takes a phone's answer to an offer of ours inside its dialog.
    ///
    /// - Returns: Whether it was one; if not, nothing is changed.
    mutating func adopt(_ response: Message, _ serial: UInt64, _ side: Side, _ desk: inout Desk) -> Bool {
        guard var media = leg(serial, side)?.media, media.isAgreed, media.accept(response.answer) else {
            return false
        }
        update(serial, side) { $0.media = media }
        if let call = self[serial], call.relayed != nil, let end = leg(serial, side)?.relayEnd {
            desk.turn.actions.append(.media(.update(call.relay, side.relay, end)))
        }
        updateMusic(serial, &desk)
        return true
    }

    private mutating func changeRefused(_ status: Int, _ change: Change, _ desk: inout Desk) {
        reply([488, 491, 606].contains(status) ? status : 488, to: change.asked, &desk)
        // §14.1: the dialog of the other phone is gone, so the call is.
        if status == 481 || status == 408 {
            end(change.asked.owner.call, because: "a phone no longer knows the call", &desk)
        }
    }
}
