// SPDX-License-Identifier: Apache-2.0

/// How long a phone may stay registered, and how many at once (RFC 3261 §10.3).
public enum RegistrationRules {
    /// Seconds. The most that any phone gets.
    public static let maximumExpires = Limits.maximumExpires
    /// How many contacts a phone may have at a time.
    public static let maximumContacts = Limits.contactsPerPhone

    public enum Decision: Hashable, Sendable {
        /// Bind for so many seconds: what was asked for, or the most there is.
        case bind(seconds: UInt32)
        /// Zero seconds were asked for.
        case remove
        /// 423 with this Min-Expires.
        case tooBrief(minimum: UInt32)
        /// 403: the same request names this many already.
        case tooMany(maximum: Int)
    }

    /// - Parameters:
    ///   - requested: Seconds, from the contact's parameter or the Expires header; `nil` where neither is there, and the phone
    ///     gets the most that it may have.
    ///   - others: How many contacts the same request binds before this one.
    ///   - noticesLoss: Whether the phone shows that it notices a connection that is gone: by a flow with a number of its own,
    ///     which it has to keep alive (RFC 5626 §4.4).
    public static func decide(requested: UInt32?, others: Int, noticesLoss: Bool) -> Decision {
        let most = noticesLoss ? maximumExpires : Limits.unwatchedExpires
        let seconds = requested ?? most
        guard seconds > 0 else { return .remove }
        guard seconds >= Limits.minimumExpires else { return .tooBrief(minimum: Limits.minimumExpires) }
        guard others < Limits.contactsPerPhone else { return .tooMany(maximum: Limits.contactsPerPhone) }
        return .bind(seconds: min(seconds, most))
    }
}
