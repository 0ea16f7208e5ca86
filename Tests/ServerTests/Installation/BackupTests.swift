// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Store
import Testing

@testable import Server

@Suite("Backup and restore of a business")
struct BackupTests {
    private let folder = TemporaryFolder()
    private let now = WallTime(milliseconds: 1_800_000_000_123)

    private func install() throws -> Installation {
        let request = try InstallationRequest(
            directory: folder.data,
            domain: try #require(DomainName(parsing: "example.com")),
            address: try #require(IPAddress(parsing: "192.0.2.10")),
            names: []
        )
        return try request.createWithStore(by: "a test", at: Date())
    }

    private func place(_ name: String) throws -> String {
        let path = folder.data + "-" + name
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private func remove(_ names: String...) {
        for name in names { try? FileManager.default.removeItem(atPath: folder.data + "-" + name) }
    }

    private func keep(_ key: RecoveryKey, _ folder: String?, in store: RingfenceStore, count: Int = 14) throws {
        let settings = BackupSettings(recipient: key.recipient, folder: folder, count: count)
        let draft = JournalDraft(actor: "a test", action: "backup.key", subject: key.recipient.name)
        _ = try store.change([.keepBackups(settings)], journal: [draft], at: now)
    }

    @Test func `a business comes back from a backup of a store that is in use, file by file`() async throws {
        defer { remove("backups", "restored") }
        let (made, key) = (try install(), RecoveryKey())
        let store = try made.openStore()
        try store.beginServing()
        let backups = try place("backups")
        try keep(key, backups, in: store)
        let desk = BackupDesk(store)
        let report = try await desk.make(in: backups, at: now)
        #expect(report.path == "\(backups)/example.com-20270115T080000Z.ringfence")
        #expect(await desk.list() == [report])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.data).allSatisfy { !$0.hasPrefix("backup") })
        let restored = folder.data + "-restored"
        let business = try Installation.restore(report.path, with: key, to: restored, by: "somebody", at: now)
        #expect(business.domain == "example.com" && business.notes == [] && business.entries >= 2)
        for name in ["installation.json", "seal.key", "tls/server.pem", "tls/server.key", "tls/ca.pem", "tls/ca.key"] {
            let (old, new) = (URL(filePath: "\(folder.data)/\(name)"), URL(filePath: "\(restored)/\(name)"))
            #expect(try Data(contentsOf: old) == Data(contentsOf: new), "\(name)")
            let modes = try [old, new].map {
                try FileManager.default.attributesOfItem(atPath: $0.path())[.posixPermissions] as? Int
            }
            #expect(modes[0] == modes[1], "\(name)")
        }
        let copy = try Installation(opening: restored).openStore()
        #expect(copy.snapshot.backups?.recipient.name == key.recipient.name && copy.shortcomings.isEmpty)
        #expect(try copy.verifyJournal().isIntact)
        #expect(try copy.journal().last?.action == "backup.restore")
    }

    @Test func `restoring destroys nothing, and leaves nothing behind where it fails`() async throws {
        defer { remove("backups", "restored") }
        let (made, key) = (try install(), RecoveryKey())
        let store = try made.openStore()
        let backups = try place("backups")
        try keep(key, backups, in: store)
        let report = try await BackupDesk(store).make(in: backups, at: now)
        func refusal(_ file: String, _ key: RecoveryKey, _ directory: String) -> Refusal? {
            do {
                _ = try Installation.restore(file, with: key, to: directory, by: "somebody", at: now)
                return nil
            } catch {
                return error as? Refusal
            }
        }
        #expect(refusal(report.path, key, folder.data)?.problem.contains("something in") == true)
        let restored = folder.data + "-restored"
        #expect(refusal(report.path, RecoveryKey(), restored)?.problem.contains("does not open") == true)
        #expect(refusal(folder.data + "/installation.json", key, restored)?.reason == "it does not begin like one")
        #expect(refusal("/nowhere", key, restored)?.reason.contains("No such file") == true)
        var bytes = Array(try Data(contentsOf: URL(filePath: report.path)))
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(filePath: backups + "/altered"))
        #expect(refusal(backups + "/altered", key, restored)?.problem.contains("not what was written") == true)
        for path in [restored, restored + ".restoring"] { #expect(!FileManager.default.fileExists(atPath: path)) }
        #expect(try Installation.verify(report.path, with: key, at: now).phones == 0)
    }

    @Test func `the newest stay, and no other file is touched`() async throws {
        defer { remove("backups") }
        let (made, key) = (try install(), RecoveryKey())
        let store = try made.openStore()
        let backups = try place("backups")
        try keep(key, backups, in: store, count: 2)
        for name in ["notes.txt", "example.org-20200101T000000Z.ringfence", "example.com-.ringfence"] {
            try Data([1]).write(to: URL(filePath: "\(backups)/\(name)"))
        }
        let desk = BackupDesk(store)
        for day in 0..<4 { try await desk.makeNightly(at: now + .seconds(86_400 * day)) }
        #expect(await desk.list().map(\.madeAt.milliseconds) == [1_800_259_200_000, 1_800_172_800_000])
        #expect(try FileManager.default.contentsOfDirectory(atPath: backups).count == 5)
    }

    @Test func `a backup that is too old is told of, and none at all is no alarm until somebody wants them`() throws {
        let settings = BackupSettings(recipient: RecoveryKey().recipient, folder: "/mnt/backup")
        let report = BackupReport(path: "/mnt/backup/one", madeAt: now, size: 1)
        #expect(Finding([], by: nil, at: now).isGood)
        #expect(Finding(nil, by: settings, at: now).isGood)
        #expect(!Finding([], by: settings, at: now).isGood)
        #expect(Finding([report], by: settings, at: now + .seconds(25 * 3_600)).isGood)
        #expect(!Finding([report], by: settings, at: now + .seconds(27 * 3_600)).isGood)
    }

    @Test func `a folder that is not there, or full, is said in words`() async throws {
        let (made, key) = (try install(), RecoveryKey())
        let store = try made.openStore()
        try keep(key, nil, in: store)
        let desk = BackupDesk(store)
        await #expect(throws: Refusal.self) { try await desk.make(in: folder.data + "-nowhere", at: now) }
        do throws(Refusal) {
            _ = try await desk.make(in: "/proc", at: now)
            Issue.record("a backup in /proc")
        } catch {
            #expect(error.problem == "No backup was made in /proc." && error.remedy.hasPrefix("look whether"))
        }
    }
}
