// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// What a trunk logs in with, and to whom (row C06): the secret answers challenges for one realm, and whoever asks this has
/// made sure that they came from the provider's own connection, to a request of ours.
struct TrunkLogin: Sendable {
    private let username: String?
    private let secret: Redacted<String>?
    private let domain: String
    /// What the settings say, or the first realm that the provider named over TLS.
    private var realm: String?
    private var last: Last?

    /// The nonce that was used last, how often, and what it came with.
    private struct Last {
        let nonce: String
        let count: UInt32
        let challenge: Challenge
        let response: Message
        let isEncrypted: Bool
    }

    init(_ access: TrunkAccess) {
        (username, secret, realm) = (access.trunk.username, access.secret, access.trunk.realm)
        domain = access.trunk.domain.text
    }

    /// Answers a 401 or 407.
    ///
    /// - Parameters:
    ///   - before: The nonce that the request was sent with. It was answered once, so it is only answered again when the
    ///     provider says that it was too old.
    /// - Throws: Why it is not answered.
    mutating func answer(
        _ response: Message,
        method: Method,
        uri: String,
        before: String?,
        over flow: Flow,
        using entropy: Entropy
    ) throws(TrunkFailure.Challenge) -> TrunkCredentials {
        guard username != nil, secret != nil else { throw .noSecret }
        let isEncrypted = flow.transport.isEncrypted
        for challenge in try usable(in: response, isEncrypted: isEncrypted) {
            guard before == nil || challenge.stale else { continue }
            guard let credentials = respond(to: challenge, in: response, method, uri, isEncrypted, entropy) else {
                continue
            }
            if isEncrypted, realm == nil { realm = response.unescaped(challenge.realm) }
            return credentials
        }
        throw before == nil ? .unknown : .repeated
    }

    /// Credentials for the challenge that was answered last, whose nonce the provider may still take (RFC 7616 §3.6).
    mutating func answerAgain(method: Method, uri: String, using entropy: Entropy) -> TrunkCredentials? {
        guard let last else { return nil }
        return respond(to: last.challenge, in: last.response, method, uri, last.isEncrypted, entropy)
    }

    private mutating func respond(
        to challenge: Challenge,
        in response: Message,
        _ method: Method,
        _ uri: String,
        _ isEncrypted: Bool,
        _ entropy: Entropy
    ) -> TrunkCredentials? {
        guard let username, let secret else { return nil }
        let nonce = response.string(challenge.nonce)
        let count = last?.nonce == nonce ? (last?.count ?? 0) &+ 1 : 1
        let answer = secret.reveal { password in
            ChallengeAnswer(
                to: challenge,
                in: response,
                username: username,
                password: password,
                method: method,
                uri: uri,
                count: count,
                cnonce: entropy.token(),
                allowsLegacy: isEncrypted
            )
        }
        guard let answer else { return nil }
        last = Last(nonce: nonce, count: count, challenge: challenge, response: response, isEncrypted: isEncrypted)
        let name: HeaderName = response.status == 407 ? .proxyAuthorization : .authorization
        return TrunkCredentials(name: name, value: answer.value, nonce: nonce)
    }

    /// The challenges that may be answered, the strongest first (RFC 8760 §2.4).
    private func usable(in response: Message, isEncrypted: Bool) throws(TrunkFailure.Challenge) -> [Challenge] {
        let all = response.challenges(response.status == 407 ? .proxyAuthenticate : .wwwAuthenticate)
        let ours = all.filter { isOurs($0, response, isEncrypted: isEncrypted) }
        guard !ours.isEmpty else { throw otherRealm(all, response) }
        let known = ours.filter { $0.algorithm != nil }
        guard !known.isEmpty else { throw .unknown }
        let strong = known.filter { isEncrypted || $0.algorithm != .md5 }
        guard !strong.isEmpty else { throw .weak }
        return strong.sorted { ($0.algorithm ?? .md5) > ($1.algorithm ?? .md5) }
    }

    /// The realm that the secret is for; over TLS, where the provider's name is verified, the first that it names.
    private func isOurs(_ challenge: Challenge, _ response: Message, isEncrypted: Bool) -> Bool {
        let named = response.unescaped(challenge.realm)
        if let realm { return named == realm }
        return named == domain || isEncrypted
    }

    private func otherRealm(_ challenges: [Challenge], _ response: Message) -> TrunkFailure.Challenge {
        challenges.first.map { .realm(String(response.unescaped($0.realm).prefix(Limits.trunkReason))) } ?? .unknown
    }
}
