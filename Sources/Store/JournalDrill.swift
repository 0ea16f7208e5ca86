// SPDX-License-Identifier: Apache-2.0

import GRDB
public import Model
import Primitives

/// Falsifies the journal of a copy, as somebody would who can write to the database but has no key, and says what
/// verification finds. The original is only read.
public enum JournalDrill {
    /// - Parameter directory: The data directory, which a running server may have open.
    /// - Returns: What verification says of the altered copy. The copy is erased.
    public static func run(
        _ falsification: JournalFalsification,
        onCopyOf directory: String
    ) throws -> JournalVerification {
        let copy = try Copy(of: directory)
        try copy.lengthen()
        try copy.falsify(falsification)
        return try RingfenceStore.open(directory: copy.path).verifyJournal()
    }

    private struct Copy {
        private let folder: DrillFolder
        var path: String { folder.path }
        private var database: String { path + "/ringfence.sqlite" }

        /// The anchor is read before the database, so that an entry written meanwhile is no alarm.
        init(of directory: String) throws {
            folder = try DrillFolder()
            let path = folder.path
            for file in ["seal.key", "journal.anchor"] {
                guard let bytes = try PrivateFile.read("\(directory)/\(file)") else { continue }
                try PrivateFile.create("\(path)/\(file)", bytes)
            }
            let copy = path + "/ringfence.sqlite"
            try PrivateFile.create(copy, [])
            var readOnly = Configuration()
            readOnly.readonly = true
            let source = try DatabaseQueue(path: directory + "/ringfence.sqlite", configuration: readOnly)
            try source.backup(to: DatabaseQueue(path: copy))
        }

        /// A few honest entries, so that there is a middle and a pair of neighbours.
        func lengthen() throws {
            let store = try RingfenceStore.open(directory: path)
            for number in 1...4 {
                let draft = JournalDraft(actor: "drill", action: "journal.drill", subject: "\(number)")
                try store.append(draft, at: WallTime(milliseconds: Int64(number)))
            }
            let event = SecurityEvent(
                at: WallTime(milliseconds: 1),
                kind: .scanner,
                source: EventSource(parsing: "192.0.2.1"),
                detail: "a drill"
            )
            try store.write([], events: [event, event])
        }

        func falsify(_ falsification: JournalFalsification) throws {
            try DatabaseQueue(path: database).write { database in
                for trigger in ["journal_is_not_edited", "journal_is_not_shortened", "journal_only_grows"] {
                    try database.execute(sql: "DROP TRIGGER IF EXISTS \(trigger)")
                }
                for statement in Self.statements(falsification) { try database.execute(sql: statement) }
                if falsification == .append || falsification == .editWithHash {
                    try forge(falsification == .append ? 1 : 0, database)
                }
            }
        }

        private static func statements(_ falsification: JournalFalsification) -> [String] {
            let last = "(SELECT max(sequence) FROM journal)"
            return switch falsification {
            case .nothing, .append, .editWithHash: []
            case .edit: ["UPDATE journal SET actor = 'nobody' WHERE sequence = \(last) - 2"]
            case .removeMiddle: ["DELETE FROM journal WHERE sequence = \(last) - 2"]
            case .removeLast: ["DELETE FROM journal WHERE sequence = \(last)"]
            case .swap:
                [
                    "UPDATE journal SET sequence = -1 WHERE sequence = \(last) - 1",
                    "UPDATE journal SET sequence = sequence - 1 WHERE sequence = \(last)",
                    "UPDATE journal SET sequence = \(last) + 1 WHERE sequence = -1",
                ]
            case .empty: ["DELETE FROM journal"]
            case .editEvent: ["UPDATE security_events SET source = '192.0.2.2' WHERE detail = 'a drill'"]
            case .removeEvent:
                ["DELETE FROM security_events WHERE id = (SELECT max(id) FROM security_events)"]
            }
        }

        /// Rewrites the last entry, or adds one after it, with a hash made under a key of the forger's own.
        private func forge(_ step: Int64, _ database: Database) throws {
            guard let last = try JournalTable.list(database, limit: 1).last else { return }
            let entry = JournalChain.entry(
                JournalDraft(actor: "nobody", action: last.action, subject: last.subject, detail: last.detail),
                sequence: last.sequence + step,
                at: last.at,
                after: step == 0 ? last.previous : last.hash,
                try Seal(key: Array(repeating: 0, count: 32))
            )
            try database.execute(sql: "DELETE FROM journal WHERE sequence = ?", arguments: [entry.sequence])
            try JournalTable.insert(entry, database)
        }
    }
}
