// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives

/// What operators sign in with, as rows.
enum SignInTable {
    static func signIn(of name: String, _ database: Database, _ seal: Seal) throws -> SignIn? {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM sign_ins WHERE name = ?", arguments: [name])
        else { return nil }
        let codes = try Data.fetchAll(
            database,
            sql: "SELECT hash FROM recovery_codes WHERE name = ?",
            arguments: [name]
        )
        let secret: Data = row["secret"]
        return SignIn(
            name: name,
            password: Redacted(row["password"]),
            secret: try seal.open(Array(secret), of: name),
            recoveryCodes: codes.map(Array.init),
            since: WallTime(milliseconds: row["since"])
        )
    }

    static func names(_ database: Database) throws -> Set<String> {
        Set(try String.fetchAll(database, sql: "SELECT name FROM sign_ins"))
    }

    static func put(_ invitation: Invitation, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM invitations WHERE name = ?", arguments: [invitation.name])
        try database.execute(
            sql: "INSERT INTO invitations (token, name, since, until, maker) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                Data(invitation.token), invitation.name, invitation.from.milliseconds, invitation.until.milliseconds,
                invitation.maker,
            ]
        )
    }

    static func invitation(_ token: [UInt8], _ database: Database) throws -> Invitation? {
        try Row.fetchOne(database, sql: "SELECT * FROM invitations WHERE token = ?", arguments: [Data(token)]).map {
            invitation($0)
        }
    }

    static func invitations(_ database: Database) throws -> [Invitation] {
        try Row.fetchAll(database, sql: "SELECT * FROM invitations ORDER BY name").map(invitation)
    }

    private static func invitation(_ row: Row) -> Invitation {
        let token: Data = row["token"]
        return Invitation(
            name: row["name"],
            token: Array(token),
            from: WallTime(milliseconds: row["since"]),
            until: WallTime(milliseconds: row["until"]),
            by: row["maker"]
        )
    }

    /// - Returns: `false` when there is none.
    static func withdraw(invitationOf name: String, _ database: Database) throws -> Bool {
        try database.execute(sql: "DELETE FROM invitations WHERE name = ?", arguments: [name])
        return database.changesCount == 1
    }

    /// - Returns: `false` when there is no such invitation.
    static func accept(
        _ token: [UInt8],
        _ value: SignIn,
        step: Int64,
        _ database: Database,
        _ seal: Seal
    ) throws -> Bool {
        try database.execute(
            sql: "DELETE FROM invitations WHERE token = ? AND name = ?",
            arguments: [Data(token), value.name]
        )
        guard database.changesCount == 1 else { return false }
        try PasskeyTable.removeAll(of: value.name, database)
        for table in ["sign_ins", "recovery_codes", "portal_sessions", "known_browsers"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE name = ?", arguments: [value.name])
        }
        try database.execute(
            sql: "INSERT INTO sign_ins (name, password, secret, last_step, since) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                value.name, value.password.reveal { copy $0 }, Data(try seal.lock(value.secret, of: value.name)), step,
                value.since.milliseconds,
            ]
        )
        for hash in value.recoveryCodes {
            try database.execute(
                sql: "INSERT INTO recovery_codes (hash, name) VALUES (?, ?)",
                arguments: [Data(hash), value.name]
            )
        }
        return true
    }

    static func use(step: Int64, of name: String, _ database: Database) throws -> Bool {
        try database.execute(
            sql: "UPDATE sign_ins SET last_step = ? WHERE name = ? AND last_step < ?",
            arguments: [step, name, step]
        )
        return database.changesCount == 1
    }

    static func use(recoveryCode hash: [UInt8], of name: String, _ database: Database) throws -> Bool {
        try database.execute(
            sql: "DELETE FROM recovery_codes WHERE hash = ? AND name = ?",
            arguments: [Data(hash), name]
        )
        return database.changesCount == 1
    }

    static func know(browser token: [UInt8], of name: String, until end: WallTime, _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO known_browsers (token, name, until) VALUES (?, ?, ?)",
            arguments: [Data(token), name, end.milliseconds]
        )
        try database.execute(
            sql: """
                DELETE FROM known_browsers WHERE name = ? AND token NOT IN
                    (SELECT token FROM known_browsers WHERE name = ? ORDER BY until DESC LIMIT ?)
                """,
            arguments: [name, name, Limits.knownBrowsers]
        )
    }

    static func knows(browser token: [UInt8], of name: String, at now: WallTime, _ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: "SELECT EXISTS (SELECT 1 FROM known_browsers WHERE token = ? AND name = ? AND until > ?)",
            arguments: [Data(token), name, now.milliseconds]
        ) ?? false
    }

    static func prune(at now: WallTime, _ database: Database) throws {
        for table in ["invitations", "known_browsers"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE until <= ?", arguments: [now.milliseconds])
        }
    }
}
