// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// From nothing to two phones that talk and a line to the outside, in seven steps. How far somebody is follows from what there is,
/// so it can be left and taken up again at any time, by anybody.
enum FirstHour {
    enum Step: Int, CaseIterable {
        case owner = 1, country, name, people, phones, line, tests

        var heading: String {
            switch self {
            case .owner: "You"
            case .country: "Country and hours"
            case .name: "Name and certificate"
            case .people: "People"
            case .phones: "Phones"
            case .line: "Line and limits"
            case .tests: "Tests"
            }
        }
    }

    /// What there is, as far as the steps ask for it.
    struct Progress {
        let owners: Int
        let codes: Int?
        let dialling: DialingSettings?
        let hours: ShowHours.Reply?
        let certificate: CertificateReport?
        let extensions: [ExtensionReport]
        let phones: [PhoneReport]
        let trunks: [TrunkReport]
        let hasTalked: Bool
        let score: SecurityScore?
        let live: GoLiveReport?

        init(_ visit: Visit) async {
            owners = await visit.ask(ListOperators())?.count { $0.role == .owner && $0.signsIn } ?? 0
            codes = await visit.business.desk.recoveryCodes(of: visit.session.name)
            dialling = await visit.ask(ShowDialing())?.settings
            hours = await visit.ask(ShowHours())
            certificate = await visit.ask(ShowCertificate())
            extensions = await visit.ask(ListExtensions()) ?? []
            phones = await visit.ask(ListPhones()) ?? []
            trunks = await visit.ask(ListTrunks()) ?? []
            let records = await visit.business.overview.records(for: visit) ?? []
            hasTalked = records.contains {
                $0.outcome == .answered && $0.callee?.number != nil && $0.caller.number != nil
            }
            score = await visit.ask(ShowScore())
            live = await visit.ask(ShowGoLive())
        }

        func isDone(_ step: Step, at now: WallTime) -> Bool {
            switch step {
            case .owner: owners >= 1 && (codes ?? 0) >= 3
            case .country: dialling?.numbering.home != nil && hours?.hours != nil
            case .name: certificate.map { now < $0.notAfter } ?? false
            case .people: extensions.count >= 2
            case .phones: phones.count { $0.registrations > 0 } >= 2
            case .line: trunks.contains { $0.state?.isUsable == true }
            case .tests:
                (live?.missing.isEmpty ?? true) && hasTalked
                    && (score.map { $0.count(.notProven) < $0.items.count } ?? false)
            }
        }
    }

    static func show(_ asked: Routes.Asked) async throws -> Response {
        try await page(asked, Form(parsing: ""), nil, nil)
    }

    static func page(
        _ asked: Routes.Asked,
        _ typed: Form,
        _ refusal: Refusal?,
        _ wanted: Step?
    ) async throws -> Response {
        let visit = asked.visit
        let progress = await Progress(visit)
        let done = Set(Step.allCases.filter { progress.isDone($0, at: visit.now) })
        let chosen = wanted ?? Int(asked.query["step"]).flatMap(Step.init(rawValue:))
        let step = chosen ?? Step.allCases.first { !done.contains($0) } ?? .tests
        let steps = Step.allCases.map { each -> Templates.Values in
            [
                "number": each.rawValue, "name": each.heading, "isDone": done.contains(each), "isHere": each == step,
                "style": Part.given(done.contains(each) ? "done" : nil),
            ]
        }
        let next = Step(rawValue: step.rawValue + 1)
        var parts = [Part(markup: Templates.render("part-steps", ["steps": steps]))]
        parts.append(.section(step.heading, id: "step", content(step, progress, typed, visit)))
        if let next {
            parts.append(Part(markup: Templates.render("part-next", ["step": next.rawValue, "name": next.heading])))
        }
        return visit.page(
            title: "First hour",
            at: "/first-hour",
            lede: "\(done.count) of 7 steps are done. You may leave at any time; it goes on where you were.",
            refusal: refusal,
            parts
        )
    }

    private static func content(_ step: Step, _ progress: Progress, _ typed: Form, _ visit: Visit) -> [Part] {
        switch step {
        case .owner: owner(progress)
        case .country: country(progress, typed, visit)
        case .name: name(progress, visit.now)
        case .people: people(progress, typed, visit)
        case .phones: phones(progress)
        case .line: line(progress)
        case .tests: tests(progress, typed, visit)
        }
    }

    // MARK: The steps

    private static func owner(_ progress: Progress) -> [Part] {
        [
            state(true, "You sign in with a password and a code."),
            state(
                (progress.codes ?? 0) >= 3,
                "\(progress.codes ?? 0) recovery codes are left.",
                "They were shown once: print them, and keep them where you keep the office keys."
            ),
            state(
                progress.owners >= 2,
                progress.owners >= 2 ? "\(progress.owners) owners can help each other." : "You are the only owner.",
                "A second one can help when you lose your phone.",
                link: ("/operators/invite", "Invite a second owner")
            ),
        ]
    }

