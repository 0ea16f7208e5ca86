// SPDX-License-Identifier: Apache-2.0

public import Model
import Primitives

/// Where does a call go next? The plan of the business: groups, forwards, who is not to be disturbed. What makes a phone ring
/// comes out as a ``Placement``, and no way is longer than ``Limits/routedPlaces``.
///
/// Calls for help never come here: they have no place inside.
public enum RoutingRules {
    /// Whether there is anything to decide about a call to somebody inside.
    public static func concern(_ target: Participant, in routing: RoutingSettings) -> Bool {
        switch target {
        case .extension(let number): routing.forwards[number] != nil
        case .group: true
        case .service, .outside, .system, .emergency: false
        }
    }

    /// Of whom it has to be known whether they are there: the members of the group where a call is, and of those that follow, and
    /// extensions that take one call at a time.
    public static func asked(by route: Route, in routing: RoutingSettings) -> Set<ExtensionNumber> {
        var (asked, seen): (Set<ExtensionNumber>, Set<ShortName>) = ([], [])
        var next: Destination?
        switch route.stop {
        case .group(let name, _): next = .group(name)
        case .extension(let number), .following(let number, _): next = .extension(number)
        case .outside: break
        }
        while case .group(let name)? = next, seen.count < Limits.routedPlaces, seen.insert(name).inserted,
            let group = routing.groups[name]
        {
            asked.formUnion(group.members)
            next = group.fallback
        }
        if case .extension(let number)? = next { ask(about: number, in: routing, &asked) }
        return asked
    }

    /// An extension, and those that its calls may go to from there at once.
    private static func ask(
        about first: ExtensionNumber,
        in routing: RoutingSettings,
        _ asked: inout Set<ExtensionNumber>
    ) {
        var (waiting, seen): ([ExtensionNumber], Set<ExtensionNumber>) = ([first], [])
        while let number = waiting.popLast(), seen.count < Limits.askedExtensions {
            guard seen.insert(number).inserted, let settings = routing.forwards[number] else { continue }
            if settings.oneCall != nil { asked.insert(number) }
            for forward in settings.forwards.values {
                if case .extension(let next) = forward.target { waiting.append(next) }
            }
        }
    }

    /// The first step.
    public static func begin(_ route: inout Route, in scene: RouteScene) -> RouteStep {
        switch route.origin.target {
        case .extension(let number): scene.enter(number, by: route.origin, through: [], &route)
        case .group(let name): scene.enter(name, through: [], &route)
        case .service, .outside, .system, .emergency: .ring([route.origin], seconds: nil, through: [])
        }
    }

    /// The step after nobody took it where it rang.
    public static func next(
        _ route: inout Route,
        after ending: RouteEnding,
        in scene: RouteScene
    ) -> RouteStep {
        switch route.stop {
        case .outside: return .end(ending)
        case .group(let name, _): return scene.nextMember(of: name, after: ending, through: [], &route)
        case .following(let owner, let rest):
            return scene.look(for: owner, at: rest, after: ending, &route)
        case .extension(let number):
            if ending.isSilent, let follow = scene.routing.forwards[number]?.follow {
                return scene.look(for: number, at: follow.targets, after: ending, &route)
            }
            guard let occasion = ending.occasion,
                let forward = scene.routing.forwards[number]?.forwards[occasion]
            else { return .end(ending) }
            return scene.follow(forward, occasion, of: number, through: [], &route)
        }
    }

    /// Why a group's call may not ring there.
    static func refusal(of sentOn: SentOn, in snapshot: Snapshot) -> CallRefusal? {
        switch sentOn.to {
        case .extension(let number):
            guard snapshot.extensions[number]?.isEnabled == true else {
                return CallRefusal(
                    status: 480,
                    control: nil,
                    reason: "group \(sentOn.group) rings extension \(number), which is disabled or does not exist"
                )
            }
        case .menu(let name): return MenuRules.refusal(ofEntering: name, in: snapshot)
        case .room(let name):
            return CallRefusal(
                status: 480,
                control: nil,
                reason: "group \(sentOn.group) sends the call to room \(name), where nobody is sent"
            )
        case .group(let name):
            guard snapshot.outside.routing.groups[name] != nil else {
                return CallRefusal(
                    status: 480,
                    control: nil,
                    reason: "group \(sentOn.group) sends the call to group \(name), which does not exist"
                )
            }
        }
        return nil
    }

    /// Whether a group still sends calls there.
    static func stands(_ sentOn: SentOn, in routing: RoutingSettings) -> Bool {
        guard let group = routing.groups[sentOn.group] else { return false }
        guard sentOn.reason == .member, case .extension(let number) = sentOn.to else {
            return group.fallback == sentOn.to
        }
        return group.rings(number) && routing.forwards[number]?.quiet == nil
    }
}

extension RouteEnding {
    /// Whether nobody was there, and nobody said no.
    fileprivate var isSilent: Bool {
        switch self {
        case .noAnswer, .unreachable: true
        case .busy, .failed: false
        }
    }

    fileprivate var occasion: ForwardSettings.Occasion? {
        switch self {
        case .busy: .busy
        case .noAnswer: .noAnswer
        case .unreachable: .unreachable
        case .failed: nil
        }
    }
}
