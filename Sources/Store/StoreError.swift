// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Why the data directory cannot be used. Written for whoever starts the server.
public enum StoreError: Error, Hashable, Sendable {
    case notADataDirectory(String)
    case alreadyInitialised(String)
    /// Somebody but the owner may read or write it: the file and its permission bits.
    case exposed(String, mode: UInt32)
    case inUse(String)
    /// The key does not open what the database holds: the wrong file, or a row that was tampered with.
    case sealBroken(device: String, reason: String)
    case damaged(String)
    /// Migrated by a version that came after this one.
    case newer(String)
    case system(call: String, path: String, errno: Int32)
    /// The folder is a copy of another one whose business uses the same record log.
    case twin(String)
    /// The record log has no room: the tables have not taken what is in it for long.
    case logFull(String)
    /// The database says no.
    case database(DatabaseTrouble, message: String)
}

/// Why a database says no, as far as a person can do something about it.
public enum DatabaseTrouble: Hashable, Sendable {
    case full
    case readOnly
    /// The disk answers with errors.
    case failing
    /// What is in it is not what was written.
    case damaged
    /// Another program has it locked.
    case locked
    case unknown
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notADataDirectory(let path):
            "\(path) is not a data directory of Ringfence. Fix: ringfence init --data \(path) --domain <your domain>"
        case .alreadyInitialised(let path):
            "\(path) already holds a business, and would lose it. Fix: name a new directory"
        case .exposed(let path, let mode):
            "\(path) can be used by other accounts of this machine (mode \(String(mode, radix: 8))), and holds secrets. "
                + "Fix: chmod go= \(path)"
        case .inUse(let path):
            "\(path) is in use by another Ringfence server. Fix: stop that one first"
        case .sealBroken(let device, let reason):
            "The credential of phone \(device) cannot be opened: \(reason). Fix: restore seal.key together with the "
                + "database it belongs to, or revoke the phone and enrol it again"
        case .newer(let path):
            "\(path) was used by a newer version of Ringfence, which this one would damage. Fix: start the newer version"
        case .damaged(let what): "The database is damaged: \(what). Fix: restore the last backup"
        case .twin(let path):
            "Another business with the same identity uses \(path): one folder is a copy of the other. Fix: take the copy away"
        case .logFull(let path):
            "\(path) is full, because the database takes none of the records in it. Fix: look at the disk: df -h \(path)"
        case .system(let call, let path, let errno): "\(call) of \(path) failed (errno \(errno))"
        case .database(_, let message): "The database says no: \(message)"
        }
    }
}

extension StoreError {
    /// What an error of the database means; `nil` for one of something else.
    public init?(_ error: any Error) {
        if let error = error as? StoreError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else { return nil }
        let trouble: DatabaseTrouble
        switch error.resultCode {
        case .SQLITE_FULL: trouble = .full
        case .SQLITE_READONLY: trouble = .readOnly
        case .SQLITE_IOERR, .SQLITE_CANTOPEN: trouble = .failing
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: trouble = .damaged
        case .SQLITE_BUSY, .SQLITE_LOCKED: trouble = .locked
        default: trouble = .unknown
        }
        self = .database(trouble, message: error.message ?? "SQLite error \(error.resultCode.rawValue)")
    }
}
