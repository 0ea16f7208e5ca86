// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// Who gets calls together, and when the business is open.
enum GroupPages {
    static func show(_ asked: Routes.Asked) async throws -> Response {
        try await page(asked.visit, Form(parsing: ""), nil)
    }

    private static func page(_ visit: Visit, _ typed: Form, _ refusal: Refusal?) async throws -> Response {
        let groups = try await visit.perform(ListGroups())
        let mayChange = visit.may(.changeNumbers)
        let rows = groups.map { group -> [Table.Cell] in
            let members = group.members.map { number in
                "\(number)\(group.away.contains(number) ? " (away)" : "")"
            }
            return [
                .link(group.name.text, "/groups/\(group.name.text)", more: group.number.map { "dial \($0)" }),
                .text(group.order.words, more: "\(group.seconds) s"),
                .text(members.isEmpty ? "nobody yet" : members.joined(separator: ", ")),
                .text(group.fallback.map(\.text) ?? "nobody"),
            ]
        }
        var parts: [Part] = []
        if groups.isEmpty {
            parts.append(
                .empty(
                    "There is no group yet.",
                    "A group is several extensions that get calls together, such as sales."
                )
            )
        } else {
            let table = Table(
                "Ring groups",
                [.text("Group"), .text("Rings"), .text("Members"), .text("Then")],
                rows
            )
            parts.append(.section("Groups", id: "list", [.table(table)]))
        }
        if mayChange { parts.append(new(visit, typed)) }
        if let hours = await visit.ask(ShowHours()) { parts += self.hours(hours, typed, visit) }
        return visit.page(
            title: "Groups and hours",
            at: "/groups",
            lede: Shown.count(groups.count, "group", "groups") + ".",
            refusal: refusal,
            parts
        )
    }

    private static let orders = RingGroup.Order.allCases.map { FormPart.Option($0.rawValue, $0.words) }

    private static func new(_ visit: Visit, _ typed: Form) -> Part {
        let form = FormPart(
            "/groups/add",
            "Add the group",
            id: "new",
            for: PutGroup.rights,
            [
                .text(
                    "group",
                    "Name",
                    hint: "a-z, 0-9 and hyphens, such as sales",
                    value: Shown.text(typed["group"]),
                    most: 32
                ),
                .text(
                    "number",
                    "Number",
                    hint: "That phones dial for it, such as 600; empty for none",
                    value: Shown.text(typed["number"]),
                    isRequired: false,
                    inputmode: "numeric",
                    most: 6
                ),
                .select("order", "Who rings", value: typed["order"], orders),
                .text(
                    "members",
                    "Members",
                    hint: "Extensions, such as 101 102",
                    value: Shown.text(typed["members"], most: 200),
                    isRequired: false,
                    most: 400
                ),
            ]
        )
        return .section(
            "A new group",
            id: "new",
            [.details("Add a group", isOpen: !typed["group"].isEmpty, [.form(form, visit)])]
        )
    }

