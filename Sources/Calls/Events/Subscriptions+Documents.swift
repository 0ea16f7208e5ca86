// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// What a NOTIFY carries.
extension Subscriptions {
    func document(_ content: WatchedContent, of subscription: inout Subscription, at now: Moment) -> [UInt8] {
        switch content {
        case .calls(let calls): dialogDocument(calls, of: &subscription)
        case .presence(let isReachable, let isOnPhone):
            presenceDocument(of: subscription.watched.place, isReachable: isReachable, isOnPhone: isOnPhone)
        case .mailbox(let counts): mailboxDocument(counts, of: subscription.watched.place)
        case .contacts(let contacts): registrationDocument(contacts, of: &subscription, at: now)
        }
    }

    private func address(of user: String) -> String { "sip:\(user)@\(snapshot.domain.text)" }

    /// RFC 4235 §4.1: everything, or after that what changed, with a version that counts on.
    ///
    /// It says that there is a call, which way it went and what it is doing. Whom it is with, and the tags that would let
    /// a watcher speak in it, are nobody's business but the two phones' (§6).
    private func dialogDocument(_ calls: [ShownCall], of subscription: inout Subscription) -> [UInt8] {
        let place = subscription.watched.place
        let uri = address(of: place.text)
        let name = place.number.flatMap { snapshot.extensions[$0]?.name } ?? ""
        var told: [ShownCall] = []
        if !subscription.isFullDue, case .calls(let before) = subscription.told { told = before }
        var writer = XMLWriter()
        writer.start(
            "dialog-info",
            ("xmlns", "urn:ietf:params:xml:ns:dialog-info"),
            ("version", String(subscription.version)),
            ("state", subscription.isFullDue ? "full" : "partial"),
            ("entity", uri)
        )
        for call in told where !calls.contains(where: { $0.isSame(as: call) }) {
            let id = subscription.name(of: call.item)
            writer.dialog(id, call, state: "terminated", uri: uri, name: name)
        }
        for call in calls where !told.contains(call) {
            let id = subscription.name(of: call.item)
            writer.dialog(id, call, state: call.state.name, uri: uri, name: name)
        }
        writer.end()
        subscription.version += 1
        subscription.keepNames(of: calls.map(\.item))
        return writer.bytes
    }

    /// RFC 3863 §4, with the activity of RFC 4480 §3.2.
    private func presenceDocument(of place: WatchedPlace, isReachable: Bool, isOnPhone: Bool) -> [UInt8] {
        let uri = address(of: place.text)
        var writer = XMLWriter()
        writer.start(
            "presence",
            ("xmlns", "urn:ietf:params:xml:ns:pidf"),
            ("xmlns:dm", "urn:ietf:params:xml:ns:pidf:data-model"),
            ("xmlns:rpid", "urn:ietf:params:xml:ns:pidf:rpid"),
            ("entity", uri)
        )
        writer.start("tuple", ("id", "phone"))
        writer.start("status")
        writer.element("basic", text: isReachable ? "open" : "closed")
        writer.end()
        writer.element("contact", text: uri)
        writer.element("note", text: isOnPhone ? "On the phone" : isReachable ? "Available" : "Not registered")
        writer.end()
        if isOnPhone {
            writer.start("dm:person", ("id", "person"))
            writer.start("rpid:activities")
            writer.element("rpid:on-the-phone")
            writer.end()
            writer.end()
        }
        writer.end()
        return writer.bytes
    }

    /// RFC 3842 §5.2.
    private func mailboxDocument(_ counts: MailboxCounts, of place: WatchedPlace) -> [UInt8] {
        let lines = [
            "Messages-Waiting: \(counts.new > 0 ? "yes" : "no")",
            "Message-Account: \(address(of: place.text))",
            "Voice-Message: \(counts.new)/\(counts.old) (\(counts.urgentNew)/\(counts.urgentOld))",
        ]
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    }

    /// RFC 3680 §5: always the whole, because a phone has few contacts.
    private func registrationDocument(
        _ contacts: [ShownContact],
        of subscription: inout Subscription,
        at now: Moment
    ) -> [UInt8] {
        var writer = XMLWriter()
        writer.start(
            "reginfo",
            ("xmlns", "urn:ietf:params:xml:ns:reginfo"),
            ("version", String(subscription.version)),
            ("state", "full")
        )
        writer.start(
            "registration",
            ("aor", address(of: subscription.device.username)),
            ("id", "r1"),
            ("state", contacts.isEmpty ? "terminated" : "active")
        )
        for contact in contacts {
            writer.start(
                "contact",
                ("id", "c\(subscription.name(of: contact.binding))"),
                ("state", "active"),
                ("event", "registered"),
                ("expires", String(max(0, (contact.expires - now.monotonic).components.seconds)))
            )
            writer.element("uri", text: String(decoding: contact.uri, as: UTF8.self))
            writer.end()
        }
        writer.end()
        writer.end()
        subscription.version += 1
        subscription.keepNames(of: contacts.map(\.binding))
        return writer.bytes
    }
}

extension XMLWriter {
    /// One call of the extension at `uri` (RFC 4235 §4.1.1).
    fileprivate mutating func dialog(_ id: Int, _ call: ShownCall, state: String, uri: String, name: String) {
        start("dialog", ("id", "d\(id)"), ("direction", call.isInitiator ? "initiator" : "recipient"))
        element("state", text: state)
        start("local")
        element("identity", ("display", name), text: uri)
        element("target", ("uri", uri))
        end()
        end()
    }
}

extension ShownCall {
    /// Its key among the names of a subscription: a call has at most two parts.
    fileprivate var item: UInt64 { call << 1 | (isInitiator ? 1 : 0) }
}

extension CallView.State {
    /// As RFC 4235 §3.7.1 calls it.
    fileprivate var name: String {
        switch self {
        case .trying: "trying"
        case .early: "early"
        case .confirmed: "confirmed"
        }
    }
}
