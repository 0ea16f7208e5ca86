// SPDX-License-Identifier: Apache-2.0

/// A range of numbers that the business knows more of than the number plan does.
public struct OwnRange: Hashable, Sendable, Codable {
    public enum Meaning: Hashable, Sendable, Codable {
        /// Fraud uses it: refused in a country that is open without such ranges.
        case highRisk
        /// Calls there cost what a premium-rate number costs: refused but for numbers that are approved.
        case premium
        /// Numbers newer than the plan. Believed only where the plan knows no such number, and only in a region that has the
        /// country code.
        case allocated(Region, Kind)
    }

    /// What a new range may hold: nothing that who is called is paid for.
    public enum Kind: String, CaseIterable, Hashable, Sendable, Codable {
        case geographic
        case mobile
        case geographicOrMobile = "geographic-or-mobile"
        case tollFree = "toll-free"
        case voip
    }

    public let prefix: NumberPrefix
    public let meaning: Meaning

    public init(prefix: NumberPrefix, meaning: Meaning) { (self.prefix, self.meaning) = (prefix, meaning) }
}
