// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives

/// What tells of people and is kept: voice messages, greetings, and records of calls.
public struct KeptFacts: Sendable {
    /// A file in which somebody speaks.
    public struct Sound: Hashable, Sendable {
        public let path: String
        public let shortcoming: StoredAudioRules.Shortcoming?

        public init(path: String, shortcoming: StoredAudioRules.Shortcoming?) {
            (self.path, self.shortcoming) = (path, shortcoming)
        }
    }

    public var sounds: [Sound]
    /// Messages that were opened with the key, to the end.
    public var opened: Int
    /// Mailboxes with the number of messages in them that do not open: changed, or sealed with another key.
    public var closed: [ExtensionNumber: Int]
    /// When the oldest message was received.
    public var oldestMessage: WallTime?
    /// When the oldest call began whose record is kept.
    public var oldestRecord: WallTime?

    public init(
        sounds: [Sound],
        opened: Int,
        closed: [ExtensionNumber: Int],
        oldestMessage: WallTime?,
        oldestRecord: WallTime?
    ) {
        (self.sounds, self.opened, self.closed) = (sounds, opened, closed)
        (self.oldestMessage, self.oldestRecord) = (oldestMessage, oldestRecord)
    }
}
