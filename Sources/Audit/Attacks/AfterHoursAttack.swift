// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Calling while nobody looks.
enum AfterHoursAttack {
    static let all = [trickle, told, money]

    private static let trickle = Attack(
        .afterHours,
        "T09",
        "Call abroad through a night",
        attempted:
            "on a copy of what the running server decides by, as if the business were closed: one extension calls abroad every two minutes, and then every twenty minutes for a day",
        expected: "both are stopped at the smaller thresholds of closed hours, or where only a roster may call",
        run: { (_, target) async throws(WireError) in
            guard let rehearse = target.insider?.rehearse else { return .needsInsider }
            guard let terms = target.outside, let caller = target.accounts.first?.number else { return .needsTerms }
            var seen: [String] = []
            for (name, rule, apart) in [
                ("every two minutes", PatternRule.closedHour, 120), ("every twenty minutes", .closedDay, 1_200),
            ] {
                let most = terms.patterns[rule].block
                // All of them lie within the hour, and within the day.
                let count = min(most + 3, rule == .closedHour ? 29 : 70)
                let numbers = OutsideNumber.manyAbroad(count, terms)
                let list = numbers.enumerated().map { index, number in
                    CallRehearsal.Call(caller, number, at: index * apart * 1_000, lasts: 20_000)
                }
                guard most < count, let rehearsal = CallRehearsal(list, price: .little, isOpen: false) else { continue }
                let calls = try await rehearse(rehearsal)
                let left = calls.prefix { $0.refusal == nil }.count
                guard left <= most, let refusal = calls.first(where: { $0.refusal != nil })?.refusal else {
                    return .broken("\(left) of \(count) calls \(name) left")
                }
                guard refusal.control == .afterHours else {
                    return .notRun("\(left) calls \(name) left, but then \(refusal.reason)")
                }
                seen.append("\(left) \(name), then \(refusal.reason)")
            }
            guard !seen.isEmpty else {
                return .notRun("the thresholds of closed hours are wider than what can be rehearsed")
            }
            return .held("left: " + seen.joined(separator: "; "))
        }
    )

    private static let told = Attack(
        .afterHours,
        "T09a",
        "Call at night what the owner wants to know of",
        attempted:
            "on a copy of what the running server decides by, as if the business were closed: one call to a premium number that is approved, or abroad",
        expected: "the call does not leave, or people are told of it at once",
        run: { (_, target) async throws(WireError) in
            guard let rehearse = target.insider?.rehearse else { return .needsInsider }
            guard let terms = target.outside, let caller = target.accounts.first?.number else { return .needsTerms }
            var numbers: [PhoneNumber] = []
            if terms.afterHours.told.contains(.premium) { numbers += DearNumber.atHome(in: terms) }
            if terms.afterHours.tellsAbroad { numbers += OutsideNumber.manyAbroad(1, terms) }
            for number in numbers {
                let call = CallRehearsal.Call(caller, number, at: 0)
                guard let rehearsal = CallRehearsal([call], price: .little, isOpen: false) else { continue }
                for seen in try await rehearse(rehearsal) where seen.refusal == nil && seen.news.isEmpty {
                    return .broken("the call to \(number) left, and nobody was told")
                }
            }
            guard !numbers.isEmpty else { return .held("the owner wants to know of no class that could be called") }
            return .held("people are told of calls to \(numbers.map(\.text).joined(separator: ", "))")
        }
    )

    private static let money = Attack(
        .afterHours,
        "T09m",
        "Let one call go on through a night",
        attempted:
            "on a copy of what the running server decides by, as if the business were closed: a call at the highest price that is let through, which nobody ends",
        expected: "it is ended by the smaller budget of closed hours",
        run: { (_, target) async throws(WireError) in
            guard let rehearse = target.insider?.rehearse else { return .needsInsider }
            guard let terms = target.outside, let caller = target.accounts.first?.number,
                let number = OutsideNumber.home(of: terms)
            else { return .needsTerms }
            let price = terms.spending.highestPerMinute
            let set = terms.spending.limits(of: .extension(caller), at: terms.at)
            let budget = set.percent(terms.spending.afterHours).hour
            guard price > .zero else { return .notRun("the settings let nothing through that could cost anything") }
            // A look a second, and one in which to end.
            let most = Int(budget.micros * 60 / price.micros) * 1_000 + 2_000
            let list = [0, most + 5_000].map { CallRehearsal.Call(caller, number, at: $0) }
            guard most < 3_400_000, let rehearsal = CallRehearsal(list, price: price, isOpen: false) else {
                return .notRun("the budget is wider than what can be rehearsed")
            }
            let call = try await rehearse(rehearsal).first
            if let refusal = call?.refusal { return .held("it is refused: \(refusal.reason)") }
            guard let ended = call?.endedAt, ended <= most else {
                return .broken("the call goes on beyond \(budget), which is all that there is while closed")
            }
            return .held("at \(price) a minute it was ended after \(ended / 1_000) s, of \(budget) for an hour")
        }
    )
}

extension Money {
    /// So small that money refuses nothing.
    static let little = Money(clamping: 1_000)
}

extension DearNumber {
    /// A premium number that may be approved, of the home country where one is known.
    static func atHome(in terms: OutsideTerms) -> [PhoneNumber] {
        let premium = all.filter { $0.numberClass == .premium }.map(\.number)
        let own = premium.filter { NumberPlan.facts(of: $0).region == terms.dialing.numbering.home }
        return Array((own.isEmpty ? premium : own).prefix(1))
    }
}

extension OutsideNumber {
    /// Numbers of one country abroad, each of another block.
    static func manyAbroad(_ count: Int, _ terms: OutsideTerms) -> [PhoneNumber] {
        let isAtHome = terms.dialing.numbering.home == Region(parsing: "FR")
        let (prefix, first) = isAtHome ? ("+442079", 460_000) : ("+331990", 10_000)
        return (0..<count).compactMap { PhoneNumber(parsing: "\(prefix)\(first + $0 * 1_000)") }
    }
}
