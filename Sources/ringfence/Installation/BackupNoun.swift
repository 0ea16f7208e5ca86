// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Primitives
import Server
import Store

struct BackupNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies of everything, sealed, and the way back from them.",
        subcommands: [
            BackupShow.self, BackupKey.self, BackupNightly.self, BackupCreate.self, BackupVerify.self,
            BackupRestore.self,
        ]
    )
}

struct BackupShow: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show how backups are made, and which there are."
    )

    @OptionGroup var options: ServerOptions

    var command: ShowBackups { ShowBackups() }

    func output(of standing: BackupStanding) throws -> Output { try standing.output() }
}

struct BackupKey: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make the recovery key that opens backups. It is shown once.",
        discussion: """
            Print it, and keep it away from this machine: whoever has it and a backup has
            every secret of the business; without it a backup is worth nothing. The
            machine keeps only what seals backups for it.
            """
    )

    @Option(
        help: ArgumentHelp(
            "The key that a new one takes the place of. It goes on opening older backups.",
            valueName: "name"
        )
    )
    var replace: String?

    @OptionGroup var options: ServerOptions

    var command: MakeRecoveryKey { MakeRecoveryKey(replaces: replace) }

    func output(of key: NewRecoveryKey) throws -> Output {
        try Output(
            "\(key.key)\nIt is the recovery key \(key.name).",
            json: key,
            hint: "Print it now; it is not shown again. Then say where backups go: ringfence backup nightly FOLDER"
        )
    }
}

struct BackupNightly: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "nightly",
        abstract: "Put a backup into a folder each night, and one now.",
        discussion: """
            The folder has to be there, and the server has to be able to write to it. It
            is best on another machine's disk: a fire takes both otherwise.

              ringfence backup nightly /mnt/backup --count 14
              ringfence backup nightly --off
            """
    )

    @Argument(help: ArgumentHelp("The whole path.", valueName: "folder"))
    var folder: String?

    @Option(help: ArgumentHelp("How many stay there. Default: 14, or as it is.", valueName: "number"))
    var count: Int?

    @Flag(help: "Make none by itself any more.")
    var off = false

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard (folder == nil) == off else { throw ValidationError("Name a folder, or say --off.") }
    }

    var command: SetNightlyBackups { SetNightlyBackups(folder: folder, count: count) }

    func output(of standing: BackupStanding) throws -> Output { try standing.output() }
}

struct BackupCreate: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a backup now, while calls go on.",
        discussion: """
            It holds settings, records, journal, certificates and keys, sealed for the
            recovery key.

              ringfence backup create --to /mnt/backup
            """
    )

    @Option(help: ArgumentHelp("The whole path. Default: the folder of every night.", valueName: "folder"))
    var to: String?

    @OptionGroup var options: ServerOptions

    var command: MakeBackup { MakeBackup(folder: to) }

    func output(of report: BackupReport) throws -> Output {
        try Output(
            report.path,
            json: report,
            hint: "Try now and then whether it comes back: ringfence backup verify \(report.path)"
        )
    }
}

/// The recovery key, as a person hands it over.
struct RecoveryKeyOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The recovery key, in a file only you can read. Default: it is asked for.",
            valueName: "file"
        )
    )
    var keyFile: String?

    func read() throws -> RecoveryKey {
        let typed = try SecretInput.read(keyFile, "Recovery key: ")
        guard let key = RecoveryKey(parsing: typed) else { throw Refusal.noRecoveryKey }
        return key
    }
}

struct BackupVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Try whether a business comes back from a backup, and put nothing anywhere.",
        discussion: """
            It is unpacked beside, every secret in it opened, its database and its journal
            checked, and taken away again. No server is needed: do it where you would
            restore it.
            """
    )

    @Argument(help: ArgumentHelp("The backup.", valueName: "file"))
    var file: String

    @OptionGroup var key: RecoveryKeyOption
    @OptionGroup var format: JSONFlag

    func run() async throws {
        let business = try Installation.verify(file, with: key.read(), at: WallTime.now)
        try business.output("The backup is whole.", hint: nil).deliver(asJSON: format.isOn)
    }
}

struct BackupRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a business back from a backup into a new folder.",
        discussion: """
            Phones come back by themselves when it has the address of old. Sessions and
            invitations of that time are gone; what happened since the backup is not in
            it: phones enrolled since have to be enrolled again, and what calls have cost
            since is not counted.

              ringfence backup restore office.example-20261130T021500Z.ringfence \\
                --data /srv/ringfence
            """
    )

    @Argument(help: ArgumentHelp("The backup.", valueName: "file"))
    var file: String

    @OptionGroup var folder: FolderOption
    @OptionGroup var key: RecoveryKeyOption
    @OptionGroup var format: JSONFlag

    func run() async throws {
        let directory = folder.path
        let business = try Installation.restore(
            file,
            with: key.read(),
            to: directory,
            by: Account.current,
            at: WallTime.now
        )
        let hint = """
            Start it, and have everything looked at before you trust it:
              ringfence serve --data \(directory)
              ringfence audit run --data \(directory)
            """
        try business.output("The business is in \(directory).", hint: hint).deliver(asJSON: format.isOn)
    }
}

extension WallTime {
    fileprivate static var now: WallTime { WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }
}

extension RestoredBusiness {
    fileprivate func output(_ sentence: String, hint: String?) throws -> Output {
        let facts = FactList([
            ("Business", domain), ("Last change in it", lastChange?.seconds ?? "none"),
            ("Extensions", String(extensions)),
            ("Phones", "\(phones), each with a secret that opens"), ("Trunks", String(trunks)),
            ("Journal", "\(entries) lines, checked"),
        ])
        let notes = notes.isEmpty ? "" : "\nLook at this:\n" + notes.map { "  \($0)" }.joined(separator: "\n")
        return try Output("\(sentence)\n\(facts.text)\(notes)", json: self, hint: hint)
    }
}

extension BackupStanding {
    fileprivate func output() throws -> Output {
        guard let recipient else {
            return try Output(
                "No backup can be made.",
                json: self,
                hint: "Make a recovery key first: ringfence backup key"
            )
        }
        let facts = FactList([
            ("For the recovery key", recipient), ("Each night to", folder ?? "nowhere"),
            ("Kept there", folder == nil ? "" : count.map(String.init) ?? ""),
        ])
        let table = backups.map { "\($0.madeAt.seconds)  \($0.size / 1_024) KiB  \($0.path)" }
        return try Output(([facts.text] + table).joined(separator: "\n"), json: self)
    }
}

extension Refusal {
    fileprivate static let noRecoveryKey = Self(
        problem: "This is no recovery key.",
        reason: "it has 56 letters and digits in 14 groups, and one of them is wrong or missing",
        remedy: "type it as it was printed; hyphens and spaces do not matter"
    )
}
