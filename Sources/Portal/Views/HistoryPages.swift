// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// Who called whom: with why it went so, and what it cost.
enum HistoryPages {
    static func list(_ asked: Routes.Asked) async throws -> Response {
        let (visit, query) = (asked.visit, asked.query)
        let filter = Filter(query, at: visit.now)
        let all = try await records(filter, visit)
        let found = all.filter(filter.fits)
        let pager = Pager(found.count, page: query["page"])
        let currency = visit.business.site.snapshot().outside.spending.currency
        let rows = found[pager.range].map { record -> [Table.Cell] in
            [
                Table.Cell(
                    words: Shown.moment(record.startedAt),
                    isWhole: true,
                    more: record.spoken,
                    address: address(record)
                ),
                .text(LiveCalls.name(record.caller, visit), more: record.caller.detail),
                .text(
                    record.callee.map { LiveCalls.name($0, visit) } ?? Shown.text(record.dialled),
                    more: "dialled \(Shown.text(record.dialled, most: 32))"
                ),
                .badge(record.outcome.tone, record.outcome.words, more: Part.given(record.reason) as? String),
                .text(record.charges.isEmpty ? "none" : Shown.money(record.charges.map(\.counted).sum, currency)),
            ]
        }
        let table = Table(
            "Calls, the newest first",
            [.text("Time (UTC)"), .text("From"), .text("To"), .text("Outcome"), .number("Cost")],
            rows
        )
        var parts = [filter.form, found.isEmpty ? Self.nothing(all.isEmpty) : .table(table)]
        if let links = Part.pager(pager, { filter.address(page: $0) }) { parts.append(links) }
        let isCut = all.count == Limits.countedRecords
        return visit.page(
            title: "Call history",
            at: "/history",
            lede:
                "\(Shown.count(found.count, "call", "calls"))\(isCut ? " of the newest \(all.count)" : "") in this time.",
            parts
        )
    }

    /// Of the usual days those that all who look share; else they are read, which costs a session much.
    private static func records(_ filter: Filter, _ visit: Visit) async throws -> [CallRecord] {
        if filter.isUsual, let kept = await visit.business.overview.records(for: visit) { return kept }
        guard visit.business.pace.admits(.token(visit.session.token), cost: Limits.longPage) else {
            throw Answer.tooFast
        }
        return try await visit.perform(
            ListRecords(limit: Limits.countedRecords, since: filter.since, until: filter.until)
        )
    }

    private static func nothing(_ isEmpty: Bool) -> Part {
        isEmpty
            ? .empty(
                "Nobody called in this time.",
                "Every call is written down before it is answered, refused ones too."
            )
            : .empty("Nothing matches.", "No call in this time is like that.", link: ("/history", "Show all"))
    }

    private static func address(_ record: CallRecord) -> String {
        "/history/\(PathText.encoded(record.id))?at=\(record.startedAt.milliseconds)"
    }

    /// What is looked for, as it stands in the address.
    private struct Filter {
        let since: WallTime?
        let until: WallTime?
        private let who: String
        private let outcome: CallOutcome?
        private let query: Form
        /// Whether nobody has said which days.
        var isUsual: Bool { query["from"].isEmpty && query["to"].isEmpty }

        init(_ query: Form, at now: WallTime) {
            self.query = query
            since = Self.day(query["from"]) ?? now + .seconds(-Int64(Limits.costDays) * 86_400)
            until = Self.day(query["to"]).map { $0 + .seconds(86_400) }
            who = query["who"].lowercased().filter { !$0.isWhitespace }
            outcome = CallOutcome(rawValue: query["outcome"])
        }

        /// `2026-11-30`, as a browser sends it, at its beginning in UTC.
        private static func day(_ text: String) -> WallTime? {
            let parts = text.split(separator: "-").compactMap { Int($0) }
            guard parts.count == 3, let date = CivilDate(year: parts[0], month: parts[1], day: parts[2]) else {
                return nil
            }
            return WallTime(milliseconds: Int64(date.days) * 86_400_000)
        }

        func fits(_ record: CallRecord) -> Bool {
            if let outcome, record.outcome != outcome { return false }
            guard !who.isEmpty else { return true }
            let texts = [record.caller.text, record.callee?.text ?? "", record.dialled, record.id]
            return texts.contains { $0.lowercased().contains(who) }
        }

        func address(page: Int) -> String {
            let kept = ["from", "to", "who", "outcome"].filter { !query[$0].isEmpty }
                .map { "\($0)=\(PathText.encoded(query[$0]))" }
            return "/history?" + (kept + ["page=\(page)"]).joined(separator: "&")
        }

