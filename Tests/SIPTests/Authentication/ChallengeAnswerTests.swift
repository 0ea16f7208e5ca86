// SPDX-License-Identifier: Apache-2.0

import SIP
import Testing

@Suite("RFC 7616 §3.4 and §3.9: what a client answers to a challenge")
struct ChallengeAnswerTests {
    private func response(_ challenges: [String], status: Int = 401) throws -> Message {
        let name = status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate"
        let lines = challenges.map { "\(name): \($0)\n" }.joined()
        let text = "SIP/2.0 \(status) Unauthorized\n\(lines)Content-Length: 0\n\n"
        return try Message(parsing: wire(text).span)
    }

    private func answer(
        _ challenge: String,
        username: String = "Mufasa",
        method: SIP.Method = .other("GET"),
        uri: String = "/dir/index.html",
        count: UInt32 = 1,
        allowsLegacy: Bool = false
    ) throws -> String? {
        let response = try response([challenge])
        let challenge = try #require(response.challenges(.wwwAuthenticate).first)
        return ChallengeAnswer(
            to: challenge,
            in: response,
            username: username,
            password: "Circle of Life",
            method: method,
            uri: uri,
            count: count,
            cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            allowsLegacy: allowsLegacy
        )?.value
    }

    private static func printed(_ algorithm: String, qop: String? = "auth, auth-int") -> String {
        "Digest realm=\"http-auth@example.org\", \(qop.map { "qop=\"\($0)\", " } ?? "")algorithm=\(algorithm), "
            + "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
            + "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
    }

    @Test(arguments: [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ])
    func `the examples of §3.9.1 are answered as printed`(algorithm: String, digest: String) throws {
        let value = try #require(try answer(Self.printed(algorithm)))
        #expect(value.contains("response=\"\(digest)\""))
        #expect(value.contains("opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""))
        #expect(value.contains("algorithm=\(algorithm), qop=auth, nc=00000001, cnonce="))
    }

    @Test(arguments: DigestAlgorithm.allCases)
    func `our own check takes what is answered`(algorithm: DigestAlgorithm) throws {
        let challenge = Self.printed(algorithm.rawValue, qop: "auth")
        for name in ["plain", "with \"quotes\" and \\", "ü"] {
            let uri = "sip:pbx.example"
            let value = try #require(try answer(challenge, username: name, method: .register, uri: uri, count: 0xAB))
            let request = try Message(
                parsing: wire("REGISTER \(uri) SIP/2.0\nAuthorization: \(value)\nContent-Length: 0\n\n").span
            )
            let credentials = try #require(try request.credentials())
            #expect(request.unescaped(credentials.username) == name)
            #expect(credentials.nc == 0xAB)
            let meant = try #require(Digest.meant(credentials, for: request))
            let ha1 = HA1(
                algorithm: algorithm,
                username: name,
                realm: "http-auth@example.org",
                password: "Circle of Life"
            )
            #expect(Digest.matches(meant, in: request, method: .register, ha1: ha1))
        }
    }

    @Test func `what protects the body alone, or is not known, is not answered`() throws {
        #expect(try answer(Self.printed("SHA-256", qop: "auth-int")) == nil)
        #expect(try answer(Self.printed("SHA-256", qop: "token")) == nil)
        #expect(try answer(Self.printed("SHA-1")) == nil)
        #expect(try answer(Self.printed("MD5-sess")) == nil)
    }

    @Test func `a challenge of RFC 2069 is answered only where that is allowed, without anything of ours`() throws {
        let old = Self.printed("MD5", qop: nil)
        #expect(try answer(old) == nil)
        let value = try #require(try answer(old, allowsLegacy: true))
        #expect(!value.contains("cnonce") && !value.contains("nc=") && !value.contains("qop"))
    }

    @Test func `values that are too long are not sent back`() throws {
        let long = String(repeating: "a", count: 1_025)
        #expect(try answer("Digest realm=\"r\", qop=\"auth\", nonce=\"\(long)\"") == nil)
        #expect(try answer("Digest realm=\"\(long)\", qop=\"auth\", nonce=\"n\"") == nil)
        #expect(try answer("Digest realm=\"r\", qop=\"auth\", nonce=\"n\", opaque=\"\(long)\"") == nil)
        #expect(try answer("Digest realm=\"r\", qop=\"auth\", nonce=\"\(long.dropFirst())\"") != nil)
    }

    @Test func `every challenge of a response is read, and those that cannot be are passed over`() throws {
        let response = try response(
            ["Basic realm=\"b\"", "Digest realm=\"r\"", Self.printed("MD5"), Self.printed("SHA-256")],
            status: 407
        )
        #expect(response.challenges(.proxyAuthenticate).map(\.algorithm) == [.md5, .sha256])
        #expect(response.challenges(.wwwAuthenticate).isEmpty)
        let many = try self.response(Array(repeating: Self.printed("MD5"), count: 50))
        #expect(many.challenges(.wwwAuthenticate).count == Limits.challenges)
    }
}
