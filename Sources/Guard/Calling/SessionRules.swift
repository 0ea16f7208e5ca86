// SPDX-License-Identifier: Apache-2.0

/// How long a call may stand without a refresh (RFC 4028): long enough to cost nothing, short enough that a call whose
/// phone vanished does not stand for a day.
public enum SessionRules {
    public enum Decision: Hashable, Sendable {
        /// No session timer on this leg.
        case none
        /// Refused with a 422 that names ``Limits/shortestSession``.
        case tooShort
        /// In seconds.
        case interval(UInt32)
    }

    /// In seconds.
    public static let bounds = Limits.shortestSession...Limits.longestSession

    /// Judges what a phone asks for.
    ///
    /// - Parameters:
    ///   - seconds: Its Session-Expires.
    ///   - floor: Its Min-SE: below that nobody may go (RFC 4028 §9).
    public static func decide(seconds: UInt32, floor: UInt32?) -> Decision {
        guard seconds >= Limits.shortestSession else { return .tooShort }
        // What it asks for is more than we grant, and less it does not take: then there is no timer, and the call is
        // watched by other means.
        guard floor ?? 0 <= Limits.longestSession else { return .none }
        return .interval(max(min(seconds, Limits.longestSession), floor ?? 0))
    }
}
