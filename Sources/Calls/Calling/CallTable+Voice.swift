// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives

/// A service that somebody is in.
struct VoiceCall: Sendable {
    var service: any VoiceService
    var kind: CallService
    /// Whose; `nil` where it is about none.
    var mailbox: ExtensionNumber?
    /// Since when the mailbox that somebody listens to has its PIN.
    var pinSince: WallTime?
    /// Menus that it went through after the first.
    var hops = 0
    /// Of what is said now: what was said before and ends late is nothing.
    var saying: UInt64 = 0
    var isSaying = false
    /// When it has waited long enough.
    var due: MonotonicTime?
    /// When it ends, whatever anybody presses.
    var end: MonotonicTime
    private var keys = TokenBucket()

    init(_ kind: CallService, by service: any VoiceService, mailbox: ExtensionNumber? = nil, end: MonotonicTime) {
        (self.kind, self.service, self.mailbox, self.end) = (kind, service, mailbox, end)
    }

    /// - Returns: Whether a key counts that is pressed now.
    mutating func takesKey(at now: MonotonicTime) -> Bool { keys.spend(1, at: now.nanoseconds, Self.keyPace) }

    private static let keyPace = TokenBucket.Pace(Limits.keys)
}

/// Calls in which the server speaks and listens. What is said and heard is sound that others have; here are the calls.
extension CallTable {
    // MARK: Messages of calls that nobody took

    /// Sends a call that ends without an answer to the mailbox of whom it was placed to.
    ///
    /// - Returns: Whether it did.
    mutating func takeMessage(_ serial: UInt64, _ refused: Refused, _ desk: inout Desk) -> Bool {
        guard refused.outcome.leadsToMailbox, let call = self[serial], case .ringing = call.phase,
            let incoming = call.incoming, let placement = call.grounds?.placement, let number = placement.target.number,
            !call.isForHelp, !placement.isIntercom, !placement.mayBeHelp,
            MailboxRules.takesMessage(number, in: desk.snapshot), call.caller.number != number,
            // What it heard before has begun under a key of its own, and formats that a studio may not speak.
            earlyCalls[serial]?.told == nil,
            incoming.offer?.audio.map({ !$0.formats.spokenByStudio.isEmpty }) ?? true,
            hasRoom(for: .deposit(number), besides: serial)
        else { return false }
        for branch in call.ringingBranches where branch.status == nil { desk.cancel(branch.key) }
        for username in call.usernames where username != call.caller.username { leave(serial, username) }
        answer(serial, by: .deposit(number), &desk)
        return true
    }

    // MARK: The way of a call through a service

    /// Its relay is open, so that somebody can be heard.
    mutating func beginVoice(_ serial: UInt64, _ desk: inout Desk) {
        guard voices[serial] == nil, let call = self[serial], case .talking(let conversation) = call.phase,
            case .service(let service) = conversation.callee, let leg = conversation.caller.leg,
            let format = StudioFormat(leg.media.formats), let voice = VoiceCall(service, call, desk)
        else { return }
        voices[serial] = voice
        schedule(serial, at: voice.end)
        desk.turn.actions.append(.voice(.begin(call.relay, format)))
        tell(serial, .began, &desk)
    }

    /// What happened where the sound is.
    mutating func voice(_ news: [(id: RelayID, VoiceNews)], _ desk: inout Desk) {
        for (id, what) in news {
            let serial = id.rawValue
            guard let voice = voices[serial] else { continue }
            guard desk.now.monotonic < voice.end else {
                end(serial, because: "it went on for too long", &desk)
                continue
            }
            switch what {
            case .said(let number):
                guard number == voice.saying, voice.isSaying else { continue }
                voices[serial]?.isSaying = false
                tell(serial, .said, &desk)
            case .pressed(let key):
                guard voices[serial]?.takesKey(at: desk.now.monotonic) == true else { continue }
                tell(serial, .pressed(key), &desk)
            case .recorded: tell(serial, .recorded, &desk)
            case .unkept: tell(serial, .unkept, &desk)
            case .full: end(serial, because: "there was no room for its sound", &desk)
            }
        }
    }

