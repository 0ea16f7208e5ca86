// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import Glibc
public import Model

/// Seals files of a business into one backup, which is whole on the disk when ``finish()`` returns, and is not there before.
public final class BackupWriter {
    private let path: String
    private let file: Int32
    private var sender: HPKE.Sender
    private var waiting: [UInt8] = []
    private var isFinished = false
    /// Bytes of the backup so far.
    public private(set) var size = 0

    /// - Parameter path: Of the backup. Nothing may be there yet.
    public init(_ path: String, for recipient: BackupRecipient) throws {
        self.path = path
        let sender = try HPKE.Sender(
            recipientKey: Curve25519.KeyAgreement.PublicKey(rawRepresentation: recipient.key),
            ciphersuite: BackupFormat.suite,
            info: BackupFormat.info(recipient),
            presharedKey: BackupFormat.proof(recipient),
            presharedKeyIdentifier: BackupFormat.proofName
        )
        self.sender = sender
        guard PrivateFile.mode(path) == nil else { throw StoreError.system(call: "open", path: path, errno: EEXIST) }
        unlink(path + ".part")
        file = open(path + ".part", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw StoreError.system(call: "open", path: path, errno: errno) }
        try write(BackupFormat.magic + recipient.key.prefix(BackupFormat.nameBytes) + Array(sender.encapsulatedKey))
    }

    deinit {
        close(file)
        if !isFinished { unlink(path + ".part") }
    }

    /// Adds a file under a name.
    public func add(_ name: String, contentsOf source: String) throws {
        let input = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard input >= 0 else { throw StoreError.system(call: "open", path: source, errno: errno) }
        defer { close(input) }
        var status = stat()
        guard fstat(input, &status) == 0 else { throw StoreError.system(call: "fstat", path: source, errno: errno) }
        try begin(name, size: UInt64(status.st_size))
        var (left, buffer) = (Int(status.st_size), [UInt8](repeating: 0, count: BackupFormat.piece))
        while left > 0 {
            let count = read(input, &buffer, min(left, buffer.count))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw StoreError.system(call: "read", path: source, errno: count < 0 ? errno : EIO) }
            try append(buffer[..<count])
            left -= count
        }
    }

    /// Adds bytes as a file under a name.
    public func add(_ name: String, _ bytes: [UInt8]) throws {
        try begin(name, size: UInt64(bytes.count))
        try append(bytes[...])
    }

    /// Ends it and puts it under its name.
    public func finish() throws {
        try seal(waiting[...], isLast: true)
        guard fsync(file) == 0 else { throw StoreError.system(call: "fsync", path: path, errno: errno) }
        try PrivateFile.adopt(path, from: path + ".part")
        isFinished = true
    }

    private func begin(_ name: String, size: UInt64) throws {
        precondition((1...255).contains(name.utf8.count), "the names of files are ours")
        try append(([UInt8(name.utf8.count)] + Array(name.utf8) + BackupFormat.bigEndian(size))[...])
    }

    private func append(_ bytes: ArraySlice<UInt8>) throws {
        waiting += bytes
        // The last piece is sealed as such, so one always stays.
        var start = 0
        while waiting.count - start > BackupFormat.piece {
            try seal(waiting[start..<start + BackupFormat.piece], isLast: false)
            start += BackupFormat.piece
        }
        if start > 0 { waiting.removeFirst(start) }
    }

    private func seal(_ piece: ArraySlice<UInt8>, isLast: Bool) throws {
        let sealed = try sender.seal(Data(piece), authenticating: Data(BackupFormat.associated(isLast: isLast)))
        try write(BackupFormat.bigEndian(UInt16(sealed.count)) + Array(sealed))
    }

    private func write(_ bytes: [UInt8]) throws {
        try PrivateFile.write(bytes, to: file, path)
        size += bytes.count
    }
}
