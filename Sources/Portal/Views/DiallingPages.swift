// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// Where calls may go: countries by part of the world, releases for a while, and kinds of numbers.
enum DiallingPages {
    static func list(_ asked: Routes.Asked) async throws -> Response {
        let visit = asked.visit
        let dialling = try await visit.perform(ShowDialing())
        let (query, isOpenOnly) = (asked.query["q"], asked.query["show"] == "open")
        let all = Country.all(dialling.settings)
        let countries = all.filter { $0.fits(query) && (!isOpenOnly || $0.isOpen) }
        let open = all.count(where: \.isOpen)
        var parts = [
            Part.note(.info, "Calls for help always pass.", ["Nothing on this page can stop them."]),
            releases(dialling, visit), search(asked.query),
        ]
        if countries.isEmpty {
            parts.append(
                .empty(
                    "Nothing matches.",
                    "No country has that name, code or letters.",
                    link: ("/dialling", "Show all")
                )
            )
        }
        for part in PartOfTheWorld.allCases {
            let own = countries.filter { $0.part == part }
            guard !own.isEmpty else { continue }
            let isSearched = !query.isEmpty || isOpenOnly
            let summary = "\(part.rawValue): \(own.count(where: \.isOpen)) of \(own.count) open"
            parts.append(.details(summary, isOpen: isSearched, [.table(table(part, own, visit))]))
        }
        parts.append(classes(dialling.settings))
        let home = dialling.settings.numbering.home.map { "The business is in \($0.name). " } ?? ""
        return visit.page(
            title: "Dial permissions",
            at: "/dialling",
            lede: home + "Every country abroad is closed until somebody opens it. "
                + "\(Shown.count(open, "country is", "countries are")) open.",
            parts
        )
    }

    private static func search(_ query: Form) -> Part {
        Part.form(
            FormPart(
                lookingAt: "/dialling",
                "Find",
                [
                    .text("q", "Country, code or letters", value: Shown.text(query["q"]), isRequired: false),
                    .select(
                        "show",
                        "Show",
                        value: query["show"],
                        [FormPart.Option("", "all countries"), .init("open", "those that are open")]
                    ),
                ]
            )
        )
    }

    private static func table(_ part: PartOfTheWorld, _ countries: [Country], _ visit: Visit) -> Table {
        let mayChange = visit.may(.openDialling) || visit.may(.closeDialling)
        let rows = countries.map { country -> [Table.Cell] in
            let buttons = [Table.Button(verb: "Change", object: country.region.name, address: country.address)]
            return [
                .text(country.region.name, more: country.code),
                .badge(country.tone, country.state, icon: country.icon),
                .text(country.isRisky ? "often used by fraud" : ""),
                .buttons(mayChange ? buttons : []),
            ]
        }
        return Table(
            "Countries: \(part.rawValue)",
            [.text("Country"), .text("State"), .text("Risk"), .buttons("Change")],
            rows
        )
    }

    private static func releases(_ dialling: ShowDialing.Reply, _ visit: Visit) -> Part {
        let open = dialling.settings.releases.filter { dialling.at < $0.until }.sorted { $0.until < $1.until }
        let mayEnd = visit.may(.closeDialling)
        let rows = open.map { release -> [Table.Cell] in
            [
                .text(release.scope.words),
                .text(release.extensions.map { $0.sorted().map(\.text).joined(separator: ", ") } ?? "everybody"),
                .text(Shown.text(release.reason), more: "by \(Shown.text(release.releasedBy))"),
                .moment(release.until),
                .buttons(
                    mayEnd
                        ? [
                            Table.Button(
                                verb: "End now",
                                object: release.scope.words,
                                address: "/dialling/end?place=\(PathText.encoded(release.scope.typed))",
                                isDangerous: true
                            )
                        ] : []
                ),
            ]
        }
        let table = Table(
            "Releases for a while",
            [.text("Where"), .text("For whom"), .text("Why"), .text("Ends"), .buttons("End")],
            rows
        )
        return .section(
            "Open for now",
            id: "releases",
            [open.isEmpty ? .text("Nothing is open for a while.", style: "soft") : .table(table)]
        )
    }

    private static func classes(_ settings: DialingSettings) -> Part {
        let rows = NumberClass.allCases.map { kind -> [Table.Cell] in
            let answer = settings.rights.classes[kind] ?? .refuse
            let isOpen = answer == .allow
            return [
                .text(kind.plural),
                .badge(isOpen ? .plain : .good, isOpen ? "Goes out" : "Refused", icon: isOpen ? "phone" : "check"),
            ]
        }
        let approvals = settings.approvals.map {
            "\($0.number) until \(Shown.moment($0.until)) UTC: \(Shown.text($0.reason)), by \(Shown.text($0.approvedBy))"
        }
        var parts = [Part.table(Table("Kinds of numbers", [.text("Kind"), .text("A call")], rows))]
        if !approvals.isEmpty { parts += [.text("Single premium numbers that were approved:"), .list(approvals)] }
        return .section("Kinds of numbers, at home and in open countries", id: "classes", parts)
    }

