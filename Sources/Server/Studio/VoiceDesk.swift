// SPDX-License-Identifier: Apache-2.0

import Admin
import Calls
import Dispatch
import Foundation
import Guard
import Media
import Model
import Primitives
import Store
import Synchronization

/// What services of one business ask for where sound is: puts together what is said, keeps what is recorded, compares PINs. What waits
/// for the disk waits here, on queues of its own, and neither the studio nor a call waits with it.
final class VoiceDesk: Sendable {
    private struct State: Sendable {
        var gate = PINGate()
        /// Since when rooms that were changed have their PINs.
        var pins: [ShortName: WallTime] = [:]
        /// What is to be said last in each call: what was asked before, and nobody waits for any more, is not read from the disk.
        var wanted: [RelayID: UInt64] = [:]
        /// The messages that were heard in each call, each with one line in the journal.
        var heard: [RelayID: Set<MessageID>] = [:]
        /// Who compares PINs; nobody before the whole system is there, and then none is right.
        var hasher: (any PasswordHasher)?
    }

    private let store: RingfenceStore
    /// In the order of the commands.
    private let queue = DispatchQueue(label: "ringfence-voice")
    private let recorder = DispatchQueue(label: "ringfence-recorder")
    private let state = Mutex(State())

    private let events: EventHub

    init(_ store: RingfenceStore, _ events: EventHub) {
        (self.store, self.events) = (store, events)
        state.withLock { $0.pins = store.snapshot.outside.routing.rooms.mapValues(\.pinSince) }
    }

    func compare(with hasher: any PasswordHasher) { state.withLock { $0.hasher = hasher } }

    /// What a crash interrupted becomes messages, and watchers hear of all there are.
    func start(_ hop: SignallingHop) {
        // Before anything is recorded, which waits for this queue.
        queue.async { [self] in
            store.messages.takeUpInterrupted()
            store.greetings.forgetDrafts()
            for number in store.messages.mailboxes { tellCounts(of: number, hop) }
        }
    }

    /// Waits until what was recorded is on the disk.
    func finish() {
        queue.sync {}
        // Two beats of the studio, which hands over what it has.
        usleep(50_000)
        recorder.sync {}
    }

    /// A mailbox was changed from elsewhere.
    func changed(_ number: ExtensionNumber, _ hop: SignallingHop) {
        recorder.async { [self] in tellCounts(of: number, hop) }
    }

    /// A mailbox that has a new PIN waits no longer, and one that is no more leaves nothing behind.
    func follow(_ changes: [Change], _ hop: SignallingHop) {
        for case .outside(.route(.removeRoom(let name))) in changes {
            state.withLock { state in
                state.pins[name] = nil
                state.gate.forget(room: name)
            }
        }
        for case .outside(.route(.putRoom(let room))) in changes {
            state.withLock { state in
                guard state.pins.updateValue(room.pinSince, forKey: room.name) != room.pinSince else { return }
                state.gate.forget(room: room.name)
            }
        }
        for case .outside(.route(.removeMenu(let name))) in changes {
            recorder.async { [self] in store.greetings.remove(.menu(name)) }
        }
        for case .outside(.route(.keepMessages(let number, let mailbox))) in changes {
            state.withLock { $0.gate.succeed(.mailbox(number)) }
            guard mailbox == nil else { continue }
            recorder.async { [self] in
                store.messages.clear(number)
                store.greetings.remove(.mailbox(number))
                tellCounts(of: number, hop)
            }
        }
    }

    func hash(_ pin: Redacted<String>) async throws(Refusal) -> Redacted<String> {
        guard let hasher = state.withLock({ $0.hasher }) else { throw .notYet }
        return try await hasher.hash(pin)
    }

    // MARK: Commands of calls

