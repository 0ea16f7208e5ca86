// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// A phone in a call that goes on over another connection: it came back, or it changed networks (RFC 5626 §5.3, §7).
///
/// Its signalling follows; where its audio comes from is found by its authentication.
extension CallTable {
    /// A phone registered: its calls over the connections that it left, and those over one that died, go on here.
    mutating func takeCalls(of proof: Authenticated, from former: [FlowID], _ desk: inout Desk) {
        for owner in legs(of: proof.device.username) {
            guard let leg = leg(owner), leg.flow.map({ former.contains($0.id) }) ?? true, proof.flow.isFit(for: leg)
            else { continue }
            move(owner, to: proof.flow, &desk)
        }
    }

    /// A connection dies: the calls over it go on over another one of that phone, if there is one.
    mutating func takeCalls(of username: String, from flow: FlowID, _ desk: inout Desk) {
        for owner in legs(of: username) where leg(owner)?.flow?.id == flow {
            takeOtherWay(owner, isGone: true, &desk)
        }
    }

    /// Moves a leg to the connection over which its phone registered after the one that it is on.
    ///
    /// - Parameter isGone: Whether the leg's own connection is; then an earlier one will do, of a phone that says which it is.
    /// - Returns: Whether there is one.
    @discardableResult
    mutating func takeOtherWay(_ owner: DialogOwner, isGone: Bool, _ desk: inout Desk) -> Bool {
        guard let leg = leg(owner), let old = leg.flow else { return false }
        let all = desk.registrar.bindings.of(leg.party.username)
        let here = all.filter { $0.flow.id == old.id }
        let others = all.filter { other in
            other.flow.id != old.id && other.flow.isFit(for: leg) && here.allSatisfy { other.isSamePhone(as: $0) }
        }
        guard let other = others.max(by: { $0.isEarlier(than: $1) }),
            here.allSatisfy({ $0.isEarlier(than: other) || (isGone && $0.instance != nil && other.instance != nil) })
        else { return false }
        move(owner, to: other.flow, &desk)
        return true
    }

    /// Lets a leg go on over another connection. What it was asked over the old one will not be answered.
    mutating func move(_ owner: DialogOwner, to flow: Flow, _ desk: inout Desk) {
        guard let leg = leg(owner) else { return }
        if let old = leg.flow { failClients(on: old.id, of: DialogKey(leg.dialog), &desk) }
        update(owner.call, owner.side) {
            $0.flow = flow
            $0.liveness.lost = nil
            $0.liveness.isProbing = false
        }
        schedule(owner.call, at: desk.now.monotonic)
    }

    /// The legs of a phone, oldest call first.
    private func legs(of username: String) -> [DialogOwner] {
        return of(username).sorted().flatMap { call in
            [Side.caller, .callee].map { DialogOwner(call: call, side: $0) }
        }.filter { owner in
            guard let leg = leg(owner) else { return false }
            return leg.party.username == username && !leg.hasLeft
        }
    }
}

extension Flow {
    /// Whether a call may go on here.
    func isFit(for leg: Leg) -> Bool { transport.isEncrypted || !leg.isEncrypted }
}

extension Binding {
    /// Whether nothing that the phone said of itself tells two bindings of one login apart.
    fileprivate func isSamePhone(as other: Binding) -> Bool {
        guard let instance, let theirs = other.instance else { return userAgent == other.userAgent }
        return instance == theirs
    }

    fileprivate func isEarlier(than other: Binding) -> Bool { (refreshed, id) < (other.refreshed, other.id) }
}
