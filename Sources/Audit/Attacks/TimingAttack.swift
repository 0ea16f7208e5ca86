// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Finding out which names exist by how long an answer takes (ATTACKS R04).
///
/// The statistic is the area under the ROC curve of a classifier that takes the slower answer for the name that exists:
/// 0.5 is a coin. One request for each name is a pair, in random order, so that drift and caches hit both alike. It may
/// differ from 0.5 by 0.02. The first 1,000 pairs have a standard error of 0.013, so one run in eight of a perfect server
/// would be outside; then 4,000 more are taken, and all together have one of 0.006: less than one run in a thousand.
enum TimingAttack {
    static let all = [names, logins]

    private static let names = Attack(
        .intrusionDetection,
        "R04",
        "Find out which extensions exist by the time an answer takes",
        attempted:
            "\(Effort().timedPairs) pairs of REGISTERs without a login, for an extension that exists and one that does not",
        expected: "the slower answer tells nothing: area under the ROC curve 0.5 ± \(tolerance)",
        run: { (wire, target) async throws(WireError) in
            guard target.accounts.count >= 2 else { return .needsAccount }
            let timing = NameTiming(wire, target)
            let observation = try await judge(target.effort) { (count) async throws(WireError) in
                try await timing.measure(count)
            }
            await timing.end()
            return observation
        }
    )

    private static let logins = Attack(
        .intrusionDetection,
        "R04w",
        "Find out which login names exist by the time a refusal takes",
        attempted:
            "\(Effort().timedPairs) pairs of REGISTERs with a wrong password, for a user name that exists and one that does not, from as many addresses as there are",
        expected:
            "the slower answer tells nothing: area under the ROC curve 0.5 ± \(tolerance), or too few are let through to tell",
        run: { (wire, target) async throws(WireError) in
            guard !target.accounts.isEmpty else { return .needsAccount }
            let timing = LoginTiming(wire, target)
            return try await judge(target.effort) { (count) async throws(WireError) in try await timing.measure(count) }
        }
    )

    private static func judge(
        _ effort: Effort,
        _ measure: (Int) async throws(WireError) -> [Pair]
    ) async throws(WireError) -> Observation {
        var samples = try await measure(effort.timedPairs)
        if samples.count == effort.timedPairs, abs(area(samples) - 0.5) > tolerance {
            samples += try await measure(effort.furtherPairs)
        }
        guard samples.count > 1 else { return .notRun("no pair was answered in \(Limits.timing)") }
        let figure = area(samples)
        let text =
            "area \(decimals(figure, 3)) over \(samples.count) pairs, medians \(median(samples.map(\.known))) and "
            + "\(median(samples.map(\.unknown))) microseconds"
        // With fewer pairs than planned only a difference beyond 3.3 standard errors is one.
        let allowed = max(tolerance, samples.count < Effort().timedPairs ? 3.3 * standardError(samples.count) : 0)
        return abs(figure - 0.5) > allowed ? .broken(text) : .held(text)
    }

    /// Of the area for as many pairs, when both names take the same time (Hanley and McNeil 1982).
    private static func standardError(_ pairs: Int) -> Double {
        ((2 * Double(pairs) + 1) / (12 * Double(pairs) * Double(pairs))).squareRoot()
    }

    static let tolerance = 0.02

    struct Pair: Hashable, Sendable {
        /// Nanoseconds until the answer.
        let known: Int64
        let unknown: Int64
    }

    /// The probability that a random `known` took longer than a random `unknown`, ties counted half (Mann-Whitney U).
    static func area(_ pairs: [Pair]) -> Double {
        guard !pairs.isEmpty else { return 0.5 }
        let all = (pairs.map { ($0.known, true) } + pairs.map { ($0.unknown, false) }).sorted { $0.0 < $1.0 }
        var (ranks, index) = (0.0, 0)
        while index < all.count {
            var end = index
            while end < all.count, all[end].0 == all[index].0 { end += 1 }
            let shared = Double(index + 1 + end) / 2
            ranks += shared * Double(all[index..<end].count { $0.1 })
            index = end
        }
        let count = Double(pairs.count)
        return (ranks - count * (count + 1) / 2) / (count * count)
    }

    private static func median(_ values: [Int64]) -> String {
        let sorted = values.sorted()
        return decimals(Double(sorted[sorted.count / 2]) / 1_000, 1)
    }

    private static func decimals(_ value: Double, _ digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
        return String((value * scale).rounded() / scale)
    }
}
