// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives
import Server

struct ChannelAdd: ParsableCommand {
    static let example =
        "Add one: ringfence alert channel add mail owner --server mail.example.com --from pbx@example.com --to owner@example.com"

    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a way by which people are told.",
        subcommands: [MailAdd.self, WebhookAdd.self, SyslogAdd.self]
    )
}

struct MailAdd: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail",
        abstract: "Tell people by mail.",
        discussion: """
            The connection to the mail server is encrypted and its certificate checked, or
            nothing is sent. The password is asked for, or read from a file; it never
            stands in a command. What is sent waits on the disk until the server took it.

              ringfence alert channel add mail owner --server mail.example.com \\
                --username pbx --from pbx@example.com --to owner@example.com
              ringfence alert channel add mail night --server mail.example.com:465 \\
                --security tls --from pbx@example.com --to night@example.com \\
                --least critical

            A server in your own network needs leave, with a reason:

              ringfence alert channel add mail owner --server 10.1.0.25 \\
                --allow-private "our mail server; said A. Owner" \\
                --from pbx@example.com --to owner@example.com
            """
    )

    @OptionGroup var channel: ChannelArgument

    @Option(
        help: ArgumentHelp(
            "The server that takes your mail. Default port: 587, or 465 with tls.",
            valueName: "host:port"
        )
    )
    var server: String

    @Option(help: "How the connection is encrypted: starttls, or tls from the first byte.")
    var security = MailWay.Security.startTLS

    @Option(help: "The user name for the mail server, where it asks for a login.")
    var username: String?

    @Option(help: ArgumentHelp("A file with the password in it. Default: it is asked for.", valueName: "file"))
    var passwordFile: String?

    @Option(help: ArgumentHelp("Whom the mail is from.", valueName: "address"))
    var from: String

    @Option(name: .customLong("to"), help: ArgumentHelp("Who gets it. Repeatable.", valueName: "address"))
    var people: [String]

    @OptionGroup var choice: ChoiceOptions
    @OptionGroup var reach: ReachOptions
    @OptionGroup var options: ServerOptions

    /// Read here and not by the server, which may run as an account that cannot.
    private(set) var files = ChannelFiles()

    enum CodingKeys: CodingKey {
        case channel, server, security, username, passwordFile, from, people, choice, reach, options
    }

    func validate() throws {
        guard passwordFile == nil || username != nil else {
            throw ValidationError("Whose password is that? Add --username.")
        }
    }

    var command: AddChannel {
        let mail = NewChannel.Mail(server: server, security: security, username: username, from: from, to: people)
        var new = NewChannel(name: channel.name, mail: mail, hears: choice.choice)
        (new.allowPrivate, new.allowPrivateUntil) = (reach.allowPrivate, reach.until)
        new.authority = files.authority
        return AddChannel(new, secret: files.secret)
    }

    mutating func run() async throws {
        files.authority = try reach.authority.map { try PrivateFiles.read($0) }
        if username != nil { files.secret = try SecretInput.read(passwordFile, "Password for \(server): ") }
        try await ask()
    }

    func output(of report: ChannelReport) throws -> Output { try report.added() }
}

struct WebhookAdd: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook",
        abstract: "Tell a program by HTTPS.",
        discussion: """
            Each alert is a POST of JSON, signed with a key that is shown once:
            Ringfence-Signature is v1= and the HMAC-SHA256 of Ringfence-Timestamp, a dot
            and the body, in hexadecimal. Refuse what is older than five minutes, and take
            one Ringfence-Delivery once.

              ringfence alert channel add webhook siem https://hooks.example.com/pbx

            Addresses in your own network need leave, with a reason: --allow-private
            """
    )

    @OptionGroup var channel: ChannelArgument

    @Argument(help: ArgumentHelp("Where it goes.", valueName: "https://host/path"))
    var address: String

    @Option(help: ArgumentHelp("A file with the key in it. Default: one is made and shown.", valueName: "file"))
    var keyFile: String?

    @OptionGroup var choice: ChoiceOptions
    @OptionGroup var reach: ReachOptions
    @OptionGroup var options: ServerOptions

    private(set) var files = ChannelFiles()

    enum CodingKeys: CodingKey {
        case channel, address, keyFile, choice, reach, options
    }

    var command: AddChannel {
        var new = NewChannel(name: channel.name, webhook: address, hears: choice.choice)
        (new.allowPrivate, new.allowPrivateUntil) = (reach.allowPrivate, reach.until)
        new.authority = files.authority
        return AddChannel(new, secret: files.secret)
    }

    mutating func run() async throws {
        files.authority = try reach.authority.map { try PrivateFiles.read($0) }
        if let keyFile { files.secret = try SecretInput.read(keyFile, "") }
        try await ask()
    }

    func output(of report: ChannelReport) throws -> Output { try report.added() }
}

struct SyslogAdd: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "syslog",
        abstract: "Tell a collector of logs (SIEM) by syslog over TLS.",
        discussion: """
            Each alert is one record of RFC 5424 with JSON as its text, over TLS with the
            collector's certificate checked (RFC 5425). What it does not take waits on the
            disk. Of a record that was on its way when the connection broke, it may get two
            with the same id.

              ringfence alert channel add syslog siem logs.example.com

            Addresses in your own network need leave, with a reason: --allow-private
            """
    )

    @OptionGroup var channel: ChannelArgument

    @Argument(help: ArgumentHelp("Where it goes. Default port: 6514.", valueName: "host:port"))
    var server: String

    @OptionGroup var choice: ChoiceOptions
    @OptionGroup var reach: ReachOptions
    @OptionGroup var options: ServerOptions

    private(set) var files = ChannelFiles()

    enum CodingKeys: CodingKey {
        case channel, server, choice, reach, options
    }

    var command: AddChannel {
        var new = NewChannel(name: channel.name, syslog: server, hears: choice.choice)
        (new.allowPrivate, new.allowPrivateUntil) = (reach.allowPrivate, reach.until)
        new.authority = files.authority
        return AddChannel(new, secret: nil)
    }

    mutating func run() async throws {
        files.authority = try reach.authority.map { try PrivateFiles.read($0) }
        try await ask()
    }

    func output(of report: ChannelReport) throws -> Output { try report.added() }
}

struct ChannelFiles {
    var secret: Redacted<String>?
    var authority: String?
}

/// Where a channel may lead, and whose certificate it trusts.
struct ReachOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Why it may lead to an address that is not public, and who decided.", valueName: "reason")
    )
    var allowPrivate: String?

    @Option(help: ArgumentHelp("How long it may. Default and longest: a year.", valueName: "90d"))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "PEM: the roots that sign the other side's certificate. Default: those of this machine.",
            valueName: "file"
        )
    )
    var authority: String?

    func validate() throws {
        guard until == nil || allowPrivate != nil else {
            throw ValidationError("--until says how long --allow-private holds: give both.")
        }
    }
}

extension ChannelReport {
    fileprivate func added() throws -> Output {
        let inside =
            channel.allowPrivate.map { "\nIt may lead INSIDE until \($0.until.day): \($0.reason)" }
            ?? ""
        return try Output(
            "Channel \(channel.name) to \(channel.place) is added.\(inside)\(shownKey)",
            json: self,
            hint: "Next, see whether it arrives: ringfence alert channel test \(channel.name)"
        )
    }
}
