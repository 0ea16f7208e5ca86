// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// From an INVITE to phones that ring (RFC 3261 §13.3, §16.7 for the forking).
extension Switchboard {
    mutating func invite(_ request: Message, by proof: Authenticated, _ turn: inout Turn) {
        guard proof.isCaller(of: request) else {
            report(.identityMismatch, .intrusionDetection, request, proof.flow, &turn)
            respond(403, to: request, on: proof.flow, &turn)
            return
        }
        guard hasRoom(for: proof) else {
            respond(503, to: request, on: proof.flow, &turn) { $0.field(.retryAfter, 10) }
            return
        }
        guard mayCall(proof.device, request, on: proof.flow, &turn) else { return }
        guard !refuseSession(of: request, on: proof.flow, &turn) else { return }
        if request.first(.replaces) != nil {
            replaceDialog(request, by: proof, &turn)
            return
        }
        let addressee = addressee(of: request)
        let number = addressee.number
        if let code = FeatureCode(dialled: number), let (call, place) = ringing(for: proof, at: code.place) {
            pickUp(call, ringingAt: place, request, by: proof, &turn)
            return
        }
        let tag = entropy.tag()
        guard let key = ServerKey(request, on: proof.flow),
            let dialog = try? Dialog(asServerFrom: request, localTag: tag)
        else {
            // §8.1.1.8: without one SIP URI in Contact there is nowhere to send what follows the answer.
            respond(400, to: request, on: proof.flow, &turn)
            return
        }
        let serial = nextSerial()
        let transaction = transactions.openInvite(key, on: proof.flow, call: serial, at: turn.now)
        answer(transaction, 100, response(100, to: request, on: proof.flow, tag: nil), &turn)

        var decision = decide(request, number, by: proof)
        if case .connect = decision, maxForwardsSpent(request) { decision = .refuse(.tooManyHops) }
        open(serial, transaction, request, tag, dialog, number, decision, by: proof, &turn)
        switch decision {
        case .refuse(let refused): refuse(serial, refused, &turn)
        case .connect(let placement, _):
            if case .service(let service) = placement.target {
                answer(serial, by: service, &turn)
            } else if !ring(serial, placement, only: addressee.phone, &turn) {
                refuse(serial, .unreachable, &turn)
            }
        }
    }

    private func hasRoom(for proof: Authenticated) -> Bool {
        !transactions.isFull && callsBySerial.count < settings.calls
            && callsOf[proof.device.username, default: []].count < Limits.callsPerDevice
    }

    /// Whether a phone does not begin more calls than people do (row D15). If it does, it is told so, and somebody who looks
    /// after the system is.
    mutating func mayCall(_ device: Device, _ request: Message, on flow: Flow, _ turn: inout Turn) -> Bool {
        if accounts.admits(.call, of: device.id, at: turn.now.monotonic) { return true }
        report(.accountLimit, .intrusionDetection, request, flow, subject: device.title, &turn)
        respond(503, to: request, on: flow, &turn) { $0.field(.retryAfter, 10) }
        return false
    }

    private func maxForwardsSpent(_ request: Message) -> Bool { (try? request.maxForwards()) == 0 }

    private enum Decision {
        case connect(Placement, SessionDescription?)
        case refuse(Refused)
    }

    /// Reads the offer and asks `Guard`. The media is judged first, because a call in the clear is refused whoever it is
    /// for.
    private func decide(_ request: Message, _ number: String, by proof: Authenticated) -> Decision {
        let offer: SessionDescription?
        do { offer = try request.offer() } catch { return .refuse(error) }
        let attempt = CallAttempt(
            caller: proof.device,
            dialled: number,
            signallingIsSecure: proof.flow.transport.isEncrypted,
            media: offer.map(\.promise) ?? .lateOffer
        )
        let verdict =
            if let service = Service(dialled: number) {
                CallRules.decide(attempt, to: service, in: snapshot)
            } else {
                CallRules.decide(attempt, in: snapshot)
            }
        switch verdict {
        case .allowed(let placement): return .connect(placement, offer)
        case .refused(let refusal):
            return .refuse(
                Refused(
                    status: refusal.status,
                    outcome: .refused,
                    control: refusal.control?.rawValue,
                    reason: refusal.reason,
                    offer: offer
                )
            )
        }
    }

