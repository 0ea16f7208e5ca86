// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// What a subscription is about.
struct Watched: Hashable, Sendable {
    let package: EventPackage
    let number: ExtensionNumber
    /// The phone, where it is about one phone and not about an extension.
    let username: String?
}

/// One phone that is told of one state until it expires (RFC 6665 §4.2).
struct Subscription: Sendable {
    let id: UInt64
    let watched: Watched
    /// What let it in; asked for again when the settings change.
    let proof: MayWatch
    /// The `id` parameter of Event, which every NOTIFY repeats.
    let eventID: [UInt8]?
    /// The phone that watches.
    let device: Device
    var flow: Flow
    var dialog: Dialog
    var expires: MonotonicTime
    /// Of the next document that has one.
    var version = 0
    /// What the phone was told last; `nil` before the first NOTIFY.
    var told: WatchedContent?
    /// The next NOTIFY tells everything, as after each SUBSCRIBE (§4.4.1).
    var isFullDue = true
    /// A NOTIFY waits for its answer. The next one waits for that, so a slow phone gets the latest state only.
    var isInFlight = false
    /// The earliest moment of the next NOTIFY.
    var notBefore: MonotonicTime
    /// The earliest moment this is in the deadline queue for.
    var wake: MonotonicTime?
    /// Names of what a document lists, so that none tells how many there are elsewhere.
    private var names: [UInt64: Int] = [:]
    private var lastName = 0

    init(
        id: UInt64,
        watched: Watched,
        proof: MayWatch,
        eventID: [UInt8]?,
        subscriber: Authenticated,
        dialog: Dialog,
        at now: MonotonicTime
    ) {
        (self.id, self.watched, self.proof, self.eventID) = (id, watched, proof, eventID)
        (device, flow, self.dialog) = (subscriber.device, subscriber.flow, dialog)
        (expires, notBefore) = (now, now)
    }

    /// The name of a call or contact in the documents of this subscription.
    mutating func name(of item: UInt64) -> Int {
        if let name = names[item] { return name }
        lastName += 1
        names[item] = lastName
        return lastName
    }

    /// Forgets the names of what is in no document any more.
    mutating func keepNames(of items: [UInt64]) {
        guard names.count > items.count else { return }
        names = names.filter { items.contains($0.key) }
    }
}

/// Every subscription, by dialog, by phone, by connection and by what it watches.
struct Subscriptions: Sendable {
    private var byID: [UInt64: Subscription] = [:]
    private var byDialog: [DialogKey: UInt64] = [:]
    private var byFlow: [FlowID: Set<UInt64>] = [:]
    private var byWatched: [Watched: Set<UInt64>] = [:]
    private var counts: [String: Int] = [:]
    private var packages: [EventPackage: Int] = [:]

    var count: Int { byID.count }
    var all: [Subscription] { byID.values.sorted { $0.id < $1.id } }

    /// The subscription itself; its place in the tables does not change with it. ``move(_:to:)`` is for its connection.
    subscript(id: UInt64) -> Subscription? {
        get { byID[id] }
        _modify { yield &byID[id] }
    }

    func find(_ dialog: DialogKey) -> UInt64? { byDialog[dialog] }
    func on(_ flow: FlowID) -> [UInt64] { (byFlow[flow] ?? []).sorted() }
    func watching(_ watched: Watched) -> [UInt64] { (byWatched[watched] ?? []).sorted() }
    func count(of username: String) -> Int { counts[username] ?? 0 }
    func has(_ package: EventPackage) -> Bool { packages[package, default: 0] > 0 }

    mutating func insert(_ subscription: Subscription) {
        byID[subscription.id] = subscription
        byDialog[DialogKey(subscription.dialog)] = subscription.id
        byFlow[subscription.flow.id, default: []].insert(subscription.id)
        byWatched[subscription.watched, default: []].insert(subscription.id)
        counts[subscription.device.username, default: 0] += 1
        packages[subscription.watched.package, default: 0] += 1
    }

    mutating func move(_ id: UInt64, to flow: Flow) {
        guard let old = byID[id]?.flow.id else { return }
        byID[id]?.flow = flow
        guard old != flow.id else { return }
        leave(old, id)
        byFlow[flow.id, default: []].insert(id)
    }

    @discardableResult
    mutating func remove(_ id: UInt64) -> Subscription? {
        guard let subscription = byID.removeValue(forKey: id) else { return nil }
        byDialog[DialogKey(subscription.dialog)] = nil
        leave(subscription.flow.id, id)
        byWatched[subscription.watched]?.remove(id)
        if byWatched[subscription.watched]?.isEmpty == true { byWatched[subscription.watched] = nil }
        let username = subscription.device.username
        counts[username] = counts[username, default: 1] > 1 ? counts[username, default: 1] - 1 : nil
        packages[subscription.watched.package, default: 1] -= 1
        return subscription
    }

    private mutating func leave(_ flow: FlowID, _ id: UInt64) {
        byFlow[flow]?.remove(id)
        if byFlow[flow]?.isEmpty == true { byFlow[flow] = nil }
    }
}
