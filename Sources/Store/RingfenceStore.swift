// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model
public import Primitives
import Synchronization

/// Settings, call records, the journal and what was noticed, of one business on this machine.
///
/// SQLite in WAL mode with `synchronous = FULL`: what a method has returned from survives a power cut. Every method blocks
/// until the disk has answered; none is called from a loop that serves phones.
public final class RingfenceStore: Sendable {
    let directory: DataDirectory
    let pool: DatabasePool
    let seal: Seal
    /// Where records of calls are before they are in the tables.
    public let log: RecordLog
    /// Which business it is of.
    public let business: BusinessID
    private let missing = Mutex<[String]>([])
    let isCheckpointDue = Mutex(false)
    /// One change at a time: the order of the snapshots, of the journal and of the anchors is the same.
    let settings: Mutex<Settings>

    struct Settings {
        var snapshot: Snapshot
        /// Whether the anchor agreed with the journal when the store was opened. A wrong one is evidence and is not replaced.
        var anchorIsSound: Bool
    }

    /// Makes the data directory of a new business.
    ///
    /// - Throws: ``StoreError/alreadyInitialised(_:)`` when the directory holds one.
    public static func create(
        directory path: String,
        domain: DomainName,
        by actor: String,
        at now: WallTime
    ) throws -> RingfenceStore {
        let directory = try DataDirectory.create(path)
        let pool = try openPool(directory.database)
        var generator = SystemRandomNumberGenerator()
        try pool.write { database in
            try database.execute(
                sql: "INSERT INTO business (id, domain, generation, created_at, identifier) VALUES (1, ?, 0, ?, ?)",
                arguments: [domain.text, now.milliseconds, BusinessID.generate(using: &generator).text]
            )
        }
        let store = try RingfenceStore(directory, pool, RecordLog(directory.log), expectsJournal: false)
        let draft = JournalDraft(
            actor: actor,
            action: "business.create",
            subject: domain.text,
            detail: #"{"new":{"domain":"\#(domain.text)"}}"#
        )
        try store.append(draft, at: now)
        return store
    }

    /// Opens the data directory of a business.
    ///
    /// - Parameter log: Of the process, where it serves several businesses; by default one in the directory.
    /// - Throws: ``StoreError/damaged(_:)`` where a page of the database is not what was written.
    public static func open(directory path: String, log: RecordLog? = nil) throws -> RingfenceStore {
        let directory = try DataDirectory.open(path)
        let hadWAL = PrivateFile.mode(directory.database + "-wal") != nil
        let pool = try openPool(directory.database)
        let store = try RingfenceStore(directory, pool, log ?? RecordLog(directory.log), expectsJournal: true)
        try store.takeUp(hadWAL: hadWAL)
        return store
    }

    private init(_ directory: DataDirectory, _ pool: DatabasePool, _ log: RecordLog, expectsJournal: Bool) throws {
        (self.directory, self.pool, self.log) = (directory, pool, log)
        directory.rememberDatabase()
        guard let key = try PrivateFile.read(directory.sealKey) else {
            throw StoreError.notADataDirectory(directory.path)
        }
        let seal = try Seal(key: key)
        self.seal = seal
        let snapshot = try pool.read { try SettingsTable.load($0, seal) }
        let anchor = try PrivateFile.read(directory.anchor).flatMap { JournalAnchor(decoding: $0, seal) }
        let isSound = try pool.read { try JournalTable.agrees($0, with: anchor, expectsJournal: expectsJournal) }
        settings = Mutex(Settings(snapshot: snapshot, anchorIsSound: isSound))
        business = snapshot.business
        try log.claim(business)
        if !isSound { note(Self.cutOff) }
    }

    deinit { log.release(business) }

    /// What was missing when it was opened, in sentences; empty where everything is there.
    public var shortcomings: [String] { missing.withLock { $0 } }

    static let cutOff = "the journal is not what journal.anchor remembers: its end may be cut off"

    func note(_ shortcoming: String) { missing.withLock { $0.append(shortcoming) } }
    func forget(_ shortcoming: String) { missing.withLock { list in list.removeAll { $0 == shortcoming } } }

    private static func openPool(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "ringfence"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(Limits.lockPatience)
        configuration.maximumReaderCount = 2
        // Statement arguments may be personal data and must not end up in an error message.
        configuration.publicStatementArguments = false
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;")
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        // GRDB sets NORMAL when it turns on the WAL: that would lose the last records in a power cut.
        try pool.writeWithoutTransaction {
            try $0.execute(
                sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = \(Limits.pagesPerCheckpoint)"
            )
        }
        // Damage that is found now is a restart from a backup; found later it is a call that has no record.
        let faults = try pool.read { try String.fetchAll($0, sql: "PRAGMA quick_check(3)") }
        guard faults == ["ok"] else { throw StoreError.damaged(faults.joined(separator: "; ")) }
        guard try !pool.read(Schema.migrator.hasBeenSuperseded) else { throw StoreError.newer(path) }
        try Schema.migrator.migrate(pool)
        return pool
    }

    /// The settings as they are now. Read from memory.
    public var snapshot: Snapshot { settings.withLock { $0.snapshot } }

    public func storedSettings() throws -> Snapshot { try pool.read { try SettingsTable.load($0, seal) } }

    public var path: String { directory.path }

    /// - Throws: When the database file was deleted or replaced under the server: what is written then is gone with the process.
    func requireInPlace() throws(StoreError) { try directory.requireInPlace() }

    /// Writes changes and their journal entries in one transaction, and answers with the settings that result.
    ///
    /// - Parameter drafts: At least one: nothing changes without a trace.
    public func change(_ changes: [Change], journal drafts: [JournalDraft], at now: WallTime) throws -> Snapshot {
        precondition(!drafts.isEmpty, "a change of settings without a journal entry")
        return try settings.withLock { settings in
            let head = try pool.write { database in
                for change in changes { try SettingsTable.apply(change, database, seal) }
                try SettingsTable.advance(database, from: settings.snapshot.generation)
                return try JournalTable.append(drafts, database, at: now, seal)
            }
            settings.snapshot = settings.snapshot.applying(changes)
            if let head { anchor(head, isSound: settings.anchorIsSound) }
            checkpointSoon()
            return settings.snapshot
        }
    }

    /// Writes something into the journal that changed no setting.
    @discardableResult
    public func append(_ draft: JournalDraft, at now: WallTime) throws -> JournalEntry {
        guard let entry = try append(at: now, with: { _ in [draft] }) else {
            preconditionFailure("nothing to write into the journal")
        }
        return entry
    }

    /// The same in one transaction with what it tells of, where that is no setting.
    ///
    /// - Parameter change: What is to be written besides; answers with what the journal is to say, which may be nothing.
    @discardableResult
    func append(at now: WallTime, with change: (Database) throws -> [JournalDraft]) throws -> JournalEntry? {
        try settings.withLock { settings in
            let entry = try pool.write { database in
                try JournalTable.append(change(database), database, at: now, seal)
            }
            if let entry { anchor(entry, isSound: settings.anchorIsSound) }
            return entry
        }
    }

    /// What the entry tells of is on the disk already, so a disk that is full now does not undo it: an anchor that lags is
    /// still true, and the next one catches up.
    private func anchor(_ entry: JournalEntry, isSound: Bool) {
        guard isSound else { return }
        let anchor = JournalAnchor(sequence: entry.sequence, hash: entry.hash)
        try? PrivateFile.replace(directory.anchor, anchor.encoded(seal))
    }
}
