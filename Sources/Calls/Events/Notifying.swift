// SPDX-License-Identifier: Apache-2.0

import Guard
public import Model
import Primitives
import SIP

/// Telling watchers (RFC 6665 §4.2.2).
extension Switchboard {
    /// Why a subscription ends, as it stands in Subscription-State (§4.1.3).
    enum SubscriptionEnd: String {
        /// It expired or was given up.
        case timeout
        /// The settings do not allow it any more.
        case rejected
    }

    /// How many voice messages wait in a mailbox, from whoever keeps them. Watchers are told when it is news.
    public mutating func setMailbox(_ counts: MailboxCounts, of number: ExtensionNumber, _ turn: inout Turn) {
        mailboxes[number] = counts == MailboxCounts() ? nil : counts
        let watched = Watched(package: .messageSummary, number: number, username: nil)
        for id in subscriptions.watching(watched) { tell(id, &turn) }
    }

    /// Tells of calls and registrations that changed in this turn. While nobody watches, this is one comparison.
    mutating func tellWatchers(_ turn: inout Turn) {
        guard callsBySerial.hasChanges || bindings.hasChanges else { return }
        let calls = callsBySerial.takeChanges()
        let usernames = bindings.takeChanges()
        var news = Set(calls.map { Watched(package: .dialog, number: $0, username: nil) })
        news.formUnion(calls.map { Watched(package: .presence, number: $0, username: nil) })
        for username in usernames {
            guard let number = snapshot.devices[username]?.number else { continue }
            news.insert(Watched(package: .presence, number: number, username: nil))
            news.insert(Watched(package: .reg, number: number, username: username))
        }
        for id in news.flatMap({ subscriptions.watching($0) }).sorted() { tell(id, &turn) }
    }

    /// Looks at calls and registrations only while somebody watches them.
    mutating func watchWhatIsNeeded() {
        callsBySerial.watch(subscriptions.has(.dialog) || subscriptions.has(.presence))
        bindings.watch(subscriptions.has(.presence) || subscriptions.has(.reg))
    }

    /// Sends what is news to a watcher, when it may hear it: not before the last NOTIFY was answered, not too often.
    mutating func tell(_ id: UInt64, _ turn: inout Turn) {
        guard var subscription = subscriptions[id], !subscription.isInFlight else { return }
        let content = content(of: subscription.watched)
        guard subscription.isFullDue || content != subscription.told else { return }
        guard subscription.notBefore <= turn.now.monotonic else {
            scheduleSubscription(id)
            return
        }
        let left = max(0, (subscription.expires - turn.now.monotonic).components.seconds)
        let notice = notice(content, "active;expires=\(left)", of: &subscription, at: turn.now)
        subscription.told = content
        subscription.isFullDue = false
        subscription.isInFlight = true
        subscription.notBefore = turn.now.monotonic + subscription.watched.package.pause
        subscriptions[id] = subscription
        send(notice, of: subscription, &turn)
    }

    /// The last NOTIFY, and no more (§4.4.1).
    mutating func endSubscription(_ id: UInt64, _ reason: SubscriptionEnd, _ turn: inout Turn) {
        guard var subscription = subscriptions[id] else { return }
        // What somebody may not watch any more is not told once again.
        let content = reason == .timeout ? content(of: subscription.watched) : nil
        subscription.isFullDue = true
        let state = "terminated;reason=\(reason.rawValue)"
        let notice = notice(content, state, of: &subscription, at: turn.now)
        forgetSubscription(id)
        send(notice, of: subscription, &turn)
    }

    mutating func forgetSubscription(_ id: UInt64) {
        guard subscriptions.remove(id) != nil else { return }
        watchWhatIsNeeded()
    }

