// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// What a subscription is about.
struct Watched: Hashable, Sendable {
    let package: EventPackage
    let place: WatchedPlace
    /// The phone, where it is about one phone and not about an extension.
    let username: String?

    init(package: EventPackage, place: WatchedPlace, username: String? = nil) {
        (self.package, self.place, self.username) = (package, place, username)
    }
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
    /// Something is news that could not be told yet.
    var isHeldBack = false
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
