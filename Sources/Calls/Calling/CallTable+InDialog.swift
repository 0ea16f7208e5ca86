// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// Requests inside a dialog (RFC 3261 §12.2.2), which have to come from the phone the dialog is with.
extension CallTable {
    mutating func receiveInDialog(_ request: Message, on flow: Flow, _ desk: inout Desk) {
        guard let key = DialogKey(request), let owner = dialogs[key], self[owner.call] != nil else {
            guard !receiveEarly(request, on: flow, &desk),
                !receiveLate(request, on: flow, &desk), request.method != .ack
            else { return }
            // Row S03: a made-up tag is no way around authentication.
            desk.respond(481, to: request, on: flow)
            return
        }
        if !isAtHome(owner, flow) {
            guard request.method != .ack, comesHome(request, owner, on: flow, &desk) else { return }
        }
        if request.method == .ack {
            acknowledged(request, owner, &desk)
            return
        }
        guard inOrder(request, owner, on: flow, &desk),
            !desk.refuseExtensions(request, on: flow),
            !desk.refuseHops(of: request, on: flow)
        else { return }
        switch request.method {
        case .bye: bye(request, owner, on: flow, &desk)
        case .invite, .update: change(request, owner, on: flow, &desk)
        case .refer: refer(request, owner, on: flow, &desk)
        case .options: desk.respond(200, to: request, on: flow, desk.writeCapabilities)
        case .ack, .cancel: break
        // Rows S03 and S17: nothing of ours waits for a PRACK any more, and we have subscribed to nothing.
        case .prack, .notify: desk.respond(481, to: request, on: flow)
        case .register, .info, .subscribe, .message, .publish:
            desk.refuseMethod(of: request, on: flow)
        case .other, nil:
            desk.respond(501, to: request, on: flow, desk.writeCapabilities)
        }
    }

    private func isAtHome(_ owner: DialogOwner, _ flow: Flow) -> Bool { leg(owner)?.flow?.id == flow.id }

    /// A request of a dialog that came over another connection: the phone reconnected, or somebody read the tags. The
    /// credential tells (row S14).
    private mutating func comesHome(
        _ request: Message,
        _ owner: DialogOwner,
        on flow: Flow,
        _ desk: inout Desk
    ) -> Bool {
        if let name = leg(owner)?.party.trunk { return comesHome(owner, over: name, on: flow, request, &desk) }
        guard let proof = desk.authenticate(request, on: flow) else {
            desk.turn.report(.forgedInDialog, request, flow)
            return false
        }
        guard let leg = leg(owner), proof.device.username == leg.party.username else {
            desk.respond(403, to: request, on: flow)
            desk.turn.report(.identityMismatch, request, flow)
            return false
        }
        guard flow.isFit(for: leg) else {
            desk.respond(403, to: request, on: flow)
            return false
        }
        move(owner, to: flow, &desk)
        return true
    }

    /// The same for a provider, which has other connections too.
    private mutating func comesHome(
        _ owner: DialogOwner,
        over name: TrunkName,
        on flow: Flow,
        _ request: Message,
        _ desk: inout Desk
    ) -> Bool {
        guard desk.trunks.trunk(of: flow, at: desk.now) == name, let leg = leg(owner), flow.isFit(for: leg) else {
            desk.respond(481, to: request, on: flow)
            desk.turn.report(.forgedInDialog, request, flow)
            return false
        }
        move(owner, to: flow, &desk)
        return true
    }

    private mutating func inOrder(_ request: Message, _ owner: DialogOwner, on flow: Flow, _ desk: inout Desk) -> Bool {
        guard var dialog = leg(owner)?.dialog, let order = try? dialog.receive(request) else {
            desk.respond(400, to: request, on: flow)
            return false
        }
        guard order == .next else {
            desk.respond(500, to: request, on: flow)
            return false
        }
        update(owner.call, owner.side) { $0.dialog = dialog }
        return true
    }

    /// The ACK of a 2xx of ours.
    private mutating func acknowledged(_ request: Message, _ owner: DialogOwner, _ desk: inout Desk) {
        guard let waiting = leg(owner)?.unacknowledged, let cseq = try? request.cseq(), cseq.number == waiting.sequence
        else { return }
        update(owner.call, owner.side) { $0.unacknowledged = nil }
        guard waiting.expectsAnswer else { return }
        guard let before = leg(owner), case var media = before.media, media.accept(request.answer) else {
            end(owner.call, because: "a phone did not answer our media offer", &desk)
            return
        }
        update(owner.call, owner.side) { $0.media = media }
        openMedia(owner.call, &desk)
        // What a phone says in its ACK is an answer: the other one hears of it afterwards (§14.1).
        let other = leg(owner.call, owner.side.other)
        guard waiting.isChange, other?.introduction == nil, other?.hasLeft == false, media.differs(from: before.media)
        else { return }
        introduce(owner.call, owner.side.other, .change, &desk)
    }

    /// The keys of both sides are known: relay, or tell the relay what changed.
    private mutating func openMedia(_ serial: UInt64, _ desk: inout Desk) {
        guard let call = self[serial], case .talking(let conversation) = call.phase,
            let a = conversation.caller.media, let b = conversation.callee.media
        else {
            end(serial, because: "a phone chose no encryption that we offered", &desk)
            return
        }
        if call.record.callerProtection?.srtpSuite == nil {
            self[serial]?.record.callerProtection = conversation.caller.protection
        }
        openRelay(serial, a: a, b: b, &desk)
    }

    // MARK: Legs

    func leg(_ owner: DialogOwner) -> Leg? { leg(owner.call, owner.side) }

    func leg(_ serial: UInt64, _ side: Side) -> Leg? { endpoint(serial, side)?.leg }

    /// Who or what stands at one end of a call; `nil` before it is answered.
    func endpoint(_ serial: UInt64, _ side: Side) -> Endpoint? {
        guard let call = self[serial] else { return nil }
        return switch (call.phase, side) {
        case (.talking(let conversation), _): conversation[side]
        case (.answering(let answering), .callee): answering.callee
        case (.answering, .caller), (.ringing, .caller), (.refusing, .caller): call.click?.leg.map { Endpoint($0) }
        case (.ringing, .callee), (.refusing, .callee): nil
        }
    }

    /// The leg that a dialog is now, in whatever call; none when it has been hung up or its phone has left.
    mutating func updateLeg(of dialog: DialogKey, _ change: (inout Leg) -> Void) {
        guard let owner = dialogs[dialog] else { return }
        update(owner.call, owner.side, change)
    }

    /// Changes a leg of a standing call, or of a phone that answered.
    mutating func update(_ serial: UInt64, _ side: Side, _ change: (inout Leg) -> Void) {
        switch (self[serial]?.phase, side) {
        case (.talking(var conversation), _):
            conversation[side].change(change)
            self[serial]?.phase = .talking(conversation)
        case (.answering(var answering), .callee):
            answering.callee.change(change)
            self[serial]?.phase = .answering(answering)
        case (.answering, .caller), (.ringing, .caller), (.refusing, .caller):
            guard var click = self[serial]?.click, var leg = click.leg else { return }
            change(&leg)
            click.leg = leg
            self[serial]?.origin = .clicked(click)
        case (.ringing, .callee), (.refusing, .callee), (nil, _): break
        }
    }
}
