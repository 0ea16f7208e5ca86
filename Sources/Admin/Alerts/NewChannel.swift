// SPDX-License-Identifier: Apache-2.0

import Guard
public import Model
import Primitives

/// A channel as somebody describes it, every part as typed.
public struct NewChannel: Codable, Hashable, Sendable {
    public struct Mail: Codable, Hashable, Sendable {
        /// A host, with a port perhaps.
        public var server: String
        public var security: MailWay.Security
        public var username: String?
        public var from: String
        public var to: [String]

        public init(
            server: String,
            security: MailWay.Security = .startTLS,
            username: String? = nil,
            from: String,
            to: [String]
        ) {
            (self.server, self.security, self.username, self.from, self.to) = (server, security, username, from, to)
        }
    }

    public var name: String
    public var mail: Mail?
    /// The address of a webhook.
    public var webhook: String?
    /// A collector of logs: a host, with a port perhaps.
    public var syslog: String?
    public var hears: AlertChoice
    /// Why it may lead to an address that is not public; `nil` where it must not.
    public var allowPrivate: String?
    /// How long, as typed: `90d`, or a day. A year where nothing is said.
    public var allowPrivateUntil: String?
    /// PEM.
    public var authority: String?

    public init(
        name: String,
        mail: Mail? = nil,
        webhook: String? = nil,
        syslog: String? = nil,
        hears: AlertChoice = AlertChoice()
    ) {
        (self.name, self.mail, self.webhook, self.syslog, self.hears) = (name, mail, webhook, syslog, hears)
    }

    func channel(reach: PrivateReach?, at now: WallTime) throws(Refusal) -> AlertChannel {
        if let reach, now + Limits.longestPrivateReach < reach.until { throw .leaveTooLong }
        return AlertChannel(
            name: try ShortName(channel: name),
            way: try way(),
            hears: hears,
            allowPrivate: reach,
            authority: authority,
            createdAt: now
        )
    }

    private func way() throws(Refusal) -> AlertChannel.Way {
        switch (mail, webhook, syslog) {
        case (let mail?, nil, nil): return .mail(try mail.way())
        case (nil, let text?, nil):
            guard let address = WebhookAddress(parsing: text) else { throw .noWebhook(text) }
            return .webhook(WebhookWay(address: address))
        case (nil, nil, let text?):
            guard let (host, port) = HostAndPort.parse(text) else { throw .noCollector(text) }
            return .syslog(SyslogWay(server: host, port: port))
        default: throw .noWay
        }
    }
}

extension NewChannel.Mail {
    fileprivate func way() throws(Refusal) -> MailWay {
        guard let (host, port) = HostAndPort.parse(server) else { throw .noMailServer(server) }
        guard let from = MailAddress(parsing: from) else { throw .noMailAddress(from) }
        var people: [MailAddress] = []
        for text in to {
            guard let address = MailAddress(parsing: text) else { throw .noMailAddress(text) }
            if !people.contains(address) { people.append(address) }
        }
        return MailWay(server: host, port: port, security: security, username: username, from: from, to: people)
    }
}

extension ShortName {
    init(channel text: String) throws(Refusal) {
        guard let name = ShortName(parsing: text) else { throw .badChannelName(text) }
        self = name
    }
}

extension Refusal {
    fileprivate static func badChannelName(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) cannot be the name of a channel.",
            reason: "names have 1 to 32 letters, digits and hyphens",
            remedy: "choose one such as owner: ringfence alert channel add mail owner"
        )
    }

    fileprivate static func noWebhook(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is not a webhook.",
            reason: "alerts go by HTTPS only, to an address without a user name in it",
            remedy: "give one like this: https://hooks.example.com/ringfence"
        )
    }

    fileprivate static func noMailServer(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is not a mail server.",
            reason: "one is named by its host, and a port perhaps",
            remedy: "give the one that takes your mail: --server mail.example.com:587"
        )
    }

    fileprivate static func noCollector(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is not a collector of logs.",
            reason: "one is named by its host, and a port perhaps",
            remedy: "give the one that takes syslog over TLS: logs.example.com:6514"
        )
    }

    fileprivate static func noMailAddress(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is not a mail address.",
            reason: "it is not of the form somebody@example.com, in letters, digits and plain signs",
            remedy: "give the address alone, without a name around it"
        )
    }

    fileprivate static let leaveTooLong = Self(
        problem: "The channel was not added.",
        reason: "leave to lead inside is for a year at most, so that somebody looks at it again",
        remedy: "give an earlier end: --until 365d"
    )

    fileprivate static let noWay = Self(
        problem: "The channel was not added.",
        reason: "it leads to a mail server, to a webhook or to a collector of logs, to one of them",
        remedy: "say which: ringfence alert channel add mail, webhook or syslog"
    )
}
