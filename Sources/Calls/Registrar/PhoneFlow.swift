// SPDX-License-Identifier: Apache-2.0

import Primitives

/// What is known of a connection over which a phone showed a valid credential. Nothing is kept for any other.
struct PhoneFlow: Sendable {
    /// The user names that logged in over it, most often one.
    private(set) var usernames: [String] = []
    /// The name of ours that the phone knows us by, from its Route.
    var host: String?
    /// Whether it asks for `sips` URIs (RFC 5630).
    var isForSIPS = false
    /// When the present minute of messages with odd fields began, and how many there were.
    private var oddSince: MonotonicTime?
    private var oddMessages = 0

    /// Counts a message with odd fields.
    ///
    /// - Returns: Whether the phone may go on.
    mutating func mayBeOdd(at now: MonotonicTime) -> Bool {
        if oddSince.map({ $0 + .seconds(60) <= now }) ?? true { (oddSince, oddMessages) = (now, 0) }
        oddMessages += 1
        return oddMessages <= Limits.oddMessages
    }

    /// - Returns: Whether it was not there yet.
    mutating func add(_ username: String) -> Bool {
        guard !usernames.contains(username) else { return false }
        usernames.append(username)
        return true
    }
}
