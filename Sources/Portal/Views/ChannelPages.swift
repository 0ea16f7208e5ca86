// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// By which ways people are told, of what, and whether it arrives.
enum ChannelPages {
    static let root = "/alerts/channels"
    static let crumb = (address: root, name: "Who is told")

    static func address(_ name: String) -> String { "\(root)/\(PathText.encoded(name))" }

    static func list(_ asked: Routes.Asked) async throws -> Response {
        let visit = asked.visit
        let channels = try await visit.perform(ListChannels())
        let works = channels.count { $0.isConfirmed && $0.traffic.failingSince == nil }
        var parts: [Part] = []
        if channels.isEmpty {
            parts.append(
                .empty(
                    "Nobody is told of anything yet.",
                    "What must be known at once goes by mail to people, or to a program."
                )
            )
        } else {
            parts.append(.table(table(channels)))
        }
        if let kinds = await visit.ask(ListAlertKinds()) { parts.append(all(kinds)) }
        return visit.page(
            title: "Who is told",
            at: "/alerts",
            lede: channels.isEmpty
                ? "" : "\(works) of \(Shown.count(channels.count, "way is", "ways are")) known to reach somebody.",
            crumb: ("/alerts", "Alerts"),
            actions: visit.may(.changeAlerts)
                ? [
                    ("/alerts/add?by=mail", "Tell people by mail"), ("/alerts/add?by=webhook", "Tell a program"),
                    ("/alerts/add?by=syslog", "Tell a collector of logs"),
                ] : [],
            parts
        )
    }

    private static func table(_ channels: [ChannelReport]) -> Table {
        let rows = channels.map { report -> [Table.Cell] in
            let (tone, words, more) = state(report)
            return [
                .link(report.channel.name.text, address(report.channel.name.text), more: report.channel.kind),
                .text(Shown.text(report.channel.place, most: 160)),
                .text(report.channel.hears.words),
                .badge(tone, words, more: more),
                .text("\(report.traffic.waiting)"),
            ]
        }
        return Table(
            "Ways by which people are told",
            [.text("Name"), .text("Leads to"), .text("Hears"), .text("State"), .number("Waiting")],
            rows
        )
    }

    static func state(_ report: ChannelReport) -> (Tone, String, String?) {
        if let since = report.traffic.failingSince {
            let why = Shown.text(report.traffic.failure ?? "", most: 160)
            return (.bad, "Does not arrive", "since \(Shown.moment(since)) UTC: \(why)")
        }
        guard report.isConfirmed, let at = report.confirmedAt else {
            return (.warn, "Not confirmed", report.confirmedAt.map { "last on \(Shown.moment($0)) UTC" })
        }
        return (.good, "Confirmed", "on \(Shown.moment(at)) UTC by \(Shown.text(report.confirmedBy ?? ""))")
    }

    private static func all(_ kinds: [ListAlertKinds.Kind]) -> Part {
        let rows = kinds.map { kind -> [Table.Cell] in
            [
                .text(kind.title), .badge(kind.severity.tone, kind.severity.words),
                kind.channels.isEmpty
                    ? .badge(.warn, "nobody") : .text(kind.channels.map(\.text).joined(separator: ", ")),
            ]
        }
        let table = Table(
            "What people may be told of",
            [.text("What"), .text("How much it matters"), .text("Who hears it")],
            rows
        )
        return .details("Everything that somebody may be told of, and who hears it", [.table(table)])
    }

    // MARK: One of them

    static func show(_ asked: Routes.Asked) async throws -> Response { try await page(asked, Form(parsing: ""), nil) }

    private static func name(_ asked: Routes.Asked) -> String { PathText.decoded(asked.parameters.get("name") ?? "") }

    /// - Parameter note: What came of what was asked for.
    private static func page(
        _ asked: Routes.Asked,
        _ typed: Form,
        _ refusal: Refusal?,
        note: Part? = nil
    ) async throws -> Response {
        let (visit, name) = (asked.visit, name(asked))
        guard let report = try await visit.perform(ListChannels()).first(where: { $0.channel.name.text == name }) else {
            return .going(to: root)
        }
        var parts = note.map { [$0] } ?? []
        parts.append(.facts(facts(report)))
        if visit.may(.changeAlerts) {
            parts += [test(report, visit), hearing(report, typed, visit)]
            if let secret = secret(report, visit) { parts.append(secret) }
            parts.append(removal(report))
        }
        return visit.page(
            title: "Channel \(name)",
            at: "/alerts",
            lede: state(report).1,
            crumb: crumb,
            refusal: refusal,
            parts
        )
    }

