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
                    by: desk.dialPlan,
                    at: desk.now.wall
                )
            else { return }
            end(call.serial, because: "it is not allowed any more: \(refusal.reason)", &desk)
            return
        }
        // What is not allowed any more does not go on to the next one.
        if let placement = call.grounds?.placement, desk.refusal(of: placement) != nil { routes[call.serial] = nil }
        for (index, branch) in ringing.branches.enumerated()
        where branch.status == nil && !mayRing(branch, of: ringing, call.grounds, desk) {
            desk.cancel(branch.key)
            branchFailed(480, index, of: call.serial, &desk)
        }
    }

    /// Judges a call anew when something that it rests on ends by the clock, which is no change of settings.
    ///
    /// - Returns: Whether it is over.
    mutating func endIfOver(_ serial: UInt64, _ desk: inout Desk) -> Bool {
        guard let call = self[serial], let end = call.grounds?.end(in: desk.snapshot) else { return false }
        guard end <= desk.now.wall else {
            schedule(serial, at: desk.now.monotonic + (end - desk.now.wall))
            return false
        }
        review(call, &desk)
        return self[serial] == nil
    }

    /// Whether the call and every forward on its way let a phone ring, or take it.
    func mayRing(_ branch: Branch, of ringing: Call.Ringing, _ grounds: Grounds?, _ desk: Desk) -> Bool {
        if branch.placement.isForHelp { return true }
        guard desk.snapshot.allows(branch.party.username),
            grounds.map({ desk.refusal(of: $0.placement) == nil }) ?? true
        else { return false }
        return ringing.path(to: branch.placement).allSatisfy {
            desk.refusal(of: $0) == nil && !$0.isWithdrawn(in: desk.snapshot)
        }
    }

    /// Ends what is not allowed any longer, the oldest call first.
    mutating func review(_ desk: inout Desk) {
        let idlers = desk.snapshot.outside.routing.idlers
        if !lastTalks.isEmpty { lastTalks = lastTalks.filter { idlers.contains($0.key) } }
        for call in values.sorted(by: { $0.serial < $1.serial }) { review(call, &desk) }
        if !voices.isEmpty { reviewVoices(&desk) }
        if !musics.isEmpty { reviewMusic(&desk) }
        endUnexcused(&desk)
    }
}

extension Desk {
    /// Why a placement would not be given now; `nil` while it stands.
    fileprivate func refusal(of placement: Placement) -> CallRefusal? {
        placement.refusal(in: snapshot, by: dialPlan, at: now.wall)
    }
}
