// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// A call that waits in a numbered place until somebody takes it.
struct ParkedCall: Sendable {
    let call: UInt64
    /// Where nobody is: the seat of whoever parked it.
    let seat: Side
    /// Who parked it.
    let owner: Party
    /// When it rings where it was parked.
    var returns: MonotonicTime
    /// How often it has.
    var returned = 0
}

/// Parking: a phone leaves a call in a numbered place, from where another one takes it. What is left of the call stands as it was: its
/// record, its money and what lets it be. The one who waits is on hold, with music where the business has it on.
extension CallTable {
    func place(of serial: UInt64) -> ParkingPlace? {
        parked.isEmpty ? nil : parked.first { $0.value.call == serial }?.key
    }

    // MARK: Leaving a call there

    /// What may be parked, and where.
    struct Parking {
        let owner: DialogOwner
        let place: ParkingPlace
    }

    /// Asks whether a phone may park a call that it is in.
    ///
    /// - Parameter wanted: `nil` for the first place that is free.
    private func judge(
        _ owner: DialogOwner,
        at wanted: ParkingPlace?,
        by device: Device,
        signallingIsSecure: Bool,
        _ desk: Desk
    ) -> Verdict<Parking> {
        let refusal = ParkRules.refusal(
            of: device,
            parking: self[owner.call]?.grounds?.placement,
            signallingIsSecure: signallingIsSecure,
            in: desk.snapshot
        )
        if let refusal { return .refused(refusal) }
        guard case .talking(let conversation)? = self[owner.call]?.phase, conversation.change == nil,
            let partner = leg(owner.call, owner.side.other), !partner.hasLeft, leg(owner)?.isAsked == false,
            isSettled(owner.call), transfers[owner.call] == nil
        else { return .refused(ParkRules.notNow) }
        let settings = desk.snapshot.outside.routing.parking
        guard let wanted else {
            guard let free = settings.all.first(where: { parked[$0] == nil }) else {
                return .refused(ParkRules.full(settings.places))
            }
            return .allowed(Parking(owner: owner, place: free))
        }
        guard settings.has(wanted) else { return .refused(ParkRules.noPlace(wanted)) }
        guard parked[wanted] == nil else { return .refused(ParkRules.taken(wanted)) }
        return .allowed(Parking(owner: owner, place: wanted))
    }

    /// A REFER to a place, or to the first free one.
    mutating func park(_ asked: Referral, _ number: String, _ desk: inout Desk) {
        let isSecure = asked.flow.transport.isEncrypted
        let place = ParkingPlace(dialled: number)
        switch judge(asked.owner, at: place, by: asked.device, signallingIsSecure: isSecure, desk) {
        case .refused(let refusal): deny(asked, number, refusal, &desk)
        case .allowed(let parking):
            acceptTransfer(asked, ringing: asked.owner.call, &desk)
            tellReferrer(asked.owner.call, 200, &desk)
            transfers[asked.owner.call] = nil
            park(parking, &desk)
        }
    }

    /// A phone that dialled the code parks the call that it has on hold, the newest.
    mutating func parkHeld(_ serial: UInt64, _ desk: inout Desk) {
        guard let call = self[serial], let device = call.grounds?.placement.payer.device, let incoming = call.incoming
        else { return }
        guard let owner = held(by: device.username, except: serial) else {
            return refuse(serial, .explained(ParkRules.nothingHeld), &desk)
        }
        let isSecure = incoming.flow.transport.isEncrypted
        switch judge(owner, at: nil, by: device, signallingIsSecure: isSecure, desk) {
        case .refused(let refusal): refuse(serial, .explained(refusal), &desk)
        case .allowed(let parking):
            park(parking, &desk)
            confirm(serial, "it parked a call at \(parking.place)", &desk)
        }
    }

