// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// What new settings mean for calls.
extension CallTable {
    /// Ends a call that would not be allowed any longer, and stops it ringing where it may not.
    private mutating func review(_ call: Call, _ desk: inout Desk) {
        guard !call.isForHelp else { return }
        guard call.usernames.allSatisfy(desk.snapshot.allows) else {
            end(call.serial, because: "a phone of this call was disabled", &desk)
            return
        }
        guard case .ringing(let ringing) = call.phase else {
            guard
                let refusal = call.grounds?.refusal(
                    among: call.usernames,
                    in: desk.snapshot,
                    at: desk.now.wall
                )
            else { return }
            end(call.serial, because: "it is not allowed any more: \(refusal.reason)", &desk)
            return
        }
        // What is not allowed any more does not go on to the next one.
        if call.grounds?.placement.refusal(in: desk.snapshot, at: desk.now.wall) != nil { routes[call.serial] = nil }
        for (index, branch) in ringing.branches.enumerated()
        where branch.status == nil && !mayRing(branch, of: ringing, call.grounds, desk.snapshot, at: desk.now.wall) {
            desk.cancel(branch.key)
            branchFailed(480, index, of: call.serial, &desk)
        }
    }

    /// Whether the call and every forward on its way still let a phone ring.
    private func mayRing(
        _ branch: Branch,
        of ringing: Call.Ringing,
        _ grounds: Grounds?,
        _ snapshot: Snapshot,
        at now: WallTime
    ) -> Bool {
        guard snapshot.allows(branch.party.username), grounds?.placement.refusal(in: snapshot, at: now) == nil else {
            return false
        }
        return ringing.path(to: branch.party.participant).allSatisfy {
            $0.refusal(in: snapshot, at: now) == nil && !$0.isWithdrawn(in: snapshot)
        }
    }

    /// Ends what is not allowed any longer, the oldest call first.
    mutating func review(_ desk: inout Desk) {
        let idlers = desk.snapshot.outside.routing.idlers
        if !lastTalks.isEmpty { lastTalks = lastTalks.filter { idlers.contains($0.key) } }
        for call in values.sorted(by: { $0.serial < $1.serial }) { review(call, &desk) }
        endUnexcused(&desk)
    }
}
