// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives
import Store

/// Is it working, is anyone attacking, what does it cost, what must I do.
enum HomePage {
    static func show(_ asked: Routes.Asked) async throws -> Response {
        let visit = asked.visit
        let state = await State(visit)
        var values: Templates.Values = [
            "moment": "\(Shown.moment(visit.now)) UTC",
            "working": working(state), "todo": todo(state),
        ]
        values.merge(sentence(state)) { $1 }
        if let attempts = state.attempts { values["attack"] = attack(attempts, bans: state.bans) }
        if let spend = state.spend { values["cost"] = cost(spend) }
        if let controls = state.controls, let score = state.score {
            values["proof"] = proof(controls, score, at: visit.now)
        }
        return visit.page("home", title: "Home", at: "/", values)
    }

    /// What the four answers are made from; `nil` for what is not for this person.
    private struct State {
        let phones: [PhoneReport]?
        let calls: [CallReport]?
        let health: DoctorReport?
        let trunks: [TrunkReport]?
        let attempts: Attempts?
        let bans: Int
        let spend: SpendOverview?
        let controls: [ControlReport]?
        let score: SecurityScore?
        let replacement: Invitation?
        let live: GoLiveReport?
        let hasExtensions: Bool
        let mayAdd: Bool

        init(_ visit: Visit) async {
            phones = await visit.ask(ListPhones())
            calls = await visit.ask(ListCalls())
            health = await visit.business.overview.health(for: visit)
            trunks = await visit.ask(ListTrunks())
            attempts = await visit.business.overview.attempts(for: visit)
            bans = await visit.ask(ListBans())?.count ?? 0
            spend = await visit.ask(ShowSpend())
            controls = await visit.ask(ListControls())
            score = await visit.ask(ShowScore())
            replacement = await visit.business.desk.replacement(of: visit.session.name)
            live = await visit.ask(ShowGoLive())
            hasExtensions = !visit.business.site.snapshot().extensions.isEmpty
            mayAdd = visit.may(.changeExtensions)
        }

        /// What is wrong and follows from nothing else, the worst first.
        var problems: [Finding] {
            let wrong = (health?.facts ?? []).filter { $0.severity >= .warning }.causes
            return wrong.sorted { $0.severity > $1.severity }
        }

        var gaps: [ControlReport] { (controls ?? []).filter { $0.state == .fallsShort } }
    }

    private static func sentence(_ state: State) -> Templates.Values {
        let (worst, count) = (state.problems.first?.severity, state.problems.count + (state.gaps.isEmpty ? 0 : 1))
        if worst == .critical || !state.gaps.isEmpty {
            let words = "\(Shown.count(count, "thing needs", "things need")) you today."
            return ["tone": "bad", "icon": "bad", "sentence": words]
        }
        if worst != nil {
            return ["tone": "warn", "icon": "warn", "sentence": "It works, and somebody should look at it this week."]
        }
        guard state.health != nil else {
            return ["tone": "good", "icon": "check", "sentence": "The phone system is running."]
        }
        guard state.hasExtensions else {
            return ["tone": "warn", "icon": "steps", "sentence": "It runs, and there is nobody to call yet."]
        }
        // What nobody has looked at is not known to work as it should.
        let (all, left) = (state.score?.items.count ?? 0, state.score?.unproven ?? 0)
        if state.score != nil, state.score?.count(.proven) == 0 {
            return ["tone": "warn", "icon": "none", "sentence": "It runs. Nothing of what protects it is proven yet."]
        }
        if left > 0 {
            let words = "It runs. \(left) of \(all) rules that protect it are not proven."
            return ["tone": "warn", "icon": "clock", "sentence": words]
        }
        return ["tone": "good", "icon": "check", "sentence": "Everything works, and nothing needs you."]
    }

    private static func working(_ state: State) -> Templates.Values {
        var values: Templates.Values = [:]
        guard let phones = state.phones else {
            values["say"] = "Yes, the phone system is running."
            values["more"] = state.calls.map { "\(Shown.count($0.count, "call", "calls")) at this moment." }
            return values.compactMapValues { $0 }
        }
        let connected = phones.count { $0.registrations > 0 }
        let lines = state.trunks ?? []
        let usable = lines.count { $0.state?.isUsable == true }
        let isCutOff = !lines.isEmpty && usable == 0
        let outside = Shown.count(lines.count, "outside line answers", "outside lines answer")
        values["say"] =
            connection(of: phones.count, connected, isCutOff ? "Inside only." : "Yes.")
            + (isCutOff ? ", and no outside line answers." : lines.isEmpty ? "." : ", and \(usable) of \(outside).")
        if let calls = state.calls { values["more"] = "\(Shown.count(calls.count, "call", "calls")) at this moment." }
        if !phones.isEmpty, phones.count <= Limits.liveCalls {
            let pickets = Pickets(
                phones.map { $0.registrations > 0 ? 1 : 0 },
                width: 6,
                gap: 3,
                classes: phones.map { $0.registrations > 0 ? "ok" : "no" }
            )
            values["picture"] =
                [
                    "width": pickets.totalWidth, "bars": pickets.bars,
                    "label": "\(connected) of \(phones.count) phones are connected",
                    "scale": "\(connected) of \(phones.count)",
                ] as Templates.Values
        }
        return values
    }

    /// How phones are, as the beginning of a sentence.
    ///
    /// - Parameter yes: Whether it works, where they do.
    private static func connection(of phones: Int, _ connected: Int, _ yes: String) -> String {
        switch (phones, connected) {
        case (0, _): "\(yes) No phone is enrolled yet"
        case (1, 1): "\(yes) The phone is connected"
        case (1, 0): "The phone is not connected"
        case (phones, phones): "\(yes) All \(phones) phones are connected"
        default: "\(connected) of \(phones) phones are connected"
        }
    }