    private static func facts(_ report: ChannelReport) -> [Part.Fact] {
        let (channel, traffic) = (report.channel, report.traffic)
        var facts = [Part.Fact("Leads to", Shown.text(channel.place, most: 240), more: channel.kind)]
        switch channel.way {
        case .mail(let mail):
            facts += [
                Part.Fact("From", mail.from.text),
                Part.Fact(
                    "Mail server",
                    "\(mail.server):\(mail.port)",
                    more: mail.security == .tls
                        ? "encrypted from the first byte" : "encrypted by STARTTLS, or nothing is sent"
                ),
                Part.Fact(
                    "Login",
                    mail.username.map { Shown.text($0) } ?? "none",
                    more: report.hasSecret ? "with a password, which is sealed" : nil
                ),
            ]
        case .webhook: facts.append(Part.Fact("Signed with", "a key of its own, which is sealed"))
        case .syslog: facts.append(Part.Fact("Protection", "TLS, and its certificate is checked"))
        }
        if let reach = channel.allowPrivate {
            let person = Shown.text(reach.grantedBy)
            facts.append(Part.Fact("May lead inside", Shown.text(reach.reason, most: 160), more: "by \(person)"))
        }
        let (_, words, more) = state(report)
        return facts + [
            Part.Fact("Hears", channel.hears.words), Part.Fact("State", words, more: more),
            Part.Fact("Last delivered", traffic.deliveredAt.map { "\(Shown.moment($0)) UTC" } ?? "nothing yet"),
            Part.Fact("Waiting", Shown.count(traffic.waiting, "message", "messages")),
        ]
    }

    private static func test(_ report: ChannelReport, _ visit: Visit) -> Part {
        let here = address(report.channel.name.text)
        let send = FormPart(here + "/test", "Send a test", id: "test", for: TestChannel.rights, [])
        let confirm = FormPart(
            here + "/confirm",
            "It arrived",
            id: "confirm",
            for: ConfirmChannel.rights,
            [
                .text(
                    "arrived",
                    "Code in the message",
                    hint: "Six digits; good for an hour",
                    inputmode: "numeric",
                    most: 8
                )
            ]
        )
        return .section(
            "Does it arrive?",
            id: "test",
            [
                .text(
                    "A test has a code in it. Who gets it types the code in here: then it is known that somebody reads what goes there.",
                    style: "small soft"
                ),
                .form(send, visit), .form(confirm, visit),
            ]
        )
    }

    private static func hearing(_ report: ChannelReport, _ typed: Form, _ visit: Visit) -> Part {
        let form = FormPart(
            address(report.channel.name.text) + "/hear",
            "Change it",
            id: "hear",
            for: ChooseAlerts.rights,
            ChannelForm.choice(typed["least"].isEmpty ? nil : typed, report.channel.hears)
        )
        return .section("What it hears", id: "hear", [.details("Choose", [.form(form, visit)])])
    }

    private static func secret(_ report: ChannelReport, _ visit: Visit) -> Part? {
        let here = address(report.channel.name.text) + "/secret"
        switch report.channel.way {
        case .webhook:
            let form = FormPart(here, "Make a new key", id: "secret", for: SetChannelSecret.rights, [])
            let text = "The old one signs nothing any more. The new one is shown once."
            return .section(
                "Key",
                id: "secret",
                [.details("Another key", [.text(text, style: "small soft"), .form(form, visit)])]
            )
        case .mail:
            let form = FormPart(
                here,
                "Keep it",
                id: "secret",
                for: SetChannelSecret.rights,
                [.secret("password", "Password of the mail server", hint: "Kept sealed, and never shown again")]
            )
            return .section("Password", id: "secret", [.details("Another password", [.form(form, visit)])])
        case .syslog: return nil
        }
    }

    private static func removal(_ report: ChannelReport) -> Part {
        .section(
            "Forget it",
            id: "remove",
            [.link(address(report.channel.name.text) + "/remove", "Remove this channel", style: "danger")]
        )
    }

