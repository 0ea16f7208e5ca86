// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Logging
import Media
import Model
import NIOCore
import NIOPosix
import Primitives

/// All that runs on the signalling loop: the phone system, its sockets, and looking after both.
///
/// Belongs to that loop; ``RingfenceServer`` reaches it through it.
final class Signalling {
    let loop: SignallingLoop
    private let sockets: ListenerSockets
    let connector: TrunkConnector
    private let eventLoop: any EventLoop
    private let logger: Logger
    /// Pages under our own names may open a WebSocket whatever the settings say.
    private let origins: [WebOrigin]
    /// Declared listeners that are opened elsewhere: those for media, and those of the portal.
    private let others: [Listener]
    private var portal: [Listener] = []
    /// Where calls over trunks without encryption may open ports, when an exception stands.
    private let plainRanges: [MediaPorts]
    /// What this process has open, as this business sees it.
    private let census: SocketCensus
    let business: UInt16
    private(set) var exceptions: [ListenerException]
    private var generation: UInt64
    /// Those that an exception allows and that could not be opened.
    private var closed: Set<Listener> = []

    init(
        loop: SignallingLoop,
        others: [Listener],
        plainRanges: [MediaPorts],
        business: UInt16,
        census: SocketCensus,
        origins: [WebOrigin],
        identity: TLSIdentity,
        snapshot: Snapshot,
        names: NameService = NameService(),
        logger: Logger
    ) {
        self.loop = loop
        self.eventLoop = loop.eventLoop
        (self.others, self.business, self.census) = (others, business, census)
        self.plainRanges = plainRanges
        (exceptions, generation) = (snapshot.exceptions, snapshot.generation)
        self.logger = logger
        self.origins = origins
        sockets = ListenerSockets(loop: loop, origins: origins + snapshot.network.origins, identity: identity)
        connector = TrunkConnector(loop, names: names, identity: identity)
    }

    var listeners: [Listener] {
        let outside = loop.switchboard.outside
        return sockets.listeners + others + portal
            + Listener.plainMedia(of: plainRanges, for: outside, at: SystemClock.wall)
    }

    /// - Parameters:
    ///   - listeners: To accept on here.
    ///   - shared: Where others accept for us.
    ///   - charges: What legs to the outside cost in earlier runs.
    ///   - counted: What was counted of them.
    func start(
        _ listeners: [BoundListener],
        shared: [EncryptedListener],
        charges: [LegCharge],
        counted: CountedKeeper.Kept
    ) -> EventLoopFuture<Void> {
        sockets.shared = shared
        openExceptions()
        loop.takeUp(charges)
        loop.takeUp(counted)
        loop.startTrunks(connector)
        return sockets.open(listeners)
    }

    // MARK: What operators do

    /// Ignores one that is not newer: two changes may arrive in either order.
    ///
    /// - Parameter changes: What led to these settings from those of one generation before.
    func apply(_ snapshot: Snapshot, _ changes: [Change]) {
        guard snapshot.generation > generation else { return }
        let known = snapshot.generation == generation + 1 ? changes : nil
        (exceptions, generation) = (snapshot.exceptions, snapshot.generation)
        loop.admission.expect(snapshot.network.sites)
        sockets.origins = origins + snapshot.network.origins
        loop.turn.begin(at: SystemClock.now)
        loop.switchboard.apply(snapshot, by: known, &loop.turn)
        loop.carryOut()
        loop.endTurn()
        openExceptions()
    }

    /// Serves a connection that the reception accepted for us. One of a source that is shut out costs no channel.
    func take(_ accepted: AcceptedSocket, from listener: EncryptedListener) {
        if !loop.turnsAway(accepted.remote.ip) { sockets.take(accepted, from: listener) }
    }

    /// Shows this to every new connection. Those there are have theirs and keep it.
    func show(_ identity: TLSIdentity) { (sockets.identity, connector.identity) = (identity, identity) }

    func setOpen(_ isOpen: Bool) {
        loop.turn.begin(at: SystemClock.now)
        loop.switchboard.setOpen(isOpen, &loop.turn)
        loop.carryOut()
        loop.endTurn()
    }

    func dial(_ attempt: ClickAttempt) -> Result<DialledCall, CallRefusal> {
        loop.turn.begin(at: SystemClock.now)
        let call = loop.switchboard.dial(attempt, &loop.turn)
        loop.carryOut()
        loop.endTurn()
        return call
    }

