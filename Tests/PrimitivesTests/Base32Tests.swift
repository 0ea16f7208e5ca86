// SPDX-License-Identifier: Apache-2.0

import Primitives
import TestKit
import Testing

@Suite("RFC 4648 §6 base 32")
struct Base32Tests {
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI"),
    ])
    func `the examples of §10 are written and read`(text: String, encoded: String) {
        #expect(Base32.encode(Array(text.utf8)) == encoded)
        #expect(Base32.decode(encoded.utf8) == Array(text.utf8))
        #expect(Base32.decode(encoded.lowercased().utf8) == Array(text.utf8))
    }

    @Test(arguments: ["M", "MZX", "MZXW6Y", "M1", "M=", "MZ", "MZXR", "0O", "MY======"])
    func `other letters, lengths and stray bits are not read`(text: String) {
        #expect(Base32.decode(text.utf8) == nil)
    }

    @Test func `whatever is written is read again`() {
        var random = SplitMix()
        for count in 0..<100 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Base32.decode(Base32.encode(bytes).utf8) == bytes)
        }
    }
}
