// SPDX-License-Identifier: Apache-2.0

/// What a client says to a digest challenge: the value of its Authorization or Proxy-Authorization.
///
/// Answers by `qop=auth` with a client nonce of its own. A challenge of RFC 2069, without any `qop`, is answered as that says
/// when the caller allows it; one that offers only `auth-int` is not.
///
/// Whether this peer may be answered at all is not decided here: see `TrunkTable` in `Calls` (row C06).
///
/// Source: RFC 7616 §3.4, RFC 8760 §2, RFC 3261 §22.4.
public struct ChallengeAnswer: Sendable {
    /// Without the name of its field.
    public let value: String

    /// - Parameters:
    ///   - challenge: Of `message`, the response that it came in.
    ///   - method: Of the request that is sent again.
    ///   - uri: Its Request-URI, as it is written there.
    ///   - count: Which use of this nonce this is, from 1.
    ///   - cnonce: At least 64 random bits in characters of a token.
    ///   - allowsLegacy: Whether a challenge without `qop` is answered: its response holds nothing random of ours, so only
    ///     where nobody else can ask.
    /// - Returns: `nil` for an algorithm or protection that is not known, and for values that are too long.
    public init?(
        to challenge: Challenge,
        in message: Message,
        username: String,
        password: String,
        method: Method,
        uri: String,
        count: UInt32,
        cnonce: String,
        allowsLegacy: Bool
    ) {
        let hasQop = challenge.offersAuth || challenge.offersAuthInt
        guard let algorithm = challenge.algorithm, challenge.offersAuth || (!hasQop && allowsLegacy),
            challenge.nonce.count <= Limits.challengeBytes, challenge.realm.count <= Limits.challengeBytes,
            challenge.opaque?.count ?? 0 <= Limits.challengeBytes
        else { return nil }
        let ha1 = HA1(
            algorithm: algorithm,
            username: username,
            realm: message.unescaped(challenge.realm),
            password: password
        )
        let response = Digest.response(
            ha1: ha1,
            nonce: message.unescaped(challenge.nonce),
            nc: count,
            cnonce: cnonce,
            qop: challenge.offersAuth ? "auth" : nil,
            method: method,
            uri: uri
        )
        // As they came, backslashes included: whoever made them finds them again.
        var text = "Digest username=\"\(Self.escaped(username))\", realm=\"\(message.string(challenge.realm))\""
        text += ", nonce=\"\(message.string(challenge.nonce))\", uri=\"\(Self.escaped(uri))\""
        text += ", response=\"\(response)\", algorithm=\(algorithm.rawValue)"
        if challenge.offersAuth {
            let digits = String(count, radix: 16)
            text +=
                ", qop=auth, nc=\(String(repeating: "0", count: 8 - digits.utf8.count))\(digits), cnonce=\"\(cnonce)\""
        }
        if let opaque = challenge.opaque { text += ", opaque=\"\(message.string(opaque))\"" }
        value = text
    }

    /// As it stands between quotes (RFC 3261 §25.1 `quoted-pair`).
    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}

extension Message {
    /// Every readable challenge of scheme Digest under this name, in order, up to ``Limits/challenges``. One that cannot be read
    /// is passed over: a server may offer what nobody knows beside what everybody does (RFC 8760 §2.4).
    ///
    /// - Parameter name: `.wwwAuthenticate` or `.proxyAuthenticate`.
    public func challenges(_ name: HeaderName) -> [Challenge] {
        let span = bytes.span
        var found: [Challenge] = []
        for field in fields where field.name == name && found.count < Limits.challenges {
            guard let parameters = span.digestParameters(field.value.range),
                let challenge = try? Challenge(span, parameters)
            else { continue }
            found.append(challenge)
        }
        return found
    }
}
