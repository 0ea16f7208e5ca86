// SPDX-License-Identifier: Apache-2.0

import Dispatch
import GRDB
import Synchronization

extension RingfenceStore {
    /// For a server that begins: the record log takes its place on the disk, and a copy of the database that is taken from now
    /// on says that it was taken while a server ran.
    public func beginServing() throws {
        try log.prepare()
        try mark(isOpen: true)
        checkpoint(.passive)
    }

    /// Puts into the tables what is in the record log, as far as they take it.
    public func fillTables() { TableFiller(self).fill() }

    /// For a server that ends: everything is put into the database file, which is whole then.
    public func endServing() throws {
        fillTables()
        guard log.count(of: business) == 0 else { return }
        try mark(isOpen: false)
        checkpoint(.truncate)
    }

    private func mark(isOpen: Bool) throws {
        let log = log.path == directory.log ? "" : log.path
        try pool.write { try StoreMark(isOpen: isOpen, log: log).save($0) }
    }

    /// Puts what is in SQLite's write-ahead log into the database file, as far as nobody reads it.
    func checkpoint(_ mode: Database.CheckpointMode) {
        // What cannot be put there now is on the disk all the same.
        _ = try? pool.writeWithoutTransaction { try $0.checkpoint(mode) }
    }

    /// The same soon: a change of settings is then in the file that people copy.
    func checkpointSoon() {
        let isNews = isCheckpointDue.withLock { isDue in
            defer { isDue = true }
            return !isDue
        }
        guard isNews else { return }
        StoreThreads.writer.asyncAfter(deadline: .now() + Limits.filling) { [weak self] in
            guard let self else { return }
            isCheckpointDue.withLock { $0 = false }
            checkpoint(.passive)
        }
    }

    // MARK: What an earlier server left

    /// Fills the tables with what the last server did not come to, and notes what is missing.
    ///
    /// - Parameter hadWAL: Whether SQLite's write-ahead log was there.
    func takeUp(hadWAL: Bool) throws {
        if let damage = log.damage {
            note("\(log.path) was damaged, and call records may be missing: \(damage). It is kept beside the new one")
        }
        if let mark = try pool.read(StoreMark.load), mark.isOpen {
            if !hadWAL {
                note(
                    "\(directory.database) was copied from a running server without ringfence.sqlite-wal, or another "
                        + "program took that in: what was written last may be missing"
                )
            }
            try takeUp(mark)
        }
        // What they do not take now stays in the log.
        fillTables()
    }

    private func takeUp(_ mark: StoreMark) throws {
        let path = mark.log.isEmpty ? directory.log : mark.log
        guard path != log.path else {
            if !log.wasFound { note("\(path) is missing, and call records of the last seconds with it") }
            return
        }
        guard PrivateFile.mode(path) != nil else {
            return note(
                "\(path), with call records of the last seconds, is missing: the folder was moved or copied without it"
            )
        }
        let left: RecordLog
        do throws(StoreError) {
            left = try RecordLog(path)
        } catch {
            return note("call records of the last seconds are in \(path), which cannot be read: \(error)")
        }
        try write(left.oldest(of: business).map(\.record))
    }
}
