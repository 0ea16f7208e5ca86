// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives

/// Takes a message: greeting, tone, recording until they hang up, press #, say nothing for a while, or have said enough.
struct VoicemailDeposit: VoiceService {
    private enum State: Sendable {
        case greeting, tone, recording, leaving(String)
    }

    private let mailbox: ExtensionNumber
    private var state = State.greeting

    init(_ mailbox: ExtensionNumber) { self.mailbox = mailbox }

    var patience: Duration? { nil }

    mutating func take(_ input: VoiceInput) -> [VoiceStep] {
        switch (state, input) {
        case (.greeting, .began):
            let greeting = Utterance.recorded(.mailbox(mailbox), else: .phrases(.nobodyAvailable))
            return [.say([greeting] + .phrases(.leaveMessage) + [.tone])]
        case (.greeting, .pressed(.hash)):
            // Once: nobody stays here by pressing it again and again.
            state = .tone
            return [.say([.tone])]
        case (.greeting, .said), (.tone, .said):
            state = .recording
            return [.record]
        case (.recording, .pressed(.hash)):
            return [.endRecording] + leave(.phrases(.messageSaved, .goodbye), "the caller left a message")
        case (.recording, .recorded): return leave(.phrases(.messageSaved, .goodbye), "the caller left a message")
        case (_, .unkept):
            if case .leaving = state { return [] }
            return leave(.phrases(.mailboxFull, .goodbye), "the message could not be kept")
        case (.leaving(let reason), .said): return [.leave(reason)]
        case (.greeting, _), (.tone, _), (.recording, _), (.leaving, _): return []
        }
    }

    private mutating func leave(_ words: [Utterance], _ reason: String) -> [VoiceStep] {
        state = .leaving(reason)
        return [.say(words)]
    }
}
