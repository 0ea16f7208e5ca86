// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Testing

@Suite("Passwords of operators")
struct OperatorPasswordTests {
    private let stolen: Set = [
        "password", "12345678", "qwerty", "letmein", "dragon", "correcthorsebatterystaple", "abc123",
    ]

    private func refusal(_ password: String, for name: String = "anna@firm.example") throws -> Refusal? {
        let business = try #require(DomainName(parsing: "aldous-finch.example"))
        return OperatorPasswordRules.refusal(of: password, for: name, business: business) { stolen.contains($0) }
    }

    @Test(
        "long ones that nobody has stolen are taken",
        arguments: [
            "lantern orchid gravel tuba", "ein langer satz aus wörtern", "xK9$mvQ2!tRb7pLw", "пароль из трёх слов",
            "a password with dragon in it that is long",
        ]
    )
    func taken(password: String) throws { #expect(try refusal(password) == nil) }

    @Test(
        "short, stolen, put together and telling ones are not",
        arguments: [
            "", "fourteen chars", "passwordpassword", "Password12345678", "qwertyletmeindragon",
            "CorrectHorseBatteryStaple",
            "aaaaaaaaaaaaaaaaaaaa", "abababababababababab", "abc123abc123abc123", "hello-anna-hello-you",
            "our-aldous-phones-2026",
            "12345678901234567890", String(repeating: "word soup ", count: 30),
        ]
    )
    func refused(password: String) throws { #expect(try refusal(password) != nil) }

    @Test func `characters are counted, not bytes`() throws {
        #expect(try refusal("äöüßéèêñçøåæþ1x") == nil)
        #expect(try refusal("äöüßéèêñçøåæþ1") != nil)
    }
}
