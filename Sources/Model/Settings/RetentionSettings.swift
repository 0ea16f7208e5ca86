// SPDX-License-Identifier: Apache-2.0

/// How long what tells of people is kept.
public struct RetentionSettings: Hashable, Sendable, Codable {
    /// Days after which a record of a call is deleted. Budgets and bills need some weeks of them.
    public var recordDays: Int
    /// Days after which a voice message is deleted.
    public var messageDays: Int
    /// Why nothing is deleted while it is held: a court or an investigation wants it.
    public var hold: String?

    public init(recordDays: Int = 400, messageDays: Int = 90, hold: String? = nil) {
        (self.recordDays, self.messageDays, self.hold) = (recordDays, messageDays, hold)
    }
}
