// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Glibc
import Guard
import Model
public import Primitives
public import Store

/// A business that came back from a backup.
public struct RestoredBusiness: Hashable, Sendable, Codable {
    public let domain: String
    /// The last thing that somebody did before the backup was made.
    public let lastChange: WallTime?
    public let extensions: Int
    /// Of each the sealed secret was opened.
    public let phones: Int
    public let trunks: Int
    /// Of the journal, each checked.
    public let entries: Int
    /// What an operator should look at before it is trusted, in sentences.
    public let notes: [String]
}

extension Installation {
    /// The files of a business in a backup: where they belong in its folder, the permission bits, and whether it can do without.
    private static let backedUp: [(name: String, mode: UInt32, isOptional: Bool)] = [
        ("installation.json", 0o600, false), ("seal.key", 0o600, false), ("journal.anchor", 0o600, true),
        ("tls/server.pem", 0o644, false), ("tls/server.key", 0o600, false), ("tls/ca.pem", 0o644, true),
        ("tls/ca.key", 0o600, true), ("ringfence.sqlite", 0o600, false),
    ]

    /// Makes a backup of a business that is open, while it works.
    func backUp(
        _ store: RingfenceStore,
        for recipient: BackupRecipient,
        to folder: String,
        at now: WallTime
    ) throws -> BackupReport {
        let name = BackupFileName(of: store.snapshot.domain, at: now)
        let path = "\(folder)/\(name.text)"
        let copy = directory + "/backup.sqlite"
        unlink(copy)
        defer { for end in ["", "-wal", "-shm", "-journal"] { unlink(copy + end) } }
        let writer = try BackupWriter(path, for: recipient)
        let anchor = try store.copyDatabase(to: copy)
        for file in Self.backedUp {
            switch file.name {
            case "ringfence.sqlite": try writer.add(file.name, contentsOf: copy)
            case "journal.anchor": if !anchor.isEmpty { try writer.add(file.name, anchor) }
            default:
                let source = "\(directory)/\(file.name)"
                if file.isOptional, !FileManager.default.fileExists(atPath: source) { continue }
                try writer.add(file.name, contentsOf: source)
            }
        }
        try writer.finish()
        return BackupReport(path: path, madeAt: name.madeAt, size: writer.size)
    }

    /// Puts a business back from a backup into a folder that is not there yet, or empty. Sessions, known browsers and invitations
    /// of that time are gone; everything else is as it was.
    ///
    /// - Parameter actor: Who does it, for the journal.
    /// - Throws: A refusal when the backup is not whole or not for this key; nothing is left behind then.
    public static func restore(
        _ file: String,
        with key: RecoveryKey,
        to directory: String,
        by actor: String,
        at now: WallTime
    ) throws -> RestoredBusiness {
        let directory = absolute(directory)
        guard directory.utf8.count <= longestDirectory else { throw Refusal.pathTooLong(directory) }
        guard PrivateFiles.names(in: directory).isEmpty else { throw Refusal.occupied(directory) }
        let place = directory + ".restoring"
        guard !FileManager.default.fileExists(atPath: place) else { throw Refusal.occupied(place) }
        try PrivateFiles.makeFolder(place)
        do {
            let business = try unpack(file, with: key, to: place, by: actor, at: now)
            rmdir(directory)
            do { try PrivateFile.adopt(directory, from: place) } catch { throw Refusal(error, in: directory) }
            return business
        } catch {
            try? FileManager.default.removeItem(atPath: place)
            throw error
        }
    }

    /// Tries whether a business comes back from a backup, in a folder that is taken away again.
    public static func verify(_ file: String, with key: RecoveryKey, at now: WallTime) throws -> RestoredBusiness {
        var name = Array((FileManager.default.temporaryDirectory.path() + "/ringfence-verify-XXXXXX").utf8CString)
        guard mkdtemp(&name) != nil else {
            throw StoreError.system(call: "mkdtemp", path: "the folder for temporary files", errno: errno)
        }
        let place = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { try? FileManager.default.removeItem(atPath: place) }
        return try unpack(file, with: key, to: place, by: "drill", at: now)
    }

