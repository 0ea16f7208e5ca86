// SPDX-License-Identifier: Apache-2.0

/// Which entries of the journal somebody wants to see.
///
/// What the system writes about strangers (bans, batches of events) is left out unless it is asked for: strangers decide how much
/// of that there is, and would push what people did out of sight.
public struct JournalQuery: Hashable, Sendable, Codable {
    public var limit: Int
    /// Only entries before this one; for looking further back. `nil` for the last ones.
    public var before: Int64?
    /// Only this action, `extension.add`; the system's own too, where one is named.
    public var action: String?
    /// Only what it was done to, where an action is named.
    public var subject: String?
    /// Also what the system wrote by itself.
    public var includesSystem: Bool

    public init(
        limit: Int,
        before: Int64? = nil,
        action: String? = nil,
        subject: String? = nil,
        includesSystem: Bool = false
    ) {
        (self.limit, self.before, self.action) = (limit, before, action)
        (self.subject, self.includesSystem) = (subject, includesSystem)
    }
}
