// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// What the caller hears before the answer (RFC 3261 §13.3.1.1, RFC 3262 §3).
extension CallTable {
    /// A phone said 101…199.
    mutating func progressed(_ response: Message, _ index: Int, of client: InviteClient, _ desk: inout Desk) {
        guard let call = self[client.call], case .ringing(let ringing) = call.phase,
            ringing.branches[index].status == nil
        else { return }
        guard let incoming = call.incoming else {
            ringsForOthers(call, ringing, &desk)
            return
        }
        let isReliable = response.first(.rseq) != nil && response.hasOption(.require, "100rel")
        guard isReliable || !response.body.isEmpty else {
            announceRinging(call, incoming, ringing, isReliable: false, &desk)
            return
        }
        openEarly(call, incoming, &desk)
        if isReliable {
            guard prack(response, index, of: client, &desk) else { return }
        }
        let media = response.body.isEmpty ? nil : agreed(response, offered: ringing.branches[index])
        note(media, response, index, of: client, isReliable: isReliable)
        if let media, EarlyMediaRules.decide(phones: ringing.ringingPhones) == .towardsCaller {
            announceMedia(call, incoming, index, media, isReliable: isReliable, &desk)
        } else {
            announceRinging(call, incoming, ringing, isReliable: isReliable, &desk)
        }
    }

    /// A transfer has nobody to ring back but the phone that asked for it, and a phone that was called first cannot be told.
    private mutating func ringsForOthers(_ call: Call, _ ringing: Call.Ringing, _ desk: inout Desk) {
        guard ringing.isNews, !call.isRingingItsCaller else { return }
        markAnnounced(call.serial)
        if case .transfer(let standing) = call.origin { tellReferrer(standing.call, 180, &desk) }
    }

    private mutating func announceRinging(
        _ call: Call,
        _ incoming: Call.Incoming,
        _ ringing: Call.Ringing,
        isReliable: Bool,
        _ desk: inout Desk
    ) {
        guard ringing.isNews else { return }
        markAnnounced(call.serial)
        say(180, call, incoming, isReliable: isReliable, &desk)
    }

    /// The call rings elsewhere now (RFC 3261 §21.1.3).
    mutating func announceForward(_ serial: UInt64, _ desk: inout Desk) {
        updateRinging(serial) { $0.isAnnouncedAgain = true }
        guard let call = self[serial] else { return }
        switch call.origin {
        case .asked(let incoming): say(181, call, incoming, isReliable: false, &desk)
        case .transfer(let standing): tellReferrer(standing.call, 181, &desk)
        case .clicked: break
        }
    }

    /// Tells the caller how far the call is, without media.
    private mutating func say(
        _ status: Int,
        _ call: Call,
        _ incoming: Call.Incoming,
        isReliable: Bool,
        _ desk: inout Desk
    ) {
        if incoming.request.hasOption(.allow, "UPDATE") || incoming.request.knowsReliability {
            openEarly(call, incoming, &desk)
        }
        // An offer of ours would have to be in the first reliable one (RFC 3262 §5): there is none to make yet.
        if incoming.request.wantsReliability, incoming.offer == nil { return }
        announce(call, incoming, status, body: [], isReliable: isReliable, &desk)
    }

    private mutating func markAnnounced(_ serial: UInt64) {
        updateRinging(serial) { ($0.isAnnounced, $0.isAnnouncedAgain) = (true, false) }
    }

    /// Remembers what a phone said about its media before it was picked up.
    private mutating func note(
        _ media: Negotiation?,
        _ response: Message,
        _ index: Int,
        of client: InviteClient,
        isReliable: Bool
    ) {
        guard let media else { return }
        if earlyCalls[client.call]?.phones[index] == nil,
            let dialog = try? Dialog(asClientFrom: response, request: client.request), !dialog.remoteTag.isEmpty
        {
            earlyCalls[client.call]?.phones[index] = EarlyCall.Phone(dialog: dialog)
        }
        guard earlyCalls[client.call]?.phones[index]?.isSettled == false else { return }
        earlyCalls[client.call]?.phones[index]?.media = media
        earlyCalls[client.call]?.phones[index]?.isSettled = isReliable
    }

    /// Lets the caller hear what the phone plays, once.
    private mutating func announceMedia(
        _ call: Call,
        _ incoming: Call.Incoming,
        _ index: Int,
        _ media: Negotiation,
        isReliable: Bool,
        _ desk: inout Desk
    ) {
        // Told already, of a phone that rings no longer: this one is heard in its place.
        if earlyCalls[call.serial]?.told != nil { openEarlyRelay(call, &desk) }
        let saysReliably = incoming.request.wantsReliability || (isReliable && incoming.request.knowsReliability)
        guard let early = earlyCalls[call.serial], early.told == nil, let phone = early.phones[index],
            // An offer of ours only goes where its answer is sure to come.
            incoming.offer != nil || saysReliably, case .ringing(let ringing) = call.phase
        else { return }
        let branch = ringing.branches[index]
        let callee = Leg(branch.party, branch.flow, phone.dialog, media, at: desk.now)
        let (told, body) = callerMedia(incoming, Endpoint(callee), &desk)
        earlyCalls[call.serial]?.told = EarlyCall.Told(
            media: told,
            body: body,
            isOffer: incoming.offer == nil,
            isReliable: saysReliably
        )
        markAnnounced(call.serial)
        announce(call, incoming, 183, body: body, isReliable: isReliable, &desk)
        openEarlyRelay(call, &desk)
    }

