// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SIP

/// Against the `openssl` program, which hashes by another way through the library (EVP).
@Suite("FIPS 180-4 and RFC 1321: the digests themselves")
struct MessageDigestTests {
    /// Of the empty string and of `abc`: RFC 1321 §A.5, FIPS 180-4 examples.
    static let published: [(algorithm: DigestAlgorithm, text: String, digest: String)] = [
        (.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
        (.md5, "abc", "900150983cd24fb0d6963f7d28e17f72"),
        (.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (.sha512256, "", "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a"),
        (.sha512256, "abc", "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"),
    ]

    @Test(arguments: published)
    func `are the published ones`(algorithm: DigestAlgorithm, text: String, digest: String) {
        var hash = MessageDigest(algorithm)
        hash.add(text)
        let actual = hash.finish().text
        #expect(actual == digest)
    }

    @Test(arguments: DigestAlgorithm.allCases)
    func `do not depend on how the bytes are cut, for every length around the block sizes`(algorithm: DigestAlgorithm) {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for length in 0..<300 {
            var whole = MessageDigest(algorithm)
            whole.add(bytes.span.extracting(0..<length))
            var parts = MessageDigest(algorithm)
            var start = 0
            while start < length {
                let end = min(start + 1 + start % 13, length)
                parts.add(bytes.span.extracting(start..<end))
                start = end
            }
            let (expected, actual) = (whole.finish().text, parts.finish().text)
            #expect(actual == expected, "\(length) bytes")
        }
    }

    @Test func `two in progress do not disturb each other`() {
        var one = MessageDigest(.sha256)
        one.add("a")
        var other = MessageDigest(.sha256)
        other.add("x")
        one.add("bc")
        let (abc, x) = (one.finish().text, other.finish().text)
        #expect(abc == Self.published[3].digest)
        #expect(x != abc)
    }

    @Test(arguments: [(DigestAlgorithm.md5, "md5"), (.sha256, "sha256"), (.sha512256, "sha512-256")])
    func `a megabyte hashes as EVP hashes it`(algorithm: DigestAlgorithm, name: String) throws {
        let bytes = (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let file = FileManager.default.temporaryDirectory.appending(path: "ringfence-digest-\(UUID()).bin")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let openssl = Process()
        let output = Pipe()
        openssl.executableURL = URL(filePath: "/usr/bin/openssl")
        openssl.arguments = ["dgst", "-\(name)", "-r", file.path]
        openssl.standardOutput = output
        try openssl.run()
        let line = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        openssl.waitUntilExit()
        var hash = MessageDigest(algorithm)
        hash.add(bytes.span)
        let actual = hash.finish().text
        #expect(line.hasPrefix(actual + " "))
    }
}

@Suite("RFC 7616 §3.4.2: HA1")
struct HA1Tests {
    @Test func `is the hash of name, realm and password, and comes back from its digits in either case`() throws {
        let ha1 = HA1(algorithm: .md5, username: "Mufasa", realm: "testrealm@host.com", password: "Circle Of Life")
        #expect(ha1.hex() == "939e7578ed9e3c518a452acee763bce9")
        #expect(try #require(HA1(algorithm: .md5, hex: ha1.hex().uppercased())).hex() == ha1.hex())
    }

    @Test(arguments: ["", "939e7578ed9e3c518a452acee763bce", "939e7578ed9e3c518a452acee763bceg"])
    func `other digits are none`(hex: String) {
        #expect(HA1(algorithm: .md5, hex: hex) == nil)
    }

    @Test func `one algorithm's digits are not another's`() {
        let ha1 = HA1(algorithm: .md5, username: "a", realm: "b", password: "c")
        #expect(HA1(algorithm: .sha256, hex: ha1.hex()) == nil)
    }

    @Test func `is never printed`() {
        let ha1 = HA1(algorithm: .sha256, username: "a", realm: "b", password: "c")
        var dumped = ""
        dump(ha1, to: &dumped)
        for text in ["\(ha1)", String(reflecting: ha1), dumped, "\([ha1])"] {
            #expect(!text.contains(ha1.hex()))
            #expect(text.contains("redacted"))
        }
    }
}
