// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Somebody who may run the system.
public struct OperatorReport: Hashable, Sendable, Codable {
    public let account: LocalAccount
    public let role: Role
    /// `nil` for the account of the server and root, who are owners because every file is theirs.
    public let since: WallTime?
    /// To the hour; `nil` when they were never here, and for the account of the server and root.
    public let lastSeen: WallTime?
    /// Whether this machine has the account still, under that name and number.
    public let exists: Bool

    public init(account: LocalAccount, role: Role, since: WallTime?, lastSeen: WallTime?, exists: Bool) {
        (self.account, self.role, self.since) = (account, role, since)
        (self.lastSeen, self.exists) = (lastSeen, exists)
    }
}
