// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import NIOCore
import Primitives
import SIP

/// Runs the ``Switchboard``: gives it messages and the time, carries out what it asks for.
///
/// Belongs to one event loop and is used nowhere else, so there is no lock, no hop and no task on the way of a message:
/// read, frame, gate, `Switchboard.receive`, write, one flush a connection. Whatever wakes the loop is a *turn*; at its end
/// media commands leave, then bytes, and the next deadline is set.
final class SignallingLoop {
    /// Where the loop hands on what is not SIP. Called on the loop, so none of them may block.
    struct Outlets: Sendable {
        var media: @Sendable ([RelayCommand]) -> Void
        /// Answered by `Switchboard.stored` when there is a ticket.
        var remember: @Sendable (CallRecord, Ticket?) -> Void
        var report: @Sendable ([SecurityEvent]) -> Void
    }

    let eventLoop: any EventLoop
    var switchboard: Switchboard
    var figures = LoopFigures()
    private(set) var connections = ConnectionTable()
    /// Reused from turn to turn.
    var actions: [Action] = []
    private var isCarryingOut = false
    private var commands: [RelayCommand] = []
    private var unflushed: [Connection] = []
    private var output: ByteBuffer
    private var admission: Admission
    private var events = EventDigest()
    private var datagrams: [UInt16: DatagramListener] = [:]
    private let outlets: Outlets

    /// When each connection is looked at next. One entry a connection.
    private var reviews = DeadlineQueue<FlowID>()
    /// Connections that do not read what was sent to them.
    private var slow = DeadlineQueue<FlowID>()
    private var nextReport: MonotonicTime
    private var wake: (at: MonotonicTime, task: Scheduled<Void>)?

    init(eventLoop: any EventLoop, switchboard: Switchboard, admission: Admission, outlets: Outlets) {
        self.eventLoop = eventLoop
        self.switchboard = switchboard
        self.admission = admission
        self.outlets = outlets
        output = ByteBufferAllocator().buffer(capacity: Limits.read)
        nextReport = SystemClock.monotonic + Limits.eventReport
    }

    // MARK: Connections

    /// Takes a connection in, or refuses it before anything is spent on it.
    func accept(transport: Transport, remote: Primitives.SocketAddress, local: Primitives.SocketAddress) -> Connection? {
        let now = SystemClock.monotonic
        guard admission.connect(remote.ip, at: now) else {
            figures.refusedConnections += 1
            return nil
        }
        let connection = connections.insert { id in
            Connection(flow: Flow(id: id, transport: transport, remote: remote, local: local), loop: self, at: now)
        }
        guard let connection else {
            admission.disconnected(remote.ip, isPhone: false)
            return nil
        }
        figures.acceptedConnections += 1
        reviews.insert(connection.id, at: connection.standing.deadline)
        setWake()
        return connection
    }

    func secured(_ connection: Connection) {
        connection.standing.secured(at: SystemClock.monotonic)
    }

    func handshakeFailed(_ connection: Connection) {
        figures.failedHandshakes += 1
    }

    func closed(_ connection: Connection) {
        guard connections[connection.id] != nil else { return }
        connections.remove(connection.id)
        admission.disconnected(connection.flow.remote.ip, isPhone: connection.isCountedAsPhone)
        switchboard.closed(connection.id, at: SystemClock.now, into: &actions)
        carryOut()
        endTurn()
    }

    func isSlow(_ connection: Connection) {
        guard !connection.isWatched else { return }
        connection.isWatched = true
        slow.insert(connection.id, at: SystemClock.monotonic + Limits.unread)
        setWake()
    }

    func count(_ end: Connection.End) {
        switch end {
        case .regular: break
        case .malformed: figures.malformed += 1
        case .overdue: figures.overdue += 1
        case .slowReader: figures.slowReaders += 1
        }
    }

    // MARK: Messages

