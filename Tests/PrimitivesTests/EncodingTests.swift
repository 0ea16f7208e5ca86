// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import Synchronization
import TestKit
import Testing

@Suite("RFC 4648: encodings")
struct EncodingTests {
    /// §10.
    static let printed = [
        "": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE=", "foobar": "Zm9vYmFy",
    ]

    @Test func `base 64 as the RFC prints it, with its padding and without`() {
        for (text, encoded) in Self.printed {
            #expect(Base64.encode(text.utf8) == encoded)
            #expect(Base64.decode(encoded.utf8) == Array(text.utf8))
            #expect(Base64.decode(encoded.utf8.filter { $0 != UInt8(ascii: "=") }) == Array(text.utf8))
        }
    }

    @Test(arguments: [
        "Z", "Zg=", "Zg===", "Z===", "Zh==", "Zm9=", "Zm8=Zm8=", "Zm 8", "Zm8\n", "Zm-_", "====", "Zm9v=",
    ])
    func `what is not base 64 is not read, nor what has bits left over`(text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }

    @Test func `random bytes are written as the system writes them, and read back`() {
        var generator = SplitMix(8)
        for length in 0..<200 {
            let bytes = generator.nextBytes(length)
            #expect(Base64.encode(bytes) == Data(bytes).base64EncodedString())
            #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
            #expect(Hex.decode(Hex.encode(bytes)) == bytes)
            #expect(Hex.decode(Hex.encode(bytes).uppercased()) == bytes)
        }
    }

    @Test(arguments: ["0", "0g", " 0", "0x", "ÿÿ", "0-", "+1"]) func `what is not hexadecimal is not read`(text: String)
    {
        #expect(Hex.decode(text) == nil)
    }
}

@Suite("Identifiers of random bits")
struct EntropyTests {
    /// These words, and then zeros.
    private func entropy(_ words: UInt64...) -> Entropy {
        let left = Left(words)
        return Entropy { left.words.withLock { $0.isEmpty ? 0 : $0.removeFirst() } }
    }

    private final class Left: Sendable {
        let words: Mutex<[UInt64]>
        init(_ words: [UInt64]) { self.words = Mutex(words) }
    }

    @Test func `a token has a digit for each four bits, and uses every one of them`() {
        #expect(entropy(0x0123_4567_89AB_CDEF, 1).token() == "fedcba9876543210" + "1000000000000000")
        #expect(entropy().token(bits: 64) == "0000000000000000")
        #expect(entropy().token(bits: 8) == "00")
    }

    @Test func `a tag has 65 bits in 13 characters`() {
        #expect(entropy().tag() == "aaaaaaaaaaaaa")
        #expect(entropy(.max, .max).tag() == "7777777777777")
        #expect(entropy(1 << 34, 1).tag() == "aaaaaaqbaaaaa")
    }

    @Test func `bytes take no word more than they need`() {
        #expect(entropy(0x0807_0605_0403_0201, 0x0A09).bytes(10) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        #expect(entropy(1, 2).bytes(0).isEmpty)
    }
}
