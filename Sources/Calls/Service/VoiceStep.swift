// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives

/// What somebody in a service does, and what comes of what the service asked for.
enum VoiceInput: Sendable {
    case began
    /// What was said last has been said to its end.
    case said
    case pressed(PhoneKey)
    case recorded
    case unkept
    case answered(MailboxAnswer)
    /// Nothing happened for as long as it waited.
    case waited
    /// Nobody took the call where it was to be connected; whether it rang there at all.
    case untaken(rang: Bool)
    case room(RoomNews)
    case queue(QueueNews)
}

/// What somebody who waits in a queue is told.
enum QueueNews: Hashable, Sendable {
    /// So many wait before them.
    case place(before: Int)
    /// They are the next.
    case turn
    /// They have waited for too long.
    case over(VoiceMenu.Target)
}

/// What somebody does in a queue.
enum QueueStep: Hashable, Sendable {
    case join
    /// Whether it is their turn; comes back as ``VoiceInput/queue(_:)``, or not at all.
    case look
}

/// What somebody who knows the PIN of a conference room meets there.
enum RoomNews: Hashable, Sendable {
    /// They are heard by so many others.
    case admitted(others: Int)
    /// Its moderator is not there yet.
    case waits
    case full
    /// Its moderator has left, and did not come back.
    case over
}

/// What a service does next.
enum VoiceStep: Sendable {
    case say([Utterance])
    case record
    case recordGreeting(Greeting)
    case endRecording
    case ask(MailboxAsk.What)
    /// Rings somebody, who gets the call; or else comes back as ``VoiceInput/untaken(rang:)``.
    case connect(Destination, isDialled: Bool)
    /// Lets another service take over.
    case become(CallService)
    /// Lets them into a conference room; comes back as ``VoiceInput/room(_:)``.
    case enter(ShortName)
    case queue(QueueStep)
    /// Plays music until something is said.
    case play
    /// Hangs up.
    case leave(String)
}

/// A service that speaks and listens: a value that knows neither calls nor sound.
protocol VoiceService: Sendable {
    /// - Returns: What it does, in order.
    mutating func take(_ input: VoiceInput) -> [VoiceStep]
    /// How long it waits when nothing is said; `nil` for as long as the call lasts.
    var patience: Duration? { get }
}

extension [Utterance] {
    static func phrases(_ phrases: Phrase...) -> [Utterance] { phrases.map { .phrase($0) } }
}

extension VoiceMenu.Target {
    /// The service that takes a call over which goes there; `nil` where phones ring, and where it ends.
    var service: CallService? {
        switch self {
        case .to(.menu(let name)): .menu(name)
        case .to(.room(let name)): .room(name)
        case .mailbox(let number): .deposit(number)
        case .to(.extension), .to(.group), .hangUp: nil
        }
    }
}
