// SPDX-License-Identifier: Apache-2.0

import GRDB
import Model
import Primitives

/// The last run of each job as rows.
enum JobTable {
    static func put(_ run: JobRun, _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO jobs (name, started_at, ended_at, failure, failures) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                run.job, run.startedAt.milliseconds, run.endedAt?.milliseconds, run.failure.map(clipped), run.failures,
            ]
        )
    }

    static func list(_ database: Database) throws -> [JobRun] {
        try Row.fetchAll(database, sql: "SELECT * FROM jobs ORDER BY name").map { row in
            JobRun(
                job: row["name"],
                startedAt: WallTime(milliseconds: row["started_at"]),
                endedAt: (row["ended_at"] as Int64?).map(WallTime.init),
                failure: row["failure"],
                failures: row["failures"]
            )
        }
    }
}
