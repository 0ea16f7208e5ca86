// SPDX-License-Identifier: Apache-2.0

import Guard
public import Model
import Primitives
import SIP

/// Hands watchers what calls and registrations are like, and sends what is to be told them.
extension Switchboard {
    /// A SUBSCRIBE outside of a dialog.
    mutating func subscribe(_ request: Message, by proof: Authenticated) {
        let addressee = desk.addressee(of: request)
        // It is an extension's state, whichever of its phones is named. A document would tell what a temporary GRUU hides.
        let isHidden = addressee.phone?.isTemporary == true
        let target = isHidden ? nil : WatchedPlace(dialled: addressee.number, by: proof.device.number)
        do throws(SubscribeRefused) {
            let accepted = try subscriptions.subscribe(request, to: target, by: proof, at: desk.now)
            watchWhatIsNeeded()
            accept(request, accepted)
        } catch {
            refuse(request, error, by: proof)
        }
    }

    /// A request inside the dialog of a subscription.
    ///
    /// - Returns: Whether there is such a subscription, so that nothing is left to do.
    mutating func receiveInSubscription(_ request: Message, on flow: Flow) -> Bool {
        guard subscriptions.count > 0, let key = DialogKey(request), let id = subscriptions.find(key) else {
            return false
        }
        guard request.method != .ack else { return true }
        // Row S14: tags can be read by others, so the credential is asked for, whatever connection it comes on.
        guard let proof = desk.authenticate(request, on: flow), let subscription = subscriptions[id] else {
            return true
        }
        guard proof.device.id == subscription.device.id else {
            desk.turn.report(.identityMismatch, request, flow)
            desk.respond(403, to: request, on: flow)
            return true
        }
        guard subscriptions.isInOrder(request, id) else {
            desk.respond(500, to: request, on: flow)
            return true
        }
        guard request.method == .subscribe else {
            desk.refuseMethod(of: request, on: flow)
            return true
        }
        do throws(SubscribeRefused) {
            accept(request, try subscriptions.refresh(request, id, by: proof, at: desk.now))
        } catch {
            refuse(request, error, by: proof)
        }
        return true
    }

    /// Answers, and tells the state at once (RFC 6665 §4.2.1.2).
    private mutating func accept(_ request: Message, _ accepted: Subscriptions.Accepted) {
        let contact = desk.contact(over: accepted.flow)
        desk.respond(200, to: request, on: accepted.flow, tag: accepted.tag) { writer in
            writer.field(.expires, Int(accepted.seconds))
            writer.field(.contact, contact)
        }
        guard accepted.seconds > 0 else {
            endSubscription(accepted.id, .timeout)
            return
        }
        subscriptions.extend(accepted, at: desk.now.monotonic)
        tell(accepted.id)
    }

    private mutating func refuse(
        _ request: Message,
        _ refused: SubscribeRefused,
        by proof: Authenticated,

    ) {
        switch refused {
        case .notYours: desk.turn.report(.identityMismatch, request, proof.flow)
        case .tooMany, .tooFast: desk.turn.report(.accountLimit, request, proof.flow)
        case .malformed, .unknownEvent, .otherEvent, .filtered, .forbidden, .notAcceptable, .tooBrief, .full,
            .tooLong:
            break
        }
        let wait = 30 + Int(desk.entropy.next() % 30)
        desk.respond(refused.status, to: request, on: proof.flow) {
            refused.write(for: request, wait: wait, into: &$0)
        }
    }

    // MARK: Telling

    /// How many voice messages wait in a mailbox, from whoever keeps them. Watchers are told when it is news.
    public mutating func setMailbox(_ counts: MailboxCounts, of number: ExtensionNumber, _ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        subscriptions.setMailbox(counts, of: number)
        let watched = Watched(package: .messageSummary, place: .extension(number))
        for id in subscriptions.watching(watched) { tell(id) }
    }

    /// Tells of calls and registrations that changed in this turn. While nobody watches, this is one comparison.
    mutating func tellWatchers() {
        guard callTable.hasChanges || desk.registrar.bindings.hasChanges || !callTable.parkingNews.isEmpty else {
            return
        }
        let calls = callTable.takeChanges()
        let usernames = desk.registrar.takeChanges()
        var news = Set(calls.map { Watched(package: .dialog, place: .extension($0)) })
        news.formUnion(calls.map { Watched(package: .presence, place: .extension($0)) })
        for username in usernames {
            guard let number = desk.snapshot.devices[username]?.number else { continue }
            news.insert(Watched(package: .presence, place: .extension(number)))
            news.insert(Watched(package: .reg, place: .extension(number), username: username))
        }
        news.formUnion(callTable.parkingNews.map { Watched(package: .dialog, place: .parking($0)) })
        callTable.parkingNews = []
        for id in news.flatMap({ subscriptions.watching($0) }).sorted() { tell(id) }
    }

