// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// REFER inside a call (RFC 3515): who is on the phone is connected with somebody else.
///
/// We are the other end of every dialog, so we carry a transfer out ourselves: the phone that is transferred gets a
/// re-INVITE, no REFER. What is dialled for it is a call of the phone that asked, and is judged as one (rule PAID).
extension CallTable {
    mutating func refer(_ request: Message, _ owner: DialogOwner, on flow: Flow, _ desk: inout Desk) {
        guard leg(owner)?.party.trunk == nil else {
            // Row T06: nobody outside sends us anywhere.
            desk.respond(DialInRules.refusal(of: .transfer).status, to: request, on: flow)
            return
        }
        // A connection proves who sends; a datagram does not, and this may cost money.
        guard flow.transport.isReliable || desk.authenticate(request, on: flow) != nil else {
            return
        }
        let target: ReferTo
        do { target = try request.referTo() } catch {
            desk.respond(error.status, to: request, on: flow)
            return
        }
        guard let call = self[owner.call], case .talking = call.phase, let leg = leg(owner),
            let device = desk.snapshot.devices[leg.party.username], transfers[owner.call] == nil,
            isSettled(owner.call)
        else {
            desk.respond(491, to: request, on: flow)
            return
        }
        guard let partner = self.leg(owner.call, owner.side.other) else {
            // An end of our own is not sent anywhere.
            desk.respond(403, to: request, on: flow)
            return
        }
        guard !partner.hasLeft else {
            // It is parked: there is nobody to be sent.
            desk.respond(491, to: request, on: flow)
            return
        }
        let isForHelp = isForHelp(target, of: request, &desk)
        if !isForHelp, let refusal = IntercomRules.refusal(ofSendingOn: call.grounds?.placement) {
            desk.respond(.explained(refusal), to: request, on: flow)
            return
        }
        guard isForHelp || call.hops < Limits.transfers else {
            // Row S20: a chain without an end.
            desk.respond(482, to: request, on: flow)
            return
        }
        guard desk.mayCall(device, request, on: flow, forHelp: isForHelp) else { return }
        let asked = Referral(request: request, owner: owner, flow: flow, device: device, party: leg.party)
        if let replaces = target.replaces {
            attend(asked, replaces, &desk)
        } else {
            dial(asked, target.uri, call, &desk)
        }
    }

    /// Whether who is on the phone is to be connected with help.
    private func isForHelp(_ target: ReferTo, of request: Message, _ desk: inout Desk) -> Bool {
        guard let replaces = target.replaces else {
            return desk.isHelp(desk.addressee(target.uri, in: request.bytes.span).number)
        }
        return consultation(replaces)?.target?.isHelp ?? false
    }

    /// A REFER and whose it is.
    struct Referral {
        let request: Message
        let owner: DialogOwner
        let flow: Flow
        let device: Device
        let party: Party
    }

    // MARK: Blind

    private mutating func dial(_ asked: Referral, _ uri: SIPURI, _ call: Call, _ desk: inout Desk) {
        let request = asked.request
        // Row S02: no name but ours is ever called.
        let isHere = uri.scheme == .tel || desk.isServed(request.bytes(uri.host), on: asked.flow)
        let addressee = desk.addressee(uri, in: request.bytes.span)
        if isHere, addressee.number == ParkingPlace.code || ParkingPlace(dialled: addressee.number) != nil {
            park(asked, addressee.number, &desk)
            return
        }
        let number = desk.meaning(of: addressee.number, at: asked.device.number)
        let verdict = isHere ? judge(number, by: asked, &desk) : .refused(.foreign)
        guard count < desk.settings.calls + (desk.isHelp(number) ? Limits.helpCalls : 0) else {
            desk.respond(503, to: request, on: asked.flow) { $0.field(.retryAfter, 10) }
            return
        }
        switch verdict {
        case .refused(let refusal): deny(asked, number, refusal, &desk)
        case .allowed(let placement):
            let serial = nextSerial()
            acceptTransfer(asked, ringing: serial, &desk)
            placeTransfer(serial, asked, addressee, placement, call, &desk)
        }
    }

