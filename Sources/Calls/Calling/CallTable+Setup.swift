// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// From an INVITE to phones that ring (RFC 3261 §13.3, §16.7 for the forking).
extension CallTable {
    mutating func invite(_ request: Message, by proof: Authenticated, _ desk: inout Desk) {
        let addressee = desk.addressee(of: request)
        // Who calls for help is whom the credential says, whatever From says (row T13).
        let isForHelp = desk.isHelp(request)
        guard isForHelp || proof.isCaller(of: request) else {
            desk.turn.report(.identityMismatch, request, proof.flow)
            desk.respond(403, to: request, on: proof.flow)
            return
        }
        guard hasRoom(for: proof, isForHelp, &desk) else {
            desk.respond(503, to: request, on: proof.flow) { $0.field(.retryAfter, 10) }
            return
        }
        guard desk.mayCall(proof.device, request, on: proof.flow, forHelp: isForHelp) else { return }
        guard !desk.refuseSession(of: request, on: proof.flow) else { return }
        if request.first(.replaces) != nil {
            replaceDialog(request, by: proof, &desk)
            return
        }
        let number = desk.meaning(of: addressee.number, at: proof.device.number)
        if let place = ParkingPlace(dialled: number), parked[place] != nil {
            takeParked(at: place, request, by: proof, &desk)
            return
        }
        if let code = FeatureCode(dialled: number), let (call, place) = ringing(for: proof, at: code.place, &desk) {
            pickUp(call, ringingAt: place, request, by: proof, &desk)
            return
        }
        let tag = desk.entropy.tag()
        guard let key = ServerKey(request, on: proof.flow),
            let dialog = try? Dialog(asServerFrom: request, localTag: tag)
        else {
            // §8.1.1.8: without one SIP URI in Contact there is nowhere to send what follows the answer.
            desk.respond(400, to: request, on: proof.flow)
            return
        }
        let serial = nextSerial()
        let transaction = desk.transactions.openInvite(key, on: proof.flow, call: serial, at: desk.now)
        desk.answer(transaction, 100, Desk.response(100, to: request, on: proof.flow, tag: nil))

        var decision = decide(request, number, by: proof, &desk)
        if case .connect = decision, request.hasSpentHops { decision = .refuse(.tooManyHops) }
        let caller = Party(proof.device, proof.subscriber, isPrivate: addressee.isWithheld || request.hidesCaller)
        let draft = Call.Draft(request: request, transaction: transaction, flow: proof.flow, tag: tag, dialog: dialog)
        open(serial, draft, from: caller, dialled: addressee.number, decision, &desk)
        begin(serial, decision, only: addressee.phone, &desk)
    }

    /// Carries out what was decided about an INVITE.
    mutating func begin(_ serial: UInt64, _ decision: Decision, only phone: PhoneInstance?, _ desk: inout Desk) {
        switch decision {
        case .refuse(let refused): refuse(serial, refused, &desk)
        case .connect(let placement, _):
            if case .service(let service) = placement.target {
                serve(service, serial, &desk)
            } else if let refused = place(serial, placement, only: phone, &desk) {
                refuse(serial, refused, &desk)
            }
        }
    }

    /// Begins to reach whom a call was placed to.
    ///
    /// - Parameter phone: The only one that it is for, where a GRUU was dialled.
    /// - Returns: Why that cannot be; `nil` when it is on its way.
    mutating func place(
        _ serial: UInt64,
        _ placement: Placement,
        only phone: PhoneInstance?,
        _ desk: inout Desk
    ) -> Refused? {
        guard placement.outside == nil else { return dial(placement, of: serial, &desk) }
        if placement.isIntercom { return speakInto(serial, placement, &desk) }
        if let name = QueueRules.queue(of: placement, in: desk.snapshot), self[serial]?.incoming != nil {
            return enterQueue(name, serial, &desk)
        }
        if phone == nil, RoutingRules.concern(placement.target, in: desk.snapshot.outside.routing) {
            return route(serial, placement, &desk)
        }
        return ring(serial, placement, only: phone, &desk) ? nil : .unreachable
    }

    private func hasRoom(for proof: Authenticated, _ isForHelp: Bool, _ desk: inout Desk) -> Bool {
        if isForHelp {
            return count < desk.settings.calls + Limits.helpCalls
                && of(proof.device.username).count < Limits.callsPerDevice + Limits.helpCallsPerDevice
        }
        return !desk.transactions.isFull && count < desk.settings.calls
            && of(proof.device.username).count < Limits.callsPerDevice
    }

    enum Decision {
        case connect(Placement, SessionDescription?)
        case refuse(Refused)
    }

