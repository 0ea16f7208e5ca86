// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives
import Store

/// Looks at the controls and attacks on them: begins them, shows how far they are, and what came of them.
enum ProofPages {
    static func show(_ asked: Routes.Asked) async throws -> Response { try await page(asked.visit, nil) }

    private static func page(_ visit: Visit, _ refusal: Refusal?) async throws -> Response {
        let controls = try await visit.perform(ListControls())
        let runs = await visit.business.proofs.runs
        let isBusy = runs.values.contains(where: \.isRunning)
        var parts = [Part(markup: live(runs))]
        parts.append(
            .section(
                "Look at everything",
                id: "audit",
                [
                    .text(
                        "Looks at the running system: every rule, in a few seconds. Nothing is changed and nobody is called.",
                        style: "small soft"
                    ),
                    begin(visit, "/proof/audit", "Look now", RunAudit.rights, isBusy, id: "audit"),
                ]
            )
        )
        if visit.business.site.attack != nil {
            parts.append(
                .section(
                    "Attack ourselves",
                    id: "attack",
                    [
                        .text(
                            "Attacks this server over the network, as a stranger and from inside, for about five minutes. Calls in progress are not disturbed; extensions and an operator of the name “attack” come and go.",
                            style: "small soft"
                        ),
                        begin(visit, "/proof/attack", "Attack now", BeginAttack.rights, isBusy, id: "attack", [which]),
                    ]
                )
            )
        }
        parts.append(results(controls, at: visit.now))
        let last = { (proofs: [WallTime]) in proofs.max().map { Shown.age($0, at: visit.now) } ?? "never" }
        return visit.page(
            title: "Audit and attacks",
            at: "/proof",
            lede:
                "Last look \(last(controls.compactMap { $0.lastAudit?.at })), last attack \(last(controls.compactMap { $0.lastAttack?.at })).",
            refusal: refusal,
            stream: isBusy ? "/proof/stream" : nil,
            parts
        )
    }

    private static func begin(
        _ visit: Visit,
        _ action: String,
        _ verb: String,
        _ rights: [Right],
        _ isBusy: Bool,
        id: String,
        _ fields: [FormPart.Field] = []
    ) -> Part {
        guard rights.allSatisfy(visit.may) else { return .text("Your role is not for this.", style: "small soft") }
        guard !isBusy else { return .text("One is under way.", style: "small soft") }
        return .form(FormPart(action, verb, id: id, for: rights, fields), visit)
    }

    private static let which = FormPart.Field.select(
        "control",
        "What",
        [FormPart.Option("", "every rule, about five minutes")] + Control.allCases.map { .init($0.rawValue, $0.title) }
    )

    // MARK: What is under way

    static func live(_ runs: [ProofDesk.Kind: ProofDesk.Run]) -> String {
        let parts = [ProofDesk.Kind.audit, .attack].compactMap { kind in runs[kind].map { progress($0, kind) } }
        return Templates.render("live-proof", ["content": parts.map(\.html).joined()])
    }

    private static func progress(_ run: ProofDesk.Run, _ kind: ProofDesk.Kind) -> Part {
        let name = kind == .audit ? "The look" : "The attack"
        let began = "Begun by \(Shown.text(run.person)) at \(Shown.clock(run.since)) UTC"
        guard let end = run.end else {
            let last = run.lines.last.map {
                ["\(Shown.count(run.lines.count, "attack", "attacks")) so far. Last: \($0)"]
            }
            return .note(
                .info,
                "\(name) is under way.",
                [began] + (last ?? []) + ["You may leave this page, or load it again."]
            )
        }
        let tone: Tone = run.holds == true ? .good : .bad
        return Part(
            markup: [
                Part.note(
                    tone,
                    run.holds == true
                        ? "\(name) found nothing wrong." : "\(name) found something, or could not be made.",
                    ["\(began), ended at \(Shown.clock(end)) UTC."]
                ).html,
                Part.details("The whole report", [.preformatted(run.text, label: "Report")]).html,
            ].joined()
        )
    }

    static func stream(_ visit: Visit, to address: IPAddress) -> Response {
        LiveStream.response(visit, to: address, visit.business.proofPicture) {
            guard visit.may(.seeControls) else { return nil }
            let runs = await visit.business.proofs.runs
            return LiveStream.Parts(content: ["live-proof": live(runs)], frame: [:])
        }
    }

    private static func results(_ controls: [ControlReport], at now: WallTime) -> Part {
        let rows = controls.map { report -> [Table.Cell] in
            [
                .link(report.title, "/controls/\(report.control.rawValue)", more: report.control.rawValue),
                cell(report.lastAudit, at: now), cell(report.lastAttack, at: now),
            ]
        }
        let table = Table("The last proofs", [.text("Rule"), .text("Look"), .text("Attack")], rows)
        return .section("What is known", id: "known", [.table(table)])
    }

    private static func cell(_ proof: Proof?, at now: WallTime) -> Table.Cell {
        guard let proof else { return .badge(.plain, "Not yet") }
        return .badge(
            proof.passed ? .good : .bad,
            proof.passed ? "Held" : "Falls short",
            more: "\(Shown.age(proof.at, at: now))\(proof.passed ? "" : ": " + Shown.text(proof.evidence, most: 240))"
        )
    }

    // MARK: Beginning

    static func audit(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let visit = asked.visit
        if let refusal = await visit.prove(by: form, for: RunAudit.rights) { return try await page(visit, refusal) }
        guard RunAudit.rights.allSatisfy(visit.may) else { return try await refused(visit) }
        _ = await visit.business.proofs.begin(.audit, by: visit.session.name, at: visit.now) { _ in
            do throws(Refusal) {
                let summary = try await visit.perform(RunAudit())
                return AttackOutcome(holds: summary.holds, text: summary.text)
            } catch {
                return AttackOutcome(holds: false, text: "\(error)")
            }
        }
        return .going(to: "/proof")
    }

    /// The command says whether they may, in the words of the authoriser.
    private static func refused(_ visit: Visit) async throws -> Response {
        _ = try await visit.perform(RunAudit())
        return .going(to: "/proof")
    }

    static func attack(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let visit = asked.visit
        guard let attack = visit.business.site.attack else { return .going(to: "/proof") }
        let control = Control(rawValue: form["control"])
        // What is no control is not all of them.
        guard form["control"].isEmpty || control != nil else { return .going(to: "/proof") }
        return try await visit.carryOut(form, for: BeginAttack.rights) {
            try await page(visit, $0)
        } _: { () async throws(Refusal) in
            guard BeginAttack.rights.allSatisfy(visit.may) else {
                _ = try await visit.perform(BeginAttack(control))
                return .going(to: "/proof")
            }
            _ = await visit.business.proofs.begin(.attack, by: visit.session.name, at: visit.now) { progress in
                do throws(Refusal) {
                    // Written down only where none is under way.
                    _ = try await visit.perform(BeginAttack(control))
                } catch {
                    return AttackOutcome(holds: false, text: "\(error)")
                }
                return await attack(control, progress)
            }
            return .going(to: "/proof")
        }
    }
}