    /// Asks the rules as if the phone dialled itself. Its audio is encrypted: it is in a call.
    private func judge(_ number: String, by asked: Referral, _ desk: inout Desk) -> Verdict<Placement> {
        let attempt = CallAttempt(
            caller: asked.device,
            dialled: number,
            signallingIsSecure: asked.flow.transport.isEncrypted,
            media: .encrypted,
            address: asked.flow.remote.ip
        )
        return CallRules.decide(
            attempt,
            .transferred,
            in: desk.snapshot,
            by: desk.dialPlan,
            at: desk.now.wall
        )
    }

    mutating func deny(_ asked: Referral, _ number: String, _ refusal: CallRefusal, _ desk: inout Desk) {
        noteRefused(refusal, .transferred, by: asked.device.number, &desk)
        let refused = Refused(refusal)
        var record = newRecord(asked, number, callee: nil, at: desk.now, &desk)
        record.endedAt = desk.now.wall
        record.outcome = refused.outcome
        record.status = refused.status
        record.control = refused.control
        record.reason = refused.reason
        desk.turn.actions.append(.remember(record, nil))
        desk.respond(refused, to: asked.request, on: asked.flow)
    }

    private func newRecord(
        _ asked: Referral,
        _ number: String,
        callee: Participant?,
        at now: Moment,
        _ desk: inout Desk
    ) -> CallRecord {
        CallRecord(
            id: desk.entropy.token(),
            startedAt: now.wall,
            caller: .extension(asked.device.number),
            callerDevice: asked.device.id,
            dialled: String(number.prefix(Limits.recordedText)),
            callee: callee
        )
    }

    private mutating func placeTransfer(
        _ serial: UInt64,
        _ asked: Referral,
        _ addressee: Addressee,
        _ placement: Placement,
        _ standing: Call,
        _ desk: inout Desk
    ) {
        guard let transferee = leg(standing.serial, asked.owner.side.other) else { return }
        let record = newRecord(asked, addressee.number, callee: placement.target, at: desk.now, &desk)
        var audio = transferee.media.remote
        audio?.direction = .sendReceive
        self[serial] = Call(
            serial: serial,
            record: record,
            begun: desk.now,
            caller: addressee.isWithheld ? transferee.party.hidden : transferee.party,
            origin: .transfer(Call.Standing(call: standing.serial, audio: audio, referrer: asked.party)),
            grounds: Grounds(placement),
            hops: standing.hops + 1,
            phase: .ringing(Call.Ringing(giveUp: desk.now.monotonic + Limits.ringing(for: placement)))
        )
        enter(serial, transferee.party.username)
        desk.turn.actions.append(.remember(record, nil))
        schedule(serial, at: desk.now.monotonic + Limits.ringing(for: placement))
        if let refused = place(serial, placement, only: addressee.phone, &desk) { refuse(serial, refused, &desk) }
    }

    // MARK: Attended

    /// Connects the phone at the other end of this call with the one at the other end of another call of the same
    /// extension.
    private mutating func attend(_ asked: Referral, _ replaces: Replaces, _ desk: inout Desk) {
        guard let consulted = consultation(replaces) else {
            desk.respond(481, to: asked.request, on: asked.flow)
            return
        }
        guard consulted.number == asked.party.number else {
            // Row S16: somebody else's call.
            desk.turn.report(.identityMismatch, asked.request, asked.flow)
            desk.respond(403, to: asked.request, on: asked.flow)
            return
        }
        guard consulted.owner.call != asked.owner.call, let target = consulted.target else {
            desk.respond(403, to: asked.request, on: asked.flow)
            return
        }
        if let refusal = IntercomRules.refusal(ofSendingOn: self[consulted.owner.call]?.grounds?.placement) {
            desk.respond(.explained(refusal), to: asked.request, on: asked.flow)
            return
        }
        guard consulted.isRinging || isSettled(consulted.owner.call) else {
            desk.respond(491, to: asked.request, on: asked.flow)
            return
        }
        switch judge(target, of: consulted, by: asked, &desk) {
        case .refused(let refusal): deny(asked, target.text, refusal, &desk)
        case .allowed(let placement):
            acceptTransfer(asked, ringing: consulted.owner.call, &desk)
            if consulted.isRinging {
                adoptRinging(consulted.owner.call, placement, for: asked.owner, &desk)
            } else {
                join(asked.owner, consulted.owner, placement, &desk)
            }
        }
    }

