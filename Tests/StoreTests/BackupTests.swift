// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Model
import Primitives
import Testing

@testable import Store

@Suite("Backups")
struct BackupTests {
    /// A folder that goes with the test.
    private final class Folder {
        let path = NSTemporaryDirectory() + "ringfence-backup-" + UUID().uuidString

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ name: String, _ bytes: [UInt8]) throws -> String {
            try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
            return "\(path)/\(name)"
        }

        func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)"))) }
    }

    private func make(_ contents: [(String, [UInt8])], for key: RecoveryKey, in folder: Folder) throws -> String {
        let path = folder.path + "/backup"
        let writer = try BackupWriter(path, for: key.recipient)
        for (name, bytes) in contents { try writer.add(name, contentsOf: folder.write("source-\(name)", bytes)) }
        try writer.finish()
        #expect(try folder.read("backup").count == writer.size)
        return path
    }

    private func unpack(_ path: String, with key: RecoveryKey, in folder: Folder) throws -> [String] {
        let reader = try BackupReader(path, with: key)
        return try reader.unpack { name in
            name.hasPrefix("file") ? ("\(folder.path)/restored-\(name)-\(UUID().uuidString)", 0o600) : nil
        }
    }

    private func fault(_ path: String, _ key: RecoveryKey, _ folder: Folder) -> BackupFault? {
        do {
            _ = try unpack(path, with: key, in: folder)
            return nil
        } catch {
            return error as? BackupFault
        }
    }

    @Test(arguments: [0, 1, 59_987, 59_988, 60_000, 60_001, 120_000, 700_001])
    func `files come back as they were, whatever their size`(size: Int) throws {
        let (folder, key) = (try Folder(), RecoveryKey())
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let path = try make([("file1", bytes), ("file2", [1, 2, 3])], for: key, in: folder)
        let reader = try BackupReader(path, with: key)
        let names = try reader.unpack { ("\(folder.path)/restored-\($0)", 0o600) }
        #expect(names == ["file1", "file2"])
        #expect(try folder.read("restored-file1") == bytes)
        #expect(try folder.read("restored-file2") == [1, 2, 3])
    }

    @Test func `nothing of what is in it can be read without the key`() throws {
        let (folder, key) = (try Folder(), RecoveryKey())
        let path = try make([("file1", Array("a secret that is long enough to be found".utf8))], for: key, in: folder)
        let bytes = try Data(contentsOf: URL(filePath: path))
        #expect(bytes.range(of: Data("secret".utf8)) == nil && bytes.range(of: Data("file1".utf8)) == nil)
        let other = RecoveryKey()
        #expect(fault(path, other, folder) == .otherKey(key.recipient.name, own: other.recipient.name))
    }

    @Test func `any bit that is changed is found`() throws {
        let (folder, key) = (try Folder(), RecoveryKey())
        let path = try make([("file1", Array(repeating: 7, count: 300))], for: key, in: folder)
        let whole = try folder.read("backup")
        for position in stride(from: 0, to: whole.count, by: 7) {
            var changed = whole
            changed[position] ^= 1 << UInt8(position % 8)
            let altered = try folder.write("altered", changed)
            #expect(fault(altered, key, folder) != nil, "byte \(position)")
        }
        #expect(fault(path, key, folder) == nil)
    }

    @Test func `a backup that is cut off is found, wherever it is cut`() throws {
        let (folder, key) = (try Folder(), RecoveryKey())
        _ = try make([("file1", Array(repeating: 7, count: 130_000)), ("file2", [1])], for: key, in: folder)
        let whole = try folder.read("backup")
        // Where pieces end too: two bytes of length, 60,000 and 16 of each.
        let ends = [1, 2].map { BackupFormat.headBytes + $0 * (2 + BackupFormat.piece + BackupFormat.tag) }
        for count in ends + [0, 1, 49, 50, 51, 52, 100, whole.count - 1] {
            let cut = try folder.write("cut", Array(whole.prefix(count)))
            #expect(fault(cut, key, folder) != nil, "\(count) bytes")
        }
        let longer = try folder.write("longer", whole + [0])
        #expect(fault(longer, key, folder) == .altered)
    }

    @Test func `a backup that somebody made who knows only the public key does not open`() throws {
        let (folder, key) = (try Folder(), RecoveryKey())
        let forged = try #require(
            BackupRecipient(key: key.recipient.key, proof: Redacted(Array(repeating: 0, count: 32)))
        )
        let path = folder.path + "/forged"
        let writer = try BackupWriter(path, for: forged)
        try writer.add("file1", [1])
        try writer.finish()
        #expect(fault(path, key, folder) == .altered)
    }

    @Test func `a name that no business has is not taken, so nothing is written elsewhere`() throws {
        let (folder, key) = (try Folder(), RecoveryKey())
        for name in ["../../etc/passwd", "/etc/passwd", "other"] {
            let path = folder.path + "/strange-" + UUID().uuidString
            let writer = try BackupWriter(path, for: key.recipient)
            try writer.add(name, [1])
            try writer.finish()
            #expect(fault(path, key, folder) == .strange(name))
        }
    }

    @Test func `what was begun and not finished is not there`() throws {
        let (folder, key) = (try Folder(), RecoveryKey())
        do {
            let writer = try BackupWriter(folder.path + "/half", for: key.recipient)
            try writer.add("file1", Array(repeating: 1, count: 100_000))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `a recovery key is read as people type it, and a wrong letter is noticed`() throws {
        let key = RecoveryKey()
        let text = key.text.reveal { copy $0 }
        #expect(text.count == 69 && text.split(separator: "-").allSatisfy { $0.count == 4 })
        for typed in [text, text.lowercased(), text.replacing("-", with: " "), text.replacing("-", with: "")] {
            #expect(RecoveryKey(parsing: Redacted(typed))?.recipient.key == key.recipient.key)
        }
        var wrong = 0
        for (index, letter) in text.enumerated() where letter != "-" {
            var typed = Array(text)
            typed[index] = letter == "A" ? "B" : "A"
            if RecoveryKey(parsing: Redacted(String(typed))) == nil { wrong += 1 }
        }
        #expect(wrong == 56)
        #expect(
            RecoveryKey(parsing: Redacted("")) == nil && RecoveryKey(parsing: Redacted(String(text.dropLast()))) == nil
        )
    }

    @Test func `for whom backups are is there after a restart, and its secret is sealed`() throws {
        let (place, key) = (Place(), RecoveryKey())
        let settings = BackupSettings(recipient: key.recipient, folder: "/mnt/backup", count: 3)
        do {
            let store = try place.create()
            _ = try store.change([.keepBackups(settings)], journal: [draft()], at: noon)
        }
        let kept = try #require(try place.open().snapshot.backups)
        #expect(kept.recipient.key == key.recipient.key && kept.folder == "/mnt/backup" && kept.count == 3)
        let same = kept.recipient.proof.reveal { kept in key.recipient.proof.reveal { $0 == kept } }
        #expect(same)
        let proof = key.recipient.proof.reveal { Data($0) }
        #expect(try Data(contentsOf: URL(filePath: place.database)).range(of: proof) == nil)
    }

    @Test func `a copy of a database that is written to is whole, and nobody takes it for one of a killed server`()
        throws
    {
        let place = Place()
        let store = try place.create()
        try store.beginServing()
        _ = try store.change([.put(try makeExtension("201"))], journal: [draft()], at: noon)
        let folder = try Folder()
        let anchor = try store.copyDatabase(to: folder.path + "/ringfence.sqlite")
        _ = try store.change([.put(try makeExtension("202"))], journal: [draft()], at: noon)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["ringfence.sqlite"])
        try PrivateFile.create(folder.path + "/journal.anchor", anchor)
        let key = try #require(try PrivateFile.read(place.path + "/seal.key"))
        try PrivateFile.create(folder.path + "/seal.key", key)
        chmod(folder.path, 0o700)
        let copy = try RingfenceStore.open(directory: folder.path)
        #expect(copy.snapshot.extensions.count == 1 && copy.shortcomings.isEmpty)
        #expect(try copy.verifyJournal().isIntact)
    }
}
