// SPDX-License-Identifier: Apache-2.0

import Guard
import Model

/// How money is refused, in words.
extension Refusal {
    static func noAmount(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is no amount.",
            reason: "an amount is digits, and after a point at most six more",
            remedy: "write it like this: 12.50"
        )
    }

    static func noPercent(_ value: Int) -> Self {
        Self(
            problem: "\(value) is no part of a limit.",
            reason: "it is 0 to 100 hundredths of each limit that may be spent while the business is closed",
            remedy: "give one like this: ringfence spend price --after-hours 25"
        )
    }

    static func noCurrency(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is no currency.",
            reason: "a currency is three letters",
            remedy: "give the one that your provider bills in: --currency EUR"
        )
    }

    static func noLength(_ minutes: Int) -> Self {
        let range = Model.Limits.longestCallMinutes
        return Self(
            problem: "Calls cannot be limited to \(minutes) minutes.",
            reason: "a call lasts \(range.lowerBound) to \(range.upperBound) minutes",
            remedy: "choose a number of minutes in that range"
        )
    }

    static func noBudget(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) has no budget.",
            reason: "there is one of the business, of each extension, group and trunk, and of calls at home",
            remedy:
                "name one of these: business, extension 101, trunk main, group sales, home, home 101, extensions, shared, home extensions"
        )
    }

    static let noBill = Self(
        problem: "The budgets were not fitted.",
        reason: "a day of one extension costs at most what a day of all costs, and that at most what the month costs",
        remedy: "read the figures from the bill again: --month 420 --day 38 --extension-day 12"
    )

    static let notAllThree = Self(
        problem: "The limits were not changed.",
        reason: "a budget has one for any hour, day and week, and a longer time has at least what a shorter one has",
        remedy: "give all three, such as --hour 15 --day 50 --week 150"
    )

    static func noneOfItsOwn(_ subject: SpendSubject) -> Self {
        Self(
            problem: "The limits of \(subject.words) were not taken away.",
            reason: "nothing else would hold",
            remedy: "give others: ringfence spend limit business --hour 15 --day 50 --week 150"
        )
    }

    static func aboveCeiling(_ subject: SpendSubject, _ ceiling: SpendLimits) -> Self {
        Self(
            .spendLimit,
            problem: "The limits of \(subject.words) were not raised so far.",
            reason: "the ceiling above all budgets is \(ceiling), and only two operators and a day raise it",
            remedy: "choose less, or raise it first: ringfence spend ceiling raise --hour 100 --day 300 --week 900"
        )
    }

    static let spendingIsSo = Self(
        problem: "Nothing was changed.",
        reason: "what calls may cost is as you want it already",
        remedy: "see it: ringfence spend show"
    )

    static let tooManyBudgets = Self(
        problem: "The limits were not set.",
        reason: "there are \(Model.Limits.setBudgets) budgets with limits of their own already",
        remedy: "set them for each extension instead: ringfence spend limit extensions --hour 4 --day 12 --week 36"
    )
}
