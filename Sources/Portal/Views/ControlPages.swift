// SPDX-License-Identifier: Apache-2.0

import Admin
import Hummingbird
import Model
import Primitives
import Store

/// The rules, whether each holds, and the page that explains it.
enum ControlPages {
    static func list(_ asked: Routes.Asked) async throws -> Response {
        let visit = asked.visit
        let controls = try await visit.perform(ListControls())
        let proven = controls.count(where: \.isProven)
        return visit.page(
            "controls",
            title: "Controls",
            at: "/controls",
            [
                "sum":
                    "\(proven) of \(controls.count) rules proven. A rule counts only when somebody looked, or attacked it.",
                "controls": controls.map { row($0, at: visit.now) },
            ]
        )
    }

    static func show(_ asked: Routes.Asked) async throws -> Response {
        let visit = asked.visit
        let name = asked.parameters.get("name") ?? ""
        guard let report = try await visit.perform(ListControls()).first(where: { $0.control.rawValue == name }),
            let text = PortalFiles.controls[name]
        else { throw HTTPError(.notFound) }
        var values = row(report, at: visit.now)
        values["text"] = Markdown.html(of: String(decoding: text, as: UTF8.self))
        values["auditEvidence"] = report.lastAudit.map { Shown.text($0.evidence, most: 240) } ?? ""
        values["attackEvidence"] = report.lastAttack.map { Shown.text($0.evidence, most: 240) } ?? ""
        return visit.page("control", title: report.title, at: "/controls", values)
    }

    private static func row(_ report: ControlReport, at now: WallTime) -> Templates.Values {
        let (state, icon, style): (String, String, String) =
            switch report.state {
            case .fallsShort: ("Gap", "bad", "bad")
            case .excepted: ("Accepted risk", "flag", "")
            case .enforced where report.isProven: ("Proven", "check", "good")
            case .enforced: ("Not proven yet", "none", "")
            }
        let moment = { (proof: Proof?) in proof.map { Shown.age($0.at, at: now) } ?? "not yet" }
        return [
            "name": report.control.rawValue, "title": report.title, "state": state, "icon": icon, "class": style,
            "audit": moment(report.lastAudit), "attack": moment(report.lastAttack),
        ]
    }
}
