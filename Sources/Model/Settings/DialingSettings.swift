// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What of the world outside a business calls. As it comes: landline, mobile and toll-free numbers of the home country, once
/// somebody has said which that is; nothing is forwarded or transferred outside.
///
/// Calls for help are not among what is decided here: they always go out.
public struct DialingSettings: Hashable, Sendable {
    public var numbering = NumberingSettings()
    /// Of every extension that has no profile.
    public var rights = DialingRights()
    /// An extension is in one at most. By name.
    public private(set) var profiles: [DialingProfile] = []
    public private(set) var releases: [DialingRelease] = []
    public private(set) var approvals: [PremiumApproval] = []
    public private(set) var hotSpots: [HotSpot] = []
    public private(set) var ranges: [OwnRange] = []

    /// As it comes.
    public init() {}

    /// What one extension may call; `nil` is no extension, and gets what those without profile get. No allocation.
    public func rights(of number: ExtensionNumber?) -> DialingRights {
        guard let number else { return rights }
        for profile in profiles where profile.extensions.contains(number) { return profile.rights }
        return rights
    }

    /// Takes a profile, in place of one with its name. Its extensions leave the profiles that they were in.
    ///
    /// - Returns: `false`, and changes nothing, where there are ``Limits/dialingProfiles`` already.
    public mutating func put(_ profile: DialingProfile) -> Bool {
        var others = profiles.filter { $0.name != profile.name }
        guard others.count < Limits.dialingProfiles else { return false }
        for index in others.indices { others[index].extensions.subtract(profile.extensions) }
        profiles = (others + [profile]).sorted { $0.name.text < $1.name.text }
        return true
    }

    public mutating func removeProfile(_ name: PickupGroup) { profiles.removeAll { $0.name == name } }

    /// Takes a release, in place of one for the same country or range.
    ///
    /// - Returns: `false`, and changes nothing, where there are ``Limits/dialingReleases`` already.
    public mutating func put(_ release: DialingRelease) -> Bool {
        Self.put(release, into: &releases, Limits.dialingReleases) { $0.scope == release.scope }
    }

    public mutating func endRelease(of scope: DialingRelease.Scope) { releases.removeAll { $0.scope == scope } }

    /// Takes an approval, in place of one for the same number.
    ///
    /// - Returns: `false`, and changes nothing, where there are ``Limits/premiumApprovals`` already.
    public mutating func put(_ approval: PremiumApproval) -> Bool {
        Self.put(approval, into: &approvals, Limits.premiumApprovals) { $0.number == approval.number }
    }

    public mutating func withdrawApproval(of number: PhoneNumber) { approvals.removeAll { $0.number == number } }

    /// Takes a quota, in place of one for the same range.
    ///
    /// - Returns: `false`, and changes nothing, where there are ``Limits/hotSpots`` already.
    public mutating func put(_ spot: HotSpot) -> Bool {
        Self.put(spot, into: &hotSpots, Limits.hotSpots) { $0.prefix == spot.prefix }
    }

    public mutating func removeHotSpot(_ prefix: NumberPrefix) { hotSpots.removeAll { $0.prefix == prefix } }

    /// Takes a range, in place of one with the same prefix.
    ///
    /// - Returns: `false`, and changes nothing, where there are ``Limits/ownRanges`` already.
    public mutating func put(_ range: OwnRange) -> Bool {
        Self.put(range, into: &ranges, Limits.ownRanges) { $0.prefix == range.prefix }
    }

    public mutating func removeRange(_ prefix: NumberPrefix) { ranges.removeAll { $0.prefix == prefix } }

    /// Forgets releases and approvals that have ended.
    public mutating func dropEnded(at now: WallTime) {
        releases.removeAll { $0.until <= now }
        approvals.removeAll { $0.until <= now }
    }

    private static func put<Item>(
        _ item: Item,
        into list: inout [Item],
        _ limit: Int,
        replacing isSame: (Item) -> Bool
    ) -> Bool {
        let others = list.filter { !isSame($0) }
        guard others.count < limit else { return false }
        list = others + [item]
        return true
    }
}

extension DialingSettings: Codable {
    private enum CodingKeys: String, CodingKey {
        case numbering, rights, profiles, releases, approvals, hotSpots, ranges
    }

    /// What was written by hand or by somebody else is as valid as what the functions above make, or is refused.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        numbering = try container.decode(NumberingSettings.self, forKey: .numbering)
        rights = try container.decode(DialingRights.self, forKey: .rights)
        for profile in try container.decode([DialingProfile].self, forKey: .profiles) {
            let others = profiles.filter {
                !$0.extensions.isDisjoint(with: profile.extensions) || $0.name == profile.name
            }
            try Self.check(others.isEmpty && put(profile), .profiles, container)
        }
        for release in try container.decode([DialingRelease].self, forKey: .releases) {
            try Self.check(release.isFit && put(release), .releases, container)
        }
        for approval in try container.decode([PremiumApproval].self, forKey: .approvals) {
            try Self.check(approval.isFit && put(approval), .approvals, container)
        }
        for spot in try container.decode([HotSpot].self, forKey: .hotSpots) {
            try Self.check(put(spot), .hotSpots, container)
        }
        for range in try container.decode([OwnRange].self, forKey: .ranges) {
            try Self.check(put(range), .ranges, container)
        }
    }

    private static func check(
        _ isFine: Bool,
        _ key: CodingKeys,
        _ container: KeyedDecodingContainer<CodingKeys>
    ) throws {
        guard isFine else {
            throw DecodingError.dataCorruptedError(
                forKey: key,
                in: container,
                debugDescription: "too many of them, one that comes twice, or a text that is not shown"
            )
        }
    }
}