    /// One complete message. A stranger's is charged to its source before anything is parsed; over budget it is dropped
    /// without a word, because an answer would be a service.
    func receive(_ message: Span<UInt8>, on connection: Connection, at now: Moment) {
        guard admits(connection, at: now) else { return }
        connection.standing.spoke(at: now.monotonic)
        switchboard.receive(message, on: connection.flow, at: now, into: &actions)
        carryOut(from: connection.flow.remote.ip)
    }

    /// RFC 5626 §4.4.1: a double CRLF is answered by a single one.
    func keepAlive(on connection: Connection, at now: Moment) {
        guard admits(connection, at: now) else { return }
        connection.standing.kept(at: now.monotonic)
        connection.send(Self.pong)
    }

    func receive(_ datagram: Span<UInt8>, on flow: Flow, at now: Moment) {
        guard admission.message(from: flow.remote.ip, at: now.monotonic) else { return dropped(from: flow, at: now) }
        switchboard.receive(datagram, on: flow, at: now, into: &actions)
        carryOut(from: flow.remote.ip)
    }

    func malformed(_ connection: Connection, _ error: ParseError, at now: Moment) {
        events.add(
            SecurityEvent(
                at: now.wall,
                kind: .malformed,
                control: Control.intrusionDetection.rawValue,
                source: connection.flow.remote.ip.description,
                detail: "closed a connection that does not speak SIP: \(error.problem)"
            )
        )
    }

    /// Notices something that no message caused.
    func report(_ kind: SecurityEventKind, source: String, _ detail: String) {
        let control = Control.openPorts.rawValue
        events.add(SecurityEvent(at: SystemClock.wall, kind: kind, control: control, source: source, detail: detail))
    }

    private static let pong = ByteBuffer(staticString: "\r\n")

    private func admits(_ connection: Connection, at now: Moment) -> Bool {
        let admitted =
            connection.standing.phase == .phone
            ? connection.budget.spend(at: now.monotonic)
            : admission.message(from: connection.flow.remote.ip, at: now.monotonic)
        if !admitted { dropped(from: connection.flow, at: now) }
        return admitted
    }

    /// Counts. The first drop of a source in a while is told; the text of an event is not built for every one.
    private func dropped(from flow: Flow, at now: Moment) {
        figures.droppedMessages += 1
        guard flow.remote.ip.accountable != lastDropped || now.monotonic >= dropReport else { return }
        lastDropped = flow.remote.ip.accountable
        dropReport = now.monotonic + Limits.eventReport
        events.add(
            SecurityEvent(
                at: now.wall,
                kind: .flood,
                control: Control.intrusionDetection.rawValue,
                source: flow.remote.ip.accountable.description,
                detail: "more messages than one source may send; dropped without an answer"
            )
        )
    }
    private var lastDropped: IPAddress?
    private var dropReport = MonotonicTime(nanoseconds: 0)

    // MARK: Actions

    /// Carries out what the switchboard asked for. Closing a connection may make it ask for more: that comes after.
    ///
    /// - Parameter source: Who caused it and pays for what it did wrong, if it was a message.
    func carryOut(from source: IPAddress? = nil) {
        guard !isCarryingOut else { return }
        isCarryingOut = true
        defer { isCarryingOut = false }
        var index = 0
        while index < actions.count {
            perform(actions[index], source)
            index += 1
        }
        actions.removeAll(keepingCapacity: true)
    }

    private func perform(_ action: Action, _ source: IPAddress?) {
        switch action {
        case .send(let bytes, let id): send(bytes, to: id)
        case .authenticated(let id): authenticated(id)
        case .close(let id): connections[id]?.close()
        case .media(let command): commands.append(command)
        case .remember(let record, let ticket): outlets.remember(record, ticket)
        case .report(let event): noticed(event, source)
        }
    }

    private func noticed(_ event: SecurityEvent, _ source: IPAddress?) {
        if let source, let cost = Self.cost(of: event.kind) {
            admission.charge(source, cost: cost, at: SystemClock.monotonic)
        }
        events.add(event)
    }

