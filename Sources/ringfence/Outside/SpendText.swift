// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives

extension SpendOverview {
    var text: String {
        let parts = [ceiling, FactList(prices).text, Table(Self.columns, rows).text, live]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// What no limit may exceed, and what somebody asked for.
    var ceiling: String {
        let held = "The ceiling above all budgets is \(settings.ceiling(at: at)) (\(settings.currency))."
        guard let raise = settings.raise, !raise.isDue(at: at) else { return held }
        let asked = "\(raise.request.account) asked for \(raise.limits) at \(raise.request.at.seconds)"
        if let agreement = raise.agreement, let due = raise.dueAt {
            return "\(held)\n\(asked), and \(agreement.account) agreed: it holds from \(due.seconds) on."
        }
        return "\(held)\n\(asked); " + (raise.isStale(at: at) ? "nobody agreed in time." : "nobody has agreed yet.")
    }

    var raiseHint: String? {
        guard let raise = settings.raise, raise.agreement == nil, !raise.isStale(at: at) else { return nil }
        return "Somebody else agrees with: ringfence spend ceiling agree --week \(raise.limits.week)"
    }

    var prices: [(name: String, value: String)] {
        let currency = settings.currency
        return [
            (name: "One call", value: "at most \(settings.perCall.text(in: currency))"),
            (name: "One minute", value: "at most \(settings.highestPerMinute.text(in: currency))"),
            (name: "One answer", value: "at most \(settings.highestSetUp.text(in: currency))"),
            (
                name: "An ordinary call at home",
                value: "at most \(settings.ordinaryPerMinute.text(in: currency)) a minute"
            ),
            (name: "While closed", value: "\(settings.afterHours.value) % of each limit"),
            (name: "A call abroad lasts", value: "at most \(settings.longestInternational.minutes) minutes"),
            (name: "Any other call lasts", value: "at most \(settings.longestNational.minutes) minutes"),
        ]
    }

    private static let columns = ["budget", "hour", "day", "week", "calls now", "reserved now"]

    private var rows: [[String]] {
        let fixed: [(String, SpendPool?, SpendLimits)] = [
            ("business", .business, settings.businessLimits), ("each extension", nil, settings.extensionLimits),
            ("each group and trunk", nil, settings.sharedLimits), ("home", .home, settings.homeLimits),
            ("each extension at home", nil, settings.extensionHomeLimits),
            ("all together", .ceiling, settings.ceiling(at: at)),
        ]
        let own = settings.own.sorted { $0.key.description < $1.key.description }.map {
            ($0.key.description, Optional($0.key), $0.value)
        }
        let known = Set((fixed + own).compactMap(\.1))
        let spent = (standings ?? []).filter { !known.contains($0.pool) }.map { standing in
            (standing.pool.description, Optional(standing.pool), settings.limits(of: standing.pool, at: at))
        }
        return (fixed + own + spent).map { name, pool, limits in row(name, pool, limits) }
    }

    private func row(_ name: String, _ pool: SpendPool?, _ limits: SpendLimits) -> [String] {
        let standing = pool.flatMap { pool in standings?.first { $0.pool == pool } }
        let capped = limits.capped(by: settings.ceiling(at: at))
        let cells = SpendSpan.allCases.map { span in
            let line = standing?.lines.first { $0.span == span && !$0.isAfterHours }
            return line.map { "\($0.spent) of \($0.limit)" } ?? "\(capped[span])"
        }
        return [name] + cells + [standing.map { "\($0.running)" } ?? "-", standing.map { "\($0.inProgress)" } ?? "-"]
    }

    private var live: String {
        guard let standings else { return "What is spent is not known: no server counts it." }
        // Each call takes from one of both.
        let whole = standings.filter { $0.pool == .business || $0.pool == .home }
        guard whole.contains(where: { $0.running > 0 }) else { return "" }
        let late = Money(clamping: whole.reduce(0) { $0 + $1.overshoot.micros }).text(in: settings.currency)
        return
            "Calls that end in time cost nothing beyond a budget; each second that all of these end late costs \(late) at most."
    }
}
