// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives

/// Plays messages to whoever knows the PIN: 1 or 5 hears one again, 6 or # the next one, 7 deletes, 9 keeps.
struct VoicemailAccess: VoiceService {
    private enum State: Sendable {
        case entering(PINEntry)
        case comparing(PINEntry)
        case listing
        /// The message of this place is played, or was.
        case playing(Int)
        /// It waits until this is done.
        case doing(Int, Phrase)
        case leaving(String)
    }

    private let mailbox: ExtensionNumber
    private var messages: [StoredMessage] = []
    private var state: State

    init(_ mailbox: ExtensionNumber, asksPIN: Bool) {
        self.mailbox = mailbox
        state = asksPIN ? .entering(PINEntry()) : .listing
    }

    var patience: Duration? {
        switch state {
        case .entering: Limits.keyPatience
        case .playing: Limits.menuPatience
        case .comparing, .listing, .doing: Limits.storing
        case .leaving: nil
        }
    }

    mutating func take(_ input: VoiceInput) -> [VoiceStep] {
        switch (state, input) {
        case (.leaving(let reason), .said): return [.leave(reason)]
        case (.leaving, _): return []
        case (.entering, .began): return [.say(.phrases(.enterPIN))]
        case (.listing, .began): return [.ask(.list)]
        case (.entering(let entry), .pressed(let key)): return enter(key, entry)
        case (.entering(var entry), .waited):
            guard let pin = entry.take() else { return leave(.phrases(.goodbye), "nobody entered a PIN") }
            state = .comparing(entry)
            return [.ask(.compare(pin))]
        case (.comparing(let entry), .answered(let answer)): return compared(answer, entry)
        case (.listing, .answered(.messages(let all))):
            messages = all
            return overview()
        case (.playing(let place), .pressed(let key)): return pressed(key, place)
        case (.playing, .waited):
            // Nobody has done anything for as long as it takes to have heard all choices.
            return leave(.phrases(.goodbye), "nobody pressed a key")
        case (.doing(let place, let phrase), .answered(.done)): return next(place, .phrases(phrase))
        case (.listing, .answered), (.doing, .answered), (.comparing, .waited), (.listing, .waited), (.doing, .waited),
            (_, .unkept):
            return leave(.phrases(.goodbye), "the mailbox did not answer")
        case (_, .began), (_, .said), (_, .pressed), (_, .recorded), (_, .answered), (_, .untaken),
            (_, .room), (_, .queue):
            return []
        }
    }

    // MARK: The PIN

    private mutating func enter(_ key: PhoneKey, _ before: PINEntry) -> [VoiceStep] {
        var entry = before
        guard let pin = entry.press(key) else {
            state = .entering(entry)
            // Whoever knows what is asked need not hear it.
            return before.isEmpty && !entry.isEmpty ? [.say([])] : []
        }
        state = .comparing(entry)
        return [.ask(.compare(pin))]
    }

    private mutating func compared(_ answer: MailboxAnswer, _ before: PINEntry) -> [VoiceStep] {
        var entry = before
        switch answer {
        case .done:
            state = .listing
            return [.ask(.list)]
        case .wrong where entry.fail():
            state = .entering(entry)
            return [.say(.phrases(.wrongPIN, .enterPIN))]
        case .wrong: return leave(.phrases(.wrongPIN, .goodbye), "the PIN was wrong")
        // It sounds as a wrong one does: nobody learns that a right one would have been.
        case .waits: return leave(.phrases(.wrongPIN, .goodbye), "the mailbox takes no PIN for a while")
        case .messages, .failed: return leave(.phrases(.goodbye), "the mailbox did not answer")
        }
    }

    // MARK: The messages

    private mutating func overview() -> [VoiceStep] {
        let new = messages.count { $0.isNew }
        let old = messages.count - new
        guard !messages.isEmpty else {
            return leave(.phrases(.youHave, .none, .messages, .goodbye), "there was no message")
        }
        let (number, kind) = new > 0 ? (new, Phrase.new) : (old, .old)
        let words = .phrases(.youHave) + [.count(number)] + .phrases(kind, number == 1 ? .message : .messages)
        return play(0, after: words)
    }

    private mutating func play(_ place: Int, after words: [Utterance] = []) -> [VoiceStep] {
        let message = messages[place]
        state = .playing(place)
        let from: [Utterance] =
            message.caller.spoken.map { .phrases(.fromNumber) + [.digits($0)] } ?? .phrases(.unknownCaller)
        let envelope: [Utterance] =
            (place == 0 ? .phrases(.first, .message) : .phrases(.message)) + from + .phrases(.received)
        return [
            .say(
                words + [.pause] + envelope + [
                    .time(message.receivedAt), .pause, .message(message.id, in: mailbox), .pause,
                ]
                    + .phrases(.repeatIt, .nextOne, .deleteIt, .keepIt)
            )
        ]
    }

    private mutating func pressed(_ key: PhoneKey, _ place: Int) -> [VoiceStep] {
        switch key.character {
        case "1", "5": return play(place)
        case "6", "#": return next(place, [])
        case "7":
            state = .doing(place, .deleted)
            return [.say([]), .ask(.delete(messages[place].id))]
        case "9":
            state = .doing(place, .messageSaved)
            return [.say([]), .ask(.keep(messages[place].id))]
        default: return []
        }
    }

    private mutating func next(_ place: Int, _ words: [Utterance]) -> [VoiceStep] {
        guard place + 1 < messages.count else {
            return leave(words + .phrases(.noMore, .goodbye), "all messages were heard")
        }
        return play(place + 1, after: words)
    }

    private mutating func leave(_ words: [Utterance], _ reason: String) -> [VoiceStep] {
        state = .leaving(reason)
        return [.say(words)]
    }
}

extension Participant {
    /// What is read out of who left a message.
    fileprivate var spoken: String? {
        switch self {
        case .extension(let number): number.text
        case .outside(let number): number.map { $0.text.filter(\.isNumber) }
        case .group, .service, .system, .emergency: nil
        }
    }
}