    /// Looks at calls and registrations only while somebody watches them.
    mutating func watchWhatIsNeeded() {
        callTable.watch(subscriptions.has(.dialog) || subscriptions.has(.presence))
        desk.registrar.watch(subscriptions.has(.presence) || subscriptions.has(.reg))
    }

    private mutating func tell(_ id: UInt64) {
        guard subscriptions.isReady(id), let subscription = subscriptions[id] else { return }
        let content = content(of: subscription.watched)
        if let notice = subscriptions.tell(id, content, way(to: subscription), at: desk.now) { send(notice) }
    }

    private mutating func endSubscription(_ id: UInt64, _ end: Subscriptions.End) {
        guard let subscription = subscriptions[id] else { return }
        let content = end == .timeout ? content(of: subscription.watched) : nil
        let notice = subscriptions.end(id, end, content, way(to: subscription), at: desk.now)
        watchWhatIsNeeded()
        if let notice { send(notice) }
    }

    private func way(to subscription: Subscription) -> Subscriptions.Way {
        Subscriptions.Way(
            contact: desk.contact(over: subscription.flow),
            target: desk.address(of: subscription.dialog, over: subscription.flow)
        )
    }

    private mutating func send(_ notice: Subscriptions.Notice) {
        desk.start(notice.key, .notify, notice.bytes, purpose: .notification(notice.id), over: notice.flow)
    }

    /// What became of a NOTIFY.
    mutating func notified(_ id: UInt64, status: Int?) {
        if subscriptions.notified(id, status: status, at: desk.now.monotonic) {
            tell(id)
        } else {
            watchWhatIsNeeded()
        }
    }

    mutating func wakeSubscriptions() {
        for (id, isOver) in subscriptions.takeDue(at: desk.now.monotonic) {
            if isOver {
                endSubscription(id, .timeout)
            } else {
                tell(id)
                subscriptions.schedule(id)
            }
        }
    }

    /// New settings: who may not watch any more is told that it is over, and who watches settings what is news.
    mutating func reviewSubscriptions() {
        for id in subscriptions.apply(desk.snapshot) { endSubscription(id, .rejected) }
        tellOfSettings()
    }

    private mutating func tellOfSettings() {
        for id in subscriptions.lampsOfSettings { tell(id) }
    }

    /// Says whether the business is open by its hours and holidays.
    public mutating func setOpen(_ isOpen: Bool, _ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        guard isOpen != desk.isOpenByHours else { return }
        desk.isOpenByHours = isOpen
        tellOfSettings()
    }

    mutating func forgetSubscriptions(on flow: FlowID) {
        subscriptions.remove(on: flow)
        watchWhatIsNeeded()
    }

    /// How things stand now.
    private func content(of watched: Watched) -> WatchedContent {
        switch watched.package {
        case .dialog: .calls(Array(calls(of: watched.place).prefix(Limits.shownCalls)))
        case .presence:
            .presence(
                isReachable: watched.place.number.map { desk.snapshot.devices(of: $0) }?.contains {
                    desk.registrar.bindings.countOf($0.username) > 0
                } ?? false,
                isOnPhone: calls(of: watched.place).contains { $0.state == .confirmed }
            )
        case .messageSummary:
            .mailbox(watched.place.number.map { subscriptions.mailbox(of: $0) } ?? MailboxCounts())
        case .reg:
            .contacts(
                desk.registrar.bindings.of(watched.username ?? "").map {
                    ShownContact(binding: $0.id, uri: $0.contact, expires: $0.expires)
                }
            )
        }
    }

    /// What a lamp shows: the calls of an extension, or one that stands for what is so.
    private func calls(of place: WatchedPlace) -> [ShownCall] {
        switch place {
        case .extension(let number): callTable.shown(of: number)
        case .parking(let place): callTable.parked[place].map { [ShownCall(.confirmed, call: $0.call)] } ?? []
        case .feature(let request, let number):
            FeatureRules.isOn(request, at: number, in: desk.snapshot.outside.routing, isOpen: desk.isOpen)
                ? [ShownCall(.confirmed, call: 0)] : []
        }
    }
}

extension ShownCall {
    /// Of a lamp that is no extension's.
    fileprivate init(_ state: CallView.State, call: UInt64) {
        self.init(call: call, isInitiator: false, state: state)
    }
}
