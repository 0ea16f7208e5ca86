// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import NIOCore
import Primitives

/// What the switchboard wants done.
extension SignallingLoop {
    /// Carries out what the switchboard asked for. Closing a connection may make it ask for more: that comes after.
    ///
    /// - Parameter sender: Who caused it and pays for what it did wrong, if it was a message.
    func carryOut(from sender: Sender? = nil) {
        guard !isCarryingOut else { return }
        isCarryingOut = true
        defer { isCarryingOut = false }
        var index = 0
        while index < turn.actions.count {
            let action = turn.actions[index]
            index += 1
            perform(action, sender)
        }
        turn.actions.removeAll(keepingCapacity: true)
        trace?.turnEnded()
    }

    private func perform(_ action: Action, _ sender: Sender?) {
        switch action {
        case .send(let bytes, let id): send(bytes, to: id)
        case .authenticated(let id, let login, let onlyForHelp):
            authenticated(id, login, onlyForHelp: onlyForHelp, sender)
        case .close(let id):
            connections[id]?.close()
            trunkDatagrams[id]?.close()
        case .media(let command): commands.append(command)
        case .remember(let record, let ticket):
            trace?.recorded(record.id)
            outlets.remember(record, ticket)
        case .keep(let login): outlets.keep(login)
        case .report(let event): noticed(event, sender)
        case .change(let ask, let ticket): outlets.change(ask, ticket)
        case .voice(let command): outlets.voice(command)
        case .resolve(let lookup): connector?.resolve(lookup)
        case .connect(let wanted): connector?.connect(wanted)
        }
    }

    private func noticed(_ event: SecurityEvent, _ sender: Sender?) {
        outlets.events.note(event)
        guard let sender else { return }
        if let charge = event.kind.traits.charge {
            admission.charge(sender.ip, cost: SourceGate.Cost(charge), at: SystemClock.monotonic)
        }
        judge(event.kind, account: event.account, by: sender)
    }

    private func send(_ bytes: [UInt8], to id: FlowID) {
        if let trace, let flow = flow(id) { trace.sent(bytes.span, on: flow, at: SystemClock.now) }
        if id.rawValue & ConnectionTable.datagramBit != 0 {
            if let trunk = trunkDatagrams[id] { return trunk.send(bytes) }
            datagrams[DatagramListener.number(of: id)]?.send(bytes, to: id)
        } else if let connection = connections[id] {
            // Written into one buffer again and again: TLS is through with it when the message is flushed.
            output.clear()
            output.writeBytes(bytes)
            connection.send(output)
        }
    }

    private func flow(_ id: FlowID) -> Flow? {
        guard id.rawValue & ConnectionTable.datagramBit != 0 else { return connections[id]?.flow }
        return trunkDatagrams[id]?.flow ?? datagrams[DatagramListener.number(of: id)]?.flow(id)
    }

    /// - Parameter onlyForHelp: Whether the login is good for nothing else: then the connection has the patience of a phone's for as
    ///   long as it calls, and where it comes from is no place of phones.
    private func authenticated(_ id: FlowID, _ login: DeviceID, onlyForHelp: Bool, _ sender: Sender?) {
        let now = SystemClock.monotonic
        guard let connection = connections[id] else {
            // Over UDP the sender's address can be forged, so its source stays accountable for every message. But a
            // credential holds for a nonce that was sent to that very address.
            if id.rawValue & ConnectionTable.datagramBit != 0 {
                datagrams[DatagramListener.number(of: id)]?.keep(id, at: now)
                if let sender, !onlyForHelp { admission.knows(sender.ip, by: login, at: now) }
            }
            return
        }
        connection.standing.authenticated(at: patience.served(now))
        if !onlyForHelp {
            if !connection.isCountedAsPhone {
                connection.isCountedAsPhone = admission.authenticated(connection.flow.remote.ip, connection.origin)
            }
            admission.knows(connection.flow.remote.ip, by: login, at: now)
        }
        guard connection.login != login else { return }
        if let before = connection.budget { budgets.leave(before) }
        connection.budget = budgets.enter(.phone(login), at: now)
        connection.login = login
    }
}
