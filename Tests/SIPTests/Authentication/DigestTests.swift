// SPDX-License-Identifier: Apache-2.0

import SIP
import Testing

@Suite("RFC 7616 §3.4 and RFC 8760 §2.6, ATTACKS C05: which responses are accepted")
struct DigestTests {
    @Test(arguments: DigestAlgorithm.allCases)
    func `the right password is accepted with every algorithm, any other is not`(algorithm: DigestAlgorithm) throws {
        let login = Login(algorithm)
        #expect(try login.isAccepted())
        #expect(try !login.isAccepted(by: Login(algorithm) { $0.password += " " }.ha1))
        #expect(try !login.isAccepted(by: Login(algorithm) { $0.username = "other" }.ha1))
        #expect(try !login.isAccepted(by: Login(algorithm) { $0.realm = "other" }.ha1))
    }

    @Test func `a response without an algorithm is MD5, as baresip sends it`() throws {
        #expect(try Login(.md5) { $0.algorithmText = nil }.isAccepted())
        #expect(try !Login(.sha256) { $0.algorithmText = nil }.isAccepted())
    }

    @Test(arguments: ["MD5-sess", "SHA-256-sess", "SHA-1", "", "none", "MD5;"])
    func `an algorithm that was never offered does not match, even with a right response`(name: String) {
        for algorithm in DigestAlgorithm.allCases {
            #expect((try? Login(algorithm) { $0.algorithmText = "\"\(name)\"" }.isAccepted()) != true)
        }
    }

    @Test func `an HA1 of another algorithm never matches`() throws {
        for said in DigestAlgorithm.allCases {
            for held in DigestAlgorithm.allCases where held != said {
                #expect(try !Login(said).isAccepted(by: Login(held).ha1))
                #expect(try !Login(held) { $0.algorithmText = said.rawValue }.isAccepted())
            }
        }
    }

    @Test func `a response without qop or with another one does not match`() throws {
        #expect(try !Login { $0.qop = nil }.isAccepted())
        #expect(try !Login { $0.qop = "auth-int" }.isAccepted())
        #expect(try !Login { $0.qop = "other" }.isAccepted())
        let relabelled = Login { $0.response = Login().rightResponse }
        #expect(try relabelled.isAccepted())
        #expect(try !Login { ($0.qop, $0.response) = ("auth-int", Login().rightResponse) }.isAccepted())
    }

    @Test func `a response without a cnonce does not match`() throws {
        #expect(try !Login { $0.cnonce = nil }.isAccepted())
        #expect(try !Login { $0.cnonce = "" }.isAccepted())
    }

    @Test func `a hashed user name does not match`() throws {
        #expect(try !Login { $0.suffix = ", userhash=true" }.isAccepted())
        #expect(try Login { $0.suffix = ", userhash=false" }.isAccepted())
    }

    @Test func `the response covers nonce, count, cnonce, method and URI`() throws {
        let right = Login().rightResponse
        #expect(try !Login { ($0.nonce, $0.response) = ("00f2", right) }.isAccepted())
        #expect(try !Login { ($0.nc, $0.response) = ("00000002", right) }.isAccepted())
        #expect(try !Login { ($0.cnonce, $0.response) = ("c0ffef", right) }.isAccepted())
        #expect(try !Login { ($0.method, $0.response) = (.invite, right) }.isAccepted())
        #expect(try !Login { ($0.requestURI, $0.response) = ("sip:pbx.exampl", right) }.isAccepted())
    }

    @Test func `every single changed, missing or added digit of the response is noticed`() throws {
        let right = Login().rightResponse
        for index in right.indices {
            var forged = right
            forged.replaceSubrange(index...index, with: right[index] == "0" ? "1" : "0")
            #expect(try !Login { $0.response = forged }.isAccepted())
        }
        #expect(try !Login { $0.response = String(right.dropLast()) }.isAccepted())
        #expect(try !Login { $0.response = right + "0" }.isAccepted())
        #expect(try !Login { $0.response = "" }.isAccepted())
        #expect(try !Login { $0.response = right.uppercased() }.isAccepted())
    }

    @Test func `quoted pairs count as what they stand for`() throws {
        let plain = Digest.response(
            ha1: Login().ha1,
            nonce: "00f1",
            nc: 1,
            cnonce: "a\"b\\c",
            method: .register,
            uri: "sip:pbx.example"
        )
        #expect(try Login { ($0.cnonce, $0.response) = (#"a\"b\\c"#, plain) }.isAccepted())
        #expect(try Login { ($0.cnonce, $0.response) = (#"\a\"b\\\c"#, plain) }.isAccepted())
        #expect(try !Login { ($0.cnonce, $0.response) = (#"a\"b\\\\c"#, plain) }.isAccepted())
    }

