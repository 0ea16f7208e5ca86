// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import TestKit
import Testing

/// A switchboard with trunks, on a clock that the test turns, and the network around it.
struct TrunkScene {
    static let domain = "sip.provider.example"
    static let primary = "198.51.100.1:5061"
    static let secondary = "198.51.100.2:5061"
    private(set) var board: Switchboard
    private(set) var now = MonotonicTime(nanoseconds: 1_000_000_000)
    private(set) var snapshot: Snapshot
    private(set) var lookups: [TrunkLookup] = []
    /// With the time at which each was wanted.
    private(set) var connects: [(wanted: TrunkConnect, at: MonotonicTime)] = []
    private(set) var events: [SecurityEvent] = []
    private(set) var closed: [FlowID] = []
    private(set) var inbox: [FlowID: [Message]] = [:]
    /// CRLF CRLF, by connection.
    private(set) var pings: [FlowID: Int] = [:]
    private var lastFlow: UInt64 = 100
    /// What the provider says by itself to an OPTIONS, by connection; nothing where it is silent.
    var answersToOptions: [FlowID: Int] = [:]
    var answersToRegister: [FlowID: Int] = [:]

    init(_ trunks: [TrunkAccess], seed: UInt64 = 42) throws {
        snapshot = Snapshot(
            generation: 1,
            domain: try #require(DomainName(parsing: "office.example")),
            extensions: [],
            devices: [],
            outside: OutsideSettings(trunks: trunks)
        )
        let settings = SwitchboardSettings(
            hostNames: ["pbx.office.example"],
            sipPort: 5061,
            mediaAddress: try #require(IPAddress(parsing: "192.0.2.1")),
            mediaPort: 40_000,
            nonceKey: Array(repeating: 7, count: 32)
        )
        board = Switchboard(settings: settings, snapshot: snapshot, entropy: .repeatable(seed))
        turn { $0.startTrunks(&$1) }
    }

    static func access(
        _ name: String = "main",
        registers: Bool = true,
        password: String? = "secret of the trunk",
        _ change: (inout Trunk) throws -> Void = { _ in }
    ) throws -> TrunkAccess {
        var trunk = Trunk(
            name: try #require(TrunkName(parsing: name)),
            domain: try #require(DomainName(parsing: domain)),
            username: "49301234",
            registers: registers,
            createdAt: WallTime(milliseconds: 0)
        )
        try change(&trunk)
        return TrunkAccess(trunk, secret: password.map { Redacted($0) })
    }

    // MARK: Time

    var moment: Moment {
        let wall = WallTime(milliseconds: 1_800_000_000_000) + (now - MonotonicTime(nanoseconds: 1_000_000_000))
        return Moment(monotonic: now, wall: wall)
    }

    mutating func wait(_ duration: Duration) {
        let end = now + duration
        var wakes = 0
        while let deadline = board.nextDeadline, deadline <= end {
            now = max(now, deadline)
            wakes += 1
            guard wakes < 20_000 else {
                Issue.record("the switchboard does not come to rest")
                return
            }
            turn { $0.wake(&$1) }
        }
        now = end
    }

    // MARK: The network

    mutating func turn(_ input: (inout Switchboard, inout Turn) -> Void) {
        var turn = Turn(at: moment)
        input(&board, &turn)
        for action in turn.actions {
            switch action {
            case .send(let bytes, let flow): send(bytes, flow)
            case .close(let flow): closed.append(flow)
            case .report(let event): events.append(event)
            case .resolve(let lookup): lookups.append(lookup)
            case .connect(let wanted): connects.append((wanted, now))
            case .authenticated, .media, .remember, .keep, .change, .voice: break
            }
        }
        answer()
    }

    private mutating func send(_ bytes: [UInt8], _ flow: FlowID) {
        if bytes == Array("\r\n\r\n".utf8) {
            pings[flow, default: 0] += 1
        } else if let message = try? Message(parsing: bytes.span) {
            inbox[flow, default: []].append(message)
        } else {
            Issue.record("what was sent is not SIP")
        }
    }

