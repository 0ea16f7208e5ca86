// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// One line of the journal: who changed what, and the hash that chains it to the line before.
public struct JournalEntry: Hashable, Sendable, Codable {
    /// Counts from 1 without a gap.
    public let sequence: Int64
    public let at: WallTime
    public let actor: String
    /// Noun and verb: `extension.add`.
    public let action: String
    /// What it was done to: an extension's number, a device's identifier.
    public let subject: String
    /// Old and new values as JSON with sorted keys. Never a secret.
    public let detail: String
    /// The hash of the entry before, in hexadecimal; 64 zeros for the first.
    public let previous: String
    /// HMAC-SHA-256 over everything above with a key that is kept outside the database, in hexadecimal.
    public let hash: String

    public init(
        sequence: Int64,
        at: WallTime,
        actor: String,
        action: String,
        subject: String,
        detail: String,
        previous: String,
        hash: String
    ) {
        (self.sequence, self.at, self.actor, self.action) = (sequence, at, actor, action)
        (self.subject, self.detail, self.previous, self.hash) = (subject, detail, previous, hash)
    }
}
