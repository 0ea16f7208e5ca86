// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Calls that wait in the queue of a group. Who is next rings at its members, as who chose them in a menu does.
extension CallTable {
    mutating func queue(_ step: QueueStep, _ serial: UInt64, _ desk: inout Desk) {
        guard case .queue(let name)? = voices[serial]?.kind else { return }
        guard let group = desk.snapshot.outside.routing.groups[name], let settings = group.queue else {
            return end(serial, because: "its queue is no more", &desk)
        }
        var queue = queues[name] ?? CallQueue()
        if step == .join { queue.join(serial, at: desk.now.monotonic) }
        let news = queue.look(serial, settings, at: desk.now.monotonic)
        // Who rings elsewhere keeps nobody from their turn.
        if case .over? = news { queue.leave(serial) }
        queues[name] = queue.isEmpty ? nil : queue
        // Nobody is rung, and no call noted, while nobody could take it.
        guard let news, news != .turn || hasFreeMember(group, desk) else { return }
        tell(serial, .queue(news), &desk)
    }

    private func hasFreeMember(_ group: RingGroup, _ desk: Desk) -> Bool {
        group.members.contains { member in
            let settings = desk.snapshot.outside.routing.forwards[member]
            guard group.rings(member), desk.snapshot.extensions[member]?.isEnabled == true, settings?.quiet == nil,
                settings?.forwards[.always] == nil
            else { return false }
            let phones = desk.snapshot.devices(of: member)
            guard !phones.contains(where: { isBusy($0.username) }) else { return false }
            return phones.contains {
                desk.registrar.bindings.ways(to: $0.username).contains { $0.flow.transport.isEncrypted }
            }
        }
    }

    /// A call waits no longer, whatever became of it.
    mutating func leaveQueue(_ serial: UInt64, _ name: ShortName) {
        queues[name]?.leave(serial)
        if queues[name]?.isEmpty == true { queues[name] = nil }
    }

    /// A call comes to a group with a queue.
    ///
    /// - Returns: Why that cannot be; `nil` when it waits.
    mutating func enterQueue(_ name: ShortName, _ serial: UInt64, _ desk: inout Desk) -> Refused? {
        guard self[serial]?.incoming != nil, earlyCalls[serial]?.told == nil,
            hasRoom(for: .queue(name), besides: serial)
        else { return .unreachable }
        serve(.queue(name), serial, &desk)
        return nil
    }
}
