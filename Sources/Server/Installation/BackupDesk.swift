// SPDX-License-Identifier: Apache-2.0

public import Admin
import Foundation
public import Guard
import Model
import Primitives
import Store
import Synchronization

/// Makes the backups of one business, one after the other, on a thread of its own.
actor BackupDesk {
    private let store: RingfenceStore
    private let executor = StoreExecutor(label: "ringfence-backup")
    private let seen = Mutex<[BackupReport]?>(nil)

    init(_ store: RingfenceStore) { self.store = store }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Makes one in a folder, which has to be there.
    func make(in folder: String, at now: WallTime) throws(Refusal) -> BackupReport {
        guard let recipient = store.snapshot.backups?.recipient else { throw .noBackupKey }
        do {
            return try Installation(opening: store.path).backUp(store, for: recipient, to: folder, at: now)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw .notBackedUp(to: folder, error)
        }
    }

    /// Makes the backup of the night, and takes away those that are too many. Nothing where none was asked for.
    func makeNightly(at now: WallTime) throws {
        guard let settings = store.snapshot.backups, let folder = settings.folder else { return }
        _ = try make(in: folder, at: now)
        for old in list(folder).dropFirst(max(settings.count, 1)) {
            try FileManager.default.removeItem(atPath: old.path)
        }
        list()
    }

    /// Those in the folder of every night, the newest first.
    @discardableResult
    func list() -> [BackupReport] {
        let found = store.snapshot.backups?.folder.map(list) ?? []
        seen.withLock { $0 = found }
        return found
    }

    /// Those that were there when somebody last looked; `nil` where nobody has yet. The disk of another machine may never answer, and
    /// who asks this does not wait for it.
    nonisolated var lastSeen: [BackupReport]? { seen.withLock { $0 } }

    private func list(_ folder: String) -> [BackupReport] {
        PrivateFiles.names(in: folder)
            .compactMap { name in
                BackupFileName(parsing: name, of: store.snapshot.domain).map { (name, $0.madeAt) }
            }
            .sorted { $0.1 > $1.1 }
            .map { name, time in
                let path = "\(folder)/\(name)"
                let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
                return BackupReport(path: path, madeAt: time, size: size ?? 0)
            }
    }
}

/// `office.example-20261130T021500Z.ringfence`: of which business, and when it was made.
struct BackupFileName {
    let domain: DomainName
    let madeAt: WallTime

    init(of domain: DomainName, at now: WallTime) {
        // To the second, as it is written.
        (self.domain, madeAt) = (domain, WallTime(milliseconds: now.milliseconds / 1_000 * 1_000))
    }

    /// - Returns: `nil` for a file that is none of this business.
    init?(parsing name: String, of domain: DomainName) {
        let (start, end) = ("\(domain)-", ".ringfence")
        guard name.hasPrefix(start), name.hasSuffix(end) else { return nil }
        let digits = name.dropFirst(start.count).dropLast(end.count)
        guard let date = try? Date(String(digits), strategy: Self.style) else { return nil }
        self.init(of: domain, at: WallTime(milliseconds: Int64(date.timeIntervalSince1970) * 1_000))
        guard text == name else { return nil }
    }

    var text: String {
        let date = Date(timeIntervalSince1970: Double(madeAt.milliseconds / 1_000))
        return "\(domain)-\(date.formatted(Self.style)).ringfence"
    }

    private static let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
}

extension RingfenceServer: BackupKeeper {
    public func backUp(to folder: String) async throws(Refusal) -> BackupReport {
        try await backupDesk.make(in: folder, at: SystemClock.wall)
    }

    public func backups() async -> [BackupReport] { await backupDesk.list() }
}

extension Finding {
    /// Whether there is something to start again from.
    ///
    /// - Parameter backups: `nil` where nobody has looked yet.
    init(_ backups: [BackupReport]?, by settings: BackupSettings?, at now: WallTime) {
        let newest = backups?.first
        let isMade = settings?.folder != nil
        let isWell = !isMade || backups == nil || newest.map { now - $0.madeAt <= BackupRules.oldest } ?? false
        let made = newest.map { "the newest is of \($0.madeAt)" } ?? "there is none in the folder"
        self.init(
            "backups",
            of: "backups",
            isWell: isWell,
            finding: !isMade
                ? "none is made by itself; to have one each night: ringfence backup key, then ringfence backup nightly FOLDER"
                : backups == nil ? "nobody has looked for them yet" : made,
            remedy: isWell ? nil : "make one now and see what it says: ringfence backup create"
        )
    }
}

extension Refusal {
    fileprivate static func notBackedUp(to folder: String, _ error: any Error) -> Self {
        let reason: String
        var remedy = "look whether it is there, and whether the server may write to it: ls -ld \(folder)"
        switch StoreError(error) {
        case .system(_, let path, let code)?:
            reason = "\(path): \(String(cString: strerror(code)))"
            if code == ENOSPC || code == EDQUOT { remedy = "make room: df -h \(folder)" }
        case .database(.full, _)?:
            (reason, remedy) = ("a copy of the database finds no room beside it", "make room: df -h")
        default: reason = "\(error)"
        }
        return Self(problem: "No backup was made in \(folder).", reason: reason, remedy: remedy)
    }
}
