// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Which message goes out over which channel when. Time goes in, decisions come out; what it says is to be kept has to be on the
/// disk before anything is sent.
///
/// A message is open while it waits, and takes what comes of its kind; with its first try it is sealed, and is tried until the other
/// side takes it. Of one kind there is at most one a minute and channel, so what comes faster comes as one message. One
/// message of a channel is on its way at a time. A channel that fails is tried again after ten seconds, then after twice as long each
/// time, and every five minutes at last; a message that is refused by itself lets others of its channel pass, and is given up after some tries,
/// because what strangers wrote may be why.
public struct AlertQueue: Sendable {
    fileprivate struct Kind: Hashable {
        let channel: ShortName
        let code: Finding.Code
    }

    private struct Channel {
        var failures = 0
        /// Not before then, for any of its messages.
        var retryAt: WallTime?
        var failingSince: WallTime?
        var failure: String?
        var deliveredAt: WallTime?
        /// What is on its way.
        var busy: String?
    }

    private var messages: [String: AlertMessage] = [:]
    private var channels: [ShortName: Channel] = [:]
    /// When a message of a kind began to go out last.
    private var begun: [Kind: WallTime] = [:]

    /// - Parameter kept: Those that wait, and the last ones that were delivered.
    public init(kept: [AlertMessage] = []) {
        for message in kept {
            let kind = Kind(channel: message.channel, code: message.code)
            if message.waits { messages[message.id] = message }
            if let end = message.endedAt, end > begun[kind] ?? end + .seconds(-1) { begun[kind] = end }
            if case .delivered(let end) = message.state,
                end > channels[message.channel]?.deliveredAt ?? end + .seconds(-1)
            {
                channels[message.channel, default: Channel()].deliveredAt = end
            }
        }
    }

    /// How many wait.
    public var count: Int { messages.count }

    /// Takes something that people are to be told.
    ///
    /// - Parameter id: For a new message.
    /// - Returns: What is to be kept now.
    public mutating func add(
        _ item: AlertMessage.Item,
        for channel: ShortName,
        id: String,
        at now: WallTime
    ) -> AlertMessage {
        let kind = Kind(channel: channel, code: item.finding.code)
        if let open = messages.values.first(where: { $0.state == .open && Kind($0) == kind }) {
            messages[open.id]?.add(item)
            return messages[open.id] ?? open
        }
        let message = AlertMessage(id: id, channel: channel, item, due: now)
        messages[id] = message
        return message
    }

    /// What goes out now, at most one of each channel, sealed: to be kept, then sent, then ``end(_:failure:at:)``.
    public mutating func begin(at now: WallTime) -> [AlertMessage] {
        var begun: [AlertMessage] = []
        for name in Set(messages.values.map(\.channel)).sorted() {
            guard isFree(name, at: now), var next = next(of: name, at: now) else { continue }
            next.state = .sealed
            next.attempts += 1
            messages[next.id] = next
            channels[name, default: Channel()].busy = next.id
            self.begun[Kind(next)] = now
            begun.append(next)
        }
        return begun
    }

    private func isFree(_ name: ShortName, at now: WallTime) -> Bool {
        guard let channel = channels[name] else { return true }
        return channel.busy == nil && channel.retryAt.map { Self.isReached($0, at: now) } ?? true
    }

    /// The worst first, then the one that waits longest. Of a kind that was tried, nothing new before what was tried.
    private func next(of name: ShortName, at now: WallTime) -> AlertMessage? {
        let own = messages.values.filter { $0.channel == name }
        let sealed = Set(own.filter { $0.state == .sealed }.map(\.code))
        return own.filter { Self.isReached(ready($0), at: now) && ($0.state == .sealed || !sealed.contains($0.code)) }
            .min { ($1.severity, $0.due, $0.createdAt, $0.id) < ($0.severity, $1.due, $1.createdAt, $1.id) }
    }

    /// When a message may go out: what was tried when it is due, and the next of its kind a minute after the last.
    private func ready(_ message: AlertMessage) -> WallTime {
        guard message.state == .open, let last = begun[Kind(message)] else { return message.due }
        return max(message.due, last + Limits.betweenMessages)
    }

    /// Both ways, because a clock may be set back: nothing waits for longer than it could.
    private static func isReached(_ time: WallTime, at now: WallTime) -> Bool {
        time <= now || now + Limits.longestAlertRetry + Limits.betweenMessages < time
    }

