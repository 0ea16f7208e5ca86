// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// From phones that ring to a call that stands, or does not (RFC 3261 §13.2.2, §16.7).
extension CallTable {
    /// A response to an INVITE of ours that its transaction passes up.
    mutating func deliver(
        _ response: Message,
        _ status: Int,
        of client: InviteClient,
        _ key: BranchKey,
        _ desk: inout Desk
    ) {
        switch client.purpose {
        case .helpTrial: helpTrialAnswered(response, status, of: client, key, &desk)
        case .change: changeAnswered(response, status, of: client, key, &desk)
        case .introduction: introductionAnswered(response, status, of: client, key, &desk)
        case .refresh: refreshAnswered(response, status, of: client, key, &desk)
        case .branch(let index, _, _):
            if 200..<300 ~= status {
                branchAnswered(response, index, of: client, key, &desk)
            } else if status == 401 || status == 407, answerChallenge(response, index, of: client, &desk) {
                return
            } else if status >= 300, let permit = client.permit {
                settle(permit, &desk)
                // Where it sends the call is no matter: nobody outside sends it elsewhere at our expense (row T07).
                branchFailed(status < 400 ? 603 : status, index, of: client.call, &desk)
            } else if 300..<400 ~= status {
                redirected(response, status, index, of: client, &desk)
            } else if status >= 400 {
                if offerAnew(status, index, of: client.call, &desk) { return }
                branchFailed(status, index, of: client.call, &desk)
            } else if status > 100 {
                progressed(response, index, of: client, &desk)
            }
        }
    }

    /// A phone picked up. Acknowledge it at once, stop the others, and tell the caller when the record is safe.
    private mutating func branchAnswered(
        _ response: Message,
        _ index: Int,
        of client: InviteClient,
        _ key: BranchKey,
        _ desk: inout Desk
    ) {
        let tag = (try? response.to().tag).flatMap { $0.map { Array(response.bytes($0)) } } ?? []
        if let known = client.acknowledged, known.tag == tag {
            desk.turn.actions.append(.send(known.bytes, client.flow.id))
            return
        }
        // §13.2.2.4: whatever it says, it is confirmed. One that does not say where its phone is cannot stand.
        let clear = confirmed(response, index, of: client)
        guard client.answers < Limits.answersPerInvite,
            var dialog = clear ?? Dialog(unclear: response, to: client.request)
        else { return }
        desk.transactions.countAnswer(key)
        let acknowledgement = desk.acknowledge(&dialog, cseq: client.sequence, over: client.flow)
        desk.turn.actions.append(.send(acknowledgement, client.flow.id))
        guard client.acknowledged == nil, let call = self[client.call],
            case .ringing(let ringing) = call.phase, !call.isTooLate(index),
            call.isForHelp || desk.snapshot.allows(ringing.branches[index].party.username),
            mayRing(ringing.branches[index], of: ringing, call.grounds, desk)
        else {
            // Somebody else was quicker, the caller is gone, the phone was disabled, or it may not ring there any more.
            if client.acknowledged == nil {
                desk.transactions.acknowledged(key, tag, by: acknowledgement)
                // It costs what an answer costs, whoever was quicker.
                _ = answer(client.permit, &desk)
                settle(client.permit, answeredAt: desk.now.monotonic, &desk)
            }
            sayBye(&dialog, over: client.flow, &desk)
            return
        }
        desk.transactions.acknowledged(key, tag, by: acknowledgement)
        let branch = ringing.branches[index]
        guard clear != nil else {
            _ = answer(branch.permit, &desk)
            settle(branch.permit, answeredAt: desk.now.monotonic, &desk)
            sayBye(&dialog, over: client.flow, &desk)
            branchFailed(500, index, of: client.call, &desk)
            return
        }
        guard answer(branch.permit, &desk) else {
            sayBye(&dialog, over: client.flow, &desk)
            settle(branch.permit, answeredAt: desk.now.monotonic, &desk)
            branchFailed(403, index, of: client.call, &desk)
            return
        }
        guard let media = settledEarly(client.call, index) ?? agreed(response, offered: branch) else {
            sayBye(&dialog, over: client.flow, &desk)
            desk.turn.report(.weakMediaOffered, response, client.flow)
            settle(branch.permit, answeredAt: desk.now.monotonic, &desk)
            branchFailed(488, index, of: client.call, &desk)
            return
        }
        for other in ringing.branches where other.key != key && other.status == nil {
            desk.cancel(other.key, because: Reason.completedElsewhere)
        }
        var leg = Leg(branch.party, client.flow, dialog, media, at: desk.now)
        leg.session = SessionTimer(answeredBy: response, before: nil, at: desk.now)
        (leg.permit, leg.since) = (branch.permit, branch.permit.map { _ in desk.now.monotonic })
        if case .clicked(let click) = call.origin, click.leg == nil {
            callerPickedUp(leg, index, of: call.serial, click, &desk)
            return
        }
        dialogs[DialogKey(dialog)] = DialogOwner(call: call.serial, side: .callee)
        wait(for: Endpoint(leg), by: branch.placement, in: call.serial, &desk)
    }

