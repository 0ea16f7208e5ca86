// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// For whom backups are sealed: the public half of a recovery key, and what proves that a backup is of whoever was told of it.
public struct BackupRecipient: Sendable {
    /// An X25519 public key (RFC 7748), 32 bytes.
    public let key: [UInt8]
    /// Known to this business and to the recovery key (RFC 9180 §5.1.2), 32 bytes: a backup that somebody else made for the
    /// public key does not open.
    public let proof: Redacted<[UInt8]>

    /// - Returns: `nil` where one of them has not 32 bytes.
    public init?(key: [UInt8], proof: Redacted<[UInt8]>) {
        guard key.count == 32, proof.reveal({ $0.count }) == 32 else { return nil }
        (self.key, self.proof) = (key, proof)
    }

    /// To tell keys apart by: the first eight bytes of the public one, as hexadecimal digits.
    public var name: String { Hex.encode(key.prefix(8)) }
}

/// How backups of a business are made.
public struct BackupSettings: Sendable {
    public var recipient: BackupRecipient
    /// Where one is put each night, an absolute path; `nil` while they are made only when somebody asks.
    public var folder: String?
    /// How many stay there.
    public var count: Int

    public init(recipient: BackupRecipient, folder: String? = nil, count: Int = 14) {
        (self.recipient, self.folder, self.count) = (recipient, folder, count)
    }
}
