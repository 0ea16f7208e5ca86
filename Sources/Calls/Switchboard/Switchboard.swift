// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
public import Model
public import Primitives
import SIP

/// The phone system of one business as one value: bytes and time in, actions and the next deadline out.
///
/// It opens no socket, reads no clock and waits for nobody. Whoever runs it hands in everything that happens in order,
/// carries out the actions in order, and calls ``wake(_:)`` when ``nextDeadline`` comes.
///
/// What a message may do is decided in this order, and nothing is kept for a sender before the fourth step:
/// parse, validate, match to a transaction or dialog on the same flow, authenticate, decide, act.
///
/// Source: RFC 3261 §8.2 (order of checks), §10 (registrar), §12–17; `Docs/ARCHITECTURE.md`, "The rooms of Calls".
public struct Switchboard: Sendable {
    var desk: Desk
    var callTable = CallTable()
    var subscriptions: Subscriptions
    /// When to call ``wake(_:)`` next; `nil` while nothing is pending. Stored, because it is asked after every
    /// message, and asking another module for a computed property of a large value copies the value.
    public private(set) var nextDeadline: MonotonicTime?
    /// Parsed into again and again, so that parsing allocates nothing.
    private var scratch = Message()

    /// - Parameter logins: What was kept of phones in earlier runs, the oldest first.
    public init(
        settings: SwitchboardSettings,
        snapshot: Snapshot,
        entropy: Entropy,
        logins kept: [PhoneLogin] = []
    ) {
        desk = Desk(settings: settings, snapshot: snapshot, entropy: entropy, logins: kept)
        subscriptions = Subscriptions(settings: settings, snapshot: snapshot, entropy: entropy)
    }

    /// Counters and gauges, for people.
    public var figures: SwitchboardFigures {
        var figures = desk.counters
        figures.registrations = desk.registrar.bindings.count
        figures.failedLogins = desk.registrar.failedLogins
        figures.calls = callTable.count
        figures.subscriptions = subscriptions.count
        figures.shedding = desk.registrar.shedding
        figures.transactions = desk.transactions.count + callTable.farewells.count
        // What is kept, and what is counted as kept where it has a limit.
        figures.keptBytes = max(desk.transactions.keptBytes + callTable.keptBytes, desk.transactions.finishedBytes)
        figures.relays.calls = callTable.relayedCalls
        figures.relays.silent = callTable.silentCalls
        figures.plainLegs = desk.plainPorts.count
        figures.plainPorts = desk.settings.plainMedia.reduce(0) { $0 + $1.pairs }
        return figures
    }

    /// Takes one complete message.
    ///
    /// - Parameter isShutOut: Whether it comes from where nobody is listened to but who calls for help.
    public mutating func receive(
        _ bytes: Span<UInt8>,
        on flow: Flow,
        isShutOut: Bool = false,
        _ turn: inout Turn
    ) {
        begin(&turn)
        defer { finish(&turn) }
        do {
            try scratch.parse(bytes)
            try scratch.validate()
        } catch {
            guard !keepsAlive(bytes, flow) else { return }
            receiveOdd(scratch, error, on: flow)
            return
        }
        let message = scratch
        guard !isShutOut || isAboutHelp(message) else {
            desk.counters.dropped += 1
            return
        }
        if message.method != nil {
            receiveRequest(message, on: flow)
        } else {
            receiveResponse(message, on: flow)
        }
    }

    /// Carries out what is due.
    public mutating func wake(_ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        for event in desk.transactions.wake(&desk.turn) { route(event) }
        desk.registrar.wake(at: desk.now)
        callTable.tickLedger(&desk)
        for due in callTable.takeDue(at: desk.now.monotonic) {
            switch due {
            case .call(let serial): callTable.wakeCall(serial, &desk)
            case .farewell(let id): callTable.wakeFarewell(id, &desk)
            case .helpTrial(let serial): callTable.wakeHelpTrial(serial, &desk)
            case .plainLegs: callTable.wakePlainLegs(&desk)
            }
        }
        wakeSubscriptions()
    }

    /// Takes new settings. What they no longer allow ends now: registrations, calls and connections.
    ///
    /// - Parameter changes: All that lies between these settings and the present ones; `nil` when that is not known.
    public mutating func apply(_ snapshot: Snapshot, by changes: [Model.Change]? = nil, _ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        let before = desk.snapshot
        desk.snapshot = snapshot
        desk.dialPlan = DialPlan(snapshot.outside.dialing)
        desk.followGate()
        desk.noteChanges(since: before)
        let closing = desk.registrar.apply(desk.snapshot, changes)
        let enrolled = Set(desk.snapshot.devices.values.map(\.id))
        desk.accounts.keep { enrolled.contains($0) }
        callTable.review(&desk)
        reviewSubscriptions()
        // Calls and subscriptions that end because of it say so over connections that close because of it.
        let kept = closing.isEmpty ? [] : callTable.flowsOfHelp
        for flow in closing where !kept.contains(flow) { desk.turn.actions.append(.close(flow)) }
        desk.trunks.apply(desk.snapshot.outside, keeping: callTable.flowsOfHelp, &desk.turn)
    }

    /// Names of the SRTP suites that are offered and accepted, best first, as in `a=crypto`.
    public static var protectionSuites: [String] { SRTPSuite.allCases.map(\.rawValue) }

    public func registrations() -> [RegistrationSummary] {
        desk.registrar.bindings.all.map { binding in
            RegistrationSummary(
                number: binding.device.number,
                device: binding.device.id,
                source: binding.flow.remote,
                transport: binding.flow.transport,
                tlsVersion: binding.flow.tlsVersion,
                cipher: binding.flow.cipher,
                userAgent: binding.userAgent,
                since: binding.since,
                expires: binding.expiresWall
            )
        }
    }

    // MARK: Inputs

    /// Every input begins here: what it sets off is written to the desk.
    mutating func begin(_ turn: inout Turn) { swap(&desk.turn, &turn) }

    /// Every input ends here: watchers hear what is news, and the next moment is known.
    mutating func finish(_ turn: inout Turn) {
        // As above: a trunk closes what it has when its exception ends.
        if let end = callTable.nextExceptionEnd, end <= desk.now.wall { callTable.endUnexcused(&desk) }
        if !desk.trunks.isSettled(at: desk.now) { desk.settleTrunks(keeping: callTable.flowsOfHelp) }
        tellWatchers()
        let phones = MonotonicTime.earliest(desk.transactions.nextDeadline, desk.registrar.nextDeadline)
        let calls = MonotonicTime.earliest(callTable.nextDeadline, subscriptions.nextDeadline)
        let outside = MonotonicTime.earliest(desk.trunks.nextDeadline, desk.gate?.nextTick)
        nextDeadline = .earliest(.earliest(phones, calls), outside)
        swap(&desk.turn, &turn)
    }
}

extension Snapshot {
    /// Whether a phone, or a trunk by what ``Party/key(of:)`` says, may do anything at all.
    func allows(_ username: String) -> Bool {
        guard let device = devices[username] else { return allowsTrunk(username) }
        return extensions[device.number]?.isEnabled == true
    }

    private func allowsTrunk(_ key: String) -> Bool {
        outside.trunks.values.contains { $0.trunk.isEnabled && Party.key(of: $0.trunk.name) == key }
    }
}
