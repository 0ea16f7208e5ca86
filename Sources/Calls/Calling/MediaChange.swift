// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// re-INVITE (RFC 3261 §14, RFC 3264 §8): hold, resume, another codec, another address.
///
/// What only concerns one phone and us (its address, its keys, a session refresh) is answered here. What concerns the
/// other phone (direction, formats) is offered to it first, and its answer is the answer.
extension Switchboard {
    mutating func change(
        _ request: Message,
        _ owner: DialogOwner,
        on flow: Flow,
        at now: Moment,
        into actions: inout [Action]
    ) {
        guard let call = callsBySerial[owner.call], case .talking(let conversation) = call.phase,
            let leg = leg(owner), let key = ServerKey(request, on: flow)
        else {
            // The first INVITE is not settled yet (§14.2).
            respond(500, to: request, on: flow, at: now, into: &actions) { $0.field(.retryAfter, 5) }
            return
        }
        guard conversation.change == nil, leg.unacknowledged == nil else {
            respond(491, to: request, on: flow, at: now, into: &actions)
            return
        }
        let transaction = openInviteServer(key, on: flow, call: owner.call, at: now)
        update(owner.call, owner.side) { $0.dialog.refreshTarget(from: request) }
        do {
            guard let offer = try offered(in: request), let audio = offer.audio else {
                offerAgain(request, owner, leg, transaction, at: now, into: &actions)
                return
            }
            let proposed = try proposal(audio, for: leg)
            if concernsOther(audio, leg) {
                pass(offer, proposed, request, owner, transaction, at: now, into: &actions)
            } else {
                settle(offer, proposed, request, owner, transaction, at: now, into: &actions)
            }
        } catch {
            if error.status == 488 { report(.weakMediaOffered, .mediaEncryption, request, flow, now, into: &actions) }
            let bytes = response(error.status, to: request, on: flow, tag: nil)
            answer(transaction, error.status, bytes, at: now, into: &actions)
        }
    }

    /// A leg as it would be with this offer. The same key again keeps everything as it is; a new key of theirs brings a
    /// new one of ours.
    private mutating func proposal(_ audio: AudioDescription, for leg: Leg) throws(Refused) -> LegNegotiation {
        guard let theirs = Negotiation.protection(of: audio, preferring: SRTPSuite.preferred) else {
            throw Refused(status: 488, outcome: .refused, reason: "it asks for audio without encryption")
        }
        var media = leg.media
        let isSame = leg.media.theirs?.key == theirs.key
        let ours = isSame ? leg.media.chosen?.key : nil
        media.ours = [CryptoAttribute(tag: theirs.tag, key: ours ?? .generate(theirs.key.suite, using: &entropy))]
        media.theirs = theirs
        media.remote = audio
        media.local.version += 1
        return media
    }

    private func concernsOther(_ audio: AudioDescription, _ leg: Leg) -> Bool {
        guard let before = leg.media.remote else { return true }
        return audio.isHeld != before.isHeld || audio.direction != before.direction
            || !leg.media.formats.allSatisfy { known in audio.formats.contains { $0.isSameEncoding(as: known) } }
    }

    /// Answers with what both already agreed on.
    private mutating func settle(
        _ offer: SessionDescription,
        _ proposed: LegNegotiation,
        _ request: Message,
        _ owner: DialogOwner,
        _ transaction: UInt64,
        at now: Moment,
        into actions: inout [Action]
    ) {
        let other = leg(owner.call, owner.side.other)?.media.remote
        accept(
            offer,
            proposed,
            formats: proposed.formats,
            direction: other?.direction ?? .sendReceive,
            request,
            owner,
            transaction,
            at: now,
            into: &actions
        )
    }

    /// Sends the 2xx, repeats it until its ACK, and tells the relay.
    private mutating func accept(
        _ offer: SessionDescription,
        _ proposed: LegNegotiation,
        formats: [AudioFormat],
        direction: MediaDirection,
        _ request: Message,
        _ owner: DialogOwner,
        _ transaction: UInt64,
        at now: Moment,
        into actions: inout [Action]
    ) {
        guard let flow = leg(owner)?.flow, let ours = proposed.ours.first, let audio = proposed.remote else { return }
        let body = SessionWriter.answer(
            to: offer,
            proposed.local,
            formats: formats,
            packetTime: audio.packetTime,
            direction: direction.answering(audio.direction),
            crypto: ours,
            rtcpMux: audio.rtcpMux
        )
        update(owner.call, owner.side) {
            $0.media = proposed
            $0.media.formats = formats
            $0.source = flow.remote.ip
            $0.liveness.heard = now.monotonic
        }
        send200(body, request, owner, transaction, expectsAnswer: false, at: now, into: &actions)
        if let call = callsBySerial[owner.call], let media = leg(owner)?.relayMedia {
            actions.append(.media(.update(call.relay, owner.side.relay, media)))
        }
    }

