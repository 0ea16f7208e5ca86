// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// What calls outside cost, against what they may cost.
enum SpendPage {
    static func show(_ asked: Routes.Asked) async throws -> Response { try await page(asked.visit, Form(parsing: "")) }

    private static func page(_ visit: Visit, _ typed: Form, _ refusal: Refusal? = nil) async throws -> Response {
        let spend = try await visit.perform(ShowSpend())
        let currency = spend.settings.currency
        var parts = [Part.facts(SpendSpan.allCases.map { fact(SpendSum(spend, $0), $0, currency) }, isBig: true)]
        if let records = await visit.business.overview.records(for: visit) {
            let costs = Costs(records, in: currency, at: visit.now)
            parts.append(days(costs, currency, of: records.count))
            parts.append(destinations(costs, currency))
        }
        parts.append(budgets(spend, currency))
        parts.append(prices(spend.settings))
        if visit.may(.changeSpending) { parts += forms(spend, typed, visit) }
        return visit.page(
            title: "Spend",
            at: "/spend",
            lede: "Calls end by themselves when a limit is reached. Emergency calls never do.",
            refusal: refusal,
            parts
        )
    }

    private static func fact(_ sum: SpendSum, _ span: SpendSpan, _ currency: Currency) -> Part.Fact {
        Part.Fact(
            span.heading,
            Shown.money(sum.spent, currency),
            more: "of \(Shown.money(sum.limit, currency)), \(sum.share) %"
        )
    }

    // MARK: What was

    private static func days(_ costs: Costs, _ currency: Currency, of count: Int) -> Part {
        let pickets = Pickets(
            costs.days.map { Int($0.cost.micros / 10_000) },
            width: 5,
            gap: 2,
            classes: costs.days.indices.map { $0 == costs.days.count - 1 ? "hi" : nil }
        )
        let (least, most) = (costs.days.map(\.cost).min() ?? .zero, costs.days.map(\.cost).max() ?? .zero)
        let source =
            count == Limits.countedRecords ? "the records of the newest \(count) calls" : "the records of calls"
        let rows = costs.days.reversed().map { day -> [Table.Cell] in
            [.text(day.day), .text("\(day.calls)"), .text(Shown.money(day.cost, currency))]
        }
        return Part.section(
            "The last 30 days",
            id: "days",
            [
                .chart(
                    pickets,
                    label: "Cost of each of the last 30 days, between \(Shown.money(least, currency)) and "
                        + Shown.money(most, currency),
                    first: costs.days.first?.day ?? "",
                    last: "today \(Shown.money(costs.days.last?.cost ?? .zero, currency))"
                ),
                .text("\(Shown.money(costs.sum, currency)) in 30 days, by \(source).", style: "small soft"),
                .details(
                    "The same as a table",
                    [.table(Table("Cost of each day (UTC)", [.text("Day"), .number("Calls"), .number("Cost")], rows))]
                ),
            ]
        )
    }

    private static func destinations(_ costs: Costs, _ currency: Currency) -> Part {
        guard !costs.places.isEmpty else {
            return .section("Where it goes", id: "places", [.text("Nobody called outside in 30 days.")])
        }
        let rows = costs.places.prefix(10).map { place -> [Table.Cell] in
            [
                .text(place.name), .text("\(place.calls)"), .text("\(place.minutes)"),
                .text(Shown.money(place.cost, currency)),
            ]
        }
        let table = Table(
            "Where calls of 30 days went, the dearest first",
            [.text("Destination"), .number("Calls"), .number("Minutes"), .number("Cost")],
            Array(rows)
        )
        return .section("Where it goes", id: "places", [.table(table)])
    }

    // MARK: What may be

