// SPDX-License-Identifier: Apache-2.0

public import Model
import Primitives

/// May a phone have this changed by a code? Only for its own extension, and nothing that the extension could not have by an
/// operator: its right to forward is not given by a code.
public enum FeatureRules {
    /// - Parameters:
    ///   - origin: Who set it, for whoever looks later.
    /// - Returns: What is to be stored. Nothing where it is so already, which is no refusal: a code says how it is to be.
    public static func decide(
        _ request: FeatureRequest,
        by phone: Device,
        in snapshot: Snapshot,
        as origin: SettingOrigin
    ) -> Verdict<[RoutingChange]> {
        let number = phone.number
        guard snapshot.devices[phone.username]?.id == phone.id, let own = snapshot.extensions[number], own.isEnabled
        else {
            return .refused(CallRefusal(status: 403, control: .sipPasswords, reason: "the phone is no longer enrolled"))
        }
        let routing = snapshot.outside.routing
        var settings = routing.forwards[number] ?? .none
        switch request {
        case .quiet(let isQuiet):
            guard isQuiet != (settings.quiet != nil) else { return .allowed([]) }
            settings.quiet = isQuiet ? origin : nil
            return stored(settings, of: number, in: routing)
        case .oneCall(let isSo):
            guard isSo != (settings.oneCall != nil) else { return .allowed([]) }
            settings.oneCall = isSo ? origin : nil
            return stored(settings, of: number, in: routing)
        case .anonymous(let isRejected):
            let old = routing.ownBlocks[number]
            var list = old ?? .none
            guard list.rejectsAnonymous != isRejected else { return .allowed([]) }
            list.rejectsAnonymous = isRejected
            return stored(.block(list, of: number), isNew: old == nil, besides: routing.ownBlocks.count)
        case .speedDial(let key, let text):
            let old = routing.ownSpeedDials[number]
            var dials = old ?? .none
            if let text {
                switch target(text, in: snapshot) {
                case .refused(let refusal): return .refused(refusal)
                case .allowed(let target): dials[key] = target
                }
            } else {
                dials[key] = nil
            }
            guard dials != old ?? .none else { return .allowed([]) }
            return stored(.speedDial(dials, of: number), isNew: old == nil, besides: routing.ownSpeedDials.count)
        case .forward(let occasion, nil):
            guard settings.forwards.removeValue(forKey: occasion) != nil else { return .allowed([]) }
            return stored(settings, of: number, in: routing)
        case .forward(let occasion, let text?):
            switch forward(to: text, of: number, in: snapshot, as: origin) {
            case .refused(let refusal): return .refused(refusal)
            case .allowed(let forward):
                guard settings.forwards[occasion]?.target != forward.target else { return .allowed([]) }
                settings.forwards[occasion] = forward
                return stored(settings, of: number, in: routing)
            }
        case .group(let group, let isAway): return groups(group, number, isAway: isAway, in: routing)
        case .night(let mode):
            guard routing.nightPhones.contains(number) else {
                return .refused(.not("extension \(number) may not switch between day and night"))
            }
            return .allowed(routing.night == mode ? [] : [.switchNight(mode)])
        }
    }

    private static func stored(
        _ settings: ForwardSettings,
        of number: ExtensionNumber,
        in routing: RoutingSettings
    ) -> Verdict<[RoutingChange]> {
        stored(.forward(number, settings), isNew: routing.forwards[number] == nil, besides: routing.forwards.count)
    }

    /// - Parameter count: How many extensions have settings of that kind.
    private static func stored(
        _ change: RoutingChange,
        isNew: Bool,
        besides count: Int
    ) -> Verdict<[RoutingChange]> {
        guard !isNew || count < Model.Limits.routedExtensions else {
            return .refused(.not("too many extensions have settings of their own"))
        }
        return .allowed([change])
    }

    /// To a target as it is dialled at that phone.
    private static func forward(
        to text: String,
        of owner: ExtensionNumber,
        in snapshot: Snapshot,
        as origin: SettingOrigin
    ) -> Verdict<Forward> {
        let target: Forward.Target
        switch Self.target(text, in: snapshot) {
        case .refused(let refusal): return .refused(refusal)
        case .allowed(let found): target = found
        }
        if let refusal = ForwardRules.refusal(ofSetting: target, at: owner, in: snapshot, at: origin.at) {
            return .refused(refusal)
        }
        guard let forward = Forward(to: target, by: origin) else { return .refused(.not("it cannot be kept")) }
        return .allowed(forward)
    }

    /// What is dialled at that phone, as something that can be kept.
    private static func target(_ text: String, in snapshot: Snapshot) -> Verdict<Forward.Target> {
        let plan = DialPlan(snapshot.outside.dialing)
        if plan.help(text) != nil { return .refused(.helpIsNoPlace) }
        if let number = ExtensionNumber(parsing: text),
            snapshot.extensions[number] != nil || snapshot.outside.routing.group(numbered: number) != nil
        {
            return .allowed(.extension(number))
        }
        switch plan.read(text) {
        case .outside(let facts): return .allowed(.outside(facts.number))
        case .emergency: return .refused(.helpIsNoPlace)
        case .refused(let fault): return .refused(fault.refusal)
        }
    }

    private static func groups(
        _ asked: ExtensionNumber?,
        _ member: ExtensionNumber,
        isAway: Bool,
        in routing: RoutingSettings
    ) -> Verdict<[RoutingChange]> {
        let own = routing.groups.values.filter {
            $0.members.contains(member) && (asked == nil || $0.number == asked)
        }
        guard !own.isEmpty else {
            return .refused(.not("extension \(member) is in no such ring group"))
        }
        return .allowed(
            own.sorted { $0.name < $1.name }.compactMap { old in
                var new = old
                guard new.set(member, isAway: isAway), new != old else { return nil }
                return .putGroup(new)
            }
        )
    }
}

extension FeatureRules {
    /// Whether what a code asks for is so already: what a lamp on its key shows.
    ///
    /// - Parameters:
    ///   - number: Whose phone watches. The night is the business's.
    ///   - isOpen: Whether the business is open now.
    public static func isOn(
        _ request: FeatureRequest,
        at number: ExtensionNumber,
        in routing: RoutingSettings,
        isOpen: Bool
    ) -> Bool {
        let settings = routing.forwards[number]
        switch request {
        case .quiet(let isQuiet): return (settings?.quiet != nil) == isQuiet
        case .oneCall(let isSo): return (settings?.oneCall != nil) == isSo
        case .anonymous(let isRejected): return (routing.ownBlocks[number]?.rejectsAnonymous ?? false) == isRejected
        case .forward(let occasion, nil): return settings?.forwards[occasion] != nil
        case .forward(let occasion, let target?): return settings?.forwards[occasion]?.target.text == target
        case .group(let asked, let isAway):
            let own = routing.groups.values.filter {
                $0.members.contains(number) && (asked == nil || $0.number == asked)
            }
            return !own.isEmpty && own.allSatisfy { $0.away.contains(number) == isAway }
        // The key that lets the hours decide shows what they, or somebody, decided.
        case .night(.automatic): return !isOpen
        case .night(let mode): return routing.night == mode
        case .speedDial(let key, nil): return routing.target(of: key, at: number) != nil
        case .speedDial(let key, let target?): return routing.target(of: key, at: number)?.text == target
        }
    }
}

extension CallRefusal {
    fileprivate static func not(_ reason: String) -> Self { Self(status: 403, control: nil, reason: reason) }
}
