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
        at now: Moment,
        into actions: inout [Action]
    ) {
        if status < 200, client.isCancelWanted {
            // The first provisional response: now the CANCEL may go (§9.1).
            sendCancel(key, at: now, into: &actions)
            return
        }
        switch client.purpose {
        case .change: changeAnswered(response, status, of: client, key, at: now, into: &actions)
        case .refresh(let side): refreshAnswered(response, status, of: client, key, side, at: now, into: &actions)
        case .branch(let index):
            if 200..<300 ~= status {
                branchAnswered(response, index, of: client, key, at: now, into: &actions)
            } else if status >= 300 {
                branchFailed(status, index, of: client.call, at: now, into: &actions)
            } else if status > 100 {
                announceRinging(client.call, at: now, into: &actions)
            }
        }
    }

    private mutating func announceRinging(_ serial: UInt64, at now: Moment, into actions: inout [Action]) {
        guard let call = callsBySerial[serial], case .ringing(var ringing) = call.phase, !ringing.isAnnounced else {
            return
        }
        ringing.isAnnounced = true
        callsBySerial[serial]?.phase = .ringing(ringing)
        let bytes = response(180, to: call.invite, on: call.callerFlow, tag: call.tag) {
            writeContact(over: call.callerFlow, into: &$0)
        }
        answer(call.transaction, 180, bytes, at: now, into: &actions)
    }

    mutating func branchFailed(
        _ status: Int,
        _ index: Int,
        of serial: UInt64,
        at now: Moment,
        into actions: inout [Action]
    ) {
        guard let call = callsBySerial[serial], case .ringing(var ringing) = call.phase,
            ringing.branches[index].status == nil
        else { return }
        ringing.branches[index].status = status
        callsBySerial[serial]?.phase = .ringing(ringing)
        // A 6xx speaks for the person, not for one phone (§21.6).
        let statuses = ringing.branches.map(\.status)
        if status >= 600 || !statuses.contains(nil) {
            refuse(serial, Refused(branches: statuses.compactMap(\.self)), at: now, into: &actions)
        }
    }

    /// A phone picked up. Acknowledge it at once, stop the others, and tell the caller when the record is safe.
    private mutating func branchAnswered(
        _ response: Message,
        _ index: Int,
        of client: InviteClient,
        _ key: BranchKey,
        at now: Moment,
        into actions: inout [Action]
    ) {
        let tag = (try? response.to().tag).flatMap { $0.map { Array(response.bytes($0)) } } ?? []
        if let known = client.acknowledged, known.tag == tag {
            actions.append(.send(known.bytes, client.flow.id))
            return
        }
        guard var dialog = try? Dialog(asClientFrom: response, request: client.request) else { return }
        let acknowledgement = acknowledge(&dialog, cseq: 1, over: client.flow)
        actions.append(.send(acknowledgement, client.flow.id))
        guard client.acknowledged == nil, let call = callsBySerial[client.call], case .ringing(let ringing) = call.phase
        else {
            // Somebody else was quicker, or the caller is gone.
            sayBye(&dialog, over: client.flow, at: now, into: &actions)
            return
        }
        inviteClients[key]?.acknowledged = (tag, acknowledgement)
        let branch = ringing.branches[index]
        guard let media = agreed(response, offered: branch) else {
            sayBye(&dialog, over: client.flow, at: now, into: &actions)
            report(.weakMediaOffered, .mediaEncryption, response, client.flow, now, into: &actions)
            branchFailed(488, index, of: client.call, at: now, into: &actions)
            return
        }
        for other in ringing.branches where other.key != key && other.status == nil {
            cancel(other.key, at: now, into: &actions)
        }
        var leg = Leg(branch.party, client.flow, dialog, media, at: now)
        leg.session = SessionTimer(answeredBy: response, before: nil, at: now)
        dialogs[DialogKey(dialog)] = DialogOwner(call: call.serial, side: .callee)
        wait(for: leg, in: call.serial, at: now, into: &actions)
    }

    /// The answer to our offer: exactly one of our keys, taken up by tag and suite (RFC 4568 §5.1.2).
    private func agreed(_ response: Message, offered branch: Branch) -> LegNegotiation? {
        guard let answer = try? SessionDescription(parsing: response.bytes.span.extracting(response.body.range)),
            let audio = answer.audio, audio.port != 0
        else { return nil }
        var media = LegNegotiation(local: branch.local, ours: branch.crypto, formats: audio.formats)
        media.accept(audio)
        return media.chosen == nil ? nil : media
    }

    private mutating func wait(for callee: Leg, in serial: UInt64, at now: Moment, into actions: inout [Action]) {
        guard var call = callsBySerial[serial] else { return }
        let ticket = Ticket(serial: nextSerial())
        call.record.answeredAt = now.wall
        call.record.outcome = .answered
        call.record.status = 200
        call.record.callee = callee.party.number
        call.record.callerProtection = LegProtection(call.callerFlow, suite: call.callerSuite)
        call.record.calleeProtection = callee.flow.map { LegProtection($0, suite: callee.media.theirs?.key.suite) }
        call.phase = .answering(Call.Answering(callee: callee, ticket: ticket, giveUp: now.monotonic + Limits.storing))
        callsBySerial[serial] = call
        callsOf[callee.party.username, default: []].insert(serial)
        tickets[ticket] = serial
        actions.append(.remember(call.record, ticket))
        schedule(serial, at: now.monotonic + Limits.storing)
    }

    /// The record with this ticket is on disk, or could not be written: the answer that waited for it goes out.
    public mutating func stored(_ ticket: Ticket, ok: Bool, at now: Moment, into actions: inout [Action]) {
        defer { tellWatchers(at: now, into: &actions) }
        guard let serial = tickets.removeValue(forKey: ticket), let call = callsBySerial[serial] else { return }
        switch call.phase {
        case .answering(let answering) where answering.ticket == ticket:
            if ok {
                connect(call, answering.callee, at: now, into: &actions)
            } else {
                hangUp(answering.callee, of: serial, at: now, into: &actions)
                refuse(serial, .notStored, at: now, into: &actions)
            }
        case .refusing(let refusing) where refusing.ticket == ticket:
            sendRefusal(call, refusing, at: now, into: &actions)
        case .answering, .refusing, .ringing, .talking: break
        }
    }

    /// Tells the caller, and opens the media.
    private mutating func connect(_ call: Call, _ callee: Leg, at now: Moment, into actions: inout [Action]) {
        guard let dialog = try? Dialog(asServerFrom: call.invite, localTag: call.tag) else {
            hangUp(callee, of: call.serial, at: now, into: &actions)
            forget(call.serial, into: &actions)
            return
        }
        let (media, body) = callerMedia(of: call, callee)
        var caller = Leg(call.caller, call.callerFlow, dialog, media, at: now)
        caller.session = try? SessionTimer.answering(call.invite, before: nil, at: now)
        let bytes = response(200, to: call.invite, on: call.callerFlow, tag: call.tag, body: body) {
            writeContact(over: call.callerFlow, into: &$0)
            $0.field(.allow, Self.allowed)
            $0.field(.supported, Self.supported)
            caller.session?.writeAnswer(into: &$0)
        }
        caller.unacknowledged = Unacknowledged(
            bytes,
            sequence: (try? call.invite.cseq().number) ?? 1,
            expectsAnswer: call.offer == nil,
            at: now
        )
        dialogs[DialogKey(dialog)] = DialogOwner(call: call.serial, side: .caller)
        answer(call.transaction, 200, bytes, at: now, into: &actions)
        callsBySerial[call.serial]?.phase = .talking(Call.Conversation(caller: caller, callee: callee))
        if let a = caller.relayMedia, let b = callee.relayMedia {
            actions.append(.media(.open(call.relay, a: a, b: b)))
        }
        schedule(call.serial, at: now.monotonic + .milliseconds(500))
        schedule(call.serial, at: now.monotonic + Limits.silence)
    }

    /// What we tell the caller about media: an answer to its offer, or our own offer when it made none.
    private mutating func callerMedia(of call: Call, _ callee: Leg) -> (LegNegotiation, [UInt8]) {
        let local = newLocalMedia(towards: call.offer?.audio?.address ?? call.callerFlow.remote.ip)
        let remote = callee.media.remote
        guard let offer = call.offer, let audio = offer.audio,
            let theirs = Negotiation.protection(of: audio, preferring: SRTPSuite.preferred)
        else {
            let ours = newOffers()
            let body = SessionWriter.offer(
                local,
                formats: callee.media.formats,
                packetTime: remote?.packetTime,
                direction: .sendReceive,
                crypto: ours,
                rtcpMux: true
            )
            return (LegNegotiation(local: local, ours: ours, formats: callee.media.formats), body)
        }
        let ours = CryptoAttribute(tag: theirs.tag, key: .generate(theirs.key.suite, using: &entropy))
        let body = SessionWriter.answer(
            to: offer,
            local,
            formats: callee.media.formats,
            packetTime: remote?.packetTime,
            direction: remote?.direction ?? .sendReceive,
            crypto: ours,
            rtcpMux: audio.rtcpMux
        )
        let media = LegNegotiation(
            local: local,
            ours: [ours],
            theirs: theirs,
            remote: audio,
            formats: callee.media.formats
        )
        return (media, body)
    }
}

