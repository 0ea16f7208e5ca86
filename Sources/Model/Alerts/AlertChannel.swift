// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A way by which people, or a program of theirs, are told of what they must know at once. Without its secret.
public struct AlertChannel: Hashable, Sendable, Codable {
    public enum Way: Hashable, Sendable {
        case mail(MailWay)
        case webhook(WebhookWay)
        case syslog(SyslogWay)
    }

    public let name: ShortName
    public var way: Way
    public var hears: AlertChoice
    /// Why it may lead to an address that is not public, and who said so; `nil` where it must not.
    public var allowPrivate: PrivateReach?
    /// PEM of the roots that sign the other side's certificate; `nil` for those that this machine trusts.
    public var authority: String?
    public let createdAt: WallTime

    public init(
        name: ShortName,
        way: Way,
        hears: AlertChoice = AlertChoice(),
        allowPrivate: PrivateReach? = nil,
        authority: String? = nil,
        createdAt: WallTime
    ) {
        (self.name, self.way, self.hears) = (name, way, hears)
        (self.allowPrivate, self.authority, self.createdAt) = (allowPrivate, authority, createdAt)
    }

    private enum CodingKeys: String, CodingKey {
        case name, mail, webhook, syslog, hears, allowPrivate, authority, createdAt
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(ShortName.self, forKey: .name)
        hears = try values.decode(AlertChoice.self, forKey: .hears)
        allowPrivate = try values.decodeIfPresent(PrivateReach.self, forKey: .allowPrivate)
        authority = try values.decodeIfPresent(String.self, forKey: .authority)
        createdAt = try values.decode(WallTime.self, forKey: .createdAt)
        if let mail = try values.decodeIfPresent(MailWay.self, forKey: .mail) {
            way = .mail(mail)
        } else if let syslog = try values.decodeIfPresent(SyslogWay.self, forKey: .syslog) {
            way = .syslog(syslog)
        } else {
            way = .webhook(try values.decode(WebhookWay.self, forKey: .webhook))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(name, forKey: .name)
        try values.encode(hears, forKey: .hears)
        try values.encodeIfPresent(allowPrivate, forKey: .allowPrivate)
        try values.encodeIfPresent(authority, forKey: .authority)
        try values.encode(createdAt, forKey: .createdAt)
        switch way {
        case .mail(let mail): try values.encode(mail, forKey: .mail)
        case .webhook(let webhook): try values.encode(webhook, forKey: .webhook)
        case .syslog(let syslog): try values.encode(syslog, forKey: .syslog)
        }
    }

    /// Whether it may lead to an address that is not public at that time.
    public func mayReachInside(at now: WallTime) -> Bool { allowPrivate.map { now < $0.until } ?? false }

    /// Where it leads, for people: `owner@example.com by mail.example.com`. The path of a webhook is often its secret.
    public var place: String {
        switch way {
        case .mail(let mail): "\(mail.to.map(\.text).joined(separator: ", ")) by \(mail.server)"
        case .webhook(let webhook): webhook.address.place
        case .syslog(let syslog): "syslog at \(syslog.server):\(syslog.port)"
        }
    }
}

/// Leave to reach an address that is not public, for a while.
public struct PrivateReach: Hashable, Sendable, Codable {
    public let reason: String
    public let grantedBy: String
    public let until: WallTime

    public init(reason: String, grantedBy: String, until: WallTime) {
        (self.reason, self.grantedBy, self.until) = (reason, grantedBy, until)
    }
}

/// A mail server that takes mail from us, and who gets it.
public struct MailWay: Hashable, Sendable, Codable {
    /// How the connection is encrypted. There is no third way.
    public enum Security: String, Hashable, Sendable, Codable, CaseIterable {
        /// Asked for before anything is said (RFC 3207).
        case startTLS = "starttls"
        /// From the first byte (RFC 8314).
        case tls

        /// RFC 6409 and RFC 8314.
        public var usualPort: UInt16 {
            switch self {
            case .startTLS: 587
            case .tls: 465
            }
        }
    }

    public let server: DomainName
    public let port: UInt16
    public let security: Security
    /// What we log in as; `nil` where the server asks for no login.
    public let username: String?
    public let from: MailAddress
    public let to: [MailAddress]

    public init(
        server: DomainName,
        port: UInt16? = nil,
        security: Security = .startTLS,
        username: String? = nil,
        from: MailAddress,
        to: [MailAddress]
    ) {
        (self.server, self.port, self.security) = (server, port ?? security.usualPort, security)
        (self.username, self.from, self.to) = (username, from, to)
    }
}

/// A program that is told by HTTPS.
public struct WebhookWay: Hashable, Sendable, Codable {
    public let address: WebhookAddress

    public init(address: WebhookAddress) { self.address = address }
}

/// A collector of logs that is told by syslog over TLS (RFC 5424, RFC 5425). It needs no login: whoever reads it is proven by its
/// certificate.
public struct SyslogWay: Hashable, Sendable, Codable {
    public static let usualPort: UInt16 = 6_514

    public let server: DomainName
    public let port: UInt16

    public init(server: DomainName, port: UInt16? = nil) { (self.server, self.port) = (server, port ?? Self.usualPort) }
}

/// A channel with what it proves itself by: the password of the mail server, or the key that webhooks are signed with. Not
/// `Codable`: the secret is sealed in the store and never printed.
public struct AlertChannelAccess: Sendable {
    public var channel: AlertChannel
    public var secret: Redacted<String>?

    public init(_ channel: AlertChannel, secret: Redacted<String>?) { (self.channel, self.secret) = (channel, secret) }
}

/// Who is told of what.
public struct AlertSettings: Sendable {
    public private(set) var channels: [ShortName: AlertChannelAccess]

    public init(_ channels: [AlertChannelAccess] = []) {
        self.channels = Dictionary(channels.map { ($0.channel.name, $0) }) { _, last in last }
    }

    /// By name.
    public var sorted: [AlertChannelAccess] { channels.values.sorted { $0.channel.name < $1.channel.name } }

    mutating func apply(_ change: AlertChange) {
        switch change {
        case .put(let access): channels[access.channel.name] = access
        case .hear(let choice, let name): channels[name]?.channel.hears = choice
        case .remove(let name): channels[name] = nil
        }
    }
}

/// One change of ``AlertSettings``.
public enum AlertChange: Sendable {
    /// Adds a channel, or replaces the one with its name: nobody has confirmed that it arrives.
    case put(AlertChannelAccess)
    /// What a channel hears of from now on.
    case hear(AlertChoice, ShortName)
    /// Forgets a channel, and what waited for it.
    case remove(ShortName)
}
