// SPDX-License-Identifier: Apache-2.0

import Admin
import Logging
import Model
import Store

extension Finding {
    /// Whether records of calls reach the disk.
    init(_ figures: RecordFigures) {
        var troubles: [String] = []
        if figures.late > Limits.lateRecords { troubles.append("nothing was written for \(figures.late) s") }
        if figures.unwritten > 0 {
            troubles.append("\(figures.unwritten) wait in memory, because the disk does not take them")
        } else if figures.isFailing {
            troubles.append("the disk did not take some, and has not been well for long")
        }
        if figures.unfilled > 0 {
            troubles.append("\(figures.unfilled) are in records.log only, because the database does not take them")
        }
        if figures.lost > 0 { troubles.append("\(figures.lost) are lost") }
        let refused =
            figures.refused > 0 ? "; calls that were decided before their record was written: \(figures.refused)" : ""
        self.init(
            "call-records",
            of: "call records",
            isWell: troubles.isEmpty,
            finding: (troubles.isEmpty ? "every one was written" : troubles.joined(separator: "; ")) + refused,
            remedy: troubles.isEmpty
                ? nil : "look at the disk of the data directory before you stop the server: df -h, and its log",
            dependsOn: ["disk-space"]
        )
    }
}

extension Finding {
    /// Whether everything was there when the database was opened.
    init(missing shortcomings: [String]) {
        self.init(
            "database",
            of: "database",
            isWell: shortcomings.isEmpty,
            finding: shortcomings.isEmpty ? "was whole at the start" : shortcomings.joined(separator: "; "),
            remedy: shortcomings.isEmpty
                ? nil
                : "compare it with the last backup: ringfence backup verify FILE"
        )
    }
}

extension Logger {
    /// One line for each change.
    func tell(_ condition: RecordCondition) {
        switch condition {
        case .failing(let error):
            self.error(
                "the disk does not take call records, which are kept in memory and tried again; calls inside go on: \(error)"
            )
        case .recovered(let count):
            notice("the disk takes call records again; those that had waited for it: \(count)")
        case .notFilled(let error):
            self.error("the database does not take call records, which stay in records.log until it does: \(error)")
        case .filled: notice("the database has every call record that was in records.log")
        case .lost(let count, let error):
            self.error("\(count) call records are lost, because the server ends: \(error)")
        }
    }
}
