// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives

/// A PIN on its way between a person and the server.
///
/// Its JSON holds it in clear: whoever encodes it is delivering it. Printed in any other way it shows as «redacted».
public struct MailboxPIN: Sendable {
    public let digits: Redacted<String>

    public init(_ digits: Redacted<String>) { self.digits = digits }
}

extension MailboxPIN: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.digits.reveal { mine in right.digits.reveal { theirs in copy mine == copy theirs } }
    }

    /// Of nothing: a hash of a secret would tell something of it.
    public func hash(into hasher: inout Hasher) {}
}

extension MailboxPIN: Codable {
    public init(from decoder: any Decoder) throws {
        digits = Redacted(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try digits.reveal { text in try container.encode(copy text) }
    }
}

/// What a mailbox is like.
public struct MailboxReport: Hashable, Sendable, Codable {
    public let `extension`: ExtensionNumber
    /// Since when it has a PIN; `nil` while nobody can listen by one.
    public let pinSince: WallTime?
    public let asksOwnPhones: Bool
    public let new: Int
    public let old: Int
    /// Told once, when it is made.
    public var pin: MailboxPIN?
}

/// Keeps voice messages beside the settings. Implemented by `Server`.
public protocol VoiceKeeper: Sendable {
    /// What is kept of a PIN.
    func hash(pin: Redacted<String>) async throws(Refusal) -> Redacted<String>
    /// Messages were deleted: lamps follow.
    func followMessages(of number: ExtensionNumber) async
}
