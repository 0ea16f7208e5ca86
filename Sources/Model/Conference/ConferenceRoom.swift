// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A room such as `board`, in which whoever knows its PIN talks with all others who are there.
///
/// The hash of its PIN is no part of what is encoded: the journal and reports are made of that.
public struct ConferenceRoom: Hashable, Sendable {
    public let name: ShortName
    /// What phones of the business dial for it.
    public var number: ExtensionNumber
    /// The extension without which nobody talks; `nil` where whoever comes first may begin.
    public var moderator: ExtensionNumber?
    /// How many may be in it at once.
    public var members: Int
    /// Whether callers from outside are let in.
    public var isOpenOutside: Bool
    /// Since when it has its PIN.
    public var pinSince: WallTime
    public let createdAt: WallTime
    /// Argon2id in the PHC string format; `nil` where nobody gets in.
    public var pin: Redacted<String>?

    public init(
        name: ShortName,
        number: ExtensionNumber,
        moderator: ExtensionNumber? = nil,
        members: Int = Limits.usualRoomMembers,
        isOpenOutside: Bool = false,
        pin: Redacted<String>? = nil,
        since: WallTime,
        createdAt: WallTime
    ) {
        (self.name, self.number, self.moderator, self.isOpenOutside) = (name, number, moderator, isOpenOutside)
        (self.pin, pinSince, self.createdAt) = (pin, since, createdAt)
        self.members = min(max(members, Limits.roomMembers.lowerBound), Limits.roomMembers.upperBound)
    }

    public static func == (one: Self, other: Self) -> Bool {
        (one.name, one.number, one.moderator, one.members) == (other.name, other.number, other.moderator, other.members)
            && (one.isOpenOutside, one.pinSince, one.createdAt)
                == (other.isOpenOutside, other.pinSince, other.createdAt)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension ConferenceRoom: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, number, moderator, members, isOpenOutside, pinSince, createdAt
    }

    /// Without the hash of its PIN, which is kept apart.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try container.decode(ShortName.self, forKey: .name),
            number: try container.decode(ExtensionNumber.self, forKey: .number),
            moderator: try container.decodeIfPresent(ExtensionNumber.self, forKey: .moderator),
            members: try container.decode(Int.self, forKey: .members),
            isOpenOutside: try container.decode(Bool.self, forKey: .isOpenOutside),
            since: try container.decode(WallTime.self, forKey: .pinSince),
            createdAt: try container.decode(WallTime.self, forKey: .createdAt)
        )
    }
}
