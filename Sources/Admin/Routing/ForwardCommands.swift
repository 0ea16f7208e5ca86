// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Where the calls of an extension go.
public struct ForwardReport: Hashable, Sendable, Codable {
    public let `extension`: ExtensionNumber
    public let settings: ForwardSettings

    public init(_ number: ExtensionNumber, _ settings: ForwardSettings) {
        (self.extension, self.settings) = (number, settings)
    }
}

/// Every forward that is set, and who is not to be disturbed.
public struct ListForwards: ExtensionCommand {
    public static let name = "forward.list"
    public static let rights: [Right] = [.seeExtensions]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }
    public static func owners(of list: [ForwardReport]) -> [[ExtensionNumber]] { list.map { [$0.extension] } }

    public func run(in administrator: isolated Administrator, for caller: Caller) async -> [ForwardReport] {
        administrator.store.snapshot.outside.routing.forwards.filter { caller.permit.covers($0.key) }
            .sorted { $0.key < $1.key }.map { ForwardReport($0.key, $0.value) }
    }
}

/// Sends calls of an extension elsewhere.
public struct SetForward: Command {
    public static let name = "forward.set"
    public static let rights: [Right] = [.changeExtensions]

    /// As typed, and so is the target.
    public let number: String
    public let occasion: ForwardSettings.Occasion
    public let target: String
    /// How long its phones ring before; of ``ForwardSettings/Occasion/noAnswer`` only.
    public let seconds: Int?

    public init(number: String, _ occasion: ForwardSettings.Occasion, to target: String, after seconds: Int? = nil) {
        (self.number, self.occasion, self.target, self.seconds) = (number, occasion, target, seconds)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-", .always, to: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ForwardReport {
        let own = try administrator.find(number)
        let target = try administrator.forwardTarget(target, of: own)
        let origin = SettingOrigin(by: caller.name, at: administrator.now())
        guard let forward = Forward(to: target, after: seconds ?? Forward.usualSeconds, by: origin) else {
            throw .badForwardSeconds
        }
        let report = try await administrator.forward(own.number, Self.name, by: caller) { settings in
            guard settings.forwards[occasion].map({ !$0.isSame(as: forward) }) ?? true else { return nil }
            settings.forwards[occasion] = forward
            return "Calls of extension \(own.number) go to \(target) \(occasion.words), by \(caller.name)"
        }
        administrator.tellForward(
            own.number,
            "calls of extension \(own.number) go to \(target) \(occasion.words)",
            origin,
            undo: "ringfence forward clear \(own.number) \(occasion.rawValue)"
        )
        return report
    }
}

/// Says where an extension is looked for when its own phones do not answer, one place after the other.
public struct SetFollowMe: Command {
    public static let name = "forward.follow"
    public static let rights: [Right] = [.changeExtensions]

    /// As typed, and so are the targets; none for nowhere.
    public let number: String
    public let targets: [String]
    /// How long its own phones ring first, and each of these.
    public let seconds: Int?

    public init(number: String, targets: [String], seconds: Int? = nil) {
        (self.number, self.targets, self.seconds) = (number, targets, seconds)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-", targets: []) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ForwardReport {
        let own = try administrator.find(number)
        let origin = SettingOrigin(by: caller.name, at: administrator.now())
        let new = try follow(of: own, in: administrator, origin)
        let places = new.map { $0.targets.map(\.text).joined(separator: ", ") } ?? "nowhere else"
        let report = try await administrator.forward(own.number, Self.name, by: caller) { settings in
            guard settings.follow?.targets != new?.targets || settings.follow?.seconds != new?.seconds else {
                return nil
            }
            settings.follow = new
            return "Extension \(own.number) is looked for at \(places), by \(caller.name)"
        }
        if new != nil {
            administrator.tellForward(
                own.number,
                "extension \(own.number) is looked for at \(places)",
                origin,
                undo: "ringfence forward follow \(own.number)"
            )
        }
        return report
    }

    private func follow(
        of own: Extension,
        in administrator: isolated Administrator,
        _ origin: SettingOrigin
    ) throws(Refusal) -> FollowMe? {
        guard !targets.isEmpty else { return nil }
        var places: [Forward.Target] = []
        for text in targets { places.append(try administrator.forwardTarget(text, of: own)) }
        guard let follow = FollowMe(places, seconds: seconds ?? Forward.usualSeconds, by: origin) else {
            throw .badFollowMe
        }
        return follow
    }
}

/// Lets calls of an extension ring at its phones again.
public struct ClearForward: Command {
    public static let name = "forward.clear"
    public static let rights: [Right] = [.changeExtensions]

    /// As typed.
    public let number: String
    /// `nil` for all of them.
    public let occasion: ForwardSettings.Occasion?

