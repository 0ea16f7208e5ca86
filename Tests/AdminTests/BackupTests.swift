// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("ringfence backup")
struct BackupTests {
    @Test func `a recovery key is shown once, and the business keeps only whom it seals for`() async throws {
        let office = try Office()
        #expect(try await office.run(ShowBackups()).recipient == nil)
        let new = try await office.run(MakeRecoveryKey())
        let key = try #require(RecoveryKey(parsing: Redacted(new.key)))
        #expect(key.recipient.name == new.name)
        #expect(try await office.run(ShowBackups()).recipient == new.name)
        let entry = try #require(try office.journal().last)
        #expect((entry.action, entry.subject) == ("backup.key", new.name))
        #expect(!entry.detail.contains(new.key) && !office.notes.texts.joined().contains(new.key))
    }

    @Test func `nobody replaces a recovery key by mistake`() async throws {
        let office = try Office()
        #expect(await office.refusal(MakeRecoveryKey(replaces: "-"))?.remedy.contains("backup key") == true)
        let old = try await office.run(MakeRecoveryKey())
        #expect(await office.refusal(MakeRecoveryKey())?.remedy.contains("--replace \(old.name)") == true)
        #expect(await office.refusal(MakeRecoveryKey(replaces: "other")) != nil)
        let new = try await office.run(MakeRecoveryKey(replaces: old.name))
        #expect(try await office.run(ShowBackups()).recipient == new.name && new.name != old.name)
    }

    @Test func `only an owner makes backups, and anybody who diagnoses sees which there are`() async throws {
        let office = try Office()
        for role in [Role.administrator, .security, .billing, .frontDesk, .auditor] {
            let actor = Actor(name: "somebody", role: role)
            #expect(await office.refusal(MakeRecoveryKey(), by: actor)?.control == .roles, "\(role)")
            #expect(await office.refusal(MakeBackup(folder: "/mnt/backup"), by: actor)?.control == .roles, "\(role)")
        }
        #expect(await office.refusal(ShowBackups(), by: auditor) == nil)
    }

    @Test func `a folder for every night gets one at once, and one that takes none is refused`() async throws {
        let office = try Office()
        #expect(await office.refusal(SetNightlyBackups(folder: "/mnt/backup"))?.problem == "No backup can be made.")
        _ = try await office.run(MakeRecoveryKey())
        let standing = try await office.run(SetNightlyBackups(folder: "/mnt/backup", count: 3))
        #expect(standing.folder == "/mnt/backup" && standing.count == 3 && standing.backups.count == 1)
        #expect(await office.refusal(SetNightlyBackups(folder: "/mnt/other"))?.reason == "there is no /mnt/other")
        #expect(try await office.run(ShowBackups()).folder == "/mnt/backup")
        #expect(try await office.run(SetNightlyBackups(folder: nil)).folder == nil)
        #expect(await office.refusal(MakeBackup())?.reason.contains("no folder was named") == true)
        let made = try await office.run(MakeBackup(folder: "/mnt/backup"))
        #expect(try office.journal().last?.subject == made.path)
    }

    @Test func `backups go neither into the folder of the system nor to a path that depends on who reads it`()
        async throws
    {
        let office = try Office()
        _ = try await office.run(MakeRecoveryKey())
        for folder in ["backup", "", "./x", "/mnt/../etc", office.path, office.path + "/tls"] {
            #expect(await office.refusal(MakeBackup(folder: folder)) != nil, "\(folder)")
        }
        #expect(
            await office.refusal(SetNightlyBackups(folder: "/mnt/backup", count: 1))?.problem.contains("not 1") == true
        )
    }
}
