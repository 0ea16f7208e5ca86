// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@Suite("Secrets that do not print")
struct RedactedTests {
    private struct Login {
        let user = "201"
        let password = Redacted("s3cret")
    }

    @Test func `whatever prints one, or what holds one, shows none of it`() {
        var dumped = ""
        dump(Login(), to: &dumped)
        dump([Redacted([UInt8]("s3cret".utf8))], to: &dumped)
        let texts = [
            "\(Redacted("s3cret"))", String(reflecting: Redacted("s3cret")), "\(Login())", String(reflecting: Login()),
            "\([Redacted("s3cret")])", "\(Optional(Redacted("s3cret")) as Any)", dumped,
        ]
        for text in texts {
            // Nor its bytes. A private type is printed with an address, which may have any digits.
            #expect(!text.contains("s3cret") && !text.contains("115, 51"), "\(text)")
            #expect(text.contains("«redacted»"), "\(text)")
        }
        #expect(Mirror(reflecting: Redacted("s3cret")).children.isEmpty)
    }

    @Test func `it is there for whoever asks, and an error of theirs comes through`() {
        struct Wrong: Error {}
        #expect(Redacted("s3cret").reveal { $0.count } == 6)
        #expect(throws: Wrong.self) { try Redacted("s3cret").reveal { _ throws(Wrong) in throw Wrong() } }
    }
}

@Suite("Characters that command whoever shows them")
struct DeceivingScalarTests {
    @Test(
        arguments: ["\u{0}", "\u{1B}", "\u{7F}", "\u{9B}", "\u{202E}", "\u{200B}", "\u{2028}", "\u{2029}", "\u{FEFF}"]
            as [Unicode.Scalar]
    )
    func `are named`(scalar: Unicode.Scalar) {
        #expect(scalar.deceivesReaders)
    }

    @Test(arguments: ["a", " ", "é", "ß", "中", "🙂", "\u{301}"] as [Unicode.Scalar])
    func `are not those of a name`(scalar: Unicode.Scalar) {
        #expect(!scalar.deceivesReaders)
    }

    @Test func `two bytes are one letter only in ASCII, and only in its letters`() {
        let lower = { (byte: UInt8) in byte >= 65 && byte <= 90 ? byte + 32 : byte }
        for one in UInt8.min ... .max {
            for other in UInt8.min ... .max where isSameLetter(one, other) != (lower(one) == lower(other)) {
                Issue.record("\(one) and \(other)")
            }
        }
    }
}