    private static func attack(_ attempts: Attempts, bans: Int) -> Templates.Values {
        let pickets = Pickets(attempts.hours.map(\.count), width: 6, gap: 3)
        let (least, most) = (attempts.hours.map(\.count).min() ?? 0, attempts.hours.map(\.count).max() ?? 0)
        let shutOut = "\(Shown.count(bans, "address is", "addresses are")) shut out at this moment."
        let hours: [Templates.Values] = attempts.hours.map { hour, count in
            ["hour": "\(twoDigits(hour)):00 to \(twoDigits((hour + 1) % 24)):00", "count": count]
        }
        return [
            "say": attempts.count == 0
                ? "Nobody tried anything in the last 24 hours." : "Somebody always tries. Everything was refused.",
            "more": attempts.count == 0
                ? shutOut
                : "\(Shown.count(attempts.count, "attempt", "attempts")) in 24 hours, from "
                    + "\(Shown.count(attempts.sources, "place", "places")). \(shutOut)",
            "hasTries": attempts.count > 0,
            "tries": attempts.byKind.map { "\($0.count) \($0.words)" },
            "hours": hours, "width": pickets.totalWidth, "bars": pickets.bars,
            "label": "Attempts refused in each of the last 24 hours, between \(least) and \(most) an hour",
        ]
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static func cost(_ spend: SpendOverview) -> Templates.Values {
        let currency = spend.settings.currency
        let (sum, home) = (SpendSum(spend, .day), SpendSum(spend, .day, of: [.home]))
        return [
            "spent": Shown.money(sum.spent, currency), "limit": Shown.money(sum.limit, currency),
            "share": sum.share, "class": Part.given(sum.share >= 100 ? "no" : sum.share >= 80 ? "mid" : nil),
            "more":
                "Within 24 hours, calls in progress included; \(Shown.money(home.spent, currency)) of it for ordinary "
                + "calls at home. Calls end by themselves at the limit; emergency calls do not.",
        ]
    }

    private static func todo(_ state: State) -> Templates.Values {
        var tasks: [Templates.Values] = state.problems.prefix(3).map { finding in
            [
                "class": Part.given(finding.severity == .critical ? "bad" : nil),
                "title": Shown.text(finding.title, most: 160),
                "what": finding.evidence.isEmpty ? finding.title : Shown.text(finding.evidence, most: 240),
                "did": "It looks again each minute, and tells you while it lasts.",
                "do": finding.remedy.isEmpty ? "Look at the controls." : Shown.text(finding.remedy, most: 240),
            ]
        }
        if tasks.count < 3, !state.gaps.isEmpty {
            let names = state.gaps.prefix(3).map(\.title).joined(separator: "; ")
            tasks.append([
                "class": "bad", "title": "A rule does not hold",
                "what": names, "did": "The last look or attack found it.",
                "do": "Read what to do on the page of the rule.", "link": "/controls", "linkName": "See the controls",
            ])
        }
        if let link = state.replacement {
            tasks.insert(
                [
                    "class": "bad", "title": "Somebody wants to replace your second factor",
                    "what": "\(Shown.text(link.maker)) made a link by which your password and your codes are set anew.",
                    "did": "It works from \(Shown.moment(link.from)) UTC on, and everybody was told.",
                    "do": "If you did not ask for it, say no to it now.", "link": "/account", "linkName": "Say no",
                ],
                at: 0
            )
        }
        if tasks.count < 3, let live = state.live, !live.missing.isEmpty {
            tasks.append([
                "class": false, "title": "Calls outside wait for you",
                "what": "Before the first one: \(live.missing.map(\.words).joined(separator: "; ")).",
                "did": "It refuses calls outside until then. Calls for help go out.",
                "do": "Go through the last step of the first hour.", "link": "/first-hour?step=7",
                "linkName": "See what is left",
            ])
        }
        if tasks.count < 3, let score = state.score, state.gaps.isEmpty, score.unproven > 0 {
            tasks.append([
                "class": "info", "title": "Look at what protects you",
                "what": "\(score.unproven) of \(score.items.count) rules have no fresh look and attack.",
                "did": "It enforces them all the same.",
                "do": "Let it look, one minute, and attack itself, five minutes.", "link": "/proof",
                "linkName": "Look or attack now",
            ])
        }
        if tasks.count < 3, !state.hasExtensions, state.mayAdd {
            tasks.append([
                "class": "info", "title": "Add the first extension",
                "what": "There is nobody to call yet.", "did": "It keeps everything closed until then.",
                "do": "Give a person or a room a number, then enrol their phone.",
                "link": "/extensions/add", "linkName": "Add an extension",
            ])
        }
        tasks = Array(tasks.prefix(3))
        let say =
            tasks.isEmpty ? "Nothing today." : "\(Shown.count(tasks.count, "thing", "things")), the most urgent first."
        return ["say": say, "hasTasks": !tasks.isEmpty, "tasks": tasks]
    }

    private static func proof(_ controls: [ControlReport], _ score: SecurityScore, at now: WallTime) -> Templates.Values
    {
        let last = { (proofs: [Proof?]) in
            proofs.compactMap { $0?.at }.max().map { "\(Shown.moment($0)) UTC, \(Shown.age($0, at: now))" }
                ?? "not yet"
        }
        return [
            "all": controls.count, "proven": score.count(.proven), "score": score.value,
            "audit": last(controls.map(\.lastAudit)),
            "attack": last(controls.map(\.lastAttack)),
        ]
    }
}