    /// Opens the relay towards the caller, as soon as both sides are known.
    mutating func openEarlyRelay(_ call: Call, _ desk: inout Desk) {
        guard let incoming = call.incoming, let early = earlyCalls[call.serial], early.relay != .open,
            let told = early.told,
            case .ringing(let ringing) = call.phase,
            EarlyMediaRules.decide(phones: ringing.ringingPhones) == .towardsCaller,
            let (index, phone) = early.phones.first(where: { $0.value.media != nil }), let media = phone.media,
            let a = Leg(call.caller, incoming.flow, early.dialog, told.media, at: desk.now).relayEnd,
            let b = Leg(ringing.branches[index].party, ringing.branches[index].flow, phone.dialog, media, at: desk.now)
                .relayEnd
        else { return }
        earlyCalls[call.serial]?.relay = .open
        earlyCalls[call.serial]?.heard = index
        openRelay(call.serial, a: a.silenced().early(), b: b.early(), &desk)
    }

    // MARK: Reliably

    private mutating func announce(
        _ call: Call,
        _ incoming: Call.Incoming,
        _ status: Int,
        body: [UInt8],
        isReliable: Bool,
        _ desk: inout Desk
    ) {
        guard incoming.request.wantsReliability || (isReliable && incoming.request.knowsReliability) else {
            let bytes = Desk.response(status, to: incoming.request, on: incoming.flow, tag: incoming.tag, body: body) {
                desk.writeContact(over: incoming.flow, into: &$0)
                if !body.isEmpty || !earlyCalls.isEmpty { $0.field(.allow, Desk.allowed) }
            }
            desk.answer(incoming.transaction, status, bytes)
            return
        }
        guard let early = earlyCalls[call.serial], early.queue.count < Limits.provisionals else { return }
        earlyCalls[call.serial]?.queue.append((status, body))
        if early.pending == nil { sayNext(call, &desk) }
    }

    /// Sends the next reliable provisional response (RFC 3262 §3).
    mutating func sayNext(_ call: Call, _ desk: inout Desk) {
        guard let incoming = call.incoming, let early = earlyCalls[call.serial],
            let (status, body) = early.queue.first
        else { return }
        let bytes = Desk.response(status, to: incoming.request, on: incoming.flow, tag: incoming.tag, body: body) {
            desk.writeContact(over: incoming.flow, into: &$0)
            $0.field(.require, "100rel")
            $0.field(.rseq, Int(early.rseq))
            $0.field(.allow, Desk.allowed)
        }
        earlyCalls[call.serial]?.queue.removeFirst()
        earlyCalls[call.serial]?.rseq = early.rseq + 1
        earlyCalls[call.serial]?.pending = EarlyCall.Provisional(
            rseq: early.rseq,
            bytes: bytes,
            next: desk.now.monotonic + .milliseconds(500),
            giveUp: desk.now.monotonic + .seconds(32)
        )
        desk.answer(incoming.transaction, status, bytes)
        schedule(call.serial, at: desk.now.monotonic + .milliseconds(500))
    }

    /// Repeats the pending response, or gives the call up: after 64·T1 nobody will acknowledge it. A call that is being
    /// refused has nothing to say any more but that.
    mutating func repeatProvisional(_ call: Call, _ desk: inout Desk) {
        if case .refusing = call.phase { return }
        guard let incoming = call.incoming, var pending = earlyCalls[call.serial]?.pending else { return }
        guard desk.now.monotonic < pending.giveUp else {
            if case .answering(let answering) = call.phase {
                tickets[answering.ticket] = nil
                hangUp(answering.callee, of: call.serial, &desk)
            }
            refuse(call.serial, .notAcknowledged, &desk)
            return
        }
        if pending.next <= desk.now.monotonic {
            desk.turn.actions.append(.send(pending.bytes, incoming.flow.id))
            pending.interval *= 2
            pending.next = desk.now.monotonic + pending.interval
            earlyCalls[call.serial]?.pending = pending
        }
        schedule(call.serial, at: min(pending.next, pending.giveUp))
    }
}

extension Call.Ringing {
    /// Whether the caller does not know yet that a phone rings.
    fileprivate var isNews: Bool { !isAnnounced || isAnnouncedAgain }
}
