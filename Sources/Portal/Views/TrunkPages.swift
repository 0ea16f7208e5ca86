// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// The lines to the outside: how each is, and a test that says what is wrong.
enum TrunkPages {
    static func list(_ asked: Routes.Asked) async throws -> Response {
        let visit = asked.visit
        let trunks = try await visit.perform(ListTrunks())
        let usable = trunks.count { $0.state?.isUsable == true }
        let rows = trunks.map { report -> [Table.Cell] in
            let (tone, state) = condition(report)
            return [
                .link(report.trunk.name.text, address(report), more: report.trunk.domain.text),
                .badge(tone, state, more: report.state.map { Shown.text($0.words, most: 160) }),
                report.isPlain
                    ? .badge(.bad, "Not encrypted", icon: "unlock")
                    : .badge(.good, report.trunk.transport.rawValue.uppercased(), icon: "lock"),
                .text(report.state?.calls.map { "\($0)" } ?? "0"),
            ]
        }
        var parts: [Part] = []
        if trunks.isEmpty {
            parts.append(
                .empty(
                    "There is no line to the outside yet.",
                    "Calls inside work without. Emergency calls need one.",
                    link: visit.may(.changeTrunks) ? ("/trunks/add", "Add a line") : nil
                )
            )
        } else {
            parts.append(
                .table(
                    Table(
                        "Lines to the outside",
                        [.text("Line"), .text("State"), .text("Protected by"), .number("Calls now")],
                        rows
                    )
                )
            )
        }
        return visit.page(
            title: "Lines to the outside",
            at: "/trunks",
            lede: "\(usable) of \(Shown.count(trunks.count, "line works", "lines work")).",
            actions: visit.may(.changeTrunks) && !trunks.isEmpty ? [("/trunks/add", "Add a line")] : [],
            parts
        )
    }

    private static func address(_ report: TrunkReport) -> String { "/trunks/\(report.trunk.name.text)" }

    private static func condition(_ report: TrunkReport) -> (Tone, String) {
        guard report.trunk.isEnabled else { return (.plain, "Off") }
        guard let state = report.state else { return (.plain, "Not known") }
        return state.isUsable ? (.good, "Works") : (.bad, "Down")
    }

    // MARK: One line

    static func show(_ asked: Routes.Asked) async throws -> Response { try await page(asked, nil, nil) }

    private static func page(
        _ asked: Routes.Asked,
        _ found: DoctorReport?,
        _ refusal: Refusal?
    ) async throws -> Response {
        let visit = asked.visit
        let name = asked.parameters.get("name") ?? ""
        let report = try await visit.perform(ShowTrunk(trunk: name))
        var parts = [Part.facts(facts(report))]
        if let found { parts.append(findings(found)) }
        if visit.may(.diagnose) {
            let form = FormPart(
                address(report) + "/test",
                "Test this line",
                id: "test",
                for: TestTrunk.rights,
                []
            )
            parts.append(
                .section(
                    "Test",
                    id: "test",
                    [
                        .text(
                            "Calls the provider's server and says what is wrong, and what to ask the provider for. It takes up to half a minute, and calls nobody.",
                            style: "small soft"
                        ),
                        .form(form, visit),
                    ]
                )
            )
        }
        parts += switches(report, visit)
        return visit.page(
            title: "Line \(report.trunk.name)",
            at: "/trunks",
            lede: condition(report).1 + (report.state.map { ": \(Shown.text($0.words, most: 160))" } ?? ""),
            crumb: ("/trunks", "Lines to the outside"),
            refusal: refusal,
            parts
        )
    }

    private static func facts(_ report: TrunkReport) -> [Part.Fact] {
        let (trunk, state) = (report.trunk, report.state)
        let servers = trunk.servers.map { server in "\(server.host)\(server.port.map { ":\($0)" } ?? "")" }
        let way = [trunk.transport.rawValue.uppercased(), state?.tlsVersion, state?.cipher].compactMap { $0 }
        return [
            Part.Fact("Provider", trunk.domain.text),
            Part.Fact("Servers", servers.isEmpty ? "as DNS says" : servers.joined(separator: ", ")),
            Part.Fact("Connected to", state?.server ?? "nowhere"),
            Part.Fact(
                "Protection",
                way.joined(separator: ", "),
                more: report.isPlain ? "not encrypted, by a dated exception" : nil
            ),
            Part.Fact(
                "Login",
                trunk.username.map { Shown.text($0) } ?? "none",
                more: report.hasPassword ? "with a password, which is sealed" : nil
            ),
            Part.Fact("Registered until", state?.registeredUntil.map { "\(Shown.moment($0)) UTC" } ?? "not registered"),
            Part.Fact(
                "Last fault",
                state?.failure.map { Shown.text($0, most: 160) } ?? "none",
                more: state?.failedAt.map { "\(Shown.moment($0)) UTC" }
            ),
            Part.Fact("Last answer took", state?.latency.map { "\($0) ms" } ?? "not known"),
            Part.Fact(
                "Calls at a time",
                "\(trunk.calls)",
                more: "priority \(trunk.priority); the lowest is asked first"
            ),
        ]
    }