        var form: Part {
            let outcomes =
                [FormPart.Option("", "any outcome")] + CallOutcome.allCases.map { .init($0.rawValue, $0.words) }
            return .form(
                FormPart(
                    lookingAt: "/history",
                    "Show",
                    [
                        .date("from", "From", value: Shown.text(query["from"])),
                        .date("to", "To", value: Shown.text(query["to"])),
                        .text("who", "Number or extension", value: Shown.text(query["who"]), isRequired: false),
                        .select("outcome", "Outcome", value: query["outcome"], outcomes),
                    ]
                )
            )
        }
    }

    // MARK: One call

    static func show(_ asked: Routes.Asked) async throws -> Response {
        let visit = asked.visit
        guard let record = try await find(asked) else { throw HTTPError(.notFound) }
        let currency = visit.business.site.snapshot().outside.spending.currency
        var facts = [
            Part.Fact("From", LiveCalls.name(record.caller, visit), more: record.caller.detail),
            Part.Fact("Dialled", Shown.text(record.dialled)),
            Part.Fact(
                "Connected with",
                record.callee.map { LiveCalls.name($0, visit) } ?? "nobody",
                more: record.callee?.detail
            ),
            Part.Fact(
                "Outcome",
                record.outcome.words,
                more: Part.given(Shown.text(record.reason, most: 240)) as? String
            ),
        ]
        if let status = record.status { facts.append(Part.Fact("Answer to the caller", "\(status)")) }
        if let trunk = record.trunk { facts.append(Part.Fact("Over the line", trunk.text)) }
        var parts = [Part.facts(facts)]
        if let control = record.control {
            let name = control.rawValue
            parts.append(
                .note(
                    .info,
                    "The rule that decided: \(control.title).",
                    link: ("/controls/\(name)", "Read about \(name)")
                )
            )
        }
        parts += [ladder(record), costs(record, currency), protection(record)]
        if visit.may(.traceSignalling), let trace = await visit.ask(ShowTrace(call: record.id)), !trace.messages.isEmpty
        {
            parts.append(messages(trace))
        }
        return visit.page(
            title: "Call of \(Shown.moment(record.startedAt)) UTC",
            at: "/history",
            lede: record.spoken ?? "not answered",
            crumb: ("/history", "Call history"),
            parts
        )
    }

    /// It is looked for at the moment that its link says: no list is long there.
    private static func find(_ asked: Routes.Asked) async throws -> CallRecord? {
        let id = asked.parameters.get("id") ?? ""
        guard let at = Int64(asked.query["at"]).map(WallTime.init(milliseconds:)) else { return nil }
        let command = ListRecords(limit: Limits.countedRecords, since: at, until: at + .milliseconds(1))
        return try await asked.visit.perform(command).first { $0.id == id }
    }

    private static func ladder(_ record: CallRecord) -> Part {
        var moments = [Part.Moment(Shown.clock(record.startedAt), "Dialled \(Shown.text(record.dialled))")]
        moments += record.path.map { step in
            Part.Moment("", Shown.text(step.words, most: 120), style: "ok")
        }
        if let answered = record.answeredAt {
            moments.append(Part.Moment(Shown.clock(answered), "Answered", style: "ok"))
        }
        if let ended = record.endedAt {
            let isOurs = record.outcome == .answered || record.outcome == .cancelled
            moments.append(
                Part.Moment(
                    Shown.clock(ended),
                    record.outcome == .answered ? "Ended" : "Ended: \(record.outcome.words)",
                    more: Shown.text(record.reason, most: 240),
                    style: isOurs ? "ok" : "no"
                )
            )
        }
        return .section("The way it took", id: "way", [.timeline(moments)])
    }

    /// What was signalled of it, where somebody had it noted.
    private static func messages(_ trace: TraceReport) -> Part {
        let parts = trace.messages.map { message -> Part in
            let way = message.isReceived ? "from \(message.remote)" : "to \(message.remote)"
            let heading = "\(Shown.clock(message.at)) \(way), \(message.transport.uppercased()): \(message.summary)"
            let lines = message.text.split(separator: "\r\n", omittingEmptySubsequences: false)
            let text = lines.map { Shown.text(String($0), most: Limits.tracedLine) }.joined(separator: "\n")
            return .details(Shown.text(heading, most: 160), [.preformatted(text, label: "Message")])
        }
        let words =
            "Both sides of it, without passwords, keys, texts and pressed keys. To keep it: ringfence trace export."
        return .section("What was signalled", id: "messages", [.text(words, style: "small soft")] + parts)
    }

