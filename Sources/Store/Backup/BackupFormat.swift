// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import Model
import Primitives

/// A backup as bytes: ten of ``magic``, eight of the recipient's name, 32 of the encapsulated key, then pieces. Each is two bytes
/// of length and what HPKE sealed (RFC 9180 §5.1.2, X25519, HKDF-SHA256, ChaCha20-Poly1305) with one byte beside it that says
/// whether it is the last. HPKE numbers them, so none can be left out, moved or cut off unnoticed.
///
/// What is sealed is one entry after the other: a byte for the length of its name, the name, eight bytes for its size, and its
/// bytes. Numbers are in network byte order.
enum BackupFormat {
    static let magic = Array("RINGFENCE1".utf8)
    static let nameBytes = 8
    static let keyBytes = 32
    static let headBytes = magic.count + nameBytes + keyBytes
    /// Of what is sealed at a time, so that memory stays small whatever the size of the records.
    static let piece = 60_000
    /// What ChaCha20-Poly1305 adds (RFC 8439 §2.8).
    static let tag = 16

    static let suite = HPKE.Ciphersuite.Curve25519_SHA256_ChachaPoly

    /// What both sides have to agree on.
    static func info(_ recipient: BackupRecipient) -> Data { Data(magic + recipient.key) }
    static func proof(_ recipient: BackupRecipient) -> SymmetricKey {
        recipient.proof.reveal { SymmetricKey(data: $0) }
    }
    static let proofName = Data("ringfence".utf8)

    static func associated(isLast: Bool) -> [UInt8] { [isLast ? 1 : 0] }

    static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}

/// Why a backup is not taken.
public enum BackupFault: Error, Hashable, Sendable {
    /// It does not begin like one.
    case noBackup
    /// It was sealed for another recovery key; their names.
    case otherKey(String, own: String)
    /// It was altered, cut off, or made by somebody who has not the proof.
    case altered
    /// It holds a file that no business has, or not all that one has.
    case strange(String)
}