    /// What was asked of a mailbox.
    mutating func answered(_ ticket: Ticket, _ answer: MailboxAnswer, _ desk: inout Desk) {
        guard let serial = questions.removeValue(forKey: ticket) else { return }
        tell(serial, .answered(answer), &desk)
    }

    /// The call may be over afterwards.
    mutating func wakeVoice(_ serial: UInt64, _ desk: inout Desk) {
        guard let voice = voices[serial] else { return }
        guard desk.now.monotonic < voice.end else { return end(serial, because: "it went on for too long", &desk) }
        schedule(serial, at: voice.end)
        if case .room(let name) = voice.kind { wakeConference(serial, name, &desk) }
        guard let due = voice.due else { return }
        guard due <= desk.now.monotonic else { return schedule(serial, at: due) }
        voices[serial]?.due = nil
        tell(serial, .waited, &desk)
    }

    /// Ends calls that listen or are in a room by a PIN which is good no longer: it was changed because somebody else may know it.
    mutating func reviewVoices(_ desk: inout Desk) {
        reviewConferences(&desk)
        let boxes = desk.snapshot.outside.routing.mailboxes
        for (serial, voice) in voices.sorted(by: { $0.key < $1.key }) where voice.kind.opensMailbox {
            guard let number = voice.mailbox, boxes[number].map({ $0.pinSince == voice.pinSince }) != true else {
                continue
            }
            end(serial, because: "its mailbox has another PIN, or is no more", &desk)
        }
    }

    /// The call is over.
    mutating func forgetVoice(_ call: Call, _ desk: inout Desk) {
        guard let voice = voices.removeValue(forKey: call.serial) else { return }
        if case .room(let name) = voice.kind { leaveConference(call.serial, name, desk) }
        if case .queue(let name) = voice.kind { leaveQueue(call.serial, name) }
        questions = questions.filter { $0.value != call.serial }
        desk.turn.actions.append(.voice(.end(call.relay)))
    }

    mutating func tell(_ serial: UInt64, _ input: VoiceInput, _ desk: inout Desk) {
        guard var voice = voices[serial] else { return }
        let steps = voice.service.take(input)
        voices[serial] = voice
        for step in steps { carryOut(step, serial, &desk) }
        guard let after = voices[serial] else { return }
        let patience = after.isSaying ? nil : after.service.patience
        voices[serial]?.due = patience.map { desk.now.monotonic + $0 }
        if let due = voices[serial]?.due { schedule(serial, at: due) }
    }

    private mutating func carryOut(_ step: VoiceStep, _ serial: UInt64, _ desk: inout Desk) {
        guard let call = self[serial], let voice = voices[serial] else { return }
        switch step {
        case .say(let words):
            voices[serial]?.saying += 1
            voices[serial]?.isSaying = !words.isEmpty
            desk.turn.actions.append(
                .voice(words.isEmpty ? .hush(call.relay) : .say(call.relay, words, voice.saying + 1))
            )
        case .record:
            guard let mailbox = voice.mailbox else { return }
            let draft = MessageDraft(
                mailbox: mailbox,
                caller: call.caller.isPrivate ? .outside(nil) : call.caller.participant,
                at: desk.now.wall,
                terms: Limits.message
            )
            desk.turn.actions.append(.voice(.record(call.relay, draft)))
        case .recordGreeting(let greeting):
            guard let mailbox = voice.mailbox else { return }
            desk.turn.actions.append(
                .voice(.recordGreeting(call.relay, greeting, by: mailbox, at: desk.now.wall, Limits.greeting))
            )
        case .endRecording: desk.turn.actions.append(.voice(.endRecording(call.relay)))
        case .ask(let what):
            guard let source = call.incoming?.flow.remote.ip, let mailbox = voice.mailbox else {
                return end(serial, because: "it comes from nowhere", &desk)
            }
            let ticket = Ticket(serial: nextSerial())
            questions[ticket] = serial
            let ask = MailboxAsk(
                what: what,
                mailbox: mailbox,
                caller: call.caller.participant,
                source: source
            )
            desk.turn.actions.append(.voice(.ask(ask, ticket)))
        case .connect(let destination, let isDialled): connect(serial, to: destination, isDialled: isDialled, &desk)
        case .queue(let step): queue(step, serial, &desk)
        case .play:
            voices[serial]?.saying += 1
            voices[serial]?.isSaying = false
            desk.turn.actions.append(.voice(.play(call.relay)))
        case .enter(let name): enter(name, serial, &desk)
        case .become(let service): become(service, serial, &desk)
        case .leave(let reason): end(serial, because: reason, &desk)
        }
    }
}

