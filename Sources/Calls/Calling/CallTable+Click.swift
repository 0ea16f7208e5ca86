// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
public import Model
import Primitives
import SIP

/// A call that an operator has an extension place, for the operator.
public struct DialledCall: Sendable, Hashable {
    /// The id of its record, by which it is ended.
    public let id: String
    /// Whom it will call.
    public let callee: Participant
}

/// Click to dial: the phones of an extension ring, and whoever picks up there calls somebody. It is one call: its caller is called first
/// (RFC 3725 §4), and then it is as if that phone had dialled, by the same rules and at the same expense.
extension CallTable {
    /// Rings the phones of who is to call.
    mutating func dial(_ attempt: ClickAttempt, _ desk: inout Desk) -> Result<DialledCall, CallRefusal> {
        let (ringing, call): (Placement, Placement)
        switch ClickRules.decide(attempt, in: desk.snapshot, by: desk.dialPlan, at: desk.now.wall) {
        case .refused(let refusal): return .failure(refusal)
        case .allowed(let placements): (ringing, call) = placements
        }
        let clicks = values.filter(\.isClicked)
        guard clicks.count < Limits.clicks, count < desk.settings.calls, !desk.transactions.isFull,
            clicks.count(where: { $0.record.caller == .extension(attempt.caller) }) < Limits.clicksPerExtension,
            let device = desk.snapshot.devices(of: attempt.caller).first,
            let subscriber = desk.snapshot.extensions[attempt.caller],
            desk.accounts.admits(.call, of: device.id, at: desk.now.monotonic)
        else { return .failure(.tooManyClicks) }
        if let refusal = desk.gateRefusal(of: call) { return .failure(refusal) }
        let caller = Party(device, subscriber)
        let serial = nextSerial()
        let record = CallRecord(
            id: desk.entropy.token(),
            startedAt: desk.now.wall,
            caller: caller.participant,
            callerDevice: device.id,
            dialled: String(attempt.dialled.prefix(Limits.recordedText)),
            callee: call.target
        )
        let giveUp = desk.now.monotonic + Limits.clickRing
        self[serial] = Call(
            serial: serial,
            record: record,
            begun: desk.now,
            caller: caller,
            origin: .clicked(Call.Click(dialled: attempt.dialled, target: Party(toBeCalled: call.target))),
            grounds: Grounds(ringing),
            phase: .ringing(Call.Ringing(giveUp: giveUp))
        )
        enter(serial, caller.username)
        desk.turn.actions.append(.remember(record, nil))
        schedule(serial, at: giveUp)
        guard ring(serial, ringing, only: nil, &desk) else {
            refuse(serial, .unreachable, &desk)
            return .failure(.noPhoneThere(attempt.caller))
        }
        return .success(DialledCall(id: record.id, callee: call.target))
    }

    /// A phone of who is to call picked up: it calls now, by its own credential.
    mutating func callerPickedUp(
        _ leg: Leg,
        _ index: Int,
        of serial: UInt64,
        _ click: Call.Click,
        _ desk: inout Desk
    ) {
        guard let call = self[serial], case .ringing(let ringing) = call.phase,
            let device = desk.snapshot.devices[leg.party.username]
        else {
            hangUp(leg, of: serial, &desk)
            return refuse(serial, .unreachable, &desk)
        }
        for (other, branch) in ringing.branches.enumerated() where branch.status == nil {
            finish(other, of: serial, other == index ? 200 : 487, &desk)
        }
        var click = click
        (click.leg, click.firstBranch) = (leg, ringing.branches.count)
        dialogs[DialogKey(leg.dialog)] = DialogOwner(call: serial, side: .caller)
        leave(serial, call.caller.username)
        self[serial]?.origin = .clicked(click)
        self[serial]?.caller = leg.party
        self[serial]?.record.callerDevice = device.id
        self[serial]?.record.callerProtection = leg.protection
        enter(serial, leg.party.username)
        let verdict = ClickRules.decide(
            click.dialled,
            by: device,
            signallingIsSecure: leg.isEncrypted,
            in: desk.snapshot,
            by: desk.dialPlan,
            at: desk.now.wall
        )
        switch verdict {
        case .refused(let refusal):
            noteRefused(refusal, .clicked, by: device.number, &desk)
            refuse(serial, Refused(refusal), &desk)
        case .allowed(let placement):
            self[serial]?.grounds = Grounds(placement)
            self[serial]?.record.callee = placement.target
            let giveUp = desk.now.monotonic + Limits.ringing
            updateRinging(serial) { $0.giveUp = giveUp }
            schedule(serial, at: giveUp)
            if let refused = place(serial, placement, only: nil, &desk) { refuse(serial, refused, &desk) }
        }
    }

