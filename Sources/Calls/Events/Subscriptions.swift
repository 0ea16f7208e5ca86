// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// Who watches what, and what they were told (RFC 6665). It knows neither calls nor registrations: how things stand is
/// handed to it, and what is to be sent is handed back.
struct Subscriptions: Sendable {
    /// Why a subscription ends, as it stands in Subscription-State (§4.1.3).
    enum End: String {
        /// It expired or was given up.
        case timeout
        /// The settings do not allow it any more.
        case rejected
    }

    /// What a SUBSCRIBE did: a subscription for so many seconds, 0 for a single look.
    struct Accepted: Sendable {
        let id: UInt64
        let flow: Flow
        /// Our tag, where the dialog is new.
        let tag: String?
        let seconds: UInt32
    }

    /// How a watcher is reached.
    struct Way {
        /// Our Contact towards it.
        let contact: String
        /// Where requests in its dialog go; `nil` for the dialog's own target.
        let target: [UInt8]?
    }

    /// A NOTIFY that is to be sent.
    struct Notice: Sendable {
        let id: UInt64
        let key: BranchKey
        let bytes: [UInt8]
        let flow: Flow
    }

    private let settings: SwitchboardSettings
    private let entropy: Entropy
    private(set) var snapshot: Snapshot
    private var index = SubscriptionIndex()
    /// What each phone may still ask of us.
    private var accounts = AccountGate()
    /// Only mailboxes that hold something.
    private var mailboxes: [ExtensionNumber: MailboxCounts] = [:]
    private var deadlines = DeadlineQueue<UInt64>()
    private var lastID: UInt64 = 0

    init(settings: SwitchboardSettings, snapshot: Snapshot, entropy: Entropy) {
        (self.settings, self.snapshot, self.entropy) = (settings, snapshot, entropy)
    }

    var count: Int { index.count }
    var nextDeadline: MonotonicTime? { deadlines.next }

    func has(_ package: EventPackage) -> Bool { index.has(package) }
    func watching(_ watched: Watched) -> [UInt64] { index.watching(watched) }
    func find(_ dialog: DialogKey) -> UInt64? { index.find(dialog) }
    func mailbox(of number: ExtensionNumber) -> MailboxCounts { mailboxes[number] ?? MailboxCounts() }
    subscript(id: UInt64) -> Subscription? { index[id] }

    /// Takes new settings.
    ///
    /// - Returns: The subscriptions that are not allowed any more, to be ended.
    mutating func apply(_ snapshot: Snapshot) -> [UInt64] {
        self.snapshot = snapshot
        let enrolled = Set(snapshot.devices.values.map(\.id))
        accounts.keep { enrolled.contains($0) }
        return index.all.filter { subscription in
            let permission = SubscriptionRules.decide(
                subscription.device,
                asksFor: subscription.proof.state,
                of: subscription.proof.place,
                in: snapshot
            )
            return permission != subscription.proof
        }.map(\.id)
    }

    /// Lamps of settings: each change may be news to them.
    var lampsOfSettings: [UInt64] {
        index.all.filter {
            switch $0.watched.place {
            case .feature: true
            case .extension, .parking: false
            }
        }.map(\.id)
    }

    // MARK: SUBSCRIBE

    /// The start of a subscription, or a single look with `Expires: 0` (§4.4.3), after its sender proved who it is.
    ///
    /// - Parameter target: Whose state is asked for; `nil` where that is nobody's, or not to be told.
    mutating func subscribe(
        _ request: Message,
        to target: WatchedPlace?,
        by proof: Authenticated,
        at now: Moment
    ) throws(SubscribeRefused) -> Accepted {
        let (watched, permission, eventID) = try judge(request, of: target, by: proof, at: now)
        let seconds = try Self.lifetime(asked: request)
        let dialog: Dialog
        let tag = entropy.tag()
        do { dialog = try Dialog(asServerFrom: request, localTag: tag) } catch { throw .malformed }
        lastID += 1
        let subscription = Subscription(
            id: lastID,
            watched: watched,
            proof: permission,
            eventID: eventID,
            subscriber: proof,
            dialog: dialog,
            at: now.monotonic
        )
        index.insert(subscription)
        return Accepted(id: lastID, flow: proof.flow, tag: tag, seconds: seconds)
    }

