// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// More calls outside than one phone makes.
enum CallLimitsAttack {
    static let all = [burst]

    private static let burst = Attack(
        .callLimits,
        "T01c",
        "Begin calls without end with the login of one phone",
        attempted:
            "on a copy of what the running server decides by, so that nobody is called: one extension begins calls that nobody ends, calls of a moment as fast as it can, and one after the other for a minute",
        expected:
            "no more of them leave at a time, within a second and within a minute than the limits of the extension say, and the rest are refused by name",
        run: { (_, target) async throws(WireError) in
            guard let rehearse = target.insider?.rehearse else { return .needsInsider }
            guard let terms = target.outside, let caller = target.accounts.first?.number,
                let number = OutsideNumber.home(of: terms)
            else { return .needsTerms }
            let limit = terms.callLimits.own[caller] ?? terms.callLimits.person
            var seen: [String] = []
            for trial in Trial.all(of: limit) {
                guard let rehearsal = trial.rehearsal(caller, number) else { continue }
                let calls = try await rehearse(rehearsal)
                let left = calls.count { $0.refusal == nil }
                let text = "\(left) of \(trial.calls) \(trial.name), of \(trial.limit)"
                guard left <= trial.limit else { return .broken(text) }
                let others = calls.compactMap(\.refusal).first { $0.control != .callLimits }
                if let others { return .notRun("\(text), but \(others.reason)") }
                seen.append(text)
            }
            guard !seen.isEmpty else { return .notRun("every limit is wider than what can be rehearsed") }
            return .held("left: " + seen.joined(separator: "; "))
        }
    )

    private struct Trial {
        let name: String
        let limit: Int
        /// Milliseconds from one to the next, and that each is spoken.
        let apart: Int
        let lasts: Int?
        var calls: Int { limit + 8 }

        static func all(of limit: CallLimitSettings.Limit) -> [Trial] {
            [
                Trial(name: "at a time", limit: limit.simultaneous, apart: 1_000, lasts: nil),
                Trial(name: "within a second", limit: limit.perSecond, apart: 900 / (limit.perSecond + 8), lasts: 0),
                Trial(name: "within a minute", limit: limit.perMinute, apart: 59_000 / (limit.perMinute + 8), lasts: 0),
            ]
        }

        /// - Returns: `nil` for more calls than can be rehearsed.
        func rehearsal(_ caller: ExtensionNumber, _ number: PhoneNumber) -> CallRehearsal? {
            let list = (0..<calls).map { CallRehearsal.Call(caller, number, at: $0 * apart, lasts: lasts) }
            return CallRehearsal(list, price: Money(clamping: 1_000))
        }
    }
}

extension OutsideNumber {
    /// One that costs what an ordinary call costs, or abroad where none of the home country is known.
    static func home(of terms: OutsideTerms) -> PhoneNumber? {
        (abroad.first { $0.region == terms.dialing.numbering.home } ?? abroad.first)?.number
    }
}