    public init(number: String, _ occasion: ForwardSettings.Occasion? = nil) {
        (self.number, self.occasion) = (number, occasion)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ForwardReport {
        let number = try administrator.find(number).number
        return try await administrator.forward(number, Self.name, by: caller) { settings in
            let kept = occasion.map { occasion in settings.forwards.filter { $0.key != occasion } } ?? [:]
            let isLookedFor = occasion == nil && settings.follow != nil
            guard kept.count != settings.forwards.count || isLookedFor else { return nil }
            settings.forwards = kept
            if occasion == nil { settings.follow = nil }
            return "Calls of extension \(number) are forwarded no more\(occasion.map { " \($0.words)" } ?? ""), "
                + "by \(caller.name)"
        }
    }
}

/// Leaves an extension alone (do not disturb), or not.
public struct SetQuiet: Command {
    public static let name = "forward.quiet"
    public static let rights: [Right] = [.changeExtensions]

    /// As typed.
    public let number: String
    public let isQuiet: Bool

    public init(number: String, _ isQuiet: Bool) { (self.number, self.isQuiet) = (number, isQuiet) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-", false) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ForwardReport {
        let words = isQuiet ? "no calls" : "calls again"
        return try await administrator.mark(number, \.quiet, isQuiet, Self.name, by: caller, "takes \(words)")
    }
}

/// Lets an extension be busy while it is in a call, or rings it all the same (call waiting).
public struct SetCallWaiting: Command {
    public static let name = "forward.waiting"
    public static let rights: [Right] = [.changeExtensions]

    /// As typed.
    public let number: String
    /// Whether further calls ring.
    public let isOn: Bool

    public init(number: String, _ isOn: Bool) { (self.number, self.isOn) = (number, isOn) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-", true) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ForwardReport {
        let words = isOn ? "calls while it is in one" : "one call at a time"
        return try await administrator.mark(number, \.oneCall, !isOn, Self.name, by: caller, "takes \(words)")
    }
}

extension Administrator {
    /// Somebody whom calls of an extension may be forwarded to at this moment.
    fileprivate func forwardTarget(_ text: String, of own: Extension) throws(Refusal) -> Forward.Target {
        guard let target = Forward.Target(parsing: text) else { throw .noForwardTarget(text) }
        if case .extension(let other) = target {
            guard other != own.number else { throw .forwardToItself(own.number) }
            _ = try find(other.text)
        }
        guard let refusal = ForwardRules.refusal(ofSetting: target, at: own.number, in: store.snapshot, at: now())
        else { return target }
        guard own.forwarding.allows(target) else { throw .mayNotForward(own.number, target, own.forwarding) }
        throw .forwardRefused(own.number, refusal)
    }

    /// Tells people that calls of an extension go elsewhere: who said so, from where, and how it is undone.
    func tellForward(_ number: ExtensionNumber, _ what: String, _ origin: SettingOrigin, undo: String) {
        let event = SecurityEvent(
            at: origin.at,
            kind: .forwardChanged,
            source: origin.from,
            subject: .extension(number),
            detail: "\(what), by \(origin.by) from \(origin.from); undo it: \(undo)"
        )
        events.publish(.noticed(event))
    }

    /// Sets something of an extension that is so or not, with who set it.
    ///
    /// - Parameters:
    ///   - text: Which extension, as typed.
    ///   - words: What it does from now on, for people.
    fileprivate func mark(
        _ text: String,
        _ setting: WritableKeyPath<ForwardSettings, SettingOrigin?>,
        _ isSet: Bool,
        _ action: String,
        by caller: Caller,
        _ words: String
    ) async throws(Refusal) -> ForwardReport {
        let number = try find(text).number
        let origin = SettingOrigin(by: caller.name, at: now())
        return try await forward(number, action, by: caller) { settings in
            guard isSet != (settings[keyPath: setting] != nil) else { return nil }
            settings[keyPath: setting] = isSet ? origin : nil
            return "Extension \(number) \(words), by \(caller.name)"
        }
    }

    /// Changes what is set for an extension.
    ///
    /// - Parameter edit: Says for people what was done; `nil` where nothing changes.
    fileprivate func forward(
        _ number: ExtensionNumber,
        _ action: String,
        by caller: Caller,
        edit: (inout ForwardSettings) -> String?
    ) async throws(Refusal) -> ForwardReport {
        let routing = store.snapshot.outside.routing
        let old = routing.forwards[number] ?? .none
        var new = old
        guard let notice = edit(&new) else { throw .forwardIsSo(number) }
        guard old != .none || routing.forwards.count < Model.Limits.routedExtensions else { throw .tooManyForwards }
        try await change(
            [.outside(.route(.forward(number, new)))],
            [caller.draft(action, number.text, JournalDetail.of(old, became: new))],
            notice: notice
        )
        return ForwardReport(number, new)
    }
}

extension ForwardingPolicy {
    fileprivate func allows(_ target: Forward.Target) -> Bool {
        switch (self, target) {
        case (.outside, _), (.colleagues, .extension): true
        case (.nobody, _), (.colleagues, .outside): false
        }
    }
}

extension Forward {
    /// Whoever set it.
    fileprivate func isSame(as other: Forward) -> Bool { target == other.target && seconds == other.seconds }
}

extension ForwardSettings.Occasion {
    /// For people, after "calls go to 102".
    public var words: String {
        switch self {
        case .always: "always"
        case .busy: "when it is busy"
        case .noAnswer: "when nobody answers"
        case .unreachable: "when no phone is there"
        }
    }
}