    private mutating func send200(
        _ body: [UInt8],
        _ request: Message,
        _ owner: DialogOwner,
        _ transaction: UInt64,
        expectsAnswer: Bool,
        at now: Moment,
        into actions: inout [Action]
    ) {
        guard let flow = leg(owner)?.flow else { return }
        let bytes = response(200, to: request, on: flow, tag: nil, body: body) {
            writeContact(over: flow, into: &$0)
            $0.field(.allow, Self.allowed)
        }
        let sequence = (try? request.cseq().number) ?? 0
        update(owner.call, owner.side) {
            $0.unacknowledged = Unacknowledged(bytes, sequence: sequence, expectsAnswer: expectsAnswer, at: now)
        }
        answer(transaction, 200, bytes, at: now, into: &actions)
        schedule(owner.call, at: now.monotonic + .milliseconds(500))
    }

    /// A re-INVITE without an offer asks for ours (§14.1): what stands, said again.
    private mutating func offerAgain(
        _ request: Message,
        _ owner: DialogOwner,
        _ leg: Leg,
        _ transaction: UInt64,
        at now: Moment,
        into actions: inout [Action]
    ) {
        update(owner.call, owner.side) {
            $0.media.local.version += 1
            $0.media.ours = leg.media.chosen.map { [$0] } ?? $0.media.ours
        }
        guard let media = self.leg(owner)?.media else { return }
        let body = SessionWriter.offer(
            media.local,
            formats: media.formats,
            packetTime: media.remote?.packetTime,
            direction: .sendReceive,
            crypto: media.ours,
            rtcpMux: true
        )
        send200(body, request, owner, transaction, expectsAnswer: true, at: now, into: &actions)
    }

    // MARK: Passing on

    /// Offers the change to the other phone.
    private mutating func pass(
        _ offer: SessionDescription,
        _ proposed: LegNegotiation,
        _ request: Message,
        _ owner: DialogOwner,
        _ transaction: UInt64,
        at now: Moment,
        into actions: inout [Action]
    ) {
        let side = owner.side.other
        guard var other = leg(owner.call, side), let flow = other.flow, let audio = offer.audio,
            let ours = other.media.chosen
        else {
            let home = leg(owner)?.flow
            if let home {
                answer(transaction, 480, response(480, to: request, on: home, tag: nil), at: now, into: &actions)
            }
            return
        }
        other.media.local.version += 1
        let body = SessionWriter.offer(
            other.media.local,
            formats: audio.formats,
            packetTime: audio.packetTime,
            direction: audio.isHeld && audio.direction == .sendReceive ? .sendOnly : audio.direction,
            crypto: [ours],
            rtcpMux: other.media.remote?.rtcpMux ?? false
        )
        let key = BranchKey(using: entropy)
        var writer = MessageWriter()
        other.dialog.writeRequest(.invite, cseq: nil, into: &writer)
        writeVia(key, over: flow, into: &writer)
        writeContact(over: flow, into: &writer)
        writer.field(.allow, Self.allowed)
        writer.finish(contentType: "application/sdp", body: body)
        guard let message = try? Message(parsing: writer.bytes.span) else { return }
        update(owner.call, side) {
            $0.dialog = other.dialog
            $0.media.local = other.media.local
        }
        if case .talking(var conversation)? = callsBySerial[owner.call]?.phase {
            conversation.change = Change(
                from: owner.side,
                request: request,
                transaction: transaction,
                offer: offer,
                proposed: proposed,
                key: key
            )
            callsBySerial[owner.call]?.phase = .talking(conversation)
        }
        if let home = leg(owner)?.flow {
            answer(transaction, 100, response(100, to: request, on: home, tag: nil), at: now, into: &actions)
        }
        start(key, message, purpose: .change(side), call: owner.call, over: flow, at: now, into: &actions)
    }

