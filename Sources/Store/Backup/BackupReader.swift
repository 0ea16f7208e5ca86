// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import Glibc
import Model
import Primitives

/// Opens a backup and puts its files into a new folder. What was not sealed for the key, or was altered, is found before
/// anybody works with it.
public final class BackupReader {
    private let path: String
    private let file: Int32
    private var recipient: HPKE.Recipient
    private var opened: [UInt8] = []
    private var isOver = false

    /// - Throws: ``BackupFault`` where it is none, or for another key.
    public init(_ path: String, with key: RecoveryKey) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw StoreError.system(call: "open", path: path, errno: errno) }
        do {
            recipient = try Self.recipient(file, path, key)
        } catch {
            close(file)
            throw error
        }
        (self.path, self.file) = (path, file)
    }

    deinit { close(file) }

    private static func recipient(_ file: Int32, _ path: String, _ key: RecoveryKey) throws -> HPKE.Recipient {
        guard let head = try read(BackupFormat.headBytes, from: file, path),
            head.starts(with: BackupFormat.magic)
        else { throw BackupFault.noBackup }
        let own = key.recipient
        let name = head.dropFirst(BackupFormat.magic.count).prefix(BackupFormat.nameBytes)
        guard name.elementsEqual(own.key.prefix(BackupFormat.nameBytes)) else {
            throw BackupFault.otherKey(Hex.encode(name), own: own.name)
        }
        do {
            return try HPKE.Recipient(
                privateKey: key.key,
                ciphersuite: BackupFormat.suite,
                info: BackupFormat.info(own),
                encapsulatedKey: Data(head.suffix(BackupFormat.keyBytes)),
                presharedKey: BackupFormat.proof(own),
                presharedKeyIdentifier: BackupFormat.proofName
            )
        } catch {
            throw BackupFault.altered
        }
    }

    /// Writes every file into a folder that is there and empty. The whole of it is checked when this returns; what was written
    /// is worth nothing when it throws.
    ///
    /// - Parameter place: Where a file goes and with which permission bits; `nil` where a business has none of that name.
    public func unpack(_ place: (_ name: String) -> (path: String, mode: UInt32)?) throws -> [String] {
        var names: [String] = []
        while let length = try take(1)?.first {
            guard length > 0, let text = try take(Int(length)), let size = try take(8),
                let name = String(validating: text, as: UTF8.self)
            else { throw BackupFault.altered }
            guard !names.contains(name), let place = place(name) else { throw BackupFault.strange(name) }
            names.append(name)
            try copy(size.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }, to: place.path, mode: place.mode)
        }
        return names
    }

    private func copy(_ size: UInt64, to target: String, mode: UInt32) throws {
        let output = open(target, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, mode)
        guard output >= 0 else { throw StoreError.system(call: "open", path: target, errno: errno) }
        defer { close(output) }
        var left = size
        while left > 0 {
            if opened.isEmpty, try !openPiece() { throw BackupFault.altered }
            let count = Int(min(left, UInt64(opened.count)))
            try PrivateFile.write(Array(opened.prefix(count)), to: output, target)
            opened.removeFirst(count)
            left -= UInt64(count)
        }
        guard fsync(output) == 0 else { throw StoreError.system(call: "fsync", path: target, errno: errno) }
    }

    /// - Returns: `nil` at the end of the backup.
    private func take(_ count: Int) throws -> [UInt8]? {
        while opened.count < count {
            guard try openPiece() else {
                guard opened.isEmpty else { throw BackupFault.altered }
                return nil
            }
        }
        defer { opened.removeFirst(count) }
        return Array(opened.prefix(count))
    }

    /// - Returns: `false` when the last one is behind.
    private func openPiece() throws -> Bool {
        guard !isOver else { return false }
        guard let head = try Self.read(2, from: file, path) else { throw BackupFault.altered }
        let length = Int(head[0]) << 8 | Int(head[1])
        guard length >= BackupFormat.tag, let sealed = try Self.read(length, from: file, path) else {
            throw BackupFault.altered
        }
        let isLast = try isAtEnd()
        do {
            opened += try recipient.open(sealed, authenticating: Data(BackupFormat.associated(isLast: isLast)))
        } catch {
            throw BackupFault.altered
        }
        isOver = isLast
        return true
    }

    /// Behind the last piece the file ends.
    private func isAtEnd() throws -> Bool {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw StoreError.system(call: "fstat", path: path, errno: errno) }
        return lseek(file, 0, SEEK_CUR) >= status.st_size
    }

    /// - Returns: `nil` when it ends before that.
    private static func read(_ count: Int, from file: Int32, _ path: String) throws -> [UInt8]? {
        var (bytes, have) = ([UInt8](repeating: 0, count: count), 0)
        while have < count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress.map { $0 + have }, count - have) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw StoreError.system(call: "read", path: path, errno: errno) }
            if got == 0 { return nil }
            have += got
        }
        return bytes
    }
}
