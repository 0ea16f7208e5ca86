// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A SIP password strong enough to survive an offline attack on a captured digest.
///
/// To hold one is to know that it is strong: ``generate(using:)`` is the only way to make one, and no screen, import or
/// command accepts one that somebody chose.
public struct SIPPassword: Sendable {
    /// 24 of 57 characters are 139 bits; guessing needs more than 128 bits not to be worth starting.
    public static let length = 24

    /// 57 letters and digits, without `0 O 1 I l`, which people misread when they type them into a phone.
    public static let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789")

    /// How many bits of randomness are in one: the whole part of 24 × log2 57.
    public static let bits = 139

    public let text: Redacted<String>

    /// - Parameter generator: The system's own source outside of tests.
    public static func generate(using generator: inout some RandomNumberGenerator) -> Self {
        let characters = (0..<length).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] }
        return Self(text: Redacted(String(characters)))
    }

    private init(text: Redacted<String>) {
        self.text = text
    }
}
