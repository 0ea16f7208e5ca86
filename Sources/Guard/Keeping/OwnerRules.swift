// SPDX-License-Identifier: Apache-2.0

import Model

/// Whose the files of an installation are, and whose the folders that lead to it: the account's that the server runs under, or
/// root's. Whoever owns a file can change it whatever its mode says, and whoever can write to a folder can put another one in its
/// place.
public enum OwnerRules {
    /// An account of this machine.
    public struct Account: Hashable, Sendable {
        public let user: UInt32
        /// For a command line: its name, or its number where it has none.
        public let name: String

        public init(user: UInt32, name: String?) {
            (self.user, self.name) = (user, name ?? "\(user)")
        }
    }

    /// A file or folder as the system has it.
    public struct Entry: Hashable, Sendable {
        public let path: String
        public let owner: UInt32
        public let group: UInt32
        /// The permission bits, `0o1777`.
        public let mode: UInt16

        public init(path: String, owner: UInt32, group: UInt32 = 0, mode: UInt16) {
            (self.path, self.owner, self.group, self.mode) = (path, owner, group, mode)
        }

        /// Whether somebody else may write to it. Many systems give each account a group of its own, with its number, and let
        /// that group write; root's group is root.
        var isOpen: Bool {
            mode & 0o002 != 0 || (mode & 0o020 != 0 && group != 0 && group != owner)
        }
    }

    public static func isTrusted(_ owner: UInt32, by account: Account) -> Bool { owner == 0 || owner == account.user }

    /// Why the server does not work with a folder that is to be its own; `nil` when it may.
    public static func refusal(ofFolder folder: Entry, of account: Account, ownerName: String) -> Refusal? {
        guard !isTrusted(folder.owner, by: account) else { return nil }
        return Refusal(
            .credentialDelivery,
            problem: "The folder \(folder.path) belongs to another account.",
            reason:
                "it belongs to \(ownerName) and not to \(account.name), which runs this command: \(ownerName) could put keys "
                + "of their own into it",
            remedy: "run the command as \(ownerName), if that is the server's account; otherwise choose a folder of "
                + "\(account.name) with --data"
        )
    }

    /// The same for a file in that folder, or a folder in it.
    public static func refusal(ofFile file: Entry, of account: Account) -> Refusal? {
        guard !isTrusted(file.owner, by: account) else { return nil }
        return Refusal(
            .credentialDelivery,
            problem: "\(file.path) belongs to another account than the phone system.",
            reason:
                "account number \(file.owner) can change it at any time; the phone system runs under \(account.name)",
            remedy: "find out how it came there and put it back from a backup; then: chown \(account.name) \(file.path)"
        )
    }

    /// Why a folder that leads to it cannot be trusted; `nil` when it can. In one with the sticky bit, as `/tmp` is, others
    /// cannot move what is not theirs.
    public static func refusal(ofParent parent: Entry, of account: Account) -> Refusal? {
        let isSticky = parent.mode & 0o1000 != 0
        let isTrusted = isTrusted(parent.owner, by: account)
        guard !isTrusted || (parent.isOpen && !isSticky) else { return nil }
        let others = isTrusted ? "the accounts that may write to it" : "account number \(parent.owner)"
        return Refusal(
            .credentialDelivery,
            problem: "Others on this machine can put another phone system in the place of this one.",
            reason: "\(others) can rename what is in \(parent.path) (mode \(String(parent.mode, radix: 8)))",
            remedy: isTrusted
                ? "chmod go-w \(parent.path)"
                : "move the phone system into a folder of \(account.name) or root, such as /var/lib"
        )
    }
}