    static func add(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        var command = PutGroup(group: form["group"])
        command.number = form.optional("number")
        command.order = RingGroup.Order(rawValue: form["order"])
        command.members = form.words("members")
        let wanted = command
        return try await asked.visit.carryOut(form, for: PutGroup.rights) {
            try await page(asked.visit, form, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(wanted)
            return .going(to: "/groups")
        }
    }

    // MARK: One group

    static func group(_ asked: Routes.Asked) async throws -> Response { try await group(asked, Form(parsing: ""), nil) }

    private static func group(_ asked: Routes.Asked, _ typed: Form, _ refusal: Refusal?) async throws -> Response {
        let visit = asked.visit
        let name = asked.parameters.get("name") ?? ""
        guard let group = try await visit.perform(ListGroups()).first(where: { $0.name.text == name }) else {
            throw HTTPError(.notFound)
        }
        let extensions = visit.business.site.snapshot().extensions
        let rows = group.members.map { number -> [Table.Cell] in
            [
                .text(extensions[number].map { Shown.text($0.name) } ?? number.text, more: number.text),
                group.away.contains(number)
                    ? .badge(.plain, "Away", icon: "clock") : .badge(.good, "Rings", icon: "bell"),
            ]
        }
        var parts: [Part] = [
            .facts([
                Part.Fact("Number", group.number?.text ?? "none"),
                Part.Fact("Rings", group.order.words, more: "\(group.seconds) seconds"),
                Part.Fact("When nobody takes it", group.fallback?.text ?? "the caller hears that nobody is there"),
            ]),
            rows.isEmpty
                ? .text("It has no members yet.", style: "soft")
                : .table(Table("Members", [.text("Who"), .text("State")], rows)),
        ]
        if visit.may(.changeNumbers) { parts += changes(of: group, typed, visit) }
        return visit.page(
            title: "Group \(group.name)",
            at: "/groups",
            crumb: ("/groups", "Groups and hours"),
            refusal: refusal,
            parts
        )
    }

    private static func changes(of group: RingGroup, _ typed: Form, _ visit: Visit) -> [Part] {
        let address = "/groups/\(group.name.text)"
        let change = FormPart(
            address,
            "Change it",
            id: "change",
            for: PutGroup.rights,
            [
                .text(
                    "number",
                    "Number",
                    hint: "none for none",
                    value: Shown.text(typed.optional("number") ?? group.number?.text ?? "none"),
                    most: 6
                ),
                .select("order", "Who rings", value: typed.optional("order") ?? group.order.rawValue, orders),
                .text(
                    "seconds",
                    "Seconds",
                    hint: "Of all together, or of each in turn",
                    value: Shown.text(typed.optional("seconds") ?? "\(group.seconds)"),
                    inputmode: "numeric",
                    most: 3
                ),
                .text(
                    "fallback",
                    "When nobody takes it",
                    hint: "An extension, such as 101, another group, such as group night, or nobody",
                    value: Shown.text(typed.optional("fallback") ?? group.fallback?.text ?? "nobody"),
                    most: 40
                ),
            ]
        )
        let members = FormPart(
            address + "/members",
            "Do it",
            id: "members",
            for: ChangeGroupMembers.rights,
            [
                .select(
                    "change",
                    "What",
                    value: typed["change"],
                    [
                        FormPart.Option("add", "take in"), .init("remove", "take out"),
                        .init("leave", "let them be away for a while"), .init("join", "let them come back"),
                    ]
                ),
                .text(
                    "members",
                    "Extensions",
                    hint: "Such as 101 102",
                    value: Shown.text(typed["members"], most: 200),
                    most: 200
                ),
            ]
        )
        return [
            .section("Members", id: "members", [.form(members, visit)]),
            .section("How it rings", id: "change", [.form(change, visit)]),
        ]
    }

    static func change(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        var command = PutGroup(group: asked.parameters.get("name") ?? "", isChange: true)
        command.number = form.optional("number")
        command.order = RingGroup.Order(rawValue: form["order"])
        command.seconds = Int(form["seconds"])
        command.fallback = form.optional("fallback")
        let wanted = command
        return try await asked.visit.carryOut(form, for: PutGroup.rights) {
            try await group(asked, form, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(wanted)
            return .going(to: "/groups/\(wanted.group)")
        }
    }

    static func members(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        guard let change = ChangeGroupMembers.Change(rawValue: form["change"]) else { return .going(to: "/groups") }
        let command = ChangeGroupMembers(
            group: asked.parameters.get("name") ?? "",
            change,
            members: form.words("members")
        )
        return try await asked.visit.carryOut(form, for: ChangeGroupMembers.rights) {
            try await group(asked, form, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(command)
            return .going(to: "/groups/\(command.group)")
        }
    }

    // MARK: Hours

    private static func hours(_ report: ShowHours.Reply, _ typed: Form, _ visit: Visit) -> [Part] {
        let holidays = report.hours?.holidays.spans.count ?? 0
        var parts: [Part] = [
            .facts([
                Part.Fact("Now", report.isOpen ? "Open" : "Closed", more: "The business is \(report.night.words)"),
                Part.Fact(
                    "Hours",
                    report.hours.map { $0.spans.map(\.description).joined(separator: ", ") } ?? "always open"
                ),
                Part.Fact("Time zone", report.hours?.zone ?? "UTC, because nobody has said where the business is"),
                Part.Fact("Holidays", holidays == 0 ? "none: ringfence holiday --help" : "\(holidays)"),
            ])
        ]
        if visit.may(.changeHours) {
            let night = FormPart(
                "/night",
                "Switch",
                id: "night",
                for: SwitchNight.rights,
                [
                    .choice(
                        "mode",
                        "Night switch",
                        value: report.night.rawValue,
                        NightMode.allCases.map { FormPart.Option($0.rawValue, $0.heading) }
                    )
                ]
            )
            let spans = typed.optional("spans") ?? report.hours?.spans.map(\.description).joined(separator: "\n") ?? ""
            let hours = FormPart(
                "/hours",
                "Keep these hours",
                id: "hours",
                for: SetHours.rights,
                [
                    .text(
                        "zone",
                        "Time zone",
                        hint: "A continent and a city, such as Europe/Berlin",
                        value: Shown.text(typed.optional("zone") ?? report.hours?.zone ?? ""),
                        most: 40
                    ),
                    .area(
                        "spans",
                        "Open",
                        hint: "A line for each, such as mon-fri 08:00-18:00; empty for always open",
                        value: spans,
                        most: 1_000
                    ),
                ]
            )
            parts += [
                .form(night, visit),
                .details("Change the hours", isOpen: !typed["spans"].isEmpty, [.form(hours, visit)]),
            ]
        }
        return [.section("Opening hours", id: "hours", parts)]
    }

    static func hours(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let command = form.hours
        return try await asked.visit.carryOut(form, for: SetHours.rights) {
            try await page(asked.visit, form, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(command)
            return .going(to: "/groups")
        }
    }

    static func night(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        guard let mode = NightMode(rawValue: form["mode"]) else { return .going(to: "/groups") }
        return try await asked.visit.carryOut(form, for: SwitchNight.rights) {
            try await page(asked.visit, form, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(SwitchNight(mode))
            return .going(to: "/groups")
        }
    }
}

extension Form {
    /// What blanks and commas stand between.
    func words(_ name: String) -> [String] {
        self[name].split { $0.isWhitespace || $0 == "," }.map(String.init)
    }

    /// Of the fields `zone` and `spans`, a line for each span.
    var hours: SetHours {
        let spans = self["spans"].split(whereSeparator: \.isNewline).map { line in
            line.split(separator: " ").joined(separator: " ")
        }
        return SetHours(zone: optional("zone") ?? "", spans: spans.filter { !$0.isEmpty })
    }
}

extension RingGroup.Order {
    fileprivate var words: String {
        switch self {
        case .all: "all at once"
        case .inTurn: "one after the other"
        case .random: "one after the other, in another order each time"
        case .longestIdle: "whoever has not talked for longest first"
        }
    }
}

extension NightMode {
    fileprivate var heading: String {
        switch self {
        case .automatic: "By the hours"
        case .closed: "Closed until somebody changes it"
        case .open: "Open until somebody changes it"
        }
    }
}