    func perform(_ command: VoiceCommand, _ line: MediaLine, _ hop: SignallingHop) {
        if case .say(let id, _, let number) = command { state.withLock { $0.wanted[id] = number } }
        queue.async { [self] in
            switch command {
            case .begin(let id, let format): line.send(.begin(id, format))
            case .say(let id, let words, let number):
                guard state.withLock({ $0.wanted[id] == number }) else { return }
                line.send(.say(id, sound(of: words, in: id), number))
            case .play(let id): line.send(.play(id, MusicShelf.shared.sound))
            case .hush(let id): line.send(.hush(id))
            case .record(let id, let draft): record(id, draft, line, hop)
            case .recordGreeting(let id, let greeting, let number, let now, let terms):
                guard let writer = try? store.greetings.begin(greeting, by: number, at: now) else {
                    return hop.tell { $0.voice([(id, .unkept)]) }
                }
                line.send(.record(id, MessageSink(writer, on: recorder) {}, terms))
            case .endRecording(let id): line.send(.endRecording(id))
            case .join(let id, let conference): line.send(.join(id, conference))
            case .end(let id):
                state.withLock { ($0.wanted[id], $0.heard[id]) = (nil, nil) }
                line.send(.end(id))
            case .ask(let ask, let ticket): answer(ask, ticket, hop)
            }
        }
    }

    private func record(_ id: RelayID, _ draft: MessageDraft, _ line: MediaLine, _ hop: SignallingHop) {
        var generator = SystemRandomNumberGenerator()
        // It may have been removed while the greeting was said.
        guard MailboxRules.takesMessage(draft.mailbox, in: store.snapshot) else {
            return hop.tell { $0.voice([(id, .unkept)]) }
        }
        guard let name = MessageID(parsing: Hex.encode(generator.nextBytes(16))),
            let writer = try? store.messages.begin(name, in: draft.mailbox, from: draft.caller, at: draft.at)
        else { return hop.tell { $0.voice([(id, .unkept)]) } }
        let sink = MessageSink(writer, on: recorder) { [self] in tellCounts(of: draft.mailbox, hop) }
        line.send(.record(id, sink, draft.terms))
    }

    // MARK: What is said

    private func sound(of words: [Utterance], in call: RelayID) -> [UInt8] { words.flatMap { sound(of: $0, in: call) } }

    private func sound(of word: Utterance, in call: RelayID) -> [UInt8] {
        let shelf = PromptShelf.shared
        switch word {
        case .phrase(let phrase): return shelf.sound(of: phrase)
        case .digits(let text): return shelf.digits(text)
        case .count(let number): return shelf.count(number)
        case .time(let time):
            let zone = store.snapshot.hours.flatMap { TimeZone(identifier: $0.zone) } ?? .current
            return shelf.time(time, now: SystemClock.wall, zone: zone)
        case .recorded(let greeting, let words):
            return (try? store.greetings.sound(of: greeting)) ?? sound(of: words, in: call)
        case .draft(let greeting):
            return (try? store.greetings.draft(of: greeting)) ?? Tone.sound(hertz: 330, milliseconds: 400)
        case .ringback: return Tone.sound(hertz: 425, milliseconds: 1_000) + Tone.silence(milliseconds: 4_000)
        case .pause: return Tone.silence(milliseconds: 300)
        case .tone: return Tone.silence(milliseconds: 200) + Tone.sound(hertz: 1_400, milliseconds: 400)
        case .message(let id, let number):
            guard let sound = try? store.messages.sound(of: id, in: number) else {
                return Tone.sound(hertz: 330, milliseconds: 400)
            }
            let isNew = state.withLock { $0.heard[call, default: []].insert(id).inserted }
            if isNew { journal("voicemail.listen", id, number) }
            return sound
        }
    }

    /// Each time that somebody hears or deletes a message has its line.
    private func journal(_ action: String, _ id: MessageID, _ number: ExtensionNumber) {
        let draft = JournalDraft(
            actor: "extension \(number)",
            action: action,
            subject: number.text,
            detail: #"{"message":"\#(id.text)"}"#
        )
        BusinessStore(store).writeLater { _ = try? $0.append(draft, at: SystemClock.wall) }
    }

    private func journal(_ action: String, _ greeting: Greeting, _ number: ExtensionNumber) {
        let draft = JournalDraft(actor: "extension \(number)", action: action, subject: greeting.words, detail: "{}")
        BusinessStore(store).writeLater { _ = try? $0.append(draft, at: SystemClock.wall) }
    }

    // MARK: What is asked

