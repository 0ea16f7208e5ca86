// SPDX-License-Identifier: Apache-2.0

import Model
import SIP

/// Every subscription, by dialog, by phone, by connection and by what it watches.
struct SubscriptionIndex: Sendable {
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
