// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// From phones that ring to a call that stands, or does not (RFC 3261 §13.2.2, §16.7).
extension Switchboard {
    /// A response to an INVITE of ours that its transaction passes up.
    mutating func deliver(
        _ response: Message,
        _ status: Int,
        of client: InviteClient,
        _ key: BranchKey,
        _ turn: inout Turn
    ) {
        switch client.purpose {
        case .change: changeAnswered(response, status, of: client, key, &turn)
        case .introduction: introductionAnswered(response, status, of: client, key, &turn)
        case .refresh: refreshAnswered(response, status, of: client, key, &turn)
        case .branch(let index, _):
            if 200..<300 ~= status {
                branchAnswered(response, index, of: client, key, &turn)
            } else if 300..<400 ~= status {
                redirected(response, status, index, of: client, &turn)
            } else if status >= 400 {
                branchFailed(status, index, of: client.call, &turn)
            } else if status > 100 {
                progressed(response, index, of: client, &turn)
            }
        }
    }

    /// A phone picked up. Acknowledge it at once, stop the others, and tell the caller when the record is safe.
    private mutating func branchAnswered(
        _ response: Message,
        _ index: Int,
        of client: InviteClient,
        _ key: BranchKey,
        _ turn: inout Turn
    ) {
        let tag = (try? response.to().tag).flatMap { $0.map { Array(response.bytes($0)) } } ?? []
        if let known = client.acknowledged, known.tag == tag {
            turn.actions.append(.send(known.bytes, client.flow.id))
            return
        }
        // §13.2.2.4: whatever it says, it is confirmed. One that does not say where its phone is cannot stand.
        let clear = confirmed(response, index, of: client)
        guard client.answers < Limits.answersPerInvite,
            var dialog = clear ?? Dialog(unclear: response, to: client.request)
        else { return }
        transactions.countAnswer(key)
        let acknowledgement = acknowledge(&dialog, cseq: 1, over: client.flow)
        turn.actions.append(.send(acknowledgement, client.flow.id))
        guard client.acknowledged == nil, let call = callsBySerial[client.call],
            case .ringing(let ringing) = call.phase,
            snapshot.allows(ringing.branches[index].party.username)
        else {
            // Somebody else was quicker, the caller is gone, or the phone was disabled.
            if client.acknowledged == nil { transactions.acknowledged(key, tag, by: acknowledgement) }
            sayBye(&dialog, over: client.flow, &turn)
            return
        }
        transactions.acknowledged(key, tag, by: acknowledgement)
        let branch = ringing.branches[index]
        guard clear != nil else {
            sayBye(&dialog, over: client.flow, &turn)
            branchFailed(500, index, of: client.call, &turn)
            return
        }
        guard let media = settledEarly(client.call, index) ?? agreed(response, offered: branch) else {
            sayBye(&dialog, over: client.flow, &turn)
            report(.weakMediaOffered, .mediaEncryption, response, client.flow, &turn)
            branchFailed(488, index, of: client.call, &turn)
            return
        }
        for other in ringing.branches where other.key != key && other.status == nil {
            cancel(other.key, because: Reason.completedElsewhere, &turn)
        }
        var leg = Leg(branch.party, client.flow, dialog, media, at: turn.now)
        leg.session = SessionTimer(answeredBy: response, before: nil, at: turn.now)
        dialogs[DialogKey(dialog)] = DialogOwner(call: call.serial, side: .callee)
        wait(for: .phone(leg), ringingAt: branch.party.number, in: call.serial, &turn)
    }

    /// The answer to our offer: exactly one of our keys, taken up by tag and suite (RFC 4568 §5.1.2), and a voice codec of it.
    func agreed(_ response: Message, offered branch: Branch) -> Negotiation? {
        var media = branch.media
        return media.accept(response.answer) ? media : nil
    }

    /// - Parameter place: The extension that rang.
    mutating func wait(for callee: Endpoint, ringingAt place: ExtensionNumber?, in serial: UInt64, _ turn: inout Turn) {
        if let leg = callee.leg { silenceOthers(serial, than: leg, &turn) }
        guard var call = callsBySerial[serial] else { return }
        if case .ringing(let ringing) = call.phase, let place {
            call.forwards = ringing.path(to: place)
            call.record.forwardedBy = call.forwards.map(\.payer.number)
        }
        let ticket = Ticket(serial: nextSerial())
        call.record.answeredAt = call.time(at: turn.now)
        call.record.outcome = .answered
        call.record.status = 200
        call.record.callee = callee.participant
        call.record.callerProtection = callerProtection(of: call)
        call.record.calleeProtection = callee.protection
        call.phase = .answering(
            Call.Answering(callee: callee, ticket: ticket, giveUp: turn.now.monotonic + Limits.storing)
        )
        callsBySerial[serial] = call
        for username in [callee].usernames { callsOf[username, default: []].insert(serial) }
        tickets[ticket] = serial
        turn.actions.append(.remember(call.record, ticket))
        schedule(serial, at: turn.now.monotonic + Limits.storing)
    }

    private func callerProtection(of call: Call) -> LegProtection? {
        switch call.origin {
        case .asked(let incoming): LegProtection(incoming.flow, suite: incoming.suite)
        case .transfer(let standing):
            transfers[standing.call].flatMap { leg(standing.call, $0.referrer.other) }.flatMap { leg in
                leg.flow.map { LegProtection($0, suite: leg.media.suite) }
            }
        }
    }

