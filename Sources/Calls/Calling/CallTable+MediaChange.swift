// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// re-INVITE (RFC 3261 §14, RFC 3264 §8) and UPDATE (RFC 3311 §5.2): hold, resume, another codec, another address.
///
/// What only concerns one phone and us (its address, its keys, a session refresh) is answered here. What concerns the
/// other phone (direction, formats) is offered to it first, and its answer is the answer.
extension CallTable {
    mutating func change(_ request: Message, _ owner: DialogOwner, on flow: Flow, _ desk: inout Desk) {
        guard let call = self[owner.call], case .talking(let conversation) = call.phase, let leg = leg(owner)
        else {
            // The first INVITE is not settled yet (§14.2).
            desk.respond(500, to: request, on: flow) { $0.field(.retryAfter, 5) }
            return
        }
        let isOffer = request.method == .invite || !request.body.isEmpty
        // RFC 5407 §3.1.4: an ACK that is late is no reason to refuse a new offer, an answer that is to come with it is.
        let isOpen = leg.unacknowledged?.expectsAnswer == true
        guard !isOffer || (conversation.change == nil && !isOpen && !leg.isAsked) else {
            desk.respond(491, to: request, on: flow)
            return
        }
        // §14.2: one that is not over is no time for the next, or a phone that confirms nothing piles them up here.
        guard request.method != .invite || (leg.unacknowledged?.isChange != true && !desk.transactions.isFull) else {
            desk.respond(500, to: request, on: flow) { $0.field(.retryAfter, 5) }
            return
        }
        guard let asked = asked(request, owner, leg, on: flow, &desk) else { return }
        update(owner.call, owner.side) { $0.dialog.refreshTarget(from: request) }
        if isOffer {
            decide(asked, leg, &desk)
        } else {
            // RFC 3311 §5.1: an UPDATE without an offer refreshes target and session, and nothing else.
            accept(asked, body: [], &desk)
        }
    }

    /// Judges the session timer, and opens the transaction of an INVITE.
    private mutating func asked(
        _ request: Message,
        _ owner: DialogOwner,
        _ leg: Leg,
        on flow: Flow,
        _ desk: inout Desk
    ) -> Asked? {
        guard !desk.refuseSession(of: request, on: flow) else { return nil }
        let session = try? SessionTimer.answering(request, before: leg.session, at: desk.now)
        guard request.method == .invite else {
            desk.transactions.expect(request, on: flow, at: desk.now)
            return Asked(request: request, owner: owner, flow: flow, kind: .update, session: session)
        }
        guard let key = ServerKey(request, on: flow) else {
            desk.respond(400, to: request, on: flow)
            return nil
        }
        let transaction = desk.transactions.openInvite(key, on: flow, call: owner.call, at: desk.now)
        return Asked(request: request, owner: owner, flow: flow, kind: .invite(transaction), session: session)
    }

    /// Decides whom an offer concerns.
    private mutating func decide(_ asked: Asked, _ leg: Leg, _ desk: inout Desk) {
        do {
            guard let offer = try asked.request.offer(for: leg.media.protection), let audio = offer.audio else {
                offerAgain(asked, leg, &desk)
                return
            }
            let proposed = try desk.proposal(audio, for: leg.media)
            if let other = endpoint(asked.owner.call, asked.owner.side.other), other.leg == nil {
                // An end of our own takes what it is offered.
                let answer = other.answer(to: audio)
                accept(offer, proposed, formats: answer.formats, direction: answer.direction, asked, &desk)
            } else if self.leg(asked.owner.call, asked.owner.side.other)?.hasLeft == true {
                // Who waits in a call that is parked goes on waiting.
                settle(offer, proposed, asked, &desk)
            } else if concernsOther(audio, leg), !isOfMusic(audio, by: asked.owner, leg, desk) {
                pass(offer, proposed, asked, &desk)
            } else {
                settle(offer, proposed, asked, &desk)
            }
        } catch {
            if error.status == 488, error.warning == nil {
                desk.turn.report(.weakMediaOffered, asked.request, asked.flow)
            }
            reply(error.status, to: asked, because: error, &desk)
        }
    }

    private func concernsOther(_ audio: AudioDescription, _ leg: Leg) -> Bool {
        guard let before = leg.media.remote else { return true }
        return audio.isHeld != before.isHeld || audio.direction != before.direction
            || !leg.media.formats.allSatisfy { known in audio.formats.contains { $0.isSameEncoding(as: known) } }
    }

