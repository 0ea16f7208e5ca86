// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Logging
import Model
import Primitives
import Store

/// Reads what happens in one business and tells people of it who must know at once: by the log, and by every channel that hears of
/// it. What it is to send is on the disk before it is sent, and there until the other side has taken it.
actor AlertDesk {
    private let store: RingfenceStore
    private let disk: BusinessStore
    private let courier: any Courier
    private let log: any Notifier
    private let clock: @Sendable () -> WallTime
    private let entropy = SystemEntropy.make()
    private var alerts: Alerts
    private var queue: AlertQueue
    private var sending: [String: Task<Void, Never>] = [:]
    private var reader: Task<Void, Never>?
    private var watch: Task<Void, Never>?
    private var isStopped = false

    init(
        store: RingfenceStore,
        courier: any Courier,
        log: any Notifier,
        clock: @escaping @Sendable () -> WallTime = { SystemClock.wall }
    ) {
        (self.store, disk) = (store, BusinessStore(store))
        (self.courier, self.log, self.clock) = (courier, log, clock)
        // Nothing to tell: a database that cannot be read is told of by whoever needs it.
        alerts = (try? store.alertState()).flatMap { $0 }.flatMap { AlertCoding.decode($0) } ?? Alerts()
        queue = AlertQueue(kept: (try? store.alertMessages(endedSince: clock() + .seconds(-600))) ?? [])
    }

    /// Reads until the hub comes to its end.
    func start(on hub: EventHub) {
        // The first one finds room.
        guard reader == nil, let news = try? hub.subscribe(limit: Limits.waitingEvents) else { return }
        reader = Task { [weak self] in
            await self?.catchUp()
            await self?.mark()
            for await news in news {
                switch news {
                case .event(let event): await self?.take(event)
                case .missed(let count):
                    await self?.take(.found(.missed(count)))
                    await self?.catchUp()
                }
            }
        }
        watch = Task { [weak self] in
            while !Task.isCancelled {
                await self?.look()
                guard let pause = await self?.pause else { return }
                try? await Task.sleep(for: pause)
            }
        }
    }

    /// Until the next look, at most for as long as a clock that was set may go unnoticed.
    private var pause: Duration {
        guard let next = queue.next else { return Limits.clockReview }
        return min(max(next - clock(), Limits.shortestPause), Limits.clockReview)
    }

    /// Looks at what was noticed and not looked at, because the last run ended before or so much happened at once: each as at the time
    /// when it was noticed.
    func catchUp() async {
        guard let mark = alerts.seenUntil else { return }
        let now = clock()
        let noticed = (try? await disk.read { try $0.events(limit: Limits.caughtUp) }) ?? []
        for event in noticed.reversed() where event.at >= mark && event.at <= now {
            await take(.noticed(event), at: alerts.moment(of: event, at: now))
        }
    }

    /// From now on everything is looked at once, also after an end before the first alert.
    private func mark() async {
        guard alerts.seenUntil == nil else { return }
        alerts.begin(at: clock())
        await keep([], [], state: AlertCoding.encode(alerts))
    }

    /// Tells people of something, if they are to know.
    func take(_ event: Event) async { await take(event, at: clock()) }

    private func take(_ event: Event, at now: WallTime) async {
        let snapshot = store.snapshot
        guard let finding = alerts.take(event, in: snapshot, at: now) else { return }
        await tell(finding, at: now)
    }

    /// Tells people of something that was decided before.
    func tell(_ finding: Finding, at now: WallTime) async {
        let snapshot = store.snapshot
        log.notify(finding)
        let item = AlertMessage.Item(at: now, finding)
        let hearers = snapshot.outside.alerts.sorted.map(\.channel).filter { channel in
            // That a channel fails is told over the others. Who is told of what is everybody's business (row I04).
            (channel.hears.includes(finding) || finding.code == Finding.Code(.alertsChanged))
                && !(finding.code == .alertChannel && finding.subject == channel.name.text)
        }
        let messages = hearers.map { channel in
            queue.add(item, for: channel.name, id: Hex.encode(entropy.bytes(16)), at: now)
        }
        await keep([item], messages, state: AlertCoding.encode(alerts))
        await look()
    }

    /// Sends what is due.
    func look() async {
        guard !isStopped else { return }
        let due = queue.begin(at: clock())
        guard !due.isEmpty else { return }
        // A disk that takes nothing keeps no alarm back: it may be what the alarm is about.
        await keep([], due)
        for message in due { sending[message.id] = Task { await self.deliver(message) } }
    }

    private func deliver(_ message: AlertMessage) async {
        let snapshot = store.snapshot
        var failure: DeliveryFailure?
        if let access = snapshot.outside.alerts.channels[message.channel] {
            do throws(DeliveryFailure) {
                try await courier.deliver(AlertLetter(message, of: snapshot.domain), over: access)
            } catch {
                failure = error
            }
            if let ended = queue.end(message.id, failure: failure, at: clock()) {
                await keep([], [ended])
                if case .lost = ended.state { await tellLost(ended) }
            }
        } else {
            queue.forget(message.channel)
        }
        sending[message.id] = nil
        await look()
    }

    /// Nothing of what it said: that may be why it was refused.
    private func tellLost(_ message: AlertMessage) async {
        guard message.code != .alertLost else { return }
        await tell(.lost(message), at: clock())
    }

    /// Returns when it is on the disk, or the disk has not taken it. What was handed over first is there first.
    private func keep(_ alerts: [AlertMessage.Item], _ messages: [AlertMessage], state: [UInt8]? = nil) async {
        await withCheckedContinuation { (kept: CheckedContinuation<Void, Never>) in
            disk.writeLater { backend in
                // That the disk takes nothing is told of by the records.
                try? backend.keep(alerts, messages, state: state)
                kept.resume()
            }
        }
    }

    /// Follows what people changed of the channels.
    func follow(_ changes: [Change]) async {
        for case .outside(.alert(let change)) in changes {
            switch change {
            case .remove(let name): queue.forget(name)
            case .put(let access): queue.retry(access.channel.name, at: clock())
            case .hear: break
            }
        }
        await look()
    }

    /// Something went over a channel that was not in the queue.
    func passed(_ channel: ShortName) async {
        queue.pass(channel, at: clock())
        await look()
    }

    /// How each channel does.
    var traffic: [ChannelTraffic] {
        store.snapshot.outside.alerts.sorted.map { queue.report(of: $0.channel.name) }
    }

    /// What is wrong for longer than it takes to be told.
    var faults: [Finding] { alerts.lasting(at: clock()) }

    /// Nothing is sent any more; what waits is sent by the next run. What is on its way is waited for as long as it takes the other side
    /// to say so, or a moment.
    func stop() async {
        isStopped = true
        reader?.cancel()
        watch?.cancel()
        let waiting = Array(sending.values)
        guard !waiting.isEmpty else { return }
        let (ends, end) = AsyncStream<Void>.makeStream()
        Task {
            for task in waiting { await task.value }
            end.yield()
        }
        Task {
            try? await Task.sleep(for: Limits.alertFarewell)
            end.yield()
        }
        for await _ in ends { return }
    }
}

extension Finding.Code {
    /// A channel by which nobody is told any more.
    static let alertChannel: Self = "alert-channel"
    /// Alerts that somebody was not told of by a channel.
    static let alertLost: Self = "alert-lost"
}

extension Finding {
    fileprivate static func lost(_ message: AlertMessage) -> Self {
        Finding(
            .alertLost,
            .warning,
            "Channel \(message.channel) did not take an alert.",
            control: .serviceAlerts,
            subject: message.channel.text,
            evidence: "\(message.count) of '\(message.code.rawValue)', the first of \(message.createdAt).",
            remedy: "See what it was: ringfence alert list"
        )
    }

    fileprivate static func missed(_ count: Int) -> Self {
        Finding(
            "alerts-missed",
            .warning,
            "So much happened at once that some of it was not looked at for alerts.",
            subject: "alerts",
            evidence: "\(count) events.",
            remedy: "See the list: ringfence event list"
        )
    }
}

/// Tells people by the log.
struct LogNotifier: Notifier {
    let logger: Logger

    func notify(_ finding: Finding) { logger.tell(finding) }
}