    /// The record with this ticket is on disk, or could not be written: the answer that waited for it goes out, or the call ends
    /// where ``RecordRules`` wants a record.
    public mutating func stored(_ ticket: Ticket, ok: Bool, _ turn: inout Turn) {
        defer { endTurn(&turn) }
        guard let serial = tickets.removeValue(forKey: ticket), let call = callsBySerial[serial] else { return }
        switch call.phase {
        case .answering(let answering) where answering.ticket == ticket:
            if !ok, let refusal = RecordRules.refusal(ofUnrecorded: .inside) {
                hangUp(answering.callee, of: serial, &turn)
                refuse(serial, Refused(unrecorded: refusal), &turn)
                // The refusal does not wait for the disk that did not take the answer.
                guard case .refusing(let refusing)? = callsBySerial[serial]?.phase else { return }
                return stored(refusing.ticket, ok: false, &turn)
            }
            // It is kept until the disk takes it.
            if !ok { turn.actions.append(.remember(call.record, nil)) }
            connect(call, answering.callee, &turn)
        case .refusing(let refusing) where refusing.ticket == ticket:
            sendRefusal(call, refusing, &turn)
        case .answering, .refusing, .ringing, .talking: break
        }
    }

    /// Tells the caller, and opens the media.
    mutating func connect(_ call: Call, _ callee: Endpoint, _ turn: inout Turn) {
        switch call.origin {
        case .asked(let incoming): connect(call, incoming, callee, &turn)
        case .transfer(let standing): if let leg = callee.leg { handOver(call, leg, to: standing.call, &turn) }
        }
    }

    private mutating func connect(_ call: Call, _ incoming: Call.Incoming, _ callee: Endpoint, _ turn: inout Turn) {
        // RFC 3262 §3: what was said reliably is acknowledged before the answer follows.
        guard earlyCalls.isEmpty || earlyCalls[call.serial]?.pending == nil else {
            earlyCalls[call.serial]?.isStored = true
            return
        }
        let early = closeEarly(call.serial, keepingRelay: true, &turn)
        let dialog = early?.dialog ?? incoming.dialog
        let (media, body) = callerMedia(incoming, callee, told: early?.told)
        var caller = Leg(call.caller, incoming.flow, dialog, media, at: turn.now)
        caller.session = try? SessionTimer.answering(incoming.request, before: nil, at: turn.now)
        let bytes = response(200, to: incoming.request, on: incoming.flow, tag: incoming.tag, body: body) {
            writeContact(over: incoming.flow, into: &$0)
            $0.field(.allow, Self.allowed)
            $0.field(.supported, Self.supported)
            caller.session?.writeAnswer(into: &$0)
            // Somebody else than was called: the phone should show who.
            if let party = callee.leg?.party, party.number != call.callee { writeIdentity(of: party, into: &$0) }
        }
        caller.unacknowledged = Unacknowledged(
            bytes,
            sequence: (try? incoming.request.cseq().number) ?? 1,
            expectsAnswer: media.suite == nil,
            at: turn.now
        )
        dialogs[DialogKey(dialog)] = DialogOwner(call: call.serial, side: .caller)
        answer(incoming.transaction, 200, bytes, &turn)
        if early?.told?.isReliable == true, let leg = callee.leg, leg.party.number != call.callee,
            media.formats != leg.media.formats
        {
            // What it was told reliably were the formats of a phone that rang before.
            caller.introduction = .last
            caller.introduceBy = turn.now.monotonic + Limits.introduction
        }
        callsBySerial[call.serial]?.phase = .talking(Call.Conversation(caller: .phone(caller), callee: callee))
        if incoming.offer == nil, let suite = media.suite {
            callsBySerial[call.serial]?.record.callerProtection = LegProtection(incoming.flow, suite: suite)
        }
        if let a = caller.relayMedia, let b = callee.media {
            openRelay(call.serial, a: .network(a), b: b, &turn)
        }
        schedule(call.serial, at: turn.now.monotonic + .milliseconds(500))
        schedule(call.serial, at: turn.now.monotonic + Limits.silence)
    }

    /// What we tell the caller about media: an answer to its offer, or our own offer when it made none.
    ///
    /// - Parameter told: What it was told before the answer.
    mutating func callerMedia(
        _ incoming: Call.Incoming,
        _ callee: Endpoint,
        told: EarlyCall.Told? = nil
    ) -> (Negotiation, [UInt8]) {
        let offer = incoming.offer
        if let told, told.isReliable { return (told.media, told.isOffer ? [] : told.body) }
        let answer = callee.answer(to: offer?.audio)
        // The same answer as before, if there was one (RFC 3261 §13.2.1).
        var media = told?.media ?? negotiation(towards: offer?.audio?.address ?? incoming.flow.remote.ip)
        guard let offer, let audio = offer.audio, told != nil || (try? media.take(audio, using: &entropy)) != nil else {
            let body = media.offer(
                answer.formats,
                packetTime: answer.packetTime,
                direction: .sendReceive,
                using: &entropy
            )
            return (media, body)
        }
        let body = media.answer(
            offer,
            formats: answer.formats,
            packetTime: answer.packetTime,
            direction: answer.direction
        )
        return (media, body)
    }
}

extension Call.Incoming {
    /// The suite that the caller's leg will use; `nil` when we make the offer.
    fileprivate var suite: SRTPSuite? {
        offer?.audio.flatMap { Negotiation.protection(of: $0)?.key.suite }
    }
}
