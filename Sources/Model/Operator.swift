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

/// Somebody who may run the phone system besides the account of the server and root: from an account of this machine, by the
/// portal, or both.
///
/// Their account is known by name and number together: when it is deleted, whoever gets its name or its number later is
/// somebody else.
public struct Operator: Hashable, Sendable, Codable {
    /// The name of the account, which is also the one that they sign in with.
    public let account: String
    /// Its number; `nil` for somebody who has no account of this machine and comes by the portal only.
    public let user: UInt32?
    public let role: Role
    /// Since when they have this role.
    public let since: WallTime

    public init(account: String, user: UInt32?, role: Role, since: WallTime) {
        (self.account, self.user, self.role, self.since) = (account, user, role, since)
    }

    public func `is`(_ identity: Identity) -> Bool {
        switch identity {
        case .account(let account): self.account == account.name && user == account.user
        case .signedIn(let name): self.account == name
        }
    }
}

extension Operator {
    /// - Returns: Whether somebody can sign in by that name: 1 to 64 letters, digits and `.-_@+` of ASCII, of which the first is
    ///   a letter or a digit.
    public static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count <= Limits.nameBytes, isLetterOrDigit(first) else { return false }
        return bytes.allSatisfy { isLetterOrDigit($0) || ".-_@+".utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension Sequence<Operator> {
    /// Whether the control socket has to be open to other accounts than that of the server and root.
    public var needControlSocket: Bool { contains { $0.user != nil } }
}
