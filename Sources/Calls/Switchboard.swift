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
    var authenticator: Authenticator
    var bindings = Bindings()
    let gruus: GRUUSeal
    var callsBySerial = CallTable()
    /// The calls that a device takes part in, by its user name.
    var callsOf: [String: Set<UInt64>] = [:]
    var dialogs: [DialogKey: DialogOwner] = [:]
    /// Only of calls that use what happens before the answer.
    var earlyCalls: [UInt64: EarlyCall] = [:]
    var earlyDialogs: [DialogKey: EarlyOwner] = [:]
    /// By the call that is transferred.
    var transfers: [UInt64: Transfer] = [:]
    var inviteServers: [UInt64: InviteServer] = [:]
    var inviteServerIDs: [ServerKey: UInt64] = [:]
    var finishedServers = KeptTransactions<UInt64>()
    var absorbers: [ServerKey: NonInviteServerTransaction] = [:]
    var finishedAbsorbers = KeptTransactions<ServerKey>()
    var inviteClients: [BranchKey: InviteClient] = [:]
    var finishedClients = KeptTransactions<BranchKey>()
    var requestClients: [BranchKey: RequestClient] = [:]
    /// Dialogs whose calls are over, until their phones know.
    var leaving: [DialogKey: Leaving] = [:]
    /// Those of them that wait for an ACK.
    var farewells: [UInt64: DialogKey] = [:]
    var subscriptions = Subscriptions()
    /// Only mailboxes that hold something.
    var mailboxes: [ExtensionNumber: MailboxCounts] = [:]
    var registrationGate: RegistrationGate
    /// Phones that have been registered before, by user name: they are let in first.
    var knownPhones: [String: KnownPhone] = [:]
    var shedding = SheddingFigures()
    /// What each phone may still ask of the others.
    var accounts = AccountGate()
    var deadlines = DeadlineQueue<Due>() { didSet { nextDeadline = deadlines.next } }
    /// When to call ``wake(_:)`` next; `nil` while nothing is pending. Stored, because it is asked after every
    /// message, and asking another module for a computed property of a large value copies the value.
    public private(set) var nextDeadline: MonotonicTime?
    var tickets: [Ticket: UInt64] = [:]
    /// The connections of phones, from their first valid credential to their end.
    var phones: [FlowID: PhoneFlow] = [:]
    /// The same by user name, the oldest first.
    var connections: [String: [FlowID]] = [:]
    /// Wrong secrets per connection; an entry goes with its connection.
    var failures: [FlowID: Int] = [:]
    /// Where each phone logs in from, and which accounts are tried in vain.
    var logins: LoginHistory
    var lastSerial: UInt64 = 0
    /// Parsed into again and again, so that parsing allocates nothing.
    private var scratch = Message()
    /// What the REGISTER at hand asks for. Empty between messages; kept for its storage.
    var contactChanges: [ContactChange] = []
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
        logins = LoginHistory(phones: snapshot.devices.count, sites: settings.sites)
        gruus = GRUUSeal(key: settings.nonceKey, domain: snapshot.domain.text)
        registrationGate = RegistrationGate(rate: settings.registrationRate)
        authenticator = Authenticator(
            snapshot: snapshot,
            nonceKey: settings.nonceKey,
            nonces: settings.nonces,
            entropy: entropy
        )
        recall(kept)
    }

    /// Counters and gauges, for people.
    public var figures: SwitchboardFigures {
        var figures = counters
        figures.registrations = bindings.count
        figures.calls = callsBySerial.count
        figures.subscriptions = subscriptions.count
        figures.shedding = shedding
        figures.transactions = inviteServers.count + absorbers.count + inviteClients.count + requestClients.count
        figures.transactions += farewells.count
        // What is kept, and what is counted as kept where it has a limit.
        figures.keptBytes = max(keptBytes, finishedBytes)
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
            tellWatchers(&turn)
            return
        }
        let message = scratch
        if message.method != nil {
            receiveRequest(message, on: flow, &turn)
        } else {
            receiveResponse(message, on: flow, &turn)
        }
        tellWatchers(&turn)
    }

    /// Carries out what is due.
    public mutating func wake(_ turn: inout Turn) {
        // What asks for a moment that has passed waits for the next turn, so that others are served in between.
        var left = deadlines.count
        while left > 0, let due = deadlines.popDue(at: turn.now.monotonic) {
            left -= 1
            switch due {
            case .binding(let id): wakeBinding(id, at: turn.now)
            case .inviteServer(let id): wakeInviteServer(id, &turn)
            case .absorber(let key): wakeAbsorber(key, &turn)
            case .inviteClient(let key): wakeInviteClient(key, &turn)
            case .requestClient(let key): wakeRequestClient(key, &turn)
            case .cancelled(let key): inviteClients[key] = nil
            case .overdue(let key): wakeOverdue(key, &turn)
            case .call(let serial): wakeCall(serial, &turn)
            case .subscription(let id): wakeSubscription(id, &turn)
            case .farewell(let id): wakeFarewell(id, &turn)
            }
        }
        tellWatchers(&turn)
    }

    /// Takes new settings. What they no longer allow ends now: registrations, calls and connections.
    public mutating func apply(_ snapshot: Snapshot, _ turn: inout Turn) {
        self.snapshot = snapshot
        authenticator.apply(snapshot)
        logins.resize(phones: snapshot.devices.count)
        knownPhones = knownPhones.filter { snapshot.devices[$0.key] != nil }
        var closing = Set(connections.filter { !isAllowed($0.key) }.flatMap(\.value))
        for binding in bindings.all where !isAllowed(binding.device.username) {
            bindings.remove(binding.id)
            closing.insert(binding.flow.id)
        }
        for flow in closing.sorted(by: { $0.rawValue < $1.rawValue }) { turn.actions.append(.close(flow)) }
        for call in callsBySerial.values.sorted(by: { $0.serial < $1.serial }) { review(call, &turn) }
        reviewSubscriptions(&turn)
        tellWatchers(&turn)
    }

    /// Ends a call of a phone that is allowed none any longer, and stops it ringing.
    private mutating func review(_ call: Call, _ turn: inout Turn) {
        guard call.usernames.allSatisfy(isAllowed) else {
            end(call.serial, because: "a phone of this call was disabled", &turn)
            return
        }
        guard case .ringing(let ringing) = call.phase else { return }
        for (index, branch) in ringing.branches.enumerated()
        where branch.status == nil && !isAllowed(branch.party.username) {
            cancel(branch.key, &turn)
            branchFailed(480, index, of: call.serial, &turn)
        }
    }

    func isAllowed(_ username: String) -> Bool {
        guard let device = snapshot.devices[username] else { return false }
        return snapshot.extensions[device.number]?.isEnabled == true
    }

    public func registrations() -> [RegistrationSummary] {
        bindings.all.map { binding in
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

    mutating func nextSerial() -> UInt64 {
        lastSerial += 1
        return lastSerial
    }
}

/// What a deadline wakes.
enum Due: Sendable {
    case binding(UInt64)
    case inviteServer(UInt64)
    case absorber(ServerKey)
    case inviteClient(BranchKey)
    case requestClient(BranchKey)
    /// A cancelled INVITE that was never answered (RFC 3261 §9.1).
    case cancelled(BranchKey)
    /// An INVITE inside a dialog that may have got provisional answers only.
    case overdue(BranchKey)
    case call(UInt64)
    case subscription(UInt64)
    /// A BYE that waits for an ACK.
    case farewell(UInt64)
}
