// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// How backups are made, and those there are.
public struct ShowBackups: Command {
    public static let name = "backup.show"
    public static let rights: [Right] = [.diagnose]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> BackupStanding {
        let settings = administrator.store.snapshot.backups
        return BackupStanding(
            recipient: settings?.recipient.name,
            folder: settings?.folder,
            count: settings?.count,
            backups: settings?.folder == nil ? [] : try await administrator.engine.backups()
        )
    }
}

/// How backups stand.
public struct BackupStanding: Hashable, Sendable, Codable {
    /// The name of the key that opens them; `nil` while there is none.
    public let recipient: String?
    public let folder: String?
    public let count: Int?
    /// The newest first.
    public let backups: [BackupReport]
}

/// Makes a new recovery key. It is shown in the answer and kept nowhere; later backups are for it alone.
public struct MakeRecoveryKey: Command {
    public static let name = "backup.key"
    public static let rights: [Right] = [.keepBackups]

    /// The name of the key that it takes the place of; `nil` where there is none.
    public let replaces: String?

    public init(replaces: String? = nil) { self.replaces = replaces }

    public static func harmless(_: ExtensionNumber) -> Self { Self(replaces: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> NewRecoveryKey {
        let old = administrator.store.snapshot.backups
        guard replaces == old?.recipient.name else { throw old.map { .hasKey($0.recipient.name) } ?? .noBackupKey }
        let key = RecoveryKey()
        let recipient = key.recipient
        let new = BackupSettings(
            recipient: recipient,
            folder: old?.folder,
            count: old?.count ?? BackupSettings(recipient: recipient).count
        )
        try await administrator.change(
            [.keepBackups(new)],
            [
                caller.draft(
                    Self.name,
                    recipient.name,
                    JournalDetail.ofName(old?.recipient.name, became: recipient.name)
                )
            ],
            notice: "Backups are for another recovery key from now on, by \(caller.name)"
        )
        return NewRecoveryKey(name: recipient.name, key: key.text.reveal { copy $0 })
    }
}

/// A recovery key, to be printed.
public struct NewRecoveryKey: Hashable, Sendable, Codable, CustomStringConvertible {
    public let name: String
    /// Opens every backup that is made for it. Kept nowhere.
    public let key: String

    public var description: String { "NewRecoveryKey(\(name))" }
}

/// Says where a backup is put each night, and how many stay there.
public struct SetNightlyBackups: Command {
    public static let name = "backup.nightly"
    public static let rights: [Right] = [.keepBackups]

    /// `nil` for no more.
    public let folder: String?
    /// `nil` to leave it as it is.
    public let count: Int?

    public init(folder: String?, count: Int? = nil) { (self.folder, self.count) = (folder, count) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(folder: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> BackupStanding {
        guard let old = administrator.store.snapshot.backups else { throw .noBackupKey }
        if let folder, let rule = BackupRules.refusal(ofFolder: folder, own: administrator.store.path) { throw rule }
        if let count, let rule = BackupRules.refusal(ofCount: count) { throw rule }
        var new = old
        (new.folder, new.count) = (folder, count ?? old.count)
        // A folder that takes none is found now and not in the night.
        if let folder { _ = try await administrator.engine.backUp(to: folder) }
        try await administrator.change(
            [.keepBackups(new)],
            [caller.draft(Self.name, folder ?? "nowhere", JournalDetail.ofName(old.folder, became: folder))],
            notice: "Where a backup is put each night was changed by \(caller.name)"
        )
        return try await ShowBackups().run(in: administrator, for: caller)
    }
}

/// Makes a backup now.
public struct MakeBackup: Command {
    public static let name = "backup.create"
    public static let rights: [Right] = [.keepBackups]

    /// An absolute path; `nil` for the one of every night.
    public let folder: String?

    public init(folder: String? = nil) { self.folder = folder }

    public static func harmless(_: ExtensionNumber) -> Self { Self(folder: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> BackupReport
    {
        guard let settings = administrator.store.snapshot.backups else { throw .noBackupKey }
        guard let folder = folder ?? settings.folder else { throw .noFolder }
        if let rule = BackupRules.refusal(ofFolder: folder, own: administrator.store.path) { throw rule }
        let made = try await administrator.engine.backUp(to: folder)
        let draft = caller.draft(Self.name, made.path, "{}")
        try administrator.writing { try $0.append(draft, at: administrator.now()) }
        administrator.tell(draft, "A backup was made by \(caller.name): \(made.path)")
        return made
    }
}

extension Refusal {
    fileprivate static func hasKey(_ name: String) -> Self {
        Self(
            problem: "There is a recovery key already.",
            reason: "backups are made for the key \(name), and a new one does not open those",
            remedy: "keep the old key as long as its backups, and name it: ringfence backup key --replace \(name)"
        )
    }

    public static let noBackupKey = Self(
        problem: "No backup can be made.",
        reason: "backups are sealed for a recovery key, and there is none",
        remedy: "make one, and print it: ringfence backup key"
    )

    fileprivate static let noFolder = Self(
        problem: "No backup can be made.",
        reason: "no folder was named, and there is none for every night",
        remedy: "name one: ringfence backup create --to /mnt/backup"
    )
}