    private static func budgets(_ spend: SpendOverview, _ currency: Currency) -> Part {
        guard let standings = spend.standings else {
            return .section("Budgets", id: "budgets", [.text("The server does not say how budgets stand.")])
        }
        let usual: [SpendPool] = [.business, .home]
        let others = standings.map(\.pool).filter { !usual.contains($0) }
            .sorted { $0.description < $1.description }.prefix(Limits.rows)
        let rows = (usual + others).map { pool -> [Table.Cell] in
            let sum = SpendSum(spend, .day, of: [pool])
            let standing = standings.first { $0.pool == pool }
            return [
                .text(pool.words, more: standing.flatMap { $0.running > 0 ? "\($0.running) calls now" : nil }),
                .gauge(sum.share), .text(Shown.money(sum.spent, currency)), .text(Shown.money(sum.limit, currency)),
            ]
        }
        let table = Table(
            "Budgets of 24 hours",
            [.text("Budget"), .text("Used"), .number("Spent"), .number("Limit a day")],
            rows
        )
        return .section("Budgets", id: "budgets", [.table(table)])
    }

    private static func prices(_ settings: SpendSettings) -> Part {
        let currency = settings.currency
        let facts = [
            Part.Fact("One call", Shown.money(settings.perCall, currency)),
            Part.Fact("A minute", Shown.money(settings.highestPerMinute, currency)),
            Part.Fact("An answer", Shown.money(settings.highestSetUp, currency)),
            Part.Fact("A minute of an ordinary call at home", Shown.money(settings.ordinaryPerMinute, currency)),
            Part.Fact("While the business is closed", "\(settings.afterHours.value) % of each limit"),
            Part.Fact(
                "The ceiling above all limits",
                "\(settings.ceiling(at: .present)), in \(currency)",
                more: "raised by two operators and a day: ringfence spend ceiling"
            ),
        ]
        return .section("At most", id: "most", [.facts(facts)])
    }

    // MARK: Changes

    private static func forms(_ spend: SpendOverview, _ typed: Form, _ visit: Visit) -> [Part] {
        let pools = [
            FormPart.Option("business", "calls abroad, to mobiles and to the unusual"),
            .init("home", "ordinary calls at home"),
            .init("extensions", "each extension that has none of its own"),
            .init("home extensions", "each extension, for ordinary calls at home"),
            .init("shared", "each group and each trunk"),
        ]
        let own = visit.business.site.snapshot().extensions.values.sorted { $0.number < $1.number }
            .prefix(Limits.optionRows).map {
                FormPart.Option("extension \($0.number)", "\($0.number) \(Shown.text($0.name, most: 30))")
            }
        let amount = { (name: String, label: String, more: String) in
            FormPart.Field.text(
                name,
                label,
                hint: "In \(spend.settings.currency), such as 12.00\(more)",
                value: typed[name],
                isRequired: false,
                inputmode: "decimal",
                most: 12
            )
        }
        let left = "; empty to leave it"
        let limits = FormPart(
            "/spend/limit",
            "Change the limit",
            id: "limit",
            for: SetSpendLimits.rights,
            [
                .select("subject", "Whose", value: typed["subject"], pools + own), amount("hour", "Within an hour", ""),
                amount("day", "Within a day", ""), amount("week", "Within a week", ""),
            ]
        )
        let prices = FormPart(
            "/spend/price",
            "Change what a call may cost",
            id: "price",
            for: SetSpendPrices.rights,
            [
                amount("perCall", "One call", left), amount("perMinute", "A minute", left),
                amount("setUp", "An answer", left),
            ]
        )
        return [
            .section(
                "Change a limit",
                id: "change",
                [
                    .text(
                        "A limit can be lowered, and raised up to the ceiling. It counts at once, for calls that are up as well. Type in all three, or none to take limits of its own away.",
                        style: "small soft"
                    ),
                    .details("A limit of money", isOpen: !typed["subject"].isEmpty, [.form(limits, visit)]),
                    .details(
                        "What one call may cost",
                        isOpen: ["perCall", "perMinute", "setUp"].contains { !typed[$0].isEmpty },
                        [.form(prices, visit)]
                    ),
                ]
            )
        ]
    }

    static func limit(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let visit = asked.visit
        let command = SetSpendLimits(
            subject: form["subject"],
            hour: form.optional("hour"),
            day: form.optional("day"),
            week: form.optional("week")
        )
        return try await visit.carryOut(form, for: SetSpendLimits.rights) {
            try await page(visit, form, $0)
        } _: { () async throws(Refusal) in
            _ = try await visit.perform(command)
            return .going(to: "/spend")
        }
    }

