// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
import Store

/// The channels by which people are told, and how each does.
public struct ListChannels: Command {
    public static let name = "alert.channels"
    public static let rights: [Right] = [.seeAlerts]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> [ChannelReport] {
        let traffic = await administrator.engine.traffic()
        let standings = try await administrator.reading { try $0.channelStandings() }
        return administrator.store.snapshot.outside.alerts.sorted.map { access in
            let name = access.channel.name
            return ChannelReport(
                access,
                standings[name],
                traffic.first { $0.channel == name },
                at: administrator.now()
            )
        }
    }
}

/// Adds a channel. Nobody has confirmed yet that it leads to somebody.
public struct AddChannel: Command {
    public static let name = "alert.channel-add"
    public static let rights: [Right] = [.changeAlerts]

    public let channel: NewChannel
    /// The password for the mail server, or the key that webhooks are signed with. Its JSON holds it in clear: whoever encodes it is
    /// delivering it to the server.
    public let secret: DeliveredSecret?

    public init(_ channel: NewChannel, secret: Redacted<String>?) {
        (self.channel, self.secret) = (channel, secret.map(DeliveredSecret.init))
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(NewChannel(name: "-"), secret: nil) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> ChannelReport
    {
        let new = try administrator.channel(channel, by: caller)
        let settings = administrator.store.snapshot.outside.alerts
        guard settings.channels[new.name] == nil else { throw .channelExists(new.name) }
        let newKey = secret == nil ? administrator.newKey(for: new.way) : nil
        let access = AlertChannelAccess(new, secret: (secret ?? newKey)?.secret)
        if let refusal = AlertRules.refusal(of: access, in: settings) { throw refusal }
        if let authority = new.authority { try await administrator.engine.check(clientAuthority: authority) }
        // Meanwhile somebody else may have added one.
        let present = administrator.store.snapshot.outside.alerts
        guard present.channels[new.name] == nil else { throw .channelExists(new.name) }
        if let refusal = AlertRules.refusal(of: access, in: present) { throw refusal }
        let inside =
            new.allowPrivate.map { ", which may lead INSIDE until \($0.until.day): \($0.reason)" }
            ?? ""
        try await administrator.put(access, instead: nil, Self.name, "added\(inside)", by: caller)
        return ChannelReport(access, nil, nil, at: administrator.now(), newKey: newKey)
    }
}

/// Says anew what a channel hears of.
public struct ChooseAlerts: Command {
    public static let name = "alert.channel-hear"
    public static let rights: [Right] = [.changeAlerts]

    /// As typed.
    public let channel: String
    public let hears: AlertChoice

    public init(channel: String, hears: AlertChoice) { (self.channel, self.hears) = (channel, hears) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(channel: "-", hears: AlertChoice()) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> ChannelReport
    {
        let old = try administrator.channel(channel)
        let name = old.channel.name
        var new = old
        new.channel.hears = hears
        guard new.channel != old.channel else { throw .hearsThatAlready(name, hears) }
        try await administrator.change(
            [.outside(.alert(.hear(hears, name)))],
            [caller.draft(Self.name, name.text, JournalDetail.of(old.channel.masked, became: new.channel.masked))],
            notice: "Channel \(name) hears \(hears) from now on, by \(caller.name)"
        )
        administrator.tellAlertsChanged(
            "said that \(name) hears \(hears), and no more \(old.channel.hears)",
            by: caller
        )
        let standing = try await administrator.standing(of: name)
        let traffic = await administrator.engine.traffic().first { $0.channel == name }
        return ChannelReport(new, standing, traffic, at: administrator.now())
    }
}

/// Gives a channel another password, or another key. What waits for it goes out with that.
public struct SetChannelSecret: Command {
    public static let name = "alert.channel-secret"
    public static let rights: [Right] = [.changeAlerts]

    /// As typed.
    public let channel: String
    /// `nil` for a key of a webhook that is made, and shown once.
    public let secret: DeliveredSecret?

    public init(channel: String, secret: Redacted<String>?) {
        (self.channel, self.secret) = (channel, secret.map(DeliveredSecret.init))
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(channel: "-", secret: Redacted("-")) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> ChannelReport
    {
        let old = try administrator.channel(channel)
        let newKey = secret == nil ? administrator.newKey(for: old.channel.way) : nil
        let access = AlertChannelAccess(old.channel, secret: (secret ?? newKey)?.secret)
        let settings = administrator.store.snapshot.outside.alerts
        if let refusal = AlertRules.refusal(of: access, in: settings) { throw refusal }
        try await administrator.put(access, instead: old, Self.name, "was given another secret", by: caller)
        // With a wrong one nothing arrives any more.
        administrator.sayGoodbye(
            to: old,
            "gave the channel \(old.channel.name) another secret",
            title: "What you hear by this channel comes with another secret from now on.",
            by: caller
        )
        return ChannelReport(access, nil, nil, at: administrator.now(), newKey: newKey)
    }
}

/// Forgets a channel and what waits for it. Whoever heard by it is told so, by it.
public struct RemoveChannel: Command {
    public struct Reply: Hashable, Sendable, Codable {
        public let channel: AlertChannel
        /// Messages that waited for it and that nobody gets now.
        public let dropped: Int

        public init(_ channel: AlertChannel, dropped: Int) { (self.channel, self.dropped) = (channel, dropped) }
    }

