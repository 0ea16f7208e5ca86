// SPDX-License-Identifier: Apache-2.0

import Guard
public import Model
import Primitives
import SIP

/// Hands watchers what calls and registrations are like, and sends what is to be told them.
extension Switchboard {
    /// A SUBSCRIBE outside of a dialog.
    mutating func subscribe(_ request: Message, by proof: Authenticated, _ turn: inout Turn) {
        let addressee = addressee(of: request)
        // It is an extension's state, whichever of its phones is named. A document would tell what a temporary GRUU hides.
        let target = addressee.phone?.isTemporary == true ? nil : ExtensionNumber(parsing: addressee.number)
        do throws(SubscribeRefused) {
            let accepted = try subscriptions.subscribe(request, to: target, by: proof, at: turn.now)
            watchWhatIsNeeded()
            accept(request, accepted, &turn)
        } catch {
            refuse(request, error, by: proof, &turn)
        }
    }

    /// A request inside the dialog of a subscription.
    ///
    /// - Returns: Whether there is such a subscription, so that nothing is left to do.
    mutating func receiveInSubscription(_ request: Message, on flow: Flow, _ turn: inout Turn) -> Bool {
        guard subscriptions.count > 0, let key = DialogKey(request), let id = subscriptions.find(key) else {
            return false
        }
        guard request.method != .ack else { return true }
        // Row S14: tags can be read by others, so the credential is asked for, whatever connection it comes on.
        guard let proof = authenticate(request, on: flow, &turn), let subscription = subscriptions[id] else {
            return true
        }
        guard proof.device.id == subscription.device.id else {
            turn.report(.identityMismatch, .intrusionDetection, request, flow)
            respond(403, to: request, on: flow, &turn)
            return true
        }
        guard subscriptions.isInOrder(request, id) else {
            respond(500, to: request, on: flow, &turn)
            return true
        }
        guard request.method == .subscribe else {
            respond(405, to: request, on: flow, &turn, writeCapabilities)
            return true
        }
        do throws(SubscribeRefused) {
            accept(request, try subscriptions.refresh(request, id, by: proof, at: turn.now), &turn)
        } catch {
            refuse(request, error, by: proof, &turn)
        }
        return true
    }

    /// Answers, and tells the state at once (RFC 6665 §4.2.1.2).
    private mutating func accept(_ request: Message, _ accepted: Subscriptions.Accepted, _ turn: inout Turn) {
        let contact = contact(over: accepted.flow)
        respond(200, to: request, on: accepted.flow, tag: accepted.tag, &turn) { writer in
            writer.field(.expires, Int(accepted.seconds))
            writer.field(.contact, contact)
        }
        guard accepted.seconds > 0 else {
            endSubscription(accepted.id, .timeout, &turn)
            return
        }
        subscriptions.extend(accepted, at: turn.now.monotonic)
        tell(accepted.id, &turn)
    }

    private mutating func refuse(
        _ request: Message,
        _ refused: SubscribeRefused,
        by proof: Authenticated,
        _ turn: inout Turn
    ) {
        switch refused {
        case .notYours: turn.report(.identityMismatch, .intrusionDetection, request, proof.flow)
        case .tooMany, .tooFast: turn.report(.accountLimit, .intrusionDetection, request, proof.flow)
        case .malformed, .unknownEvent, .otherEvent, .filtered, .forbidden, .notAcceptable, .tooBrief, .full,
            .tooLong:
            break
        }
        let wait = 30 + Int(entropy.next() % 30)
        respond(refused.status, to: request, on: proof.flow, &turn) {
            refused.write(for: request, wait: wait, into: &$0)
        }
    }

    // MARK: Telling

    /// How many voice messages wait in a mailbox, from whoever keeps them. Watchers are told when it is news.
    public mutating func setMailbox(_ counts: MailboxCounts, of number: ExtensionNumber, _ turn: inout Turn) {
        subscriptions.setMailbox(counts, of: number)
        let watched = Watched(package: .messageSummary, number: number, username: nil)
        for id in subscriptions.watching(watched) { tell(id, &turn) }
        endTurn(&turn)
    }

    /// Tells of calls and registrations that changed in this turn. While nobody watches, this is one comparison.
    mutating func tellWatchers(_ turn: inout Turn) {
        guard callsBySerial.hasChanges || registrar.bindings.hasChanges else { return }
        let calls = callsBySerial.takeChanges()
        let usernames = registrar.takeChanges()
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
        registrar.watch(subscriptions.has(.presence) || subscriptions.has(.reg))
    }

    private mutating func tell(_ id: UInt64, _ turn: inout Turn) {
        guard subscriptions.isReady(id), let subscription = subscriptions[id] else { return }
        let content = content(of: subscription.watched)
        if let notice = subscriptions.tell(id, content, way(to: subscription), at: turn.now) { send(notice, &turn) }
    }

    private mutating func endSubscription(_ id: UInt64, _ end: Subscriptions.End, _ turn: inout Turn) {
        guard let subscription = subscriptions[id] else { return }
        let content = end == .timeout ? content(of: subscription.watched) : nil
        let notice = subscriptions.end(id, end, content, way(to: subscription), at: turn.now)
        watchWhatIsNeeded()
        if let notice { send(notice, &turn) }
    }

    private func way(to subscription: Subscription) -> Subscriptions.Way {
        Subscriptions.Way(
            contact: contact(over: subscription.flow),
            target: address(of: subscription.dialog, over: subscription.flow)
        )
    }

    private mutating func send(_ notice: Subscriptions.Notice, _ turn: inout Turn) {
        start(notice.key, .notify, notice.bytes, purpose: .notification(notice.id), over: notice.flow, &turn)
    }

    /// What became of a NOTIFY.
    mutating func notified(_ id: UInt64, status: Int?, _ turn: inout Turn) {
        if subscriptions.notified(id, status: status, at: turn.now.monotonic) {
            tell(id, &turn)
        } else {
            watchWhatIsNeeded()
        }
    }

    mutating func wakeSubscriptions(_ turn: inout Turn) {
        for (id, isOver) in subscriptions.takeDue(at: turn.now.monotonic) {
            if isOver {
                endSubscription(id, .timeout, &turn)
            } else {
                tell(id, &turn)
                subscriptions.schedule(id)
            }
        }
    }

    /// New settings: who may not watch any more is told that it is over.
    mutating func reviewSubscriptions(_ turn: inout Turn) {
        for id in subscriptions.apply(snapshot) { endSubscription(id, .rejected, &turn) }
    }

    mutating func forgetSubscriptions(on flow: FlowID) {
        subscriptions.remove(on: flow)
        watchWhatIsNeeded()
    }

    /// How things stand now.
    private func content(of watched: Watched) -> WatchedContent {
        switch watched.package {
        case .dialog:
            .calls(Array(callsBySerial.shown(of: watched.number).prefix(Limits.shownCalls)))
        case .presence:
            .presence(
                isReachable: snapshot.devices(of: watched.number).contains {
                    registrar.bindings.countOf($0.username) > 0
                },
                isOnPhone: callsBySerial.shown(of: watched.number).contains { $0.state == .confirmed }
            )
        case .messageSummary: .mailbox(subscriptions.mailbox(of: watched.number))
        case .reg:
            .contacts(
                registrar.bindings.of(watched.username ?? "").map {
                    ShownContact(binding: $0.id, uri: $0.contact, expires: $0.expires)
                }
            )
        }
    }
}