    /// Reads the offer and asks `Guard`. The media is judged first, because a call in the clear is refused whoever it is
    /// for.
    private mutating func decide(
        _ request: Message,
        _ number: String,
        by proof: Authenticated,
        _ desk: inout Desk
    ) -> Decision {
        let offer: SessionDescription?
        do { offer = try request.offer() } catch { return .refuse(error) }
        let attempt = CallAttempt(
            caller: proof.device,
            dialled: number,
            signallingIsSecure: proof.flow.transport.isEncrypted,
            media: offer.map(\.promise) ?? .lateOffer,
            address: proof.flow.remote.ip
        )
        let verdict =
            if let service = CallService(dialled: number) {
                CallRules.decide(attempt, to: service, in: desk.snapshot)
            } else if let callee = IntercomOpening.callee(dialled: number) {
                IntercomRules.decide(attempt, to: callee, in: desk.snapshot, at: desk.now.wall)
            } else if let place = ParkingPlace(dialled: number) {
                // What is parked was taken before.
                Verdict<Placement>.refused(ParkRules.refusal(ofTaking: place, in: desk.snapshot))
            } else {
                CallRules.decide(attempt, in: desk.snapshot, by: desk.dialPlan, at: desk.now.wall)
            }
        if case .refused(let refusal) = verdict { noteRefused(refusal, .dialled, by: proof.device.number, &desk) }
        return Decision(verdict, offer)
    }

    mutating func open(
        _ serial: UInt64,
        _ draft: Call.Draft,
        from caller: Party,
        dialled number: String,
        after steps: [CallStep] = [],
        _ decision: Decision,
        _ desk: inout Desk
    ) {
        var offer: SessionDescription?
        var placement: Placement?
        switch decision {
        case .connect(let given, let description): (placement, offer) = (given, description)
        case .refuse(let refused): offer = refused.offer
        }
        let record = CallRecord(
            id: desk.entropy.token(),
            startedAt: desk.now.wall,
            caller: caller.participant,
            callerDevice: caller.device,
            dialled: String(number.prefix(Limits.recordedText)),
            callee: placement?.target,
            path: steps + (placement?.step.map { [$0] } ?? []),
            callerProtection: LegProtection(draft.flow, nil),
            trunk: caller.trunk
        )
        self[serial] = Call(
            serial: serial,
            record: record,
            begun: desk.now,
            caller: caller,
            origin: .asked(Call.Incoming(draft, offer: offer)),
            grounds: placement.map { Grounds($0) },
            phase: .ringing(Call.Ringing(giveUp: desk.now.monotonic + Limits.ringing(for: placement)))
        )
        enter(serial, caller.username)
        desk.turn.actions.append(.remember(record, nil))
        schedule(serial, at: desk.now.monotonic + Limits.ringing(for: placement))
    }

    /// Rings every phone of an extension at once, beside those that ring already; the first that answers gets the call. No
    /// function but this and ``dial(_:of:_:)`` makes a branch.
    ///
    /// - Parameter phone: The only one that it is for, where a GRUU was dialled.
    /// - Returns: Whether there was one to ring.
    mutating func ring(
        _ serial: UInt64,
        _ placement: Placement,
        only phone: PhoneInstance?,
        _ desk: inout Desk
    ) -> Bool {
        guard var call = self[serial], case .ringing(var ringing) = call.phase,
            let number = placement.target.number
        else { return false }
        let isOwn = call.isRingingItsCaller
        let phones = desk.snapshot.devices(of: number).filter { isOwn || $0.username != call.caller.username }
        // The description holds the keys of the audio, so it goes out where nobody can read it, or not at all.
        let reachable = phones.flatMap { desk.registrar.bindings.ways(to: $0.username) }.filter {
            $0.flow.transport.isEncrypted
        }
        .only(phone)
        let most = placement.isIntercom ? 1 : call.incoming.map { desk.breadth(of: $0.request) } ?? Limits.forks
        let targets = reachable.prefix(max(0, most - ringing.ringingPhones))
        var requests: [(Branch, Message)] = []
        for target in targets {
            guard
                let (branch, request) = branch(
                    to: target,
                    placement,
                    of: call,
                    isPrivate: phone?.isTemporary ?? false,
                    &desk
                )
            else { continue }
            requests.append((branch, request))
        }
        guard !requests.isEmpty else { return false }
        let first = ringing.branches.count
        ringing.branches.reserveCapacity(first + requests.count)
        for (branch, _) in requests { ringing.branches.append(branch) }
        call.phase = .ringing(ringing)
        self[serial] = call
        for (offset, (branch, request)) in requests.enumerated() {
            desk.start(
                branch.key,
                request,
                purpose: .branch(first + offset, branch.placement, nil),
                call: serial,
                over: branch.flow
            )
        }
        return true
    }