    // MARK: One country

    static func show(_ asked: Routes.Asked) async throws -> Response {
        try await page(asked, Form(parsing: ""), nil)
    }

    private static func page(_ asked: Routes.Asked, _ typed: Form, _ refusal: Refusal?) async throws -> Response {
        let visit = asked.visit
        let settings = try await visit.perform(ShowDialing()).settings
        let code = asked.parameters.get("region") ?? ""
        guard let country = Country.all(settings).first(where: { $0.region.text == code }) else {
            return .going(to: "/dialling")
        }
        var parts = [
            Part.facts([
                Part.Fact("Now", country.state),
                Part.Fact("Forwards and transfers there", country.onward ? "allowed" : "refused"),
                Part.Fact("Country code", country.code),
                Part.Fact("Risk", country.isRisky ? "often used by fraud" : "ordinary"),
            ])
        ]
        if visit.may(.openDialling) || visit.may(.closeDialling) { parts.append(states(country, typed, visit)) }
        if visit.may(.openDialling) { parts.append(release(country, typed, visit)) }
        return visit.page(
            title: country.region.name,
            at: "/dialling",
            crumb: ("/dialling", "Dial permissions"),
            refusal: refusal,
            parts
        )
    }

    private static func states(_ country: Country, _ typed: Form, _ visit: Visit) -> Part {
        let options = CountryAccess.allCases.map { FormPart.Option($0.rawValue, $0.words) }
        let form = FormPart(
            country.address,
            "Change it",
            id: "state",
            for: OpenCountry.rights,
            [
                .choice("access", "Calls there", value: typed.optional("access") ?? country.access.rawValue, options),
                .text(
                    "reason",
                    "Why",
                    hint: "One sentence for whoever reads the journal",
                    value: Shown.text(typed["reason"]),
                    isRequired: false
                ),
            ]
        )
        return .section("For good", id: "good", [.form(form, visit)])
    }

    private static func release(_ country: Country, _ typed: Form, _ visit: Visit) -> Part {
        let form = FormPart(
            country.address + "/release",
            "Open for a while",
            id: "while",
            for: OpenCountry.rights,
            [
                .select(
                    "until",
                    "For how long",
                    value: typed["until"],
                    [
                        FormPart.Option("1h", "one hour"), .init("4h", "four hours"), .init("8h", "eight hours"),
                        .init("1d", "a day"), .init("7d", "a week"),
                    ]
                ),
                .text("why", "Why", hint: "One sentence; who asked for it", value: Shown.text(typed["why"])),
            ]
        )
        return .section(
            "For a while",
            id: "release",
            [
                .text("It closes by itself. Ranges that fraud uses stay closed.", style: "small soft"),
                .form(form, visit),
            ]
        )
    }

    static func change(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let (visit, region) = (asked.visit, asked.parameters.get("region") ?? "")
        guard let access = CountryAccess(rawValue: form["access"]) else { return .going(to: "/dialling/\(region)") }
        let rights = access == .closed ? CloseCountry.rights : OpenCountry.rights
        return try await visit.carryOut(form, for: rights) {
            try await page(asked, form, $0)
        } _: { () async throws(Refusal) in
            if access == .closed {
                _ = try await visit.perform(CloseCountry(region))
            } else {
                // What is asked of callers stays as it is, and so does where calls may be forwarded.
                let settings = try await visit.perform(ShowDialing()).settings
                let country = Country.all(settings).first { $0.region.text == region }
                var command = OpenCountry(region)
                command.withHighRisk = access == .open
                if let country, country.answer != .refuse { command.answer = country.answer }
                command.onward = country?.onward ?? false
                command.reason = form.optional("reason")
                _ = try await visit.perform(command)
            }
            return .going(to: "/dialling/\(region)")
        }
    }

    static func release(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let (visit, region) = (asked.visit, asked.parameters.get("region") ?? "")
        var command = OpenCountry(region)
        command.until = form["until"]
        command.reason = form["why"]
        let wanted = command
        return try await visit.carryOut(form, for: OpenCountry.rights) {
            try await page(asked, form, $0)
        } _: { () async throws(Refusal) in
            _ = try await visit.perform(wanted)
            return .going(to: "/dialling")
        }
    }

