// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Guard
import Model

/// Looks whose the files of an installation are, and the folders that lead to it.
struct FolderOwners {
    let directory: String
    /// Whose they have to be, where they are not root's.
    let account: OwnerRules.Account

    /// - Parameter user: By default the account of this process.
    init(_ directory: String, of user: UInt32 = geteuid()) {
        self.directory = directory
        account = OwnerRules.Account(user: user, name: LocalAccounts.numbered(user).name)
    }

    /// The account that a folder belongs to; `nil` when there is none.
    static func owner(of directory: String) -> UInt32? { entry(directory, followsLinks: true)?.owner }

    /// Why nobody should work with what is there; `nil` where all is well. What does not exist is well.
    func refusal() -> Refusal? { parents() ?? folder() ?? files() }

    /// Every folder on the way, as it was named and as it really is: a link of somebody else's leads where that one wants.
    func parents() -> Refusal? {
        let real = Self.resolved(directory) ?? directory
        for path in Self.parents(of: directory) + (real == directory ? [] : Self.parents(of: real)) {
            guard let entry = Self.entry(path) else { continue }
            if let refusal = OwnerRules.refusal(ofParent: entry, of: account) { return refusal }
        }
        return nil
    }

    func folder() -> Refusal? {
        // As a link, and what it leads to.
        for followsLinks in [false, true] {
            guard let entry = Self.entry(directory, followsLinks: followsLinks) else { continue }
            let owner = LocalAccounts.numbered(entry.owner).name ?? "account number \(entry.owner)"
            if let refusal = OwnerRules.refusal(ofFolder: entry, of: account, ownerName: owner) { return refusal }
        }
        return nil
    }

    func files() -> Refusal? {
        for folder in [directory, directory + "/tls"] {
            for name in PrivateFiles.names(in: folder) {
                guard let entry = Self.entry(folder + "/" + name) else { continue }
                if let refusal = OwnerRules.refusal(ofFile: entry, of: account) { return refusal }
            }
        }
        return nil
    }

    /// `/`, `/var` and `/var/lib` for `/var/lib/ringfence`.
    private static func parents(of path: String) -> [String] {
        var parents = ["/"]
        for name in path.split(separator: "/").dropLast() {
            parents.append((parents.last == "/" ? "" : parents[parents.count - 1]) + "/" + name)
        }
        return parents
    }

    /// A link has no mode of its own: only its owner counts.
    private static func entry(_ path: String, followsLinks: Bool = false) -> OwnerRules.Entry? {
        let place = followsLinks ? resolved(path) : path
        guard let place, let attributes = try? FileManager.default.attributesOfItem(atPath: place),
            let owner = attributes[.ownerAccountID] as? NSNumber, let mode = attributes[.posixPermissions] as? NSNumber,
            let group = attributes[.groupOwnerAccountID] as? NSNumber
        else { return nil }
        let isLink = attributes[.type] as? FileAttributeType == .typeSymbolicLink
        return OwnerRules.Entry(
            path: path,
            owner: owner.uint32Value,
            group: group.uint32Value,
            mode: isLink ? 0o700 : mode.uint16Value
        )
    }

    /// Without links; `nil` when nothing is there.
    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}

extension Installation {
    /// - Throws: A refusal when a file, the folder or one that leads to it is not this account's or root's.
    func requireOwn() throws(Refusal) {
        if let refusal = FolderOwners(directory).refusal() { throw refusal }
    }
}
