// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// A call that somebody has an extension place: its phones ring first, and whoever picks up there calls, as if they had dialled. The
/// extension pays.
public struct ClickAttempt: Sendable {
    public let caller: ExtensionNumber
    /// As if it was dialled at its phones.
    public let dialled: String

    public init(caller: ExtensionNumber, dialled: String) { (self.caller, self.dialled) = (caller, dialled) }
}

/// May an operator have an extension place a call? What it may not dial itself, nobody has it dial.
public enum ClickRules {
    /// Before its phones ring. It is asked once more by the credential of the phone that picks up.
    ///
    /// - Returns: What lets the extension's own phones ring, and what will let the call be.
    public static func decide(
        _ attempt: ClickAttempt,
        in snapshot: Snapshot,
        by plan: DialPlan? = nil,
        at now: WallTime
    ) -> Verdict<(ringing: Placement, call: Placement)> {
        guard let own = snapshot.extensions[attempt.caller], own.isEnabled else {
            return .refused(CallRefusal(404, "extension \(attempt.caller) is disabled, or does not exist"))
        }
        guard let phone = snapshot.devices(of: attempt.caller).first else {
            return .refused(CallRefusal(480, "extension \(attempt.caller) has no phone"))
        }
        switch decide(attempt.dialled, by: phone, signallingIsSecure: true, in: snapshot, by: plan, at: now) {
        case .refused(let refusal): return .refused(refusal)
        case .allowed(let call):
            let ringing = Placement(
                .clicked(attempt),
                payer: .owner(attempt.caller),
                target: .extension(attempt.caller),
                // The offer is ours.
                protection: .encrypted
            )
            return .allowed((ringing, call))
        }
    }

    /// When a phone of the extension has picked up. Its audio is encrypted: it is in a call.
    public static func decide(
        _ dialled: String,
        by phone: Device,
        signallingIsSecure: Bool,
        in snapshot: Snapshot,
        by plan: DialPlan? = nil,
        at now: WallTime
    ) -> Verdict<Placement> {
        let plan = plan ?? DialPlan(snapshot.outside.dialing)
        guard plan.help(dialled) == nil else {
            return .refused(CallRefusal(403, "numbers for help are dialled by people, at the phone that they stand at"))
        }
        let attempt = CallAttempt(
            caller: phone,
            dialled: dialled,
            signallingIsSecure: signallingIsSecure,
            media: .encrypted
        )
        return CallRules.decide(attempt, .clicked, in: snapshot, by: plan, at: now)
    }
}
