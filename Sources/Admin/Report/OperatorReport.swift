// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Somebody who may run the system.
public struct OperatorReport: Hashable, Sendable, Codable {
    /// What they are called in commands.
    public let name: String?
    /// `nil` for somebody who has none on this machine.
    public let account: LocalAccount?
    public let role: Role
    /// `nil` for the account of the server and root, who are owners because every file is theirs.
    public let since: WallTime?
    /// To the hour; `nil` when they were never here, and for the account of the server and root.
    public let lastSeen: WallTime?
    /// Whether this machine has the account still, under that name and number.
    public let exists: Bool
    /// Whether they can sign in to the portal.
    public let signsIn: Bool
    /// When a link that was made for them begins to take away what they sign in with; `nil` where there is none.
    public let replacedFrom: WallTime?

    public init(
        name: String?,
        account: LocalAccount?,
        role: Role,
        since: WallTime?,
        lastSeen: WallTime?,
        exists: Bool,
        signsIn: Bool,
        replacedFrom: WallTime? = nil
    ) {
        (self.name, self.account, self.role, self.since) = (name, account, role, since)
        (self.lastSeen, self.exists, self.signsIn) = (lastSeen, exists, signsIn)
        self.replacedFrom = replacedFrom
    }

    /// For a sentence: `alice (uid 1001)`, `alice`.
    public var words: String { account?.description ?? name ?? "somebody" }
}
