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
        if figures.lost > 0 { troubles.append("\(figures.lost) are lost") }
        let refused = figures.refused > 0 ? "; calls not answered for want of a record: \(figures.refused)" : ""
        self.init(
            "call-records",
            of: "call records",
            isWell: troubles.isEmpty,
            finding: (troubles.isEmpty ? "every one was written" : troubles.joined(separator: "; ")) + refused,
            remedy: troubles.isEmpty
                ? nil : "look at the disk of the data directory before you stop the server: df -h, and its log"
        )
    }
}

extension Logger {
    /// One line for each change.
    func tell(_ condition: RecordCondition) {
        switch condition {
        case .failing(let error):
            self.error(
                "the database does not take what is written, so no call is answered; ends of calls are kept and tried again: \(error)"
            )
        case .recovered(let count):
            notice("the database takes what is written again; call records that had waited for it: \(count)")
        case .lost(let count, let error):
            self.error("\(count) call records are lost, because the server ends: \(error)")
        }
    }
}
