// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// Calls in a menu that go where their caller chose. Who is in the menu hears it ring there, from the studio, and is then connected as
/// after a transfer: in the dialog and with the keys that they have.
extension CallTable {
    /// Rings an extension or a group for a call that is in a menu.
    mutating func connect(_ standing: UInt64, to destination: Destination, isDialled: Bool, _ desk: inout Desk) {
        guard let call = self[standing], let voice = voices[standing], let placement = call.grounds?.placement,
            let caller = leg(standing, .caller), transfers[standing] == nil, isSettled(standing),
            count < desk.settings.calls
        else { return tell(standing, .untaken(rang: false), &desk) }
        if case .menu = voice.kind, case .group(let name) = destination,
            desk.snapshot.outside.routing.groups[name]?.queue != nil
        {
            return become(.queue(name), standing, &desk)
        }
        let verdict: Verdict<Placement>
        switch voice.kind {
        case .menu(let menu):
            let choice = MenuChoice(
                menu: menu,
                to: destination,
                isDialled: isDialled,
                caller: caller.party.participant
            )
            verdict = MenuRules.decide(choice, of: placement, in: desk.snapshot)
        case .queue(let name):
            let caller = caller.party.participant
            verdict = QueueRules.decide(name, to: destination, of: placement, by: caller, in: desk.snapshot)
        case .echo, .feature, .parking, .messages, .deposit, .greeting, .room:
            return tell(standing, .untaken(rang: false), &desk)
        }
        switch verdict {
        case .refused: tell(standing, .untaken(rang: false), &desk)
        case .allowed(let chosen): ring(chosen, for: call, caller, &desk)
        }
    }

    private mutating func ring(_ chosen: Placement, for standing: Call, _ caller: Leg, _ desk: inout Desk) {
        let serial = nextSerial()
        let record = CallRecord(
            id: desk.entropy.token(),
            startedAt: desk.now.wall,
            caller: caller.party.participant,
            callerDevice: caller.party.device,
            dialled: standing.record.dialled,
            callee: chosen.target,
            path: standing.record.path + [chosen.step].compactMap(\.self),
            callerProtection: caller.protection,
            trunk: standing.record.trunk
        )
        // What the caller and we agreed on: so its phone need not be asked for anything else.
        var audio = caller.media.remote
        audio?.formats = caller.media.formats
        audio?.direction = .sendReceive
        let menu = Party(standing.serviceParticipant ?? .system, name: "", username: "menu \(standing.serial)")
        let giveUp = desk.now.monotonic + Limits.ringing
        self[serial] = Call(
            serial: serial,
            record: record,
            begun: desk.now,
            caller: caller.party,
            origin: .transfer(Call.Standing(call: standing.serial, audio: audio, referrer: menu)),
            grounds: Grounds(chosen),
            hops: standing.hops,
            phase: .ringing(Call.Ringing(giveUp: giveUp))
        )
        transfers[standing.serial] = Transfer(
            referrer: .callee,
            party: menu,
            ringing: serial,
            eventID: nil,
            isSilent: true
        )
        desk.turn.actions.append(.remember(record, nil))
        schedule(serial, at: giveUp)
        if let refused = place(serial, chosen, only: nil, &desk) { refuse(serial, refused, &desk) }
    }

    /// A call that rang for one in a menu ended without an answer: who is in the menu leaves a message, or hears what the menu says.
    ///
    /// - Returns: Whether it was such a call.
    mutating func returnToMenu(_ standing: UInt64, _ call: Call, _ refused: Refused, _ desk: inout Desk) -> Bool {
        guard voices[standing] != nil else { return false }
        transfers[standing] = nil
        if refused.outcome.leadsToMailbox, let number = call.grounds?.placement.target.number,
            call.grounds?.placement.mayBeHelp != true, call.caller.number != number,
            MailboxRules.takesMessage(number, in: desk.snapshot)
        {
            become(.deposit(number), standing, because: .noAnswer, &desk)
        } else {
            tell(standing, .untaken(rang: refused.outcome != .unreachable && refused.outcome != .refused), &desk)
        }
        return true
    }

