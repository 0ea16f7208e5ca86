// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// The ring groups of the business.
public struct ListGroups: Command {
    public static let name = "group.list"
    public static let rights: [Right] = [.seeNumbers]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [RingGroup] {
        administrator.store.snapshot.outside.routing.groups.values.sorted { $0.name < $1.name }
    }
}

/// Makes a ring group, or changes one: what is not named stays.
public struct PutGroup: Command {
    public static let name = "group.add"
    public static let rights: [Right] = [.changeNumbers]

    /// As typed, and so are the others.
    public let group: String
    /// Whether it has to be there already.
    public let isChange: Bool
    public var number: String?
    public var order: RingGroup.Order?
    public var seconds: Int?
    /// `nobody` for nobody.
    public var fallback: String?
    public var members: [String] = []

    public init(group: String, isChange: Bool = false) { (self.group, self.isChange) = (group, isChange) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(group: "-", isChange: true) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> RingGroup {
        let routing = administrator.store.snapshot.outside.routing
        guard let name = ShortName(parsing: group) else { throw .badGroupName(group) }
        let old = routing.groups[name]
        guard isChange == (old != nil) else { throw isChange ? .noGroup(group) : .groupExists(name) }
        guard old != nil || routing.groups.count < Model.Limits.ringGroups else { throw .tooManyGroups }
        guard var new = old ?? RingGroup(name: name, order: order ?? .all, createdAt: administrator.now()) else {
            throw .badGroupSeconds
        }
        try change(&new, in: administrator)
        try await administrator.put(new, instead: old, Self.name, by: caller)
        return new
    }

    private func change(_ group: inout RingGroup, in administrator: isolated Administrator) throws(Refusal) {
        if let order { group.order = order }
        if let seconds, !group.setSeconds(seconds) { throw .badGroupSeconds }
        if let number {
            group.number = number == "none" ? nil : try administrator.freeNumber(number, of: "group \(group.name)")
        }
        if let fallback {
            group.fallback = fallback == "nobody" ? nil : try administrator.destination(fallback)
            if case .room(let name)? = group.fallback { throw .roomOfGroup(name) }
            guard group.fallback != .group(group.name) else { throw .groupToItself(group.name) }
        }
        for text in members {
            guard group.add(try administrator.find(text).number) else { throw .fullGroup(group.name) }
        }
    }
}

/// Takes members into a group or out of it, or lets them leave for a while and come back.
public struct ChangeGroupMembers: Command {
    public enum Change: String, Codable, CaseIterable, Hashable, Sendable {
        case add
        case remove
        /// They get no calls of the group until they come back.
        case leave
        case join
    }

    public static let name = "group.member"
    public static let rights: [Right] = [.changeNumbers]

    /// As typed, and so are the others.
    public let group: String
    public let change: Change
    public let members: [String]

    public init(group: String, _ change: Change, members: [String]) {
        (self.group, self.change, self.members) = (group, change, members)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(group: "-", .add, members: []) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> RingGroup {
        let old = try administrator.ringGroup(group)
        var new = old
        for text in members {
            let number = try administrator.find(text).number
            switch change {
            case .add: guard new.add(number) else { throw .fullGroup(old.name) }
            case .remove: new.remove(number)
            case .leave, .join:
                guard new.set(number, isAway: change == .leave) else { throw .noMember(number, old.name) }
            }
        }
        guard new != old else { throw .groupIsSo(old.name) }
        try await administrator.put(new, instead: old, Self.name, by: caller)
        return new
    }
}

/// Ends a group that no number and no other group leads to.
public struct RemoveGroup: Command {
    public static let name = "group.remove"
    public static let rights: [Right] = [.changeNumbers]

    /// As typed.
    public let group: String

    public init(group: String) { self.group = group }

    public static func harmless(_: ExtensionNumber) -> Self { Self(group: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> RingGroup {
        let old = try administrator.ringGroup(group)
        let outside = administrator.store.snapshot.outside
        let place = Destination.group(old.name)
        if let (user, remedy) = outside.user(of: place) { throw .groupInUse(old.name, by: user, remedy) }
        try await administrator.change(
            [.outside(.route(.removeGroup(old.name)))],
            [caller.draft(Self.name, old.name.text, JournalDetail.of(old, became: nil))],
            notice: "Group \(old.name) was removed by \(caller.name)"
        )
        return old
    }
}

extension Administrator {
    func ringGroup(_ text: String) throws(Refusal) -> RingGroup {
        guard let group = ShortName(parsing: text).flatMap({ store.snapshot.outside.routing.groups[$0] }) else {
            throw .noGroup(text)
        }
        return group
    }

    /// A number that phones may dial for a group or a menu.
    ///
    /// - Parameter owner: Who may have it already: `group sales`.
    func freeNumber(_ text: String, of owner: String) throws(Refusal) -> ExtensionNumber {
        let number = try parse(text)
        let snapshot = store.snapshot
        guard snapshot.extensions[number] == nil else { throw .taken(number, by: "extension \(number)") }
        if let other = snapshot.outside.routing.owner(of: number), other != owner {
            throw .taken(number, by: other)
        }
        if let refusal = HelpRules.refusal(ofOwning: number, by: DialPlan(snapshot.outside.dialing)) { throw refusal }
        return number
    }

    fileprivate func put(
        _ new: RingGroup,
        instead old: RingGroup?,
        _ action: String,
        by caller: Caller
    ) async throws(Refusal) {
        let members = new.members.isEmpty ? "nobody" : new.members.map(\.text).joined(separator: ", ")
        try await change(
            [.outside(.route(.putGroup(new)))],
            [caller.draft(action, new.name.text, JournalDetail.of(old, became: new))],
            notice: "Group \(new.name) rings \(members), by \(caller.name)"
        )
    }
}
