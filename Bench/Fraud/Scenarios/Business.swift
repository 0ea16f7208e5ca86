// SPDX-License-Identifier: Apache-2.0

/// A business as its owner has set it up: all that a detector knows before the first call.
struct Business {
    /// The place in the seed, from 0.
    var index: Int
    var kind: BusinessKind
    /// ISO 3166 code of the country in which it is.
    var home: String
    /// Extensions are numbered from 0; a branch that opens later has the last ones.
    var extensionCount: Int
    var hours: OpeningHours
    /// Countries abroad that the owner has opened.
    var opened: Set<String>
    /// Classes of numbers that the owner allows; premium and personal numbers, satellites and networks are closed otherwise.
    var classes: Set<NumberClass>
    /// Extensions that may call abroad while the business is closed.
    var roster: Set<Int>
    /// Whether a program of the business may place calls, with a key.
    var hasProgram: Bool
    /// Whether a form on a web page may ask to be called back.
    var hasCallbackForm: Bool
    /// Whether people may call on through their mailbox or DISA.
    var allowsDialThrough: Bool
    /// Whether an extension may forward to another country.
    var forwardsAbroad: Bool
    /// What the itemised bill of the month before says.
    var lastMonth = Bill()

    /// A bill of calls abroad, to premium numbers and satellites, as far as an owner reads one.
    struct Bill {
        var total = Money.zero
        /// The dearest day of the business, and of one extension.
        var busiestDay = Money.zero
        var busiestExtensionDay = Money.zero
    }

    /// Whether the owner's choice of countries and classes covers `destination`.
    func permits(_ destination: Destination) -> Bool {
        let isNear = destination.country == home || destination.country == "001"
        return classes.contains(destination.numberClass) && (isNear || opened.contains(destination.country))
    }
}
