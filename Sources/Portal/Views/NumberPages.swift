// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// The numbers that providers gave the business, and who gets their calls.
enum NumberPages {
    private static let here = "/numbers"

    static func list(_ asked: Routes.Asked) async throws -> Response {
        try await page(asked.visit, Form(parsing: ""), nil)
    }

    private static func page(_ visit: Visit, _ typed: Form, _ refusal: Refusal?) async throws -> Response {
        let owned = try await visit.perform(ListNumbers())
        let mayChange = visit.may(.changeNumbers)
        let rows = owned.numbers.map { number -> [Table.Cell] in
            let address = "\(here)/\(number.number.digits)"
            return [
                mayChange ? .link(number.number.text, address) : .text(number.number.text),
                .text(number.destination?.words ?? "nobody: calls only show it"),
                .text(number.closed?.words ?? "the same"), .text(number.trunk?.text ?? "any line"),
            ]
        }
        var parts: [Part] = []
        if rows.isEmpty {
            parts.append(
                .empty(
                    "The business has no number yet.",
                    "A provider gives it numbers. Say here which they are, and who gets their calls."
                )
            )
        } else {
            let columns = [
                Table.Column.text("Number"), .text("Who gets its calls"), .text("While closed"), .text("Line"),
            ]
            parts.append(.table(Table("Numbers of the business", columns, rows)))
        }
        if mayChange { parts.append(new(typed, visit)) }
        return visit.page(
            title: "Numbers",
            at: here,
            lede: "Whoever calls one of them reaches people of the business, and nobody else.",
            refusal: refusal,
            parts
        )
    }

    private static func new(_ typed: Form, _ visit: Visit) -> Part {
        let number = FormPart.Field.text(
            "number",
            "Number",
            hint: "With its country, such as +493012345678",
            value: Shown.text(typed["number"]),
            inputmode: "tel",
            most: 20
        )
        let form = FormPart(
            "\(here)/add",
            "Add it",
            id: "new",
            for: AddNumber.rights,
            [number] + ends(typed, nil, visit)
        )
        return .section(
            "Add a number",
            id: "new",
            [.details("A number", isOpen: !typed["number"].isEmpty, [.form(form, visit)])]
        )
    }

    /// Who gets its calls, and who while the business is closed.
    private static func ends(_ typed: Form, _ number: OwnedNumber?, _ visit: Visit) -> [FormPart.Field] {
        let hint = "An extension, such as 101, or a group, such as group sales"
        return [
            .text(
                "to",
                "Who gets its calls",
                hint: hint + "; empty for nobody",
                value: Shown.text(typed.optional("to") ?? number?.destination?.text ?? ""),
                isRequired: false,
                most: 40
            ),
            .text(
                "closed",
                "Who while the business is closed",
                hint: "Empty for the same",
                value: Shown.text(typed.optional("closed") ?? number?.closed?.text ?? ""),
                isRequired: false,
                most: 40
            ),
        ]
    }

    static func add(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let command = AddNumber(
            number: form["number"],
            destination: form.optional("to"),
            closed: form.optional("closed")
        )
        return try await asked.visit.carryOut(form, for: AddNumber.rights) {
            try await page(asked.visit, form, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(command)
            return .going(to: here)
        }
    }

    // MARK: One number

    static func show(_ asked: Routes.Asked) async throws -> Response { try await one(asked, Form(parsing: ""), nil) }

    private static func one(_ asked: Routes.Asked, _ typed: Form, _ refusal: Refusal?) async throws -> Response {
        let visit = asked.visit
        let digits = asked.parameters.get("number") ?? ""
        guard let number = try await visit.perform(ListNumbers()).numbers.first(where: { $0.number.digits == digits })
        else {
            return .going(to: here)
        }
        let address = "\(here)/\(digits)"
        let route = FormPart(address, "Change it", id: "route", for: RouteNumber.rights, ends(typed, number, visit))
        let removal = FormPart(
            address + "/remove",
            "Remove it",
            id: "remove",
            for: RemoveNumber.rights,
            tone: .bad,
            button: "danger sure",
            []
        )
        var parts: [Part] = []
        if visit.may(.changeNumbers) {
            parts = [
                .section("Who gets its calls", id: "route", [.form(route, visit)]),
                .section(
                    "When it is not yours any more",
                    id: "remove",
                    [
                        .text("Nobody is reached by it then, and no call shows it.", style: "small soft"),
                        .form(removal, visit),
                    ]
                ),
            ]
        }
        return visit.page(
            title: number.number.text,
            at: here,
            lede: "Added \(Shown.moment(number.createdAt)) UTC.",
            crumb: (here, "Numbers"),
            refusal: refusal,
            parts
        )
    }

    static func route(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let command = RouteNumber(
            number: "+" + (asked.parameters.get("number") ?? ""),
            destination: form.optional("to"),
            closed: form.optional("closed")
        )
        return try await asked.visit.carryOut(form, for: RouteNumber.rights) {
            try await one(asked, form, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(command)
            return .going(to: here)
        }
    }

    static func remove(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let command = RemoveNumber(number: "+" + (asked.parameters.get("number") ?? ""))
        return try await asked.visit.carryOut(form, for: RemoveNumber.rights) {
            try await one(asked, form, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(command)
            return .going(to: here)
        }
    }
}
