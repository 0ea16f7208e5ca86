// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives

/// An encrypted call between the attacker's two own phones, through the target.
struct TestCall: Sendable {
    let caller: TestPhone
    let callee: TestPhone
    let callerMedia: MediaEnd
    let calleeMedia: MediaEnd
    /// Where the target takes the audio of the caller.
    let mediaPort: UInt16
    private let invite: RequestDraft
    private let answer: HeardMessage

    /// Registers both phones and connects them.
    static func connect(_ wire: Wire, _ target: Target) async throws(WireError) -> TestCall {
        guard target.accounts.count >= 2 else { throw WireError(.local, "needs two accounts") }
        let phones = target.accounts.prefix(2).map { TestPhone($0, wire, target) }
        for phone in phones {
            guard try await phone.register()?.status == 200 else {
                throw WireError(.local, "a phone could not register")
            }
        }
        let sockets = [
            try await wire.connect(Endpoint(.udp, port: target.mediaPort)),
            try await wire.connect(Endpoint(.udp, port: target.mediaPort)),
        ]
        let callerKey = key(.aes128cmSHA1_80, wire)
        var draft = try await phones[0].draft("INVITE", to: target.accounts[1].number.text)
        draft.contentType = "application/sdp"
        draft.body = description(1, callerKey, sockets[0].local)
        let challenge = try await phones[0].challenge(to: draft)
        let invite = await phones[0].authorised(draft, challenge, LoginForm())
        try await phones[0].line().say(invite.bytes)

        let ringing = try await phones[1].nextRequest("INVITE")
        guard let toCallee = HeardMedia(ringing.body) else { throw WireError(.local, "the target offered no key") }
        let calleeKey = key(toCallee.key.suite, wire)
        try await phones[1].accept(ringing, with: description(toCallee.tag, calleeKey, sockets[1].local))
        guard let answer = try await phones[0].finalAnswer(to: invite), answer.status == 200 else {
            throw WireError(.local, "the call was not answered")
        }
        try await phones[0].confirm(answer, to: invite)
        guard let toCaller = HeardMedia(answer.body) else {
            throw WireError(.local, "the target answered without a key")
        }
        return TestCall(
            caller: phones[0],
            callee: phones[1],
            callerMedia: MediaEnd(sockets[0], sending: callerKey, receiving: toCaller.key, source: 0x0A0A_0A0A),
            calleeMedia: MediaEnd(sockets[1], sending: calleeKey, receiving: toCallee.key, source: 0x0B0B_0B0B),
            mediaPort: toCaller.port,
            invite: invite,
            answer: answer
        )
    }

    /// How the caller's side of this call is named in Replaces (RFC 3891 §3).
    var dialog: String {
        let tag = answer.value("to")?.components(at: ";tag=").last ?? ""
        return "\(invite.ids.callID);to-tag=\(tag);from-tag=\(invite.ids.fromTag)"
    }

    /// A request with every identifier of the caller's side of this call, as somebody would write it who read them, with
    /// media for himself.
    func forged(_ method: String, _ wire: Wire) async -> RequestDraft {
        var draft = await caller.inDialog(method, answer, invite, sequence: invite.sequence + 5)
        guard method == "INVITE" || method == "UPDATE" else { return draft }
        draft.contentType = "application/sdp"
        let key = MediaEncryptionAttack.properKey(.aes128cmSHA1_80, wire)
        draft.body = OfferText.offer(profile: "RTP/SAVP", crypto: [key], address: IPAddress(v4: 0xC633_6442))
        return draft
    }

    /// The same as ``end()``.
    ///
    /// - Returns: What the caller's own BYE was answered with: 200 if the call still stood.
    func hangUp() async -> Int? {
        let status = try? await caller.hangUp(answer, of: invite)?.status
        await end()
        return status
    }

    func end() async {
        _ = try? await caller.hangUp(answer, of: invite)
        if let bye = try? await callee.nextRequest("BYE") { try? await callee.accept(bye, with: []) }
        for phone in [caller, callee] { try? await phone.unregister() }
        await callerMedia.close()
        await calleeMedia.close()
    }

    /// Ends the call from the caller's side, and answers the BYE that comes to the other phone with a challenge.
    ///
    /// - Returns: A login that the target sends then; `nil` when none comes.
    func end(refusing status: String) async throws(WireError) -> String? {
        _ = try await caller.hangUp(answer, of: invite)
        let bye = try await callee.nextRequest("BYE")
        let leaked = try await callee.leak(after: bye, status)
        for phone in [caller, callee] { try await phone.unregister() }
        await callerMedia.close()
        await calleeMedia.close()
        return leaked
    }

