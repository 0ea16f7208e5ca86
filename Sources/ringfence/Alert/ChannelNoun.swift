// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct ChannelNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "channel",
        abstract: "The ways by which people are told: mail, webhooks and logs.",
        subcommands: [
            ChannelList.self, ChannelAdd.self, ChannelTest.self, ChannelConfirm.self, ChannelHear.self,
            ChannelSecret.self, ChannelRemove.self,
        ]
    )
}

struct ChannelList: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the channels, what each hears of, and how it does."
    )

    @OptionGroup var options: ServerOptions

    var command: ListChannels { ListChannels() }

    func output(of channels: [ChannelReport]) throws -> Output {
        guard !channels.isEmpty else {
            return try Output("Nobody is told anything but by the log.", json: channels, hint: ChannelAdd.example)
        }
        let rows = channels.map {
            [
                $0.channel.name.text, $0.channel.place, "\($0.channel.hears)", $0.stateWords, "\($0.traffic.waiting)",
                $0.traffic.deliveredAt?.seconds ?? "-",
                $0.channel.allowPrivate.map { "inside until \($0.until.day): \($0.reason)" } ?? "",
            ]
        }
        let columns = ["channel", "leads to", "hears", "state", "waiting", "last taken", "exception"]
        return try Output(Table(columns, rows).text, json: channels)
    }
}

struct ChannelTest: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Send a test with a code in it, and say whether the other side took it.",
        discussion: """
            Takes half a minute at most. That a server took it does not say that a person
            read it: whoever got the code says so.

              ringfence alert channel confirm owner 123456
            """
    )

    @OptionGroup var channel: ChannelArgument
    @OptionGroup var options: ServerOptions

    var command: TestChannel { TestChannel(channel: channel.name) }

    func output(of report: ChannelReport) throws -> Output {
        let name = report.channel.name
        return try Output(
            "The test was taken on its way to \(report.channel.place).",
            json: report,
            hint: "When it is there, say so with its code: ringfence alert channel confirm \(name) CODE"
        )
    }
}

struct ChannelConfirm: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm",
        abstract: "Say that a test arrived, with the code that was in it."
    )

    @OptionGroup var channel: ChannelArgument

    @Argument(help: ArgumentHelp("The six digits of the newest test.", valueName: "code"))
    var code: String

    @OptionGroup var options: ServerOptions

    var command: ConfirmChannel { ConfirmChannel(channel: channel.name, code: code) }

    func output(of report: ChannelReport) throws -> Output {
        try Output("Channel \(report.channel.name) leads to somebody.", json: report)
    }
}

struct ChannelHear: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "hear",
        abstract: "Say anew what a channel hears of.",
        discussion: """
            It applies at once, and all channels are told.

              ringfence alert channel hear owner --least critical
              ringfence alert channel hear siem --group attack --group registration
            """
    )

    @OptionGroup var channel: ChannelArgument
    @OptionGroup var choice: ChoiceOptions
    @OptionGroup var options: ServerOptions

    var command: ChooseAlerts { ChooseAlerts(channel: channel.name, hears: choice.choice) }

    func output(of report: ChannelReport) throws -> Output {
        try Output("Channel \(report.channel.name) hears \(report.channel.hears).", json: report)
    }
}

struct ChannelSecret: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret",
        abstract: "Give a channel another password, or another key that it signs with.",
        discussion: """
            The secret is asked for, or read from a file. For a webhook, --new-key makes
            one and shows it once. What waits goes out with it.

              ringfence alert channel secret owner --secret-file new-password
            """
    )

    @OptionGroup var channel: ChannelArgument

    @Option(help: ArgumentHelp("A file with the secret in it. Default: it is asked for.", valueName: "file"))
    var secretFile: String?

    @Flag(help: "Make a new key for a webhook.")
    var newKey = false

    @OptionGroup var options: ServerOptions

    private(set) var secret: Redacted<String>?

    enum CodingKeys: CodingKey {
        case channel, secretFile, newKey, options
    }

    func validate() throws {
        guard secretFile == nil || !newKey else { throw ValidationError("--secret-file or --new-key, not both.") }
    }

    var command: SetChannelSecret { SetChannelSecret(channel: channel.name, secret: secret) }

    mutating func run() async throws {
        if !newKey { secret = try SecretInput.read(secretFile, "New secret of channel \(channel.name): ") }
        try await ask()
    }

    func output(of report: ChannelReport) throws -> Output {
        try Output("Channel \(report.channel.name) has the new secret.\(report.shownKey)", json: report)
    }
}

struct ChannelRemove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Tell nobody over a channel any more. Whoever heard by it is told so."
    )

    @OptionGroup var channel: ChannelArgument
    @OptionGroup var options: ServerOptions

    var command: RemoveChannel { RemoveChannel(channel: channel.name) }

    func output(of reply: RemoveChannel.Reply) throws -> Output {
        let dropped =
            reply.dropped > 0 ? " Messages that waited for it and that nobody gets now: \(reply.dropped)." : ""
        return try Output("Channel \(reply.channel.name) is removed.\(dropped)", json: reply)
    }
}

extension ChannelReport {
    /// The key of a webhook, where it was made just now.
    var shownKey: String {
        guard let newKey else { return "" }
        return newKey.secret.reveal { text in
            "\nThe key that it signs with, shown once: \(copy text)"
        }
    }
}
