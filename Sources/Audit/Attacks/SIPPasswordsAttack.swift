// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// Attacks on logins: guessing, replaying, and answering a challenge in a weaker way than it asks.
enum SIPPasswordsAttack {
    static let all = [guessing, replay, downgrade]

    private static let guessing = Attack(
        .sipPasswords,
        "C01",
        "Guess the password of a phone",
        attempted:
            "REGISTER with the \(Limits.guesses) likeliest passwords for a user name that exists, and for the number as user name",
        expected: "every guess is refused with 401 or not answered at all; the right password is let in",
        run: { (wire, target) async throws(WireError) in
            guard let account = target.accounts.first else { return .needsAccount }
            let phone = TestPhone(account, wire, target)
            guard try await phone.register()?.status == 200 else { return .notRun("the right password was not let in") }
            try await phone.unregister()
            var (refused, unanswered): (Int, Int) = (0, 0)
            for guess in guesses(for: account, target) {
                let stranger = TestPhone(account, wire, target)
                switch try await stranger.register(guess)?.status {
                case nil: unanswered += 1
                case 401?, 403?: refused += 1
                case let status?: return .broken("a guess was answered with \(status)")
                }
                await stranger.hangUp()
            }
            return .held("\(refused) guesses refused, \(unanswered) not answered, none let in")
        }
    )

    private static func guesses(for account: TestAccount, _ target: Target) -> [LoginForm] {
        let number = account.number.text
        let derived = CommonPasswords.derived(number: number, username: account.username, domain: target.domain.text)
        let likely = (derived.prefix(10) + CommonPasswords.common.prefix(Limits.guesses - 15)).map {
            LoginForm(password: Redacted($0))
        }
        let byNumber = [number, "1234", "123456", "password", number + number].map {
            LoginForm(password: Redacted($0), username: number)
        }
        return likely + byNumber
    }

    private static let replay = Attack(
        .sipPasswords,
        "C03",
        "Use an overheard login again",
        attempted: "the same Authorization twice, on the same connection, on a new one, and from another address",
        expected: "401 each time; only the first use is let in",
        run: { (wire, target) async throws(WireError) in
            guard let account = target.accounts.first else { return .needsAccount }
            let phone = TestPhone(account, wire, target)
            let draft = try await phone.registration(expires: 60)
            let challenge = try await phone.challenge(to: draft)
            var overheard = await phone.authorised(draft, challenge, LoginForm())
            guard try await phone.line().ask(overheard)?.status == 200 else {
                return .notRun("the login was not let in the first time")
            }
            var seen: [String] = []
            for place in places(target) {
                let line = place.isSame ? try await phone.line() : try await wire.converse(place.endpoint)
                overheard.ids = Identifiers(using: wire.entropy)
                let status = try await line.ask(overheard)?.status
                seen.append("\(place.name): \(status.map(String.init) ?? "no answer")")
                if let status, status != 401 { return .broken(seen.joined(separator: "; ")) }
                if !place.isSame { await line.close() }
            }
            try await phone.unregister()
            return .held(seen.joined(separator: "; "))
        }
    )

    private struct Place {
        let name: String
        let isSame: Bool
        let endpoint: Endpoint
    }

    /// Another address is only at hand where the target is this machine.
    private static func places(_ target: Target) -> [Place] {
        let here = Endpoint(.tls, port: target.tlsPort)
        var places = [Place(name: "same connection", isSame: true, endpoint: here)]
        places.append(Place(name: "new connection", isSame: false, endpoint: here))
        if target.address.isLoopback, target.address.isIPv4 {
            let other = Endpoint(.tls, port: target.tlsPort, from: IPAddress(v4: 0x7F00_0099))
            places.append(Place(name: "from 127.0.0.153", isSame: false, endpoint: other))
        }
        return places
    }

    private static let downgrade = Attack(
        .sipPasswords,
        "C05",
        "Answer a challenge with weaker cryptography than it asks for",
        attempted:
            "the right password, computed with MD5 where SHA-256 alone was asked for, without qop, as MD5-sess, and as an unknown algorithm",
        expected: "400 or 401 each time",
        run: { (wire, target) async throws(WireError) in
            guard let account = target.accounts.first else { return .needsAccount }
            let phone = TestPhone(account, wire, target)
            guard try await phone.register()?.status == 200 else { return .notRun("the right login was not let in") }
            try await phone.unregister()
            var seen: [String] = []
            for (name, client, form) in weakerForms {
                var draft = try await phone.registration(expires: 60)
                if let client { draft.userAgent = client }
                let challenge = try await phone.challenge(to: draft)
                guard challenge.algorithm == DigestAlgorithm.sha256.rawValue else {
                    return .broken("the challenge asks for \(challenge.algorithm ?? "MD5") first")
                }
                let status = try await phone.answer(challenge, with: draft, form)?.status
                seen.append("\(name): \(status.map(String.init) ?? "no answer")")
                if let status, status != 401, status != 400 { return .broken(seen.joined(separator: "; ")) }
                if status == nil { await phone.hangUp() }
            }
            await phone.hangUp()
            return .held(seen.joined(separator: "; "))
        }
    )

    /// What is tried, as which client, and how. The first one calls itself a phone that is known to compute SHA-256, so that MD5
    /// is no answer to what it is asked.
    private static let weakerForms: [(String, client: String?, LoginForm)] = [
        ("MD5", "baresip v4.10.0", LoginForm(algorithm: .md5)),
        ("no qop", nil, LoginForm(omitsQop: true)),
        ("MD5 without qop", nil, LoginForm(algorithm: .md5, omitsQop: true)),
        ("MD5-sess", nil, LoginForm(algorithm: .md5, algorithmText: "MD5-sess")),
        ("unknown algorithm", nil, LoginForm(algorithmText: "ROT13")),
    ]
}
