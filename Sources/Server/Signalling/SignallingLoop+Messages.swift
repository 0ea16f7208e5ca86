// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import NIOCore
import Primitives
import SIP

/// What comes in, and whether it is read.
extension SignallingLoop {
    /// One complete message. A stranger's is charged to its source before anything is parsed; over budget it is dropped
    /// without a word, because an answer would be a service. A phone's is never dropped: a phone over budget waits.
    func receive(_ message: Span<UInt8>, on connection: Connection, at now: Moment) {
        guard admits(connection, bytes: message.count, at: now) else { return }
        spoke(connection, at: now.monotonic)
        turn.begin(at: now)
        let isShutOut = connection.mayBeShutOut && admission.bans.shutsOut(connection.flow.remote.ip, at: now.wall)
        if let trace, !isShutOut {
            let isKnown = connection.isOutgoing || connection.standing.phase == .phone
            trace.received(message, on: connection.flow, isKnown: isKnown, at: now)
        }
        switchboard.receive(message, on: connection.flow, isShutOut: isShutOut, &turn)
        carryOut(from: connection.isOutgoing ? nil : Sender(connection.flow))
    }

    /// RFC 5626 §4.4.1: a double CRLF is answered by a single one.
    func keepAlive(of length: Int, on connection: Connection, at now: Moment) {
        if hears(connection, bytes: length, at: now) { connection.send(ByteBuffer(staticString: "\r\n")) }
    }

    /// Takes note of a peer that says only that it is there.
    ///
    /// - Returns: Whether it is within its budget, and so may be answered.
    func hears(_ connection: Connection, bytes: Int, at now: Moment) -> Bool {
        guard admits(connection, bytes: bytes, at: now) else { return false }
        connection.standing.kept(at: patience.served(now.monotonic))
        return true
    }

    func receive(_ datagram: Span<UInt8>, on flow: Flow, at now: Moment) {
        let isShutOut = admission.bans.shutsOut(flow.remote.ip, at: now.wall)
        guard !isShutOut || admission.origin(of: flow.remote.ip, at: now.monotonic) != .anywhere else {
            figures.bannedDatagrams += 1
            return
        }
        guard admission.message(from: flow.remote.ip, at: now.monotonic, mayReturn: true) else {
            return dropped(from: flow, at: now)
        }
        if let trace, !isShutOut {
            let isKnown = admission.origin(of: flow.remote.ip, at: now.monotonic) != .anywhere
            trace.received(datagram, on: flow, isKnown: isKnown, at: now)
        }
        turn.begin(at: now)
        switchboard.receive(datagram, on: flow, isShutOut: isShutOut, &turn)
        carryOut(from: Sender(flow))
    }

    /// A stream that has no more messages. What is the beginning of one is answered; the connection ends after that.
    func unframed(_ connection: Connection, _ bytes: Span<UInt8>, _ error: ParseError, at now: Moment) {
        if let answer = switchboard.refusal(of: bytes, error, on: connection.flow) {
            connection.send(ByteBuffer(bytes: answer))
            connection.flush()
        }
        malformed(connection, "\(error.problem)", at: now)
    }

    func malformed(_ connection: Connection, _ reason: String, at now: Moment) {
        if !connection.isOutgoing { admission.charge(connection.flow.remote.ip, cost: .abuse, at: now.monotonic) }
        outlets.events.note(
            SecurityEvent(
                at: now.wall,
                kind: .malformed,
                source: .address(connection.flow.remote.ip),
                detail: "closed a connection that does not speak SIP: \(reason)"
            )
        )
        if !connection.isOutgoing { judge(.malformed, by: Sender(connection.flow)) }
    }

    /// Notices something that no message caused.
    func report(_ kind: SecurityEventKind, source: EventSource, _ detail: String) {
        outlets.events.note(
            SecurityEvent(at: SystemClock.wall, kind: kind, source: source, detail: detail)
        )
    }

    private func admits(_ connection: Connection, bytes: Int, at now: Moment) -> Bool {
        guard connection.standing.phase != .phone else {
            spend(bytes, on: connection, at: now)
            return true
        }
        let mayReturn = connection.heard < Guard.Limits.returnMessages
        guard !admission.message(from: connection.flow.remote.ip, at: now.monotonic, mayReturn: mayReturn) else {
            connection.heard += 1
            return true
        }
        dropped(from: connection.flow, at: now)
        connection.dropped += 1
        if connection.dropped >= Guard.Limits.droppedPerConnection {
            // It only costs us from here on, and nobody reads its words.
            connection.end(.overBudget)
            judge(.flood, by: Sender(connection.flow))
        }
        return false
    }

    /// One message. A login that has spent what it may is read more slowly, over all of its connections; so is everybody of
    /// a business that has spent what it may, beside others. Nothing is lost.
    private func spend(_ bytes: Int, on connection: Connection, at now: Moment) {
        let own = connection.budget?.budget.spend(bytes, at: now.monotonic)
        let ours = budget?.spend(bytes, at: now.monotonic)
        guard let end = later(own, ours), !connection.isHeldBack else { return }
        figures.pauses += 1
        connection.holdBack(until: end)
        // Of a business that says too much, no single phone is to blame.
        guard own != nil, let count = connection.budget?.pausesToTell(at: now.monotonic) else { return }
        outlets.events.note(
            SecurityEvent(
                at: now.wall,
                kind: .flood,
                source: .address(connection.flow.remote.ip),
                subject: switchboard.phone(on: connection.id),
                detail: "more than one phone may send; it waits, nothing is lost",
                count: count
            )
        )
    }

    private func later(_ one: MonotonicTime?, _ other: MonotonicTime?) -> MonotonicTime? {
        guard let one, let other else { return one ?? other }
        return max(one, other)
    }

    /// Counts. Building an event costs more than the drop itself, so one is built when the source changes or a report is due.
    private func dropped(from flow: Flow, at now: Moment) {
        figures.droppedMessages += 1
        let source = flow.remote.ip.accountable
        if flood?.source == source {
            flood?.count += 1
        } else {
            tellFlood(at: now.wall)
            flood = (source, 1)
        }
    }

    /// Tells what was noticed since the last report.
    func reportEvents(at now: WallTime) {
        tellFlood(at: now)
        floods = 0
        outlets.events.report(at: now)
    }

    /// Between two reports only so many are told, however often the sources take turns.
    private func tellFlood(at now: WallTime) {
        guard let (source, count) = flood, floods < Limits.eventKinds else { return }
        flood = nil
        floods += 1
        outlets.events.note(
            SecurityEvent(
                at: now,
                kind: .flood,
                source: EventSource(BanSource(source)),
                detail: "more messages than one source may send; dropped without an answer",
                count: count
            )
        )
    }
}