    private static func findings(_ report: DoctorReport) -> Part {
        let worst = report.facts.map(\.severity).max() ?? .good
        let rows = report.facts.map { finding -> [Table.Cell] in
            [
                .text(Shown.text(finding.title, most: 200), more: Shown.text(finding.evidence, most: 240)),
                .badge(finding.severity.tone, finding.severity.words),
                .text(Shown.text(finding.remedy, most: 240)),
            ]
        }
        return .section(
            "What the test found",
            id: "found",
            [
                .note(worst.tone, worst >= .warning ? "Something is wrong." : "The line works."),
                .table(Table("What the test found", [.text("What"), .text("How"), .text("What to do")], rows)),
            ]
        )
    }

    private static func switches(_ report: TrunkReport, _ visit: Visit) -> [Part] {
        let isOn = report.trunk.isEnabled
        guard visit.may(isOn ? .cutOffTrunks : .changeTrunks) else { return [] }
        let form = FormPart(
            address(report) + (isOn ? "/disable" : "/enable"),
            isOn ? "Cut this line off" : "Switch this line on",
            id: "switch",
            for: isOn ? DisableTrunk.rights : EnableTrunk.rights,
            button: isOn ? "danger" : "primary",
            []
        )
        let text =
            isOn ? "Calls over it end, and it takes no more until somebody switches it on." : "Calls go over it again."
        return [
            .section(
                isOn ? "Cut it off" : "Switch it on",
                id: "switch",
                [.text(text, style: "small soft"), .form(form, visit)]
            )
        ]
    }

    static func test(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        if let refusal = await asked.visit.prove(by: form, for: TestTrunk.rights) {
            return try await page(asked, nil, refusal)
        }
        let report = try await asked.visit.perform(TestTrunk(trunk: asked.parameters.get("name") ?? ""))
        return try await page(asked, report, nil)
    }

    static func disable(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        try await turn(asked, form, DisableTrunk(trunk: asked.parameters.get("name") ?? ""))
    }

    static func enable(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        try await turn(asked, form, EnableTrunk(trunk: asked.parameters.get("name") ?? ""))
    }

    private static func turn<Asked: TrunkCommand>(
        _ asked: Routes.Asked,
        _ form: Form,
        _ command: Asked
    ) async throws -> Response {
        try await asked.visit.carryOut(form, for: Asked.rights) {
            try await page(asked, nil, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(command)
            return .going(to: "/trunks/\(command.trunk)")
        }
    }

    // MARK: A new one

    static func ask(_ asked: Routes.Asked) async throws -> Response { newForm(asked.visit, Form(parsing: ""), nil) }

    private static func newForm(_ visit: Visit, _ typed: Form, _ refusal: Refusal?) -> Response {
        let form = FormPart(
            "/trunks/add",
            "Add the line",
            id: "new",
            for: AddTrunk.rights,
            back: ("/trunks", "Back"),
            [
                .text(
                    "name",
                    "Name",
                    hint: "For people here: a-z, 0-9 and hyphens, such as main",
                    value: Shown.text(typed["name"]),
                    most: 32
                ),
                .text(
                    "domain",
                    "Domain of the provider",
                    hint: "As its certificate says it, such as sip.provider.example",
                    value: Shown.text(typed["domain"]),
                    most: 253
                ),
                .text(
                    "server",
                    "Server",
                    hint: "Host and port, such as sip1.provider.example:5061; empty for what DNS says",
                    value: Shown.text(typed["server"]),
                    isRequired: false,
                    most: 253
                ),
                .text(
                    "username",
                    "User name",
                    hint: "That the provider gave; empty where it knows you by address",
                    value: Shown.text(typed["username"]),
                    isRequired: false
                ),
                .secret("password", "Password", hint: "Kept sealed, and never shown again"),
                .text(
                    "networks",
                    "Networks of the provider",
                    hint: "From which its calls come, such as 203.0.113.0/24; empty where it calls over our connection",
                    value: Shown.text(typed["networks"]),
                    isRequired: false,
                    most: 200
                ),
                .area(
                    "authority",
                    "Root certificate of the provider",
                    hint: "PEM, where it is of an authority that this machine does not know; empty for all others",
                    value: typed["authority"]
                ),
            ]
        )
        return visit.page(
            title: "Add a line",
            at: "/trunks",
            lede:
                "Encrypted up to the provider. One that cannot is added with a dated exception: ringfence trunk add --help",
            crumb: ("/trunks", "Lines to the outside"),
            refusal: refusal,
            [.form(form, visit)]
        )
    }

    static func add(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let visit = asked.visit
        var new = NewTrunk(name: form["name"], domain: form["domain"])
        new.servers = form.optional("server").map { [$0] } ?? []
        new.username = form.optional("username")
        new.prefixes = form["networks"].split { $0 == " " || $0 == "," }.map(String.init)
        new.authority = form.optional("authority")
        let (trunk, password) = (new, form["password"].isEmpty ? nil : form.secret("password"))
        return try await visit.carryOut(form, for: AddTrunk.rights) {
            newForm(visit, form, $0)
        } _: { () async throws(Refusal) in
            _ = try await visit.perform(AddTrunk(trunk, password: password))
            return .going(to: "/trunks/\(trunk.name)")
        }
    }
}

extension Finding.Severity {
    var tone: Tone {
        switch self {
        case .good: .good
        case .notice: .info
        case .warning: .warn
        case .critical: .bad
        }
    }

    var words: String {
        switch self {
        case .good: "Good"
        case .notice: "To know"
        case .warning: "Put right this week"
        case .critical: "Put right now"
        }
    }
}
