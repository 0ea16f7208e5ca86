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
extension Switchboard {
    mutating func change(_ request: Message, _ owner: DialogOwner, on flow: Flow, _ turn: inout Turn) {
        guard let call = callsBySerial[owner.call], case .talking(let conversation) = call.phase, let leg = leg(owner)
        else {
            // The first INVITE is not settled yet (§14.2).
            respond(500, to: request, on: flow, &turn) { $0.field(.retryAfter, 5) }
            return
        }
        let isOffer = request.method == .invite || !request.body.isEmpty
        // RFC 5407 §3.1.4: an ACK that is late is no reason to refuse a new offer, an answer that is to come with it is.
        let isOpen = leg.unacknowledged?.expectsAnswer == true
        guard !isOffer || (conversation.change == nil && !isOpen && !leg.isAsked) else {
            respond(491, to: request, on: flow, &turn)
            return
        }
        // §14.2: one that is not over is no time for the next, or a phone that confirms nothing piles them up here.
        guard request.method != .invite || (leg.unacknowledged?.isChange != true && !transactions.isFull) else {
            respond(500, to: request, on: flow, &turn) { $0.field(.retryAfter, 5) }
            return
        }
        guard let asked = asked(request, owner, leg, on: flow, &turn) else { return }
        update(owner.call, owner.side) { $0.dialog.refreshTarget(from: request) }
        if isOffer {
            decide(asked, leg, &turn)
        } else {
            // RFC 3311 §5.1: an UPDATE without an offer refreshes target and session, and nothing else.
            accept(asked, body: [], &turn)
        }
    }

    /// Judges the session timer, and opens the transaction of an INVITE.
    private mutating func asked(
        _ request: Message,
        _ owner: DialogOwner,
        _ leg: Leg,
        on flow: Flow,
        _ turn: inout Turn
    ) -> Asked? {
        guard !refuseSession(of: request, on: flow, &turn) else { return nil }
        let session = try? SessionTimer.answering(request, before: leg.session, at: turn.now)
        guard request.method == .invite else {
            transactions.expect(request, on: flow, at: turn.now)
            return Asked(request: request, owner: owner, flow: flow, kind: .update, session: session)
        }
        guard let key = ServerKey(request, on: flow) else {
            respond(400, to: request, on: flow, &turn)
            return nil
        }
        let transaction = transactions.openInvite(key, on: flow, call: owner.call, at: turn.now)
        return Asked(request: request, owner: owner, flow: flow, kind: .invite(transaction), session: session)
    }

    /// Decides whom an offer concerns.
    private mutating func decide(_ asked: Asked, _ leg: Leg, _ turn: inout Turn) {
        do {
            guard let offer = try asked.request.offer(), let audio = offer.audio else {
                offerAgain(asked, leg, &turn)
                return
            }
            let proposed = try proposal(audio, for: leg.media)
            if let other = endpoint(asked.owner.call, asked.owner.side.other), other.leg == nil {
                // An end of our own takes what it is offered.
                let answer = other.answer(to: audio)
                accept(offer, proposed, formats: answer.formats, direction: answer.direction, asked, &turn)
            } else if concernsOther(audio, leg) {
                pass(offer, proposed, asked, &turn)
            } else {
                settle(offer, proposed, asked, &turn)
            }
        } catch {
            if error.status == 488, error.warning == nil {
                report(.weakMediaOffered, .mediaEncryption, asked.request, asked.flow, &turn)
            }
            reply(error.status, to: asked, because: error, &turn)
        }
    }

    /// A leg as it would be with this offer. The same key again keeps everything as it is; a new key of theirs brings a
    /// new one of ours.
    mutating func proposal(_ audio: AudioDescription, for before: Negotiation) throws(Refused) -> Negotiation {
        var media = before
        do throws(UnacceptableOffer) { try media.take(audio, using: &entropy) } catch { throw Refused(error) }
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
        _ proposed: Negotiation,
        _ asked: Asked,
        _ turn: inout Turn
    ) {
        let other = leg(asked.owner.call, asked.owner.side.other)?.media.remote
        accept(offer, proposed, formats: proposed.formats, direction: other?.direction ?? .sendReceive, asked, &turn)
    }

