// SPDX-License-Identifier: Apache-2.0

import Admin
public import Foundation
import Glibc
import Guard
public import Model
import Primitives
import Store

extension InstallationRequest {
    /// Makes the folder and everything in it: certificate, store, first journal entry.
    ///
    /// - Parameters:
    ///   - actor: Who is doing it, for the journal.
    ///   - network: Where it is reached; the first start chooses what is not said.
    ///   - owner: Who is invited to the portal; `nil` for nobody.
    ///   - asksBeforeCalls: Whether no call leaves before defaults are gone and alerts arrive.
    /// - Throws: A refusal for what a person can mend. Nothing is left behind then.
    public func createWithStore(
        by actor: String,
        at now: Date,
        network: NetworkSettings = NetworkSettings(),
        owner: FirstOwner? = nil,
        asksBeforeCalls: Bool = false
    ) throws -> Installation {
        try create(at: now) { installation in
            let time = WallTime(milliseconds: Int64(now.timeIntervalSince1970 * 1_000))
            do {
                let store = try RingfenceStore.create(
                    directory: installation.directory,
                    domain: domain,
                    by: actor,
                    at: time
                )
                if !network.changes.isEmpty {
                    _ = try store.change(network.changes, journal: [network.draft("network.set", by: actor)], at: time)
                }
                if asksBeforeCalls {
                    let draft = JournalDraft(actor: actor, action: AskGoLive.name, subject: "go-live")
                    _ = try store.change([.outside(.goLive(.asked(since: time)))], journal: [draft], at: time)
                }
                try owner?.invite(to: store, by: actor, at: time)
            } catch let error as StoreError {
                throw Refusal(error, in: installation.directory)
            }
        }
    }
}

extension Installation {
    /// - Throws: A refusal when another server has it open, or its files are damaged, exposed or somebody else's.
    func openStore(log: RecordLog? = nil) throws -> RingfenceStore {
        try requireOwn()
        let store: RingfenceStore
        do {
            store = try RingfenceStore.open(directory: directory, log: log)
        } catch {
            throw translated(error)
        }
        guard store.snapshot.domain == DomainName(parsing: settings.domain) else {
            throw Refusal.otherDomain(settings.domain, than: store.snapshot.domain, in: directory)
        }
        return store
    }

    /// What the database or its files said, for a person.
    func translated(_ error: any Error) -> any Error {
        StoreError(error).map { Refusal($0, in: directory) } ?? error
    }
}

extension Refusal {
    /// What the store says, for a person.
    init(_ error: StoreError, in directory: String) {
        switch error {
        case .notADataDirectory:
            self.init(
                problem: "There is no phone system in \(directory).",
                reason: "its database or its seal key is missing",
                remedy: "put the whole folder back from a backup, or make a new one: ringfence init --data DIR"
            )
        case .alreadyInitialised:
            self.init(
                problem: "There is a phone system in \(directory) already.",
                reason: "making a new one would destroy its extensions and call records",
                remedy: "start it: ringfence serve --data \(directory)"
            )
        case .exposed(let path, let mode):
            self.init(
                .credentialDelivery,
                problem: "The phone system in \(directory) does not start.",
                reason:
                    "other accounts of this machine can use \(path) (mode \(String(mode, radix: 8))), which holds secrets",
                remedy: "close it: chmod go= \(path)"
            )
        case .inUse:
            self.init(
                problem: "The phone system in \(directory) is running already.",
                reason: "two servers on one folder would write over each other's records",
                remedy: "look at the one that runs: ringfence doctor --data \(directory)"
            )
        case .sealBroken(let device, let reason):
            self.init(
                .credentialDelivery,
                problem: "The phone system in \(directory) does not start.",
                reason: "the secret of phone \(device) cannot be opened: \(reason)",
                remedy: "put seal.key back together with the database it belongs to"
            )
        case .damaged(let what):
            self.init(
                problem: "The phone system in \(directory) does not start.",
                reason: "its database is damaged: \(what)",
                remedy: "put the folder back from the last backup"
            )
        case .database(let trouble, let message):
            self.init(
                problem: "The phone system in \(directory) does not start.",
                reason: "its database says no: \(message)",
                remedy: Self.remedy(for: trouble, in: directory)
            )
        case .twin:
            self.init(
                problem: "The business in \(directory) is not served.",
                reason:
                    "its folder is a copy of another one that this process serves, and their records would be mixed up",
                remedy: "take the copy away, or serve it by a process of its own: ringfence serve --data \(directory)"
            )
        case .logFull(let path):
            self.init(
                problem: "Call records of the phone system in \(directory) find no room.",
                reason: "\(path) is full, because the database has taken none of the records in it for long",
                remedy: Self.remedy(for: ENOSPC, in: directory)
            )
        case .newer:
            self.init(
                problem: "The phone system in \(directory) does not start.",
                reason: "its database was made by a newer version of Ringfence, and this one would not understand it",
                remedy: "start the newer program again: ringfence --version"
            )
        case .system(let call, let path, let code):
            self.init(
                problem: "The files of the phone system in \(directory) cannot be used.",
                reason: "\(call) of \(path) answered: \(String(cString: strerror(code)))",
                remedy: Self.remedy(for: code, in: directory)
            )
        }
    }

    private static func remedy(for trouble: DatabaseTrouble, in directory: String) -> String {
        switch trouble {
        case .full: remedy(for: ENOSPC, in: directory)
        case .readOnly: remedy(for: EROFS, in: directory)
        case .failing: remedy(for: EIO, in: directory)
        case .damaged: "keep a copy of the folder, then put it back from the last backup"
        case .locked: "end the other program that has it open: fuser -v \(directory)/ringfence.sqlite"
        case .unknown: "look what is wrong with it: ringfence doctor --data \(directory)"
        }
    }

    /// What helps when the system said no.
    static func remedy(for code: Int32, in directory: String) -> String {
        switch code {
        case ENOSPC, EDQUOT: "make room on its disk: df -h \(directory)"
        case EROFS: "make its disk writable again, and look why it is not: dmesg; mount | grep 'ro,'"
        case EIO:
            "look whether its disk is full: df -h \(directory). If it is not, it may be failing: dmesg; then put the folder back "
                + "from a backup on another one"
        default: "run the command as the account that owns the folder: ls -ld \(directory)"
        }
    }
}

extension Refusal {
    fileprivate static func otherDomain(_ domain: String, than kept: DomainName, in directory: String) -> Self {
        Self(
            problem: "The phone system in \(directory) does not start.",
            reason:
                "installation.json says \(domain), and the passwords in its database are for \(kept): no phone could log in",
            remedy:
                "put the whole folder back from a backup, or write \(kept) as the domain into installation.json again"
        )
    }
}
