// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// What people were told, the newest first; and everything that was noticed, on demand.
enum AlertsPage {
    static func show(_ asked: Routes.Asked) async throws -> Response {
        let (visit, query) = (asked.visit, asked.query)
        let showsAll = query["show"] == "all"
        let list = showsAll ? try await noticed(visit) : try await told(visit)
        let pager = Pager(list.rows.count, page: query["page"])
        let form = FormPart(
            lookingAt: "/alerts",
            "Show",
            [
                .select(
                    "show",
                    "What",
                    value: query["show"],
                    [FormPart.Option("", "what people were told"), .init("all", "everything that was noticed")]
                )
            ]
        )
        var parts: [Part] = [.form(form, visit)]
        if list.rows.isEmpty {
            parts.append(.empty(list.none, "Attacks, unusual calls, new forwards and faults appear here."))
        } else {
            parts.append(.table(Table(list.caption, list.columns, Array(list.rows[pager.range]))))
            let show = showsAll ? "show=all&" : ""
            if let links = Part.pager(pager, { "/alerts?\(show)page=\($0)" }) { parts.append(links) }
        }
        return visit.page(
            title: "Alerts",
            at: "/alerts",
            lede: "\(list.ofToday) in the last 24 hours, of the newest \(Limits.shownAlerts) at most.",
            actions: visit.may(.seeAlerts) ? [(ChannelPages.root, "Who is told")] : [],
            parts
        )
    }

    private struct List {
        let caption: String
        /// What is said where it is empty.
        let none: String
        let columns: [Table.Column]
        let rows: [[Table.Cell]]
        let ofToday: Int
    }

    /// The same that mails and webhooks say.
    private static func told(_ visit: Visit) async throws -> List {
        let alerts = try await visit.perform(ListAlerts(limit: Limits.shownAlerts))
        let rows = alerts.map { alert -> [Table.Cell] in
            let finding = alert.finding
            return [
                .moment(alert.at),
                .text(
                    Shown.text(finding.title, most: 160),
                    more: Part.given(Shown.text(finding.evidence, most: 400)) as? String
                ),
                .badge(finding.severity.tone, finding.severity.words),
                .text(Shown.text(finding.remedy, most: 240)), rule(finding.control),
            ]
        }
        return List(
            caption: "What people were told, the newest first",
            none: "Nobody was told anything yet.",
            columns: [
                .text("When"), .text("What"), .text("How much it matters"), .text("What to do"), .text("Rule"),
            ],
            rows: rows,
            ofToday: alerts.count { visit.now - $0.at < .seconds(86_400) }
        )
    }

    private static func noticed(_ visit: Visit) async throws -> List {
        let events = try await visit.perform(ListEvents(limit: Limits.shownAlerts))
        let rows = events.map { event -> [Table.Cell] in
            let alarm = event.kind.traits.alarm
            return [
                .moment(event.at, more: event.count > 1 ? "\(event.count) times" : nil),
                .text(alarm?.title ?? event.kind.words, more: Shown.text(event.detail, most: 240)),
                alarm.map { .badge($0.severity.tone, $0.severity.words) } ?? .badge(.plain, "Noted", icon: "check"),
                .text(Shown.text(event.source.description), more: event.subject.map { Shown.text($0.description) }),
                rule(event.control),
            ]
        }
        return List(
            caption: "What was noticed, the newest first",
            none: "Nothing was noticed.",
            columns: [
                .text("When"), .text("What"), .text("How much it matters"), .text("From, about"), .text("Rule"),
            ],
            rows: rows,
            ofToday: events.count { visit.now - $0.at < .seconds(86_400) }
        )
    }

    private static func rule(_ control: Control?) -> Table.Cell {
        control.map { .link($0.rawValue, "/controls/\($0.rawValue)") } ?? .text("")
    }
}

extension SecurityEventKind {
    /// For people, where nobody is alarmed: `weakMediaOffered` as it reads.
    fileprivate var words: String {
        let text = rawValue.map { $0.isUppercase ? " \($0.lowercased())" : "\($0)" }.joined()
        return text.prefix(1).uppercased() + text.dropFirst()
    }
}
