// SPDX-License-Identifier: Apache-2.0

import Crypto
import Guard
import Model
import Primitives
import Store

extension Administrator {
    /// The channel that somebody typed the name of.
    func channel(_ text: String) throws(Refusal) -> AlertChannelAccess {
        let name = try ShortName(channel: text)
        guard let access = store.snapshot.outside.alerts.channels[name] else { throw .noChannel(name) }
        return access
    }

    /// A channel as somebody describes it, before anything is asked of it.
    func channel(_ new: NewChannel, by caller: Caller) throws(Refusal) -> AlertChannel {
        guard let reason = new.allowPrivate else { return try new.channel(reach: nil, at: now()) }
        let end = try end(new.allowPrivateUntil ?? "365d")
        return try new.channel(reach: PrivateReach(reason: reason, grantedBy: caller.name, until: end), at: now())
    }

    /// A key for a channel that signs; `nil` for one that does not.
    func newKey(for way: AlertChannel.Way) -> DeliveredSecret? {
        guard case .webhook = way else { return nil }
        return DeliveredSecret(Redacted(Hex.encode(tokens.bytes(Limits.webhookKeyBytes))))
    }

    func standing(of name: ShortName) async throws(Refusal) -> ChannelStanding? {
        try await reading { try $0.channelStandings()[name] }
    }

    func put(
        _ new: AlertChannelAccess,
        instead old: AlertChannelAccess?,
        _ action: String,
        _ words: String,
        by caller: Caller
    ) async throws(Refusal) {
        let channel = new.channel
        try await change(
            [.outside(.alert(.put(new)))],
            [caller.draft(action, channel.name.text, JournalDetail.of(old?.channel.masked, became: channel.masked))],
            notice: "Channel \(channel.name) for alerts to \(channel.place) \(words) by \(caller.name)"
        )
        tellAlertsChanged(
            "\(old == nil ? "added" : "changed") the channel \(channel.name) to \(channel.place)",
            by: caller
        )
    }

    /// Who is told of what was changed: everybody who is told hears of it (row I04).
    ///
    /// - Parameter what: Completes "alice (uid 1001) …".
    func tellAlertsChanged(_ what: String, by caller: Caller) {
        let event = SecurityEvent(
            at: now(),
            kind: .alertsChanged,
            source: .machine,
            subject: .operator(caller.name),
            detail: "\(caller.name) \(what)"
        )
        events.publish(.noticed(event))
    }

    /// Tells whoever is told no more, or otherwise than before, over what they were told by. Nobody waits for it.
    func sayGoodbye(
        to access: AlertChannelAccess,
        _ what: String,
        title: String = "You hear no more of this phone system by this channel.",
        by caller: Caller
    ) {
        let finding = Finding(
            Finding.Code(.alertsChanged),
            .warning,
            title,
            evidence: "\(caller.name) \(what).",
            remedy: "If that is not right, ask who did it: ringfence journal list"
        )
        let (time, id) = (now(), Hex.encode(tokens.bytes(16)))
        let message = AlertMessage(id: id, channel: access.channel.name, .init(at: time, finding), due: time)
        let letter = AlertLetter(message, of: store.snapshot.domain)
        // What fails cannot be told over it either; the other channels are told in any case.
        Task { [engine] in try? await engine.send(letter, over: access) }
    }
}

/// The code of a test: six digits, kept as a hash.
enum AlertCode {
    static func make(using entropy: Entropy) -> String {
        var source = entropy
        let digits = String(UInt32.random(in: 0..<1_000_000, using: &source))
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    static func hash(_ code: String, of channel: ShortName) -> String {
        Hex.encode(SHA256.hash(data: Array("ringfence alert code \(channel) \(code)".utf8)))
    }
}

extension Refusal {
    static func channelExists(_ name: ShortName) -> Self {
        Self(
            problem: "Channel \(name) cannot be added.",
            reason: "there is one of that name already",
            remedy: "choose another name, or remove that one first: ringfence alert channel remove \(name)"
        )
    }

    static func noChannel(_ name: ShortName) -> Self {
        Self(
            problem: "Channel \(name) does not exist.",
            reason: "nobody has added it, or it was removed",
            remedy: "see which ones there are: ringfence alert channel list"
        )
    }

    static func hearsThatAlready(_ name: ShortName, _ choice: AlertChoice) -> Self {
        Self(
            problem: "Channel \(name) hears \(choice) already.",
            reason: "there is nothing to change",
            remedy: "see what each hears: ringfence alert channel list"
        )
    }

    static func notTaken(_ channel: AlertChannel, _ failure: DeliveryFailure) -> Self {
        Self(
            problem: "The test over channel \(channel.name) did not arrive.",
            reason: failure.words,
            remedy: "put that right and try again: ringfence alert channel test \(channel.name)"
        )
    }
}