    // MARK: What is done with one

    static func test(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let name = name(asked)
        return try await change(asked, form, TestChannel(channel: name)) { report in
            let text = "The other side took it. Whoever gets it has the code to type in below."
            return try await page(asked, form, nil, note: .note(.good, "A test was sent.", [text]))
        }
    }

    static func confirm(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        try await change(asked, form, ConfirmChannel(channel: name(asked), code: form["arrived"])) { report in
            try await page(asked, form, nil, note: .note(.good, "It is known now that somebody gets what goes there."))
        }
    }

    static func hear(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let command = ChooseAlerts(channel: name(asked), hears: ChannelForm.hears(form))
        return try await change(asked, form, command) { .going(to: address($0.channel.name.text)) }
    }

    static func secret(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let secret = form["password"].isEmpty ? nil : form.secret("password")
        return try await change(asked, form, SetChannelSecret(channel: name(asked), secret: secret)) {
            shownOnce($0, asked.visit) ?? .going(to: address($0.channel.name.text))
        }
    }

    private static func change<Asked: Command>(
        _ asked: Routes.Asked,
        _ form: Form,
        _ command: Asked,
        _ done: (ChannelReport) async throws -> Response
    ) async throws -> Response where Asked.Reply == ChannelReport {
        var report: ChannelReport?
        let response = try await asked.visit.carryOut(form, for: Asked.rights) {
            try await page(asked, form, $0)
        } _: { () async throws(Refusal) in
            report = try await asked.visit.perform(command)
            return .going(to: root)
        }
        guard let report else { return response }
        return try await done(report)
    }

    /// The key of a webhook that was made just now.
    static func shownOnce(_ report: ChannelReport, _ visit: Visit) -> Response? {
        guard let key = report.newKey else { return nil }
        return visit.page(
            title: "The key of \(report.channel.name)",
            at: "/alerts",
            lede: "It is shown this once. With it the program there checks that a message is ours.",
            crumb: crumb,
            [
                .once(key.secret, id: "key"),
                .text("Each message has a signature: HMAC-SHA-256 over its time and its body.", style: "small soft"),
                .link(address(report.channel.name.text), "Send a test"),
            ]
        )
    }

    static func confirmRemoval(_ asked: Routes.Asked) async throws -> Response { try await askRemoval(asked, nil) }

    private static func askRemoval(_ asked: Routes.Asked, _ refusal: Refusal?) async throws -> Response {
        let (visit, name) = (asked.visit, name(asked))
        guard let report = try await visit.perform(ListChannels()).first(where: { $0.channel.name.text == name }) else {
            return .going(to: root)
        }
        let form = FormPart(
            address(name) + "/remove",
            "Remove it",
            id: "remove",
            for: RemoveChannel.rights,
            heading: "Remove the channel \(name)?",
            tone: .bad,
            button: "danger sure",
            back: (address(name), "Keep it"),
            []
        )
        return visit.page(
            title: "Remove a channel",
            at: "/alerts",
            crumb: crumb,
            refusal: refusal,
            [
                .facts([
                    Part.Fact("Leads to", Shown.text(report.channel.place, most: 240)),
                    Part.Fact("Lost with it", Shown.count(report.traffic.waiting, "message", "messages")),
                ]),
                .form(form, visit), .text("Whoever heard by it is told so, by it.", style: "soft"),
            ]
        )
    }

    static func remove(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let command = RemoveChannel(channel: name(asked))
        return try await asked.visit.carryOut(form, for: RemoveChannel.rights) {
            try await askRemoval(asked, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(command)
            return .going(to: root)
        }
    }
}

extension AlertChannel {
    fileprivate var kind: String {
        switch way {
        case .mail: "by mail"
        case .webhook: "by webhook"
        case .syslog: "by syslog"
        }
    }
}

extension AlertChoice {
    /// For people, where a page says how much something matters in its own words.
    fileprivate var words: String {
        let named = AlertGroup.allCases.filter(groups.contains).map(\.title)
        let severity =
            switch least {
            case .good, .notice: "Everything"
            case .warning: "What to put right, and worse"
            case .critical: "Only what to put right now"
            }
        return named.isEmpty ? severity : "\(severity), about: \(named.joined(separator: "; "))"
    }
}
