// SPDX-License-Identifier: Apache-2.0

/// The tables. Every line that heads figures says that they are simulated.
struct FraudReport {
    let seeds: ClosedRange<Int>
    /// The first is without control.
    let runs: [Run]

    func lines() -> [String] {
        guard let free = runs.first else { return [] }
        var lines = [
            "simulated benchmark, seeds \(seeds.lowerBound) to \(seeds.upperBound), \(free.outcomes.first?.count ?? 0) "
                + "businesses, \(Calendar.days) days; euros by an assumed price list"
        ]
        for run in runs.dropFirst() where run.isWhole { lines += attacks(run, free) + legitimate(run) }
        return lines + summary(free)
    }

    private func attacks(_ run: Run, _ free: Run) -> [String] {
        let heads = [
            "n", "free med", "noticed%", "<=1% loss%", "loss%", "med eur", "p95 eur", "max eur", "react min",
            "last min",
        ]
        var lines = ["", "simulated attacks under \(run.name)".padded(to: 34) + heads.map { $0.right(11) }.joined()]
        for kind in AttackKind.allCases {
            for reach in Reach.allCases {
                let figures = AttackFigures(kind, reach, of: run, beside: free)
                guard figures.count > 0 else { continue }
                let losses = figures.losses
                let cells = [
                    String(figures.count), figures.freeLosses.percentile(50).text(0), figures.noticedPercent.text(0),
                    figures.stoppedPercent.text(0), figures.lossPercent.text(2), losses.percentile(50).text(2),
                    losses.percentile(95).text(2), losses.greatest.text(2), figures.reaction.percentile(50).text(1),
                    figures.minutes.percentile(50).text(1),
                ]
                lines.append("  \(kind.rawValue), \(reach)".padded(to: 34) + cells.map { $0.right(11) }.joined())
            }
        }
        return lines
    }

    private func legitimate(_ run: Run) -> [String] {
        let heads = ["calls", "policy", "rules", "cut", "asked", "alerts"]
        let unit = "simulated people under \(run.name), per 100,000 calls; alerts per business-month"
        var lines = ["", unit, "  kind (simulated)".padded(to: 34) + heads.map { $0.right(11) }.joined()]
        let all = Array(run.outcomes.joined())
        for kind in BusinessKind.allCases { lines.append(row(kind.rawValue, all.filter { $0.kind == kind })) }
        lines.append(row("all", all))
        let hits = LegitimateFigures(all).hits.map { "\($0.rule) \($0.calls)" }
        if !hits.isEmpty {
            lines.append("  simulated people's calls refused or cut by: " + hits.joined(separator: ", "))
        }
        return lines
    }

    private func row(_ name: String, _ outcomes: [Outcome]) -> String {
        let figures = LegitimateFigures(outcomes)
        let cells = [
            String(figures.callCount), figures.refusedByPolicy.text(1), figures.refusedByRules.text(1),
            figures.cut.text(1), figures.asked.text(1), figures.falseAlerts.text(3),
        ]
        return "  \(name)".padded(to: 34) + cells.map { $0.right(11) }.joined()
    }

    /// One line for each run: mean and spread over the seeds, and the attack that lost the largest part.
    private func summary(_ free: Run) -> [String] {
        let heads = [
            "loss eur/seed", "loss%", "mean attack loss%", "rules+cut/100k", "policy/100k", "alerts/month",
            "worst attack loss%",
        ]
        var lines = ["", "simulated, mean ± spread of seeds".padded(to: 40) + heads.map { $0.right(20) }.joined()]
        for run in runs {
            let losses = run.outcomes.map(loss)
            let percents = zip(losses, free.outcomes.map(loss)).map { $1 > 0 ? 100 * $0 / $1 : 0 }
            let figures = run.outcomes.map(LegitimateFigures.init)
            let cells = [
                losses.around(0), percents.around(2), mean(run, free).text(2),
                figures.map { $0.refusedByRules + $0.cut }.around(1),
                figures.map(\.refusedByPolicy).around(1), figures.map(\.falseAlerts).around(3), worst(run, free),
            ]
            lines.append("  \(run.name)".padded(to: 40) + cells.map { $0.right(20) }.joined())
        }
        return lines
    }

    private func loss(_ outcomes: [Outcome]) -> Double {
        outcomes.compactMap(\.attack).reduce(Money.zero) { $0 + $1.loss }.euros
    }

    /// Every kind of attack counts as much as any other, however much money it wants.
    private func mean(_ run: Run, _ free: Run) -> Double { Statistics(losses(run, free).map(\.percent)).mean }

    private func worst(_ run: Run, _ free: Run) -> String {
        guard let worst = losses(run, free).max(by: { $0.percent < $1.percent }) else { return "" }
        return "  \(worst.percent.text(1)) \(worst.name)"
    }

    private func losses(_ run: Run, _ free: Run) -> [(percent: Double, name: String)] {
        AttackKind.allCases.flatMap { kind in
            Reach.allCases.map { reach in
                let figures = AttackFigures(kind, reach, of: run, beside: free)
                return (figures.lossPercent, "\(kind.rawValue), \(reach)")
            }
        }
    }
}

extension [Double] {
    fileprivate func around(_ places: Int) -> String {
        let statistics = Statistics(self)
        return "\(statistics.mean.text(places)) ± \(statistics.spread.text(places))"
    }
}

extension Double {
    /// With `places` digits after the point.
    fileprivate func text(_ places: Int) -> String {
        let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
        let scaled = Int((self * Double(scale)).rounded())
        guard places > 0 else { return String(scaled) }
        let part = String(scaled % scale)
        return "\(scaled / scale).\(String(repeating: "0", count: places - part.utf8.count))\(part)"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(1, width - count))
    }

    fileprivate func right(_ width: Int) -> String { String(repeating: " ", count: Swift.max(1, width - count)) + self }
}