    /// The answer to our offer: exactly one of our keys, taken up by tag and suite (RFC 4568 §5.1.2), and a voice codec of it.
    func agreed(_ response: Message, offered branch: Branch) -> Negotiation? {
        var media = branch.media
        return media.accept(response.answer) ? media : nil
    }

    /// - Parameter placement: What let ring who takes the call, or whose place they take; `nil` where nobody rang.
    mutating func wait(for callee: Endpoint, by placement: Placement?, in serial: UInt64, _ desk: inout Desk) {
        if let leg = callee.leg { silenceOthers(serial, than: leg, &desk) }
        guard var call = self[serial] else { return }
        if case .ringing(let ringing) = call.phase, let placement {
            let forwards = ringing.path(to: placement)
            call.grounds = call.grounds?.by(forwards)
            call.record.forwardedBy = forwards.compactMap(\.step?.from.number)
            call.record.path = (call.grounds?.placement.step.map { [$0] } ?? []) + forwards.compactMap(\.step)
        }
        let ticket = Ticket(serial: nextSerial())
        call.record.answeredAt = call.time(at: desk.now)
        call.record.outcome = .answered
        call.record.status = 200
        call.record.callee = callee.participant
        call.record.callerProtection = callerProtection(of: call)
        call.record.calleeProtection = callee.protection
        if !routes.isEmpty { routes[serial] = nil }
        call.phase = .answering(
            Call.Answering(callee: callee, ticket: ticket, giveUp: desk.now.monotonic + Limits.storing)
        )
        let open = self[serial]?.openTrunks ?? []
        self[serial] = call
        for trunk in open where trunk != callee.username { leave(serial, trunk) }
        if let username = callee.username { enter(serial, username) }
        tickets[ticket] = serial
        desk.turn.actions.append(.remember(call.record, ticket))
        schedule(serial, at: desk.now.monotonic + Limits.storing)
    }

    private func callerProtection(of call: Call) -> LegProtection? {
        switch call.origin {
        case .asked(let incoming): LegProtection(incoming.flow, incoming.audioProtection)
        case .transfer(let standing):
            transfers[standing.call].flatMap { leg(standing.call, $0.referrer.other) }.flatMap(\.protection)
        case .clicked(let click): click.leg?.protection
        }
    }

    /// The record with this ticket is on disk, or could not be written: the answer that waited for it goes out, or the call ends
    /// where ``RecordRules`` wants a record.
    mutating func stored(_ ticket: Ticket, ok: Bool, _ desk: inout Desk) {
        guard let serial = tickets.removeValue(forKey: ticket), let call = self[serial] else { return }
        switch call.phase {
        case .answering(let answering) where answering.ticket == ticket:
            if !ok, let refusal = RecordRules.refusal(ofUnrecorded: call.reach) {
                hangUp(answering.callee, of: serial, &desk)
                refuse(serial, Refused(unrecorded: refusal), &desk)
                // The refusal does not wait for the disk that did not take the answer.
                guard case .refusing(let refusing)? = self[serial]?.phase else { return }
                return stored(refusing.ticket, ok: false, &desk)
            }
            // It is kept until the disk takes it.
            if !ok { desk.turn.actions.append(.remember(call.record, nil)) }
            connect(call, answering.callee, &desk)
        case .refusing(let refusing) where refusing.ticket == ticket:
            tell(refusing, call, &desk)
        case .answering, .refusing, .ringing, .talking: break
        }
    }

    /// Tells the caller, and opens the media.
    mutating func connect(_ call: Call, _ callee: Endpoint, _ desk: inout Desk) {
        switch call.origin {
        case .asked(let incoming): connect(call, incoming, callee, &desk)
        case .transfer(let standing): if let leg = callee.leg { handOver(call, leg, to: standing.call, &desk) }
        case .clicked(let click): connect(call, click, callee, &desk)
        }
    }

