// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// What a SUBSCRIBE does, after its sender proved who it is (RFC 6665 §4.2.1).
extension Switchboard {
    /// A SUBSCRIBE outside of a dialog: the start of a subscription, or a single look with `Expires: 0` (§4.4.3).
    mutating func subscribe(_ request: Message, by proof: Authenticated, _ turn: inout Turn) {
        do throws(SubscribeRefused) {
            let (watched, permission, eventID) = try judge(request, by: proof, at: turn.now)
            let seconds = try Self.lifetime(asked: request)
            let dialog: Dialog
            let tag = entropy.tag()
            do { dialog = try Dialog(asServerFrom: request, localTag: tag) } catch { throw .malformed }
            let id = nextSerial()
            let subscription = Subscription(
                id: id,
                watched: watched,
                proof: permission,
                eventID: eventID,
                subscriber: proof,
                dialog: dialog,
                at: turn.now.monotonic
            )
            subscriptions.insert(subscription)
            watchWhatIsNeeded()
            accept(request, id, tag: tag, seconds: seconds, &turn)
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
        guard let proof = authenticate(request, on: flow, &turn),
            let subscription = subscriptions[id]
        else { return true }
        guard proof.device.id == subscription.device.id else {
            report(.identityMismatch, .intrusionDetection, request, flow, &turn)
            respond(403, to: request, on: flow, &turn)
            return true
        }
        guard inOrder(request, id) else {
            respond(500, to: request, on: flow, &turn)
            return true
        }
        guard request.method == .subscribe else {
            respond(405, to: request, on: flow, &turn, writeCapabilities)
            return true
        }
        refresh(request, id, by: proof, &turn)
        return true
    }

    private mutating func inOrder(_ request: Message, _ id: UInt64) -> Bool {
        guard var dialog = subscriptions[id]?.dialog, let order = try? dialog.receive(request), order == .next else {
            return false
        }
        subscriptions[id]?.dialog.remoteCSeq = dialog.remoteCSeq
        return true
    }

    /// Extends a subscription, or ends it with `Expires: 0` (§4.2.1.1, §4.1.2.3).
    private mutating func refresh(_ request: Message, _ id: UInt64, by proof: Authenticated, _ turn: inout Turn) {
        guard let subscription = subscriptions[id] else { return }
        do throws(SubscribeRefused) {
            guard request.bytes.count <= Limits.subscribeBytes else { throw .tooLong }
            guard accounts.admits(.subscription, of: proof.device.id, at: turn.now.monotonic) else { throw .tooFast }
            guard let (package, eventID) = EventPackage.named(in: request), package == subscription.watched.package,
                eventID == subscription.eventID
            else { throw .otherEvent }
            let seconds = try Self.lifetime(asked: request)
            subscriptions[id]?.dialog.refreshTarget(from: request)
            subscriptions.move(id, to: proof.flow)
            accept(request, id, tag: nil, seconds: seconds, &turn)
        } catch {
            refuse(request, error, by: proof, &turn)
        }
    }

    /// Everything about a new subscription that can be refused, in the order of §4.2.1.1.
    private mutating func judge(
        _ request: Message,
        by proof: Authenticated,
        at now: Moment
    ) throws(SubscribeRefused) -> (Watched, MayWatch, eventID: [UInt8]?) {
        guard proof.isSender(of: request) else { throw .notYours }
        guard request.bytes.count <= Limits.subscribeBytes else { throw .tooLong }
        guard accounts.admits(.subscription, of: proof.device.id, at: now.monotonic) else { throw .tooFast }
        guard let (package, eventID) = EventPackage.named(in: request) else { throw .unknownEvent }
        // A body would be a filter (RFC 4660), and one that is not applied tells more than was asked for.
        guard request.body.isEmpty else { throw .filtered }
        let target = watchedTarget(of: request)
        let permission = SubscriptionRules.decide(proof.device, asksFor: package.state, of: target, in: snapshot)
        guard let permission else { throw .forbidden }
        guard package.isAccepted(by: request) else { throw .notAcceptable }
        guard subscriptions.count(of: proof.device.username) < Limits.subscriptionsPerDevice else { throw .tooMany }
        guard subscriptions.count < Limits.subscriptions else { throw .full }
        let username = package == .reg ? proof.device.username : nil
        return (Watched(package: package, number: permission.number, username: username), permission, eventID)
    }

    /// Whose state a request asks for, which is an extension's, whichever of its phones is named. A document would tell
    /// what a temporary GRUU hides.
    private func watchedTarget(of request: Message) -> ExtensionNumber? {
        let addressee = addressee(of: request)
        guard addressee.phone?.isTemporary != true else { return nil }
        return ExtensionNumber(parsing: addressee.number)
    }

    /// Seconds, 0 for a single look. Longer than allowed becomes what is allowed, as §4.2.1.1 lets us.
    private static func lifetime(asked request: Message) throws(SubscribeRefused) -> UInt32 {
        let asked: UInt32?
        do { asked = try request.expires() } catch { throw .malformed }
        let seconds = min(asked ?? Limits.longestSubscription, Limits.longestSubscription)
        guard seconds == 0 || seconds >= Limits.shortestSubscription else { throw .tooBrief }
        return seconds
    }

    /// Answers, and tells the state at once (§4.2.1.2).
    private mutating func accept(_ request: Message, _ id: UInt64, tag: String?, seconds: UInt32, _ turn: inout Turn) {
        guard let flow = subscriptions[id]?.flow else { return }
        let contact = contact(over: flow)
        respond(200, to: request, on: flow, tag: tag, &turn) { writer in
            writer.field(.expires, Int(seconds))
            writer.field(.contact, contact)
        }
        guard seconds > 0 else {
            endSubscription(id, .timeout, &turn)
            return
        }
        subscriptions[id]?.expires = turn.now.monotonic + .seconds(Int64(seconds))
        subscriptions[id]?.isFullDue = true
        subscriptions[id]?.notBefore = turn.now.monotonic
        scheduleSubscription(id)
        tell(id, &turn)
    }

    private mutating func refuse(
        _ request: Message,
        _ refused: SubscribeRefused,
        by proof: Authenticated,
        _ turn: inout Turn
    ) {
        switch refused {
        case .notYours: report(.identityMismatch, .intrusionDetection, request, proof.flow, &turn)
        case .tooMany, .tooFast: report(.accountLimit, .intrusionDetection, request, proof.flow, &turn)
        case .malformed, .unknownEvent, .otherEvent, .filtered, .forbidden, .notAcceptable, .tooBrief, .full,
            .tooLong:
            break
        }
        let package = EventPackage.named(in: request)?.package
        let wait = Int(entropy.next() % 30)
        respond(refused.status, to: request, on: proof.flow, &turn) { writer in
            switch refused {
            case .unknownEvent: writer.field(.allowEvents, EventPackage.all)
            case .tooBrief: writer.field(.minExpires, Int(Limits.shortestSubscription))
            case .notAcceptable: if let package { writer.field(.accept, "\(package.contentType)") }
            case .full, .tooFast: writer.field(.retryAfter, 30 + wait)
            case .malformed, .notYours, .otherEvent, .filtered, .forbidden, .tooMany, .tooLong: break
            }
        }
    }
}

/// Why there is no subscription, or not a longer one.
private enum SubscribeRefused: Error {
    case malformed, notYours, unknownEvent, otherEvent, filtered, forbidden, notAcceptable, tooBrief, tooMany, full,
        tooFast, tooLong

    var status: Int {
        switch self {
        case .malformed: 400
        case .notYours, .forbidden, .tooMany: 403
        case .notAcceptable: 406
        case .filtered: 415
        case .tooBrief: 423
        case .otherEvent: 481
        case .unknownEvent: 489
        case .full, .tooFast: 503
        case .tooLong: 513
        }
    }
}
