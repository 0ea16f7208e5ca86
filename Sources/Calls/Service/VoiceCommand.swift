// SPDX-License-Identifier: Apache-2.0

public import Media
public import Model
public import Primitives

/// What is said to somebody in a call to a service; whoever has the sounds puts it together.
public enum Utterance: Hashable, Sendable {
    case phrase(Phrase)
    /// Digit by digit.
    case digits(String)
    /// As a number of things.
    case count(Int)
    case time(WallTime)
    case pause
    /// From here on it is recorded.
    case tone
    case message(MessageID, in: ExtensionNumber)
    /// What was recorded for it; these words where nothing was.
    indirect case recorded(Greeting, else: [Utterance])
    /// What was recorded for it last, and not kept yet.
    case draft(Greeting)
    /// What somebody hears while it rings elsewhere, once.
    case ringback
}

/// Sentences and parts of sentences, by what they say and not by how.
public enum Phrase: Sendable {
    /// Nobody is there to take the call.
    case nobodyAvailable
    /// How to leave a message.
    case leaveMessage
    /// The mailbox is full, or the disk.
    case mailboxFull
    case messageSaved
    case goodbye
    case enterPIN
    case wrongPIN
    case youHave
    case none
    case new
    case old
    case message
    case messages
    case first
    case received
    case fromNumber
    case unknownCaller
    case deleted
    case noMore
    /// What can be done with a message: hear it again, delete it, keep it, hear the next one.
    case repeatIt
    case deleteIt
    case keepIt
    case nextOne
    /// What a menu says: for extension 101 press 1.
    case `for`
    case `extension`
    case press
    case star
    case pound
    case enterNumber
    /// Nobody has the extension, or it is not to be reached.
    case invalid
    /// What is recorded from the tone on, and what can be done with it.
    case recordGreeting
    case reviewGreeting
    /// At the door of a conference room, and in it.
    case enterRoomPIN
    case wrongRoomPIN
    case aloneInRoom
    case awaitModerator
    case moderatorLeft
    case roomFull
    /// In a queue: there are 3 calls waiting.
    case youAreNext
    case thereAre
    case callsWaiting
}

/// What is asked of a mailbox or of a room. A phone waits for the answer.
public struct MailboxAsk: Sendable {
    public enum What: Sendable {
        /// Whether these digits are its PIN.
        case compare(Redacted<String>)
        /// Whether these digits are the PIN of a conference room.
        case open(ShortName, Redacted<String>)
        case list
        case keep(MessageID)
        case delete(MessageID)
        case keepGreeting(Greeting)
    }

    public let what: What
    /// Of a room, the number that it has inside.
    public let mailbox: ExtensionNumber
    /// By their credential, or by a provider's word.
    public let caller: Participant
    public let source: IPAddress
}

public enum MailboxAnswer: Sendable {
    /// The PIN is right, or what was asked for is done.
    case done
    case wrong
    /// It takes no PIN for a while.
    case waits
    case messages([StoredMessage])
    /// The disk, or whoever compares, said no.
    case failed
}

/// A message that is to be recorded.
public struct MessageDraft: Sendable {
    public let mailbox: ExtensionNumber
    public let caller: Participant
    public let at: WallTime
    public let terms: StudioLine.RecordingTerms
}

/// What services want done where sound is.
public enum VoiceCommand: Sendable {
    case begin(RelayID, StudioFormat)
    /// Comes back as ``VoiceNews/said(_:)`` with the number.
    case say(RelayID, [Utterance], UInt64)
    /// Music, until something else is said.
    case play(RelayID)
    case hush(RelayID)
    case record(RelayID, MessageDraft)
    /// What callers are to hear, by a phone of this extension.
    case recordGreeting(RelayID, Greeting, by: ExtensionNumber, at: WallTime, StudioLine.RecordingTerms)
    case endRecording(RelayID)
    /// Lets them talk with all others of a conference.
    case join(RelayID, ConferenceID)
    case end(RelayID)
    /// Answered by ``Switchboard/answered(_:_:_:)``.
    case ask(MailboxAsk, Ticket)
}

/// What happened where sound is.
public enum VoiceNews: Hashable, Sendable {
    case said(UInt64)
    case pressed(PhoneKey)
    /// Nobody said anything more, or it was long enough.
    case recorded
    /// It could not be kept.
    case unkept
    /// There is no room for the call.
    case full
}
