// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Proof that a call was judged and may be placed: who pays for it, where it goes, and how it is protected.
///
/// Only ``CallRules`` and ``ForwardRules`` make one, and an INVITE that rings takes one, so a leg without the check does
/// not compile. A call keeps it, and asks again when the settings change. A class, because every leg of a call holds it.
public final class Placement: Sendable {
    /// Whose call it is, by a credential, or by a setting that an operator made.
    public enum Payer: Sendable {
        /// The phone that dialled, transferred or forwarded.
        case phone(Device)
        /// Who called over a trunk: what they call costs the business nothing.
        case caller(TrunkName)
        /// An extension, by a setting of it.
        case owner(ExtensionNumber)

        /// The phone; `nil` where none of ours pays.
        public var device: Device? {
            switch self {
            case .phone(let device): device
            case .caller, .owner: nil
            }
        }

        /// Whose extension pays; `nil` where nobody here does.
        public var number: ExtensionNumber? {
            switch self {
            case .phone(let device): device.number
            case .owner(let number): number
            case .caller: nil
            }
        }
    }

    /// What was judged, so that it can be judged again.
    enum Attempt: Sendable {
        case dialled(CallAttempt)
        case forwarded(ForwardAttempt)
        case service(CallAttempt, CallService)
        case inbound(InboundAttempt)
        /// To whoever called for help before.
        case callback(InboundAttempt)
        case paid(CallAttempt, DialingWay)
        case help(CallAttempt)
        /// By a forward that is set.
        case setting(SettingForward)
        /// By a group that got the call which the placement let be.
        case sentOn(Placement, SentOn)
        /// By who is in a menu that the placement let be.
        case chosen(Placement, MenuChoice)
        /// By the queue in which the call waits that the placement let be.
        case queued(Placement, MenuChoice)
        /// By nobody: it was parked there, and nobody took it. With what let the call be.
        case cameBack(Placement, ExtensionNumber)
        case intercom(CallAttempt, ExtensionNumber)
        /// At the phones of who is to call.
        case clicked(ClickAttempt)
    }

    private let attempt: Attempt
    /// Whose call it is.
    public let payer: Payer
    public let target: Participant
    /// What the audio has to be.
    public let protection: CallAttempt.Media
    /// `nil` for a call that stays inside.
    public let outside: OutsideCall?
    /// How it comes about that the call is placed there; `nil` where it was dialled.
    public let step: CallStep?

    init(
        _ attempt: Attempt,
        payer: Payer,
        target: Participant,
        protection: CallAttempt.Media,
        outside: OutsideCall? = nil,
        step: CallStep? = nil
    ) {
        (self.attempt, self.payer, self.target, self.protection) = (attempt, payer, target, protection)
        (self.outside, self.step) = (outside, step)
    }

    /// Whether somebody calls for help.
    public var isForHelp: Bool { if case .help = attempt { true } else { false } }

    /// Whether it waited in a queue before, and waits in none now.
    public var isQueued: Bool { if case .queued = attempt { true } else { false } }

    /// Whether the phone is to answer by itself.
    public var isIntercom: Bool { if case .intercom = attempt { true } else { false } }

    /// Whether those who help may be calling back somebody who called for it.
    public var isCallback: Bool {
        if case .callback = attempt { true } else { false }
    }

    /// Whether those who help may be the caller, whatever was decided of the call: nobody but a person is to answer them.
    public var mayBeHelp: Bool {
        switch attempt {
        case .callback: true
        case .inbound(let attempt): attempt.helped != nil
        case .chosen(let earlier, _), .queued(let earlier, _): earlier.mayBeHelp
        case .dialled, .forwarded, .service, .paid, .help, .setting, .sentOn, .cameBack, .intercom, .clicked: false
        }
    }

    /// Whether keys that a caller pressed in a menu led to it, or a queue, by whatever way.
    public var isFromMenu: Bool {
        switch attempt {
        case .chosen, .queued: true
        case .forwarded(let attempt): attempt.isFromMenu
        case .setting(let forward): forward.isFromMenu
        case .sentOn(let earlier, _), .cameBack(let earlier, _): earlier.isFromMenu
        case .dialled, .service, .inbound, .callback, .paid, .help, .intercom, .clicked: false
        }
    }

