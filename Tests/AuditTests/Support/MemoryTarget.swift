// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import Synchronization
import TestKit
import Testing

@testable import Audit

/// A server in memory on a clock of its own: the real switchboard and the real media relay behind a network that never
/// leaves this process. With a ``Weakness`` it gets one thing wrong in front of them.
///
/// Nothing happens while nobody waits: time passes when the attacker listens or pauses.
actor MemoryTarget {
    static let domain = "office.example"
    static let tlsPort: UInt16 = 5061
    static let mediaPort: UInt16 = 40_000
    static let wssPort: UInt16 = 8_443
    static let address = IPAddress(v4: 0x7F00_0001)

    struct Peer {
        let endpoint: Endpoint
        let local: SocketAddress
        let opened: MonotonicTime
        var inbox: [(bytes: [UInt8], at: MonotonicTime)] = []
        var framer = StreamFramer()
        var partial: [UInt8] = []
        var isClosed = false
        var isPhone = false
        /// Once a WebSocket is open.
        var receiver: WebSocketReceiver?
        /// Messages that were not read.
        var dropped = 0
    }

    let weakness: Weakness?
    private(set) var now = MonotonicTime(nanoseconds: 1_000_000_000)
    var switchboard: Switchboard
    /// INVITEs that a provider got and has not answered for good.
    var provided: [String: HeardMessage] = [:]
    /// What the provider was asked for, in order.
    var asked: [String] = []
    /// Of every call, as it was last.
    private(set) var records: [CallRecord] = []
    private var alerts = Alerts()
    /// What people were told, the newest last.
    private(set) var told: [AlertMessage.Item] = []
    /// Whether the provider fails calls now, and whether it ever did.
    var isFailing = false
    var hasFailed = false
    /// Whether audio to its provider goes in the clear.
    let isReadable: Bool
    /// Whether nobody there is listened to but who calls for help.
    var isShutOut = false
    /// Whether there is no budget for any call outside.
    let isBroke: Bool
    var snapshot: Snapshot
    var portal: MemoryPortal
    private var isConnected = false
    private var relay: MediaRelay
    private var relayDelay = Duration.zero
    /// Who sent of a media stream first.
    var owners: [[UInt8]: UInt64] = [:]
    private var gate = SourceGate(seed: (3, 4))
    private var bans = Bans(seed: (5, 6))
    private var known = KnownSources()
    /// It answers nobody any more.
    var isStuck = false
    var peers: [UInt64: Peer] = [:]
    private var last: UInt64 = 0
    /// Bytes that the server holds.
    nonisolated let memory = Counter(50 << 20)
    private var seenLogins: Set<String> = []
    private var random: SplitMix

    /// - Parameter outside: In place of the usual settings.
    init(_ weakness: Weakness?, outside: OutsideSettings? = nil) throws {
        self.weakness = weakness
        portal = MemoryPortal(weakness)
        isBroke = outside?.spending.businessLimits == .nothing
        isReadable = outside?.usableTrunks.contains { $0.trunk.exception != nil } ?? false
        var numbers = SplitMix(42)
        random = numbers
        let office = try TestOffice(commonPassword: weakness == .commonPassword, outside: outside)
        snapshot = office.snapshot
        var settings = SwitchboardSettings(
            hostNames: ["pbx.office.example"],
            sipPort: Self.tlsPort,
            mediaAddress: Self.address,
            mediaPort: Self.mediaPort,
            nonceKey: Array(repeating: 9, count: 32)
        )
        settings.plainMedia = [PlainPorts(address: Self.address, ports: 40_100...40_103)].compactMap(\.self)
        switchboard = Switchboard(
            settings: settings,
            snapshot: office.snapshot.applying(
                weakness == .guardsNoAccount
                    ? [IPPrefix(parsing: "0.0.0.0/0")].compactMap(\.self).map(Change.addSite) : []
            ).applying(try Self.weakenOutside(weakness, office) + Self.weakenInside(weakness, office)),
            entropy: .repeatable(7)
        )
        relay = MediaRelay(capacity: 16, using: &numbers)
    }

    // MARK: The clock

    var moment: Moment {
        Moment(
            monotonic: now,
            wall: WallTime(milliseconds: 1_800_000_000_000) + (now - MonotonicTime(nanoseconds: 1_000_000_000))
        )
    }

    /// Lets time pass: the switchboard wakes at its deadlines, and connections that owe a word are closed.
    func pass(_ duration: Duration) {
        let end = now + max(duration, .zero)
        while let deadline = switchboard.nextDeadline, deadline <= end {
            now = max(now, deadline)
            var turn = Turn(at: moment)
            switchboard.wake(&turn)
            carryOut(turn.actions)
        }
        now = end
        for (id, peer) in peers where peer.endpoint.kind != .udp && !peer.isPhone && weakness != .neverCloses {
            if weakness == .waitsForPieces, peer.receiver != nil { continue }
            if now - peer.opened > .seconds(5) { close(id) }
        }
    }

    // MARK: Links

    func connect(_ endpoint: Endpoint) throws(WireError) -> (id: UInt64, local: SocketAddress) {
        now = now + .milliseconds(1)
        connectProvider()
        if endpoint.port == DialInRehearsal.providerPort { return takeProvider(endpoint) }
        switch endpoint.kind {
        case .tls, .tcp:
            let isOpen = endpoint.port == Self.tlsPort || (weakness == .leavesServicesOpen && endpoint.port == 5038)
            guard isOpen || [Self.wssPort, MemoryPortal.port].contains(endpoint.port) else {
                throw WireError(.refused, "connection refused")
            }
            if endpoint.kind == .tls, weakness == .foreignCertificate {
                throw WireError(.handshake, "the certificate is somebody else's")
            }
        case .udp: break
        }
        let source = endpoint.source ?? Self.address
        let isBanned = bans.shutsOut(source, at: moment.wall) || (isShutOut && weakness == .shutsHelpOut)
        guard endpoint.kind == .udp || !isBanned else {
            throw WireError(.refused, "closed during the handshake")
        }
        let isStranger = endpoint.port == MemoryPortal.port && !isAdmitted(source, endpoint.kind)
        guard !isStranger || endpoint.kind == .tcp else { throw WireError(.refused, "closed during the handshake") }
        last += 1
        let port = UInt16(20_000 + last % 20_000)
        let local = SocketAddress(ip: source, port: port)
        peers[last] = Peer(endpoint: endpoint, local: local, opened: now, isClosed: isStranger)
        return (last, local)
    }

    func send(_ bytes: [UInt8], on id: UInt64) throws(WireError) -> MonotonicTime {
        guard let peer = peers[id], !peer.isClosed else { throw WireError(.closed, "closed") }
        if id == Self.providerFlow.rawValue {
            heardFromProvider(bytes)
            return now
        }
        switch peer.endpoint.kind {
        case .tls: talk(bytes, on: id)
        case .tcp: hello(bytes, on: id)
        case .udp: datagram(bytes, on: id)
        }
        return now
    }

    func receive(on id: UInt64, within patience: Duration) async -> Arrival {
        // Others may be waiting for the same clock.
        await Task.yield()
        if let arrival = take(id) { return arrival }
        pass(patience)
        return take(id) ?? .silence
    }

    private func take(_ id: UInt64) -> Arrival? {
        guard let peer = peers[id] else { return .closed }
        if let first = peer.inbox.first {
            peers[id]?.inbox.removeFirst()
            return .bytes(first.bytes, at: first.at)
        }
        return peer.isClosed ? .closed : nil
    }

    func close(_ id: UInt64) {
        guard let peer = peers[id], !peer.isClosed else { return }
        peers[id]?.isClosed = true
        if weakness == .losesItself, peer.partial.count > 200 { isStuck = true }
        guard peer.endpoint.kind == .tls else { return }
        var turn = Turn(at: moment)
        switchboard.closed(FlowID(rawValue: id), &turn)
        carryOut(turn.actions)
    }

    private func connectProvider() {
        guard !isConnected else { return }
        isConnected = true
        var turn = Turn(at: moment)
        switchboard.startTrunks(&turn)
        carryOut(turn.actions)
    }

    func put(_ bytes: [UInt8], to id: UInt64, after delay: Duration = .zero) {
        guard peers[id]?.isClosed == false else { return }
        peers[id]?.inbox.append((bytes, now + delay))
    }

    /// Whether bans of an address would hit phones.
    func isHome(_ address: IPAddress) -> Bool { known.contains(address, at: now) }

    func isNew(_ login: String) -> Bool { seenLogins.insert(login).inserted }
    func noise() -> Duration { .nanoseconds(Int64(random.next() % 40_000)) }

    // MARK: The phone system

    func deliver(_ message: [UInt8], on id: UInt64) {
        guard let peer = peers[id] else { return }
        let flow = Flow(
            id: FlowID(rawValue: id),
            transport: .tls,
            remote: peer.local,
            local: SocketAddress(ip: Self.address, port: Self.tlsPort),
            tlsVersion: "TLSv1.3"
        )
        var turn = Turn(at: moment)
        switchboard.receive(message.span, on: flow, isShutOut: isShutOut, &turn)
        carryOut(turn.actions, from: peer)
    }

    /// Whether a message is read: a stranger's only within his rate, and who goes on regardless is cut off.
    func admits(_ id: UInt64) -> Bool {
        guard let peer = peers[id], !peer.isPhone, weakness != .servesFloods,
            !gate.admit(peer.local.ip, at: now)
        else { return true }
        peers[id]?.dropped += 1
        if peer.dropped + 1 >= Guard.Limits.droppedPerConnection {
            close(id)
            judge(.flood, of: peer, account: nil)
        }
        return false
    }

    private func judge(_ kind: SecurityEventKind, of peer: Peer, account: String?) {
        guard weakness != .bansNobody else { return }
        let sighting = Bans.Sighting(kind, from: peer.local.ip, to: Self.address, isConnected: true, account: account)
        let isHome = weakness != .shutsOutOffices && known.contains(peer.local.ip, at: now)
        let judgement = bans.judge(sighting, at: now, wall: moment.wall, isHome: isHome) { switchboard.phones(at: $0) }
        guard case .banned(let ban) = judgement else { return }
        for (id, peer) in peers where peer.endpoint.kind != .udp && peer.local.ip.accountable == ban.source.address {
            close(id)
        }
    }

    func carryOut(_ actions: [Action], from peer: Peer? = nil) {
        for action in actions {
            switch action {
            case .send(let bytes, Self.providerFlow): tellProvider(bytes)
            case .send(let bytes, _) where weakness == .waitsForConfirmation && bytes.starts(with: Array("BYE ".utf8)):
                break
            case .send(let bytes, let flow): put(adorned(bytes), to: flow.rawValue, after: .microseconds(100) + noise())
            case .authenticated(let flow, let login, let onlyForHelp):
                peers[flow.rawValue]?.isPhone = true
                if let source = peers[flow.rawValue]?.local.ip, !onlyForHelp || weakness == .trustsLeavers {
                    known.authenticated(source, by: login, at: now)
                }
            case .close(let flow): close(flow.rawValue)
            case .media(.join) where weakness == .keepsWhoLeft: break
            case .media(let command): _ = relay.apply(command, at: now)
            case .remember(let record, let ticket):
                records.removeAll { $0.id == record.id }
                records.append(record)
                guard let ticket else { continue }
                var more = Turn(at: moment)
                switchboard.stored(ticket, ok: true, &more)
                carryOut(more.actions)
            case .resolve(let lookup): find(lookup)
            case .connect(let wanted): connect(wanted)
            case .keep, .change, .voice: break
            case .report(let event):
                tell(event)
                guard let peer else { continue }
                judge(event.kind, of: peer, account: event.account)
            }
        }
    }

    private func tell(_ event: SecurityEvent) {
        if weakness == .hidesGuesses, event.kind.group == .registration { return }
        if weakness == .hidesFraud, event.kind.group == .fraud { return }
        if let finding = alerts.take(.noticed(event), in: snapshot, at: moment.wall) {
            told.append(.init(at: moment.wall, finding))
        }
    }

    func relayed(_ bytes: [UInt8], from source: SocketAddress, port: MediaPort) {
        var packet = bytes + [UInt8](repeating: 0, count: 64)
        var span = packet.mutableSpan
        // A relay for which no time is too short.
        if weakness == .relaysAnyAmount { relayDelay = relayDelay + .milliseconds(10) }
        let outcome = relay.receive(&span, length: bytes.count, from: source, port: port, at: now + relayDelay)
        guard case .forward(let length, let to, _) = outcome else { return }
        packet.removeLast(packet.count - length)
        for (id, peer) in peers where peer.endpoint.kind == .udp && peer.local == to { put(packet, to: id) }
    }
}

/// A number that closures can share.
final class Counter: Sendable {
    private let value: Mutex<Int>

    init(_ value: Int) { self.value = Mutex(value) }

    func read() -> Int { value.withLock { $0 } }
    func add(_ more: Int) { value.withLock { $0 += more } }
}

/// Hands out blocks one after the other.
final class BlockReader: Sendable {
    private let blocks: Mutex<[[UInt8]]>

    init(_ blocks: [[UInt8]]) { self.blocks = Mutex(blocks) }

    func next() -> [UInt8] { blocks.withLock { $0.isEmpty ? [] : $0.removeFirst() } }
}
