// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// An INVITE that takes the place of a phone in a call: pick-up by dialog, or moving a call to another phone
/// (RFC 3891 §3).
extension CallTable {
    mutating func replaceDialog(_ request: Message, by proof: Authenticated, _ desk: inout Desk) {
        let named: Replaces?
        do { named = try request.replaces() } catch {
            desk.respond(error.status, to: request, on: proof.flow)
            return
        }
        guard let named else { return }
        if let owner = confirmedDialog(named), let former = leg(owner) {
            guard let seat = former.party.number else {
                // Nobody sits down where somebody outside is.
                refuseSeat(403, request, by: proof, &desk)
                return
            }
            let verdict = PickupRules.decide(
                proof.device,
                talkingAt: seat,
                signallingIsSecure: proof.flow.transport.isEncrypted,
                in: desk.snapshot
            )
            switch verdict {
            case .refused(let refusal): refuseSeat(refusal.status, request, by: proof, &desk)
            // §3: it is answered, and only an early one was to be replaced.
            case .allowed where named.isEarlyOnly: refuseSeat(486, request, by: proof, &desk)
            case .allowed(let permit): takeSeat(request, owner, permit, by: proof, &desk)
            }
        } else if let (call, number) = ringingDialog(named, &desk) {
            pickUp(call, ringingAt: number, request, by: proof, &desk)
        } else {
            desk.respond(481, to: request, on: proof.flow)
        }
    }

    /// The dialog that a Replaces names, in either order of its tags: who has it from somebody else sees it from the
    /// other side.
    func confirmedDialog(_ named: Replaces) -> DialogOwner? {
        dialogs[DialogKey(callID: named.callID, localTag: named.toTag, remoteTag: named.fromTag)]
            ?? dialogs[DialogKey(callID: named.callID, localTag: named.fromTag, remoteTag: named.toTag)]
    }

    /// The call that rings a phone in the dialog that is named. Only our own tag is compared: the phone may not have
    /// given one yet, and who may pick up is not decided by what he knows.
    private func ringingDialog(_ named: Replaces, _ desk: inout Desk) -> (UInt64, ExtensionNumber)? {
        for call in values {
            guard case .ringing(let ringing) = call.phase else { continue }
            for branch in ringing.branches where branch.status == nil {
                guard let request = desk.transactions.invite(branch.key), let callID = try? request.callID(),
                    request.bytes(callID).elementsEqual(named.callID), let tag = try? request.from().tag,
                    request.bytes(tag).elementsEqual(named.toTag) || request.bytes(tag).elementsEqual(named.fromTag)
                else { continue }
                return branch.party.number.map { (call.serial, $0) }
            }
        }
        return nil
    }

    // MARK: Pick-up

    /// The oldest call that rings where this phone may pick up.
    func ringing(
        for proof: Authenticated,
        at number: ExtensionNumber?,
        _ desk: inout Desk
    ) -> (UInt64, ExtensionNumber)? {
        for serial in keys.sorted() {
            guard let call = self[serial], case .ringing(let ringing) = call.phase, !call.isRingingItsCaller,
                call.caller.username != proof.device.username
            else { continue }
            for branch in ringing.branches where branch.status == nil {
                guard let place = branch.party.number, number == nil || place == number else { continue }
                if number != nil { return (call.serial, place) }
                if case .allowed = mayPickUp(at: place, by: proof, &desk) { return (call.serial, place) }
            }
        }
        return nil
    }

    private func mayPickUp(
        at place: ExtensionNumber,
        by proof: Authenticated,
        _ desk: inout Desk
    ) -> Verdict<PickupPermit> {
        PickupRules.decide(
            proof.device,
            ringingAt: place,
            signallingIsSecure: proof.flow.transport.isEncrypted,
            in: desk.snapshot
        )
    }

    /// Connects the caller with a phone that did not ring.
    mutating func pickUp(
        _ serial: UInt64,
        ringingAt number: ExtensionNumber,
        _ request: Message,
        by proof: Authenticated,
        _ desk: inout Desk
    ) {
        let permit: PickupPermit
        switch mayPickUp(at: number, by: proof, &desk) {
        case .allowed(let given): permit = given
        case .refused(let refusal):
            refuseSeat(refusal.status, request, by: proof, &desk)
            return
        }
        guard let call = self[serial], case .ringing(let ringing) = call.phase, !call.isRingingItsCaller,
            call.caller.username != proof.device.username
        else {
            desk.respond(481, to: request, on: proof.flow)
            return
        }
        let owner = DialogOwner(call: serial, side: .callee)
        let formats = call.audio?.formats
        guard let leg = seat(request, owner, permit, by: proof, formats: formats, call.caller, &desk) else {
            return
        }
        for branch in ringing.branches where branch.status == nil {
            desk.cancel(branch.key, because: Reason.completedElsewhere)
        }
        let place = ringing.branches.last { $0.status == nil && $0.party.number == number }
        wait(for: Endpoint(leg), by: place?.placement, in: serial, &desk)
    }