    private func answer(_ ask: MailboxAsk, _ ticket: Ticket, _ hop: SignallingHop) {
        let (messages, number) = (store.messages, ask.mailbox)
        let tell: @Sendable (MailboxAnswer) -> Void = { answer in hop.tell { $0.answered(ticket, answer) } }
        switch ask.what {
        case .compare(let pin): Task { tell(await compare(pin, at: .mailbox(number), ask)) }
        case .open(let name, let pin):
            guard let room = store.snapshot.outside.routing.rooms[name] else { return tell(.failed) }
            Task { tell(await compare(pin, at: RoomRules.door(of: room, for: ask.caller), ask)) }
        case .list:
            guard let all = try? messages.messages(of: number) else { return tell(.failed) }
            tell(.messages(all))
        case .keep(let id):
            guard (try? messages.keep(id, in: number)) == true else { return tell(.failed) }
            tell(.done)
            tellCounts(of: number, hop)
        case .keepGreeting(let greeting):
            // What was said last may be on its way to the disk: the studio hands it over, and the recorder writes it.
            recorder.asyncAfter(deadline: .now() + .milliseconds(100)) { [self] in
                guard (try? store.greetings.keep(greeting)) == true else { return tell(.failed) }
                journal("greeting.record", greeting, number)
                tell(.done)
            }
        case .delete(let id):
            guard (try? messages.delete(id, in: number)) == true else { return tell(.failed) }
            journal("voicemail.delete", id, number)
            tell(.done)
            tellCounts(of: number, hop)
        }
    }

    private func compare(_ pin: Redacted<String>, at door: PINDoor, _ ask: MailboxAsk) async -> MailboxAnswer {
        let now = SystemClock.monotonic
        guard let hasher = state.withLock({ $0.hasher }) else { return .failed }
        // Counted before it is looked at.
        let isLocked = state.withLock { state -> Bool? in
            guard case .isOpen = state.gate.standing(of: door, at: now) else { return nil }
            return state.gate.fail(door, at: now)
        }
        guard let isLocked else { return .waits }
        guard let isRight = try? await hasher.verify(pin, against: kept(at: door)) else {
            state.withLock { $0.gate.takeBack(door) }
            return .failed
        }
        guard isRight else {
            if isLocked { reportLock(of: door, ask) }
            if state.withLock({ $0.gate.tellsSpray(at: now) }) {
                let words = "wrong PINs at many mailboxes within an hour, the last one here"
                report(.mailboxesTried, words, about: ask.mailbox, ask.source)
            }
            return .wrong
        }
        state.withLock { $0.gate.passed(door) }
        return .done
    }

    /// The hash of its PIN.
    private func kept(at door: PINDoor) -> Redacted<String>? {
        let routing = store.snapshot.outside.routing
        return switch door {
        case .mailbox(let number): routing.mailboxes[number]?.pin
        case .room(let name, _): routing.rooms[name]?.pin
        }
    }

    private func reportLock(of door: PINDoor, _ ask: MailboxAsk) {
        let words = "so many wrong PINs were entered"
        switch door {
        case .mailbox(let number):
            let remedy = "a new one opens it: ringfence voicemail pin \(number)"
            report(.mailboxLocked, "\(words) that it waits; \(remedy)", about: number, ask.source)
        case .room(let name, let number):
            let who = number.map { "extension \($0)" } ?? "callers from outside"
            let remedy = "a new PIN lets them try again: ringfence room set \(name) --new-pin"
            let sentence = "\(words) at room \(name) by \(who) that they wait; \(remedy)"
            report(.roomLocked, sentence, about: number ?? ask.mailbox, ask.source)
        }
    }

    /// - Parameter words: Never with what was entered.
    private func report(
        _ kind: SecurityEventKind,
        _ words: String,
        about number: ExtensionNumber,
        _ source: IPAddress
    ) {
        let event = SecurityEvent(
            at: SystemClock.wall,
            kind: kind,
            source: .address(source),
            subject: .extension(number),
            detail: words
        )
        events.note(event)
    }

    private func tellCounts(of number: ExtensionNumber, _ hop: SignallingHop) {
        let counts = store.messages.counts(of: number)
        hop.tell { $0.setMailbox(MailboxCounts(new: counts.new, old: counts.old), of: number) }
    }
}

extension Refusal {
    fileprivate static let notYet = Self(
        problem: "No PIN was set.",
        reason: "the server has just started",
        remedy: "wait a moment, then try again"
    )
}