    /// Extends a subscription, or ends it with `Expires: 0` (§4.2.1.1, §4.1.2.3).
    ///
    /// - Precondition: The request is in order, by ``isInOrder(_:_:)``.
    mutating func refresh(
        _ request: Message,
        _ id: UInt64,
        by proof: Authenticated,
        at now: Moment
    ) throws(SubscribeRefused) -> Accepted {
        guard request.bytes.count <= Limits.subscribeBytes else { throw .tooLong }
        guard accounts.admits(.subscription, of: proof.device.id, at: now.monotonic) else { throw .tooFast }
        guard let subscription = index[id], let (package, eventID) = EventPackage.named(in: request),
            package == subscription.watched.package, eventID == subscription.eventID
        else { throw .otherEvent }
        let seconds = try Self.lifetime(asked: request)
        index[id]?.dialog.refreshTarget(from: request)
        index.move(id, to: proof.flow)
        return Accepted(id: id, flow: proof.flow, tag: nil, seconds: seconds)
    }

    mutating func isInOrder(_ request: Message, _ id: UInt64) -> Bool {
        guard var dialog = index[id]?.dialog, let order = try? dialog.receive(request), order == .next else {
            return false
        }
        index[id]?.dialog.remoteCSeq = dialog.remoteCSeq
        return true
    }

    /// Everything about a new subscription that can be refused, in the order of §4.2.1.1.
    private mutating func judge(
        _ request: Message,
        of target: WatchedPlace?,
        by proof: Authenticated,
        at now: Moment
    ) throws(SubscribeRefused) -> (Watched, MayWatch, eventID: [UInt8]?) {
        guard proof.isSender(of: request) else { throw .notYours }
        guard request.bytes.count <= Limits.subscribeBytes else { throw .tooLong }
        guard accounts.admits(.subscription, of: proof.device.id, at: now.monotonic) else { throw .tooFast }
        guard let (package, eventID) = EventPackage.named(in: request) else { throw .unknownEvent }
        // A body would be a filter (RFC 4660), and one that is not applied tells more than was asked for.
        guard request.body.isEmpty else { throw .filtered }
        let permission = SubscriptionRules.decide(proof.device, asksFor: package.state, of: target, in: snapshot)
        guard let permission else { throw .forbidden }
        guard package.isAccepted(by: request) else { throw .notAcceptable }
        guard index.count(of: proof.device.username) < Limits.subscriptionsPerDevice else { throw .tooMany }
        guard index.count < Limits.subscriptions else { throw .full }
        let username = package == .reg ? proof.device.username : nil
        return (Watched(package: package, place: permission.place, username: username), permission, eventID)
    }

    /// Seconds, 0 for a single look. Longer than allowed becomes what is allowed, as §4.2.1.1 lets us.
    private static func lifetime(asked request: Message) throws(SubscribeRefused) -> UInt32 {
        let asked: UInt32?
        do { asked = try request.expires() } catch { throw .malformed }
        let seconds = min(asked ?? Limits.longestSubscription, Limits.longestSubscription)
        guard seconds == 0 || seconds >= Limits.shortestSubscription else { throw .tooBrief }
        return seconds
    }

    /// Begins the time that was asked for: everything is to be told at once (§4.2.1.2).
    mutating func extend(_ accepted: Accepted, at now: MonotonicTime) {
        index[accepted.id]?.expires = now + .seconds(Int64(accepted.seconds))
        index[accepted.id]?.isFullDue = true
        index[accepted.id]?.notBefore = now
        schedule(accepted.id)
    }

    /// A connection is gone, and the subscriptions over it with it.
    mutating func remove(on flow: FlowID) {
        for id in index.on(flow) { index.remove(id) }
    }

    // MARK: NOTIFY

    /// Takes note of what waits in a mailbox.
    mutating func setMailbox(_ counts: MailboxCounts, of number: ExtensionNumber) {
        mailboxes[number] = counts == MailboxCounts() ? nil : counts
    }