    /// The other phone's answer to a change, or the repeat of one.
    mutating func changeAnswered(
        _ response: Message,
        _ status: Int,
        of client: InviteClient,
        _ key: BranchKey,
        at now: Moment,
        into actions: inout [Action]
    ) {
        guard status >= 200 else { return }
        if status < 300 { acknowledgeChange(response, of: client, key, into: &actions) }
        guard let change = takeChange(key, of: client.call) else { return }
        let owner = DialogOwner(call: client.call, side: change.from)
        let answered = try? SessionDescription(parsing: response.bytes.span.extracting(response.body.range))
        guard status < 300, let audio = answered?.audio, adopt(audio, client.call, change.from.other, into: &actions)
        else {
            changeRefused(status, change, owner, at: now, into: &actions)
            return
        }
        accept(
            change.offer,
            change.proposed,
            formats: audio.formats,
            direction: audio.direction,
            change.request,
            owner,
            change.transaction,
            at: now,
            into: &actions
        )
    }

    /// The change that waits for the answer to this request of ours; it waits no longer.
    private mutating func takeChange(_ key: BranchKey, of serial: UInt64) -> Change? {
        guard case .talking(var conversation)? = callsBySerial[serial]?.phase, let change = conversation.change,
            change.key == key
        else { return nil }
        conversation.change = nil
        callsBySerial[serial]?.phase = .talking(conversation)
        return change
    }

    /// The other phone cannot answer a change any more.
    mutating func changeFailed(
        _ status: Int,
        _ key: BranchKey,
        of serial: UInt64,
        at now: Moment,
        into actions: inout [Action]
    ) {
        guard let change = takeChange(key, of: serial) else { return }
        changeRefused(status, change, DialogOwner(call: serial, side: change.from), at: now, into: &actions)
    }

    private mutating func acknowledgeChange(
        _ response: Message,
        of client: InviteClient,
        _ key: BranchKey,
        into actions: inout [Action]
    ) {
        if let known = client.acknowledged {
            actions.append(.send(known.bytes, client.flow.id))
            return
        }
        guard case .change(let side) = client.purpose, var dialog = leg(client.call, side)?.dialog,
            let sequence = try? client.request.cseq().number
        else { return }
        dialog.refreshTarget(from: response)
        let bytes = acknowledge(&dialog, cseq: sequence, over: client.flow)
        inviteClients[key]?.acknowledged = ([], bytes)
        update(client.call, side) { $0.dialog = dialog }
        actions.append(.send(bytes, client.flow.id))
    }

    /// Takes the other phone's new description of its own side.
    private mutating func adopt(
        _ audio: AudioDescription,
        _ serial: UInt64,
        _ side: Side,
        into actions: inout [Action]
    ) -> Bool {
        guard var media = leg(serial, side)?.media, audio.port != 0, let ours = media.chosen else { return false }
        media.ours = [ours]
        media.accept(audio)
        media.formats = audio.formats
        guard media.theirs != nil else { return false }
        update(serial, side) { $0.media = media }
        if let call = callsBySerial[serial], let relayed = leg(serial, side)?.relayMedia {
            actions.append(.media(.update(call.relay, side.relay, relayed)))
        }
        return true
    }

    private mutating func changeRefused(
        _ status: Int,
        _ change: Change,
        _ owner: DialogOwner,
        at now: Moment,
        into actions: inout [Action]
    ) {
        guard let flow = leg(owner)?.flow else { return }
        let passed = [488, 491, 606].contains(status) ? status : 488
        let bytes = response(passed, to: change.request, on: flow, tag: nil)
        answer(change.transaction, passed, bytes, at: now, into: &actions)
        // §14.1: the dialog of the other phone is gone, so the call is.
        if status == 481 || status == 408 {
            end(owner.call, because: "a phone no longer knows the call", at: now, into: &actions)
        }
    }
}

extension AudioDescription {
    /// On hold by direction, or the old way by an address of zeros (RFC 3264 §8.4).
    var isHeld: Bool {
        direction == .sendOnly || direction == .inactive || (address?.isUnspecified ?? false)
    }
}

extension MediaDirection {
    /// Makes an answer's direction one that the offer allows (RFC 3264 §6.1).
    func answering(_ offer: MediaDirection) -> MediaDirection {
        switch offer {
        case .sendReceive: self
        case .sendOnly: self == .sendReceive || self == .receiveOnly ? .receiveOnly : .inactive
        case .receiveOnly: self == .sendReceive || self == .sendOnly ? .sendOnly : .inactive
        case .inactive: .inactive
        }
    }
}