    private func held(by username: String, except serial: UInt64) -> DialogOwner? {
        of(username).subtracting([serial]).sorted(by: >).lazy.flatMap { call in
            [Side.caller, .callee].map { DialogOwner(call: call, side: $0) }
        }.first { owner in
            guard let leg = leg(owner), leg.party.username == username, !leg.hasLeft else { return false }
            return leg.media.remote?.isHeld == true
        }
    }

    private mutating func park(_ parking: Parking, _ desk: inout Desk) {
        let (owner, place) = (parking.owner, parking.place)
        guard let leg = leg(owner) else { return }
        let isHeld = leg.media.remote?.isHeld == true
        hangUp(leg, of: owner.call, &desk)
        leaveSeat(owner, &desk)
        // Who parked it is not in a call any more.
        leave(owner.call, leg.party.username)
        let seconds = desk.snapshot.outside.routing.parking.seconds
        let returns = desk.now.monotonic + .seconds(seconds)
        parked[place] = ParkedCall(call: owner.call, seat: owner.side, owner: leg.party, returns: returns)
        parkingNews.insert(place)
        schedule(owner.call, at: returns)
        if !isHeld, musics[owner.call] == nil { introduce(owner.call, owner.side.other, .hold, &desk) }
        let phones = desk.registrar.bindings.ways(to: leg.party.username)
        let text = "The call is parked. To take it, dial \(place)."
        desk.write(Array(text.utf8), at: phones, of: leg.party.number?.text ?? "", from: "Parking")
    }

    /// A phone's place in a call is empty from now on; what the one that waits says is no longer for it.
    mutating func leaveSeat(_ owner: DialogOwner, _ desk: inout Desk) {
        guard let leg = leg(owner) else { return }
        dialogs[DialogKey(leg.dialog)] = nil
        update(owner.call, owner.side) {
            $0.flow = nil
            $0.hasLeft = true
            $0.session = nil
            $0.unacknowledged = nil
        }
        if let end = self.leg(owner)?.relayEnd {
            desk.turn.actions.append(.media(.update(RelayID(rawValue: owner.call), owner.side.relay, end)))
        }
        updateMusic(owner.call, &desk)
    }

    /// A call does not wait any more.
    ///
    /// - Returns: Where it did.
    @discardableResult
    mutating func unpark(_ serial: UInt64) -> ParkingPlace? {
        guard let place = place(of: serial) else { return nil }
        parked[place] = nil
        parkingNews.insert(place)
        return place
    }

    // MARK: Taking it

    /// An INVITE to a place where a call waits.
    mutating func takeParked(at place: ParkingPlace, _ request: Message, by proof: Authenticated, _ desk: inout Desk) {
        guard let parked = parked[place], let call = self[parked.call], let owner = parked.owner.number,
            let partner = leg(parked.call, parked.seat.other), partner.party.username != proof.device.username,
            isSettled(parked.call)
        else {
            desk.respond(491, to: request, on: proof.flow)
            return
        }
        let verdict = PickupRules.decide(
            proof.device,
            parkedBy: owner,
            signallingIsSecure: proof.flow.transport.isEncrypted,
            in: desk.snapshot
        )
        switch verdict {
        case .refused(let refusal): desk.respond(.explained(refusal), to: request, on: proof.flow)
        case .allowed(let permit):
            let seat = DialogOwner(call: parked.call, side: parked.seat)
            let formats = partner.media.remote?.formats ?? partner.media.formats
            guard let leg = self.seat(request, seat, permit, by: proof, formats: formats, partner.party, &desk),
                let end = leg.relayEnd
            else { return }
            // It may be ringing where it was parked.
            abandonTransfer(parked.call, &desk)
            unpark(parked.call)
            let next = call.taken(from: place, owner, by: leg, from: partner, id: desk.entropy.token(), at: desk.now)
            let reason = "\(owner) parked it at \(place), and \(leg.party.participant) took it"
            replace(parked.call, parked.seat, with: leg, continuing: next, because: reason, &desk)
            if let record = self[parked.call]?.record { desk.turn.actions.append(.remember(record, nil)) }
            desk.turn.actions.append(.media(.update(call.relay, parked.seat.relay, end)))
            introduce(parked.call, parked.seat.other, .last, &desk)
        }
    }

