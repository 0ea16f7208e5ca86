// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// Calls of the attacker's own phones, step by step.
extension TestPhone {
    /// An INVITE with encrypted audio, with which nothing is wrong.
    func invitation(to user: String) async throws(WireError) -> RequestDraft {
        var draft = try await draft("INVITE", to: user)
        draft.contentType = "application/sdp"
        draft.body = OfferText.encrypted(using: wireEntropy)
        return draft
    }

    func invitation(to phone: TestPhone) async throws(WireError) -> RequestDraft {
        try await invitation(to: phone.account.number.text)
    }

    /// Sends an INVITE with a login, and waits for no answer.
    ///
    /// - Returns: The INVITE as it went out.
    func call(_ draft: RequestDraft) async throws(WireError) -> RequestDraft {
        let invite = authorised(draft, try await challenge(to: draft), LoginForm())
        try await line().say(invite.bytes)
        return invite
    }

    /// The first line of what the target says unasked; `nil` while it stays silent.
    func unasked() async throws(WireError) -> String? {
        guard case .message(let message, _) = try await line().next(within: Limits.silence) else { return nil }
        return message.firstLine
    }

    /// Waits for the target to ask for something; what else it asks for is answered with 200.
    func nextRequest(_ wanted: String) async throws(WireError) -> HeardMessage {
        let line = try await line()
        while case .message(let message, _) = await line.next(within: Limits.reply) {
            if message.method == wanted { return message }
            if let method = message.method, method != "ACK" { try await accept(message, with: []) }
        }
        throw WireError(.timedOut, "no \(wanted) came from the target")
    }

    /// Answers a request of the target with 200.
    func accept(_ request: HeardMessage, with description: [UInt8]) async throws(WireError) {
        try await reply("200 OK", to: request, with: description)
    }

    /// Answers a request of the target.
    ///
    /// - Parameter contact: This phone's own where `nil`.
    func reply(
        _ status: String,
        to request: HeardMessage,
        with description: [UInt8] = [],
        contact: String? = nil,
        extra: [String] = []
    ) async throws(WireError) {
        let line = try await line()
        var lines = ["SIP/2.0 \(status)"] + request.values("via").map { "Via: \($0)" }
        lines += request.values("record-route").map { "Record-Route: \($0)" }
        for name in ["From", "Call-ID", "CSeq"] { lines.append("\(name): \(request.value(name.lowercased()) ?? "")") }
        let to = request.value("to") ?? ""
        lines.append("To: \(to)" + (to.contains(";tag=") ? "" : ";tag=\(Identifiers(using: wireEntropy).fromTag)"))
        lines.append("Contact: " + (contact ?? "<sip:\(account.username)@\(line.local);transport=tls>"))
        lines += extra
        if !description.isEmpty { lines.append("Content-Type: application/sdp") }
        lines.append("Content-Length: \(description.count)")
        try await line.say(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + description)
    }

    /// Challenges the target for a request of its own.
    ///
    /// - Returns: The first line of whatever then comes with a login in it.
    func leak(
        after request: HeardMessage,
        _ status: String,
        realm: String? = nil
    ) async throws(WireError) -> String? {
        let name = status.hasPrefix("407") ? "Proxy-Authenticate" : "WWW-Authenticate"
        let nonce = wireEntropy.token(bits: 128)
        let challenge =
            "\(name): Digest realm=\"\(realm ?? account.number.text)\", nonce=\"\(nonce)\", algorithm=MD5, qop=\"auth\""
        try await reply(status, to: request, extra: [challenge])
        let line = try await line()
        while case .message(let message, _) = await line.next(within: Limits.silence) {
            if message.value("authorization") != nil || message.value("proxy-authorization") != nil {
                return message.firstLine
            }
        }
        return nil
    }

    func finalAnswer(to request: RequestDraft) async throws(WireError) -> HeardMessage? {
        let line = try await line()
        while case .message(let message, _) = await line.next(within: Limits.reply) {
            if message.isFinalAnswer(to: request) { return message }
        }
        return nil
    }

    /// ACK of a refused INVITE (RFC 3261 §17.1.1.3): the INVITE's own branch, and To as answered.
    func acknowledge(_ answer: HeardMessage, to invite: RequestDraft) async throws(WireError) {
        guard (answer.status ?? 0) >= 300 else { return }
        var ack = invite
        ack.method = "ACK"
        ack.sequence = invite.sequence + 1
        (ack.contentType, ack.body, ack.extra) = (nil, [], [])
        ack.toTag = answer.value("to").flatMap { $0.components(at: ";tag=").last }
        if let branch = answer.value("via")?.components(at: "branch=").last?.prefix(while: { $0 != ";" }) {
            ack.ids = Identifiers(invite.ids, branch: String(branch))
        }
        _ = try await line().say(ack.bytes)
    }

    /// Waits for the answer to a call that is refused, and confirms it.
    ///
    /// - Parameter draft: The INVITE as it was before it had a login.
    func acknowledgeRefusal(of invite: RequestDraft, _ draft: RequestDraft) async throws(WireError) {
        if let answer = try await finalAnswer(to: invite) { try await acknowledge(answer, to: draft) }
    }

    /// ACK of a 2xx: a request of the dialog, to the Contact of the answer (RFC 3261 §13.2.2.4).
    func confirm(_ answer: HeardMessage, to invite: RequestDraft) async throws(WireError) {
        try await line().say(inDialog("ACK", answer, invite, sequence: invite.sequence).bytes)
    }

    func hangUp(_ answer: HeardMessage, of invite: RequestDraft) async throws(WireError) -> HeardMessage? {
        try await line().ask(inDialog("BYE", answer, invite, sequence: invite.sequence + Limits.changes))
    }

    /// REFER to the other end of another dialog of this phone.
    func refer(
        _ answer: HeardMessage,
        of invite: RequestDraft,
        to number: ExtensionNumber,
        at target: Target,
        replacing dialog: String
    ) async throws(WireError) -> Int? {
        let named = dialog.components(at: ";").joined(separator: "%3B").components(at: "=").joined(separator: "%3D")
        return try await refer(answer, of: invite, to: "sip:\(number)@\(target.domain)?Replaces=\(named)", number: 1)
    }

    /// REFER to whoever that is.
    ///
    /// - Parameter number: Of the request in this call, from 1.
    func refer(
        _ answer: HeardMessage,
        of invite: RequestDraft,
        to uri: String,
        number: Int
    ) async throws(WireError) -> Int? {
        var draft = inDialog("REFER", answer, invite, sequence: invite.sequence + number)
        draft.extra = ["Refer-To: <\(uri)>"]
        return try await line().ask(draft)?.status
    }

    func inDialog(
        _ method: String,
        _ answer: HeardMessage,
        _ invite: RequestDraft,
        sequence: Int
    ) -> RequestDraft {
        var draft = invite
        (draft.method, draft.sequence) = (method, sequence)
        (draft.contentType, draft.body, draft.extra) = (nil, [], [])
        draft.ids = Identifiers(callID: invite.ids.callID, fromTag: invite.ids.fromTag, using: wireEntropy)
        draft.toTag = answer.value("to")?.components(at: ";tag=").last
        if let contact = answer.value("contact")?.components(at: "<").last?.prefix(while: { $0 != ">" }) {
            draft.uri = String(contact)
        }
        return draft
    }
}
