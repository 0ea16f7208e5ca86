// SPDX-License-Identifier: Apache-2.0

/// How long a phone may stay registered, and how many at once (RFC 3261 §10.3).
public enum RegistrationRules {
    /// Seconds; also what a phone gets that names no time.
    public static let maximumExpires = Limits.maximumExpires

    public enum Decision: Hashable, Sendable {
        /// Bind for so many seconds: what was asked for, or the most there is.
        case bind(seconds: UInt32)
        /// Zero seconds were asked for.
        case remove
        /// 423 with this Min-Expires.
        case tooBrief(minimum: UInt32)
        /// 403: the phone already has this many.
        case tooMany(maximum: Int)
    }

    /// - Parameters:
    ///   - requested: Seconds, from the contact's parameter or the Expires header; `nil` where neither is there.
    ///   - others: How many other contacts the phone has, those earlier in the same request included.
    public static func decide(requested: UInt32?, others: Int) -> Decision {
        let seconds = requested ?? maximumExpires
        guard seconds > 0 else { return .remove }
        guard seconds >= Limits.minimumExpires else { return .tooBrief(minimum: Limits.minimumExpires) }
        guard others < Limits.contactsPerPhone else { return .tooMany(maximum: Limits.contactsPerPhone) }
        return .bind(seconds: min(seconds, maximumExpires))
    }
}
