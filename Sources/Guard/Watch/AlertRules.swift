// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// What may be said about the ways by which people are told.
public enum AlertRules {
    /// Why a channel cannot be used as it is described; `nil` when it can.
    ///
    /// - Parameter settings: What there is already, the channel itself perhaps among it.
    public static func refusal(of access: AlertChannelAccess, in settings: AlertSettings) -> Refusal? {
        let channel = access.channel
        if settings.channels[channel.name] == nil, settings.channels.count >= Limits.alertChannels { return .tooMany }
        if let reach = channel.allowPrivate, DisplayName.parse(reach.reason, limit: Model.Limits.reasonBytes) == nil {
            return .noReason(channel.name)
        }
        if let authority = channel.authority, authority.utf8.count > Limits.alertAuthorityBytes {
            return .longAuthority(channel.name)
        }
        switch channel.way {
        case .mail(let mail): return refusal(of: mail, access)
        case .webhook(let webhook):
            if let refusal = refusal(ofPlace: webhook.address.host, of: channel) { return refusal }
            guard let secret = access.secret, secret.reveal({ isKey($0) }) else { return .weakKey(channel.name) }
            return nil
        case .syslog(let syslog):
            guard access.secret == nil else { return .noSecret(channel.name) }
            return refusal(ofPlace: syslog.server, of: channel)
        }
    }

    private static func refusal(of mail: MailWay, _ access: AlertChannelAccess) -> Refusal? {
        let name = access.channel.name
        guard (1...Limits.mailRecipients).contains(mail.to.count) else { return .recipients(name) }
        guard (mail.username == nil) == (access.secret == nil) else { return .halfLogin(name) }
        if let username = mail.username, DisplayName.parse(username, limit: Limits.mailLoginBytes) != username {
            return .badLogin(name)
        }
        if let secret = access.secret, secret.reveal({ !isPassword($0) }) { return .badLogin(name) }
        return refusal(ofPlace: mail.server, of: access.channel)
    }

    /// An address is judged here; a name is looked up and judged each time that something is delivered.
    private static func refusal(ofPlace host: DomainName, of channel: AlertChannel) -> Refusal? {
        guard let address = IPAddress(parsing: host.text),
            let obstacle = DeliveryReach.obstacle(to: address, allowingPrivate: channel.allowPrivate != nil)
        else { return nil }
        return .unreachable(channel.name, obstacle)
    }

    private static func isPassword(_ text: borrowing String) -> Bool {
        (1...Limits.mailLoginBytes).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// 128 bits at least, however they are written.
    private static func isKey(_ text: borrowing String) -> Bool {
        Limits.webhookKeyCharacters.contains(text.utf8.count) && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
    }

    // MARK: Whether it arrives

    /// How long the code of a test counts.
    public static let codeAge: Duration = .seconds(3_600)

    /// Whether somebody got the test: they have the code that was in it.
    ///
    /// - Parameter isRight: Whether the code is the one that was sent, compared by whoever keeps its hash.
    /// - Returns: The standing to keep in any case, and why the code does not count; `nil` where it does.
    public static func confirm(
        _ standing: ChannelStanding,
        of name: ShortName,
        by person: String,
        isRight: Bool,
        at now: WallTime
    ) -> (standing: ChannelStanding, refusal: Refusal?) {
        var new = standing
        guard standing.code != nil, let end = standing.codeUntil, now < end,
            standing.wrongCodes < Limits.wrongAlertCodes
        else {
            (new.code, new.codeUntil) = (nil, nil)
            return (new, .noTest(name))
        }
        guard isRight else {
            new.wrongCodes += 1
            return (new, .wrongCode(name))
        }
        (new.code, new.codeUntil, new.wrongCodes) = (nil, nil, 0)
        (new.confirmedAt, new.confirmedBy) = (now, person)
        return (new, nil)
    }

    /// Whether it is known that the channel leads to somebody.
    public static func isConfirmed(_ standing: ChannelStanding?, at now: WallTime) -> Bool {
        guard let at = standing?.confirmedAt else { return false }
        return now - at <= Limits.alertTestAge
    }
}

extension Refusal {
    fileprivate static let tooMany = Self(
        problem: "No more channels for alerts can be added.",
        reason: "there are \(Limits.alertChannels) already, and each is told of everything that happens",
        remedy: "remove one that nobody reads: ringfence alert channel list"
    )

    fileprivate static func noReason(_ name: ShortName) -> Self {
        Self(
            problem: "Channel \(name) may not lead inside.",
            reason: "leave without a reason is never taken back, because nobody knows what it was for",
            remedy:
                "say what is there and who decided, in 1 to \(Model.Limits.reasonBytes) characters: --allow-private REASON"
        )
    }

    fileprivate static func recipients(_ name: ShortName) -> Self {
        Self(
            problem: "Channel \(name) cannot be used.",
            reason: "a mail goes to 1 to \(Limits.mailRecipients) people",
            remedy: "name each with --to, or a list of your mail server that knows the rest"
        )
    }

    fileprivate static func halfLogin(_ name: ShortName) -> Self {
        Self(
            problem: "Channel \(name) cannot be used.",
            reason: "a user name without a password proves nothing, and a password needs a user name",
            remedy: "give both, or none where the mail server knows this system by its address"
        )
    }

    fileprivate static func badLogin(_ name: ShortName) -> Self {
        Self(
            problem: "Channel \(name) cannot be used.",
            reason:
                "its user name or password is empty, has more than \(Limits.mailLoginBytes) bytes, or characters that nobody types",
            remedy: "look at the file: one line, with nothing but the password"
        )
    }

    fileprivate static func longAuthority(_ name: ShortName) -> Self {
        Self(
            problem: "Channel \(name) cannot be used.",
            reason: "its roots have more than \(Limits.alertAuthorityBytes) bytes",
            remedy: "give the one certificate that signed the other side's"
        )
    }

    fileprivate static func noSecret(_ name: ShortName) -> Self {
        Self(
            problem: "Channel \(name) takes no secret.",
            reason: "a collector of logs asks for none",
            remedy: "leave the secret out"
        )
    }

    fileprivate static func weakKey(_ name: ShortName) -> Self {
        let bytes = Limits.webhookKeyCharacters
        return Self(
            problem: "Channel \(name) cannot be used.",
            reason:
                "a key that signs has \(bytes.lowerBound) to \(bytes.upperBound) characters that are shown, or it could be guessed",
            remedy: "leave it out, and one is made and shown once"
        )
    }

    public static func unreachable(_ name: ShortName, _ obstacle: DeliveryReach.Obstacle) -> Self {
        switch obstacle {
        case .inside:
            Self(
                problem: "Channel \(name) does not lead there.",
                reason: "\(obstacle), and whoever may name an address could have this system ask its neighbours",
                remedy: "if it is meant, say so with a reason: --allow-private \"our mail server; said A. Owner\""
            )
        case .special:
            Self(
                problem: "Channel \(name) does not lead there.",
                reason: "\(obstacle)",
                remedy: "name a server that takes mail, webhooks or logs"
            )
        }
    }

    fileprivate static func noTest(_ name: ShortName) -> Self {
        Self(
            problem: "Nobody has to confirm channel \(name) now.",
            reason: "no test was sent within the last hour, or wrong codes were given too often",
            remedy: "send one: ringfence alert channel test \(name)"
        )
    }

    fileprivate static func wrongCode(_ name: ShortName) -> Self {
        Self(
            problem: "Channel \(name) is not confirmed.",
            reason: "that is not the code of the last test",
            remedy: "take the six digits from the newest message, or send another: ringfence alert channel test \(name)"
        )
    }
}
