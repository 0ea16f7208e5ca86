// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model

/// How backups are made: one row, or none.
enum BackupTable {
    static func load(_ database: Database, _ seal: Seal) throws -> BackupSettings? {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM backups") else { return nil }
        let (key, proof): (Data, Data) = (row["recipient"], row["proof"])
        guard let recipient = BackupRecipient(key: Array(key), proof: try seal.open(proof: Array(proof))) else {
            throw StoreError.damaged("the key of backups has not 32 bytes")
        }
        return BackupSettings(recipient: recipient, folder: row["folder"], count: row["count"])
    }

    static func keep(_ value: BackupSettings?, _ database: Database, _ seal: Seal) throws {
        try database.execute(sql: "DELETE FROM backups")
        guard let value else { return }
        let proof = try seal.lock(proof: value.recipient.proof)
        try database.execute(
            sql: "INSERT INTO backups (id, recipient, proof, folder, count) VALUES (1, ?, ?, ?, ?)",
            arguments: [Data(value.recipient.key), Data(proof), value.folder, value.count]
        )
    }
}