    private static func country(_ progress: Progress, _ typed: Form, _ visit: Visit) -> [Part] {
        let numbering = progress.dialling?.numbering ?? NumberingSettings()
        let regions = Region.all.sorted { $0.name < $1.name }.map { FormPart.Option($0.text, $0.name) }
        let form = FormPart(
            "/first-hour/country",
            "Keep this",
            id: "country",
            for: SetHome.rights + SetHours.rights,
            [
                .select(
                    "region",
                    "Where the business is",
                    value: typed.optional("region") ?? numbering.home?.text ?? "",
                    [FormPart.Option("", "Choose a country")] + regions
                ),
                .text(
                    "outside",
                    "Dialled before a number outside",
                    hint: "Such as 0 or 9; empty for nothing",
                    value: Shown.text(typed.optional("outside") ?? numbering.outsidePrefix?.text ?? ""),
                    isRequired: false,
                    inputmode: "numeric",
                    most: 4
                ),
                .text(
                    "area",
                    "Your area code",
                    hint: "Without the 0 before it, such as 30; empty where there is none",
                    value: Shown.text(typed.optional("area") ?? numbering.areaCode?.text ?? ""),
                    isRequired: false,
                    inputmode: "numeric",
                    most: 6
                ),
                .text(
                    "zone",
                    "Time zone",
                    hint: "A continent and a city, such as Europe/Berlin",
                    value: Shown.text(typed.optional("zone") ?? progress.hours?.hours?.zone ?? "Europe/Berlin"),
                    most: 40
                ),
                .area(
                    "spans",
                    "Open",
                    hint: "A line for each, such as mon-fri 08:00-18:00",
                    value: typed.optional("spans") ?? progress.hours?.hours.map {
                        $0.spans.map(\.description).joined(separator: "\n")
                    } ?? "mon-fri 08:00-18:00",
                    isRequired: true,
                    most: 1_000
                ),
            ]
        )
        return [
            .text(
                "Numbers are read and calls for help are placed by the country. Outside of the hours limits are stricter.",
                style: "soft"
            ),
            .form(form, visit),
            .text("Holidays are read from a calendar: ringfence holiday --help", style: "small soft"),
        ]
    }

    private static func name(_ progress: Progress, _ now: WallTime) -> [Part] {
        guard let certificate = progress.certificate else { return [.text("Your role does not see the certificate.")] }
        return [
            state(
                now < certificate.notAfter,
                "The certificate is good until \(Shown.moment(certificate.notAfter)) UTC."
            ),
            .facts([
                Part.Fact("Names", certificate.names.map { Shown.text($0) }.joined(separator: ", ")),
                Part.Fact(
                    "Signed by",
                    certificate.authority == nil
                        ? "an authority that phones know" : "an authority of our own, which phones have to be given"
                ),
                Part.Fact("Fingerprint", certificate.fingerprint),
            ]),
            .text(
                "Phones verify it with each connection. To take one of your own: ringfence certificate replace --help",
                style: "small soft"
            ),
        ]
    }

    private static func people(_ progress: Progress, _ typed: Form, _ visit: Visit) -> [Part] {
        let form = FormPart(
            "/first-hour/people",
            "Add them",
            id: "people",
            for: AddExtensions.rights,
            [
                .area(
                    "list",
                    "People and rooms",
                    hint: "A line for each: number, name. Such as 101, Reception",
                    value: typed["list"],
                    isRequired: true,
                    most: 8_000
                )
            ]
        )
        return [
            state(
                progress.extensions.count >= 2,
                "\(Shown.count(progress.extensions.count, "extension", "extensions")) so far."
            ),
            .text("Paste a list, or the two columns of a table. All of them are added, or none.", style: "soft"),
            .form(form, visit),
        ]
    }

    private static func phones(_ progress: Progress) -> [Part] {
        let connected = progress.phones.count { $0.registrations > 0 }
        let enrolled = Set(progress.phones.map(\.extension))
        let without = progress.extensions.filter { !enrolled.contains($0.number) && $0.isEnabled }.prefix(Limits.rows)
        let rows = without.map { value -> [Table.Cell] in
            [
                .text(Shown.text(value.name), more: value.number.text),
                .buttons([
                    Table.Button(
                        verb: "Enrol a phone",
                        object: "for \(Shown.text(value.name))",
                        address: "/extensions/\(value.number)/enrol"
                    )
                ]),
            ]
        }
        var parts = [
            state(
                connected >= 2,
                "\(connected) of \(Shown.count(progress.phones.count, "phone", "phones")) connected.",
                "Scan the picture with a softphone, or type in what stands beside it."
            )
        ]
        if !rows.isEmpty {
            parts.append(
                .table(Table("Extensions without a phone", isBare: false, [.text("Who"), .buttons("Do")], rows))
            )
        }
        return parts
    }

