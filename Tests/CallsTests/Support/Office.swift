// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import TestKit
import Testing

/// A business with a switchboard, on a clock that the test turns and with a disk that stores when the test says so.
struct Office {
    static let domain = "office.example"
    private(set) var switchboard: Switchboard
    private(set) var now = MonotonicTime(nanoseconds: 1_000_000_000)
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)
    private(set) var inbox: [FlowID: [Message]] = [:]
    private(set) var records: [CallRecord] = []
    private(set) var media: [RelayCommand] = []
    /// A real one, which does what it is told; what it refuses is told to the switchboard.
    let relays: Relays
    private(set) var events: [SecurityEvent] = []
    /// What is to be kept of logins, in the order it was said.
    private(set) var logins: [PhoneLogin] = []
    /// What phones want changed by codes.
    private(set) var asks: [(ask: FeatureAsk, ticket: Ticket)] = []
    /// What services want done where sound is.
    private(set) var voice: [VoiceCommand] = []
    private(set) var closed: [FlowID] = []
    /// Connections that something was said over after they were closed.
    private(set) var unheard: [FlowID] = []
    /// What is asked of DNS, and of the network, for trunks.
    private(set) var lookups: [TrunkLookup] = []
    private(set) var connects: [TrunkConnect] = []
    private(set) var proven: [FlowID] = []
    /// While false, tickets wait for ``store(ok:)``.
    var storesAtOnce = true
    private var waiting: [Ticket] = []
    private var lastFlow: UInt64 = 0
    /// How far the clock on the wall was set forward.
    private var step: Duration = .zero
    private(set) var snapshot: Snapshot

    /// An office with the extensions 101, 102 and 103; 102 has two phones.
    ///
    /// - Parameter logins: What an earlier run kept.
    init(
        registrationRate: Rate = Guard::Limits.registrationRate,
        recalling logins: [PhoneLogin] = [],
        relays: Int = 16
    ) throws {
        self.relays = Relays(capacity: relays, plain: Self.plainPorts)
        snapshot = try Self.snapshot(disabled: [])
        var settings = SwitchboardSettings(
            hostNames: ["pbx.office.example"],
            sipPort: 5061,
            mediaAddress: try #require(IPAddress(parsing: "192.0.2.1")),
            mediaPort: 40_000,
            otherMedia: SocketAddress(parsing: "[2001:db8::1]:40002"),
            nonceKey: Array(repeating: 7, count: 32)
        )
        settings.registrationRate = registrationRate
        settings.plainMedia = Self.plainPorts
        switchboard = Switchboard(
            settings: settings,
            snapshot: snapshot,
            entropy: .repeatable(),
            logins: logins
        )
    }

    /// For two legs in the clear.
    static var plainPorts: [PlainPorts] {
        let address = IPAddress(v4: 0xC000_0201)
        return [PlainPorts(address: address, ports: 40_100...40_103)].compactMap(\.self)
    }

    static func snapshot(
        disabled: Set<String>,
        names: [String: String] = [:],
        groups: [String: String] = [:],
        forwarding: Set<String> = [],
        more: [String] = [],
        minimum: DigestStrength = .md5,
        generation: UInt64 = 1
    ) throws -> Snapshot {
        let numbers = ["101", "102", "103"] + more
        let extensions = try numbers.map { text in
            Extension(
                number: try #require(ExtensionNumber(parsing: text)),
                name: names[text] ?? "Desk \(text)",
                isEnabled: !disabled.contains(text),
                pickupGroup: groups[text].flatMap { PickupGroup(parsing: $0) },
                forwarding: forwarding.contains(text) ? .colleagues : .nobody,
                createdAt: WallTime(milliseconds: 0)
            )
        }
        let owners =
            [
                ("phone-101-000001", "101"), ("phone-102-000001", "102"), ("phone-102-000002", "102"),
                ("phone-103-000001", "103"),
            ] + more.map { ("phone-\($0)-000001", $0) }
        let devices = try owners.map { username, number in try device(username, number, minimum) }
        return Snapshot(
            generation: generation,
            domain: try #require(DomainName(parsing: domain)),
            extensions: extensions,
            devices: devices,
            exceptions: []
        )
    }

    private static func device(_ username: String, _ number: String, _ minimum: DigestStrength) throws -> Device {
        let secret = Phone.password(of: username)
        let hash = { (algorithm: DigestAlgorithm) in
            Redacted(HA1(algorithm: algorithm, username: username, realm: domain, password: secret).hex())
        }
        return Device(
            // The same in every snapshot: the digits of the name.
            id: try #require(DeviceID(parsing: Hex.encode(username.utf8.suffix(8)))),
            extension: try #require(ExtensionNumber(parsing: number)),
            username: username,
            hashes: DigestHashes(md5: hash(.md5), sha256: hash(.sha256), sha512256: hash(.sha512256)),
            minimum: minimum,
            label: "desk",
            createdAt: WallTime(milliseconds: 0)
        )
    }

    // MARK: The network

    /// Where nobody is listened to but who calls for help.
    var shutOut: Set<FlowID> = []

    mutating func flow(
        from address: String = "192.0.2.50:50000",
        over transport: Transport = .tls,
        to local: String = "192.0.2.1:5061"
    ) throws -> Flow {
        lastFlow += 1
        return Flow(
            id: FlowID(rawValue: lastFlow),
            transport: transport,
            remote: try #require(SocketAddress(parsing: address)),
            local: try #require(SocketAddress(parsing: local)),
            tlsVersion: transport.isEncrypted ? "TLSv1.3" : nil,
            cipher: nil
        )
    }

    mutating func deliver(_ text: String, on flow: Flow) {
        var turn = Turn(at: moment)
        let bytes = Array(text.utf8)
        switchboard.receive(bytes.span, on: flow, isShutOut: shutOut.contains(flow.id), &turn)
        carryOut(turn.actions)
    }

    /// Delivers bytes that are no SIP message; what came back over the flow, as bytes.
    mutating func raw(_ bytes: [UInt8], on flow: Flow) -> [[UInt8]] {
        var turn = Turn(at: moment)
        switchboard.receive(bytes.span, on: flow, &turn)
        var answers: [[UInt8]] = []
        var others: [Action] = []
        for action in turn.actions {
            if case .send(let answer, flow.id) = action { answers.append(answer) } else { others.append(action) }
        }
        carryOut(others)
        return answers
    }

    mutating func disconnect(_ flow: Flow) {
        turn { $0.closed(flow.id, &$1) }
    }

    /// What arrived on a flow since the last time somebody looked.
    mutating func received(on flow: Flow) -> [Message] {
        defer { inbox[flow.id] = nil }
        return inbox[flow.id] ?? []
    }

    /// What arrived on a flow, left where it is.
    func peek(on flow: Flow) -> [Message] { inbox[flow.id] ?? [] }

    /// Throws away what arrived of one method.
    mutating func discard(_ method: SIP.Method, on flow: Flow) {
        inbox[flow.id]?.removeAll { $0.method == method }
    }

    // MARK: The clock

    var moment: Moment {
        let elapsed = now - start
        return Moment(monotonic: now, wall: WallTime(milliseconds: 1_800_000_000_000) + elapsed + step)
    }

    /// Somebody sets the clock on the wall.
    mutating func stepClock(_ duration: Duration) { step += duration }

    /// Lets time pass, waking the switchboard at each of its deadlines on the way.
    mutating func wait(_ duration: Duration) {
        let end = now + duration
        while let deadline = switchboard.nextDeadline, deadline <= end {
            now = max(now, deadline)
            var turn = Turn(at: moment)
            switchboard.wake(&turn)
            carryOut(turn.actions)
        }
        now = end
    }

    /// Lets time pass in which nobody wakes the switchboard.
    mutating func sleep(_ duration: Duration) { now = now + duration }

    /// Something comes in.
    private mutating func turn<Value>(_ input: (inout Switchboard, inout Turn) -> Value) -> Value {
        var turn = Turn(at: moment)
        let value = input(&switchboard, &turn)
        carryOut(turn.actions)
        return value
    }

    // MARK: The disk and the relay

    mutating func store(ok: Bool) {
        let tickets = waiting
        waiting = []
        for ticket in tickets {
            turn { $0.stored(ticket, ok: ok, &$1) }
        }
    }

    mutating func hear(_ reports: [RelayReport]) { hear(RelayCensus(reports: reports)) }

    /// The media loop says that it did not do what it was told about these.
    mutating func refuse(_ refused: [RelayID]) {
        turn { $0.refused(refused, &$1) }
    }

    /// What the real relay says now of what is open.
    func census() -> RelayCensus { RelayCensus(reports: relays.reports, mark: switchboard.mark) }

    mutating func hear(_ census: RelayCensus) {
        turn { $0.media(census, &$1) }
    }

    mutating func apply(disabled: Set<String>) throws {
        snapshot = try Self.snapshot(disabled: disabled, generation: snapshot.generation + 1)
        var turn = Turn(at: moment)
        switchboard.apply(snapshot, &turn)
        carryOut(turn.actions)
    }

    /// The same office after a few changes, of which it is told.
    mutating func apply(_ changes: [Model.Change]) {
        snapshot = snapshot.applying(changes)
        var turn = Turn(at: moment)
        switchboard.apply(snapshot, by: changes, &turn)
        carryOut(turn.actions)
    }

    /// Narrows the logins of all phones to SHA-256.
    mutating func narrow() throws {
        snapshot = try Self.snapshot(disabled: [], minimum: .sha256, generation: snapshot.generation + 1)
        var turn = Turn(at: moment)
        switchboard.apply(snapshot, &turn)
        carryOut(turn.actions)
    }

    /// Gives an extension another name, in a snapshot that keeps everything else.
    mutating func rename(_ number: String, _ name: String) throws {
        snapshot = try Self.snapshot(disabled: [], names: [number: name], generation: snapshot.generation + 1)
        var turn = Turn(at: moment)
        switchboard.apply(snapshot, &turn)
        carryOut(turn.actions)
    }

    /// Puts extensions into pick-up groups, in a snapshot that keeps everything else.
    mutating func apply(groups: [String: String]) throws {
        snapshot = try Self.snapshot(disabled: [], groups: groups, generation: snapshot.generation + 1)
        var turn = Turn(at: moment)
        switchboard.apply(snapshot, &turn)
        carryOut(turn.actions)
    }

    /// Says whose phones may forward to colleagues, and adds extensions with a phone each.
    mutating func apply(
        forwarding: Set<String>,
        more: [String] = [],
        groups: [String: String] = [:],
        disabled: Set<String> = []
    ) throws {
        snapshot = try Self.snapshot(
            disabled: disabled,
            groups: groups,
            forwarding: forwarding,
            more: more,
            generation: snapshot.generation + 1
        )
        var turn = Turn(at: moment)
        switchboard.apply(snapshot, &turn)
        carryOut(turn.actions)
    }

    mutating func leaveMessages(_ counts: MailboxCounts, for number: String) throws {
        let number = try #require(ExtensionNumber(parsing: number))
        turn { $0.setMailbox(counts, of: number, &$1) }
    }

    /// Somebody with a calendar says whether the business is open.
    mutating func setOpen(_ isOpen: Bool) {
        turn { $0.setOpen(isOpen, &$1) }
    }

    /// DNS says where a provider is.
    mutating func resolve(_ lookup: TrunkLookup, to addresses: [String]) throws {
        let servers = try addresses.map {
            TrunkServer(host: lookup.domain.text, address: try #require(SocketAddress(parsing: $0)))
        }
        turn { $0.resolved(lookup.attempt, .success(servers), &$1) }
    }

    /// A connection to a provider stands; over what.
    mutating func connect(_ wanted: TrunkConnect, over transport: Transport = .tls) throws -> Flow {
        let flow = try flow(from: "\(wanted.server.address)", over: transport, to: "192.0.2.1:40001")
        turn { $0.connected(wanted.attempt, flow, &$1) }
        return flow
    }

    /// What earlier runs charged.
    mutating func takeUp(_ charges: [LegCharge]) {
        turn { $0.takeUp(charges, &$1) }
    }

    /// Whoever changes settings did what the last phone asked for, or says why not.
    mutating func change(_ changes: [RoutingChange], refusing refusal: CallRefusal? = nil) throws {
        let ticket = try #require(asks.last?.ticket)
        if !changes.isEmpty { apply(changes.map { .outside(.route($0)) }) }
        turn { $0.changed(ticket, refusal, &$1) }
    }

    /// What happened where sound is.
    mutating func voice(_ news: [(id: RelayID, VoiceNews)]) { turn { $0.voice(news, &$1) } }

    /// A mailbox was asked.
    mutating func answer(_ ticket: Ticket, _ answer: MailboxAnswer) { turn { $0.answered(ticket, answer, &$1) } }

    func device(_ number: String) -> DeviceID? {
        ExtensionNumber(parsing: number).flatMap { snapshot.devices(of: $0).first?.id }
    }

    /// An operator has an extension call somebody.
    mutating func dial(_ caller: String, _ dialled: String) -> Result<DialledCall, CallRefusal> {
        guard let number = ExtensionNumber(parsing: caller) else { preconditionFailure("no extension \(caller)") }
        return turn { $0.dial(ClickAttempt(caller: number, dialled: dialled), &$1) }
    }

    mutating func endCall(_ id: String) -> Bool {
        turn { $0.endCall(id, &$1) }
    }

    mutating func helpTrial(_ serial: UInt64) -> HelpTrialState { switchboard.helpTrial(serial) }

    mutating func tryHelp(over name: TrunkName) -> HelpTrialStart {
        turn { $0.tryHelp(over: name, &$1) }
    }

    /// The server stops.
    mutating func stop() {
        turn { $0.endCalls(&$1) }
    }

    /// The latest state of the only record, or of the one with this id.
    func record(_ id: String? = nil) -> CallRecord? { records.last { id == nil || $0.id == id } }

    private mutating func carryOut(_ actions: [Action]) {
        var refused: [RelayID] = []
        for action in actions {
            switch action {
            case .send(let bytes, let flow):
                if closed.contains(flow) { unheard.append(flow) }
                do {
                    inbox[flow, default: []].append(try Message(parsing: bytes.span))
                } catch {
                    Issue.record(
                        "the switchboard sent what is not SIP: \(error)\n\(String(decoding: bytes, as: UTF8.self))"
                    )
                }
            case .authenticated(let flow, _, let onlyForHelp): if !onlyForHelp { proven.append(flow) }
            case .close(let flow): closed.append(flow)
            case .media(let command):
                media.append(command)
                if !relays.apply(command, at: now), let id = command.subject { refused.append(id) }
            case .remember(let record, let ticket):
                records.append(record)
                guard let ticket else { continue }
                waiting.append(ticket)
            case .keep(let login): logins.append(login)
            case .change(let ask, let ticket): asks.append((ask, ticket))
            case .voice(let command): voice.append(command)
            case .report(let event): events.append(event)
            case .resolve(let lookup): lookups.append(lookup)
            case .connect(let wanted): connects.append(wanted)
            }
        }
        if !refused.isEmpty { refuse(refused) }
        if storesAtOnce, !waiting.isEmpty { store(ok: true) }
    }
}