    /// A try has ended.
    ///
    /// - Parameter failure: Why nobody took it; `nil` when somebody did.
    /// - Returns: What is to be kept now; `nil` where it was forgotten meanwhile.
    public mutating func end(_ id: String, failure: DeliveryFailure?, at now: WallTime) -> AlertMessage? {
        guard var message = messages[id] else {
            for (name, channel) in channels where channel.busy == id { channels[name]?.busy = nil }
            return nil
        }
        var channel = channels[message.channel] ?? Channel()
        channel.busy = nil
        message.failure = failure?.words
        if let failure {
            message.due = now + Self.pause(after: message.attempts)
            if failure.isOfMessage { message.refusals = (message.refusals ?? 0) + 1 }
            if Self.isGivenUp(message, at: now) { message.state = .lost(at: now) }
            Self.fail(&channel, failure, at: now)
        } else {
            message.state = .delivered(at: now)
            channel = Channel()
            channel.deliveredAt = now
        }
        channels[message.channel] = channel
        messages[id] = message.waits ? message : nil
        return message
    }

    /// After a week of many tries: a clock that was set ahead loses nothing.
    private static func isGivenUp(_ message: AlertMessage, at now: WallTime) -> Bool {
        if message.refusals ?? 0 >= Limits.alertRefusals { return true }
        return now - message.createdAt >= Limits.alertPatience && message.attempts >= Limits.alertTries
    }

    /// What is refused by itself keeps nothing else waiting; people hear of it while nothing else passes.
    private static func fail(_ channel: inout Channel, _ failure: DeliveryFailure, at now: WallTime) {
        channel.failure = failure.words
        channel.failingSince = channel.failingSince.map { min($0, now) } ?? now
        guard !failure.isOfMessage else { return }
        channel.failures += 1
        channel.retryAt = now + pause(after: channel.failures)
    }

    static func pause(after failures: Int) -> Duration {
        min(Limits.shortestAlertRetry * (1 << min(max(failures - 1, 0), 16)), Limits.longestAlertRetry)
    }

    /// When there is something to do next; `nil` while nothing waits.
    public var next: WallTime? {
        messages.values.compactMap { message -> WallTime? in
            let channel = channels[message.channel]
            guard channel?.busy == nil else { return nil }
            return max(ready(message), channel?.retryAt ?? message.due)
        }.min()
    }

    /// A channel is there no more, and nothing goes to it.
    public mutating func forget(_ channel: ShortName) {
        messages = messages.filter { $0.value.channel != channel }
        channels[channel] = nil
        begun = begun.filter { $0.key.channel != channel }
    }

    /// A channel was changed: what failed before may work now.
    public mutating func retry(_ channel: ShortName, at now: WallTime) {
        channels[channel]?.retryAt = nil
        for (id, message) in messages where message.channel == channel && message.state == .sealed {
            messages[id]?.due = min(message.due, now)
        }
    }

    /// Something else went over a channel, such as a test: what failed there before may work now.
    public mutating func pass(_ channel: ShortName, at now: WallTime) {
        var state = channels[channel] ?? Channel()
        (state.failures, state.failingSince, state.failure, state.deliveredAt) = (0, nil, nil, now)
        channels[channel] = state
        retry(channel, at: now)
    }

    /// How a channel does.
    public func report(of name: ShortName) -> ChannelTraffic {
        let channel = channels[name]
        return ChannelTraffic(
            channel: name,
            waiting: messages.values.count { $0.channel == name },
            deliveredAt: channel?.deliveredAt,
            failingSince: channel?.failingSince,
            failure: channel?.failure
        )
    }
}

extension AlertQueue.Kind {
    fileprivate init(_ message: AlertMessage) { self.init(channel: message.channel, code: message.code) }
}

/// Why a message was not taken.
public struct DeliveryFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// In plain words. Never a secret.
    public let words: String
    /// Whether the other side refused this message alone, so that others may pass.
    public let isOfMessage: Bool

    public init(_ words: String, isOfMessage: Bool = false) { (self.words, self.isOfMessage) = (words, isOfMessage) }

    public var description: String { words }
}

/// What goes over a channel at this moment.
public struct ChannelTraffic: Hashable, Sendable, Codable {
    public let channel: ShortName
    /// Messages that wait.
    public let waiting: Int
    public let deliveredAt: WallTime?
    /// `nil` while it works, or was not tried.
    public let failingSince: WallTime?
    public let failure: String?

    public init(
        channel: ShortName,
        waiting: Int = 0,
        deliveredAt: WallTime? = nil,
        failingSince: WallTime? = nil,
        failure: String? = nil
    ) {
        (self.channel, self.waiting, self.deliveredAt) = (channel, waiting, deliveredAt)
        (self.failingSince, self.failure) = (failingSince, failure)
    }
}
