// SPDX-License-Identifier: Apache-2.0

/// One step of the way that a call took inside the business, for its record.
public struct CallStep: Hashable, Sendable {
    /// Why it went on. The raw value is what is kept.
    public enum Reason: String, CaseIterable, Hashable, Sendable {
        /// A setting of the extension.
        case always
        case busy
        case noAnswer = "no-answer"
        case unreachable
        /// The extension is looked for there.
        case follow
        /// A phone sent it on (RFC 3261 §21.3).
        case phone
        /// The group rang a member.
        case member
        /// Nobody of the group took it.
        case nobody
        /// The business is closed.
        case closed
        /// It was parked, and taken from there, or came back.
        case parked
        /// The caller chose it in a menu.
        case chosen
        /// It waited in a queue, and its turn came, or its time was over.
        case waited
        /// Somebody outside sent it here, by a provider's word (RFC 5806, RFC 7044).
        case diverted
    }

    public let from: Participant
    public let reason: Reason
    public let to: Participant

    public init(from: Participant, _ reason: Reason, to: Participant) {
        (self.from, self.reason, self.to) = (from, reason, to)
    }

    /// `101 no-answer 102`. No participant has a blank in it.
    public var text: String { "\(from.text) \(reason.rawValue) \(to.text)" }

    /// Reads ``text``.
    public init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, let from = Participant(parsing: parts[0]),
            let reason = Reason(rawValue: String(parts[1])), let to = Participant(parsing: parts[2])
        else { return nil }
        self.init(from: from, reason, to: to)
    }
}

extension CallStep: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a step of a call is '101 busy 102'", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}