    /// Answers with what both already agreed on.
    private mutating func settle(
        _ offer: SessionDescription,
        _ proposed: Negotiation,
        _ asked: Asked,
        _ desk: inout Desk
    ) {
        let other = leg(asked.owner.call, asked.owner.side.other)
        let partners = other?.hasLeft == true ? .sendOnly : other?.media.remote?.direction ?? .sendReceive
        // Who hears music was not told that they are on hold, and is not told now.
        let direction = musics[asked.owner.call] == asked.owner.side ? .sendReceive : partners
        accept(offer, proposed, formats: proposed.formats, direction: direction, asked, &desk)
    }

    /// Takes an offer, answers it, and tells the relay.
    mutating func accept(
        _ offer: SessionDescription,
        _ proposed: Negotiation,
        formats: [AudioFormat],
        direction: MediaDirection,
        _ asked: Asked,
        _ desk: inout Desk
    ) {
        let owner = asked.owner
        guard let flow = leg(owner)?.flow, let audio = proposed.remote else { return }
        var media = proposed
        let body = media.answer(offer, formats: formats, packetTime: audio.packetTime, direction: direction)
        update(owner.call, owner.side) {
            $0.media = media
            $0.source = flow.remote.ip
            $0.liveness.heard = desk.now.monotonic
        }
        accept(asked, body: body, &desk)
        // What is not open yet is opened with both sides.
        if let call = self[owner.call], call.relayed != nil, let end = leg(owner)?.relayEnd {
            let isMute = audio.isHeld && isInRoom(owner.call)
            desk.turn.actions.append(.media(.update(call.relay, owner.side.relay, isMute ? end.silenced() : end)))
        }
        updateMusic(owner.call, &desk)
    }

    /// Says 2xx.
    ///
    /// - Parameter isOffer: Whether the body is an offer of ours, so that the ACK brings the answer.
    private mutating func accept(_ asked: Asked, body: [UInt8], isOffer: Bool = false, _ desk: inout Desk) {
        let owner = asked.owner
        let bytes = Desk.response(200, to: asked.request, on: asked.flow, tag: nil, body: body) {
            desk.writeContact(over: asked.flow, into: &$0)
            $0.field(.allow, Desk.allowed)
            $0.field(.supported, Desk.supported)
            asked.session?.writeAnswer(into: &$0)
        }
        update(owner.call, owner.side) { $0.session = asked.session }
        switch asked.kind {
        case .invite(let transaction):
            let sequence = (try? asked.request.cseq().number) ?? 0
            update(owner.call, owner.side) {
                $0.unacknowledged = Unacknowledged(
                    bytes,
                    sequence: sequence,
                    expectsAnswer: isOffer,
                    isChange: true,
                    at: desk.now
                )
            }
            desk.answer(transaction, 200, bytes)
            schedule(owner.call, at: desk.now.monotonic + .milliseconds(500))
        case .update: send(200, bytes, to: asked, &desk)
        }
    }

    /// A re-INVITE without an offer asks for ours (§14.1): what the call may use, and not only what it uses now. So it can be
    /// widened again, and resumed, unless it is the other phone that holds (RFC 6337 §5.1).
    private mutating func offerAgain(_ asked: Asked, _ leg: Leg, _ desk: inout Desk) {
        let other = self.leg(asked.owner.call, asked.owner.side.other)?.media.remote
        var media = leg.media
        let body = media.offer(
            other?.formats ?? media.formats,
            packetTime: media.remote?.packetTime,
            direction: other?.direction == .sendOnly && musics[asked.owner.call] != asked.owner.side
                ? .sendOnly : .sendReceive,
            using: &desk.entropy
        )
        update(asked.owner.call, asked.owner.side) { $0.media = media }
        accept(asked, body: body, isOffer: true, &desk)
    }

    // MARK: Answers

    /// Refuses a change, or says that it is on its way.
    mutating func reply(_ status: Int, to asked: Asked, because refused: Refused? = nil, _ desk: inout Desk) {
        let bytes = Desk.response(status, to: asked.request, on: asked.flow, tag: nil) {
            if let refused { desk.explain(refused, into: &$0) }
        }
        switch asked.kind {
        case .invite(let transaction): desk.answer(transaction, status, bytes)
        // RFC 4320 §4.1: a request other than INVITE gets no 100.
        case .update: if status >= 200 { send(status, bytes, to: asked, &desk) }
        }
    }

    private mutating func send(_ status: Int, _ bytes: [UInt8], to asked: Asked, _ desk: inout Desk) {
        desk.turn.actions.append(.send(bytes, asked.flow.id))
        desk.transactions.keep(Answer(status: status, bytes: bytes), to: asked.request, on: asked.flow, at: desk.now)
    }
}

extension AudioDescription {
    /// On hold by direction, or the old way by an address of zeros (RFC 3264 §8.4).
    var isHeld: Bool {
        direction == .sendOnly || direction == .inactive || (address?.isUnspecified ?? false)
    }
}