    /// Whoever was called picked up too.
    mutating func connect(_ call: Call, _ click: Call.Click, _ callee: Endpoint, _ desk: inout Desk) {
        guard var leg = click.leg, let a = leg.relayEnd, let b = callee.media else {
            end(call.serial, because: "a phone chose no encryption that we offered", &desk)
            return
        }
        leg.liveness.heard = desk.now.monotonic
        self[call.serial]?.phase = .talking(Call.Conversation(caller: Endpoint(leg), callee: callee))
        openRelay(call.serial, a: a, b: b, &desk)
        schedule(call.serial, at: desk.now.monotonic + Limits.silence)
        introduce(call.serial, .caller, .last, &desk)
    }

    /// The phone that is to call hangs up before anybody answered.
    ///
    /// - Returns: Whether it was such a call.
    mutating func leaveClick(_ owner: DialogOwner, _ desk: inout Desk) -> Bool {
        guard let call = self[owner.call], owner.side == .caller, var click = call.click, let leg = click.leg else {
            return false
        }
        if case .talking = call.phase { return false }
        dialogs[DialogKey(leg.dialog)] = nil
        click.leg = nil
        // Whatever is answered from now on is too late.
        click.firstBranch = .max
        self[owner.call]?.origin = .clicked(click)
        end(owner.call, as: .cancelled, &desk)
        return true
    }
}

extension Call {
    var click: Click? { if case .clicked(let click) = origin { click } else { nil } }

    var isClicked: Bool { click != nil }

    /// Whether the phones ring of who is to call.
    var isRingingItsCaller: Bool { click.map { $0.firstBranch == 0 } ?? false }

    /// Whom the phones of who is to call show; `nil` for the caller, as ever.
    var shownTarget: Party? { isRingingItsCaller ? click?.target : nil }

    /// Whether a phone answers that rang for what is over: another one was quicker to be the caller.
    func isTooLate(_ branch: Int) -> Bool { click.map { branch < $0.firstBranch } ?? false }

    /// Why nobody answered, where only the last of the phones that rang count.
    func refusal(of ringing: Ringing) -> Refused {
        Refused(ringing.since(click?.firstBranch ?? 0))
    }
}

extension Party {
    /// Somebody whom nobody has reached yet. No phone has such a user name, because of the space.
    fileprivate convenience init(toBeCalled participant: Participant) {
        self.init(participant, name: "Call \(participant.text)", username: "to be called")
    }
}

extension CallRefusal {
    fileprivate static let tooManyClicks = CallRefusal(
        status: 503,
        control: .callLimits,
        reason: "as many calls as may be are just being placed for it, or for all"
    )

    fileprivate static func noPhoneThere(_ number: ExtensionNumber) -> CallRefusal {
        CallRefusal(status: 480, control: nil, reason: "no phone of extension \(number) is registered")
    }
}

extension Desk {
    /// What limits, prices and budgets would say to a call at this moment; `nil` where they say nothing. Nothing is counted.
    fileprivate mutating func gateRefusal(of placement: Placement) -> CallRefusal? {
        guard placement.outside != nil, let trunk = snapshot.outside.usableTrunks.first?.trunk else { return nil }
        if gate == nil { openGate() }
        var copy = gate
        let id = ChargeID(entropy.next())
        let verdict = copy?.admit(
            placement,
            over: trunk,
            as: id,
            isBothOutside: false,
            in: snapshot.outside,
            at: ledgerMoment
        )
        guard case .refused(let refusal)? = verdict, !refusal.isOfTrunk else { return nil }
        return refusal
    }
}
