// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// A new way by which people are told.
enum ChannelForm {
    static func ask(_ asked: Routes.Asked) async throws -> Response { page(asked.visit, asked.query, nil) }

    private static func page(_ visit: Visit, _ typed: Form, _ refusal: Refusal?) -> Response {
        let way = Way(rawValue: typed["by"]) ?? .mail
        let form = FormPart(
            "/alerts/add",
            "Add it",
            id: "new",
            for: AddChannel.rights,
            hidden: [("by", way.rawValue)],
            back: (ChannelPages.root, "Back"),
            [name(typed)] + own(way, typed) + choice(typed, AlertChoice()) + reach(typed)
        )
        return visit.page(
            title: way.title,
            at: "/alerts",
            lede: way.lede + " What cannot be sent waits.",
            crumb: ChannelPages.crumb,
            refusal: refusal,
            [.form(form, visit)]
        )
    }

    private enum Way: String {
        case mail, webhook, syslog

        var title: String {
            switch self {
            case .mail: "Tell people by mail"
            case .webhook: "Tell a program"
            case .syslog: "Tell a collector of logs"
            }
        }

        var lede: String {
            switch self {
            case .mail:
                "The connection to the mail server is encrypted and its certificate checked, or nothing is sent."
            case .webhook: "By HTTPS, with a signature."
            case .syslog: "By syslog over TLS (RFC 5425); its certificate is checked, or nothing is sent."
            }
        }
    }

    private static func own(_ way: Way, _ typed: Form) -> [FormPart.Field] {
        switch way {
        case .mail: mail(typed)
        case .webhook: [webhook(typed)]
        case .syslog: [syslog(typed)]
        }
    }

    private static func syslog(_ typed: Form) -> FormPart.Field {
        .text(
            "syslog",
            "Collector",
            hint: "Host, and a port that is not 6514, such as logs.example.com",
            value: Shown.text(typed["syslog"], most: 260),
            most: 260
        )
    }

    private static func name(_ typed: Form) -> FormPart.Field {
        .text(
            "name",
            "Name",
            hint: "For people here: letters, digits and hyphens, such as owner",
            value: Shown.text(typed["name"]),
            most: 32
        )
    }

    private static func mail(_ typed: Form) -> [FormPart.Field] {
        [
            .text(
                "to",
                "Who gets it",
                hint: "Mail addresses, with blanks between them",
                value: Shown.text(typed["to"], most: 1_000),
                most: 1_000
            ),
            .text(
                "from",
                "From",
                hint: "Such as pbx@example.com",
                value: Shown.text(typed["from"], most: 254),
                most: 254
            ),
            .text(
                "server",
                "Mail server",
                hint: "That takes your mail, such as mail.example.com:587",
                value: Shown.text(typed["server"], most: 260),
                most: 260
            ),
            .select(
                "security",
                "Encrypted",
                value: typed["security"],
                [
                    FormPart.Option(MailWay.Security.startTLS.rawValue, "by STARTTLS, usual with port 587"),
                    .init(MailWay.Security.tls.rawValue, "from the first byte, usual with port 465"),
                ]
            ),
            .text(
                "username",
                "User name",
                hint: "Of the mail server; empty where it asks for no login",
                value: Shown.text(typed["username"]),
                isRequired: false
            ),
            .secret("password", "Password", hint: "Kept sealed, and never shown again"),
        ]
    }

    private static func webhook(_ typed: Form) -> FormPart.Field {
        .text(
            "webhook",
            "Address",
            hint: "Such as https://hooks.example.com/ringfence",
            value: Shown.text(typed["webhook"], most: 1_000),
            most: 1_000
        )
    }

    private static func reach(_ typed: Form) -> [FormPart.Field] {
        [
            .text(
                "inside",
                "Why it may lead inside",
                hint: "Only where the server is in your own network: what is there, and who decided",
                value: Shown.text(typed["inside"], most: 160),
                isRequired: false,
                most: 160
            ),
            .area(
                "authority",
                "Root certificate of the server",
                hint: "PEM, where it is of an authority that this machine does not know; empty for all others",
                value: typed["authority"]
            ),
        ]
    }

    /// What is heard.
    ///
    /// - Parameter typed: What was chosen before it was refused; `nil` for as it is.
    static func choice(_ typed: Form?, _ present: AlertChoice) -> [FormPart.Field] {
        let chosen = typed.flatMap { $0["least"].isEmpty ? nil : hears($0) } ?? present
        return [
            .select(
                "least",
                "What is told",
                value: chosen.least.rawValue,
                [
                    FormPart.Option(Finding.Severity.notice.rawValue, "everything that people are told of"),
                    .init(Finding.Severity.warning.rawValue, "what to put right this week, and worse"),
                    .init(Finding.Severity.critical.rawValue, "only what to put right now"),
                ]
            )
        ]
            + AlertGroup.allCases.map { group in
                .tick("about-\(group.rawValue)", "About \(group.title)", isChosen: chosen.groups.contains(group))
            }
    }

    /// No group stands for all of them.
    static func hears(_ form: Form) -> AlertChoice {
        AlertChoice(
            least: Finding.Severity(rawValue: form["least"]) ?? .notice,
            groups: Set(AlertGroup.allCases.filter { form["about-\($0.rawValue)"] == "yes" })
        )
    }

    static func add(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let visit = asked.visit
        var new = NewChannel(name: form["name"], hears: hears(form))
        switch Way(rawValue: form["by"]) ?? .mail {
        case .webhook: new.webhook = form["webhook"]
        case .syslog: new.syslog = form["syslog"]
        case .mail:
            new.mail = NewChannel.Mail(
                server: form["server"],
                security: MailWay.Security(rawValue: form["security"]) ?? .startTLS,
                username: form.optional("username"),
                from: form["from"],
                to: form["to"].split { $0.isWhitespace || $0 == "," || $0 == ";" }.map(String.init)
            )
        }
        (new.allowPrivate, new.authority) = (form.optional("inside"), form.optional("authority"))
        let (channel, secret) = (new, form["password"].isEmpty ? nil : form.secret("password"))
        return try await visit.carryOut(form, for: AddChannel.rights) {
            page(visit, form, $0)
        } _: { () async throws(Refusal) in
            let report = try await visit.perform(AddChannel(channel, secret: secret))
            return ChannelPages.shownOnce(report, visit) ?? .going(to: ChannelPages.address(channel.name))
        }
    }
}
