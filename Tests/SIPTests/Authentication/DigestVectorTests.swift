// SPDX-License-Identifier: Apache-2.0

import Foundation
import SIP
import TestKit
import Testing

/// `corpora/vectors/digest.json`: the examples of RFC 2617 §3.5 and RFC 7616 §3.9.
///
/// The trap in it: RFC 7616 §3.9.2 prints a response of SHA-512 cut to 256 bits. SHA-512/256 starts from other values
/// (FIPS 180-4 §5.3.6), so what is printed must not match here, and what the file computed must.
@Suite("RFC 7616 §3.9: the published examples")
struct DigestVectorTests {
    @Test(arguments: DigestVector.all)
    func `our response is the published one, and the server accepts it`(vector: DigestVector) throws {
        let login = vector.login
        #expect(login.rightResponse == vector.expected)
        #expect(try vector.login.isAccepted())
        #expect(try Login(login.algorithm) { ($0, $0.response) = (login, vector.expected) }.isAccepted())
    }

    @Test(arguments: DigestVector.all.filter { $0.response_in_rfc != nil })
    func `the misprint of RFC 7616 §3.9.2 is not accepted`(vector: DigestVector) throws {
        var login = vector.login
        login.response = vector.response_in_rfc
        #expect(try !login.isAccepted())
    }

    @Test func `there is one of every algorithm`() {
        #expect(Set(DigestVector.all.map(\.algorithm)) == Set(DigestAlgorithm.allCases.map(\.rawValue)))
    }
}

struct DigestVector: Decodable, Sendable, CustomTestStringConvertible {
    let source, algorithm, user, realm, password, method, uri, nonce, nc, cnonce, qop: String
    let response, response_in_rfc, response_computed: String?

    var testDescription: String { "\(source), \(algorithm)" }
    var expected: String { response_computed ?? response ?? "" }

    var login: Login {
        Login(DigestAlgorithm(rawValue: algorithm) ?? .md5) {
            ($0.username, $0.realm, $0.password) = (user, realm, password)
            ($0.nonce, $0.cnonce, $0.nc, $0.qop) = (nonce, cnonce, nc, qop)
            ($0.method, $0.requestURI) = (Method(method), uri)
        }
    }

    static let all: [Self] = {
        let data = try? Data(Corpus.read("vectors/digest.json"))
        return data.flatMap { try? JSONDecoder().decode([Self].self, from: $0) } ?? []
    }()
}