extension Call {
    /// The suite that the caller's leg will use; `nil` when we make the offer.
    fileprivate var callerSuite: SRTPSuite? {
        offer?.audio.flatMap { Negotiation.protection(of: $0, preferring: SRTPSuite.preferred)?.key.suite }
    }
}

extension Refused {
    /// One answer for the caller from what the phones of the callee said: the person's answer before the state of a
    /// phone, and nothing that says how the callee is set up.
    fileprivate init(branches statuses: [Int]) {
        if statuses.contains(where: { $0 >= 600 && $0 != 600 && $0 != 606 }) {
            self.init(status: 603, outcome: .declined, reason: "the call was declined")
        } else if statuses.contains(where: { $0 == 486 || $0 == 600 }) {
            self.init(status: 486, outcome: .busy, reason: "the extension is busy")
        } else if statuses.contains(where: { [488, 606, 415].contains($0) }) {
            self.init(
                status: 488,
                outcome: .failed,
                reason: "no phone of the extension takes this call's audio with encryption"
            )
        } else if statuses.contains(where: { $0 == 408 || $0 == 480 }) {
            self = .noAnswer
        } else {
            self.init(status: 480, outcome: .failed, reason: "no phone of the extension could take the call")
        }
    }
}

extension LegNegotiation {
    /// Takes an answer to our offer.
    mutating func accept(_ audio: AudioDescription) {
        remote = audio
        theirs = audio.crypto.first { answered in
            ours.contains { $0.tag == answered.tag && $0.key.suite == answered.key.suite }
        }
    }
}