    /// Whether the caller's leg is in the clear, by the exception of its trunk.
    public var isPlain: Bool {
        switch attempt {
        case .inbound(let attempt), .callback(let attempt): attempt.isPlain
        case .chosen(let earlier, _), .queued(let earlier, _): earlier.isPlain
        case .dialled, .forwarded, .service, .paid, .help, .setting, .sentOn, .cameBack, .intercom, .clicked: false
        }
    }

    /// Why it would not be given under these settings; `nil` while it stands.
    ///
    /// - Parameter plan: How numbers are read under them; made once for all calls, because that takes longer than the rest.
    public func refusal(in snapshot: Snapshot, by plan: DialPlan, at now: WallTime) -> CallRefusal? {
        let verdict: Verdict<Placement>
        switch attempt {
        case .dialled(let attempt): verdict = CallRules.decideOrdinary(attempt, in: snapshot, by: plan, at: now)
        case .paid(let attempt, let way):
            verdict = CallRules.decideOrdinary(attempt, way, in: snapshot, by: plan, at: now)
        case .forwarded(let attempt): verdict = ForwardRules.decide(attempt, in: snapshot, by: plan, at: now)
        case .service(let attempt, let service): verdict = CallRules.decide(attempt, to: service, in: snapshot)
        case .inbound(let attempt), .callback(let attempt):
            verdict = InboundRules.decide(attempt, in: snapshot, at: now)
        // Whatever changes, who called for help goes on talking.
        case .help: return nil
        case .setting(let forward): verdict = ForwardRules.decide(forward, in: snapshot, by: plan, at: now)
        case .sentOn(let earlier, let sentOn):
            return earlier.refusal(in: snapshot, by: plan, at: now)
                ?? RoutingRules.refusal(of: sentOn, in: snapshot)
        case .chosen(let earlier, let choice), .queued(let earlier, let choice):
            return earlier.refusal(in: snapshot, by: plan, at: now) ?? MenuRules.refusal(of: choice, in: snapshot)
        case .cameBack(let earlier, let number):
            return earlier.refusal(in: snapshot, by: plan, at: now)
                ?? ParkRules.refusal(ofReturnTo: number, in: snapshot)
        case .intercom(let attempt, let callee):
            verdict = IntercomRules.decide(attempt, to: callee, in: snapshot, at: now)
        case .clicked(let attempt):
            verdict = ClickRules.decide(attempt, in: snapshot, by: plan, at: now).map(\.ringing)
        }
        return switch verdict {
        case .allowed: nil
        case .refused(let refusal): refusal
        }
    }

    /// When it ends by the clock; `nil` while nothing but other settings ends it.
    public func end(in snapshot: Snapshot) -> WallTime? {
        switch attempt {
        case .intercom(_, let callee): snapshot.outside.routing.intercoms[callee]?.until
        case .dialled, .forwarded, .service, .inbound, .callback, .paid, .help, .setting, .sentOn, .cameBack, .chosen,
            .queued, .clicked:
            nil
        }
    }

    /// Whether the setting by which it rings there is not as it was. Who has answered meanwhile is left alone.
    public func isWithdrawn(in snapshot: Snapshot) -> Bool {
        switch attempt {
        case .setting(let forward): !forward.isSet(in: snapshot.outside.routing)
        case .sentOn(_, let sentOn): !RoutingRules.stands(sentOn, in: snapshot.outside.routing)
        case .dialled, .forwarded, .service, .inbound, .callback, .paid, .help, .cameBack, .chosen, .queued, .intercom,
            .clicked:
            false
        }
    }
}

extension Placement.Payer: CustomStringConvertible {
    /// For people: `extension 101`.
    public var description: String {
        switch self {
        case .phone(let device): "extension \(device.number)"
        case .caller(let trunk): "a caller over trunk \(trunk)"
        case .owner(let number): "extension \(number)"
        }
    }
}
