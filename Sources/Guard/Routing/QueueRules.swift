// SPDX-License-Identifier: Apache-2.0

public import Model

/// Where a call goes that waits in a queue: to members of its group, and elsewhere when its time is over. Both ring people of the business;
/// no forward takes such a call outside, as none takes one of a menu.
public enum QueueRules {
    /// The group whose queue a call enters; `nil` for one that rings at once.
    public static func queue(of placement: Placement, in snapshot: Snapshot) -> ShortName? {
        guard case .group(let name) = placement.target, !placement.isQueued, !placement.mayBeHelp,
            snapshot.outside.routing.groups[name]?.queue != nil
        else { return nil }
        return name
    }

    /// - Parameters:
    ///   - standing: What let the call be that waits.
    ///   - destination: The group itself, or where its queue sends who waited for too long.
    ///   - caller: Who waits.
    public static func decide(
        _ name: ShortName,
        to destination: Destination,
        of standing: Placement,
        by caller: Participant,
        in snapshot: Snapshot
    ) -> Verdict<Placement> {
        let choice = MenuChoice(menu: name, to: destination, isDialled: false, caller: caller)
        if let refusal = MenuRules.refusal(of: choice, in: snapshot) { return .refused(refusal) }
        return .allowed(
            Placement(
                .queued(standing, choice),
                payer: standing.payer,
                target: destination.participant,
                // The offer is ours.
                protection: .encrypted,
                step: CallStep(from: .service(.queue(name)), .waited, to: destination.participant)
            )
        )
    }
}
