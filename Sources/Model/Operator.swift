// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// An account of this machine, as the kernel and the list of accounts name it.
public struct LocalAccount: Hashable, Sendable, Codable {
    /// `nil` for a number that has no name (any more).
    public let name: String?
    /// The kernel's number for it (`uid_t`).
    public let user: UInt32

    /// - Parameter name: Taken as `nil` where it is not 1 to 64 printable characters of ASCII without a space: it is shown
    ///   to people, and stands in the journal.
    public init(name: String?, user: UInt32) {
        self.name = name.flatMap { Self.isShown($0) ? $0 : nil }
        self.user = user
    }

    private static func isShown(_ name: String) -> Bool {
        (1...Limits.nameBytes).contains(name.utf8.count) && name.utf8.allSatisfy { 0x21...0x7E ~= $0 }
    }
}

extension LocalAccount: CustomStringConvertible {
    /// `alice (uid 1001)`.
    public var description: String { name.map { "\($0) (uid \(user))" } ?? "uid \(user)" }
}

/// Somebody who may run the phone system from an account of this machine, besides the account of the server and root.
///
/// He is known by name and number together: when the account is deleted, whoever gets its name or its number later is
/// somebody else.
public struct Operator: Hashable, Sendable, Codable {
    /// The name of the account.
    public let account: String
    /// Its number.
    public let user: UInt32
    public let role: Role
    /// Since when he has this role.
    public let since: WallTime

    public init(account: String, user: UInt32, role: Role, since: WallTime) {
        (self.account, self.user, self.role, self.since) = (account, user, role, since)
    }

    public func `is`(_ identity: Identity) -> Bool {
        switch identity {
        case .account(let account): self.account == account.name && user == account.user
        }
    }
}
