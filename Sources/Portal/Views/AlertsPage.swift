// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// What was noticed, the newest first: what people are told of at once, and everything else on demand.
enum AlertsPage {
    static func show(_ asked: Routes.Asked) async throws -> Response {
        let (visit, query) = (asked.visit, asked.query)
        let events = try await visit.perform(ListEvents(limit: Limits.countedEvents))
        let showsAll = query["show"] == "all"
        let found = events.filter { showsAll || $0.kind.traits.alarm != nil }
        let pager = Pager(found.count, page: query["page"])
        let rows = found[pager.range].map { event -> [Table.Cell] in
            let alarm = event.kind.traits.alarm
            return [
                .moment(event.at, more: event.count > 1 ? "\(event.count) times" : nil),
                .text(alarm?.title ?? event.kind.words, more: Shown.text(event.detail, most: 240)),
                alarm.map { .badge($0.severity.tone, $0.severity.words) } ?? .badge(.plain, "Refused", icon: "check"),
                .text(Shown.text(event.source.description), more: event.subject.map { Shown.text($0.description) }),
                .link(event.control.rawValue, "/controls/\(event.control.rawValue)"),
            ]
        }
        let table = Table(
            "What was noticed, the newest first",
            [.text("When"), .text("What"), .text("How much it matters"), .text("From, about"), .text("Rule")],
            rows
        )
        let form = FormPart(
            lookingAt: "/alerts",
            "Show",
            [
                .select(
                    "show",
                    "What",
                    value: query["show"],
                    [FormPart.Option("", "what people are told of"), .init("all", "everything that was noticed")]
                )
            ]
        )
        var parts: [Part] = [.form(form, visit)]
        if found.isEmpty {
            parts.append(.empty("Nothing was noticed.", "Attacks, unusual calls, new forwards and faults appear here."))
        } else {
            parts.append(.table(table))
            let show = showsAll ? "show=all&" : ""
            if let links = Part.pager(pager, { "/alerts?\(show)page=\($0)" }) { parts.append(links) }
        }
        let day = found.count { visit.now - $0.at < .seconds(86_400) }
        return visit.page(
            title: "Alerts",
            at: "/alerts",
            lede: "\(day) in the last 24 hours.",
            actions: visit.may(.seeAlerts) ? [(ChannelPages.root, "Who is told")] : [],
            parts
        )
    }
}

extension SecurityEventKind {
    /// For people, where nobody is alarmed: `weakMediaOffered` as it reads.
    fileprivate var words: String {
        let text = rawValue.map { $0.isUppercase ? " \($0.lowercased())" : "\($0)" }.joined()
        return text.prefix(1).uppercased() + text.dropFirst()
    }
}