    static func confirmEnd(_ asked: Routes.Asked) async throws -> Response {
        try await confirmEnd(asked, asked.query["place"], nil)
    }

    private static func confirmEnd(_ asked: Routes.Asked, _ place: String, _ refusal: Refusal?) async throws -> Response
    {
        let releases = try await asked.visit.perform(ShowDialing()).settings.releases
        // What is asked about is open, and called by its name: an address can be anybody's.
        guard let release = releases.first(where: { $0.scope.typed == place }) else { return .going(to: "/dialling") }
        let form = FormPart(
            "/dialling/end",
            "End it now",
            id: "end",
            for: CloseCountry.rights,
            heading: "Close \(release.scope.words) now?",
            tone: .bad,
            button: "danger sure",
            hidden: [("place", place)],
            back: ("/dialling", "Leave it open"),
            []
        )
        return asked.visit.page(
            title: "End a release",
            at: "/dialling",
            crumb: ("/dialling", "Dial permissions"),
            refusal: refusal,
            [.form(form, asked.visit), .text("Calls that are up go on; no new one begins.", style: "soft")]
        )
    }

    static func end(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let place = form["place"]
        return try await asked.visit.carryOut(form, for: CloseCountry.rights) {
            try await confirmEnd(asked, place, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(CloseCountry(place, releaseOnly: true))
            return .going(to: "/dialling")
        }
    }
}

/// A country with what may be called there.
private struct Country {
    let region: Region
    let access: CountryAccess
    /// What happens to a call there.
    let answer: CallAnswer
    /// Whether calls may be forwarded and transferred there too.
    let onward: Bool
    let part: PartOfTheWorld
    let code: String
    let isRisky: Bool

    /// Abroad, by name; numbers of no country are among them.
    static func all(_ settings: DialingSettings) -> [Country] {
        (Region.all + [.international]).filter { $0 != settings.numbering.home }.map { region in
            Country(
                region: region,
                access: settings.rights.countries[region]?.access ?? .closed,
                answer: settings.rights.countries[region]?.answer ?? .allow,
                onward: settings.rights.onwardCountries.contains(region),
                part: PartOfTheWorld(region),
                code: codes[region].map { "+\($0)" } ?? "of no country",
                isRisky: HighRiskRanges.isFrequentTarget(region)
            )
        }.sorted { $0.region.name < $1.region.name }
    }

    private static let codes: [Region: UInt64] = Dictionary(
        Region.all.compactMap { region in CountryDialing(region).map { (region, $0.code) } }
    ) { first, _ in first }

    var isOpen: Bool { access != .closed && answer != .refuse }
    var address: String { "/dialling/\(region.text)" }

    func fits(_ query: String) -> Bool {
        let wanted = query.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if wanted.isEmpty { return true }
        let digits = wanted.hasPrefix("+") ? wanted : "+" + wanted
        return region.name.lowercased().contains(wanted) || region.text.lowercased() == wanted
            || (code.count > 1 && digits.hasPrefix(code) && digits.dropFirst().allSatisfy(\.isNumber))
    }

    var state: String {
        switch access {
        case .closed: "Closed"
        case .withoutHighRisk: "Open without high risk\(answer.addition)"
        case .open: "Open, with high risk\(answer.addition)"
        }
    }

    var tone: Tone {
        switch access {
        case .closed: .plain
        case .withoutHighRisk: .good
        case .open: .warn
        }
    }

    var icon: String {
        switch access {
        case .closed: "x"
        case .withoutHighRisk: "check"
        case .open: "warn"
        }
    }
}

extension CallAnswer {
    /// What is asked of callers, behind the state of a country.
    fileprivate var addition: String {
        switch self {
        case .allow: ""
        case .screen: ", callers repeat digits"
        case .code: ", callers type a code"
        case .person: ", a person places the call"
        case .refuse: ", every call refused"
        }
    }
}

extension CountryAccess {
    fileprivate var words: String {
        switch self {
        case .closed: "Closed: refused"
        case .withoutHighRisk:
            "Open without high risk: landline, mobile and toll-free numbers, but none of the ranges that fraud uses"
        case .open: "Open: those ranges too. Premium-rate numbers are refused all the same"
        }
    }
}

extension DialingRelease.Scope {
    /// As it is typed.
    fileprivate var typed: String {
        switch self {
        case .region(let region): region.text
        case .prefix(let prefix): prefix.text
        case .numberClass(let kind): kind.rawValue
        }
    }
}

extension Form {
    /// What was typed, without blanks around it; `nil` for nothing.
    func optional(_ name: String) -> String? {
        let text = self[name].drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        return text.isEmpty ? nil : String(text)
    }
}
