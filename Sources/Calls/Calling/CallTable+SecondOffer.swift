// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// Phones that take no keys in a description, but agree on them over the media path (RFC 5763). No description can offer both ways
/// (RFC 5764 §8), and a REGISTER does not say which a phone takes.
extension CallTable {
    /// Offers a phone that has refused our keys the other way, once, in a call of its own.
    ///
    /// - Returns: Whether it did, so that the phone goes on ringing, or will.
    mutating func offerAnew(_ status: Int, _ index: Int, of serial: UInt64, _ desk: inout Desk) -> Bool {
        guard status == 488 || status == 606, let call = self[serial], case .ringing(let ringing) = call.phase,
            case let refused = ringing.branches[index], refused.status == nil, refused.party.trunk == nil,
            refused.media.firstOffer == .keys,
            let target = desk.registrar.bindings.ways(to: refused.party.username).first(where: {
                $0.flow.id == refused.flow.id
            }),
            let (branch, request) = branch(
                to: target,
                refused.placement,
                of: call,
                isPrivate: refused.party.isPrivate,
                offering: .dtls,
                &desk
            ),
            // Where there is no identity it would be the same offer, again and again.
            branch.media.firstOffer == .dtls
        else { return false }
        finish(index, of: serial, status, &desk)
        updateRinging(serial) {
            // It says nothing about the person.
            $0.branches[index].isForwarded = true
            $0.branches.append(branch)
        }
        let purpose = InviteClient.Purpose.branch(ringing.branches.count, branch.placement, nil)
        desk.start(branch.key, request, purpose: purpose, call: serial, over: branch.flow)
        return true
    }
}