    private mutating func connect(_ call: Call, _ incoming: Call.Incoming, _ callee: Endpoint, _ desk: inout Desk) {
        // RFC 3262 §3: what was said reliably is acknowledged before the answer follows.
        guard earlyCalls.isEmpty || earlyCalls[call.serial]?.pending == nil else {
            earlyCalls[call.serial]?.isStored = true
            return
        }
        let early = closeEarly(call.serial, keepingRelay: true, &desk)
        let dialog = early?.dialog ?? incoming.dialog
        let (media, body) = callerMedia(incoming, callee, told: early?.told, &desk)
        var caller = Leg(call.caller, incoming.flow, dialog, media, at: desk.now)
        caller.session = try? SessionTimer.answering(incoming.request, before: nil, at: desk.now)
        let bytes = Desk.response(200, to: incoming.request, on: incoming.flow, tag: incoming.tag, body: body) {
            desk.writeContact(over: incoming.flow, into: &$0)
            $0.field(.allow, Desk.allowed)
            $0.field(.supported, Desk.supported)
            caller.session?.writeAnswer(into: &$0)
            // Somebody else than was called: the phone should show who. A provider need not know.
            if let party = callee.leg?.party, party.number != call.callee, call.caller.trunk == nil {
                desk.writeIdentity(of: party, into: &$0)
            }
        }
        caller.unacknowledged = Unacknowledged(
            bytes,
            sequence: (try? incoming.request.cseq().number) ?? 1,
            expectsAnswer: !media.isAgreed,
            at: desk.now
        )
        dialogs[DialogKey(dialog)] = DialogOwner(call: call.serial, side: .caller)
        desk.answer(incoming.transaction, 200, bytes)
        if early?.told?.isReliable == true, let leg = callee.leg, leg.party.number != call.callee,
            media.formats != leg.media.formats
        {
            // What it was told reliably were the formats of a phone that rang before.
            caller.introduction = .last
            caller.introduceBy = desk.now.monotonic + Limits.introduction
        }
        self[call.serial]?.phase = .talking(Call.Conversation(caller: Endpoint(caller), callee: callee))
        if incoming.offer == nil, let audio = media.audioProtection {
            self[call.serial]?.record.callerProtection = LegProtection(incoming.flow, audio)
        }
        if let a = caller.relayEnd, let b = callee.media { openRelay(call.serial, a: a, b: b, &desk) }
        schedule(call.serial, at: desk.now.monotonic + .milliseconds(500))
        schedule(call.serial, at: desk.now.monotonic + Limits.silence)
    }

    /// What we tell the caller about media: an answer to its offer, or our own offer when it made none.
    ///
    /// - Parameter told: What it was told before the answer.
    mutating func callerMedia(
        _ incoming: Call.Incoming,
        _ callee: Endpoint,
        told: EarlyCall.Told? = nil,
        _ desk: inout Desk
    ) -> (Negotiation, [UInt8]) {
        let offer = incoming.offer
        if let told, told.isReliable { return (told.media, told.isOffer ? [] : told.body) }
        let answer = callee.answer(to: offer?.audio)
        // The same answer as before, if there was one (RFC 3261 §13.2.1).
        var media =
            told?.media ?? incoming.plain
            ?? desk.negotiation(
                towards: offer?.audio?.address ?? incoming.flow.remote.ip,
                firstOffer: Negotiation.FirstOffer(over: incoming.flow.transport)
            )
        guard let offer, let audio = offer.audio, told != nil || (try? media.take(audio, using: &desk.entropy)) != nil
        else {
            let body = media.offer(
                answer.formats,
                packetTime: answer.packetTime,
                direction: .sendReceive,
                using: &desk.entropy
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

extension Call {
    /// Where who was called is, as far as it matters whether there is a record.
    fileprivate var reach: RecordRules.Reach {
        switch grounds?.placement.target {
        case .outside: .outside
        case .emergency: .emergency
        case .extension, .group, .service, .system, nil: .inside
        }
    }
}

extension Call.Incoming {
    /// What will protect the audio of the caller's leg; `nil` when we make the offer.
    fileprivate var audioProtection: String? {
        guard let audio = offer?.audio else { return nil }
        guard plain == nil else { return LegProtection.readableAudio }
        if let suite = Negotiation.protection(of: audio)?.key.suite { return suite.rawValue }
        return audio.dtls == nil ? nil : LegProtection.keysOverMediaPath
    }
}