    /// The INVITE for one phone. Nothing of the caller's is copied into it but the media formats.
    ///
    /// - Parameter firstOffer: How its audio would be protected; `nil` for what phones over its transport usually take.
    mutating func branch(
        to target: Binding,
        _ placement: Placement,
        of call: Call,
        isPrivate: Bool,
        offering firstOffer: Negotiation.FirstOffer? = nil,
        _ desk: inout Desk
    ) -> (Branch, Message)? {
        guard let subscriber = desk.snapshot.extensions[target.device.number] else { return nil }
        let key = BranchKey(using: desk.entropy)
        let firstOffer = firstOffer ?? Negotiation.FirstOffer(over: target.flow.transport)
        var media = desk.negotiation(towards: target.flow.remote.ip, firstOffer: firstOffer)
        let audio = call.audio
        let formats = settledFormats(call.serial) ?? audio?.formats ?? AudioFormat.usual
        let body = media.offer(
            formats,
            packetTime: audio?.packetTime,
            direction: audio?.direction ?? .sendReceive,
            using: &desk.entropy
        )
        var writer = MessageWriter()
        writer.request(.invite, uri: target.contact)
        desk.writeVia(key, over: target.flow, into: &writer)
        let isReliable = call.incoming?.request.knowsReliability ?? false
        let hops = call.incoming.flatMap { try? $0.request.maxForwards() } ?? 70
        writer.field(.maxForwards, max(1, hops - 1))
        let tag = desk.entropy.tag()
        writer.field(
            .from,
            call.shownTarget.map { desk.origin(of: $0, tag: tag) } ?? desk.origin(of: call.caller, tag: tag)
        )
        writer.field(.to, "<sip:\(target.device.number.text)@\(desk.snapshot.domain.text)>")
        writer.field(.callID, desk.entropy.token())
        writer.field(.cseq, "1 INVITE")
        desk.writeContact(over: target.flow, into: &writer)
        writer.field(.allow, Desk.allowed)
        writer.field(.supported, isReliable ? "\(Desk.supported), 100rel" : Desk.supported)
        if case .transfer(let standing) = call.origin, !standing.referrer.isPrivate {
            writer.field(.referredBy, "<\(desk.address(of: standing.referrer))>")
        }
        // RFC 7090 §4, for phones that would not let it through.
        if placement.isCallback { writer.field(named: "Priority", "psap-callback".utf8) }
        writer.field(.sessionExpires, Int(SessionRules.bounds.upperBound))
        desk.writeAnswerMode(placement.isIntercom ? .auto : call.shownTarget == nil ? nil : .manual, into: &writer)
        writer.finish(contentType: "application/sdp", body: body)
        guard let request = try? Message(parsing: writer.bytes.span) else { return nil }
        let party = Party(target.device, subscriber, isPrivate: isPrivate)
        return (Branch(key: key, placement: placement, party: party, flow: target.flow, media: media), request)
    }
}

extension CallTable.Decision {
    init(_ verdict: Verdict<Placement>, _ offer: SessionDescription?) {
        switch verdict {
        case .allowed(let placement): self = .connect(placement, offer)
        case .refused(let refusal):
            self = .refuse(Refused(refusal, offer: offer))
        }
    }
}

extension Call {
    /// An INVITE whose transaction is open, before anything is decided about it.
    struct Draft {
        let request: Message
        let transaction: UInt64
        let flow: Flow
        let tag: String
        let dialog: Dialog
        /// Of a provider that encrypts nothing.
        var plain: Negotiation?
    }
}

extension Call.Incoming {
    convenience init(_ draft: Call.Draft, offer: SessionDescription?) {
        self.init(
            request: draft.request,
            transaction: draft.transaction,
            flow: draft.flow,
            tag: draft.tag,
            dialog: draft.dialog,
            offer: offer,
            plain: draft.plain
        )
    }
}

extension Message {
    var hasSpentHops: Bool { (try? maxForwards()) == 0 }
}

extension SessionDescription {
    var promise: CallAttempt.Media {
        guard let audio else { return .plain }
        return Negotiation.isProtected(audio) ? .encrypted : CallAttempt.Media(audio.shortcoming)
    }
}

extension CallAttempt.Media {
    init(_ shortcoming: ProtectionShortcoming) {
        self =
            switch shortcoming {
            case .plain: .plain
            case .optional: .optional
            case .dtls: .dtls
            case .noKey: .noKey
            case .suites: .otherSuites
            case .parameters: .otherParameters
            }
    }
}
