// SPDX-License-Identifier: Apache-2.0

import SIP
import Testing

@Suite("RFC 7616 §3.3 and §3.4: digest header fields")
struct DigestFieldTests {
    static let five = "username=\"bob\", realm=\"r\", nonce=\"n\", uri=\"sip:r\", response=\"abc\""

    private func credentials(_ value: String) throws -> (Message, Credentials?) {
        let message = try Message(parsing: request(changes: [("Authorization", value)]).span)
        return (message, try message.credentials())
    }

    @Test func `finds every parameter without its quotes`() throws {
        let more = "algorithm=SHA-256, cnonce=\"c\", nc=0000001f, qop=auth, opaque=\"o\", userhash=true"
        let (message, found) = try credentials("Digest \(Self.five), \(more)")
        let digest = try #require(found)
        let texts = [digest.username, digest.realm, digest.nonce, digest.uri, digest.response].map(message.string)
        #expect(texts == ["bob", "r", "n", "sip:r", "abc"])
        #expect(digest.algorithm == .sha256 && digest.qop == .auth && digest.nc == 31 && digest.userhash)
        #expect(digest.ncText.map(message.string) == "0000001f")
        #expect(digest.cnonce.map(message.string) == "c")
        #expect(digest.opaque.map(message.string) == "o")
    }

    @Test func `what is left out has its default`() throws {
        let digest = try #require(try credentials("digest \(Self.five)").1)
        #expect(digest.algorithm == .md5 && !digest.isUnknownAlgorithm)
        #expect(digest.qop == nil && digest.nc == nil && digest.cnonce == nil && !digest.userhash)
    }

    static let algorithms: [(text: String, algorithm: DigestAlgorithm?)] = [
        ("MD5", .md5), ("sha-512-256", .sha512256), ("\"SHA-256\"", .sha256), ("MD5-sess", nil), ("x", nil),
    ]

    @Test(arguments: algorithms)
    func `an algorithm is known or not, never guessed`(text: String, algorithm: DigestAlgorithm?) throws {
        let digest = try #require(try credentials("Digest \(Self.five), algorithm=\(text)").1)
        #expect(digest.algorithm == algorithm)
        #expect(digest.isUnknownAlgorithm == (algorithm == nil))
    }

    @Test func `an escaped quote does not end a value, and stays escaped`() throws {
        let (message, found) = try credentials("Digest \(Self.five.replacing("bob", with: "b\\\"o,b"))")
        #expect(try message.string(#require(found).username) == "b\\\"o,b")
    }

    @Test(arguments: [
        "Digest", "Digest ", "Digest username=\"bob\"", "Digest \(five),", "Digest \(five), realm=\"other\"",
        "Digest \(five), nc=1", "Digest \(five), nc=0000000g", "Digest \(five) qop=auth", "Digest \(five), qop",
        "Digest \(five), cnonce=\"x", "Digest , \(five)", "Digest \(five), =x", "Digest \(five), qop=",
    ])
    func `credentials that cannot be read are refused with 400, or are of no scheme we know`(value: String) throws {
        do {
            #expect(try credentials(value).1 == nil)
            #expect(value == "Digest" || value == "Digest ")
        } catch let error as ParseError {
            #expect(error.problem == .malformed(value.hasSuffix("\"x") ? .quotedString : .credentials))
        }
    }

    @Test func `another scheme is passed over`() throws {
        let fields = "Authorization: Basic abc=\nAuthorization: Digest \(Self.five)\n"
        let message = try Message(parsing: wire("BYE sip:b SIP/2.0\n\(fields)\n").span)
        #expect(try message.credentials() != nil)
        #expect(try message.credentials(.proxyAuthorization) == nil)
    }

    @Test func `a challenge says what it wants`() throws {
        let value = "Digest realm=\"r\", nonce=\"n\", qop=\"auth,auth-int\", algorithm=SHA-256, stale=TRUE, opaque=\"\""
        let message = try Message(parsing: wire("SIP/2.0 401 U\nWWW-Authenticate: \(value)\n\n").span)
        let challenge = try #require(try message.challenge(.wwwAuthenticate))
        #expect(challenge.offersAuth && challenge.offersAuthInt && challenge.stale && challenge.algorithm == .sha256)
        #expect(message.string(challenge.nonce) == "n")
        let empty = try Message(parsing: wire("SIP/2.0 401 U\nWWW-Authenticate: Digest realm=\"r\"\n\n").span)
        #expect(throws: ParseError.self) { try empty.challenge(.wwwAuthenticate) }
    }

    @Test func `the algorithms have an order and a length`() {
        #expect(DigestAlgorithm.md5 < .sha256)
        #expect(DigestAlgorithm.sha256 < .sha512256)
        #expect(DigestAlgorithm.allCases.map { $0.digestLength } == [16, 32, 32])
    }
}