    private static func line(_ progress: Progress) -> [Part] {
        let usable = progress.trunks.count { $0.state?.isUsable == true }
        return [
            state(
                usable > 0,
                usable > 0
                    ? "\(Shown.count(usable, "line works", "lines work"))."
                    : progress.trunks.isEmpty ? "There is no line yet." : "No line works yet.",
                "Your provider gave you a domain, a user name and a password.",
                link: (
                    progress.trunks.isEmpty ? "/trunks/add" : "/trunks",
                    progress.trunks.isEmpty ? "Add the line" : "See and test the lines"
                )
            ),
            state(
                true,
                "Limits of money are strict from the beginning.",
                "Look whether they fit what you call.",
                link: ("/spend", "See the limits")
            ),
            countries(progress.dialling),
        ]
    }

    private static func countries(_ dialling: DialingSettings?) -> Part {
        let link = ("/dialling", "See the countries")
        guard let dialling else { return state(true, "Calls abroad are opened country by country.", link: link) }
        let all = [dialling.rights] + dialling.profiles.map(\.rights)
        let open = Set(all.flatMap { $0.countries.filter { $0.value.access != .closed }.keys }).count
        return state(
            true,
            open == 0
                ? "Every country abroad is closed for good."
                : "\(Shown.count(open, "country abroad is", "countries abroad are")) open.",
            "Open those that you call, and no other.",
            link: link
        )
    }

    private static func tests(_ progress: Progress, _ typed: Form, _ visit: Visit) -> [Part] {
        let hasLine = progress.trunks.contains { $0.state?.isUsable == true }
        let looked = progress.score.map { $0.count(.notProven) < $0.items.count } ?? false
        return [
            state(
                progress.hasTalked,
                progress.hasTalked ? "Two phones of yours have talked." : "No two phones have talked yet.",
                "Dial from one to the other; *43 is an echo.",
                link: ("/history", "See the calls")
            ),
            state(
                looked,
                looked ? "The rules were looked at." : "Nobody has looked at the rules yet.",
                "A minute, and the score counts it.",
                link: ("/proof", "Look now")
            ),
            state(
                hasLine,
                hasLine ? "Calls for help have a line." : "Calls for help have no line yet.",
                "Try the way to them when your provider has told you its number for that: ringfence emergency --help"
            ),
        ] + gate(progress.live, typed, visit)
    }

    /// What is asked for before the first call outside.
    private static func gate(_ live: GoLiveReport?, _ typed: Form, _ visit: Visit) -> [Part] {
        guard let live, live.goLive.isAsked else { return [] }
        let rows = GoLive.Duty.allCases.map { duty -> [Table.Cell] in
            let word = live.goLive[duty]
            let what = duty.words.prefix(1).uppercased() + duty.words.dropFirst()
            if live.missing.contains(duty) { return [.text(what), .badge(.bad, "Left"), .text("")] }
            return [
                .text(what),
                word?.until.map {
                    .badge(.warn, Shown.left(until: $0, at: visit.now), icon: "clock", more: "may wait until then")
                }
                    ?? .badge(.good, "Done"),
                .text(
                    Shown.text(word?.person ?? ""),
                    more: word.flatMap { Part.given(Shown.text($0.reason)) as? String }
                ),
            ]
        }
        let duties = GoLive.Duty.allCases.map { FormPart.Option($0.rawValue, $0.words) }
        let confirm = FormPart(
            "/first-hour/confirm",
            "It is done",
            id: "confirm",
            for: ConfirmDuty.rights,
            [.select("duty", "What", value: live.missing.first?.rawValue ?? "", duties)]
        )
        let wait = FormPart(
            "/first-hour/wait",
            "Let it wait",
            id: "wait",
            for: ExceptDuty.rights,
            [
                .select("duty", "What", value: typed["duty"], [FormPart.Option("all", "all that is left")] + duties),
                .select(
                    "until",
                    "For how long",
                    value: typed["until"],
                    [FormPart.Option("1d", "a day"), .init("7d", "a week"), .init("30d", "30 days")]
                ),
                .text(
                    "reason",
                    "Why",
                    hint: "One sentence; who decided",
                    value: Shown.text(typed["reason"]),
                    most: 160
                ),
            ]
        )
        return [
            .note(
                live.missing.isEmpty ? .good : .bad,
                live.missing.isEmpty ? "Calls outside may leave." : "Calls outside are refused until this is done.",
                ["Calls for help go out in any case."]
            ),
            .table(
                Table(
                    "Before the first call outside",
                    isBare: false,
                    [.text("What"), .text("State"), .text("By")],
                    rows
                )
            ),
            .form(confirm, visit),
            .details("Let something wait", isOpen: !typed["reason"].isEmpty, [.form(wait, visit)]),
        ]
    }

    private static func state(
        _ isDone: Bool,
        _ heading: String,
        _ more: String? = nil,
        link: (address: String, name: String)? = nil
    ) -> Part {
        .note(isDone ? .good : .warn, heading, more.map { [$0] } ?? [], link: link)
    }
}