    /// A NOTIFY, complete. The dialog counts it.
    private mutating func notice(
        _ content: WatchedContent?,
        _ state: String,
        of subscription: inout Subscription,
        at now: Moment
    ) -> (BranchKey, [UInt8]) {
        let key = BranchKey(using: entropy)
        let body = content.map { document($0, of: &subscription, at: now) } ?? []
        var writer = MessageWriter()
        let address = address(of: subscription.dialog, over: subscription.flow)
        subscription.dialog.writeRequest(.notify, cseq: nil, at: address, into: &writer)
        writeVia(key, over: subscription.flow, into: &writer)
        writeContact(over: subscription.flow, into: &writer)
        writer.field(.event) { value in
            value.append(subscription.watched.package.rawValue)
            guard let id = subscription.eventID else { return }
            value.append(";id=")
            value.append(id)
        }
        writer.field(.subscriptionState, state)
        if body.isEmpty {
            writer.finish()
        } else {
            writer.finish(contentType: subscription.watched.package.contentType, body: body)
        }
        return (key, writer.bytes)
    }

    private mutating func send(
        _ notice: (key: BranchKey, bytes: [UInt8]),
        of subscription: Subscription,
        _ turn: inout Turn
    ) {
        start(
            notice.key,
            .notify,
            notice.bytes,
            purpose: .notification(subscription.id),
            over: subscription.flow,
            &turn
        )
    }

    /// What became of a NOTIFY: answered, refused, or `nil` for no answer at all (§4.2.2).
    mutating func notified(_ id: UInt64, status: Int?, _ turn: inout Turn) {
        guard subscriptions[id] != nil else { return }
        subscriptions[id]?.isInFlight = false
        switch status {
        case .some(200..<300): break
        case .some(500), .some(503):
            // The phone is busy with itself; it is told everything again, later.
            subscriptions[id]?.isFullDue = true
            subscriptions[id]?.notBefore = turn.now.monotonic + Limits.notifyAgain
        case .some, nil:
            forgetSubscription(id)
            return
        }
        tell(id, &turn)
    }

    /// A moment of a subscription came: it ends, or what had to wait may be told.
    mutating func wakeSubscription(_ id: UInt64, _ turn: inout Turn) {
        guard let subscription = subscriptions[id] else { return }
        if let wake = subscription.wake, wake <= turn.now.monotonic { subscriptions[id]?.wake = nil }
        if subscription.expires <= turn.now.monotonic {
            endSubscription(id, .timeout, &turn)
            return
        }
        tell(id, &turn)
        scheduleSubscription(id)
    }

    /// Puts a subscription into the deadline queue for its next moment, unless it is there for an earlier one.
    mutating func scheduleSubscription(_ id: UInt64) {
        guard let subscription = subscriptions[id] else { return }
        let isWaiting =
            !subscription.isInFlight && subscription.notBefore < subscription.expires
            && (subscription.isFullDue || content(of: subscription.watched) != subscription.told)
        let moment = isWaiting ? subscription.notBefore : subscription.expires
        if let wake = subscription.wake, wake <= moment { return }
        subscriptions[id]?.wake = moment
        deadlines.insert(.subscription(id), at: moment)
    }

    /// New settings: who may not watch any more is told that it is over.
    mutating func reviewSubscriptions(_ turn: inout Turn) {
        let enrolled = Set(snapshot.devices.values.map(\.id))
        accounts.keep { enrolled.contains($0) }
        for subscription in subscriptions.all {
            let permission = SubscriptionRules.decide(
                subscription.device,
                asksFor: subscription.proof.state,
                of: subscription.proof.number,
                in: snapshot
            )
            if permission != subscription.proof {
                endSubscription(subscription.id, .rejected, &turn)
            }
        }
    }

    /// How things stand now.
    func content(of watched: Watched) -> WatchedContent {
        switch watched.package {
        case .dialog:
            .calls(Array(callsBySerial.shown(of: watched.number).prefix(Limits.shownCalls)))
        case .presence:
            .presence(
                isReachable: snapshot.devices(of: watched.number).contains { bindings.countOf($0.username) > 0 },
                isOnPhone: callsBySerial.shown(of: watched.number).contains { $0.state == .confirmed }
            )
        case .messageSummary: .mailbox(mailboxes[watched.number] ?? MailboxCounts())
        case .reg:
            .contacts(
                bindings.of(watched.username ?? "").map { ShownContact(binding: $0.id, uri: $0.contact) }
            )
        }
    }
}