    /// The providers that answer by themselves do.
    private mutating func answer() {
        for (flow, messages) in inbox {
            for message in messages {
                let status =
                    switch message.method {
                    case .options?: answersToOptions[flow]
                    case .register?: answersToRegister[flow]
                    default: nil as Int?
                    }
                guard let status else { continue }
                inbox[flow]?.removeAll { $0.bytes == message.bytes }
                respond(status, to: message, on: flow)
            }
        }
    }

    mutating func resolve(_ addresses: [String] = [TrunkScene.primary]) throws {
        let servers = try addresses.map {
            TrunkServer(host: Self.domain, address: try #require(SocketAddress(parsing: $0)))
        }
        let attempt = try #require(lookups.last).attempt
        turn { $0.resolved(attempt, .success(servers), &$1) }
    }

    mutating func fail(_ failure: TrunkFailure) throws {
        let attempt = try #require(lookups.last).attempt
        turn { $0.resolved(attempt, .failure(failure), &$1) }
    }

    /// The connection to an address that was wanted last stands.
    mutating func connect(to address: String = TrunkScene.primary, over transport: Transport = .tls) throws -> FlowID {
        let wanted = try #require(connects.last { "\($0.wanted.server.address)" == address }).wanted
        lastFlow += 1
        let flow = FlowID(rawValue: lastFlow)
        let whole = try self.flow(flow, address, transport)
        turn { $0.connected(wanted.attempt, whole, &$1) }
        return flow
    }

    mutating func refuse(_ address: String, _ failure: TrunkFailure = .refused) throws {
        let wanted = try #require(connects.last { "\($0.wanted.server.address)" == address }).wanted
        turn { $0.connectFailed(wanted.attempt, failure, &$1) }
    }

    mutating func disconnect(_ flow: FlowID) { turn { $0.closed(flow, &$1) } }

    private func flow(_ id: FlowID, _ address: String, _ transport: Transport) throws -> Flow {
        Flow(
            id: id,
            transport: transport,
            remote: try #require(SocketAddress(parsing: address)),
            local: try #require(SocketAddress(parsing: "192.0.2.1:41000")),
            tlsVersion: transport.isEncrypted ? "TLSv1.3" : nil
        )
    }

    /// What came over a connection since somebody looked.
    mutating func received(on flow: FlowID) -> [Message] { inbox.removeValue(forKey: flow) ?? [] }

    /// The provider answers.
    mutating func respond(
        _ status: Int,
        to request: Message,
        on flow: FlowID,
        from address: String = TrunkScene.primary,
        over transport: Transport = .tls,
        _ fields: [(StaticString, String)] = []
    ) {
        var writer = MessageWriter()
        writer.response(status, "Whatever")
        for name in [HeaderName.via, .from, .to, .callID, .cseq] { writer.copy(name, from: request) }
        for (name, value) in fields { writer.field(named: name, value.utf8) }
        writer.finish()
        guard let whole = try? self.flow(flow, address, transport) else { return }
        let bytes = writer.bytes
        turn { $0.receive(bytes.span, on: whole, &$1) }
    }

    // MARK: What comes of it

    var summary: TrunkSummary? { board.trunks(at: moment).first }
    var isReady: Bool { summary?.state == .ready }
    var server: String? { summary?.server.map { "\($0.address)" } }

    mutating func apply(_ changes: [OutsideChange]) {
        let changes = changes.map(Model.Change.outside)
        snapshot = snapshot.applying(changes)
        let new = snapshot
        turn { $0.apply(new, by: changes, &$1) }
    }

    /// A registered trunk with these servers, all of them answering; the connections to the first two.
    static func registered(
        _ access: TrunkAccess,
        _ addresses: [String] = [primary, secondary]
    ) throws -> (
        scene: TrunkScene, flows: [FlowID]
    ) {
        var scene = try TrunkScene([access])
        try scene.resolve(addresses)
        var flows: [FlowID] = []
        for address in addresses.prefix(2) {
            let flow = try scene.connect(to: address)
            (scene.answersToOptions[flow], scene.answersToRegister[flow]) = (200, 200)
            for request in scene.received(on: flow) { scene.respond(200, to: request, on: flow, from: address) }
            flows.append(flow)
        }
        #expect(scene.isReady)
        return (scene, flows)
    }
}
