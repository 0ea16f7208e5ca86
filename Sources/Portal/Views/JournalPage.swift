// SPDX-License-Identifier: Apache-2.0

import Admin
import Hummingbird
import Model
import Primitives
import Store

/// What people did, and whether anybody altered what is written of it.
enum JournalPage {
    static func show(_ asked: Routes.Asked) async throws -> Response {
        let visit = asked.visit
        let before = Int64(asked.query["before"])
        let query = JournalQuery(limit: Limits.rows, before: before)
        let entries = try await visit.perform(ListJournal(query)).reversed()
        var values: Templates.Values = [
            "entries": entries.map { entry -> Templates.Values in
                [
                    "at": Shown.moment(entry.at), "sequence": entry.sequence, "actor": Shown.text(entry.actor),
                    "action": entry.action, "subject": Shown.text(entry.subject),
                    "detail": Shown.text(entry.detail, most: Limits.shownDetail),
                ]
            }
        ]
        if entries.count == Limits.rows, let last = entries.last { values["older"] = last.sequence }
        if asked.query["verify"] == "yes" { values["verified"] = verified(try await visit.perform(VerifyJournal())) }
        return visit.page("journal", title: "Journal", at: "/journal", values)
    }

    private static func verified(_ found: JournalVerification) -> Templates.Values {
        guard let first = found.firstWrong else {
            return [
                "class": "good", "icon": "check",
                "words": "Whole: \(found.entries) entries, none changed, none missing.",
                "more": "Its end, to note down elsewhere: \(found.head)",
            ]
        }
        return [
            "class": "bad", "icon": "bad", "words": "Altered at entry \(first).",
            "more": Shown.text(found.problem ?? "", most: 240),
        ]
    }
}
