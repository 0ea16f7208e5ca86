// SPDX-License-Identifier: Apache-2.0

/// What a detector says to an attempt.
enum Verdict: Hashable {
    case allow
    case refuse(Rule)
    /// The call goes on when the caller answers the question.
    case confirm(Question, Rule)
}

/// A call that a detector ends.
struct Cut: Hashable {
    var call: CallID
    var rule: Rule
}

/// What a detector tells people at once.
struct Alert: Hashable {
    var time: Instant
    var rule: Rule
    /// The extension it is about; `nil` for the whole business.
    var payer: Int?
}

extension Rule {
    /// Whether the owner chose it by opening countries and classes: counted apart from what a detector finds.
    var isPolicy: Bool { self == .countryDialing || self == .premiumNumbers }
}