    /// Calls, and answers the INVITE at the other phone with a challenge.
    ///
    /// - Returns: A login that the target sends then; `nil` when none comes.
    static func refuse(_ status: String, _ wire: Wire, _ target: Target) async throws(WireError) -> String? {
        guard target.accounts.count >= 2 else { throw WireError(.local, "needs two accounts") }
        let phones = target.accounts.prefix(2).map { TestPhone($0, wire, target) }
        for phone in phones { _ = try await phone.register() }
        var draft = try await phones[0].draft("INVITE", to: target.accounts[1].number.text)
        draft.contentType = "application/sdp"
        draft.body = OfferText.offer(profile: "RTP/SAVP", crypto: [MediaEncryptionAttack.properKey(.aes128gcm, wire)])
        let challenge = try await phones[0].challenge(to: draft)
        let invite = await phones[0].authorised(draft, challenge, LoginForm())
        try await phones[0].line().say(invite.bytes)
        let leaked = try await phones[1].leak(after: phones[1].nextRequest("INVITE"), status)
        if let answer = try await phones[0].finalAnswer(to: invite) {
            try await phones[0].acknowledge(answer, to: draft)
        }
        for phone in phones { try await phone.unregister() }
        return leaked
    }

    private static func key(_ suite: SRTPSuite, _ wire: Wire) -> SRTPKey {
        var entropy = wire.entropy
        return SRTPKey.generate(suite, using: &entropy)
    }

    private static func description(_ tag: Int, _ key: SRTPKey, _ local: SocketAddress) -> [UInt8] {
        let inline = key.material.reveal { Base64.encode($0) }
        return OfferText.offer(
            profile: "RTP/SAVP",
            crypto: ["\(tag) \(key.suite.rawValue) inline:\(inline)"],
            address: local.ip,
            port: local.port,
            extra: ["a=rtcp-mux"]
        )
    }
}

/// Where the other side takes audio and which key it sends with, out of its SDP.
struct HeardMedia {
    let port: UInt16
    let tag: Int
    let key: SRTPKey

    init?(_ description: [UInt8]) {
        let lines = String(decoding: description, as: UTF8.self).components(at: "\r\n")
        guard let media = lines.first(where: { $0.hasPrefix("m=audio ") }),
            let port = media.split(separator: " ").dropFirst().first.flatMap({ UInt16($0) }),
            let crypto = lines.first(where: { $0.hasPrefix("a=crypto:") })?.split(separator: " "), crypto.count >= 3,
            let tag = Int(crypto[0].dropFirst("a=crypto:".count)),
            let suite = SRTPSuite(rawValue: String(crypto[1])),
            let material = Base64.decode(crypto[2].dropFirst("inline:".count).prefix { $0 != "|" }.utf8),
            let key = SRTPKey(suite: suite, material: material)
        else { return nil }
        (self.port, self.tag, self.key) = (port, tag, key)
    }
}

extension TestPhone {
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
    func reply(
        _ status: String,
        to request: HeardMessage,
        with description: [UInt8] = [],
        extra: [String] = []
    ) async throws(WireError) {
        let line = try await line()
        var lines = ["SIP/2.0 \(status)"] + request.values("via").map { "Via: \($0)" }
        lines += request.values("record-route").map { "Record-Route: \($0)" }
        for name in ["From", "Call-ID", "CSeq"] { lines.append("\(name): \(request.value(name.lowercased()) ?? "")") }
        let to = request.value("to") ?? ""
        lines.append("To: \(to)" + (to.contains(";tag=") ? "" : ";tag=\(Identifiers(using: wireEntropy).fromTag)"))
        lines.append("Contact: <sip:\(account.username)@\(line.local);transport=tls>")
        lines += extra
        if !description.isEmpty { lines.append("Content-Type: application/sdp") }
        lines.append("Content-Length: \(description.count)")
        try await line.say(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + description)
    }

    /// Challenges the target for a request of its own.
    ///
    /// - Returns: The first line of whatever then comes with a login in it.
    fileprivate func leak(after request: HeardMessage, _ status: String) async throws(WireError) -> String? {
        let name = status.hasPrefix("407") ? "Proxy-Authenticate" : "WWW-Authenticate"
        let nonce = wireEntropy.token(bits: 128)
        let challenge = "\(name): Digest realm=\"\(account.number)\", nonce=\"\(nonce)\", algorithm=MD5, qop=\"auth\""
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

    /// ACK of a 2xx: a request of the dialog, to the Contact of the answer (RFC 3261 §13.2.2.4).
    func confirm(_ answer: HeardMessage, to invite: RequestDraft) async throws(WireError) {
        try await line().say(inDialog("ACK", answer, invite, sequence: invite.sequence).bytes)
    }

    func hangUp(_ answer: HeardMessage, of invite: RequestDraft) async throws(WireError) -> HeardMessage? {
        try await line().ask(inDialog("BYE", answer, invite, sequence: invite.sequence + 1))
    }

    fileprivate func inDialog(
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