    private static func unpack(
        _ file: String,
        with key: RecoveryKey,
        to place: String,
        by actor: String,
        at now: WallTime
    ) throws -> RestoredBusiness {
        try PrivateFiles.makeFolder(place + "/tls")
        do {
            let reader = try BackupReader(file, with: key)
            let names = try reader.unpack { name in
                backedUp.first { $0.name == name }.map { ("\(place)/\(name)", $0.mode) }
            }
            if let missing = backedUp.first(where: { !$0.isOptional && !names.contains($0.name) }) {
                throw BackupFault.strange("without \(missing.name)")
            }
        } catch let fault as BackupFault {
            throw Refusal(fault, in: file)
        } catch let error as StoreError {
            throw Refusal(error, reading: file, in: place)
        }
        return try look(Installation(opening: place), by: actor, at: now)
    }

    /// Opens what was put back, which opens every secret too, checks the journal and writes into it where this comes from.
    private static func look(_ restored: Installation, by actor: String, at now: WallTime) throws -> RestoredBusiness {
        let store = try restored.openStore()
        let (journal, last) = (try store.verifyJournal(), try store.journal(JournalQuery(limit: 1)).last?.at)
        try store.forgetAccess()
        let snapshot = store.snapshot
        try store.append(
            JournalDraft(
                actor: actor,
                action: "backup.restore",
                subject: last?.description ?? "an empty journal",
                detail: "{}"
            ),
            at: now
        )
        return RestoredBusiness(
            domain: snapshot.domain.text,
            lastChange: last,
            extensions: snapshot.extensions.count,
            phones: snapshot.devices.count,
            trunks: snapshot.outside.trunks.count,
            entries: Int(journal.entries),
            notes: notes(on: snapshot, journal, at: now) + store.shortcomings
        )
    }

    /// What a backup brings back that nobody would set up today.
    private static func notes(
        on snapshot: Snapshot,
        _ journal: JournalVerification,
        at now: WallTime
    ) -> [String] {
        var notes: [String] = []
        if let problem = journal.problem { notes.append("The journal is not whole: \(problem)") }
        let weak = snapshot.devices.values.filter { $0.minimum == .md5 }.count
        if weak > 0 { notes.append("Phones that may log in by MD5: \(weak). See which: ringfence phone list") }
        let open = snapshot.exceptions.filter { $0.until > now }.count
        if open > 0 {
            notes.append("Listeners without encryption that are open: \(open). See them: ringfence listener list")
        }
        return notes
    }
}

extension Refusal {
    fileprivate static func occupied(_ directory: String) -> Self {
        Self(
            problem: "There is something in \(directory) already.",
            reason: "a backup is put into a folder of its own, so that it destroys nothing",
            remedy: "name a folder that is not there yet: ringfence backup restore FILE --data DIR"
        )
    }

    fileprivate init(_ fault: BackupFault, in file: String) {
        switch fault {
        case .noBackup:
            self.init(
                problem: "\(file) is no backup of Ringfence.",
                reason: "it does not begin like one",
                remedy: "see which there are; their names end in .ringfence"
            )
        case .otherKey(let name, let own):
            self.init(
                problem: "This recovery key does not open \(file).",
                reason: "the backup was made for the key \(name), and this is the key \(own)",
                remedy: "take the recovery key that was printed when \(name) was made"
            )
        case .altered:
            self.init(
                problem: "\(file) is not what was written.",
                reason: "it is cut off, a part of it was changed, or somebody else made it",
                remedy: "take the backup before it, and find out who can write to that folder"
            )
        case .strange(let name):
            self.init(
                problem: "\(file) is not taken.",
                reason: "it comes with \(Self.quoted(name)), and this version knows no such backup",
                remedy: "take the version of Ringfence that made it: ringfence --version"
            )
        }
    }

    fileprivate init(_ error: StoreError, reading file: String, in place: String) {
        guard case .system(let call, let path, let code) = error else {
            self.init(error, in: place)
            return
        }
        self.init(
            problem: "The backup \(file) was not put back.",
            reason: "\(call) of \(path) answered: \(String(cString: strerror(code)))",
            remedy: code == ENOSPC ? "make room: df -h \(place)" : "check both paths: ls -ld \(file) \(place)"
        )
    }
}