    @Test func `credentials of another message do not match and do not trap`() throws {
        let long = try Login { $0.cnonce = String(repeating: "c", count: 500) }.message()
        let short = try Login().message()
        let credentials = try #require(try long.credentials())
        #expect(!Digest.matches(credentials, in: short, method: .register, ha1: Login().ha1))
    }
}

@Suite("RFC 8760 §2.6, ATTACKS C04: the digest-uri has to be the Request-URI")
struct DigestURITests {
    @Test(arguments: [
        ("sip:pbx.example", "sip:PBX.Example"),
        ("sip:pbx.example;transport=tls", "sip:pbx.example"),
        ("sip:205@pbx.example:5061", "sip:205@pbx.example:5061;transport=tls"),
    ])
    func `parameters and the case of the host may differ`(requestURI: String, digestURI: String) throws {
        #expect(try Login { ($0.requestURI, $0.digestURI) = (requestURI, digestURI) }.isAccepted())
    }

    /// The billing attack: a captured INVITE sent again to a number that costs (ATTACKS C04).
    @Test(arguments: [
        ("sip:900123@pbx.example", "sip:205@pbx.example"),
        ("sip:900123@pbx.example", "sip:pbx.example"),
        ("sip:pbx.example", "sip:205@pbx.example"),
        ("sip:205@pbx.example:5061", "sip:205@pbx.example"),
        ("sips:205@pbx.example", "sip:205@pbx.example"),
        ("sip:205@pbx.example", "sip:205@other.example"),
        ("sip:ALICE@pbx.example", "sip:alice@pbx.example"),
        ("sip:205@pbx.example", "/index.html"),
        ("sip:205@pbx.example", ""),
        ("sip:205@pbx.example", "*"),
    ])
    func `another user, host, port or scheme does not match, even with a right response`(
        requestURI: String,
        digestURI: String
    ) throws {
        #expect(try !Login { ($0.requestURI, $0.digestURI) = (requestURI, digestURI) }.isAccepted())
    }
}

@Suite("ATTACKS C09: malformed credentials")
struct MalformedCredentialsTests {
    @Test(arguments: [
        "Digest",
        "Digest ",
        "Digest username=\"a\"",
        "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"sip:d\"",
        "Digest username=\"a, realm=\"b\", nonce=\"c\", uri=\"sip:d\", response=\"e\"",
        "Digest username=\"a\", username=\"a\", realm=\"b\", nonce=\"c\", uri=\"sip:d\", response=\"e\"",
        "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"sip:d\", response=\"e\", nc=1",
        "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"sip:d\", response=\"e\", nc=0000000g",
        "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"sip:d\", response=\"e\", nc=000000001",
        "Digest ,,,", "Digest =", "Digest \"", "Basic YTpi", "", "Digest username=\"\\",
    ])
    func `are refused by the parser or match nothing`(field: String) throws {
        for algorithm in DigestAlgorithm.allCases {
            guard let message = try? Login(algorithm).message(authorization: field),
                let credentials = try? message.credentials()
            else { continue }
            #expect(!Digest.matches(credentials, in: message, method: .register, ha1: Login(algorithm).ha1))
        }
    }

    @Test(arguments: [
        String(repeating: "x", count: 60_000), String(repeating: "x", count: 7_000), "", "\u{FFFD}\u{1F4A3}",
    ])
    func `a user name too long for a field, for anybody, or empty matches nothing`(name: String) {
        let login = Login { ($0.username, $0.response) = (name, String(repeating: "0", count: 64)) }
        #expect((try? login.isAccepted()) != true)
    }

    @Test func `a user name that is no UTF-8 matches nothing and does not trap`() throws {
        let login = Login { ($0.username, $0.response) = ("#", String(repeating: "0", count: 64)) }
        let bytes = try login.message().bytes.map { $0 == UInt8(ascii: "#") ? 0xFF : $0 }
        let message = try Message(parsing: bytes.span)
        let credentials = try #require(try message.credentials())
        #expect(!Digest.matches(credentials, in: message, method: .register, ha1: login.ha1))
    }

    @Test func `of two fields only the first counts, so a second cannot be smuggled behind a wrong one`() throws {
        let wrong = Login { $0.response = String(repeating: "0", count: 64) }
        let both = wrong.field + "\r\nAuthorization: " + Login().field
        let message = try Login().message(authorization: both)
        let credentials = try #require(try message.credentials())
        #expect(!Digest.matches(credentials, in: message, method: .register, ha1: Login().ha1))
    }
}