    /// What a source pays on top for a message that turned out to be this.
    private static func cost(of kind: SecurityEventKind) -> SourceGate.Cost? {
        switch kind {
        case .failedLogin: .failedLogin
        case .identityMismatch, .scanner, .malformed, .replayedNonce, .forgedInDialog, .spoofSuspected: .abuse
        case .flood, .weakMediaOffered, .bindingLimit, .weakDigest, .foreignMedia, .undeclaredListener, .journalBroken:
            nil
        }
    }

    private func send(_ bytes: [UInt8], to id: FlowID) {
        if id.rawValue & ConnectionTable.datagramBit != 0 {
            datagrams[DatagramListener.number(of: id)]?.send(bytes, to: id)
        } else if let connection = connections[id] {
            // Written into one buffer again and again: TLS is through with it when the message is flushed.
            output.clear()
            output.writeBytes(bytes)
            connection.send(output)
        }
    }

    private func authenticated(_ id: FlowID) {
        // Over UDP the sender's address can be forged, so its source stays accountable for every message.
        guard let connection = connections[id] else { return }
        if !connection.isCountedAsPhone {
            connection.isCountedAsPhone = admission.authenticated(connection.flow.remote.ip)
        }
        connection.standing.authenticated(at: SystemClock.monotonic)
    }

    // MARK: Turns

    func awaitsFlush(_ connection: Connection) {
        unflushed.append(connection)
    }

    /// Media first: a phone that reads the answer may send its first packet at once.
    func endTurn() {
        if !commands.isEmpty {
            outlets.media(commands)
            commands.removeAll(keepingCapacity: true)
        }
        while let connection = unflushed.popLast() { connection.flush() }
        setWake()
    }

    private var nextDeadline: MonotonicTime {
        var next = nextReport
        if let time = switchboard.nextDeadline { next = min(next, time) }
        if let time = reviews.next { next = min(next, time) }
        if let time = slow.next { next = min(next, time) }
        return next
    }

    /// Sets the one timer of this loop. An earlier wake than needed costs nothing worth cancelling for.
    private func setWake() {
        let next = nextDeadline
        if let wake {
            guard next < wake.at else { return }
            wake.task.cancel()
        }
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: NIODeadline(next)) { [self] in
            wake = nil
            passTime()
        }
        wake = (next, task)
    }

    private func passTime() {
        let now = SystemClock.now
        if let deadline = switchboard.nextDeadline, deadline <= now.monotonic {
            switchboard.wake(at: now, into: &actions)
            carryOut()
        }
        review(at: now.monotonic)
        if now.monotonic >= nextReport {
            nextReport = now.monotonic + Limits.eventReport
            if !events.isEmpty { outlets.report(events.drain(at: now.wall)) }
        }
        endTurn()
    }

    /// Closes who is overdue.
    private func review(at now: MonotonicTime) {
        while let id = reviews.popDue(at: now) {
            guard let connection = connections[id] else { continue }
            let deadline = connection.standing.deadline
            if deadline <= now {
                connection.end(.overdue)
            }
            // Also after the end: until the socket is really gone, it is worth another look.
            reviews.insert(id, at: min(max(deadline, now + .seconds(1)), now + Limits.review))
        }
        while let id = slow.popDue(at: now) {
            guard let connection = connections[id] else { continue }
            connection.isWatched = false
            if connection.isSlow { connection.end(.slowReader) }
        }
    }

    /// Ends everything: calls first, so that both phones hear of it, then connections.
    func shutDown() {
        let now = SystemClock.now
        for call in switchboard.calls() { _ = switchboard.endCall(call.record.id, at: now, into: &actions) }
        carryOut()
        endTurn()
        if !events.isEmpty { outlets.report(events.drain(at: now.wall)) }
        connections.forEach { $0.close() }
        wake?.task.cancel()
    }

    // MARK: Datagrams

    func add(_ listener: DatagramListener) { datagrams[listener.number] = listener }
    func remove(_ listener: DatagramListener) { datagrams[listener.number] = nil }
}
