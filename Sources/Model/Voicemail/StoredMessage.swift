// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What a message is called: 32 hexadecimal digits, never a path.
public struct MessageID: Hashable, Sendable, Codable {
    public let text: String

    public init?(parsing text: some StringProtocol) {
        guard text.utf8.count == 32, text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
            return nil
        }
        self.text = String(text)
    }

    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a message has 32 hexadecimal digits", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}

/// What somebody said into a mailbox.
public struct StoredMessage: Hashable, Sendable, Codable {
    /// What a sealed file of sound begins with (`Docs/decisions/0044-voice-messages.md`).
    public static let letters = Array("RFV1".utf8)

    public let id: MessageID
    public let mailbox: ExtensionNumber
    public let caller: Participant
    public let receivedAt: WallTime
    /// Of sound.
    public let seconds: Int
    /// Whether nobody has kept it yet.
    public let isNew: Bool

    public init(
        _ id: MessageID,
        in mailbox: ExtensionNumber,
        from caller: Participant,
        at receivedAt: WallTime,
        seconds: Int,
        isNew: Bool
    ) {
        (self.id, self.mailbox, self.caller) = (id, mailbox, caller)
        (self.receivedAt, self.seconds, self.isNew) = (receivedAt, seconds, isNew)
    }
}
