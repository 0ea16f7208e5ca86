// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Extensions that get calls together, such as `sales`.
public struct RingGroup: Hashable, Sendable {
    /// Who of them rings. The raw value is what an operator types.
    public enum Order: String, CaseIterable, Codable, Hashable, Sendable {
        /// Everybody at once.
        case all
        /// One after the other, as they stand in the list.
        case inTurn = "in-turn"
        /// One after the other, in another order each time.
        case random
        /// One after the other, who has not talked for longest first.
        case longestIdle = "longest-idle"
    }

    public let name: ShortName
    /// What phones of the business dial for it; `nil` where only numbers of the business lead to it.
    public var number: ExtensionNumber?
    public var order: Order
    /// In the order in which they ring.
    public private(set) var members: [ExtensionNumber] = []
    /// Members that get no calls of the group for now, by their own wish.
    public private(set) var away: Set<ExtensionNumber> = []
    /// How long it rings: everybody together, or each in turn.
    public private(set) var seconds: Int
    /// Who gets the call when nobody takes it; `nil` for nobody.
    public var fallback: Destination?
    /// Whether callers wait; `nil` for a group that rings.
    public var queue: QueueSettings?
    public let createdAt: WallTime

    /// How long a group rings where nobody says otherwise.
    public static func usualSeconds(_ order: Order) -> Int {
        switch order {
        case .all: 30
        case .inTurn, .random, .longestIdle: 15
        }
    }

    /// - Returns: `nil` for a time outside of ``Limits/ringSeconds``.
    public init?(
        name: ShortName,
        number: ExtensionNumber? = nil,
        order: Order = .all,
        seconds: Int? = nil,
        fallback: Destination? = nil,
        createdAt: WallTime
    ) {
        let seconds = seconds ?? Self.usualSeconds(order)
        guard Limits.ringSeconds.contains(seconds) else { return nil }
        (self.name, self.number, self.order, self.seconds) = (name, number, order, seconds)
        (self.fallback, self.createdAt) = (fallback, createdAt)
    }

    /// - Returns: Whether it was taken: a time within ``Limits/ringSeconds``.
    public mutating func setSeconds(_ new: Int) -> Bool {
        guard Limits.ringSeconds.contains(new) else { return false }
        seconds = new
        return true
    }

    /// Puts somebody at the end of the list. Who is in it stays where they are.
    ///
    /// - Returns: Whether they are in it: not more than ``Limits/groupMembers``.
    public mutating func add(_ member: ExtensionNumber) -> Bool {
        guard !members.contains(member) else { return true }
        guard members.count < Limits.groupMembers else { return false }
        members.append(member)
        return true
    }

    public mutating func remove(_ member: ExtensionNumber) {
        members.removeAll { $0 == member }
        away.remove(member)
    }

    /// Lets a member leave for a while, or come back.
    ///
    /// - Returns: Whether they are a member.
    public mutating func set(_ member: ExtensionNumber, isAway: Bool) -> Bool {
        guard members.contains(member) else { return false }
        if isAway { away.insert(member) } else { away.remove(member) }
        return true
    }

    /// Whether somebody gets its calls now, as far as it knows.
    public func rings(_ member: ExtensionNumber) -> Bool { members.contains(member) && !away.contains(member) }
}

extension RingGroup: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, number, order, members, away, seconds, fallback, queue, createdAt
    }

    /// What somebody else wrote is as valid as what the functions above make, or is refused.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let group = Self(
            name: try container.decode(ShortName.self, forKey: .name),
            number: try container.decodeIfPresent(ExtensionNumber.self, forKey: .number),
            order: try container.decode(Order.self, forKey: .order),
            seconds: try container.decode(Int.self, forKey: .seconds),
            fallback: try container.decodeIfPresent(Destination.self, forKey: .fallback),
            createdAt: try container.decode(WallTime.self, forKey: .createdAt)
        )
        let problem = DecodingError.dataCorruptedError(
            forKey: .members,
            in: container,
            debugDescription: "a group that rings too long, or has too many members"
        )
        guard var group else { throw problem }
        group.queue = try container.decodeIfPresent(QueueSettings.self, forKey: .queue)
        for member in try container.decode([ExtensionNumber].self, forKey: .members) {
            guard group.add(member) else { throw problem }
        }
        for member in try container.decode(Set<ExtensionNumber>.self, forKey: .away) {
            guard group.set(member, isAway: true) else { throw problem }
        }
        self = group
    }
}
