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
/// Source: RFC 3261 §8.2 (order of checks), §10 (registrar), §12–17; `ARCHITECTURE.md` sections 1 and 4.
public struct Switchboard: Sendable {
    let settings: SwitchboardSettings
    var snapshot: Snapshot
    var entropy: Entropy
    var callsBySerial = CallTable()
    /// The calls that a device takes part in, by its user name.
    var callsOf: [String: Set<UInt64>] = [:]
    var dialogs: [DialogKey: DialogOwner] = [:]
    /// Only of calls that use what happens before the answer.
    var earlyCalls: [UInt64: EarlyCall] = [:]
    var earlyDialogs: [DialogKey: EarlyOwner] = [:]
    /// By the call that is transferred.
    var transfers: [UInt64: Transfer] = [:]
    var transactions: TransactionTable
    var registrar: Registrar
    /// Dialogs whose calls are over, until their phones know.
    var leaving: [DialogKey: Leaving] = [:]
    /// Those of them that wait for an ACK.
    var farewells: [UInt64: DialogKey] = [:]
    var subscriptions: Subscriptions
    /// What each phone may still ask of the others.
    var accounts = AccountGate()
    var deadlines = DeadlineQueue<Due>()
    /// When to call ``wake(_:)`` next; `nil` while nothing is pending. Stored, because it is asked after every
    /// message, and asking another module for a computed property of a large value copies the value.
    public private(set) var nextDeadline: MonotonicTime?
    var tickets: [Ticket: UInt64] = [:]
    var lastSerial: UInt64 = 0
    /// Parsed into again and again, so that parsing allocates nothing.
    private var scratch = Message()
    var counters = SwitchboardFigures()
    /// Relays that the latest census named and no call knows.
    var strayRelays: Set<UInt64> = []

    /// - Parameter logins: What was kept of phones in earlier runs, the oldest first.
    public init(
        settings: SwitchboardSettings,
        snapshot: Snapshot,
        entropy: Entropy,
        logins kept: [PhoneLogin] = []
    ) {
        self.settings = settings
        self.snapshot = snapshot
        self.entropy = entropy
        transactions = TransactionTable(settings: settings)
        registrar = Registrar(settings: settings, snapshot: snapshot, entropy: entropy, logins: kept)
        subscriptions = Subscriptions(settings: settings, snapshot: snapshot, entropy: entropy)
    }

    /// Counters and gauges, for people.
    public var figures: SwitchboardFigures {
        var figures = counters
        figures.registrations = registrar.bindings.count
        figures.failedLogins = registrar.failedLogins
        figures.calls = callsBySerial.count
        figures.subscriptions = subscriptions.count
        figures.shedding = registrar.shedding
        figures.transactions = transactions.count + farewells.count
        // What is kept, and what is counted as kept where it has a limit.
        figures.keptBytes = max(keptBytes, transactions.finishedBytes)
        figures.relays.calls = relayedCalls
        figures.relays.silent = silentCalls
        return figures
    }

    /// Takes one complete message.
    public mutating func receive(_ bytes: Span<UInt8>, on flow: Flow, _ turn: inout Turn) {
        do {
            try scratch.parse(bytes)
            try scratch.validate()
        } catch {
            guard !keepsAlive(bytes, flow, &turn) else { return }
            receiveOdd(scratch, error, on: flow, &turn)
            endTurn(&turn)
            return
        }
        let message = scratch
        if message.method != nil {
            receiveRequest(message, on: flow, &turn)
        } else {
            receiveResponse(message, on: flow, &turn)
        }
        endTurn(&turn)
    }

    /// Carries out what is due.
    public mutating func wake(_ turn: inout Turn) {
        for event in transactions.wake(&turn) { route(event, &turn) }
        registrar.wake(at: turn.now)
        // What asks for a moment that has passed waits for the next turn, so that others are served in between.
        var left = deadlines.count
        while left > 0, let due = deadlines.popDue(at: turn.now.monotonic) {
            left -= 1
            switch due {
            case .call(let serial): wakeCall(serial, &turn)
            case .farewell(let id): wakeFarewell(id, &turn)
            }
        }
        wakeSubscriptions(&turn)
        endTurn(&turn)
    }

    /// Takes new settings. What they no longer allow ends now: registrations, calls and connections.
    public mutating func apply(_ snapshot: Snapshot, _ turn: inout Turn) {
        self.snapshot = snapshot
        registrar.apply(snapshot, &turn)
        let enrolled = Set(snapshot.devices.values.map(\.id))
        accounts.keep { enrolled.contains($0) }
        for call in callsBySerial.values.sorted(by: { $0.serial < $1.serial }) { review(call, &turn) }
        reviewSubscriptions(&turn)
        endTurn(&turn)
    }

    /// Ends a call that would not be allowed any longer, and stops it ringing where it may not.
    private mutating func review(_ call: Call, _ turn: inout Turn) {
        guard call.usernames.allSatisfy(snapshot.allows) else {
            end(call.serial, because: "a phone of this call was disabled", &turn)
            return
        }
        guard case .ringing(let ringing) = call.phase else {
            guard let refusal = call.refusal(in: snapshot) else { return }
            end(call.serial, because: "it is not allowed any more: \(refusal.reason)", &turn)
            return
        }
        for (index, branch) in ringing.branches.enumerated()
        where branch.status == nil && !mayRing(branch, of: ringing, call.placement) {
            cancel(branch.key, &turn)
            branchFailed(480, index, of: call.serial, &turn)
        }
    }

    /// Whether the call and every forward on its way still let a phone ring.
    private func mayRing(_ branch: Branch, of ringing: Call.Ringing, _ placement: Placement?) -> Bool {
        guard snapshot.allows(branch.party.username), placement?.refusal(in: snapshot) == nil else { return false }
        return ringing.path(to: branch.party.number).allSatisfy { $0.refusal(in: snapshot) == nil }
    }

    /// Names of the SRTP suites that are offered and accepted, best first, as in `a=crypto`.
    public static var protectionSuites: [String] { SRTPSuite.allCases.map(\.rawValue) }

    public func registrations() -> [RegistrationSummary] {
        registrar.bindings.all.map { binding in
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

    /// Every input ends here: watchers hear what is news, and the next moment is known.
    mutating func endTurn(_ turn: inout Turn) {
        tellWatchers(&turn)
        let phones = MonotonicTime.earliest(transactions.nextDeadline, registrar.nextDeadline)
        let calls = MonotonicTime.earliest(deadlines.next, subscriptions.nextDeadline)
        nextDeadline = .earliest(phones, calls)
    }

    mutating func nextSerial() -> UInt64 {
        lastSerial += 1
        return lastSerial
    }
}

extension Snapshot {
    /// Whether a phone may do anything at all.
    func allows(_ username: String) -> Bool {
        guard let device = devices[username] else { return false }
        return extensions[device.number]?.isEnabled == true
    }
}

/// What a deadline wakes.
enum Due: Sendable {
    case call(UInt64)
    /// A BYE that waits for an ACK.
    case farewell(UInt64)
}