    public static let name = "alert.channel-remove"
    public static let rights: [Right] = [.changeAlerts]

    /// As typed.
    public let channel: String

    public init(channel: String) { self.channel = channel }

    public static func harmless(_: ExtensionNumber) -> Self { Self(channel: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> Reply {
        let old = try administrator.channel(channel)
        let name = old.channel.name
        let waiting = await administrator.engine.traffic().first { $0.channel == name }?.waiting ?? 0
        let text = "removed the channel \(name) to \(old.channel.place)"
        try await administrator.change(
            [.outside(.alert(.remove(name)))],
            [caller.draft(Self.name, name.text, JournalDetail.of(old.channel.masked, became: nil))],
            notice: "Channel \(name) for alerts removed by \(caller.name)"
        )
        administrator.sayGoodbye(to: old, text, by: caller)
        administrator.tellAlertsChanged(text, by: caller)
        return Reply(old.channel.masked, dropped: waiting)
    }
}

/// Sends a test over a channel, with a code in it, and waits until the other side has taken it; half a minute at most.
public struct TestChannel: Command {
    public static let name = "alert.channel-test"
    public static let rights: [Right] = [.changeAlerts]

    /// As typed.
    public let channel: String

    public init(channel: String) { self.channel = channel }

    public static func harmless(_: ExtensionNumber) -> Self { Self(channel: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> ChannelReport
    {
        let access = try administrator.channel(channel)
        let name = access.channel.name
        let code = AlertCode.make(using: administrator.tokens)
        let now = administrator.now()
        let draft = caller.draft(Self.name, name.text, JournalDetail.test(of: access.channel))
        let kept = try administrator.writing { backend in
            var standing = try backend.channelStandings()[name] ?? ChannelStanding()
            (standing.code, standing.wrongCodes) = (AlertCode.hash(code, of: name), 0)
            standing.codeUntil = now + AlertRules.codeAge
            try backend.keep(standing, of: name, journal: draft, at: now)
            return standing
        }
        let letter = AlertLetter(
            test: Hex.encode(administrator.tokens.bytes(16)),
            of: name,
            code: code,
            of: administrator.store.snapshot.domain,
            at: now
        )
        do throws(DeliveryFailure) {
            try await administrator.engine.send(letter, over: access)
        } catch {
            throw .notTaken(access.channel, error)
        }
        let traffic = await administrator.engine.traffic().first { $0.channel == name }
        return ChannelReport(access, kept, traffic, at: administrator.now())
    }
}

/// Says that a test arrived: somebody has the code that was in it.
public struct ConfirmChannel: Command {
    public static let name = "alert.channel-confirm"
    public static let rights: [Right] = [.changeAlerts]

    /// As typed.
    public let channel: String
    public let code: String

    public init(channel: String, code: String) { (self.channel, self.code) = (channel, code) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(channel: "-", code: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> ChannelReport
    {
        let access = try administrator.channel(channel)
        let name = access.channel.name
        let now = administrator.now()
        let line = caller.draft(Self.name, name.text, JournalDetail.test(of: access.channel))
        // At once: several people, or one in a hurry, have no more tries than one.
        let (new, refusal) = try administrator.writing { backend in
            let standing = try backend.channelStandings()[name] ?? ChannelStanding()
            let isRight = standing.code == AlertCode.hash(code.filter { $0 != " " }, of: name)
            let outcome = AlertRules.confirm(standing, of: name, by: caller.name, isRight: isRight, at: now)
            try backend.keep(outcome.standing, of: name, journal: outcome.refusal == nil ? line : nil, at: now)
            return outcome
        }
        if let refusal { throw refusal }
        let traffic = await administrator.engine.traffic().first { $0.channel == name }
        return ChannelReport(access, new, traffic, at: now)
    }
}

/// What people were told of late, the newest first.
public struct ListAlerts: Command {
    public static let name = "alert.list"
    public static let rights: [Right] = [.seeAlerts]

    /// How many at most.
    public let limit: Int

    public init(limit: Int) { self.limit = limit }

    public static func harmless(_: ExtensionNumber) -> Self { Self(limit: 1) }

    public func run(
        in administrator: isolated Administrator,
        for _: Caller
    ) async throws(Refusal) -> [AlertMessage.Item] {
        try await administrator.reading { try $0.alerts(limit: limit) }
    }
}

/// Everything that people may be told of, and which channels hear it.
public struct ListAlertKinds: Command {
    public struct Kind: Hashable, Sendable, Codable {
        public let code: Finding.Code
        public let group: AlertGroup
        public let control: Control
        public let severity: Finding.Severity
        public let title: String
        public let channels: [ShortName]
    }

    public static let name = "alert.kinds"
    public static let rights: [Right] = [.seeAlerts]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [Kind] {
        let channels = administrator.store.snapshot.outside.alerts.sorted.map(\.channel)
        return SecurityEventKind.allCases.compactMap { kind in
            guard let alarm = kind.traits.alarm else { return nil }
            let finding = Finding(Finding.Code(kind), alarm.severity, alarm.title)
            return Kind(
                code: finding.code,
                group: kind.group,
                control: kind.control,
                severity: alarm.severity,
                title: alarm.title,
                channels: channels.filter { $0.hears.includes(finding) }.map(\.name)
            )
        }
    }
}
