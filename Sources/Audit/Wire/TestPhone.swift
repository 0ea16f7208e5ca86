// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// How a login is written, right or deliberately wrong.
struct LoginForm: Sendable {
    /// The algorithm named and computed; what the challenge asked for where `nil`.
    var algorithm: DigestAlgorithm?
    /// What stands after `algorithm=` instead of its name.
    var algorithmText: String?
    /// RFC 2069: without qop, nc and cnonce.
    var omitsQop = false
    var count: UInt32 = 1
    var password: Redacted<String>?
    var username: String?
}

/// A phone of the attacker with a login that exists.
actor TestPhone {
    nonisolated let account: TestAccount
    nonisolated let wireEntropy: Entropy
    private let target: Target
    private let wire: Wire
    private let connection: Line
    private var sequence = 0

    init(_ account: TestAccount, _ wire: Wire, _ target: Target, from source: IPAddress? = nil) {
        (self.account, self.wire, self.target) = (account, wire, target)
        wireEntropy = wire.entropy
        connection = Line(wire, Endpoint(.tls, port: target.tlsPort, from: source))
    }

    func line() async throws(WireError) -> Conversation { try await connection.open() }
    func pause(_ duration: Duration) async { await wire.pause(duration) }
    func hangUp() async { await connection.hangUp() }

    /// A request of this phone: From is its own, the rest the caller's to change.
    func draft(_ method: String, to user: String?) async throws(WireError) -> RequestDraft {
        let domain = target.domain.text
        let line = try await line()
        var draft = RequestDraft(
            method,
            to: user.map { "\($0)@\(domain)" } ?? domain,
            from: "\(account.number)@\(domain)",
            ids: Identifiers(using: wire.entropy)
        )
        draft.sentBy = line.local.description
        draft.contact = "<sip:\(account.username)@\(line.local);transport=tls>"
        return draft
    }

    /// The first `count` accounts as registered phones.
    static func registered(_ count: Int, _ wire: Wire, _ target: Target) async throws(WireError) -> [TestPhone] {
        guard target.accounts.count >= count else { throw WireError(.local, "needs \(count) accounts") }
        let phones = target.accounts.prefix(count).map { TestPhone($0, wire, target) }
        for phone in phones {
            guard try await phone.register()?.status == 200 else {
                throw WireError(.local, "a phone could not register")
            }
        }
        return phones
    }

    /// Registers with the right login. A target that has had enough of strangers from here for now, and so did not read it, is
    /// asked again a little later.
    ///
    /// - Returns: `nil` when the target does not answer.
    func register() async throws(WireError) -> HeardMessage? {
        for _ in 0..<Limits.backOffs {
            if let answer = try await register(LoginForm()) { return answer }
            await hangUp()
            await wire.pause(Limits.backOff)
        }
        return try await register(LoginForm())
    }

    /// - Returns: `nil` when the target does not answer.
    func register(_ form: LoginForm, expires: Int = 60) async throws(WireError) -> HeardMessage? {
        try await ask(registration(expires: expires), form)
    }

    /// Takes every binding of this phone's connection back and hangs up.
    func unregister() async throws(WireError) {
        _ = try await ask(registration(expires: 0))
        await hangUp()
    }

    func registration(expires: Int) async throws(WireError) -> RequestDraft {
        var draft = try await draft("REGISTER", to: nil)
        draft.to = draft.from
        draft.extra = ["Expires: \(expires)"]
        return draft
    }

    /// The challenge to a request without a login.
    func challenge(to draft: RequestDraft) async throws(WireError) -> HeardChallenge {
        let answer = try await firstAnswer(to: draft)
        guard let challenge = HeardChallenge(answer) else {
            throw WireError(.local, "'\(answer.firstLine)' instead of a challenge to \(draft.method)")
        }
        return challenge
    }

    func firstAnswer(to draft: RequestDraft) async throws(WireError) -> HeardMessage {
        for _ in 0...Limits.backOffs {
            let line = try await line()
            if let answer = try? await line.ask(draft) { return answer }
            await hangUp()
            await wire.pause(Limits.backOff)
        }
        throw WireError(.timedOut, "no answer to \(draft.method)")
    }

    /// Sends a request with a login. The challenge is fetched first.
    ///
    /// - Returns: The answer to the login; what was said instead of a challenge; `nil` when the login is not answered.
    func ask(_ draft: RequestDraft, _ form: LoginForm = LoginForm()) async throws(WireError) -> HeardMessage? {
        let first = try await firstAnswer(to: draft)
        guard let challenge = HeardChallenge(first) else { return first }
        return try await answer(challenge, with: draft, form)
    }

    /// Sends a request with a login for a challenge that was given before.
    func answer(
        _ challenge: HeardChallenge,
        with draft: RequestDraft,
        _ form: LoginForm = LoginForm()
    ) async throws(WireError) -> HeardMessage? {
        try await line().ask(authorised(draft, challenge, form))
    }

    /// The request as it goes out with a login: one CSeq further, with a branch of its own.
    func authorised(_ draft: RequestDraft, _ challenge: HeardChallenge, _ form: LoginForm) -> RequestDraft {
        var draft = draft
        draft.sequence += 1
        draft.ids = Identifiers(callID: draft.ids.callID, fromTag: draft.ids.fromTag, using: wire.entropy)
        draft.extra.append(Login.header(for: draft, challenge, account, form, using: wire.entropy))
        return draft
    }
}

extension Identifiers {
    /// The same dialog, another transaction.
    init(callID: String, fromTag: String, using entropy: Entropy) {
        (self.callID, self.fromTag, branch) = (callID, fromTag, "z9hG4bK" + entropy.token(bits: 96) + "b")
    }

    init(_ other: Identifiers, branch: String) {
        (callID, fromTag, self.branch) = (other.callID, other.fromTag, branch)
    }
}

/// Writes Authorization headers.
enum Login {
    static func header(
        for request: RequestDraft,
        _ challenge: HeardChallenge,
        _ account: TestAccount,
        _ form: LoginForm,
        using entropy: Entropy
    ) -> String {
        let asked = challenge.algorithm.flatMap { DigestAlgorithm(rawValue: $0) } ?? .md5
        let algorithm = form.algorithm ?? asked
        let username = form.username ?? account.username
        let ha1 = (form.password ?? account.password).reveal {
            HA1(algorithm: algorithm, username: username, realm: challenge.realm, password: $0)
        }
        let cnonce = entropy.token(bits: 64)
        let response = Digest.response(
            ha1: ha1,
            nonce: challenge.nonce,
            nc: form.count,
            cnonce: cnonce,
            qop: form.omitsQop ? nil : "auth",
            method: .other(request.method),
            uri: request.uri
        )
        var parts = [
            "username=\"\(username)\"", "realm=\"\(challenge.realm)\"", "nonce=\"\(challenge.nonce)\"",
            "uri=\"\(request.uri)\"", "response=\"\(response)\"",
            "algorithm=\(form.algorithmText ?? algorithm.rawValue)",
        ]
        if let opaque = challenge.opaque { parts.append("opaque=\"\(opaque)\"") }
        if !form.omitsQop {
            let count = String(form.count, radix: 16)
            parts.append("qop=auth, cnonce=\"\(cnonce)\", nc=\(String(repeating: "0", count: 8 - count.count))\(count)")
        }
        return "Authorization: Digest " + parts.joined(separator: ", ")
    }
}