    private mutating func open(
        _ serial: UInt64,
        _ transaction: UInt64,
        _ request: Message,
        _ tag: String,
        _ dialog: Dialog,
        _ number: String,
        _ decision: Decision,
        by proof: Authenticated,
        _ turn: inout Turn
    ) {
        var offer: SessionDescription?
        var placement: Placement?
        switch decision {
        case .connect(let given, let description): (placement, offer) = (given, description)
        case .refuse(let refused): offer = refused.offer
        }
        let record = CallRecord(
            id: entropy.token(),
            startedAt: turn.now.wall,
            caller: .extension(proof.subscriber.number),
            callerDevice: proof.device.id,
            dialled: String(number.prefix(Limits.recordedText)),
            callee: placement?.target,
            callerProtection: LegProtection(proof.flow, suite: nil)
        )
        let isPrivate = request.hidesCaller
        let caller = Party(proof.device, proof.subscriber, isPrivate: isPrivate)
        let incoming = Call.Incoming(
            request: request,
            transaction: transaction,
            flow: proof.flow,
            tag: tag,
            dialog: dialog,
            offer: offer
        )
        callsBySerial[serial] = Call(
            serial: serial,
            record: record,
            begun: turn.now,
            caller: caller,
            origin: .asked(incoming),
            placement: placement,
            phase: .ringing(Call.Ringing(giveUp: turn.now.monotonic + Limits.ringing))
        )
        callsOf[proof.device.username, default: []].insert(serial)
        turn.actions.append(.remember(record, nil))
        schedule(serial, at: turn.now.monotonic + Limits.ringing)
    }

    /// Rings every phone of an extension at once, beside those that ring already; the first that answers gets the call. No
    /// other function makes a branch.
    ///
    /// - Parameter phone: The only one that it is for, where a GRUU was dialled.
    /// - Returns: Whether there was one to ring.
    mutating func ring(
        _ serial: UInt64,
        _ placement: Placement,
        only phone: PhoneInstance?,
        _ turn: inout Turn
    ) -> Bool {
        guard var call = callsBySerial[serial], case .ringing(var ringing) = call.phase,
            let number = placement.target.number
        else { return false }
        let phones = snapshot.devices(of: number).filter { $0.username != call.caller.username }
        // The description holds the keys of the audio, so it goes out where nobody can read it, or not at all.
        let reachable = phones.flatMap { registrar.bindings.ways(to: $0.username) }.filter {
            $0.flow.transport.isEncrypted
        }
        .only(phone)
        let most = call.incoming.map { breadth(of: $0.request) } ?? Limits.forks
        let targets = reachable.prefix(max(0, most - ringing.ringingPhones))
        var requests: [(Branch, Message)] = []
        for target in targets {
            guard
                let (branch, request) = branch(to: target, placement, of: call, isPrivate: phone?.isTemporary ?? false)
            else { continue }
            requests.append((branch, request))
        }
        guard !requests.isEmpty else { return false }
        let first = ringing.branches.count
        ringing.branches.reserveCapacity(first + requests.count)
        for (branch, _) in requests { ringing.branches.append(branch) }
        call.phase = .ringing(ringing)
        callsBySerial[serial] = call
        for (offset, (branch, request)) in requests.enumerated() {
            start(
                branch.key,
                request,
                purpose: .branch(first + offset, branch.placement),
                call: serial,
                over: branch.flow,
                &turn
            )
        }
        return true
    }

    /// The INVITE for one phone. Nothing of the caller's is copied into it but the media formats.
    private mutating func branch(
        to target: Binding,
        _ placement: Placement,
        of call: Call,
        isPrivate: Bool
    ) -> (Branch, Message)? {
        guard let subscriber = snapshot.extensions[target.device.number] else { return nil }
        let key = BranchKey(using: entropy)
        var media = negotiation(towards: target.flow.remote.ip)
        let audio = call.audio
        let formats = settledFormats(call.serial) ?? audio?.formats ?? AudioFormat.usual
        let body = media.offer(
            formats,
            packetTime: audio?.packetTime,
            direction: audio?.direction ?? .sendReceive,
            using: &entropy
        )
        var writer = MessageWriter()
        writer.request(.invite, uri: target.contact)
        writeVia(key, over: target.flow, into: &writer)
        let isReliable = call.incoming?.request.knowsReliability ?? false
        let hops = call.incoming.flatMap { try? $0.request.maxForwards() } ?? 70
        writer.field(.maxForwards, max(1, hops - 1))
        writer.field(.from, origin(of: call.caller, tag: entropy.tag()))
        writer.field(.to, "<sip:\(target.device.number.text)@\(snapshot.domain.text)>")
        writer.field(.callID, entropy.token())
        writer.field(.cseq, "1 INVITE")
        writeContact(over: target.flow, into: &writer)
        writer.field(.allow, Self.allowed)
        writer.field(.supported, isReliable ? "\(Self.supported), 100rel" : Self.supported)
        if case .transfer(let standing) = call.origin, !standing.referrer.isPrivate {
            writer.field(.referredBy, "<sip:\(standing.referrer.number.text)@\(snapshot.domain.text)>")
        }
        writer.field(.sessionExpires, Int(SessionRules.bounds.upperBound))
        writer.finish(contentType: "application/sdp", body: body)
        guard let request = try? Message(parsing: writer.bytes.span) else { return nil }
        let party = Party(target.device, subscriber, isPrivate: isPrivate)
        return (Branch(key: key, placement: placement, party: party, flow: target.flow, media: media), request)
    }
}

extension SessionDescription {
    fileprivate var promise: CallAttempt.Media {
        guard let audio else { return .plain }
        return Negotiation.protection(of: audio) == nil ? CallAttempt.Media(audio.shortcoming) : .encrypted
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
