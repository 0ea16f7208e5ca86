// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// The way of one call from whom it was placed to until somebody takes it, or nobody does. A value: what it has come to stands in
/// it, and ``RoutingRules`` says what is next.
public struct Route: Sendable {
    /// Where it rings now.
    enum Stop: Sendable {
        case `extension`(ExtensionNumber)
        /// With those whose turn is still to come.
        case group(ShortName, rest: [ExtensionNumber])
        /// One of the places where an extension is looked for, with those that are left.
        case following(ExtensionNumber, rest: [Forward.Target])
        /// Somebody outside, whose provider says how it went, or a menu.
        case outside
    }

    /// What let the call be.
    let origin: Placement
    let caller: Participant
    var stop: Stop
    /// Where it has been, the first place first.
    public var places: [Participant] = []

    /// - Parameter caller: Who gets the call's answer.
    public init(of origin: Placement, from caller: Participant) {
        (self.origin, self.caller) = (origin, caller)
        stop =
            switch origin.target {
            case .extension(let number): .extension(number)
            case .group(let name): .group(name, rest: [])
            case .service, .outside, .system, .emergency: .outside
            }
    }
}

/// How a stop ended without an answer.
public enum RouteEnding: Hashable, Sendable {
    case busy
    case noAnswer
    case unreachable
    /// The phones there could not take the call.
    case failed
}

/// What is known of an extension at this moment.
public struct Presence: Sendable {
    /// Whether a phone of it is registered that a call can be offered to.
    public let isReachable: Bool
    /// Whether it is in a call.
    public let isBusy: Bool
    /// When it last was; `nil` for never, or not for long.
    public let lastTalk: MonotonicTime?

    public init(isReachable: Bool, isBusy: Bool, lastTalk: MonotonicTime?) {
        (self.isReachable, self.isBusy, self.lastTalk) = (isReachable, isBusy, lastTalk)
    }
}

/// What happens next to a call.
public enum RouteStep: Sendable {
    /// The phones of these extensions ring together, for so many seconds, or as long as any call; all of them by `through` as well.
    case ring([Placement], seconds: Int?, through: [Placement])
    /// It leaves by a trunk, for so many seconds, or as long as any call.
    case leave(Placement, seconds: Int?, through: [Placement])
    /// A menu asks the caller.
    case ask(ShortName, through: [Placement])
    /// It may not go where a forward of this extension sends it.
    case misled(CallRefusal, by: ExtensionNumber, through: [Placement])
    /// It ends.
    case refuse(CallRefusal)
    /// Nothing follows: it ends as its last stop did.
    case end(RouteEnding)
}

/// What led a call from a group to somebody: facts that do not change.
struct SentOn: Sendable {
    let group: ShortName
    /// ``CallStep/Reason/member`` or ``CallStep/Reason/nobody``.
    let reason: CallStep.Reason
    let to: Destination
}
