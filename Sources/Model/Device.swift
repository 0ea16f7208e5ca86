// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Names one enrolled phone in commands, records and the journal. Random; says nothing about its credential.
public struct DeviceID: Hashable, Sendable {
    /// Its digits as a number: what tables look it up by.
    private let word: UInt64

    /// 16 lower-case hexadecimal digits.
    public var text: String {
        let bytes = stride(from: UInt64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
        return Hex.encode(bytes)
    }

    /// - Returns: `nil` unless `text` is 16 lower-case hexadecimal digits.
    public init?(parsing text: some StringProtocol) {
        guard text.utf8.count == Limits.deviceIDCharacters,
            text.utf8.allSatisfy({
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0
            }),
            let word = UInt64(text, radix: 16)
        else { return nil }
        self.word = word
    }

    private init(_ word: UInt64) { self.word = word }

    public static func generate(using generator: inout some RandomNumberGenerator) -> Self {
        Self((generator.next() as UInt64).byteSwapped)
    }
}

extension DeviceID: CustomStringConvertible {
    public var description: String { text }
}

extension DeviceID: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a device is named by 16 hexadecimal digits", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws {
        try encoder.encodeText(text)
    }
}

/// How strong a digest algorithm is, weakest first. A device's `minimum` is the weakest one its credential may be used with.
public enum DigestStrength: String, Codable, CaseIterable, Sendable {
    case md5
    case sha256
    case sha512256
}

extension DigestStrength: Comparable {
    private var rank: Int {
        switch self {
        case .md5: 0
        case .sha256: 1
        case .sha512256: 2
        }
    }

    public static func < (weaker: Self, stronger: Self) -> Bool { weaker.rank < stronger.rank }
}

/// What is kept instead of a password: H(username:realm:password) in hexadecimal, once for each algorithm
/// (RFC 7616 §3.4.2). The realm is the domain.
///
/// Whoever has one can log in with that algorithm, so they are secrets: sealed in the store, never printed, not `Codable`.
public struct DigestHashes: Sendable {
    public let md5: Redacted<String>
    public let sha256: Redacted<String>
    public let sha512256: Redacted<String>

    public init(md5: Redacted<String>, sha256: Redacted<String>, sha512256: Redacted<String>) {
        (self.md5, self.sha256, self.sha512256) = (md5, sha256, sha512256)
    }

    public subscript(strength: DigestStrength) -> Redacted<String> {
        switch strength {
        case .md5: md5
        case .sha256: sha256
        case .sha512256: sha512256
        }
    }
}

/// One enrolled phone and the credential it logs in with.
public struct Device: Sendable {
    public let id: DeviceID
    public let number: ExtensionNumber
    /// The digest user name: random, so that knowing an extension is not half of a login.
    public let username: String
    public let hashes: DigestHashes
    public let minimum: DigestStrength
    public let label: String
    public let createdAt: WallTime

    public init(
        id: DeviceID,
        extension number: ExtensionNumber,
        username: String,
        hashes: DigestHashes,
        minimum: DigestStrength = .md5,
        label: String,
        createdAt: WallTime
    ) {
        (self.id, self.number, self.username, self.hashes) = (id, number, username, hashes)
        (self.minimum, self.label, self.createdAt) = (minimum, label, createdAt)
    }

    /// The same phone without its secrets, for lists.
    public var summary: DeviceSummary {
        DeviceSummary(id: id, number: number, username: username, minimum: minimum, label: label, createdAt: createdAt)
    }

    /// A new user name: a letter and 15 letters or digits in lower case, about 82 bits.
    public static func generateUsername(using generator: inout some RandomNumberGenerator) -> String {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
        let letter = alphabet[Int.random(in: 0..<26, using: &generator)]
        let rest = (1..<Limits.usernameCharacters).map { _ in
            alphabet[Int.random(in: alphabet.indices, using: &generator)]
        }
        return String(decoding: [letter] + rest, as: UTF8.self)
    }
}

/// What may be shown of a phone.
public struct DeviceSummary: Hashable, Sendable, Codable {
    public let id: DeviceID
    public let number: ExtensionNumber
    public let username: String
    public let minimum: DigestStrength
    public let label: String
    public let createdAt: WallTime

    public init(
        id: DeviceID,
        number: ExtensionNumber,
        username: String,
        minimum: DigestStrength,
        label: String,
        createdAt: WallTime
    ) {
        (self.id, self.number, self.username) = (id, number, username)
        (self.minimum, self.label, self.createdAt) = (minimum, label, createdAt)
    }
}
