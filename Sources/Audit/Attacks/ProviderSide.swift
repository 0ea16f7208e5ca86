// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives

/// The attacker where the provider should be, at the other end of a trunk.
struct ProviderSide: Sendable {
    /// A call that it brought.
    struct Standing: Sendable {
        let invite: RequestDraft
        let answer: HeardMessage

        /// As Replaces names it (RFC 3891 §3).
        var dialog: String {
            let tag = answer.value("to")?.components(at: ";tag=").last ?? ""
            return "\(invite.ids.callID);to-tag=\(tag);from-tag=\(invite.ids.fromTag)"
        }
    }

    /// What came of one request.
    struct Outcome: Sendable {
        /// The final answer; `nil` where none came.
        var status: Int?
        /// The first line of a call that went out because of it.
        var left: String?
    }

    private let stage: DialInRehearsal
    private let line: Conversation

    init(_ stage: DialInRehearsal) async throws(WireError) {
        self.stage = stage
        let link = try await stage.wire.connect(Endpoint(.tls, port: DialInRehearsal.providerPort))
        line = Conversation(link, clock: stage.wire.clock)
    }

    /// A call with which nothing is wrong but perhaps where it goes.
    func invitation(to uri: String) -> RequestDraft {
        let (entropy, domain) = (stage.wire.entropy, Trunk.standInDomain)
        let ids = Identifiers(using: entropy)
        var draft = RequestDraft("INVITE", to: domain, from: "+88199900102@\(domain)", ids: ids)
        (draft.uri, draft.to) = (uri, uri)
        draft.sentBy = "\(line.local)"
        draft.contact = "<sip:gateway@\(line.local);transport=tls>"
        (draft.contentType, draft.body) = ("application/sdp", OfferText.encrypted(using: entropy))
        return draft
    }

    /// Says a request, and listens for what comes of it. What is answered with 2xx and is a call is not confirmed.
    func say(_ draft: RequestDraft) async throws(WireError) -> Outcome {
        try await line.say(draft.bytes)
        var outcome = Outcome()
        while outcome.status == nil, case .message(let message, _) = await line.next(within: Limits.silence) {
            if message.method == "INVITE" { outcome.left = message.firstLine }
            guard message.isFinalAnswer(to: draft) else { continue }
            outcome.status = message.status
            if draft.method == "INVITE" { try await acknowledge(message, draft) }
        }
        return outcome
    }

    private func acknowledge(_ answer: HeardMessage, _ invite: RequestDraft) async throws(WireError) {
        var ack = invite
        ack.method = "ACK"
        (ack.contentType, ack.body, ack.extra) = (nil, [], [])
        ack.toTag = answer.value("to")?.components(at: ";tag=").last
        try await line.say(ack.bytes)
    }

    /// Calls the number of the business, whose phone answers.
    func callIn(_ phone: TestPhone) async throws(WireError) -> Standing {
        let invite = invitation(to: "sip:\(stage.number.text)@\(stage.target.domain)")
        try await line.say(invite.bytes)
        let ringing = try await phone.nextRequest("INVITE")
        guard let offered = HeardMedia(ringing.body) else { throw WireError(.local, "the phone was offered no key") }
        let here = try await phone.line().local
        let key = TestCall.key(offered.key.suite, stage.wire)
        try await phone.accept(ringing, with: TestCall.description(offered.tag, key, here))
        while case .message(let message, _) = await line.next(within: Limits.reply) {
            guard message.isFinalAnswer(to: invite) else { continue }
            guard message.status == 200 else { break }
            let standing = Standing(invite: invite, answer: message)
            try await line.say(inDialog("ACK", standing, sequence: invite.sequence).bytes)
            return standing
        }
        throw WireError(.local, "a number of the business does not ring, so that refusals prove nothing")
    }

    func refer(to uri: String, in standing: Standing, number: Int) -> RequestDraft {
        var draft = inDialog("REFER", standing, sequence: standing.invite.sequence + number)
        draft.extra = ["Refer-To: <\(uri)>"]
        return draft
    }

    private func inDialog(_ method: String, _ standing: Standing, sequence: Int) -> RequestDraft {
        var draft = standing.invite
        (draft.method, draft.sequence) = (method, sequence)
        (draft.contentType, draft.body, draft.extra) = (nil, [], [])
        let (callID, fromTag) = (standing.invite.ids.callID, standing.invite.ids.fromTag)
        draft.ids = Identifiers(callID: callID, fromTag: fromTag, using: stage.wire.entropy)
        draft.toTag = standing.answer.value("to")?.components(at: ";tag=").last
        if let contact = standing.answer.value("contact")?.components(at: "<").last?.prefix(while: { $0 != ">" }) {
            draft.uri = String(contact)
        }
        return draft
    }

    /// The phone calls out, and the provider sends the call elsewhere.
    ///
    /// - Returns: What shows that it went there, or that nothing could be shown; `nil` when it did not.
    func redirect(_ phone: TestPhone, to contact: String) async throws(WireError) -> Observation? {
        let draft = try await phone.invitation(to: OutsideNumber.abroad[0].number.text)
        _ = try await phone.call(draft)
        guard let invite = try await nextInvite() else { return .notRun("the phone got no line itself") }
        try await line.say(reply("302 Moved Temporarily", to: invite, contact))
        if let second = try await nextInvite(other: invite) {
            return .broken("after 302: '\(second.firstLine)' went out")
        }
        return nil
    }

    private func nextInvite(other first: HeardMessage? = nil) async throws(WireError) -> HeardMessage? {
        while case .message(let message, _) = await line.next(within: Limits.silence) {
            let isNew = message.value("via") != first?.value("via")
            if message.method == "INVITE", isNew { return message }
        }
        return nil
    }

    private func reply(_ status: String, to request: HeardMessage, _ contact: String) -> [UInt8] {
        var lines = ["SIP/2.0 \(status)"] + request.values("via").map { "Via: \($0)" }
        for name in ["From", "Call-ID", "CSeq"] { lines.append("\(name): \(request.value(name.lowercased()) ?? "")") }
        lines += ["To: \(request.value("to") ?? "");tag=elsewhere", "Contact: \(contact)", "Content-Length: 0", "", ""]
        return Array(lines.joined(separator: "\r\n").utf8)
    }
}
