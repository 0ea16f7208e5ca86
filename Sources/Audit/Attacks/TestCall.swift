// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives

/// An encrypted call between the attacker's two own phones, through the target.
struct TestCall: Sendable {
    let caller: TestPhone
    let callee: TestPhone
    let callerMedia: TestMedia
    let calleeMedia: TestMedia
    /// Where the target takes the audio of the caller.
    let mediaPort: UInt16
    private let invite: RequestDraft
    private let answer: HeardMessage

    /// Registers both phones and connects them.
    static func connect(_ wire: Wire, _ target: Target) async throws(WireError) -> TestCall {
        let phones = try await TestPhone.registered(2, wire, target)
        let sockets = [
            try await wire.connect(Endpoint(.udp, port: target.mediaPort)),
            try await wire.connect(Endpoint(.udp, port: target.mediaPort)),
        ]
        let callerKey = key(.aes128cmSHA1_80, wire)
        var draft = try await phones[0].invitation(to: phones[1])
        draft.body = description(1, callerKey, sockets[0].local)
        let invite = try await phones[0].call(draft)
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
            callerMedia: TestMedia(sockets[0], sending: callerKey, receiving: toCaller.key, source: 0x0A0A_0A0A),
            calleeMedia: TestMedia(sockets[1], sending: calleeKey, receiving: toCallee.key, source: 0x0B0B_0B0B),
            mediaPort: toCaller.port,
            invite: invite,
            answer: answer
        )
    }

    /// Connects a call, attacks it, and ends it whatever came of that.
    static func attacked(
        by attack: (TestCall, Wire, Target) async throws(WireError) -> Observation,
        _ wire: Wire,
        _ target: Target
    ) async throws(WireError) -> Observation {
        let call = try await connect(wire, target)
        let observation = try? await attack(call, wire, target)
        await call.end()
        return observation ?? .notRun("the call broke off")
    }

    /// How the caller's side of this call is named in Replaces (RFC 3891 §3).
    var dialog: String {
        let tag = answer.value("to")?.components(at: ";tag=").last ?? ""
        return "\(invite.ids.callID);to-tag=\(tag);from-tag=\(invite.ids.fromTag)"
    }

    /// A request with every identifier of the caller's side of this call, as somebody would write it who read them, with
    /// media for themselves.
    func forged(_ method: String, _ wire: Wire) async -> RequestDraft {
        var draft = await caller.inDialog(method, answer, invite, sequence: invite.sequence + 5)
        guard method == "INVITE" || method == "UPDATE" else { return draft }
        draft.contentType = "application/sdp"
        let attacker = IPAddress(v4: 0xC633_6442)
        draft.body = OfferText.encrypted(.aes128cmSHA1_80, address: attacker, using: wire.entropy)
        return draft
    }

    /// The caller asks for other media, and leaves the answer unconfirmed.
    ///
    /// - Parameters:
    ///   - number: Of the change, from 0.
    ///   - hops: How many long Vias it pretends to have come through.
    /// - Returns: `nil` when nothing final comes.
    func change(_ number: Int, _ wire: Wire, hops: Int = 0) async throws(WireError) -> HeardMessage? {
        var draft = await caller.inDialog("INVITE", answer, invite, sequence: invite.sequence + 1 + number)
        draft.contentType = "application/sdp"
        draft.body = OfferText.encrypted(.aes128cmSHA1_80, using: wire.entropy)
        let hop = "Via: SIP/2.0/TLS 192.0.2.9;branch=z9hG4bK1;x=" + String(repeating: "x", count: 7_000)
        draft.extra = Array(repeating: hop, count: hops)
        return try await caller.line().ask(draft)
    }

    /// The caller connects who was called here with who was called in another call of its own (RFC 5589 §7).
    ///
    /// - Returns: What its REFER was answered with.
    func refer(to other: TestCall, _ target: Target) async throws(WireError) -> Int? {
        let number = callee.account.number
        return try await caller.refer(answer, of: invite, to: number, at: target, replacing: other.dialog)
    }

    /// The caller sends who was called here to somebody outside.
    ///
    /// - Parameter number: Of the request in this call, from 1.
    /// - Returns: What its REFER was answered with.
    func transfer(to uri: String, number: Int) async throws(WireError) -> Int {
        try await caller.refer(answer, of: invite, to: uri, number: number) ?? 0
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
    static func refuse(
        _ status: String,
        _ wire: Wire,
        _ target: Target,
        realm: String? = nil
    ) async throws(WireError) -> String? {
        let phones = try await TestPhone.registered(2, wire, target)
        let draft = try await phones[0].invitation(to: phones[1])
        let invite = try await phones[0].call(draft)
        let leaked = try await phones[1].leak(after: phones[1].nextRequest("INVITE"), status, realm: realm)
        try await phones[0].acknowledgeRefusal(of: invite, draft)
        for phone in phones { try await phone.unregister() }
        return leaked
    }

    /// Calls, and answers with the key that the target offered (RFC 3711 §9.1 forbids to take that).
    ///
    /// - Returns: What the caller hears; `nil` when that is nothing.
    static func mirror(_ wire: Wire, _ target: Target) async throws(WireError) -> Int? {
        let phones = try await TestPhone.registered(2, wire, target)
        let draft = try await phones[0].invitation(to: phones[1])
        let invite = try await phones[0].call(draft)
        let ringing = try await phones[1].nextRequest("INVITE")
        guard let offered = HeardMedia(ringing.body) else { throw WireError(.local, "the target offered no key") }
        let here = try await phones[1].line().local
        try await phones[1].accept(ringing, with: description(offered.tag, offered.key, here))
        let answer = try await phones[0].finalAnswer(to: invite)
        if let answer, answer.status == 200 {
            try await phones[0].confirm(answer, to: invite)
            _ = try await phones[0].hangUp(answer, of: invite)
        } else if let answer {
            try await phones[0].acknowledge(answer, to: draft)
        }
        for phone in phones { try await phone.unregister() }
        return answer?.status
    }

    /// What a called phone is told about a call of the attacker's own. The call is refused there.
    ///
    /// - Parameter change: What the caller writes besides the usual.
    static func overhear(
        _ phones: [TestPhone],
        _ change: (inout RequestDraft) -> Void
    ) async throws(WireError) -> HeardMessage {
        var draft = try await phones[0].invitation(to: phones[1])
        change(&draft)
        let invite = try await phones[0].call(draft)
        let heard = try await phones[1].nextRequest("INVITE")
        try await phones[1].reply("603 Decline", to: heard)
        try await phones[0].acknowledgeRefusal(of: invite, draft)
        return heard
    }

    static func key(_ suite: SRTPSuite, _ wire: Wire) -> SRTPKey {
        var entropy = wire.entropy
        return SRTPKey.generate(suite, using: &entropy)
    }

    static func description(_ tag: Int, _ key: SRTPKey, _ local: SocketAddress) -> [UInt8] {
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
