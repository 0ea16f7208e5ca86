// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// What is left of a dialog whose call is over, until its phone knows: the Mortal state of RFC 5407 §2.
enum Leaving: Sendable {
    /// The BYE is on its way over this connection.
    case said(FlowID)
    /// The phone has not confirmed our 2xx yet, and may not hear a BYE before it has (RFC 3261 §15).
    case waiting(Farewell)
}

/// A BYE that waits for an ACK.
struct Farewell: Sendable {
    let id: UInt64
    let dialog: Dialog
    let flow: Flow
    /// Of the 2xx; its ACK carries the same.
    let sequence: UInt32
    let reason: Reason?
}

extension CallTable {
    /// Says BYE when the phone has confirmed our 2xx, or did not in time.
    mutating func sayBye(
        after waiting: Unacknowledged,
        in dialog: Dialog,
        over flow: Flow,
        because reason: Reason?
    ) {
        let id = nextSerial()
        let key = DialogKey(dialog)
        let farewell = Farewell(id: id, dialog: dialog, flow: flow, sequence: waiting.sequence, reason: reason)
        leaving[key] = .waiting(farewell)
        farewells[id] = key
        schedule(farewell: id, at: waiting.giveUp)
    }

    /// The ACK never came.
    mutating func wakeFarewell(_ id: UInt64, _ desk: inout Desk) {
        guard let key = farewells[id], case .waiting(let farewell)? = leaving[key] else { return }
        say(farewell, &desk)
    }

    private mutating func say(_ farewell: Farewell, _ desk: inout Desk) {
        farewells[farewell.id] = nil
        var dialog = farewell.dialog
        sayBye(&dialog, over: farewell.flow, because: farewell.reason, &desk)
    }

    /// A request in a dialog that is none, or not any more: what crossed the end of its call on the wire.
    ///
    /// - Returns: Whether it was such a one, so that nothing is left to do.
    mutating func receiveLate(_ request: Message, on flow: Flow, _ desk: inout Desk) -> Bool {
        guard request.method == .bye || request.method == .ack, let key = DialogKey(request) else { return false }
        if case .waiting(let farewell)? = leaving[key], farewell.flow.id == flow.id {
            if request.method == .bye {
                farewells[farewell.id] = nil
                leaving[key] = nil
                desk.respond(200, to: request, on: flow)
            } else if (try? request.cseq().number) == farewell.sequence {
                say(farewell, &desk)
            }
            return true
        }
        guard request.method == .bye else { return false }
        if case .said(let id)? = leaving[key], id == flow.id {
            desk.respond(200, to: request, on: flow)
            return true
        }
        return hangUpEarly(request, on: flow, &desk)
    }

    /// A caller that says BYE to a call that only rings (RFC 3261 §15.1.1), where nothing else made it an early dialog.
    private mutating func hangUpEarly(_ request: Message, on flow: Flow, _ desk: inout Desk) -> Bool {
        let calls = desk.registrar.usernames(on: flow.id).flatMap { of($0) }
        guard let serial = calls.first(where: { self[$0]?.incoming?.isCaller(of: request, on: flow) == true })
        else { return false }
        desk.respond(200, to: request, on: flow)
        end(serial, as: .cancelled, &desk)
        return true
    }

    /// Nothing can be said over a connection that is gone.
    mutating func forgetFarewells(on flow: FlowID) {
        for (key, left) in leaving {
            switch left {
            case .said(flow): leaving[key] = nil
            case .waiting(let farewell) where farewell.flow.id == flow:
                farewells[farewell.id] = nil
                leaving[key] = nil
            case .said, .waiting: break
            }
        }
    }
}

extension Call.Incoming {
    /// Whether a request belongs to the dialog that this INVITE is about to make.
    fileprivate func isCaller(of other: Message, on flow: Flow) -> Bool {
        guard flow.id == self.flow.id, let to = try? other.to().tag, other.bytes(to).elementsEqual(tag.utf8),
            let own = try? request.callID(), let theirs = try? other.callID(),
            let from = try? request.from().tag, let sender = try? other.from().tag
        else { return false }
        return request.bytes(own).elementsEqual(other.bytes(theirs))
            && request.bytes(from).elementsEqual(other.bytes(sender))
    }
}