    /// Lets another service take over a call that is in one, in the same sound.
    mutating func become(
        _ service: CallService,
        _ serial: UInt64,
        because reason: CallStep.Reason = .chosen,
        _ desk: inout Desk
    ) {
        guard let call = self[serial], case .talking(var conversation) = call.phase, var voice = voices[serial],
            let from = call.serviceParticipant
        else { return }
        let end: MonotonicTime
        switch service {
        case .menu(let name):
            guard let menu = desk.snapshot.outside.routing.menus[name], voice.hops < Limits.menuHops else {
                return self.end(serial, because: "its menus led nowhere", &desk)
            }
            let misses = (voice.service as? MenuService)?.misses ?? 0
            (voice.service, voice.hops) = (MenuService(menu, misses: misses), voice.hops + 1)
            end = voice.end
        case .deposit(let number):
            guard MailboxRules.takesMessage(number, in: desk.snapshot) else {
                return self.end(serial, because: "extension \(number) takes no messages", &desk)
            }
            (voice.service, voice.mailbox) = (VoicemailDeposit(number), number)
            end = desk.now.monotonic + Limits.longestDeposit
        case .room(let name):
            guard let room = desk.snapshot.outside.routing.rooms[name], hasRoom(for: service, besides: serial),
                RoomRules.refusal(ofEntering: name, by: call.caller.participant, in: desk.snapshot) == nil
            else { return self.end(serial, because: "room \(name) is closed to them, full, or is no more", &desk) }
            (voice.service, voice.mailbox, voice.pinSince) = (RoomService(name), room.number, room.pinSince)
            end = desk.now.monotonic + Limits.roomDoor
        case .queue(let name):
            guard desk.snapshot.outside.routing.groups[name]?.queue != nil, hasRoom(for: service, besides: serial)
            else { return self.end(serial, because: "queue \(name) is full, or is no more", &desk) }
            voice.service = QueueService(name)
            end = desk.now.monotonic + Limits.longestQueue
        case .echo, .feature, .parking, .messages, .greeting: return
        }
        if case .queue(let name) = voice.kind { leaveQueue(serial, name) }
        (voice.kind, voice.end, voice.due) = (service, end, nil)
        voices[serial] = voice
        conversation.callee = .service(service)
        self[serial]?.phase = .talking(conversation)
        self[serial]?.record.callee = .service(service)
        self[serial]?.record.path.append(CallStep(from: from, reason, to: .service(service)))
        if let record = self[serial]?.record { desk.turn.actions.append(.remember(record, nil)) }
        schedule(serial, at: end)
        tell(serial, .began, &desk)
    }

    /// A group sends a call that nobody took to a menu.
    ///
    /// - Returns: Why that cannot be; `nil` when it is there.
    mutating func enterMenu(_ name: ShortName, _ serial: UInt64, _ desk: inout Desk) -> Refused? {
        guard let call = self[serial], case .ringing(let ringing) = call.phase else { return .unreachable }
        if case .transfer(let standing) = call.origin, voices[standing.call] != nil,
            transfers[standing.call]?.ringing == serial
        {
            transfers[standing.call] = nil
            become(.menu(name), standing.call, because: .nobody, &desk)
            return Refused(status: 480, outcome: .noAnswer, reason: "it went on to menu \(name)")
        }
        // Who may be calling back after a call for help talks to people: the phone that they call back goes on ringing.
        guard call.grounds?.placement.mayBeHelp != true else {
            return ringing.branches.contains { $0.status == nil } ? nil : .unreachable
        }
        guard call.incoming != nil, earlyCalls[serial]?.told == nil,
            hasRoom(for: .menu(name), besides: serial)
        else { return .unreachable }
        for branch in ringing.branches where branch.status == nil { desk.cancel(branch.key) }
        serve(.menu(name), serial, &desk)
        return nil
    }
}

extension Call {
    /// The service that it is in.
    fileprivate var serviceParticipant: Participant? {
        guard case .talking(let conversation) = phase, case .service(let service) = conversation.callee else {
            return nil
        }
        return .service(service)
    }
}
