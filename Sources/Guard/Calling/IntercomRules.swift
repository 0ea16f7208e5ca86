// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// May a phone be made to answer by itself, so that whoever calls hears the room it stands in? Only where an operator has opened it
/// for this caller, and until when. Nobody is transferred or forwarded so.
public enum IntercomRules {
    public static func decide(
        _ attempt: CallAttempt,
        to callee: ExtensionNumber,
        in snapshot: Snapshot,
        at now: WallTime
    ) -> Verdict<Placement> {
        if let refusal = CallRules.refusalOfCaller(attempt, in: snapshot) ?? CallRules.refusalOfProtection(attempt) {
            return .refused(refusal)
        }
        let (caller, routing) = (attempt.caller.number, snapshot.outside.routing)
        guard callee != caller, snapshot.extensions[callee]?.isEnabled == true, let opening = routing.intercoms[callee],
            opening.callers.contains(caller), now < opening.until
        else {
            let reason = "extension \(callee) does not answer by itself when extension \(caller) calls"
            return .refused(CallRefusal(status: 403, control: nil, reason: reason))
        }
        guard routing.forwards[callee]?.quiet == nil else { return .refused(.quiet(callee)) }
        return .allowed(
            Placement(
                .intercom(attempt, callee),
                payer: .phone(attempt.caller),
                target: .extension(callee),
                protection: attempt.media
            )
        )
    }
}

extension IntercomRules {
    /// Why nobody else may be given a place in a call: a room was opened for who speaks into it, by name. `nil` for any other call.
    ///
    /// - Parameter standing: What the call rests on.
    public static func refusal(ofSendingOn standing: Placement?) -> CallRefusal? {
        guard standing?.isIntercom == true else { return nil }
        return CallRefusal(403, "a phone answered this call by itself, so nobody else is connected with it")
    }

    /// Why an intercom may not be opened until then; `nil` when it may.
    public static func refusal(ofOpening callee: ExtensionNumber, until end: WallTime, at now: WallTime) -> Refusal? {
        guard end - now > .seconds(Int64(Limits.longestIntercomDays) * 86_400) else { return nil }
        return Refusal(
            problem: "Extension \(callee) was not let answer by itself for so long.",
            reason:
                "whoever calls it hears the room, so somebody decides anew after \(Limits.longestIntercomDays) days",
            remedy: "choose an earlier end: --until \(Limits.longestIntercomDays)d"
        )
    }
}