extension Leg {
    init(_ party: Party, _ flow: Flow, _ dialog: Dialog, _ media: LegNegotiation, at now: Moment) {
        self.init(
            party: party,
            flow: flow,
            source: flow.remote.ip,
            dialog: dialog,
            media: media,
            liveness: Liveness(heard: now.monotonic)
        )
    }

    /// What the relay has to know; `nil` until both keys are agreed on.
    var relayMedia: LegMedia? {
        guard let theirs = media.theirs, let ours = media.chosen, let remote = media.remote else { return nil }
        let isMuxed = remote.rtcpMux
        let ip = remote.address.flatMap { MediaSourceRules.decide(named: $0, signalling: source) == .never ? nil : $0 }
        let rtp = ip.map { SocketAddress(ip: $0, port: remote.port) }
        return LegMedia(
            address: rtp,
            rtcpAddress: isMuxed ? rtp : ip.map { SocketAddress(ip: $0, port: remote.rtcpPort) },
            rtcpMux: isMuxed,
            signallingAddress: source,
            receive: theirs.key,
            send: ours.key,
            sends: remote.direction == .sendReceive || remote.direction == .sendOnly,
            receives: ip != nil && (remote.direction == .sendReceive || remote.direction == .receiveOnly)
        )
    }

    /// Whether silence on this leg means anything.
    var isExpectedToSend: Bool { relayMedia?.sends == true }
}

extension Unacknowledged {
    /// T1 and 64·T1 of RFC 3261 §17.1.1.1.
    init(_ bytes: [UInt8], sequence: UInt32, expectsAnswer: Bool, at now: Moment) {
        self.init(
            bytes: bytes,
            sequence: sequence,
            expectsAnswer: expectsAnswer,
            next: now.monotonic + .milliseconds(500),
            interval: .milliseconds(500),
            giveUp: now.monotonic + .seconds(32)
        )
    }
}
