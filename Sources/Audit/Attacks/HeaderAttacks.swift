// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Headers that are to be believed, passed on, or read in two ways.
enum HeaderAttacks {
    static let all = [trust, topology, confusion, injection, responses]

    private static let trust = Attack(
        .intrusionDetection,
        "S08",
        "Tell the called phone what to believe",
        attempted:
            "a call with \(claims.count) headers about who calls, who pays, what to play and where to fetch it, and with another name",
        expected: "the called phone hears the name and number of the directory, and not one of the headers",
        phones: 2,
        run: { (phones, wire, target) async throws(WireError) in
            let heard = try await TestCall.overhear(phones) { draft in
                draft.extra += claims
                draft.from = "sip:\(phones[0].account.number)@\(target.domain)"
                draft.fromName = "\"The Owner\" "
            }
            let text = String(decoding: heard.bytes, as: UTF8.self).lowercased()
            let passed = claims.map { $0.components(at: ":")[0].lowercased() }.filter { heard.value($0) != nil }
            if !passed.isEmpty { return .broken("passed on: \(passed.joined(separator: ", "))") }
            if text.contains("the owner") || text.contains("evil.example") { return .broken("a claim was passed on") }
            guard heard.value("from")?.contains("sip:\(phones[0].account.number)@") == true else {
                return .broken("From is '\(heard.value("from") ?? "")'")
            }
            return .held("\(claims.count) headers stripped; From is that of the login")
        }
    )

    private static let claims = [
        "P-Asserted-Identity: <sip:100@evil.example>", "P-Preferred-Identity: <sip:100@evil.example>",
        "Remote-Party-ID: <sip:100@evil.example>;party=calling", "Diversion: <sip:100@evil.example>",
        "History-Info: <sip:100@evil.example>;index=1", "P-Charging-Vector: icid-value=1", "X-Account: 1",
        "X-Auth: ok", "Alert-Info: <http://evil.example/a.wav>", "Call-Info: <http://evil.example/b.png>;purpose=icon",
        "Identity: e30.e30.x;info=<https://evil.example/c.pem>",
    ]

    private static let topology = Attack(
        .intrusionDetection,
        "R07c",
        "Learn about the other side of a call",
        attempted: "read everything that the called phone is told, for what only the caller's side knows",
        expected:
            "one Via, the server's own Contact and identifiers, and nothing of the caller's address, software or identifiers",
        phones: 2,
        run: { (phones, wire, target) async throws(WireError) in
            var inside: [String] = []
            let heard = try await TestCall.overhear(phones) { draft in
                draft.userAgent = "SecretPhone/7.1"
                draft.sentBy = "10.11.12.13:5099"
                draft.contact = "<sip:inside@10.11.12.13:5099>"
                inside = ["SecretPhone", "10.11.12.13", draft.ids.callID, draft.ids.fromTag, draft.ids.branch]
                draft.body = OfferText.encrypted(address: IPAddress(v4: 0x0A0B_0C0D), using: wire.entropy)
            }
            let text = String(decoding: heard.bytes, as: UTF8.self)
            let leaked = inside.filter(text.contains)
            if !leaked.isEmpty { return .broken("the called phone was told \(leaked.joined(separator: ", "))") }
            guard heard.values("via").count == 1, heard.values("record-route").isEmpty else {
                return .broken("\(heard.values("via").count) Vias, \(heard.values("record-route").count) Record-Routes")
            }
            return .held("nothing of the caller's \(inside.count) marks in what the called phone was told")
        }
    )

    private static let confusion = Attack(
        .intrusionDetection,
        "C10",
        "Name a header so that it is read in two ways",
        attempted:
            "header names with control bytes, blanks inside, none at all, and a header that claims to be let past",
        expected:
            "what is no header is refused and the connection closed; a blank before the colon makes no difference",
        run: { (wire, target) async throws(WireError) in
            var seen: [String] = []
            for name in ["To\u{1}", "Contact\u{0}", "Call-ID\u{B}", "X Y", "", "Fr\u{7F}om"] {
                var draft = RequestDraft.probe("REGISTER", name: "100", domain: target.domain.text, using: wire.entropy)
                draft.extra.append("\(name): <sip:a@\(target.domain)>")
                let end = try await FramingAttacks.end(of: draft.bytes, wire, target)
                seen.append(end.text)
                guard end.isClosed, end.isRefusal else { return .broken("header \(seen.count): \(end.text)") }
            }
            let line = Line(wire, Endpoint(.tls, port: target.tlsPort))
            for extra in ["X-Bypass-me : 1", "Authorization : Digest", "X-Authenticated-User: 100", "Folded: a\r\n b"] {
                var draft = RequestDraft.probe("REGISTER", name: "100", domain: target.domain.text, using: wire.entropy)
                draft.extra.append(extra)
                let answer = try await line.ask(draft)
                guard answer.status == 401 || answer.status == 400 else {
                    return .broken("'\(extra)' got '\(answer.firstLine)'")
                }
                if answer.status == 400 { await line.hangUp() }
            }
            await line.hangUp()
            return .held("\(seen.count) names refused; no header is a way past the login")
        }
    )

