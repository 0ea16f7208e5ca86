// SPDX-License-Identifier: Apache-2.0

import Primitives

/// Checks and makes the response to a digest challenge.
///
/// Source: RFC 7616 §3.4 with RFC 8760 §2.6: qop is demanded and only `auth` is taken, the digest-uri has to be the
/// Request-URI, and MD5-sess, userhash and unknown algorithms never match. `quoted \"strings\"` are hashed unescaped.
public enum Digest {
    /// Credentials whose digest-uri names what their request is for. Only ``meant(_:for:)`` makes one, so a check that is
    /// skipped does not compile.
    public struct Meant: Sendable {
        let credentials: Credentials

        fileprivate init(_ credentials: Credentials) { self.credentials = credentials }
    }

    /// Whether the credentials prove the password behind `ha1` for this request.
    ///
    /// Says nothing of the nonce: ask ``NonceIssuer/check(_:from:at:)`` before and ``NonceLedger/use(_:nc:at:)``
    /// after. For a user that does not exist ask this with any HA1 of the same algorithm, so that both take the same
    /// time. Two digests of less than three blocks each, compared in constant time; no allocation.
    ///
    /// - Parameters:
    ///   - meant: The credentials of `message`.
    ///   - method: Its method; for an ACK that repeats the credentials of its INVITE, still `ACK`.
    ///   - ha1: Of the algorithm that the credentials name. Another one never matches.
    public static func matches(
        _ meant: Meant,
        in message: Message,
        method: Method,
        ha1: HA1
    ) -> Bool {
        let credentials = meant.credentials
        guard credentials.qop == .auth, !credentials.userhash, !credentials.isUnknownAlgorithm,
            // A response without the parameter is MD5 (RFC 7616 §3.4); baresip leaves it out.
            credentials.algorithm ?? .md5 == ha1.algorithm,
            let count = credentials.ncText, let cnonce = credentials.cnonce, !cnonce.isEmpty
        else { return false }
        let bytes = message.bytes
        let span = bytes.span
        let last = max(credentials.uri.upper, credentials.nonce.upper, credentials.response.upper)
        guard max(last, count.upper, cnonce.upper) <= span.count, span.isCount(count.range) else { return false }

        var request = MessageDigest(ha1.algorithm)
        request.add(method.text)
        request.add(":")
        request.add(unescaping: span.extracting(credentials.uri.range))
        let ha2 = request.finish()

        var response = MessageDigest(ha1.algorithm)
        response.add(ha1.digest)
        response.add(":")
        response.add(unescaping: span.extracting(credentials.nonce.range))
        response.add(":")
        response.add(span.extracting(count.range))
        response.add(":")
        response.add(unescaping: span.extracting(cnonce.range))
        response.add(":auth:")
        response.add(ha2)
        return response.finish().equals(span.extracting(credentials.response.range))
    }

    /// Looks whether the digest-uri names what the request is for, so that captured credentials cannot be moved to another
    /// target (RFC 8760 §2.6): byte for byte, or at least the same user at the same host and port. Phones add and leave out
    /// parameters such as `transport`; what the response is good for stays the same.
    ///
    /// - Parameter message: The request that the ranges of `credentials` point into.
    /// - Returns: `nil` when it names something else.
    public static func meant(_ credentials: Credentials, for message: Message) -> Meant? {
        let span = message.bytes.span
        guard credentials.uri.upper <= span.count, span.names(credentials.uri.range, message.requestURI.range) else {
            return nil
        }
        return Meant(credentials)
    }

    /// The response that a client sends: for our own requests, attacks and tests.
    ///
    /// - Parameters:
    ///   - qop: As the response names it; `nil` makes the response of RFC 2069, which nobody here accepts.
    ///   - uri: The Request-URI.
    /// - Returns: 32 or 64 lower-case digits.
    public static func response(
        ha1: HA1,
        nonce: String,
        nc: UInt32,
        cnonce: String,
        qop: String? = "auth",
        method: Method,
        uri: String
    ) -> String {
        var request = MessageDigest(ha1.algorithm)
        request.add("\(method.text):\(uri)")
        let ha2 = request.finish()
        let digits = String(nc, radix: 16)
        let count = String(repeating: "0", count: 8 - digits.utf8.count) + digits
        var response = MessageDigest(ha1.algorithm)
        response.add(ha1.digest)
        response.add(qop.map { ":\(nonce):\(count):\(cnonce):\($0):" } ?? ":\(nonce):")
        response.add(ha2)
        return response.finish().text
    }
}

extension Span<UInt8> {
    /// `nc` is exactly eight hexadecimal digits (RFC 7616 §3.4).
    fileprivate func isCount(_ range: Range<Int>) -> Bool {
        guard range.count == 8 else { return false }
        for index in range where Hex.value(self[index]) == nil { return false }
        return true
    }

    /// Whether two URIs name the same user at the same host and port.
    fileprivate func names(_ digestURI: Range<Int>, _ requestURI: Range<Int>) -> Bool {
        if isSame(digestURI, requestURI) { return true }
        guard let left = try? SIPURI(parsing: self, in: digestURI),
            let right = try? SIPURI(parsing: self, in: requestURI),
            left.scheme == right.scheme, left.port == right.port
        else { return false }
        let users =
            switch (left.user, right.user) {
            case (nil, nil): true
            case (let left?, let right?): isSame(left.range, right.range)
            case (nil, _?), (_?, nil): false
            }
        return users && isSame(left.host.range, right.host.range, ignoringCase: true)
    }

    private func isSame(_ left: Range<Int>, _ right: Range<Int>, ignoringCase: Bool = false) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count {
            let (one, other) = (self[left.lowerBound + index], self[right.lowerBound + index])
            guard one == other || (ignoringCase && isSameLetter(one, other)) else { return false }
        }
        return true
    }
}
