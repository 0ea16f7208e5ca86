// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct RetentionNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: "How long records of calls and messages are kept.",
        subcommands: [RetentionShow.self, RetentionSet.self]
    )
}

struct RetentionShow: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show how long they are kept, and whether somebody holds them."
    )

    @OptionGroup var options: ServerOptions

    var command: ShowRetention { ShowRetention() }

    func output(of settings: RetentionSettings) throws -> Output { try settings.output() }
}

struct RetentionSet: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Say how long they are kept. What is older goes in the next nights.",
        discussion: """
            Budgets and bills need some weeks of records. With --hold nothing is deleted
            until --release, because a court or an investigation wants it.

              ringfence retention set --records 180 --messages 30
              ringfence retention set --hold "court order 12/26"
            """
    )

    @Option(help: ArgumentHelp("Days for records of calls, 31 to 3660.", valueName: "days"))
    var records: Int?

    @Option(help: ArgumentHelp("Days for voice messages, 1 to 366.", valueName: "days"))
    var messages: Int?

    @Option(help: ArgumentHelp("Delete nothing for now, and why.", valueName: "reason"))
    var hold: String?

    @Flag(help: "Delete again what is too old.")
    var release = false

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard records != nil || messages != nil || hold != nil || release else {
            throw ValidationError("Say what changes: --records, --messages, --hold or --release.")
        }
        guard hold == nil || !release else { throw ValidationError("Either --hold or --release.") }
    }

    var command: SetRetention {
        SetRetention(recordDays: records, messageDays: messages, hold: hold, isReleased: release)
    }

    func output(of settings: RetentionSettings) throws -> Output { try settings.output() }
}

struct RecordErase: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Take the number of somebody outside out of all records of calls.",
        discussion: """
            What the calls were and what they cost stays. It is still in backups that were
            made before, in what was noticed of refused calls until that is forgotten, in
            voice messages, and on a block list that somebody put it on.

              ringfence record erase +493012345 --reason "asked by letter"
            """
    )

    @Argument(help: "The number, with its country: +493012345.")
    var number: String

    @Option(help: "Who asked for it.")
    var reason: String

    @OptionGroup var options: ServerOptions

    var command: EraseNumber { EraseNumber(number: number, reason: reason) }

    func output(of reply: EraseNumber.Reply) throws -> Output {
        let records = reply.records == 1 ? "1 record" : "\(reply.records) records"
        let left =
            reply.running > 0 ? " Of \(reply.running) calls that are up it is still known: do it again afterwards." : ""
        return try Output("The number was taken out of \(records).\(left)", json: reply)
    }
}

extension RetentionSettings {
    fileprivate func output() throws -> Output {
        let facts = FactList([
            (name: "records of calls", value: "\(recordDays) days"),
            (name: "voice messages", value: "\(messageDays) days"),
            (name: "held", value: hold ?? "no"),
        ])
        return try Output(facts.text, json: self)
    }
}