    func endCall(_ id: String) -> Bool {
        loop.turn.begin(at: SystemClock.now)
        let found = loop.switchboard.endCall(id, &loop.turn)
        loop.carryOut()
        loop.endTurn()
        return found
    }

    // MARK: What other threads tell

    func stored(_ ticket: Ticket, ok: Bool) {
        loop.turn.begin(at: SystemClock.now)
        loop.switchboard.stored(ticket, ok: ok, &loop.turn)
        loop.carryOut()
        loop.endTurn()
    }

    func changed(_ ticket: Ticket, _ refusal: CallRefusal?) {
        loop.turn.begin(at: SystemClock.now)
        loop.switchboard.changed(ticket, refusal, &loop.turn)
        loop.carryOut()
        loop.endTurn()
    }

    func voice(_ news: [(id: RelayID, VoiceNews)]) {
        loop.turn.begin(at: SystemClock.now)
        loop.switchboard.voice(news, &loop.turn)
        loop.carryOut()
        loop.endTurn()
    }

    func answered(_ ticket: Ticket, _ answer: MailboxAnswer) {
        loop.turn.begin(at: SystemClock.now)
        loop.switchboard.answered(ticket, answer, &loop.turn)
        loop.carryOut()
        loop.endTurn()
    }

    func setMailbox(_ counts: MailboxCounts, of number: ExtensionNumber) {
        loop.turn.begin(at: SystemClock.now)
        loop.switchboard.setMailbox(counts, of: number, &loop.turn)
        loop.carryOut()
        loop.endTurn()
    }

    func media(_ census: RelayCensus) {
        loop.turn.begin(at: SystemClock.now)
        loop.switchboard.media(census, &loop.turn)
        loop.carryOut()
        loop.endTurn()
    }

    // MARK: Looking after the sockets

    /// The portal opens its sockets itself.
    func declare(portal places: [Primitives.SocketAddress]) {
        portal = places.map { Listener(purpose: .portal, address: $0.description) }
        openExceptions()
    }

    /// Opens what an exception allows now, and closes what none allows any longer.
    func openExceptions() {
        let now = SystemClock.wall
        let wanted = exceptions.map { exception in
            let purpose: Listener.Purpose =
                switch exception.transport {
                case .udp: .sipUDP
                case .tcp: .sipTCP
                }
            return Listener(purpose: purpose, address: exception.address)
        }
        let allowed = wanted.filter { ListenerPolicy.refusal(of: $0, exceptions: exceptions, at: now) == nil }
        census.declare(listeners + allowed, of: business)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        sockets.open(allowed).whenSuccess { problems in bound.value.complain(of: problems) }
    }

    /// Once for each, though it is tried again and again.
    private func complain(of problems: [(Listener, String)]) {
        for (listener, problem) in problems where !closed.contains(listener) {
            logger.error("cannot open \(listener.purpose.rawValue) on \(listener.address): \(problem)")
        }
        closed = Set(problems.map(\.0))
    }

    /// Tells of sockets that are not as they were declared.
    func report(_ findings: [ListenerPolicy.Deviation]) {
        for finding in findings {
            switch finding {
            case .undeclared(let socket):
                loop.report(
                    .undeclaredListener,
                    source: .socket(socket.address),
                    "a socket is open that nobody declared"
                )
            case .missing(let listener):
                loop.report(.undeclaredListener, source: .socket(listener.address), "a declared listener is not open")
            case .unprotected(let listener):
                loop.report(
                    .undeclaredListener,
                    source: .socket(listener.address),
                    "carries SIP in the clear without leave"
                )
            case .excepted: break
            }
        }
    }

    // MARK: The end

    /// Ends calls and connections.
    ///
    /// - Returns: When all are gone, or have had their time to take leave.
    func stop() -> EventLoopFuture<Void> {
        // First the calls: phones over UDP hear of it through these sockets.
        loop.shutDown()
        sockets.close()
        let gone = eventLoop.makePromise(of: Void.self)
        wait(for: gone, until: SystemClock.monotonic + .seconds(2 * Limits.farewell))
        return gone.futureResult
    }

    private func wait(for gone: EventLoopPromise<Void>, until deadline: MonotonicTime) {
        guard loop.connections.count > 0, SystemClock.monotonic < deadline else {
            loop.rest()
            return gone.succeed()
        }
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(20)) { [self] in wait(for: gone, until: deadline) }
    }
}
