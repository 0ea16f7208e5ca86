// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// Copies of everything: who can open them, where they are, and that there is one of each night.
enum BackupPages {
    static func show(_ asked: Routes.Asked) async throws -> Response {
        try await page(asked.visit, Form(parsing: ""), nil)
    }

    private static func page(_ visit: Visit, _ typed: Form, _ refusal: Refusal?) async throws -> Response {
        let standing = try await visit.perform(ShowBackups())
        let mayKeep = visit.may(.keepBackups)
        var parts = [state(standing, at: visit.now)]
        if let recipient = standing.recipient {
            parts.append(.facts(facts(standing, recipient)))
            parts.append(list(standing, at: visit.now))
            if mayKeep { parts += [now(standing, typed, visit), nightly(standing, typed, visit)] }
        }
        if mayKeep { parts.append(key(standing, visit)) }
        return visit.page(
            title: "Backups",
            at: "/backups",
            lede: "Each is sealed: only who has the recovery key opens it, and this machine has not.",
            refusal: refusal,
            parts
        )
    }

    private static func state(_ standing: BackupStanding, at now: WallTime) -> Part {
        guard standing.recipient != nil else {
            return .note(.bad, "There is no backup, and none can be made yet.", ["Make the recovery key first."])
        }
        guard standing.folder != nil else {
            return .note(.bad, "No backup is made by itself.", ["Say below where one is put each night."])
        }
        guard let newest = standing.backups.first else {
            return .note(.bad, "There is no backup in the folder of every night.")
        }
        let age = Shown.age(newest.madeAt, at: now)
        guard now - newest.madeAt <= BackupRules.oldest else {
            return .note(.bad, "The newest backup is too old: \(age).", ["The one of last night is missing."])
        }
        return .note(.good, "The newest backup was made \(age).")
    }

    private static func facts(_ standing: BackupStanding, _ recipient: String) -> [Part.Fact] {
        [
            Part.Fact("Opened by", "the recovery key \(recipient)"),
            Part.Fact("Each night", standing.folder.map { Shown.text($0, most: 240) } ?? "nowhere"),
            Part.Fact("How many stay", standing.folder == nil ? "none" : standing.count.map { "\($0)" } ?? "all"),
        ]
    }

    private static func list(_ standing: BackupStanding, at now: WallTime) -> Part {
        let rows = standing.backups.prefix(Limits.rows).map { backup -> [Table.Cell] in
            [
                .moment(backup.madeAt, more: Shown.age(backup.madeAt, at: now)),
                .text(Shown.text(backup.path, most: 240)), .text(size(backup.size)),
            ]
        }
        let table = Table("Backups of every night", [.text("Made"), .text("File"), .number("Size")], rows)
        return .section(
            "Those there are",
            id: "list",
            [
                rows.isEmpty ? .text("None in the folder of every night.", style: "soft") : .table(table),
                .text(
                    "To start again from one, on an empty machine: ringfence backup restore --help",
                    style: "small soft"
                ),
            ]
        )
    }

    private static func size(_ bytes: Int) -> String {
        bytes < 1_000_000 ? "\((bytes + 999) / 1_000) kB" : "\((bytes + 999_999) / 1_000_000) MB"
    }

    // MARK: What is done

    private static func now(_ standing: BackupStanding, _ typed: Form, _ visit: Visit) -> Part {
        let form = FormPart(
            "/backups/now",
            "Make one now",
            id: "now",
            for: MakeBackup.rights,
            [
                .text(
                    "once",
                    "Folder",
                    hint: "On this machine, such as /mnt/backup"
                        + (standing.folder == nil ? "" : "; empty for the one of every night"),
                    value: Shown.text(typed["once"], most: 240),
                    isRequired: standing.folder == nil,
                    most: 240
                )
            ]
        )
        return .section(
            "One more",
            id: "now",
            [.text("Calls go on meanwhile. It takes some seconds.", style: "small soft"), .form(form, visit)]
        )
    }

    private static func nightly(_ standing: BackupStanding, _ typed: Form, _ visit: Visit) -> Part {
        let form = FormPart(
            "/backups/nightly",
            "Keep this",
            id: "nightly",
            for: SetNightlyBackups.rights,
            [
                .text(
                    "folder",
                    "Folder",
                    hint: "On another disk, or one that another machine fetches; empty for no more",
                    value: Shown.text(typed.optional("folder") ?? standing.folder ?? "", most: 240),
                    isRequired: false,
                    most: 240
                ),
                .text(
                    "count",
                    "How many stay there",
                    value: Shown.text(typed.optional("count") ?? "\(standing.count ?? 14)"),
                    inputmode: "numeric",
                    most: 4
                ),
            ]
        )
        return .section("Each night", id: "nightly", [.form(form, visit)])
    }

    private static func key(_ standing: BackupStanding, _ visit: Visit) -> Part {
        let form = FormPart(
            "/backups/key",
            "Make the recovery key",
            id: "key",
            for: MakeRecoveryKey.rights,
            hidden: standing.recipient.map { [("replaces", $0)] } ?? [],
            []
        )
        let text =
            "It is shown once. Print it, and keep it away from this machine: with it and a backup somebody has every secret of the business, and without it a backup is worth nothing."
        guard standing.recipient != nil else {
            return .section("Recovery key", id: "key", [.text(text, style: "soft"), .form(form, visit)])
        }
        let old = "Backups of before are opened by the old key only: keep that as long as them."
        return .section(
            "Recovery key",
            id: "key",
            [.details("Make another one", [.text(text, style: "soft"), .text(old, style: "soft"), .form(form, visit)])]
        )
    }

    static func makeKey(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let visit = asked.visit
        return try await visit.carryOut(form, for: MakeRecoveryKey.rights) {
            try await page(visit, form, $0)
        } _: { () async throws(Refusal) in
            let key = try await visit.perform(MakeRecoveryKey(replaces: form.optional("replaces")))
            return visit.page(
                title: "The recovery key",
                at: "/backups",
                lede: "It is shown this once, and kept nowhere. Print this page.",
                crumb: ("/backups", "Backups"),
                [
                    .once(Redacted(key.key), id: "key"),
                    .facts([
                        Part.Fact("Name", key.name), Part.Fact("Business", visit.business.name),
                        Part.Fact("Made", "\(Shown.moment(visit.now)) UTC"),
                    ]),
                    .text(
                        "Keep it where you keep the office keys, and not on this machine. Who has it and a backup has every secret of the business."
                    ),
                    .link("/backups", "Done"),
                ]
            )
        }
    }

    static func make(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        try await change(asked, form, MakeBackup(folder: form.optional("once")))
    }

    static func nightly(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let command = SetNightlyBackups(folder: form.optional("folder"), count: Int(form["count"]))
        return try await change(asked, form, command)
    }

    private static func change(_ asked: Routes.Asked, _ form: Form, _ command: some Command) async throws -> Response {
        try await asked.visit.carryOut(form, for: command.needed) {
            try await page(asked.visit, form, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(command)
            return .going(to: "/backups")
        }
    }
}