    static func price(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let visit = asked.visit
        var command = SetSpendPrices()
        command.perCall = form.optional("perCall")
        command.perMinute = form.optional("perMinute")
        command.setUp = form.optional("setUp")
        let wanted = command
        return try await visit.carryOut(form, for: SetSpendPrices.rights) {
            try await page(visit, form, $0)
        } _: { () async throws(Refusal) in
            _ = try await visit.perform(wanted)
            return .going(to: "/spend")
        }
    }
}

/// What was spent of some budgets together, and what may be.
struct SpendSum {
    let spent: Money
    let limit: Money

    /// - Parameter pools: By default all money that leaves the business: ordinary calls at home have a budget beside the other.
    init(_ overview: SpendOverview, _ span: SpendSpan, of pools: [SpendPool] = [.business, .home]) {
        let parts = pools.map { pool -> (Money, Money) in
            let line = overview.standings?.first { $0.pool == pool }?.lines
                .first { $0.span == span && !$0.isAfterHours }
            return (line?.spent ?? .zero, line?.limit ?? overview.settings.limits(of: pool, at: overview.at)[span])
        }
        spent = parts.map(\.0).sum
        // However much each may spend, together it is what the ceiling says.
        limit = min(parts.map(\.1).sum, overview.settings.ceiling(at: overview.at)[span])
    }

    /// In hundredths, at most 100.
    var share: Int { limit.micros > 0 ? Int(min(100, spent.micros * 100 / limit.micros)) : 0 }
}

/// What calls cost by day and by destination, as their records say.
struct Costs {
    struct Day {
        let day: String
        var calls = 0
        var cost = Money.zero
    }

    struct Place {
        let name: String
        var calls = 0
        var seconds: Int64 = 0
        var cost = Money.zero
        var minutes: Int64 { (seconds + 59) / 60 }
    }

    /// The oldest first; the last is today.
    private(set) var days: [Day]
    /// The dearest first.
    let places: [Place]
    var sum: Money { days.map(\.cost).sum }

    private static let dayLength: Int64 = 86_400_000

    init(_ records: [CallRecord], in currency: Currency, at now: WallTime) {
        let today = now.milliseconds / Self.dayLength
        days = (0..<Limits.costDays).map { index in
            let start = (today - Int64(Limits.costDays - 1 - index)) * Self.dayLength
            return Day(day: WallTime(milliseconds: start).day)
        }
        var found: [String: Place] = [:]
        for record in records {
            for charge in record.charges where charge.currency == currency {
                let index = Limits.costDays - 1 - Int(today - charge.reservedAt.milliseconds / Self.dayLength)
                guard days.indices.contains(index) else { continue }
                days[index].calls += 1
                days[index].cost = [days[index].cost, charge.counted].sum
                let name = Self.name(charge)
                var place = found[name] ?? Place(name: name)
                place.calls += 1
                place.cost = [place.cost, charge.counted].sum
                if let began = charge.answeredAt, let end = charge.settledAt ?? record.endedAt {
                    place.seconds += max(0, (end - began).components.seconds)
                }
                found[name] = place
            }
        }
        places = found.values.sorted { ($1.cost, $0.name) < ($0.cost, $1.name) }
    }

    private static func name(_ charge: LegCharge) -> String {
        let country = charge.region?.name ?? "international services"
        return charge.numberClass == .geographic ? country : "\(country), \(charge.numberClass.plural)"
    }
}

extension SpendSpan {
    fileprivate var heading: String {
        switch self {
        case .hour: "Within an hour"
        case .day: "Within a day"
        case .week: "Within a week"
        }
    }
}

extension SpendPool {
    /// For people.
    var words: String {
        switch self {
        case .business: "Calls abroad, to mobiles and to the unusual"
        case .home: "Ordinary calls at home"
        case .extension(let number): "Extension \(number)"
        case .extensionAtHome(let number): "Extension \(number), at home"
        case .group(let name): "Group \(name)"
        case .trunk(let name): "Line \(name)"
        case .ceiling: "All of it, below the ceiling"
        }
    }
}
