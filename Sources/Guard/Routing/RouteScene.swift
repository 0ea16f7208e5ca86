// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// What a step of a route is decided by: the settings, the moment, and who is there.
public struct RouteScene {
    let snapshot: Snapshot
    let plan: DialPlan
    let now: WallTime
    private let presence: [ExtensionNumber: Presence]
    private let entropy: Entropy

    /// - Parameter presence: Of the extensions that ``RoutingRules/asked(by:in:)`` names.
    public init(
        _ snapshot: Snapshot,
        by plan: DialPlan,
        at now: WallTime,
        presence: [ExtensionNumber: Presence],
        entropy: Entropy
    ) {
        (self.snapshot, self.plan, self.now) = (snapshot, plan, now)
        (self.presence, self.entropy) = (presence, entropy)
    }

    var routing: RoutingSettings { snapshot.outside.routing }

    // MARK: An extension

    func enter(
        _ number: ExtensionNumber,
        by placement: Placement,
        through: [Placement],
        _ route: inout Route
    ) -> RouteStep {
        route.places.append(.extension(number))
        route.stop = .extension(number)
        if case .outside(let caller) = route.caller,
            let refusal = BlockRules.refusal(of: caller, at: number, in: routing)
        {
            return .refuse(refusal)
        }
        guard let settings = routing.forwards[number] else { return .ring([placement], seconds: nil, through: through) }
        if let forward = settings.forwards[.always] {
            return follow(forward, .always, of: number, through: through, &route)
        }
        if let busy = isBusy(number, by: settings) {
            guard let forward = settings.forwards[.busy] else { return .refuse(busy) }
            return follow(forward, .busy, of: number, through: through, &route)
        }
        let seconds = settings.follow?.seconds ?? settings.forwards[.noAnswer]?.seconds
        return .ring([placement], seconds: seconds, through: through)
    }

    /// Why its phones do not ring by its settings; `nil` when they do.
    private func isBusy(_ number: ExtensionNumber, by settings: ForwardSettings) -> CallRefusal? {
        if settings.quiet != nil { return .quiet(number) }
        return settings.oneCall != nil && presence[number]?.isBusy == true ? .talks(number) : nil
    }

    /// Rings the next place where somebody is looked for. One that they may not be looked for at any more, or that is not to be
    /// disturbed itself, is passed over. When there is none left, it is as if nobody answered.
    func look(
        for owner: ExtensionNumber,
        at targets: [Forward.Target],
        after ending: RouteEnding,
        _ route: inout Route
    ) -> RouteStep {
        var rest = targets[...]
        let settings = routing.forwards[owner] ?? .none
        while let target = rest.popFirst() {
            guard let placement = placement(following: owner, to: target, route) else { continue }
            route.stop = .following(owner, rest: Array(rest))
            let seconds = settings.follow?.seconds
            return placement.outside == nil
                ? .ring([placement], seconds: seconds, through: [placement])
                : .leave(placement, seconds: seconds, through: [placement])
        }
        guard let forward = settings.forwards[.noAnswer] else { return .end(ending) }
        return follow(forward, .noAnswer, of: owner, through: [], &route)
    }

    private func placement(following owner: ExtensionNumber, to target: Forward.Target, _ route: Route) -> Placement? {
        if case .extension(let number) = target {
            let settings = routing.forwards[number]
            guard settings?.quiet == nil, settings?.forwards[.always] == nil, !isBlocked(route.caller, at: number)
            else {
                return nil
            }
        }
        let attempt = SettingForward(
            owner: owner,
            occasion: nil,
            target: target,
            caller: route.caller.number,
            outsideCaller: route.caller.outsideNumber,
            places: route.places,
            isFromMenu: route.origin.isFromMenu
        )
        guard case .allowed(let placement) = ForwardRules.decide(attempt, in: snapshot, by: plan, at: now) else {
            return nil
        }
        return placement
    }

    func follow(
        _ forward: Forward,
        _ occasion: ForwardSettings.Occasion,
        of owner: ExtensionNumber,
        through: [Placement],
        _ route: inout Route
    ) -> RouteStep {
        let attempt = SettingForward(
            owner: owner,
            occasion: occasion,
            target: forward.target,
            caller: route.caller.number,
            outsideCaller: route.caller.outsideNumber,
            places: route.places,
            isFromMenu: route.origin.isFromMenu
        )
        switch ForwardRules.decide(attempt, in: snapshot, by: plan, at: now) {
        case .refused(let refusal): return .misled(refusal, by: owner, through: through)
        case .allowed(let placement):
            guard let number = placement.target.number else {
                route.places.append(placement.target)
                route.stop = .outside
                return .leave(placement, seconds: nil, through: through + [placement])
            }
            return enter(number, by: placement, through: through + [placement], &route)
        }
    }

    // MARK: A group

