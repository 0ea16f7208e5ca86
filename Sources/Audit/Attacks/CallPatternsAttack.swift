// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Calling as nobody of the business does.
enum CallPatternsAttack {
    static let all = [burst]

    private static let burst = Attack(
        .callPatterns,
        "T01b",
        "Call as a thief does with the login of one phone",
        attempted:
            "on a copy of what the running server decides by, so that nobody is called: one extension calls abroad every four seconds for a moment, and then tries high-risk numbers of several countries for ten seconds each",
        expected:
            "both are stopped at the thresholds that the owner sees; the refusal and what people are told name the rule, what was counted and the threshold",
        run: { (_, target) async throws(WireError) in
            guard let rehearse = target.insider?.rehearse else { return .needsInsider }
            guard let terms = target.outside, let caller = target.accounts.first?.number else { return .needsTerms }
            var seen: [String] = []
            for trial in Trial.all(of: terms) {
                guard let rehearsal = trial.rehearsal(by: caller) else { continue }
                let calls = try await rehearse(rehearsal)
                let left = calls.prefix { $0.refusal == nil }.count
                guard left < calls.count, let refusal = calls[left].refusal else {
                    return .broken("\(left) of \(calls.count) \(trial.name) left")
                }
                guard refusal.control == .callPatterns else {
                    return .notRun("\(left) \(trial.name) left, but then \(refusal.reason)")
                }
                guard left <= trial.most else { return .broken("\(left) \(trial.name) left, of \(trial.most)") }
                guard let stop = calls[left].news.first(where: \.stops), stop.value > stop.threshold,
                    refusal.reason.contains(stop.rule.name), refusal.reason.contains("ringfence pattern release")
                else { return .broken("\(trial.name) were stopped, and nobody was told by which rule") }
                seen.append("\(left) \(trial.name), then \(stop.rule) with \(stop.value) of \(stop.threshold)")
            }
            guard !seen.isEmpty else { return .notRun("every threshold is wider than what can be rehearsed") }
            return .held("left: " + seen.joined(separator: "; "))
        }
    )

    private struct Trial {
        let name: String
        let numbers: [PhoneNumber]
        /// Calls that may leave.
        let most: Int
        let seconds: (apart: Int, lasts: Int)

        static func all(of terms: OutsideTerms) -> [Trial] {
            let (row, tests) = (terms.patterns[.costlyMinute].block, terms.patterns[.testCalls].block)
            let highRisk = OutsideNumber.abroad.map(\.number).filter { NumberPlan.facts(of: $0).isHighRisk }
            return [
                // As many as there may be within a minute, and those that lie before it.
                Trial(
                    name: "calls abroad within a minute",
                    numbers: row < 14 ? OutsideNumber.manyAbroad(row + 4, terms) : [],
                    most: row,
                    seconds: (4, 1)
                ),
                Trial(
                    name: "high-risk numbers",
                    numbers: highRisk.count >= tests + 3 ? Array(highRisk.prefix(tests + 3)) : [],
                    most: tests + 1,
                    seconds: (60, 10)
                ),
            ]
        }

        func rehearsal(by caller: ExtensionNumber) -> CallRehearsal? {
            let calls = numbers.enumerated().map { index, number in
                CallRehearsal.Call(caller, number, at: index * seconds.apart * 1_000, lasts: seconds.lasts * 1_000)
            }
            return CallRehearsal(calls, price: .little)
        }
    }
}
