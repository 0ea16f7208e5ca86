// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct VoicemailNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "voicemail",
        abstract: "Mailboxes: who has one, their PINs, and what is in them.",
        discussion: """
            A call that nobody takes ends in the mailbox of whoever was called. People
            hear theirs by *97 at their own phone, with their PIN; a colleague's message
            is left without ringing by *96101. What callers hear before is recorded by *98.
            Messages are encrypted on the disk.
            """,
        subcommands: [VoicemailBox.self, VoicemailPIN.self, VoicemailMessages.self, VoicemailDelete.self]
    )
}

struct VoicemailBox: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "box",
        abstract: "Who has a mailbox.",
        subcommands: [MailboxAdd.self, MailboxRemove.self, MailboxList.self]
    )
}

struct MailboxAdd: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Give an extension a mailbox. It takes messages at once.",
        discussion: """
            Nobody can listen before it has a PIN: ringfence voicemail pin 101.

              ringfence voicemail box add 101
              ringfence voicemail box add 101 --open-at-own-phones

            The second lets the phones of the extension itself listen without the PIN. Who
            picks up such a phone hears the messages.
            """
    )

    @OptionGroup var number: NumberArgument

    @Flag(help: "Let the phones of the extension itself listen without the PIN.")
    var openAtOwnPhones = false

    @OptionGroup var options: ServerOptions

    var command: AddMailbox { AddMailbox(number: number.text, asksOwnPhones: !openAtOwnPhones) }

    func output(of report: MailboxReport) throws -> Output {
        let number = report.extension
        return try Output(
            "Extension \(number) has a mailbox.",
            json: report,
            hint: report.pinSince == nil ? "Nobody can listen yet: ringfence voicemail pin \(number)" : nil
        )
    }
}

struct MailboxRemove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take a mailbox away. Every message in it is deleted."
    )

    @OptionGroup var number: NumberArgument
    @OptionGroup var options: ServerOptions

    var command: RemoveMailbox { RemoveMailbox(number: number.text) }

    func output(of report: MailboxReport) throws -> Output {
        try Output("Extension \(report.extension) has no mailbox any more.", json: report)
    }
}

struct MailboxList: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show who has a mailbox, since when with which PIN, and how many messages are in it."
    )

    @OptionGroup var options: ServerOptions

    var command: ListMailboxes { ListMailboxes() }

    func output(of reports: [MailboxReport]) throws -> Output {
        guard !reports.isEmpty else {
            return try Output("Nobody has a mailbox.", json: reports, hint: "Give one: ringfence voicemail box add 101")
        }
        let rows = reports.map { report in
            [
                report.extension.text, "\(report.new)", "\(report.old)", report.pinSince?.seconds ?? "none",
                report.asksOwnPhones ? "asked" : "not asked",
            ]
        }
        let table = Table(["extension", "new", "kept", "PIN since", "own phones"], rows)
        return try Output(table.text, json: reports)
    }
}

struct VoicemailPIN: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin",
        abstract: "Give a mailbox a new PIN, and show it this once.",
        discussion: """
            The PIN before is good no longer, and a mailbox that waits because of wrong
            ones is open again. A chosen one needs 6 to 12 digits that nobody guesses.

              ringfence voicemail pin 101
              ringfence voicemail pin 101 --choose
            """
    )

    @OptionGroup var number: NumberArgument

    @Flag(help: "Ask for the PIN instead of making one.")
    var choose = false

    @Option(help: ArgumentHelp("Read it from a file that only you can read.", valueName: "file"))
    var pinFile: String?

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard !choose || pinFile == nil else { throw ValidationError("--choose and --pin-file do not go together.") }
    }

    /// - Precondition: Asked once, by ``answer(from:)``.
    var command: SetMailboxPIN { SetMailboxPIN(number: number.text) }

    func answer(from server: some Operations) throws -> Output {
        let isChosen = choose || pinFile != nil
        let pin = isChosen ? try SecretInput.read(pinFile, "PIN for the mailbox of \(number.text): ") : nil
        return try output(of: server.perform(SetMailboxPIN(number: number.text, pin: pin)))
    }

    func output(of report: MailboxReport) throws -> Output {
        let number = report.extension
        guard let pin = report.pin else {
            return try Output("The mailbox of extension \(number) has a new PIN.", json: report)
        }
        let digits = pin.secret.reveal { copy $0 }
        return try Output(
            "The PIN of the mailbox of extension \(number) is \(digits). This is shown once and kept nowhere.",
            json: report
        )
    }
}

struct VoicemailMessages: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages",
        abstract: "Show what is in a mailbox: from whom, when and how long."
    )

    @OptionGroup var number: NumberArgument
    @OptionGroup var options: ServerOptions

    var command: ListMessages { ListMessages(number: number.text) }

    func output(of messages: [StoredMessage]) throws -> Output {
        guard !messages.isEmpty else { return try Output("There is no message.", json: messages) }
        let rows = messages.map { message in
            [
                message.id.text, message.caller.text, message.receivedAt.seconds, "\(message.seconds) s",
                message.isNew ? "new" : "kept",
            ]
        }
        return try Output(Table(["message", "from", "received", "length", "state"], rows).text, json: messages)
    }
}

struct VoicemailDelete: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a message."
    )

    @OptionGroup var number: NumberArgument

    @Argument(help: "The message, as 'voicemail messages' shows it.")
    var message: String

    @OptionGroup var options: ServerOptions

    var command: DeleteMessage { DeleteMessage(number: number.text, message: message) }

    func output(of id: MessageID) throws -> Output { try Output("The message is deleted.", json: id) }
}
