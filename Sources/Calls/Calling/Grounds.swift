// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// What lets a call be; judged again when the settings change. Never changes itself; a class for the same reason as
/// ``Party``.
final class Grounds: Sendable {
    let placement: Placement
    /// What let it go on to whom it is with, the first forward first.
    let forwards: [Placement]
    /// What let phones take a place in it.
    let pickups: [PickupPermit]

    init(_ placement: Placement, forwards: [Placement] = [], pickups: [PickupPermit] = []) {
        (self.placement, self.forwards, self.pickups) = (placement, forwards, pickups)
    }

    func by(_ forwards: [Placement]) -> Grounds {
        forwards.isEmpty ? self : Grounds(placement, forwards: forwards, pickups: pickups)
    }

    func and(_ permits: [PickupPermit]) -> Grounds {
        permits.isEmpty ? self : Grounds(placement, forwards: forwards, pickups: pickups + permits)
    }

    /// When something that it rests on ends by the clock.
    func end(in snapshot: Snapshot) -> WallTime? {
        forwards.reduce(placement.end(in: snapshot)) { earliest, forward in
            guard let end = forward.end(in: snapshot) else { return earliest }
            return earliest.map { min($0, end) } ?? end
        }
    }

    /// Why a call between these phones would not be allowed any more; `nil` while it is. Who picked it up and has left it
    /// since is nobody's matter.
    func refusal(
        among usernames: [String],
        in snapshot: Snapshot,
        by plan: DialPlan,
        at now: WallTime
    ) -> CallRefusal? {
        for placement in [placement] + forwards {
            if let refusal = placement.refusal(in: snapshot, by: plan, at: now) { return refusal }
        }
        for pickup in pickups where usernames.contains(pickup.phone.username) {
            if let refusal = pickup.refusal(in: snapshot) { return refusal }
        }
        return nil
    }
}
