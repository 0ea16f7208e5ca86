// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// Requests inside dialogs of calls that are not answered yet: PRACK (RFC 3262 §3), UPDATE (RFC 3311 §5.2), and a BYE of
/// the caller's (RFC 3261 §15).
extension CallTable {
    /// - Returns: Whether there was such a dialog, so that nothing is left to do.
    mutating func receiveEarly(_ request: Message, on flow: Flow, _ desk: inout Desk) -> Bool {
        guard !earlyDialogs.isEmpty, let key = DialogKey(request), let owner = earlyDialogs[key],
            let call = self[owner.call], request.method != .ack
        else { return false }
        // Row S14: it has to come from the phone that the dialog is with.
        guard flow.id == flowID(owner, call) else {
            desk.turn.report(.forgedInDialog, request, flow)
            desk.respond(481, to: request, on: flow)
            return true
        }
        guard !desk.refuseExtensions(request, on: flow),
            !desk.refuseHops(of: request, on: flow),
            inOrder(request, owner, on: flow, &desk)
        else { return true }
        switch request.method {
        case .prack where owner.branch == nil: pracked(request, call, on: flow, &desk)
        case .update: updateEarly(request, owner, call, on: flow, &desk)
        case .bye where owner.branch == nil:
            desk.respond(200, to: request, on: flow)
            end(call.serial, as: .cancelled, &desk)
        case .options: desk.respond(200, to: request, on: flow, desk.writeCapabilities)
        case .invite:
            desk.respond(500, to: request, on: flow) { $0.field(.retryAfter, 5) }
        case .prack, .bye, .notify: desk.respond(481, to: request, on: flow)
        case .ack, .cancel: break
        case .register, .info, .refer, .subscribe, .message, .publish:
            desk.refuseMethod(of: request, on: flow)
        case .other, nil:
            desk.respond(501, to: request, on: flow, desk.writeCapabilities)
        }
        return true
    }

    private func flowID(_ owner: EarlyOwner, _ call: Call) -> FlowID? {
        guard let branch = owner.branch else { return call.incoming?.flow.id }
        guard case .ringing(let ringing) = call.phase, ringing.branches.indices.contains(branch) else { return nil }
        return ringing.branches[branch].flow.id
    }

    private mutating func inOrder(_ request: Message, _ owner: EarlyOwner, on flow: Flow, _ desk: inout Desk) -> Bool {
        let order: Dialog.Order?
        if let branch = owner.branch {
            order = try? earlyCalls[owner.call]?.phones[branch]?.dialog.receive(request)
        } else {
            order = try? earlyCalls[owner.call]?.dialog.receive(request)
        }
        guard order == .next else {
            desk.respond(order == nil ? 400 : 500, to: request, on: flow)
            return false
        }
        return true
    }

    // MARK: PRACK

    /// The acknowledgement of a provisional response (RFC 3262 §3): 481 for any but the one that waits for it.
    private mutating func pracked(_ request: Message, _ call: Call, on flow: Flow, _ desk: inout Desk) {
        guard let rack = try? request.rack() else {
            desk.respond(400, to: request, on: flow)
            return
        }
        guard let early = earlyCalls[call.serial], let pending = early.pending, rack.rseq == pending.rseq,
            rack.cseq.method == .invite, rack.cseq.number == (try? call.incoming?.request.cseq().number)
        else {
            desk.respond(481, to: request, on: flow)
            return
        }
        guard takeDescription(of: request, call, on: flow, &desk) else { return }
        earlyCalls[call.serial]?.pending = nil
        openEarlyRelay(call, &desk)
        if !early.queue.isEmpty {
            sayNext(call, &desk)
        } else if early.isStored, case .answering(let answering) = call.phase {
            connect(call, answering.callee, &desk)
        }
    }

