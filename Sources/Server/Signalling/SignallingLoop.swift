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
        /// Returns the relays of which something was refused at once.
        var media: @Sendable ([RelayCommand], RelayMark) -> [RelayID]
        /// Answered by `Switchboard.stored` when there is a ticket.
        var remember: @Sendable (CallRecord, Ticket?) -> Void
        var keep: @Sendable (PhoneLogin) -> Void
        /// Answered by `Switchboard.changed`.
        var change: @Sendable (FeatureAsk, Ticket) -> Void
        /// Answered by `Switchboard.voice` and `Switchboard.answered`.
        var voice: @Sendable (VoiceCommand) -> Void
        /// What happened, for everybody who wants to know.
        var events: EventHub
    }

    let eventLoop: any EventLoop
    var switchboard: Switchboard
    var figures = LoopFigures()
    var connections = ConnectionTable()
    /// Begun anew for each input, so that its storage is reused.
    var turn = Turn(at: SystemClock.now)
    var isCarryingOut = false
    var commands: [RelayCommand] = []
    var unflushed: [Connection] = []
    var output: ByteBuffer
    var admission: Admission
    /// Messages dropped from one source in a row that are not in an event yet.
    var flood: (source: IPAddress, count: Int)?
    /// Events about floods since the last report.
    var floods = 0
    var datagrams: [UInt16: DatagramListener] = [:]
    /// Who does what trunks ask for; `nil` before the start and after the end.
    var connector: TrunkConnector?
    var trunkDatagrams: [FlowID: TrunkDatagrams] = [:]
    var lastDatagramTrunk: UInt64 = 0
    let outlets: Outlets
    /// What is signalled, while somebody wants to know.
    var trace: SignallingTrace?

    /// Connections without a credential, from anywhere and from where phones are expected: who goes when there is no room.
    var crowd = Crowd()
    var expected = Crowd()
    /// What logins may say.
    var budgets = LoginBudgets()
    /// What all of them together may; `nil` where nobody else needs the loop.
    var budget: MessageBudget?
    /// When each connection is looked at next. One entry a connection.
    var reviews = DeadlineQueue<FlowID>()
    /// The clock that deadlines of connections are measured with.
    var patience = Patience()
    /// Connections that do not read what was sent to them.
    var slow = DeadlineQueue<FlowID>()
    /// Bytes of unfinished messages of all connections.
    var unfinished = 0
    private var lastReport: MonotonicTime
    var wake: (at: MonotonicTime, task: Scheduled<Void>)?
    /// Nothing is served any more.
    private var isOver = false

    init(
        eventLoop: any EventLoop,
        switchboard: Switchboard,
        admission: Admission,
        budget: MessageBudget? = nil,
        outlets: Outlets
    ) {
        self.eventLoop = eventLoop
        self.budget = budget
        self.switchboard = switchboard
        self.admission = admission
        self.outlets = outlets
        output = ByteBufferAllocator().buffer(capacity: Limits.read)
        lastReport = SystemClock.monotonic
    }

    // MARK: Turns

    func awaitsFlush(_ connection: Connection) {
        unflushed.append(connection)
    }

    /// Media first: a phone that reads the answer may send its first packet at once.
    func endTurn() {
        tellMedia()
        while let connection = unflushed.popLast() { connection.flush() }
        for listener in datagrams.values { listener.flush() }
        for trunk in trunkDatagrams.values { trunk.flush() }
        setWake()
    }

    /// Not in the middle of a turn: the mark says that all is told that the switchboard has asked for.
    private func tellMedia() {
        while !commands.isEmpty, !isCarryingOut {
            let refused = outlets.media(commands, switchboard.mark)
            commands.removeAll(keepingCapacity: true)
            guard !refused.isEmpty else { return }
            turn.begin(at: SystemClock.now)
            switchboard.refused(refused, &turn)
            carryOut()
        }
    }

    /// Few events are told soon, because people may have to hear of them; many wait to be merged.
    private var reportDue: MonotonicTime {
        lastReport + (outlets.events.hasFew ? Limits.soonReport : Limits.eventReport)
    }

    private var nextDeadline: MonotonicTime {
        var next = reportDue
        if let time = switchboard.nextDeadline { next = min(next, time) }
        if let time = reviews.next { next = min(next, time) }
        if let time = slow.next { next = min(next, time) }
        if let time = patience.beat { next = min(next, time) }
        return next
    }

    /// Sets the one timer of this loop. An earlier wake than needed costs nothing worth cancelling for.
    func setWake() {
        guard !isOver else { return }
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
            turn.begin(at: now)
            switchboard.wake(&turn)
            carryOut()
        }
        patience.look(at: now.monotonic, goesOn: admission.unauthenticated > 0)
        review(at: now.monotonic)
        if now.monotonic >= reportDue {
            lastReport = now.monotonic
            reportEvents(at: now.wall)
        }
        endTurn()
    }

    /// Closes who is overdue.
    private func review(at now: MonotonicTime) {
        while let id = reviews.popDue(at: now) {
            guard let connection = connections[id] else { continue }
            let deadline = patience.moment(connection.standing.deadline(haste: admission.haste))
            if deadline <= now {
                connection.end(.overdue)
            }
            // Also after the end: until the socket is really gone, it is worth another look. A stranger's deadline may come
            // nearer, when it begins a message.
            let latest = connection.standing.phase == .phone ? Limits.review : Limits.strangerReview
            reviews.insert(id, at: min(max(deadline, now + .seconds(1)), now + latest))
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
        stopTrace()
        turn.begin(at: now)
        switchboard.endCalls(&turn)
        carryOut()
        endTurn()
        reportEvents(at: now.wall)
        connector?.close()
        for connection in connections.all { connection.close() }
        for trunk in trunkDatagrams.values { trunk.close() }
        wake?.task.cancel()
    }

    /// The end: no timer of it stays behind on the event loop.
    func rest() {
        isOver = true
        connector = nil
        wake?.task.cancel()
        wake = nil
    }

    // MARK: Datagrams

    func add(_ listener: DatagramListener) { datagrams[listener.number] = listener }
    func remove(_ listener: DatagramListener) {
        if datagrams[listener.number] === listener { datagrams[listener.number] = nil }
    }
}