    // MARK: Moving a call

    private mutating func takeSeat(
        _ request: Message,
        _ owner: DialogOwner,
        _ permit: PickupPermit,
        by proof: Authenticated,
        _ desk: inout Desk
    ) {
        guard let call = self[owner.call], case .talking(let conversation) = call.phase,
            let partner = leg(owner.call, owner.side.other), transfers[owner.call] == nil
        else {
            desk.respond(481, to: request, on: proof.flow)
            return
        }
        guard conversation.change == nil, !partner.isAsked, !partner.hasLeft, isSettled(owner.call) else {
            desk.respond(491, to: request, on: proof.flow)
            return
        }
        let formats = partner.media.remote?.formats ?? partner.media.formats
        guard let leg = seat(request, owner, permit, by: proof, formats: formats, partner.party, &desk),
            let end = leg.relayEnd
        else { return }
        replace(owner.call, owner.side, with: leg, continuing: call, &desk)
        desk.turn.actions.append(.media(.update(call.relay, owner.side.relay, end)))
        introduce(owner.call, owner.side.other, .last, &desk)
    }

    // MARK: The new phone

    private mutating func refuseSeat(_ status: Int, _ request: Message, by proof: Authenticated, _ desk: inout Desk) {
        if status == 403 {
            // Row S16: somebody else's call.
            desk.turn.report(
                .identityMismatch,
                request,
                proof.flow,
                subject: .account(proof.device.username)
            )
        }
        desk.respond(status, to: request, on: proof.flow)
    }

    /// Answers the INVITE of a phone that takes a place in a call, which the call rests on from now on.
    ///
    /// - Parameters:
    ///   - formats: What the phone at the other end can do; `nil` when it left the offer to us.
    ///   - partner: Who the phone will talk to.
    /// - Returns: `nil` when it was refused: without SRTP, or without a format in common.
    mutating func seat(
        _ request: Message,
        _ owner: DialogOwner,
        _ permit: PickupPermit,
        by proof: Authenticated,
        formats: [AudioFormat]?,
        _ partner: Party,
        _ desk: inout Desk
    ) -> Leg? {
        let tag = desk.entropy.tag()
        do throws(Refused) {
            guard let offer = try request.offer(), let audio = offer.audio else { throw Refused.noAudio }
            guard let key = ServerKey(request, on: proof.flow),
                let dialog = try? Dialog(asServerFrom: request, localTag: tag)
            else { throw Refused(status: 400, outcome: .refused, reason: "its INVITE has no usable Contact") }
            let empty = desk.negotiation(towards: audio.address ?? proof.flow.remote.ip)
            var media = try desk.proposal(audio, for: empty)
            let formats = formats.map { Negotiation.formats(offered: $0, answered: audio.formats) } ?? audio.formats
            guard formats.holdsVoice else { throw Refused.noCodec }
            let body = media.answer(offer, formats: formats, packetTime: audio.packetTime, direction: .sendReceive)
            var leg = Leg(
                Party(proof.device, proof.subscriber, isPrivate: request.hidesCaller),
                proof.flow,
                dialog,
                media,
                at: desk.now
            )
            leg.session = try? SessionTimer.answering(request, before: nil, at: desk.now)
            let bytes = welcome(request, body, leg, tag, over: proof.flow, partner, &desk)
            leg.unacknowledged = Unacknowledged(
                bytes,
                sequence: (try? request.cseq().number) ?? 1,
                expectsAnswer: false,
                at: desk.now
            )
            let transaction = desk.transactions.openInvite(key, on: proof.flow, call: owner.call, at: desk.now)
            desk.answer(transaction, 200, bytes)
            dialogs[DialogKey(dialog)] = owner
            let grounds = self[owner.call]?.grounds?.and([permit])
            self[owner.call]?.grounds = grounds
            return leg
        } catch {
            if error.status == 488, error.warning == nil {
                desk.turn.report(.weakMediaOffered, request, proof.flow)
            }
            desk.respond(error, to: request, on: proof.flow)
            return nil
        }
    }

    /// The 200 for a phone that takes a place in a call.
    private func welcome(
        _ request: Message,
        _ body: [UInt8],
        _ leg: Leg,
        _ tag: String,
        over flow: Flow,
        _ partner: Party,
        _ desk: inout Desk
    ) -> [UInt8] {
        Desk.response(200, to: request, on: flow, tag: tag, body: body) {
            desk.writeContact(over: flow, into: &$0)
            $0.field(.allow, Desk.allowed)
            $0.field(.supported, Desk.supported)
            leg.session?.writeAnswer(into: &$0)
            desk.writeIdentity(of: partner, into: &$0)
        }
    }
}
