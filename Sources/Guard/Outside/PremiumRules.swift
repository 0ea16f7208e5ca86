// SPDX-License-Identifier: Apache-2.0

public import Model

/// What an owner may open of the numbers that who is called is paid for.
public enum PremiumRules {
    /// Why a class cannot be opened as a whole; `nil` when it can.
    public static func refusal(ofAllowing numberClass: NumberClass) -> Refusal? {
        switch numberClass.standing {
        case .byClass: nil
        case .approved:
            Refusal(
                .premiumNumbers,
                problem: "Calls to \(numberClass.plural) are not opened.",
                reason: "who is called is paid for each minute, and thieves rent such numbers",
                remedy: "approve the one that you need: ringfence premium approve NUMBER --until 30d --reason TEXT"
            )
        case .never:
            Refusal(
                .premiumNumbers,
                problem: "Calls to \(numberClass.plural) are never placed.",
                reason: "a minute may cost more than a day of ordinary calls, and fraud lives on them",
                remedy: "ask whom you want to reach for a number of their country"
            )
        }
    }

    /// Why a single number cannot be approved, or needs no approval; `nil` when it can.
    public static func refusal(ofApproving facts: NumberFacts) -> Refusal? {
        let (number, plural) = (facts.number, facts.numberClass.plural)
        switch facts.numberClass.standing {
        case .approved: return nil
        case .byClass:
            return Refusal(
                problem: "\(number) was not approved.",
                reason: "it is among the \(plural), which need no approval of a single number",
                remedy: "open its country or its class: ringfence country list"
            )
        case .never:
            return Refusal(
                .premiumNumbers,
                problem: "\(number) was not approved.",
                reason: facts.numberClass == .unknown
                    ? "it lies in no range that is known" : "calls to \(plural) are never placed",
                remedy: "look at the number once more, or ask for one of an ordinary kind"
            )
        }
    }
}
