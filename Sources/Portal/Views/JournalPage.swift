// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import HTTPTypes
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

    /// All of it as a table for spreadsheets, the newest entry first. It is read in pieces while it is sent, each as this person may at
    /// that moment; where one cannot be read, the connection ends and the browser says that the file is not whole.
    static func export(_ asked: Routes.Asked) async throws -> Response {
        let visit = asked.visit
        // Here, so that whoever may not gets a page and no file.
        let newest = try await visit.perform(ListJournal(piece(before: nil)))
        let body = ResponseBody { writer in
            let heading = ["entry", "time", "who", "did", "to", "detail", "hash"]
            try await writer.write(ByteBuffer(string: SheetCell.line(heading) + "\r\n"))
            var entries = newest
            while let oldest = entries.first {
                try await writer.write(ByteBuffer(string: entries.reversed().map(line).joined()))
                if entries.count < Limits.exportedRows { break }
                guard await visit.business.holds(visit.session) else { throw SignedOut() }
                entries = try await visit.perform(ListJournal(piece(before: oldest.sequence)))
            }
            try await writer.finish(nil)
        }
        let name = "journal-\(visit.business.name)-\(Shown.moment(visit.now).prefix(10)).csv"
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8", .contentDisposition: "attachment; filename=\"\(name)\"",
            ],
            body: body
        )
    }

    private struct SignedOut: Error {}

    private static func piece(before: Int64?) -> JournalQuery {
        JournalQuery(limit: Limits.exportedRows, before: before, includesSystem: true)
    }

    private static func line(_ entry: JournalEntry) -> String {
        SheetCell.line([
            "\(entry.sequence)", entry.at.description, entry.actor, entry.action, entry.subject, entry.detail,
            entry.hash,
        ]) + "\r\n"
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
