// SPDX-License-Identifier: Apache-2.0

import Crypto
import Model
import Primitives

/// Locks and opens the credentials of phones with AES-256-GCM under the key of the data directory.
///
/// What is sealed is bound to its device and algorithm: a row copied to another device, or a hash moved to another column,
/// does not open.
struct Seal: Sendable {
    private let credentials: SymmetricKey
    private let anchors: SymmetricKey
    private let entries: SymmetricKey
    private let audio: SymmetricKey

    /// - Parameter bytes: The 32 bytes of `seal.key`.
    init(key bytes: [UInt8]) throws(StoreError) {
        guard bytes.count == 32 else { throw .damaged("seal.key has \(bytes.count) bytes instead of 32") }
        let key = SymmetricKey(data: bytes)
        // One key for each purpose (RFC 5869 §3.2).
        let derived = { (purpose: String) in
            HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Array(purpose.utf8), outputByteCount: 32)
        }
        credentials = derived("ringfence credential")
        anchors = derived("ringfence journal anchor")
        entries = derived("ringfence journal entry")
        audio = derived("ringfence stored audio")
    }

    func lock(_ pin: Redacted<String>, ofMailbox number: ExtensionNumber) throws -> [UInt8] {
        try lock(pin, bound: Self.binding(mailbox: number))
    }

    func open(_ bytes: [UInt8], ofMailbox number: ExtensionNumber) throws(StoreError) -> Redacted<String> {
        try open(bytes, bound: Self.binding(mailbox: number), of: number.text, "mailbox")
    }

    func lock(_ pin: Redacted<String>, ofRoom name: ShortName) throws -> [UInt8] {
        try lock(pin, bound: Self.binding(room: name))
    }

    func open(_ bytes: [UInt8], ofRoom name: ShortName) throws(StoreError) -> Redacted<String> {
        try open(bytes, bound: Self.binding(room: name), of: name.text, "room")
    }

    /// The key of one recording. Another one for each file, so that its pieces can be counted (NIST SP 800-38D §8.2.1).
    ///
    /// - Parameter salt: Random, and kept at the beginning of the file.
    func audioKey(_ salt: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: audio,
            salt: salt,
            info: Array("ringfence recording".utf8),
            outputByteCount: 32
        )
    }

    func lock(_ hash: Redacted<String>, of device: DeviceID, _ algorithm: DigestStrength) throws -> [UInt8] {
        try lock(hash, bound: Self.binding(device, algorithm))
    }

    func open(_ bytes: [UInt8], of device: DeviceID, _ algorithm: DigestStrength) throws(StoreError) -> Redacted<String>
    {
        try open(bytes, bound: Self.binding(device, algorithm), of: device.text, "phone")
    }

    func lock(_ secret: Redacted<String>, of trunk: TrunkName) throws -> [UInt8] {
        try lock(secret, bound: Self.binding(trunk))
    }

    func open(_ bytes: [UInt8], of trunk: TrunkName) throws(StoreError) -> Redacted<String> {
        try open(bytes, bound: Self.binding(trunk), of: trunk.text, "trunk")
    }

    func lock(_ secret: Redacted<String>, of channel: ShortName) throws -> [UInt8] {
        try lock(secret, bound: Self.binding(channel))
    }

    func open(_ bytes: [UInt8], of channel: ShortName) throws(StoreError) -> Redacted<String> {
        try open(bytes, bound: Self.binding(channel), of: channel.text, "channel")
    }

    private func lock(_ secret: Redacted<String>, bound binding: [UInt8]) throws -> [UInt8] {
        let sealed = try secret.reveal { text in
            try AES.GCM.seal(Array(text.utf8), using: credentials, authenticating: binding)
        }
        // `combined` is there for the 12-byte nonce that `seal` chooses.
        guard let combined = sealed.combined else { throw StoreError.damaged("a credential could not be sealed") }
        return Array(combined)
    }

    /// - Parameter kind: What it has to be of, for people.
    private func open(
        _ bytes: [UInt8],
        bound binding: [UInt8],
        of name: String,
        _ kind: String
    ) throws(StoreError) -> Redacted<String> {
        do {
            let box = try AES.GCM.SealedBox(combined: bytes)
            return Redacted(
                String(decoding: try AES.GCM.open(box, using: credentials, authenticating: binding), as: UTF8.self)
            )
        } catch {
            throw .sealBroken(device: name, reason: "it was sealed with another key or for another \(kind)")
        }
    }

    func lock(_ secret: Redacted<[UInt8]>, of person: String) throws -> [UInt8] {
        let sealed = try secret.reveal { bytes in
            try AES.GCM.seal(copy bytes, using: credentials, authenticating: Self.binding(person))
        }
        guard let combined = sealed.combined else { throw StoreError.damaged("a secret could not be sealed") }
        return Array(combined)
    }

    func open(_ bytes: [UInt8], of person: String) throws(StoreError) -> Redacted<[UInt8]> {
        do {
            let box = try AES.GCM.SealedBox(combined: bytes)
            return Redacted(Array(try AES.GCM.open(box, using: credentials, authenticating: Self.binding(person))))
        } catch {
            throw .sealBroken(device: person, reason: "it was sealed with another key or for another operator")
        }
    }

    /// What proves that a backup is of this business.
    func lock(proof: Redacted<[UInt8]>) throws -> [UInt8] {
        let sealed = try proof.reveal { bytes in
            try AES.GCM.seal(copy bytes, using: credentials, authenticating: Self.backups)
        }
        guard let combined = sealed.combined else { throw StoreError.damaged("a secret could not be sealed") }
        return Array(combined)
    }

    func open(proof bytes: [UInt8]) throws(StoreError) -> Redacted<[UInt8]> {
        do {
            let box = try AES.GCM.SealedBox(combined: bytes)
            return Redacted(Array(try AES.GCM.open(box, using: credentials, authenticating: Self.backups)))
        } catch {
            throw .damaged("the secret of backups was sealed with another key")
        }
    }

    /// Proves that whoever wrote an anchor had the key.
    func authenticate(_ text: String) -> String {
        Hex.encode(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: anchors))
    }

    /// Begins the hash of a journal entry. Without the key nobody can add an entry that fits.
    func entryHash() -> HMAC<SHA256> { HMAC<SHA256>(key: entries) }

    func isAuthentic(_ code: String, of text: String) -> Bool {
        guard let bytes = Hex.decode(code) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(bytes, authenticating: Array(text.utf8), using: anchors)
    }

    private static func binding(mailbox number: ExtensionNumber) -> [UInt8] { Array("mailbox \(number.text)".utf8) }

    private static func binding(room name: ShortName) -> [UInt8] { Array("conference room \(name.text)".utf8) }

    private static let backups = Array("backups".utf8)

    private static func binding(_ person: String) -> [UInt8] { Array("operator \(person)".utf8) }

    private static func binding(_ channel: ShortName) -> [UInt8] { Array("alert channel \(channel.text)".utf8) }

    private static func binding(_ trunk: TrunkName) -> [UInt8] { Array("trunk \(trunk.text)".utf8) }

    private static func binding(_ device: DeviceID, _ algorithm: DigestStrength) -> [UInt8] {
        Array("\(device.text) \(algorithm.rawValue)".utf8)
    }
}
