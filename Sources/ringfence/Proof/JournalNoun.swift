// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives
import Store

struct JournalNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Who changed what: a chain that cannot be altered unnoticed.",
        subcommands: [JournalList.self, JournalVerify.self, JournalAccept.self]
    )
}

struct JournalList: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the last changes that people made, oldest first.",
        discussion: """
            What the system writes by itself (bans, batches of security events, renewed
            certificates) is shown with --all. Further back:

              ringfence journal list --before 4711
              ringfence journal list --action extension.remove
            """
    )

    @OptionGroup var limit: LimitOption

    @Option(help: ArgumentHelp("Only entries before this one.", valueName: "entry"))
    var before: Int64?

    @Option(help: ArgumentHelp("Only what was done so, such as phone.enrol.", valueName: "action"))
    var action: String?

    @Flag(help: "Also what the system wrote by itself.")
    var all = false

    @OptionGroup var options: ServerOptions

    var command: ListJournal {
        ListJournal(JournalQuery(limit: limit.count, before: before, action: action, includesSystem: all))
    }

    func output(of entries: ListJournal.Reply) throws -> Output {
        let rows = entries.map { ["\($0.sequence)", $0.at.seconds, $0.actor, $0.action, $0.subject, $0.detail] }
        return try Output(Table(["entry", "at", "who", "did", "to", "detail"], rows).text, json: entries)
    }
}

struct JournalVerify: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Recompute the whole chain and compare it with its anchor outside the database.",
        discussion: "Exits 1 when an entry was changed, removed or added behind Ringfence's back."
    )

    @OptionGroup var options: ServerOptions

    var command: VerifyJournal { VerifyJournal() }

    func output(of verification: VerifyJournal.Reply) throws -> Output {
        guard let entry = verification.firstWrong else {
            let text = "The journal is whole: \(verification.entries) entries.\n  Head: \(verification.head)"
            return try Output(text, json: verification)
        }
        let text = """
            The journal was altered at entry \(entry).
              What: \(verification.problem?.shown ?? "the entry does not fit the chain")
              Fix: keep a copy of the folder as evidence, and find out who had access to it
                   if it is known that only its end or its anchor was lost: ringfence journal accept --reason TEXT
            """
        return try Output(text, json: verification, fellShort: true)
    }
}

struct JournalAccept: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Take the journal for whole after its anchor was lost.",
        discussion: """
            For an owner who knows what happened: the file journal.anchor was lost, or an
            older copy of the folder was put back. Only the end of the journal may be
            missing; one with an altered entry is not accepted. The journal says for ever
            who accepted it, when, why, and what was found.

              ringfence journal accept --reason "restored the backup of Monday, Alice"
            """
    )

    @Option(help: ArgumentHelp("What happened and who decided.", valueName: "text"))
    var reason: String

    @OptionGroup var options: ServerOptions

    var command: AcceptJournal { AcceptJournal(reason: reason) }

    func output(of entry: AcceptJournal.Reply) throws -> Output {
        try Output(
            "The journal is taken for whole. Entry \(entry.sequence) says so.\n  Head: \(entry.hash)",
            json: entry
        )
    }
}
