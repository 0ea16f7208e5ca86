// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// A phone that sends a call elsewhere: RFC 3261 §21.3 and §8.1.3.4, RFC 5359 §2.7 to §2.9.
///
/// A phone speaks for itself. The colleague's phones ring in its place, beside the others of its extension, and whoever is
/// first gets the call (§16.7 step 4). Only a number is taken from what it says: nothing is ever sent to a host that it
/// names (row T07).
extension CallTable {
    /// A phone that rang said 3xx.
    mutating func redirected(
        _ response: Message,
        _ status: Int,
        _ index: Int,
        of client: InviteClient,
        _ desk: inout Desk
    ) {
        guard let call = self[client.call], case .ringing(let ringing) = call.phase,
            ringing.branches[index].status == nil
        else { return }
        // A group does not follow where a phone of a member sends its own calls, and who is to call does so from here.
        guard !call.isRingingItsCaller, !ringing.branches[index].placement.isOfMember else {
            return branchFailed(480, index, of: call.serial, &desk)
        }
        finish(index, of: call.serial, status, &desk)
        let targets = targets(of: response, status, &desk)
        guard let owner = ringing.branches[index].party.number else { return }
        // Another phone of the same person was quicker, and sent it to the same place.
        let isKnown = ringing.forwards.contains {
            $0.step?.from == .extension(owner) && targets.contains(.user($0.target.text))
        }
        if isKnown {
            updateRinging(call.serial) { $0.branches[index].isForwarded = true }
        } else {
            switch judge(targets, by: ringing.branches[index], of: call, ringing, &desk) {
            case .allowed(let forward):
                tell(of: forward, response, on: client.flow, &desk)
                follow(forward, index, call, &desk)
            case .refused(let refusal):
                desk.turn.report(
                    .forwardRefused,
                    response,
                    client.flow,
                    subject: .account(ringing.branches[index].party.username),
                    detail: refusal.reason
                )
                noteRefused(refusal, .redirected, by: owner, &desk)
                updateRinging(call.serial) { $0.refusedForward = .forwarded(Refused(refusal)) }
            }
        }
        giveUpIfSilent(call.serial, &desk)
    }

    /// The first time that a phone sends calls to a number outside, people hear of it.
    private mutating func tell(of forward: Placement, _ response: Message, on flow: Flow, _ desk: inout Desk) {
        guard forward.outside != nil, let phone = forward.payer.device,
            knownForwards.isNew(phone.number, forward.target)
        else { return }
        let undo = "ringfence extension forwarding \(phone.number) --to nobody"
        desk.turn.report(
            .forwardFollowed,
            response,
            flow,
            subject: EventSubject(phone),
            detail: "the phone of extension \(phone.number) sends its calls to \(forward.target); to stop it: \(undo)"
        )
    }

    /// Where the phone wants the call to go, what it likes best first (§20.10: without a `q` as much as anything).
    ///
    /// 305 and 380 do not name another number for the call but another way to place it, which only we choose.
    private func targets(of response: Message, _ status: Int, _ desk: inout Desk) -> [ForwardAttempt.Target] {
        guard 300...302 ~= status, let contacts = try? response.addresses(.contact), !contacts.isEmpty else {
            return [.unusable]
        }
        return contacts.sorted { $0.q ?? 1_000 > $1.q ?? 1_000 }.map { contact in
            // Every phone is called over encryption, so `sips` asks for nothing more (RFC 5630 §4).
            let bytes = response.bytes.span
            guard let uri = contact.uri else { return .unusable }
            if uri.scheme == .tel { return .user(desk.addressee(uri, in: bytes).number) }
            guard let user = uri.decodedUser(in: bytes) else { return .unusable }
            return .user(desk.snapshot.devices[user]?.number.text ?? user)
        }
    }

