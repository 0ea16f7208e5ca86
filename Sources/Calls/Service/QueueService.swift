// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives

/// Waits with somebody until a member of a group takes their call: says how many are before them, and plays music.
struct QueueService: VoiceService {
    private enum State: Sendable {
        case waiting
        /// Members ring.
        case trying
        /// It rings where who waited for too long goes.
        case overflowing
        case leaving(String)
    }

    private let group: ShortName
    private var state = State.waiting
    /// How often in a row members rang and nobody took the call.
    private var untaken = 0

    init(_ group: ShortName) { self.group = group }

    var patience: Duration? {
        switch state {
        // Phones that refuse by themselves are not rung every few seconds.
        case .waiting: Limits.queueLook * min(1 + 2 * untaken, Limits.queueBackOff)
        case .leaving: Limits.farewell
        case .trying, .overflowing: nil
        }
    }

    mutating func take(_ input: VoiceInput) -> [VoiceStep] {
        switch (state, input) {
        case (.leaving(let reason), .said), (.leaving(let reason), .waited): return [.leave(reason)]
        case (.leaving, _): return []
        case (.waiting, .began): return [.queue(.join)]
        case (.waiting, .queue(let news)): return take(news)
        case (.waiting, .waited): return [.queue(.look)]
        case (.trying, .untaken):
            state = .waiting
            untaken += 1
            return []
        case (.overflowing, .untaken): return leave(.phrases(.nobodyAvailable), "nobody took the call")
        case (.waiting, .said), (.trying, .said), (.overflowing, .said): return [.play]
        case (_, .unkept): return leave([], "its sound was lost")
        case (_, .began), (_, .pressed), (_, .recorded), (_, .answered), (_, .waited), (_, .untaken), (_, .room),
            (_, .queue):
            return []
        }
    }

    private mutating func take(_ news: QueueNews) -> [VoiceStep] {
        switch news {
        case .place(let before):
            guard before > 0 else { return [.say(.phrases(.youAreNext))] }
            return [.say(.phrases(.thereAre) + [.count(before)] + .phrases(.callsWaiting))]
        case .turn:
            state = .trying
            return [.connect(.group(group), isDialled: false)]
        case .over(let target): return go(target)
        }
    }

    private mutating func go(_ target: VoiceMenu.Target) -> [VoiceStep] {
        if let service = target.service {
            state = .leaving("where its queue leads is gone")
            return [.become(service)]
        }
        guard case .to(let destination) = target else {
            return leave(.phrases(.nobodyAvailable), "it waited for too long")
        }
        state = .overflowing
        return [.connect(destination, isDialled: false)]
    }

    private mutating func leave(_ words: [Utterance], _ reason: String) -> [VoiceStep] {
        state = .leaving(reason)
        return [.say(words + .phrases(.goodbye))]
    }
}