    /// Whether the last NOTIFY was answered: before, nothing is told.
    func isReady(_ id: UInt64) -> Bool { index[id].map { !$0.isInFlight } ?? false }

    /// What is news to a watcher, when it may hear it: not before the last NOTIFY was answered, not too often.
    mutating func tell(_ id: UInt64, _ content: WatchedContent, _ way: Way, at now: Moment) -> Notice? {
        guard var subscription = index[id], !subscription.isInFlight else { return nil }
        let isNews = subscription.isFullDue || content != subscription.told
        let isHeldBack = isNews && subscription.notBefore > now.monotonic
        guard isNews, !isHeldBack else {
            index[id]?.isHeldBack = isHeldBack
            if isHeldBack { schedule(id) }
            return nil
        }
        let left = max(0, (subscription.expires - now.monotonic).components.seconds)
        let notice = notice(content, "active;expires=\(left)", of: &subscription, way, at: now)
        subscription.told = content
        (subscription.isFullDue, subscription.isHeldBack, subscription.isInFlight) = (false, false, true)
        subscription.notBefore = now.monotonic + subscription.watched.package.pause
        index[id] = subscription
        return notice
    }

    /// The last NOTIFY, and no more (§4.4.1).
    ///
    /// - Parameter content: `nil` for somebody who may not watch any more.
    mutating func end(_ id: UInt64, _ end: End, _ content: WatchedContent?, _ way: Way, at now: Moment) -> Notice? {
        guard var subscription = index.remove(id) else { return nil }
        subscription.isFullDue = true
        return notice(content, "terminated;reason=\(end.rawValue)", of: &subscription, way, at: now)
    }

    /// A NOTIFY, complete. The dialog counts it.
    private mutating func notice(
        _ content: WatchedContent?,
        _ state: String,
        of subscription: inout Subscription,
        _ way: Way,
        at now: Moment
    ) -> Notice {
        let key = BranchKey(using: entropy)
        let body = content.map { document($0, of: &subscription, at: now) } ?? []
        var writer = MessageWriter()
        subscription.dialog.writeRequest(.notify, cseq: nil, at: way.target, into: &writer)
        settings.writeVia(key, over: subscription.flow, into: &writer)
        writer.field(.contact, way.contact)
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
        return Notice(id: subscription.id, key: key, bytes: writer.bytes, flow: subscription.flow)
    }

    /// What became of a NOTIFY: answered, refused, or `nil` for no answer at all (§4.2.2).
    ///
    /// - Returns: Whether the subscription goes on.
    mutating func notified(_ id: UInt64, status: Int?, at now: MonotonicTime) -> Bool {
        guard index[id] != nil else { return false }
        index[id]?.isInFlight = false
        switch status {
        case .some(200..<300): break
        case .some(500), .some(503):
            // The phone is busy with itself; it is told everything again, later.
            index[id]?.isFullDue = true
            index[id]?.notBefore = now + Limits.notifyAgain
        case .some, nil:
            index.remove(id)
            return false
        }
        return true
    }

    // MARK: Time

    /// Those of which a moment came: they end, or what had to wait may be told.
    mutating func takeDue(at now: MonotonicTime) -> [(id: UInt64, isOver: Bool)] {
        var due: [(UInt64, Bool)] = []
        for _ in 0..<deadlines.count {
            guard let id = deadlines.popDue(at: now) else { break }
            guard let subscription = index[id] else { continue }
            if let wake = subscription.wake, wake <= now { index[id]?.wake = nil }
            due.append((id, subscription.expires <= now))
        }
        return due
    }

    /// Puts a subscription into the deadline queue for its next moment, unless it is there for an earlier one.
    mutating func schedule(_ id: UInt64) {
        guard let subscription = index[id] else { return }
        let isWaiting =
            !subscription.isInFlight && subscription.notBefore < subscription.expires
            && (subscription.isFullDue || subscription.isHeldBack)
        let moment = isWaiting ? subscription.notBefore : subscription.expires
        if let wake = subscription.wake, wake <= moment { return }
        index[id]?.wake = moment
        deadlines.insert(id, at: moment)
    }
}
