// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import Glibc
public import Model
public import Primitives

/// The voice messages of a business: a file for each, readable with the key of the business only.
///
/// `voicemail/EXTENSION/ID.part` while it is recorded, `.new` until somebody keeps it, `.old` from then on. Every piece of a second is on
/// the disk before the next; a message whose end is missing is one that was interrupted. Every method blocks for the disk.
/// `Docs/decisions/0044-voice-messages.md`.
public struct MessageFolder: Sendable {
    private let path: String
    private let seal: Seal

    init(_ path: String, _ seal: Seal) { (self.path, self.seal) = (path, seal) }

    // MARK: Writing

    /// Begins a message.
    ///
    /// - Throws: ENOSPC when the mailbox, what the business may keep, or the disk is full.
    public func begin(
        _ id: MessageID,
        in number: ExtensionNumber,
        from caller: Participant,
        at now: WallTime
    ) throws -> MessageWriter {
        let folder = folder(of: number)
        try PrivateFile.makeFolder(path)
        try PrivateFile.makeFolder(folder)
        guard try names(in: number).count < Limits.messagesPerMailbox, hasRoom else {
            throw StoreError.system(call: "write", path: folder, errno: ENOSPC)
        }
        let head = MessageFile.Head(id: id, mailbox: number, caller: caller, receivedAt: now)
        return try MessageWriter(folder + "/" + id.text, head, seal)
    }

    /// What the file system has free for us.
    private var hasRoom: Bool {
        var figures = statvfs()
        guard statvfs(path, &figures) == 0 else { return false }
        let free = UInt64(figures.f_bavail) * UInt64(figures.f_frsize)
        return free >= Limits.keptFree && used < Limits.messageBytes
    }

    /// Bytes of all messages.
    private var used: UInt64 {
        mailboxes.reduce(0) { sum, number in
            let files = (try? names(in: number)) ?? []
            return files.reduce(sum) { sum, file in
                let status = PrivateFile.status(folder(of: number) + "/" + file.name)
                return sum + UInt64(status?.st_size ?? 0)
            }
        }
    }

    // MARK: Reading

    /// Mailboxes that hold something.
    public var mailboxes: [ExtensionNumber] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.compactMap { ExtensionNumber(parsing: $0) }.sorted()
    }

    /// How many messages nobody has kept yet, and how many were kept. Opens no file.
    public func counts(of number: ExtensionNumber) -> (new: Int, old: Int) {
        let files = (try? names(in: number)) ?? []
        return (files.count { $0.state == .new }, files.count { $0.state == .old })
    }

    /// The messages of a mailbox, the new ones first and of each the oldest first. What cannot be read is left out.
    public func messages(of number: ExtensionNumber) throws -> [StoredMessage] {
        let all = try names(in: number).compactMap { file -> StoredMessage? in
            guard file.state != .part, let reader = try? reader(of: file, number) else { return nil }
            return reader.message(isNew: file.state == .new)
        }
        return all.sorted { ($0.isNew ? 0 : 1, $0.receivedAt) < ($1.isNew ? 0 : 1, $1.receivedAt) }
    }

    /// What was said, as µ-law, 8,000 samples a second.
    ///
    /// - Throws: ``StoreError/damaged(_:)`` where it is not what was written.
    public func sound(of id: MessageID, in number: ExtensionNumber) throws -> [UInt8] {
        guard let file = try find(id, in: number) else { throw StoreError.damaged("there is no message \(id.text)") }
        return try reader(of: file, number).sound()
    }

    // MARK: Keeping and deleting

    /// - Returns: Whether there was such a message.
    public func keep(_ id: MessageID, in number: ExtensionNumber) throws -> Bool {
        guard let file = try find(id, in: number) else { return false }
        guard file.state == .new else { return true }
        let folder = folder(of: number)
        try PrivateFile.adopt("\(folder)/\(id.text).old", from: "\(folder)/\(file.name)")
        return true
    }

    /// - Returns: Whether there was such a message.
    public func delete(_ id: MessageID, in number: ExtensionNumber) throws -> Bool {
        guard let file = try find(id, in: number) else { return false }
        return unlink(folder(of: number) + "/" + file.name) == 0
    }

    /// Deletes what a mailbox holds, because it is no more.
    public func clear(_ number: ExtensionNumber) {
        for file in (try? names(in: number)) ?? [] { unlink(folder(of: number) + "/" + file.name) }
        rmdir(folder(of: number))
    }

    /// Deletes what was received before a time.
    ///
    /// - Returns: How many.
    public func deleteOld(before limit: WallTime) -> Int {
        mailboxes.reduce(0) { count, number in
            let old = ((try? messages(of: number)) ?? []).filter { $0.receivedAt < limit }
            return old.reduce(count) { $0 + ((try? delete($1.id, in: number)) == true ? 1 : 0) }
        }
    }

    /// Makes messages of what a crash interrupted, and forgets what holds no sound.
    ///
    /// - Precondition: Nobody records.
    public func takeUpInterrupted() {
        for number in mailboxes {
            for file in (try? names(in: number)) ?? [] where file.state == .part {
                let (from, folder) = (folder(of: number) + "/" + file.name, folder(of: number))
                guard let sound = try? reader(of: file, number).sound() else { continue }
                if sound.isEmpty {
                    unlink(from)
                } else {
                    try? PrivateFile.adopt("\(folder)/\(file.id.text).new", from: from)
                }
            }
        }
    }

    // MARK: Files

    private enum State: String { case part, new, old }
    private struct File { let id: MessageID, state: State, name: String }

    private func folder(of number: ExtensionNumber) -> String { path + "/" + number.text }

    private func names(in number: ExtensionNumber) throws -> [File] {
        guard PrivateFile.mode(folder(of: number)) != nil else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder(of: number)).compactMap { name in
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let id = MessageID(parsing: parts[0]), let state = State(rawValue: String(parts[1]))
            else { return nil }
            return File(id: id, state: state, name: name)
        }
    }

    private func find(_ id: MessageID, in number: ExtensionNumber) throws -> File? {
        try names(in: number).first { $0.id == id && $0.state != .part }
    }

    private func reader(of file: File, _ number: ExtensionNumber) throws -> MessageFile {
        let path = folder(of: number) + "/" + file.name
        guard let bytes = try PrivateFile.read(path, limit: Limits.messageFileBytes) else {
            throw StoreError.damaged("\(path) is gone")
        }
        return try MessageFile(bytes, id: file.id, in: number, seal, path)
    }
}

extension RingfenceStore {
    /// The voice messages of this business.
    public var messages: MessageFolder { MessageFolder(directory.path + "/voicemail", seal) }
}