    func enter(_ name: ShortName, through: [Placement], _ route: inout Route) -> RouteStep {
        route.places.append(.group(name))
        guard let group = routing.groups[name] else {
            return .refuse(CallRefusal(status: 480, control: nil, reason: "group \(name) does not exist"))
        }
        let there = group.members.filter { rings($0, in: group, route) }
        switch group.order {
        case .all:
            route.stop = .group(name, rest: [])
            let free = there.filter(isFree)
            guard !free.isEmpty else { return fallBack(group, after: ending(of: there), through: through, &route) }
            let members = free.map { placement(for: $0, of: group, route) }
            return .ring(members, seconds: group.seconds, through: through)
        case .inTurn: route.stop = .group(name, rest: there)
        case .random:
            var source = entropy
            route.stop = .group(name, rest: there.shuffled(using: &source))
        case .longestIdle:
            // Who never talked comes first, and among equals who stands first.
            let ordered = there.enumerated().sorted { one, other in
                let (first, second) = (presence[one.element]?.lastTalk, presence[other.element]?.lastTalk)
                guard first != second else { return one.offset < other.offset }
                guard let first, let second else { return first == nil }
                return first < second
            }
            route.stop = .group(name, rest: ordered.map(\.element))
        }
        return nextMember(of: name, after: ending(of: there), through: through, &route)
    }

    /// Whoever's turn it is and who is free; else what follows on the group.
    func nextMember(
        of name: ShortName,
        after ending: RouteEnding,
        through: [Placement],
        _ route: inout Route
    ) -> RouteStep {
        guard let group = routing.groups[name], case .group(_, var rest) = route.stop else { return .end(ending) }
        while !rest.isEmpty {
            let member = rest.removeFirst()
            route.stop = .group(name, rest: rest)
            guard rings(member, in: group, route), isFree(member) else { continue }
            return .ring([placement(for: member, of: group, route)], seconds: group.seconds, through: through)
        }
        return fallBack(group, after: ending, through: through, &route)
    }

    private func fallBack(
        _ group: RingGroup,
        after ending: RouteEnding,
        through: [Placement],
        _ route: inout Route
    ) -> RouteStep {
        // Who waits in its queue goes on waiting.
        guard !route.origin.isQueued, let next = group.fallback else { return .end(ending) }
        guard !route.places.contains(next.participant), next.participant != route.caller else {
            return .refuse(
                CallRefusal(
                    status: 482,
                    control: nil,
                    reason: "group \(group.name) sends the call back to \(next), where it has been"
                )
            )
        }
        guard route.places.count < Limits.routedPlaces else {
            return .refuse(
                CallRefusal(
                    status: 480,
                    control: nil,
                    reason: "group \(group.name) sends the call on, after \(Limits.routedPlaces) places"
                )
            )
        }
        let sentOn = SentOn(group: group.name, reason: .nobody, to: next)
        if let refusal = RoutingRules.refusal(of: sentOn, in: snapshot) { return .refuse(refusal) }
        let placement = placement(sentOn, route)
        switch next {
        case .extension(let number): return enter(number, by: placement, through: through + [placement], &route)
        case .group(let name): return enter(name, through: through + [placement], &route)
        case .menu(let name):
            route.places.append(next.participant)
            route.stop = .outside
            return .ask(name, through: through + [placement])
        // Refused above.
        case .room: return .end(ending)
        }
    }

    // MARK: Members

    /// Whether a member gets this call at all: their own forwards are for calls to themselves, and whose calls always go
    /// elsewhere is not there.
    private func rings(_ member: ExtensionNumber, in group: RingGroup, _ route: Route) -> Bool {
        guard group.rings(member), snapshot.extensions[member]?.isEnabled == true,
            route.caller != .extension(member)
        else { return false }
        if isBlocked(route.caller, at: member) { return false }
        let settings = routing.forwards[member]
        return settings?.quiet == nil && settings?.forwards[.always] == nil
    }

    /// Whether an extension does not take calls of who calls from outside.
    private func isBlocked(_ caller: Participant, at number: ExtensionNumber) -> Bool {
        guard case .outside(let caller) = caller else { return false }
        return BlockRules.refusal(of: caller, at: number, in: routing) != nil
    }

    private func isFree(_ member: ExtensionNumber) -> Bool {
        presence[member].map { $0.isReachable && !$0.isBusy } ?? false
    }

    private func ending(of members: [ExtensionNumber]) -> RouteEnding {
        members.contains { presence[$0]?.isReachable == true } ? .busy : .unreachable
    }

    private func placement(for member: ExtensionNumber, of group: RingGroup, _ route: Route) -> Placement {
        placement(SentOn(group: group.name, reason: .member, to: .extension(member)), route)
    }

    private func placement(_ sentOn: SentOn, _ route: Route) -> Placement {
        Placement(
            .sentOn(route.origin, sentOn),
            payer: route.origin.payer,
            target: sentOn.to.participant,
            protection: route.origin.protection,
            step: CallStep(from: .group(sentOn.group), sentOn.reason, to: sentOn.to.participant)
        )
    }
}

extension CallRefusal {
    static func quiet(_ number: ExtensionNumber) -> Self {
        Self(status: 486, control: nil, reason: "extension \(number) does not want to be disturbed")
    }

    fileprivate static func talks(_ number: ExtensionNumber) -> Self {
        Self(status: 486, control: nil, reason: "extension \(number) is in a call, and takes one at a time")
    }
}
