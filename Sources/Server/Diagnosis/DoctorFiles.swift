// SPDX-License-Identifier: Apache-2.0

import Audit
import Foundation
import Glibc
import Guard
import Model

extension Doctor {
    /// Below this there is no room for a day of call records.
    private static let leastDiskSpace = 200 * 1_024 * 1_024
    private static let comfortableDiskSpace = 2 * 1_024 * 1_024 * 1_024
    /// A phone takes one descriptor, and so does a call on its way.
    private static let leastDescriptors = 4_096

    /// Owner and modes of everything that holds a secret.
    func folder() -> Finding {
        let secrets = ["installation.json", "seal.key", "tls/server.key", "tls/ca.key"].map {
            installation.directory + "/" + $0
        }
        // A server with operators has opened its socket, and they pass through the folder to it.
        let hasOperators = mode(installation.controlSocket) == 0o666
        let isPassage = hasOperators && mode(installation.directory) == 0o711
        if !isPassage, mode(installation.directory) != 0o700 {
            return exposed(installation.directory, wanted: hasOperators ? "711" : "700")
        }
        let certificates = installation.directory + "/tls"
        guard mode(certificates) == 0o700 else { return exposed(certificates, wanted: "700") }
        for file in secrets where FileManager.default.fileExists(atPath: file) && mode(file) != 0o600 {
            return exposed(file, wanted: "600")
        }
        for sound in KeptFacts.Sound.all(in: installation.directory) {
            switch sound.shortcoming {
            case .open: return exposed(sound.path, wanted: "600")
            case .unsealed: return unsealed(sound.path)
            case nil: break
            }
        }
        guard access(installation.directory, R_OK | W_OK | X_OK) == 0 else {
            return Finding(
                .folder,
                .critical,
                "This account cannot use \(installation.directory)",
                remedy: "Run the command as the account that runs 'ringfence serve', or as root."
            )
        }
        if let stranger = stranger() { return stranger }
        let owner = FolderOwners.owner(of: installation.directory).map(LocalAccounts.numbered)
        let name = owner.map { $0.name ?? "number \($0.user)" } ?? "unknown"
        let title = "The folder \(installation.directory) belongs to one account, \(name)"
        return Finding(.folder, .good, isPassage ? title + "; operators reach its control socket" : title)
    }

    /// Whoever owns the folder is who can serve it: everything in it is that account's or root's.
    private func stranger() -> Finding? {
        guard let owner = FolderOwners.owner(of: installation.directory),
            let refusal = FolderOwners(installation.directory, of: owner).refusal()
        else { return nil }
        return Finding(
            .folder,
            .critical,
            refusal.problem,
            evidence: "Because \(refusal.reason).",
            remedy: "To mend it, \(refusal.remedy)."
        )
    }

    private func exposed(_ path: String, wanted: String) -> Finding {
        Finding(
            .folder,
            .critical,
            "Other accounts of this machine can reach \(path)",
            evidence: "It holds the phone system's secrets.",
            remedy: "Close it: chmod \(wanted) \(path)"
        )
    }

    private func unsealed(_ path: String) -> Finding {
        Finding(
            .folder,
            .critical,
            "A file among the voice messages is not sealed: \(path)",
            evidence: "The server did not write it.",
            remedy: "Find out who put it there, then remove it: rm \(path)"
        )
    }

    private func mode(_ path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int
    }

    /// A clock that is wrong makes certificates look expired and call records worthless.
    func clock() -> Finding {
        let settings = Installation.settingsPath(installation.directory)
        let made = (try? FileManager.default.attributesOfItem(atPath: settings))?[.modificationDate] as? Date
        // The file is older than the present, unless the present is wrong.
        guard let made, made.addingTimeInterval(-60) > now else {
            return Finding(.clock, .good, "The clock says \(now.minute) UTC")
        }
        return Finding(
            .clock,
            .critical,
            "The clock says \(now.minute) UTC, before this phone system was made",
            evidence: "Phones will refuse the certificate.",
            remedy: "Set it and keep it set: timedatectl set-ntp true"
        )
    }

    func fileDescriptors() -> Finding {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let most = limit.rlim_max > UInt(Int.max) ? Int.max : Int(limit.rlim_max)
        guard most >= Self.leastDescriptors else {
            return Finding(
                .fileDescriptors,
                .warning,
                "This account may open \(most) files",
                evidence: "Each phone takes one.",
                remedy: "Raise it before you start the server: ulimit -Hn 65536"
            )
        }
        return Finding(.fileDescriptors, .good, "There is room for \(most) connections")
    }

    func diskSpace() -> Finding {
        var status = statvfs()
        guard statvfs(installation.directory, &status) == 0 else {
            return Finding(.diskSpace, .critical, "The disk of \(installation.directory) cannot be asked for its space")
        }
        let free = Int(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue
        )
        let title = "\(free / 1_048_576) MiB are free on the disk"
        guard free < Self.comfortableDiskSpace else { return Finding(.diskSpace, .good, title) }
        return Finding(
            .diskSpace,
            free < Self.leastDiskSpace ? .critical : .warning,
            title,
            evidence: "A call whose record cannot be written is not connected.",
            remedy: "Make room: df -h \(installation.directory)"
        )
    }
}

extension Date {
    /// `2026-11-21 07:00`, in UTC.
    var minute: String { String(ISO8601Format().prefix(16).replacing("T", with: " ")) }
}
