// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// A forward that is set in the system, at the moment of its use. It is a call of the extension's, whoever called it.
struct SettingForward: Sendable {
    let owner: ExtensionNumber
    /// `nil` where the extension is looked for.
    let occasion: ForwardSettings.Occasion?
    let target: Forward.Target
    /// Who gets the call's answer; `nil` for who is no extension.
    let caller: ExtensionNumber?
    /// The same of who calls from outside.
    var outsideCaller: PhoneNumber?
    /// Where the call has been so far, the number that was dialled first.
    let places: [Participant]
    /// Whether keys that a caller pressed in a menu led it here.
    var isFromMenu = false

    /// Whether it still is.
    func isSet(in routing: RoutingSettings) -> Bool {
        guard let settings = routing.forwards[owner] else { return false }
        guard let occasion else { return settings.follow?.targets.contains(target) ?? false }
        return settings.forwards[occasion]?.target == target
    }
}

extension ForwardRules {
    /// May a call go where a setting of its callee sends it? The same rights as for phones that send it on themselves.
    static func decide(
        _ forward: SettingForward,
        in snapshot: Snapshot,
        by plan: DialPlan? = nil,
        at now: WallTime
    ) -> Verdict<Placement> {
        let owner = forward.owner
        guard let own = snapshot.extensions[owner], own.isEnabled else {
            return .refused(CallRefusal(status: 480, control: nil, reason: "extension \(owner) is disabled"))
        }
        if let refusal = refusal(of: own.forwarding, forward) ?? refusalOfReturn(forward, in: snapshot.outside) {
            return .refused(refusal)
        }
        let outside: OutsideCall?
        switch forward.target {
        case .extension(let number):
            guard snapshot.extensions[number]?.isEnabled == true else {
                return .refused(.unfollowed(forward, "extension \(number) is disabled, or does not exist"))
            }
            outside = nil
        case .outside where forward.isFromMenu: return .refused(MenuRules.refusal(ofLeavingFrom: owner))
        case .outside(let number):
            let plan = plan ?? DialPlan(snapshot.outside.dialing)
            switch PaidCallRules.decide(number, forwardedBy: owner, in: snapshot, by: plan, at: now) {
            case .refused(let refusal): return .refused(.unfollowed(forward, refusal))
            case .allowed(let call): outside = call
            }
        }
        return .allowed(
            Placement(
                .setting(forward),
                payer: .owner(owner),
                target: forward.target.participant,
                // The offer is ours.
                protection: .encrypted,
                outside: outside,
                step: CallStep(from: .extension(owner), forward.reason, to: forward.target.participant)
            )
        )
    }

    private static func refusalOfReturn(_ forward: SettingForward, in settings: OutsideSettings) -> CallRefusal? {
        guard case .outside(let number) = forward.target else { return nil }
        let places = forward.places + [.extension(forward.owner)]
        return refusal(
            ofReturnTo: number,
            from: forward.owner,
            at: forward.outsideCaller,
            after: places,
            in: settings
        )
    }

    /// Why a forward would not be followed, for whoever is about to set it.
    public static func refusal(
        ofSetting target: Forward.Target,
        at owner: ExtensionNumber,
        in snapshot: Snapshot,
        at now: WallTime
    ) -> CallRefusal? {
        let attempt = SettingForward(
            owner: owner,
            occasion: nil,
            target: target,
            caller: nil,
            places: [.extension(owner)]
        )
        switch decide(attempt, in: snapshot, at: now) {
        case .allowed: return nil
        case .refused(let refusal): return refusal
        }
    }

    private static func refusal(of policy: ForwardingPolicy, _ forward: SettingForward) -> CallRefusal? {
        let owner = forward.owner
        switch (policy, forward.target) {
        case (.outside, _), (.colleagues, .extension): break
        case (.nobody, _), (.colleagues, .outside):
            return CallRefusal(
                status: 403,
                control: .forwardingRules,
                reason: "extension \(owner) may not forward its calls to \(forward.target), though it is set to"
            )
        }
        let place = forward.target.participant
        guard place.number == nil || place.number != forward.caller, !forward.places.contains(place) else {
            return CallRefusal(
                status: 482,
                control: .forwardingRules,
                reason: "extension \(owner) forwards the call back to \(forward.target), where it has been"
            )
        }
        guard forward.places.count > Limits.forwards else { return nil }
        return CallRefusal(
            status: 482,
            control: .forwardingRules,
            reason: "extension \(owner) forwards the call on, after it came to \(Limits.forwards) others"
        )
    }
}

extension CallRefusal {
    fileprivate static func unfollowed(_ forward: SettingForward, _ reason: String) -> Self {
        Self(
            status: 480,
            control: nil,
            reason: "extension \(forward.owner) forwards the call to \(forward.target), but \(reason)"
        )
    }

    fileprivate static func unfollowed(_ forward: SettingForward, _ refusal: CallRefusal) -> Self {
        Self(
            status: refusal.status,
            control: refusal.control,
            reason: "extension \(forward.owner) forwards the call to \(forward.target), but \(refusal.reason)",
            number: refusal.number
        )
    }
}

extension Forward.Target {
    var participant: Participant {
        switch self {
        case .extension(let number): .extension(number)
        case .outside(let number): .outside(number)
        }
    }
}

extension SettingForward {
    fileprivate var reason: CallStep.Reason {
        switch occasion {
        case nil: .follow
        case .always: .always
        case .busy: .busy
        case .noAnswer: .noAnswer
        case .unreachable: .unreachable
        }
    }
}