    private static let injection = Attack(
        .intrusionDetection,
        "S10",
        "Smuggle a header line into a call",
        attempted:
            "a display name, a user part and a Call-ID with raw and escaped line ends and a NUL, on the way to another phone",
        expected: "raw ones are refused; escaped ones stay escaped, and no line appears at the called phone",
        phones: 2,
        run: { (phones, wire, target) async throws(WireError) in
            for raw in ["a\rP-Asserted-Identity: <sip:0@x>", "a\u{0}b", "a\nX-Evil: 1"] {
                var draft = RequestDraft.probe("INVITE", name: "100", domain: target.domain.text, using: wire.entropy)
                draft.fromName = "\"\(raw)\" "
                let end = try await FramingAttacks.end(of: draft.bytes, wire, target)
                guard end.isClosed, end.isRefusal else { return .broken("a raw control byte in a name: \(end.text)") }
            }
            let heard = try await TestCall.overhear(phones) { draft in
                draft.fromName = "\"x%0d%0aX-Evil: 1\\\" y\" "
                draft.extra.append("Subject: hello%0d%0aX-Evil: 1")
                draft.extra.append("Reason: SIP;text=\"%0d%0aX-Evil: 1\"")
            }
            if let line = heard.value("x-evil") { return .broken("the called phone got X-Evil: \(line)") }
            let hasControls = heard.bytes.contains { $0 < 32 && $0 != 13 && $0 != 10 && $0 != 9 }
            return hasControls
                ? .broken("a control byte reached the called phone")
                : .held("raw line ends and NUL refused; escaped ones made no line")
        }
    )

    private static let responses = Attack(
        .intrusionDetection,
        "S19",
        "Answer what was never asked",
        attempted:
            "200, 302, 401, 999 and 6-digit statuses with made-up branches, for INVITE, BYE and OPTIONS, some with a Via of somebody else",
        expected: "nothing comes back, nothing is sent on, and the phone of that connection is served afterwards",
        phones: 1,
        run: { (phones, wire, target) async throws(WireError) in
            let trap = try await wire.connect(Endpoint(.udp, port: target.mediaPort))
            let phone = phones[0]
            let line = try await phone.line()
            for status in ["200 OK", "302 Moved Temporarily", "401 Unauthorized"] {
                for method in ["INVITE", "BYE", "OPTIONS"] {
                    try await line.say(response(status, method, via: trap.local, wire, target))
                }
            }
            if case .message(let message, _) = await line.next(within: Limits.silence) {
                return .broken("'\(message.firstLine)' came back")
            }
            if case .bytes = await trap.receive(.zero) { return .broken("something was sent to the address in Via") }
            guard try await phone.register()?.status == 200 else { return .broken("the phone is not served any more") }
            for status in ["999 Big", "123456 Bigger", "099 Small"] {
                let end = try await FramingAttacks.end(
                    of: response(status, "INVITE", via: trap.local, wire, target),
                    wire,
                    target
                )
                guard end.text == "closed" || end.text == "left open" else { return .broken("\(status): \(end.text)") }
            }
            await trap.close()
            return .held("12 responses without a request, not a byte came back")
        }
    )

    private static func response(
        _ status: String,
        _ method: String,
        via: SocketAddress,
        _ wire: Wire,
        _ target: Target
    ) -> [UInt8] {
        let token = wire.entropy.token(bits: 64)
        let lines = [
            "SIP/2.0 \(status)", "Via: SIP/2.0/TLS \(target.host):\(target.tlsPort);branch=z9hG4bK\(token)",
            "Via: SIP/2.0/UDP \(via);branch=z9hG4bK\(token)b", "From: <sip:a@\(target.domain)>;tag=\(token)",
            "To: <sip:b@\(target.domain)>;tag=\(token)b", "Call-ID: \(token)", "CSeq: 1 \(method)",
            "Contact: <sip:b@\(via);transport=udp>", "WWW-Authenticate: Digest realm=\"r\", nonce=\"\(token)\"",
            "Content-Length: 0", "", "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }
}
