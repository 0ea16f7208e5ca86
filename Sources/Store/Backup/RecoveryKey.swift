// SPDX-License-Identifier: Apache-2.0

import Crypto
public import Model
public import Primitives

/// Opens the backups of a business. It is shown once, to be printed and kept away from the machine; the business keeps its
/// ``recipient`` alone, so that a thief of the machine cannot open the backups of other days.
public struct RecoveryKey: Sendable {
    let key: Curve25519.KeyAgreement.PrivateKey

    public init() { key = Curve25519.KeyAgreement.PrivateKey() }

    /// For whom backups are sealed that it opens.
    public var recipient: BackupRecipient {
        guard let recipient = BackupRecipient(key: Array(key.publicKey.rawRepresentation), proof: proof) else {
            preconditionFailure("an X25519 key has 32 bytes (RFC 7748 §5), and so has the hash")
        }
        return recipient
    }

    private var proof: Redacted<[UInt8]> {
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: key.rawRepresentation),
            info: Array("ringfence backup proof".utf8),
            outputByteCount: 32
        )
        return Redacted(derived.withUnsafeBytes { Array($0) })
    }

    /// 32 bytes of key and 3 of a hash of them, as 14 groups of four letters or digits.
    public var text: Redacted<String> {
        let bytes = Array(key.rawRepresentation)
        let letters = Array(Base32.encode(bytes + Self.check(bytes)))
        let groups = stride(from: 0, to: letters.count, by: 4).map { String(letters[$0..<min($0 + 4, letters.count)]) }
        return Redacted(groups.joined(separator: "-"))
    }

    /// Reads one as a person types it: case, spaces and hyphens do not matter.
    ///
    /// - Returns: `nil` where a letter is wrong or missing.
    public init?(parsing text: Redacted<String>) {
        let bytes = text.reveal { typed in
            Base32.decode(typed.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") })
        }
        guard let bytes, bytes.count == 32 + Self.checkBytes,
            Array(bytes.suffix(Self.checkBytes)) == Self.check(Array(bytes.prefix(32))),
            let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: bytes.prefix(32))
        else { return nil }
        self.key = key
    }

    private static let checkBytes = 3

    private static func check(_ bytes: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: Array("ringfence recovery key".utf8) + bytes).prefix(checkBytes))
    }
}