    // MARK: When nobody does

    /// Lets a forgotten call ring where it was parked.
    mutating func bringBackIfDue(_ serial: UInt64, _ desk: inout Desk) {
        guard let place = place(of: serial), let parked = parked[place], transfers[serial] == nil else { return }
        guard parked.returns <= desk.now.monotonic else {
            schedule(serial, at: parked.returns)
            return
        }
        guard parked.returned < Limits.parkedReturns else {
            end(serial, because: "nobody took it where it was parked", &desk)
            return
        }
        self.parked[place]?.returned += 1
        guard count < desk.settings.calls else {
            waitAgain(serial, &desk)
            return
        }
        bringBack(parked, place, &desk)
    }

    private mutating func bringBack(_ parked: ParkedCall, _ place: ParkingPlace, _ desk: inout Desk) {
        guard let standing = self[parked.call], let grounds = standing.grounds, let owner = parked.owner.number,
            let partner = leg(parked.call, parked.seat.other)
        else { return }
        let back: Placement
        switch ParkRules.decide(grounds.placement, backTo: owner, in: desk.snapshot) {
        case .refused(let refusal): return end(parked.call, because: refusal.reason, &desk)
        case .allowed(let placement): back = placement
        }
        let serial = nextSerial()
        var record = standing.waiting(at: place, partner, id: desk.entropy.token(), at: desk.now)
        record.callee = back.target
        record.path = [back.step].compactMap(\.self)
        var audio = partner.media.remote
        audio?.direction = .sendReceive
        let giveUp = desk.now.monotonic + Limits.parkedRing
        self[serial] = Call(
            serial: serial,
            record: record,
            begun: desk.now,
            caller: partner.party,
            origin: .transfer(Call.Standing(call: parked.call, audio: audio, referrer: parked.owner)),
            grounds: Grounds(back, forwards: grounds.forwards),
            hops: standing.hops,
            phase: .ringing(Call.Ringing(giveUp: giveUp))
        )
        enter(serial, partner.party.username)
        transfers[parked.call] = Transfer(
            referrer: parked.seat,
            party: parked.owner,
            ringing: serial,
            eventID: nil,
            isSilent: true
        )
        desk.turn.actions.append(.remember(record, nil))
        schedule(serial, at: giveUp)
        if !ring(serial, back, only: nil, &desk) { refuse(serial, .unreachable, &desk) }
    }

    /// Nobody was there: it waits for as long as before.
    mutating func waitAgain(_ serial: UInt64, _ desk: inout Desk) {
        guard let place = place(of: serial) else { return }
        let returns = desk.now.monotonic + .seconds(desk.snapshot.outside.routing.parking.seconds)
        parked[place]?.returns = returns
        schedule(serial, at: returns)
    }
}

extension Call {
    /// The record of what becomes of the one that waits.
    fileprivate func waiting(at place: ParkingPlace, _ waiting: Leg, id: String, at now: Moment) -> CallRecord {
        CallRecord(
            id: id,
            startedAt: now.wall,
            caller: waiting.party.participant,
            callerDevice: waiting.party.device,
            dialled: place.text,
            callerProtection: waiting.protection,
            trunk: record.trunk
        )
    }

    /// The same call as it goes on with somebody who took it.
    fileprivate func taken(
        from place: ParkingPlace,
        _ owner: ExtensionNumber,
        by leg: Leg,
        from waiting: Leg,
        id: String,
        at now: Moment
    ) -> Call {
        var next = self
        next.record = self.waiting(at: place, waiting, id: id, at: now)
        next.begun = now
        next.record.answeredAt = now.wall
        (next.record.outcome, next.record.status) = (.answered, 200)
        next.record.callee = leg.party.participant
        next.record.calleeProtection = leg.protection
        next.record.path = [CallStep(from: .extension(owner), .parked, to: leg.party.participant)]
        return next
    }
}
