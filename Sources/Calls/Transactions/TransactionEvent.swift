// SPDX-License-Identifier: Apache-2.0

import SIP

/// What a transaction passes up to whoever sent its request.
enum TransactionEvent: Sendable {
    /// A response to an INVITE that is news, with its status.
    case answered(InviteClient, BranchKey, Message, Int)
    /// An INVITE got no answer at all.
    case timedOut(InviteClient, BranchKey)
    /// An INVITE inside a dialog got provisional answers only, which a phone could do for ever: nothing waits for it any
    /// longer than for one that was not answered at all (RFC 3261 §17.1.1.2, timer B).
    case overdue(InviteClient, BranchKey)
    /// The final response to another request; `nil` when none came.
    case concluded(RequestClient, BranchKey, Message?)
}