    /// Takes an offer, answers it, and tells the relay.
    mutating func accept(
        _ offer: SessionDescription,
        _ proposed: Negotiation,
        formats: [AudioFormat],
        direction: MediaDirection,
        _ asked: Asked,
        _ turn: inout Turn
    ) {
        let owner = asked.owner
        guard let flow = leg(owner)?.flow, let audio = proposed.remote else { return }
        var media = proposed
        let body = media.answer(offer, formats: formats, packetTime: audio.packetTime, direction: direction)
        update(owner.call, owner.side) {
            $0.media = media
            $0.source = flow.remote.ip
            $0.liveness.heard = turn.now.monotonic
        }
        accept(asked, body: body, &turn)
        // What is not open yet is opened with both sides.
        if let call = callsBySerial[owner.call], call.relayed != nil, let media = leg(owner)?.relayMedia {
            turn.actions.append(.media(.update(call.relay, owner.side.relay, .network(media))))
        }
    }

    /// Says 2xx.
    ///
    /// - Parameter isOffer: Whether the body is an offer of ours, so that the ACK brings the answer.
    private mutating func accept(_ asked: Asked, body: [UInt8], isOffer: Bool = false, _ turn: inout Turn) {
        let owner = asked.owner
        let bytes = response(200, to: asked.request, on: asked.flow, tag: nil, body: body) {
            writeContact(over: asked.flow, into: &$0)
            $0.field(.allow, Self.allowed)
            $0.field(.supported, Self.supported)
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
                    at: turn.now
                )
            }
            answer(transaction, 200, bytes, &turn)
            schedule(owner.call, at: turn.now.monotonic + .milliseconds(500))
        case .update: send(200, bytes, to: asked, &turn)
        }
    }

    /// A re-INVITE without an offer asks for ours (§14.1): what the call may use, and not only what it uses now. So it can be
    /// widened again, and resumed, unless it is the other phone that holds (RFC 6337 §5.1).
    private mutating func offerAgain(_ asked: Asked, _ leg: Leg, _ turn: inout Turn) {
        let other = self.leg(asked.owner.call, asked.owner.side.other)?.media.remote
        var media = leg.media
        let body = media.offer(
            other?.formats ?? media.formats,
            packetTime: media.remote?.packetTime,
            direction: other?.direction == .sendOnly ? .sendOnly : .sendReceive,
            using: &entropy
        )
        update(asked.owner.call, asked.owner.side) { $0.media = media }
        accept(asked, body: body, isOffer: true, &turn)
    }

    // MARK: Answers

    /// Refuses a change, or says that it is on its way.
    mutating func reply(_ status: Int, to asked: Asked, because refused: Refused? = nil, _ turn: inout Turn) {
        let bytes = response(status, to: asked.request, on: asked.flow, tag: nil) {
            if let refused { explain(refused, into: &$0) }
        }
        switch asked.kind {
        case .invite(let transaction): answer(transaction, status, bytes, &turn)
        // RFC 4320 §4.1: a request other than INVITE gets no 100.
        case .update: if status >= 200 { send(status, bytes, to: asked, &turn) }
        }
    }

    private mutating func send(_ status: Int, _ bytes: [UInt8], to asked: Asked, _ turn: inout Turn) {
        turn.actions.append(.send(bytes, asked.flow.id))
        transactions.keep(Answer(status: status, bytes: bytes), to: asked.request, on: asked.flow, at: turn.now)
    }
}

extension AudioDescription {
    /// On hold by direction, or the old way by an address of zeros (RFC 3264 §8.4).
    var isHeld: Bool {
        direction == .sendOnly || direction == .inactive || (address?.isUnspecified ?? false)
    }
}
