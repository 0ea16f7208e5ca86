// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives

/// Records what callers hear: after the tone until `#`, then 1 keeps it, 2 says it, 3 records it anew.
struct GreetingService: VoiceService {
    private enum State: Sendable {
        case entering(PINEntry)
        case comparing(PINEntry)
        case inviting
        case recording
        /// It was recorded, and can be kept.
        case reviewing
        case keeping
        case leaving(String)
    }

    private let greeting: Greeting
    private var state: State
    /// How often it was recorded in this call.
    private var takes = 0

    init(_ greeting: Greeting, asksPIN: Bool) {
        self.greeting = greeting
        state = asksPIN ? .entering(PINEntry()) : .inviting
    }

    var patience: Duration? {
        switch state {
        case .entering: Limits.keyPatience
        case .reviewing: Limits.menuPatience
        case .comparing, .keeping: Limits.storing
        case .inviting, .recording, .leaving: nil
        }
    }

    mutating func take(_ input: VoiceInput) -> [VoiceStep] {
        switch (state, input) {
        case (.leaving(let reason), .said): return [.leave(reason)]
        case (.leaving, _): return []
        case (.entering, .began): return [.say(.phrases(.enterPIN))]
        case (.inviting, .began): return invite()
        case (.entering(var entry), .pressed(let key)):
            let isFirst = entry.isEmpty
            let pin = entry.press(key)
            state = pin == nil ? .entering(entry) : .comparing(entry)
            if let pin { return [.ask(.compare(pin))] }
            return isFirst ? [.say([])] : []
        case (.entering(var entry), .waited):
            guard let pin = entry.take() else { return leave([], "nobody entered a PIN") }
            state = .comparing(entry)
            return [.ask(.compare(pin))]
        case (.comparing(let entry), .answered(let answer)): return compared(answer, entry)
        case (.inviting, .said):
            state = .recording
            return [.recordGreeting(greeting)]
        case (.recording, .pressed(.hash)): return [.endRecording] + review()
        case (.recording, .recorded): return review()
        case (.reviewing, .pressed(let key)): return pressed(key)
        case (.reviewing, .waited): return leave([], "nobody kept what was recorded")
        case (.keeping, .answered(.done)): return leave(.phrases(.messageSaved), "it was kept")
        case (_, .unkept), (.keeping, .answered), (.comparing, .waited), (.keeping, .waited):
            return leave([], "it could not be kept")
        case (_, .began), (_, .said), (_, .pressed), (_, .recorded), (_, .answered), (_, .waited), (_, .untaken),
            (_, .room), (_, .queue):
            return []
        }
    }

    private mutating func compared(_ answer: MailboxAnswer, _ entry: PINEntry) -> [VoiceStep] {
        var entry = entry
        switch answer {
        case .done: return invite()
        case .wrong where entry.fail():
            state = .entering(entry)
            return [.say(.phrases(.wrongPIN, .enterPIN))]
        // It sounds as a wrong one does.
        case .wrong, .waits: return leave(.phrases(.wrongPIN), "the PIN was wrong")
        case .messages, .failed: return leave([], "the mailbox did not answer")
        }
    }

    private mutating func invite() -> [VoiceStep] {
        takes += 1
        guard takes <= Limits.greetingTakes else { return leave([], "it was recorded too often") }
        state = .inviting
        return [.say(.phrases(.recordGreeting) + [.tone])]
    }

    private mutating func review() -> [VoiceStep] {
        state = .reviewing
        return [.say(.phrases(.reviewGreeting))]
    }

    private mutating func pressed(_ key: PhoneKey) -> [VoiceStep] {
        switch key.character {
        case "1":
            state = .keeping
            return [.say([]), .ask(.keepGreeting(greeting))]
        case "2": return [.say([.draft(greeting), .pause] + .phrases(.reviewGreeting))]
        case "3": return invite()
        default: return []
        }
    }

    private mutating func leave(_ words: [Utterance], _ reason: String) -> [VoiceStep] {
        state = .leaving(reason)
        return [.say(words + .phrases(.goodbye))]
    }
}