    /// - Returns: The first target that is allowed, or why the best one is not.
    private func judge(
        _ targets: [ForwardAttempt.Target],
        by branch: Branch,
        of call: Call,
        _ ringing: Call.Ringing,
        _ desk: inout Desk
    ) -> Verdict<Placement> {
        guard let phone = desk.snapshot.devices[branch.party.username] else {
            return .refused(
                CallRefusal(status: 403, control: .sipPasswords, reason: "the phone that sent it on is not enrolled")
            )
        }
        var first: CallRefusal?
        for target in targets {
            var attempt = ForwardAttempt(
                phone: phone,
                target: target,
                signallingIsSecure: branch.flow.transport.isEncrypted,
                address: branch.flow.remote.ip,
                caller: call.caller.number,
                outsideCaller: call.caller.participant.outsideNumber,
                places: ringing.places(after: call.grounds?.placement.target).compactMap(\.number)
            )
            attempt.isFromMenu = branch.placement.isFromMenu || call.grounds?.placement.isFromMenu == true
            switch ForwardRules.decide(attempt, in: desk.snapshot, by: desk.dialPlan, at: desk.now.wall) {
            case .allowed(let forward): return .allowed(forward)
            case .refused(let refusal): first = first ?? refusal
            }
        }
        return .refused(first ?? CallRefusal(status: 403, control: nil, reason: "the phone named no place to go"))
    }

    /// Rings the colleague's phones within the same call, in what is left of its time, and tells the caller (§21.1.3).
    private mutating func follow(_ forward: Placement, _ index: Int, _ call: Call, _ desk: inout Desk) {
        updateRinging(call.serial) { $0.branches[index].isForwarded = true }
        note(forward, call.serial)
        let route = routes[call.serial]
        if let refused = place(call.serial, forward, only: nil, &desk) {
            // What whoever is there says no to does not go on by their own forwards.
            routes[call.serial] = route
            updateRinging(call.serial) { $0.refusedForward = .forward(forward, refused) }
            return
        }
        announceForward(call.serial, &desk)
    }
}

extension Call.Ringing {
    /// How many phones ring now.
    var ringingPhones: Int { branches.count { $0.status == nil } }

    /// The forwards, one after the other, by which a call came to where it rings by a placement; none when that was dialled. By the
    /// placement and not by the place, to which several may lead, each at the expense of another.
    func path(to placement: Placement) -> [Placement] {
        guard var index = forwards.firstIndex(where: { $0 === placement }) else { return [] }
        var path = [placement]
        while let from = path.first?.step?.from,
            let earlier = forwards[..<index].lastIndex(where: { $0.target == from })
        {
            path.insert(forwards[earlier], at: 0)
            index = earlier
        }
        return path
    }

    /// Where the call was before it came to the last place: whom it was placed to, and where forwards sent it. A group that rings its
    /// members is one place, however many they are.
    func places(after first: Participant?) -> [Participant] {
        (first.map { [$0] } ?? []) + forwards.filter { !$0.isOfMember }.map(\.target)
    }
}

extension Placement {
    /// Whether a group rings a member by it.
    var isOfMember: Bool { step?.reason == .member }
}

extension Call {
    /// The way of a call by which it leaves, the first step first.
    func steps(to placement: Placement) -> [CallStep] {
        guard case .ringing(let ringing) = phase else { return [] }
        let closed = record.path.first { $0.reason == .closed }.map { [$0] } ?? []
        return closed + ringing.path(to: placement).compactMap(\.step)
    }
}

extension Refused {
    /// The caller learns nothing of it: it is about how whoever was called has set up their phone.
    static func forwarded(_ refused: Refused) -> Refused {
        var told = Refused(status: 480, outcome: .failed, control: refused.control, reason: refused.reason)
        told.isToldToCaller = false
        return told
    }

    static func forward(_ forward: Placement, _ refused: Refused) -> Refused {
        guard forward.outside == nil else { return .forwarded(refused) }
        return Refused(
            status: 480,
            outcome: .unreachable,
            reason: "\(forward.payer) forwarded it to \(forward.target), where no phone is registered"
        )
    }
}
