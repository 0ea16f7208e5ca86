// SPDX-License-Identifier: Apache-2.0

import Primitives
import TestKit
import Testing

@testable import Guard

@Suite("What an authenticator says, as it is read")
struct PasskeyParsingTests {
    private func value(_ hex: String) -> CBOR? { Hex.decode(hex).flatMap { try? CBOR(parsing: $0) } }

    /// RFC 8949, appendix A.
    @Test func `examples of RFC 8949 are read`() {
        #expect(value("00") == .integer(0) && value("17") == .integer(23) && value("1818") == .integer(24))
        #expect(value("1903e8") == .integer(1_000) && value("1a000f4240") == .integer(1_000_000))
        #expect(value("20") == .integer(-1) && value("3863") == .integer(-100) && value("3903e7") == .integer(-1_000))
        #expect(value("4401020304") == .bytes([1, 2, 3, 4]) && value("6449455446") == .text("IETF"))
        #expect(value("83010203") == .array([.integer(1), .integer(2), .integer(3)]))
        #expect(value("a201020304") == .map([.integer(1): .integer(2), .integer(3): .integer(4)]))
        #expect(value("f5") == .simple(21))
    }

    @Test(arguments: [
        "", "1817", "190017", "1a000003e8", "1b000000000000ffff", "1bffffffffffffffff", "1c", "1f",
        "3bffffffffffffffff",
        "5f42010243030405ff", "9f01ff", "bf01ff", "c11a514b67b0", "f93c00", "f818", "ff", "a2010201", "a201020102",
        "44010203",
        "5bffffffffffffffff", "9b7fffffffffffffff", "bb7fffffffffffffff", "62c328", "0000", "818181818100",
    ])
    func `what authenticators do not write is refused`(hex: String) { #expect(value(hex) == nil) }

    @Test func `depth and count have limits`() {
        let deep = String(repeating: "81", count: Limits.cborDepth) + "00"
        #expect(value(deep) != nil && value("81" + deep) == nil)
        let many = "98" + Hex.encode([UInt8(Limits.cborItems)]) + String(repeating: "00", count: Limits.cborItems)
        #expect(value(many) == nil)
        let enough =
            "98" + Hex.encode([UInt8(Limits.cborItems - 1)]) + String(repeating: "00", count: Limits.cborItems - 1)
        #expect(value(enough) != nil)
    }

    @Test func `whatever the bytes are, reading them ends`() {
        var random = SplitMix(13)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...96, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            _ = try? CBOR(parsing: bytes)
            _ = try? AuthenticatorData(parsing: bytes)
            _ = try? ClientData(parsing: bytes)
        }
    }

    @Test func `whatever stands for flags and lengths, data is read whole or not at all`() {
        var random = SplitMix(14)
        for flags in UInt8.min ... .max {
            for _ in 0..<40 {
                let rest = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                    UInt8.random(in: 0...3, using: &random)
                }
                _ = try? AuthenticatorData(parsing: [UInt8](repeating: 0, count: 32) + [flags, 0, 0, 0, 1] + rest)
            }
        }
    }

    private func client(_ text: String) -> ClientData? { try? ClientData(parsing: Array(text.utf8)) }

    @Test func `a browser writes what it says in one way`() throws {
        let start = #"{"type":"webauthn.get","challenge":"AAEC","origin":"https://pbx.example""#
        for end in ["}", #","crossOrigin":false}"#, #","crossOrigin":false,"other_keys":"do not compare"}"#] {
            let read = try #require(client(start + end))
            #expect(read.ceremony == .get && read.challenge == [0, 1, 2] && read.origin == "https://pbx.example")
        }
        for end in [
            "", ",", #","crossOrigin":true}"#, #","topOrigin":"https://evil.example","crossOrigin":true}"#,
            #","crossOrigin":false"#,
            #","crossOrigin":falsehood}"#, " }",
        ] {
            #expect(client(start + end) == nil, "\(end)")
        }
        for text in [
            #"{"challenge":"AAEC","type":"webauthn.get","origin":"https://pbx.example"}"#,
            #"{"type":"payment.get","challenge":"AAEC","origin":"https://pbx.example"}"#,
            #"{"type":"webauthn.get","challenge":"AA=","origin":"https://pbx.example"}"#,
            #"{"type":"webauthn.get","challenge":"AAEC","origin":"https://pbx.example\"}"#,
            #"{ "type":"webauthn.get","challenge":"AAEC","origin":"https://pbx.example"}"#, "null", "{}",
        ] {
            #expect(client(text) == nil, "\(text)")
        }
        #expect(client(start + #","crossOrigin":false,""# + String(repeating: "a", count: 1_100) + "}") == nil)
    }

    @Test func `Base 64 for addresses is read back, and nothing else is`() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + count) }
            let text = Base64URL.encode(bytes)
            #expect(Base64URL.decode(text) == bytes && text.utf8.allSatisfy { !"+/=".utf8.contains($0) })
        }
        for wrong in ["A", "AA==", "+A", "/A", "AB", "A A", "é"] { #expect(Base64URL.decode(wrong) == nil, "\(wrong)") }
    }
}