    /// Who called from outside is not called once more to be connected with somebody.
    private func judge(
        _ target: Participant,
        of consulted: Consultation,
        by asked: Referral,
        _ desk: inout Desk
    ) -> Verdict<Placement> {
        if case .outside = target, let placement = self[consulted.owner.call]?.grounds?.placement,
            case .caller = placement.payer
        {
            return .allowed(placement)
        }
        if case .emergency(let number) = target { return judge(number.text, by: asked, &desk) }
        // A group was dialled by its number.
        if case .group(let name) = target, let number = desk.snapshot.outside.routing.groups[name]?.number {
            return judge(number.text, by: asked, &desk)
        }
        return judge(target.text, by: asked, &desk)
    }

    /// Another call of the phone that asks.
    private struct Consultation {
        let owner: DialogOwner
        /// Whose dialog it is; `nil` where no extension stands.
        let number: ExtensionNumber?
        /// Whom it is with; `nil` once that phone has transferred its side and hung up.
        let target: Participant?
        let isRinging: Bool
    }

    private func consultation(_ replaces: Replaces) -> Consultation? {
        if let owner = confirmedDialog(replaces), let leg = leg(owner), !replaces.isEarlyOnly {
            let partner = self.leg(owner.call, owner.side.other)
            return Consultation(
                owner: owner,
                number: leg.party.number,
                target: partner.flatMap { $0.hasLeft ? nil : $0.party.participant },
                isRinging: false
            )
        }
        let ringing = values.first { $0.isAsked(by: replaces) }
        return ringing.map {
            Consultation(
                owner: DialogOwner(call: $0.serial, side: .caller),
                number: $0.caller.number,
                target: $0.grounds?.placement.target,
                isRinging: true
            )
        }
    }

    // MARK: The subscription

    /// 202, and the first NOTIFY (RFC 3515 §2.4.4), unless the phone wants none (RFC 4488 §4).
    mutating func acceptTransfer(_ asked: Referral, ringing: UInt64, _ desk: inout Desk) {
        let isSilent =
            asked.request.first(named: "Refer-Sub").map { asked.request.holds($0, ignoringCase: "false") } ?? false
        let contact = desk.contact(over: asked.flow)
        desk.respond(202, to: asked.request, on: asked.flow) {
            $0.field(.contact, contact)
            if isSilent { $0.field(named: "Refer-Sub", "false".utf8) }
        }
        let hasReferred = leg(asked.owner)?.hasReferred ?? false
        update(asked.owner.call, asked.owner.side) { $0.hasReferred = true }
        transfers[asked.owner.call] = Transfer(
            referrer: asked.owner.side,
            party: asked.party,
            ringing: ringing,
            eventID: hasReferred ? try? asked.request.cseq().number : nil,
            isSilent: isSilent
        )
        tellReferrer(asked.owner.call, 100, &desk)
    }

    /// Tells the phone that asked how far its transfer is.
    ///
    /// - Parameter status: A final one ends the subscription.
    mutating func tellReferrer(_ serial: UInt64, _ status: Int, _ desk: inout Desk) {
        guard let transfer = transfers[serial], !transfer.isSilent else { return }
        let standing = leg(serial, transfer.referrer)
        let place = transfer.farewell ?? standing.flatMap { leg in leg.flow.map { (leg.dialog, $0) } }
        guard let place else { return }
        var dialog = place.0
        let flow = place.1
        let key = BranchKey(using: desk.entropy)
        var writer = MessageWriter()
        dialog.writeRequest(.notify, cseq: nil, at: desk.address(of: dialog, over: flow), into: &writer)
        desk.writeVia(key, over: flow, into: &writer)
        desk.writeContact(over: flow, into: &writer)
        writer.field(.event, transfer.eventID.map { "refer;id=\($0)" } ?? "refer")
        let rest = Limits.ringing.components.seconds
        writer.field(.subscriptionState, status < 200 ? "active;expires=\(rest)" : "terminated;reason=noresource")
        let body = "SIP/2.0 \(status) \(StatusPhrase.of(status))\r\n"
        writer.finish(contentType: "message/sipfrag;version=2.0", body: Array(body.utf8))
        if transfer.farewell == nil {
            update(serial, transfer.referrer) { $0.dialog = dialog }
        } else {
            transfers[serial]?.farewell = (dialog, flow)
        }
        desk.start(key, .notify, writer.bytes, purpose: .farewell, over: flow)
    }
}

extension CallRefusal {
    fileprivate static let foreign = CallRefusal(
        status: 404,
        control: nil,
        reason: "it was to be transferred to another system"
    )
}
