// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// What programs may do here, and until when.
enum TokenPages {
    static func show(_ asked: Routes.Asked) async throws -> Response {
        try await page(asked.visit, Form(parsing: ""), nil)
    }

    private static func page(_ visit: Visit, _ typed: Form, _ refusal: Refusal?) async throws -> Response {
        let tokens = try await visit.perform(ListTokens())
        let mayAppoint = visit.may(.appointOperators)
        var parts: [Part] = []
        if tokens.isEmpty {
            parts.append(
                .empty(
                    "No program is let in.",
                    "A wallboard or a monitor works here by a token: it has a role, an end, and a name in the journal."
                )
            )
        } else {
            parts.append(.table(table(tokens, visit, mayAppoint: mayAppoint)))
        }
        if mayAppoint { parts.append(new(visit, typed)) }
        return visit.page(
            title: "Programs",
            at: "/tokens",
            lede: "What each may is in the description of the API: /api/v1/openapi.json",
            refusal: refusal,
            parts
        )
    }

    private static func table(_ tokens: [TokenReport], _ visit: Visit, mayAppoint: Bool) -> Table {
        let rows = tokens.map { token -> [Table.Cell] in
            let revoke = Table.Button(
                verb: "Revoke",
                object: token.name.text,
                address: "/tokens/\(PathText.encoded(token.name.text))/revoke",
                isDangerous: true
            )
            return [
                .text(token.name.text, more: "as \(token.role)"),
                .text(
                    token.commands.isEmpty
                        ? "what its role may, but nothing dangerous" : token.commands.joined(separator: ", ")
                ),
                .moment(token.since, more: "by \(Shown.text(token.issuedBy))"),
                visit.now < token.until
                    ? .moment(token.until)
                    : .badge(.plain, "Over", icon: "check", more: "\(Shown.moment(token.until)) UTC"),
                .buttons(mayAppoint ? [revoke] : []),
            ]
        }
        return Table(
            "Programs that are let in",
            [.text("Program"), .text("May do"), .text("Since"), .text("Until"), .buttons("Revoke")],
            rows
        )
    }

    private static func new(_ visit: Visit, _ typed: Form) -> Part {
        let roles = [
            ("auditor", "auditor: looks at everything and changes nothing"),
            ("front-desk", "front-desk: who is there and who talks"),
            ("billing", "billing: who called whom, for the bill"),
            ("administrator", "administrator: the daily work"),
            ("security", "security: what is allowed and what it may cost"),
        ]
        let form = FormPart(
            "/tokens/issue",
            "Make the token",
            id: "new",
            for: IssueToken.rights,
            [
                .text(
                    "name",
                    "Name of the program",
                    hint: "Letters, digits and hyphens, such as wallboard",
                    value: Shown.text(typed["name"]),
                    most: 32
                ),
                .select(
                    "role",
                    "Role",
                    hint: "The smallest that works",
                    value: typed["role"],
                    roles.map { FormPart.Option($0, $1) }
                ),
                .select(
                    "days",
                    "For how long",
                    value: typed.optional("days") ?? "90",
                    [
                        FormPart.Option("7", "a week"), .init("30", "30 days"), .init("90", "90 days"),
                        .init("366", "a year"),
                    ]
                ),
                .area(
                    "only",
                    "Only these commands",
                    hint: "A line for each, such as call.list; empty for what its role may, but nothing dangerous",
                    value: typed["only"],
                    most: 2_000
                ),
            ]
        )
        return .section("Let a program in", id: "new", [.form(form, visit)])
    }

    static func issue(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let visit = asked.visit
        return try await visit.carryOut(form, for: IssueToken.rights) {
            try await page(visit, form, $0)
        } _: { () async throws(Refusal) in
            guard let role = Role(parsing: form["role"]) else { throw .noTokenRole }
            let commands = form["only"].split { $0.isWhitespace || $0 == "," }.map(String.init)
            let command = IssueToken(name: form["name"], role: role, days: Int(form["days"]) ?? 0, commands: commands)
            return shown(try await visit.perform(command), visit)
        }
    }

    private static func shown(_ issued: IssuedToken, _ visit: Visit) -> Response {
        visit.page(
            title: "The token of \(issued.report.name)",
            at: "/tokens",
            lede: "It is shown this once, and is good until \(Shown.moment(issued.report.until)) UTC.",
            crumb: ("/tokens", "Programs"),
            [
                .once(Redacted(issued.token), id: "token"),
                .text("Put it where only that program can read it. It stands in each of its requests:"),
                .preformatted("Authorization: Bearer …", label: "Header field of a request"),
                .link("/tokens", "Done"),
            ]
        )
    }

    static func confirmRevocation(_ asked: Routes.Asked) async throws -> Response { askRevocation(asked, nil) }

    private static func askRevocation(_ asked: Routes.Asked, _ refusal: Refusal?) -> Response {
        let name = PathText.decoded(asked.parameters.get("name") ?? "")
        let form = FormPart(
            "/tokens/\(PathText.encoded(name))/revoke",
            "Revoke it",
            id: "revoke",
            for: RevokeToken.rights,
            heading: "Revoke the token of \(Shown.text(name))?",
            tone: .bad,
            button: "danger sure",
            back: ("/tokens", "Leave it"),
            []
        )
        return asked.visit.page(
            title: "Revoke a token",
            at: "/tokens",
            crumb: ("/tokens", "Programs"),
            refusal: refusal,
            [.form(form, asked.visit), .text("It is good for nothing from that moment on.", style: "soft")]
        )
    }

    static func revoke(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let command = RevokeToken(name: PathText.decoded(asked.parameters.get("name") ?? ""))
        return try await asked.visit.carryOut(form, for: RevokeToken.rights) {
            askRevocation(asked, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(command)
            return .going(to: "/tokens")
        }
    }
}

extension Refusal {
    fileprivate static let noTokenRole = Self(
        .roles,
        problem: "No token was made.",
        reason: "a program works in a role, and none was chosen",
        remedy: "choose the smallest that works"
    )
}
