// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives
import Store

/// The rules and how much of them is proven, and the page that explains each.
enum ControlPages {
    static func list(_ asked: Routes.Asked) async throws -> Response {
        let visit = asked.visit
        let score = try await visit.perform(ShowScore())
        let controls = try await visit.perform(ListControls())
        let reports = Dictionary(controls.map { ($0.control, $0) }) { first, _ in first }
        let rows = score.items.map { item -> [Table.Cell] in
            let report = reports[item.control]
            let moment = { (proof: Proof?) in proof.map { Shown.age($0.at, at: visit.now) } ?? "not yet" }
            return [
                .link(item.title, "/controls/\(item.control.rawValue)", more: item.control.rawValue),
                .badge(
                    item.standing.tone,
                    item.standing.words,
                    icon: item.standing.icon,
                    more: item.openExceptions > 0 ? Shown.count(item.openExceptions, "exception", "exceptions") : nil
                ),
                .text("\(item.points)"), .text(moment(report?.lastAudit)), .text(moment(report?.lastAttack)),
            ]
        }
        let table = Table(
            "Controls and how each is proven",
            [.text("Rule"), .text("State"), .number("Points"), .text("Last look"), .text("Last attack")],
            rows
        )
        return visit.page(
            title: "Controls and score",
            at: "/controls",
            lede: "Points come from looks and attacks only, and go with their age.",
            actions: [("/proof", "Look or attack now")],
            [
                picture(score, steps(score, visit)), history(score, visit.now),
                .section("All rules", id: "rules", [.table(table)]),
            ]
        )
    }

    private static func picture(_ score: SecurityScore, _ steps: [Part]) -> Part {
        let proven = score.count(.proven)
        let sentence =
            score.isExposed
            ? "Exposed: somebody could come in. Until that is closed the score is 39 at most."
            : "\(proven) of \(score.items.count) rules are proven."
        return .score(
            score,
            [.note(score.isExposed ? .bad : score.unproven == 0 ? .good : .warn, sentence)] + steps
        )
    }

    /// The three that bring most.
    private static func steps(_ score: SecurityScore, _ visit: Visit) -> [Part] {
        var found: [(points: Int, text: String)] = []
        let gaps = score.items.filter { $0.standing == .gap }
        for gap in gaps.prefix(3) {
            found.append((1_000, "Close the gap: \(gap.title). What to do stands on its page."))
        }
        let missing = score.items.filter { $0.standing == .notProven || $0.standing == .old }
        if !missing.isEmpty {
            found.append((500, "Look at everything, one minute: \(missing.count) rules have no fresh proof."))
            found.append((400, "Attack yourself, five minutes: an attack proves more than a look."))
        }
        let accepted = score.items.filter { $0.standing == .accepted }
        if !accepted.isEmpty {
            found.append(
                (
                    100,
                    "End \(Shown.count(accepted.count, "accepted risk", "accepted risks")): they are on the page of exceptions."
                )
            )
        }
        let best = found.sorted { $0.points > $1.points }.prefix(3).map(\.text)
        return best.isEmpty ? [] : [.text("What brings most:"), .list(best, style: "")]
    }

    private static func history(_ score: SecurityScore, _ now: WallTime) -> Part {
        let values = score.history.map(\.value)
        let classes = values.indices.map { $0 == values.count - 1 ? "hi" : nil }
        let pickets = Pickets(values, width: 2, gap: 1, most: 100, classes: classes)
        let first = score.history.first.map { $0.at.day } ?? ""
        let rows = score.history.reversed().enumerated().filter { $0.offset % 7 == 0 }.map { _, day -> [Table.Cell] in
            [.text(day.at.day), .text("\(day.value)")]
        }
        return .section(
            "90 days",
            id: "history",
            [
                .chart(
                    pickets,
                    label:
                        "The score of each of the last 90 days, between \(values.min() ?? 0) and \(values.max() ?? 0) of 100",
                    first: first,
                    last: "today \(score.value)"
                ),
                .details(
                    "The same as a table, week by week",
                    [.table(Table("The score of each week", [.text("Day"), .number("Score")], rows))]
                ),
            ]
        )
    }

    static func show(_ asked: Routes.Asked) async throws -> Response {
        let visit = asked.visit
        let name = asked.parameters.get("name") ?? ""
        guard let report = try await visit.perform(ListControls()).first(where: { $0.control.rawValue == name }),
            let item = try await visit.perform(ShowScore()).items.first(where: { $0.control == report.control }),
            let text = PortalFiles.controls[name]
        else { throw HTTPError(.notFound) }
        let moment = { (proof: Proof?) in proof.map { Shown.age($0.at, at: visit.now) } ?? "not yet" }
        let evidence = { (proof: Proof?) in Part.given(proof.map { Shown.text($0.evidence, most: 240) }) }
        return visit.page(
            "control",
            title: report.title,
            at: "/controls",
            [
                "state": item.standing.words, "icon": item.standing.icon, "class": Part.given(item.standing.tone.style),
                "points": item.points,
                "audit": moment(report.lastAudit), "attack": moment(report.lastAttack),
                "auditEvidence": evidence(report.lastAudit), "attackEvidence": evidence(report.lastAttack),
                "text": Markdown.html(of: String(decoding: text, as: UTF8.self)),
            ]
        )
    }
}