    private static func costs(_ record: CallRecord, _ currency: Currency) -> Part {
        guard !record.charges.isEmpty else {
            return .section("Cost", id: "cost", [.text("It left the business nowhere, so it cost nothing.")])
        }
        let rows = record.charges.map { charge -> [Table.Cell] in
            [
                .text(charge.number.text, more: charge.region?.name ?? charge.numberClass.plural),
                .text("\(charge.deck), \(charge.prefix)", more: "version \(charge.version)"),
                .text(Shown.money(charge.tariff.perMinute, charge.currency)),
                .text(
                    Shown.money(charge.reserved, charge.currency),
                    more: Shown.count(Int(charge.slices), "slice", "slices")
                ),
                .text(charge.cost.map { Shown.money($0, charge.currency) } ?? "not known yet"),
            ]
        }
        let table = Table(
            "What each leg outside cost",
            [
                .text("Number"), .text("Price list and prefix"), .number("A minute"), .number("Reserved"),
                .number("Cost"),
            ],
            rows
        )
        return .section("Cost", id: "cost", [.table(table)])
    }

    private static func protection(_ record: CallRecord) -> Part {
        let rows = [("Caller", record.callerProtection), ("Callee", record.calleeProtection)].map {
            side,
            leg -> [Table.Cell] in
            let setUp = [leg?.transport.uppercased(), leg?.tlsVersion, leg?.cipher].compactMap { $0 }
            return [
                .text(side), .text(setUp.isEmpty ? "no leg" : setUp.joined(separator: ", ")),
                leg.map { leg in
                    leg.isComplete
                        ? .badge(.good, leg.srtpSuite.map { "SRTP \($0)" } ?? "", icon: "lock")
                        : leg.isReadable ? .badge(.bad, "Not encrypted", icon: "unlock") : .text("none was agreed on")
                } ?? .text("none"),
            ]
        }
        let table = Table("Encryption of each side", [.text("Side"), .text("Set-up"), .text("Sound")], rows)
        return .details(
            "For the engineer: encryption, and the id of the record",
            [.table(table), .text("Record \(record.id)", style: "mono")]
        )
    }
}

extension CallRecord {
    /// `4 min 12 s`; `nil` for one that was not answered.
    var spoken: String? {
        guard let answeredAt, let endedAt else { return nil }
        let seconds = max(0, (endedAt - answeredAt).components.seconds)
        return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
    }
}

extension Participant {
    /// What stands below a name.
    var detail: String {
        switch self {
        case .extension(let number): "extension \(number)"
        case .group: "ring group"
        case .service, .system: "the phone system itself"
        case .outside: "outside"
        case .emergency: "emergency"
        }
    }
}

extension CallOutcome {
    var words: String {
        switch self {
        case .settingUp: "Being set up"
        case .answered: "Answered"
        case .refused: "Refused"
        case .busy: "Busy"
        case .noAnswer: "No answer"
        case .declined: "Declined"
        case .cancelled: "Caller hung up"
        case .unreachable: "Not reachable"
        case .failed: "Failed"
        case .interrupted: "Interrupted"
        }
    }

    var tone: Tone {
        switch self {
        case .answered: .good
        case .settingUp, .busy, .noAnswer, .declined, .cancelled: .plain
        case .unreachable, .interrupted: .warn
        case .refused, .failed: .bad
        }
    }
}

extension CallStep {
    var words: String {
        switch reason {
        case .always: "\(from.words) forwards to \(to.words)"
        case .parked: "Parked by \(from.words), to \(to.words)"
        case .waited: "The caller waited in \(from.words), and went on to \(to.words)"
        case .chosen: "The caller chose \(to.words) in \(from.words)"
        case .busy: "\(from.words) was busy, to \(to.words)"
        case .noAnswer: "\(from.words) did not answer, to \(to.words)"
        case .follow: "\(from.words) was looked for at \(to.words)"
        case .unreachable: "\(from.words) was not there, to \(to.words)"
        case .phone: "The phone of \(from.words) forwarded it, to \(to.words)"
        case .member: "\(from.words) rang \(to.words)"
        case .nobody: "Nobody of \(from.words) answered, to \(to.words)"
        case .closed: "Closed, to \(to.words)"
        case .diverted: "\(from.words) sent it to \(to.words), as the provider says"
        }
    }
}