    /// What a PRACK says about media: the answer to our offer, an offer, or nothing (§5). Answers the PRACK.
    private mutating func takeDescription(
        of request: Message,
        _ call: Call,
        on flow: Flow,
        _ desk: inout Desk
    ) -> Bool {
        guard var told = earlyCalls[call.serial]?.told, told.isOffer, !told.media.isAgreed else {
            if request.body.isEmpty {
                desk.respond(200, to: request, on: flow)
                return true
            }
            return answerEarly(request, EarlyOwner(call: call.serial, branch: nil), call, on: flow, &desk)
        }
        guard told.media.accept(request.answer) else {
            desk.respond(488, to: request, on: flow)
            return false
        }
        earlyCalls[call.serial]?.told = told
        desk.respond(200, to: request, on: flow)
        return true
    }

    // MARK: UPDATE

    private mutating func updateEarly(
        _ request: Message,
        _ owner: EarlyOwner,
        _ call: Call,
        on flow: Flow,
        _ desk: inout Desk
    ) {
        guard !desk.refuseSession(of: request, on: flow) else { return }
        if let branch = owner.branch {
            earlyCalls[owner.call]?.phones[branch]?.dialog.refreshTarget(from: request)
        } else {
            earlyCalls[owner.call]?.dialog.refreshTarget(from: request)
        }
        guard !request.body.isEmpty else {
            let contact = desk.contact(over: flow)
            desk.respond(200, to: request, on: flow) { $0.field(.contact, contact) }
            return
        }
        _ = answerEarly(request, owner, call, on: flow, &desk)
    }

    /// Answers an offer in a PRACK or UPDATE: between that phone and us, in the formats that were agreed on.
    private mutating func answerEarly(
        _ request: Message,
        _ owner: EarlyOwner,
        _ call: Call,
        on flow: Flow,
        _ desk: inout Desk
    ) -> Bool {
        guard let before = settledMedia(owner) else {
            // RFC 3311 §5.2: our offer is not answered yet, or theirs is not.
            let isOurs = owner.branch != nil || earlyCalls[owner.call]?.told?.isOffer == true
            desk.respond(isOurs ? 491 : 500, to: request, on: flow) {
                if !isOurs { $0.field(.retryAfter, 5) }
            }
            return false
        }
        do throws(Refused) {
            guard let offer = try request.offer(for: before.protection), let audio = offer.audio else {
                throw Refused.noAudio
            }
            var media = try desk.proposal(audio, for: before)
            let formats = before.formats.filter { known in audio.formats.contains { $0.isSameEncoding(as: known) } }
            guard formats.holdsVoice else { throw Refused.noCodec }
            let body = media.answer(offer, formats: formats, packetTime: audio.packetTime, direction: .sendReceive)
            keep(media, body, owner)
            sayEarly(body, to: request, on: flow, &desk)
            tellRelay(owner, call, &desk)
            return true
        } catch {
            desk.respond(error, to: request, on: flow)
            return false
        }
    }

    /// What was agreed on with a phone before the answer; `nil` while an offer is open.
    private func settledMedia(_ owner: EarlyOwner) -> Negotiation? {
        if let branch = owner.branch {
            guard let phone = earlyCalls[owner.call]?.phones[branch], phone.isSettled else { return nil }
            return phone.media
        }
        guard let told = earlyCalls[owner.call]?.told, told.isReliable, told.media.isAgreed else {
            return nil
        }
        return told.media
    }

    private mutating func keep(_ media: Negotiation, _ body: [UInt8], _ owner: EarlyOwner) {
        if let branch = owner.branch {
            earlyCalls[owner.call]?.phones[branch]?.media = media
        } else {
            earlyCalls[owner.call]?.told?.media = media
            earlyCalls[owner.call]?.told?.body = body
        }
    }

    private mutating func sayEarly(_ body: [UInt8], to request: Message, on flow: Flow, _ desk: inout Desk) {
        let bytes = Desk.response(200, to: request, on: flow, tag: nil, body: body) {
            desk.writeContact(over: flow, into: &$0)
        }
        desk.turn.actions.append(.send(bytes, flow.id))
        desk.transactions.keep(Answer(status: 200, bytes: bytes), to: request, on: flow, at: desk.now)
    }

    private mutating func tellRelay(_ owner: EarlyOwner, _ call: Call, _ desk: inout Desk) {
        guard earlyCalls[call.serial]?.relay == .open else { return }
        earlyCalls[call.serial]?.relay = .stale
        openEarlyRelay(call, &desk)
    }
}
