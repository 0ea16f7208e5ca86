// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Proof that country and class of a number were judged. Only ``DialingRules`` makes one.
public struct DialingPermit: Hashable, Sendable {
    /// What allows it.
    public enum Basis: Hashable, Sendable {
        case home
        case country
        /// A temporary release, which ends then.
        case release(until: WallTime)
        /// A premium-rate number that is approved until then.
        case approval(until: WallTime)
    }

    public let facts: NumberFacts
    public let way: DialingWay
    public let basis: Basis
    /// The narrowest range with a quota that the number lies in; ``HotSpotTally`` counts.
    public let quota: HotSpot?

    init(_ facts: NumberFacts, _ way: DialingWay, _ basis: Basis, quota: HotSpot?) {
        (self.facts, self.way, self.basis, self.quota) = (facts, way, basis, quota)
    }
}

/// What the rules of country and class answer.
public enum DialingVerdict: Hashable, Sendable {
    case allowed(DialingPermit)
    /// When the caller has repeated digits that are read out.
    case screened(DialingPermit)
    /// When the caller has typed the code of the extension.
    case needsCode(DialingPermit)
    /// A person of the business places the call.
    case needsPerson(DialingPermit)
    case refused(DialingRefusal)
}
