// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// Who is shut out, why, and until when.
enum BlockedPage {
    static func show(_ asked: Routes.Asked) async throws -> Response { try await page(asked, Form(parsing: ""), nil) }

    private static func page(_ asked: Routes.Asked, _ typed: Form, _ refusal: Refusal?) async throws -> Response {
        let visit = asked.visit
        let bans = try await visit.perform(ListBans())
        let mayLift = visit.may(.letIn)
        let pager = Pager(bans.count, page: asked.query["page"])
        let rows = bans[pager.range].map { ban -> [Table.Cell] in
            let lift = Table.Button(
                verb: "Let in again",
                object: ban.source.description,
                address: "/blocked/lift?source=\(PathText.encoded(ban.source.description))"
            )
            return [
                .text(
                    ban.source.description,
                    more: ban.repetition > 1 ? "\(ban.repetition) times in a row" : nil
                ),
                .text(ban.reason.words, more: Shown.text(ban.evidence, most: 160)),
                .moment(ban.since, more: "by \(Shown.text(ban.actor))"),
                .moment(ban.until), .buttons(mayLift ? [lift] : []),
            ]
        }
        var parts = [me(asked, bans)]
        if bans.isEmpty {
            parts.append(
                .empty(
                    "Nobody is shut out.",
                    "Whoever scans or guesses appears here by itself, and is let in again by itself."
                )
            )
        } else {
            let table = Table(
                "Addresses that are shut out",
                [.text("Address"), .text("Why"), .text("Since"), .text("Until"), .buttons("Let in")],
                rows
            )
            parts.append(.table(table))
            if let links = Part.pager(pager, { "/blocked?page=\($0)" }) { parts.append(links) }
        }
        if visit.may(.shutOut) { parts.append(add(visit, typed)) }
        return visit.page(
            title: "Blocked sources",
            at: "/blocked",
            lede:
                "\(Shown.count(bans.count, "address is", "addresses are")) shut out at this moment. Calls for help are heard from everywhere.",
            refusal: refusal,
            parts
        )
    }

    /// For whoever cannot reach the phones from where they sit.
    private static func me(_ asked: Routes.Asked, _ bans: [Ban]) -> Part {
        guard let address = asked.address else { return .text("") }
        let own = bans.first { $0.source == BanSource(address) }
        let typed = asked.query.optional("address")
        var parts: [Part] = [
            own.map {
                .note(
                    .bad,
                    "Your own address, \(address), is shut out for phones.",
                    ["\($0.reason.words), so until \(Shown.moment($0.until)) UTC."]
                )
            } ?? .note(.good, "You come from \(address), which is not shut out.")
        ]
        if let typed {
            if let source = BanSource(parsing: typed) {
                let ban = bans.first { $0.source == source }
                parts.append(
                    .note(
                        ban == nil ? .good : .warn,
                        ban == nil ? "\(source) is not shut out." : "\(source) is shut out.",
                        ban.map {
                            [
                                "\($0.reason.words): \(Shown.text($0.evidence, most: 160))",
                                "Until \(Shown.moment($0.until)) UTC",
                            ]
                        } ?? []
                    )
                )
            } else {
                parts.append(.note(.warn, "\(Shown.text(typed)) is no address."))
            }
        }
        parts.append(
            .form(
                FormPart(
                    lookingAt: "/blocked",
                    "Look",
                    [
                        .text(
                            "address",
                            "Another address, such as the one of a home office",
                            value: Shown.text(typed ?? ""),
                            isRequired: false
                        )
                    ]
                ),
                asked.visit
            )
        )
        return .section("Is this me?", id: "me", parts)
    }

    private static func add(_ visit: Visit, _ typed: Form) -> Part {
        let form = FormPart(
            "/blocked/add",
            "Shut it out",
            id: "add",
            for: AddBan.rights,
            button: "danger",
            [
                .text(
                    "source",
                    "Address",
                    hint: "Such as 203.0.113.7 or 2001:db8:1:2::/64",
                    value: Shown.text(typed["source"])
                ),
                .text(
                    "reason",
                    "Why",
                    hint: "One sentence for whoever reads the journal",
                    value: Shown.text(typed["reason"]),
                    most: 160
                ),
                .select(
                    "hours",
                    "For how long",
                    value: typed["hours"],
                    [
                        FormPart.Option("1", "one hour"), .init("24", "a day"), .init("168", "a week"),
                        .init("720", "30 days"),
                    ]
                ),
            ]
        )
        return .section(
            "Shut somebody out",
            id: "add",
            [.details("An address", isOpen: !typed["source"].isEmpty, [.form(form, visit)])]
        )
    }

    static func add(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let command = AddBan(source: form["source"], reason: form["reason"], hours: Int(form["hours"]) ?? 0)
        return try await asked.visit.carryOut(form, for: AddBan.rights) {
            try await page(asked, form, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(command)
            return .going(to: "/blocked")
        }
    }

    static func confirmLift(_ asked: Routes.Asked) async throws -> Response {
        try await confirmLift(asked, asked.query["source"], nil)
    }

    private static func confirmLift(
        _ asked: Routes.Asked,
        _ source: String,
        _ refusal: Refusal?
    ) async throws -> Response {
        let visit = asked.visit
        guard let ban = try await visit.perform(ListBans()).first(where: { $0.source.description == source }) else {
            return .going(to: "/blocked")
        }
        let form = FormPart(
            "/blocked/lift",
            "Let it in again",
            id: "lift",
            for: RemoveBan.rights,
            heading: "Let \(ban.source) in again?",
            tone: .info,
            hidden: [("source", source)],
            back: ("/blocked", "Leave it out"),
            []
        )
        return visit.page(
            title: "Let somebody in again",
            at: "/blocked",
            crumb: ("/blocked", "Blocked sources"),
            refusal: refusal,
            [
                .facts([
                    Part.Fact("Why it is out", ban.reason.words, more: Shown.text(ban.evidence, most: 240)),
                    Part.Fact("Until", "\(Shown.moment(ban.until)) UTC"),
                ]),
                .form(form, visit),
            ]
        )
    }

    static func lift(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let source = form["source"]
        return try await asked.visit.carryOut(form, for: RemoveBan.rights) {
            try await confirmLift(asked, source, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(RemoveBan(source: source))
            return .going(to: "/blocked")
        }
    }
}

extension Ban.Reason {
    fileprivate var words: String {
        switch self {
        case .guessing: "Guessed at passwords"
        case .scanning: "Looked for a way in"
        case .malformed: "Sent what is no call"
        case .forging: "Claimed to be somebody else"
        case .flooding: "Sent too much"
        case .decision: "Somebody decided it"
        }
    }
}
