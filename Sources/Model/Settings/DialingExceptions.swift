// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Leave to call a country, a range of numbers or a class for a limited time. It opens no premium-rate number.
public struct DialingRelease: Hashable, Sendable, Codable {
    public enum Scope: Hashable, Sendable, Codable {
        /// A country without its high-risk ranges.
        case region(Region)
        /// A range, high-risk or not.
        case prefix(NumberPrefix)
        /// A class, at home and in open countries. None that takes an approval of the single number.
        case numberClass(NumberClass)
    }

    public let scope: Scope
    /// Who may use it; `nil` for everybody.
    public let extensions: Set<ExtensionNumber>?
    /// The first moment at which it no longer holds.
    public let until: WallTime
    /// Who decided.
    public let releasedBy: String
    /// Why, in a sentence.
    public let reason: String

    /// - Returns: `nil` where a text is no ``DisplayName`` or too long, where nobody may use it, or where it ends later than
    ///   ``Limits/longestRelease`` after `now`.
    public init?(
        _ scope: Scope,
        extensions: Set<ExtensionNumber>? = nil,
        from now: WallTime,
        until: WallTime,
        releasedBy: String,
        reason: String
    ) {
        guard ExceptionText.isFit(releasedBy, reason), extensions?.isEmpty != true, now < until,
            until <= now + Limits.longestRelease
        else { return nil }
        (self.scope, self.extensions, self.until) = (scope, extensions, until)
        (self.releasedBy, self.reason) = (releasedBy, reason)
    }
}

/// Leave to call one premium-rate number for a limited time.
public struct PremiumApproval: Hashable, Sendable, Codable {
    public let number: PhoneNumber
    /// The first moment at which it no longer holds.
    public let until: WallTime
    /// Who decided.
    public let approvedBy: String
    /// Why, in a sentence.
    public let reason: String

    /// - Returns: `nil` where a text is no ``DisplayName`` or too long, or where it ends later than ``Limits/longestApproval`` after `now`.
    public init?(_ number: PhoneNumber, from now: WallTime, until: WallTime, approvedBy: String, reason: String) {
        guard ExceptionText.isFit(approvedBy, reason), now < until, until <= now + Limits.longestApproval else {
            return nil
        }
        (self.number, self.until, self.approvedBy, self.reason) = (number, until, approvedBy, reason)
    }
}

/// A range that is in the news: so many calls a day, instead of none.
public struct HotSpot: Hashable, Sendable, Codable {
    public let prefix: NumberPrefix
    /// Calls of the whole business in 24 hours. None is a ban.
    public let callsPerDay: UInt16

    public init(prefix: NumberPrefix, callsPerDay: UInt16) { (self.prefix, self.callsPerDay) = (prefix, callsPerDay) }
}

extension DialingRelease {
    /// What ``init(_:extensions:from:until:releasedBy:reason:)`` promises but for its length, of one that was read.
    var isFit: Bool { ExceptionText.isFit(releasedBy, reason) && extensions?.isEmpty != true }
}

extension PremiumApproval {
    /// The same.
    var isFit: Bool { ExceptionText.isFit(approvedBy, reason) }
}

enum ExceptionText {
    /// Whether both are there, short enough to stand in a list, and nothing but what people see.
    static func isFit(_ name: String, _ reason: String) -> Bool {
        DisplayName.parse(name) == name && DisplayName.parse(reason, limit: Limits.reasonBytes) == reason
    }
}
