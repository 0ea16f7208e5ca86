// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives

/// The door of a conference room: lets in who knows the PIN, and says what happens. Inside the others are heard, and keys do nothing.
struct RoomService: VoiceService {
    private enum State: Sendable {
        case entering(PINEntry)
        case comparing(PINEntry)
        /// The PIN was right.
        case knocking
        /// For the moderator.
        case waiting
        case inside
        case leaving(String)
    }

    private let room: ShortName
    private var state = State.entering(PINEntry())

    init(_ room: ShortName) { self.room = room }

    var patience: Duration? {
        switch state {
        case .entering: Limits.keyPatience
        case .comparing, .knocking: Limits.storing
        case .leaving: Limits.farewell
        case .waiting, .inside: nil
        }
    }

    mutating func take(_ input: VoiceInput) -> [VoiceStep] {
        switch (state, input) {
        case (.leaving(let reason), .said), (.leaving(let reason), .waited): return [.leave(reason)]
        case (.leaving, _): return []
        case (.entering, .began): return [.say(.phrases(.enterRoomPIN))]
        case (.entering(let entry), .pressed(let key)): return enter(key, entry)
        case (.entering(var entry), .waited):
            guard let pin = entry.take() else { return leave([], "nobody entered a PIN") }
            state = .comparing(entry)
            return [.ask(.open(room, pin))]
        case (.comparing(let entry), .answered(let answer)): return compared(answer, entry)
        case (.knocking, .room(let news)), (.waiting, .room(let news)), (.inside, .room(let news)): return take(news)
        case (.waiting, .said): return [.play]
        case (.comparing, .waited), (.knocking, .waited), (_, .unkept): return leave([], "the room did not answer")
        case (_, .began), (_, .said), (_, .pressed), (_, .recorded), (_, .answered), (_, .waited), (_, .untaken),
            (_, .room), (_, .queue):
            return []
        }
    }

    private mutating func enter(_ key: PhoneKey, _ before: PINEntry) -> [VoiceStep] {
        var entry = before
        guard let pin = entry.press(key) else {
            state = .entering(entry)
            // Whoever knows what is asked need not hear it.
            return before.isEmpty && !entry.isEmpty ? [.say([])] : []
        }
        state = .comparing(entry)
        return [.ask(.open(room, pin))]
    }

    private mutating func compared(_ answer: MailboxAnswer, _ before: PINEntry) -> [VoiceStep] {
        var entry = before
        switch answer {
        case .done:
            state = .knocking
            return [.enter(room)]
        // Whoever has to wait is asked as often as who was wrong: they do not learn that they wait.
        case .wrong where entry.fail(), .waits where entry.fail():
            state = .entering(entry)
            return [.say(.phrases(.wrongRoomPIN, .enterRoomPIN))]
        // The second sounds as the first does: nobody learns that a right one would have been.
        case .wrong: return leave(.phrases(.wrongRoomPIN), "the PIN was wrong")
        case .waits: return leave(.phrases(.wrongRoomPIN), "the room takes no PIN of theirs for a while")
        case .messages, .failed: return leave([], "the room did not answer")
        }
    }

    private mutating func take(_ news: RoomNews) -> [VoiceStep] {
        switch news {
        case .admitted(let others):
            state = .inside
            return [.say(others == 0 ? .phrases(.aloneInRoom) : [])]
        case .waits:
            state = .waiting
            return [.say(.phrases(.awaitModerator))]
        case .full: return leave(.phrases(.roomFull), "the room was full")
        case .over: return leave(.phrases(.moderatorLeft), "its moderator had left")
        }
    }

    private mutating func leave(_ words: [Utterance], _ reason: String) -> [VoiceStep] {
        state = .leaving(reason)
        return [.say(words + .phrases(.goodbye))]
    }
}
