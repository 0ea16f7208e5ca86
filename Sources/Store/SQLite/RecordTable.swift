// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives
import Synchronization

/// Call records as rows.
enum RecordTable {
    /// Writes a call's latest state in place of the one before.
    ///
    /// A state that ends the call is never replaced by one that does not: writers may be late, calls do not rise again.
    static func upsert(_ record: CallRecord, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO call_records
                    (id, started_at, answered_at, ended_at, caller_kind, caller, caller_device, dialled, callee_kind,
                     callee, outcome, status, control, reason, caller_protection, callee_protection, forwarded_by, trunk, charges,
                     path)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET
                    answered_at = excluded.answered_at, ended_at = excluded.ended_at,
                    callee_kind = excluded.callee_kind, callee = excluded.callee,
                    outcome = excluded.outcome, status = excluded.status, control = excluded.control,
                    reason = excluded.reason, caller_protection = excluded.caller_protection,
                    callee_protection = excluded.callee_protection, forwarded_by = excluded.forwarded_by,
                    trunk = excluded.trunk, charges = excluded.charges, path = excluded.path
                WHERE call_records.ended_at IS NULL OR excluded.ended_at IS NOT NULL
                """
        )
        let times: StatementArguments = [
            record.id, record.startedAt.milliseconds, record.answeredAt?.milliseconds, record.endedAt?.milliseconds,
        ]
        // The column cannot be null: a caller that is no phone of ours has an empty one.
        let parties: StatementArguments = [
            record.caller.kind, record.caller.text, record.callerDevice?.text, clipped(record.dialled),
            record.callee?.kind, record.callee?.text,
        ]
        let ending: StatementArguments = [
            record.outcome.rawValue, record.status, record.control?.rawValue, clipped(record.reason),
            try json(record.callerProtection), try json(record.calleeProtection), forwarders(record),
            record.trunk?.text, ChargeText.write(record.charges), path(record),
        ]
        try statement.execute(arguments: times + parties + ending)
    }

    /// Newest first.
    static func list(
        _ database: Database,
        of owner: Extension?,
        during period: ClosedRange<WallTime>?,
        limit: Int
    ) throws -> [CallRecord] {
        let (first, last) = (period?.lowerBound.milliseconds ?? .min, period?.upperBound.milliseconds ?? .max)
        guard let owner else {
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM call_records WHERE started_at BETWEEN ?1 AND ?2
                    ORDER BY started_at DESC, id DESC LIMIT ?3
                    """,
                arguments: [first, last, limit]
            ).map(record)
        }
        return try Row.fetchAll(
            database,
            sql: """
                SELECT * FROM call_records
                WHERE ((caller_kind = 'extension' AND caller = ?1) OR (callee_kind = 'extension' AND callee = ?1))
                    AND started_at BETWEEN ?2 AND ?3
                ORDER BY started_at DESC, id DESC LIMIT ?4
                """,
            arguments: [owner.number.text, max(first, owner.createdAt.milliseconds), last, limit]
        ).map(record)
    }

    static func find(_ database: Database, id: String) throws -> CallRecord? {
        try Row.fetchOne(database, sql: "SELECT * FROM call_records WHERE id = ?", arguments: [id]).map(record)
    }

    /// Those in which a number may stand, in whatever way it was dialled.
    static func list(_ database: Database, naming number: PhoneNumber) throws -> [CallRecord] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT * FROM call_records WHERE caller = ?1 OR callee = ?1 OR instr(dialled, ?2) OR instr(reason, ?2)
                    OR instr(coalesce(charges, ''), ?1) OR instr(coalesce(path, ''), ?1)
                """,
            arguments: [number.text, String(number.digits.suffix(Limits.dialledTail))]
        ).map(record)
    }

    static func replace(_ record: CallRecord, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM call_records WHERE id = ?", arguments: [record.id])
        try upsert(record, database)
    }

    static func hasOpen(_ database: Database) throws -> Bool {
        try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM call_records WHERE ended_at IS NULL)") ?? false
    }

    /// The latest time that the last calls and the logins of phones tell of; `nil` when there is none.
    static func lastSign(_ database: Database, before now: WallTime) throws -> WallTime? {
        try Int64.fetchOne(
            database,
            sql: """
                WITH latest AS (SELECT * FROM call_records ORDER BY started_at DESC LIMIT 1000),
                signs (at) AS (
                    SELECT started_at FROM latest UNION ALL SELECT answered_at FROM latest
                    UNION ALL SELECT ended_at FROM latest UNION ALL SELECT at FROM phone_logins
                )
                SELECT max(at) FROM signs WHERE at <= ?
                """,
            arguments: [now.milliseconds]
        ).map(WallTime.init)
    }

    /// - Parameter end: When the calls were last known to be up.
    static func closeInterrupted(_ database: Database, at end: WallTime) throws -> Int {
        try database.execute(
            sql: """
                UPDATE call_records SET ended_at = max(?, started_at, coalesce(answered_at, started_at)),
                    outcome = ?, reason = ? WHERE ended_at IS NULL
                """,
            arguments: [
                end.milliseconds, CallOutcome.interrupted.rawValue,
                "the server stopped while the call was up; it was last known to work at the end given here",
            ]
        )
        return database.changesCount
    }

    private static func record(_ row: Row) throws -> CallRecord {
        let (id, outcome): (String, String) = (row["id"], row["outcome"])
        let device: String? = row["caller_device"]
        guard let caller = Participant(kind: row["caller_kind"], row["caller"]),
            device == nil || device.flatMap(DeviceID.init(parsing:)) != nil,
            let outcome = CallOutcome(rawValue: outcome)
        else { throw StoreError.damaged("call record \(id) cannot be read") }
        return CallRecord(
            id: id,
            startedAt: WallTime(milliseconds: row["started_at"]),
            answeredAt: (row["answered_at"] as Int64?).map(WallTime.init),
            endedAt: (row["ended_at"] as Int64?).map(WallTime.init),
            caller: caller,
            callerDevice: device.flatMap(DeviceID.init(parsing:)),
            dialled: row["dialled"],
            callee: Participant(kind: row["callee_kind"], row["callee"]),
            forwardedBy: forwarders(row["forwarded_by"]),
            path: path(row["path"]),
            outcome: outcome,
            status: row["status"],
            control: (row["control"] as String?).flatMap(Control.init(rawValue:)),
            reason: row["reason"],
            callerProtection: try protection(row["caller_protection"]),
            calleeProtection: try protection(row["callee_protection"]),
            trunk: (row["trunk"] as String?).flatMap(TrunkName.init(parsing:)),
            charges: try ChargeText.read(row["charges"])
        )
    }

    /// Numbers with blanks between; `nil` for a call that nobody forwarded.
    private static func forwarders(_ record: CallRecord) -> String? {
        record.forwardedBy.isEmpty ? nil : record.forwardedBy.map(\.text).joined(separator: " ")
    }

    private static func forwarders(_ text: String?) -> [ExtensionNumber] {
        (text ?? "").split(separator: " ").compactMap(ExtensionNumber.init(parsing:))
    }

    /// Steps with commas between; `nil` for a call that rang where it was dialled.
    static func path(_ record: CallRecord) -> String? {
        record.path.isEmpty ? nil : record.path.map(\.text).joined(separator: ", ")
    }

    static func path(_ text: String?) -> [CallStep] {
        (text ?? "").split(separator: ", ").compactMap(CallStep.init(parsing:))
    }

    /// What legs to the outside cost that were reserved since then, in calls that may be over.
    static func charges(_ database: Database, since start: WallTime) throws -> [LegCharge] {
        try String.fetchAll(
            database,
            sql: "SELECT charges FROM call_records WHERE charges IS NOT NULL AND started_at >= ?",
            arguments: [start.milliseconds]
        ).flatMap { try ChargeText.read($0) }
    }

    /// The texts of protections that were written: there are few different ones, and making one costs more than its row.
    private static let texts = Mutex<[LegProtection: String]>([:])

    private static func json(_ protection: LegProtection?) throws -> String? {
        guard let protection else { return nil }
        if let text = texts.withLock({ $0[protection] }) { return text }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let text = String(decoding: try encoder.encode(protection), as: UTF8.self)
        texts.withLock { texts in
            if texts.count < Limits.rememberedTexts { texts[protection] = text }
        }
        return text
    }

    private static func protection(_ json: String?) throws -> LegProtection? {
        try json.map { try JSONDecoder().decode(LegProtection.self, from: Data($0.utf8)) }
    }
}

extension Participant {
    /// What tells the kinds of participants apart in the tables. Never changes once released.
    fileprivate var kind: String {
        switch self {
        case .extension: "extension"
        case .group: "group"
        case .service: "service"
        case .outside: "outside"
        case .system: "system"
        case .emergency: "emergency"
        }
    }

    /// `nil` where there is none, or it is not of that kind.
    fileprivate init?(kind: String?, _ text: String?) {
        guard let text, let participant = Participant(parsing: text), participant.kind == kind else { return nil }
        self = participant
    }
}

/// A text from outside, no longer than what is kept, and whole characters only.
func clipped(_ text: String) -> String {
    guard text.utf8.count > Limits.keptText else { return text }
    var end = text.startIndex
    var bytes = 0
    for index in text.indices {
        bytes += text[index].utf8.count
        guard bytes <= Limits.keptText else { break }
        end = text.index(after: index)
    }
    return String(text[..<end])
}
