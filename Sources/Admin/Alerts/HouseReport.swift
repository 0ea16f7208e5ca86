// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Store

/// How the house stood over a while, in three sentences: whether it works, who tried to get in, and what it cost.
struct HouseReport {
    enum Period: Sendable {
        case day, month

        var code: Finding.Code {
            switch self {
            case .day: "report.morning"
            case .month: "report.month"
            }
        }

        var words: String {
            switch self {
            case .day: "the last 24 hours"
            case .month: "the last month"
            }
        }
    }

    let period: Period
    /// What falls short at this moment, causes only.
    let faults: [Finding]
    let events: [SecurityEvent]
    let records: [CallRecord]
    /// Whether there were more of either than were looked at.
    let isPartial: Bool
    let currency: Currency
    /// What a day may cost; `nil` where nobody counts.
    let dailyLimit: Money?

    var finding: Finding {
        Finding(
            period.code,
            .notice,
            faults.isEmpty
                ? "Everything works." : "\(faults.count) thing\(faults.count == 1 ? " needs" : "s need") you.",
            evidence: [working, attacks, money].joined(separator: " ")
                + (isPartial ? " There was more than is counted here." : ""),
            remedy: faults.isEmpty ? "" : "See what and how: ringfence doctor"
        )
    }

    private var working: String {
        guard !faults.isEmpty else { return "All that the system looks at works." }
        return "Of what the system looks at, \(faults.count == 1 ? "one falls" : "\(faults.count) fall") short: "
            + faults.prefix(3).map { $0.title.hasSuffix(".") ? String($0.title.dropLast()) : $0.title }
            .joined(separator: "; ") + "."
    }

    private var attacks: String {
        let banned = Set(events.filter { $0.kind == .banned }.map(\.source)).count
        let failed = events.filter { RegistrationWatch.watches($0.kind) || $0.kind == .signInFailed }.reduce(0) {
            $0 + $1.count
        }
        guard banned + failed > 0 else { return "Nobody tried to get in within \(period.words)." }
        return
            "Within \(period.words) \(Self.count(failed, "login")) failed and \(Self.count(banned, "address", "addresses")) "
            + "\(banned == 1 ? "was" : "were") shut out."
    }

    private var money: String {
        let paid = records.filter { !$0.charges.isEmpty }
        let refused = events.filter { $0.kind == .premiumRefused || $0.kind == .abroadRefused }.reduce(0) {
            $0 + $1.count
        }
        let held =
            refused > 0
            ? "; \(Self.count(refused, "call")) to numbers that are not open \(refused == 1 ? "was" : "were") refused"
            : ""
        let limit =
            period == .day ? dailyLimit.map { " of the \($0.text(in: currency)) that a day may cost" } ?? "" : ""
        // Price lists of before may have been in another currency.
        let charges = Dictionary(grouping: paid.flatMap(\.charges), by: \.currency)
        let others = charges.filter { $0.key != currency }.sorted { $0.key.code < $1.key.code }
            .map { ", and \($0.value.map(\.counted).sum.text(in: $0.key))" }.joined()
        let cost = (charges[currency] ?? []).map(\.counted).sum.text(in: currency)
        return "\(Self.count(paid.count, "call")) went outside and cost \(cost)\(limit)\(others)\(held)."
    }

    private static func count(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        "\(count) \(count == 1 ? one : many ?? one + "s")"
    }
}

extension Administrator {
    /// A mail of three sentences each morning.
    public nonisolated var morningReport: Job {
        Job("report.morning", .daily(minute: Limits.morningMinute)) { [self] now in
            try await report(.day, since: now + .seconds(-86_400), at: now)
        }
    }

    /// The same of a month, on its first day or as soon afterwards as the system runs.
    public nonisolated var monthlyReport: Job {
        Job("report.month", .daily(minute: Limits.morningMinute)) { [self] now in try await reportMonth(at: now) }
    }

    func reportMonth(at now: WallTime) async throws(Refusal) {
        let told = try await reading { try $0.alerts(limit: Int.max) }
        let last = told.first { $0.finding.code == HouseReport.Period.month.code }?.at
        // Not in the month in which it was installed: there is nothing to tell yet.
        guard let begun = last ?? told.last?.at, begun.month != now.month else { return }
        try await report(.month, since: now + .seconds(-31 * 86_400), at: now)
    }

    func report(_ period: HouseReport.Period, since start: WallTime, at now: WallTime) async throws(Refusal) {
        let faults = await engine.health().causes.filter { $0.severity >= .warning }
        let standings = await engine.live(.spending).spending
        let limit = Limits.reportRows
        let (events, records) = try await reading { backend in
            (
                try backend.events(limit: limit).filter { $0.at >= start && $0.at <= now },
                try backend.records(of: nil, during: start...now, limit: limit)
            )
        }
        let lines = standings?.first { $0.pool == .business }?.lines ?? []
        let report = HouseReport(
            period: period,
            faults: faults,
            events: events,
            records: records,
            isPartial: events.count >= limit || records.count >= limit,
            currency: store.snapshot.outside.spending.currency,
            dailyLimit: lines.first { $0.span == .day && !$0.isAfterHours }?.limit
        )
        await engine.tell(report.finding)
    }
}

extension WallTime {
    /// `2026-11`.
    fileprivate var month: Substring { description.prefix(7) }
}