extension VoiceCall {
    /// `nil` for a service that says nothing.
    fileprivate init?(_ service: CallService, _ call: Call, _ desk: Desk) {
        switch service {
        case .echo, .feature, .parking: return nil
        case .deposit(let number):
            let end = desk.now.monotonic + Limits.longestDeposit
            self.init(service, by: VoicemailDeposit(number), mailbox: number, end: end)
        case .menu(let name):
            guard let menu = desk.snapshot.outside.routing.menus[name] else { return nil }
            self.init(service, by: MenuService(menu), end: desk.now.monotonic + Limits.longestMenu)
        case .room(let name):
            guard let room = desk.snapshot.outside.routing.rooms[name] else { return nil }
            let end = desk.now.monotonic + Limits.roomDoor
            self.init(service, by: RoomService(name), mailbox: room.number, end: end)
            pinSince = room.pinSince
        case .queue(let name):
            self.init(service, by: QueueService(name), end: desk.now.monotonic + Limits.longestQueue)
        case .greeting(let menu):
            guard let number = call.grounds?.placement.payer.device?.number else { return nil }
            let routing = desk.snapshot.outside.routing
            var (greeting, asksPIN) = (Greeting.mailbox(number), routing.mailboxes[number]?.asksOwnPhones ?? true)
            if let menu {
                guard let name = routing.menu(numbered: menu)?.name else { return nil }
                (greeting, asksPIN) = (.menu(name), false)
            }
            let recording = GreetingService(greeting, asksPIN: asksPIN)
            self.init(service, by: recording, mailbox: number, end: desk.now.monotonic + Limits.longestDeposit)
            pinSince = routing.mailboxes[number]?.pinSince
        case .messages:
            guard let number = call.grounds?.placement.payer.device?.number,
                let mailbox = desk.snapshot.outside.routing.mailboxes[number]
            else { return nil }
            let access = VoicemailAccess(number, asksPIN: mailbox.asksOwnPhones)
            self.init(service, by: access, mailbox: number, end: desk.now.monotonic + Limits.longestListening)
            pinSince = mailbox.pinSince
        }
    }
}

extension CallOutcome {
    /// Whether somebody who wanted to talk could leave a message instead.
    var leadsToMailbox: Bool {
        switch self {
        case .busy, .noAnswer, .unreachable, .declined: true
        case .settingUp, .answered, .refused, .cancelled, .failed, .interrupted: false
        }
    }
}

extension Call {
    fileprivate var ringingBranches: [Branch] {
        if case .ringing(let ringing) = phase { ringing.branches } else { [] }
    }
}

extension CallService {
    /// Whether somebody is in the mailbox of the phone's own extension.
    fileprivate var opensMailbox: Bool {
        switch self {
        case .messages, .greeting(ofMenu: nil): true
        case .echo, .feature, .parking, .deposit, .menu, .room, .queue, .greeting: false
        }
    }

    /// Whether the server speaks in it.
    var speaks: Bool {
        switch self {
        case .echo, .feature, .parking: false
        case .messages, .deposit, .menu, .room, .queue, .greeting: true
        }
    }
}
