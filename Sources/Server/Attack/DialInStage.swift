// SPDX-License-Identifier: Apache-2.0

public import Audit
import Calls
import Guard
public import Model
import Primitives
import SIP
import Synchronization

extension DialInRehearsal {
    /// Under the numbers and extensions of a business, with the switchboard of this program.
    public static func inThisProcess(
        _ numbers: [OwnedNumber],
        _ extensions: [ExtensionNumber],
        domain: DomainName,
        home: Region?
    ) throws(WireError) -> DialInRehearsal {
        guard let callee = extensions.first, let made = PhoneNumber(parsing: "+88199900100"),
            let home = home ?? Region(parsing: "DE"), let trunk = Trunk(ofStage: SystemClock.wall)
        else { throw WireError(.local, "there is no extension") }
        let owned = OwnedNumber(
            number: numbers.first?.number ?? made,
            destination: .extension(callee),
            createdAt: SystemClock.wall
        )
        let settings = settings(trunk: trunk, number: owned, home: home, at: SystemClock.wall)
        guard let settings else { throw WireError(.local, "no prices can be made up") }
        let account = TestAccount(
            number: callee,
            username: "rehearsal-phone1",
            password: Redacted(SystemEntropy.make().token())
        )
        let stage = DialInStage(account, extensions, settings, domain)
        let target = Target(
            host: domain.text,
            address: DialInStage.address,
            tlsPort: DialInStage.port,
            mediaPort: DialInStage.mediaPort,
            domain: domain,
            accounts: [account]
        )
        return DialInRehearsal(wire: stage.wire(), target: target, number: owned.number)
    }
}

extension Trunk {
    fileprivate init?(ofStage now: WallTime) {
        guard let name = TrunkName(parsing: "attack"), let domain = DomainName(parsing: Self.standInDomain) else {
            return nil
        }
        self.init(name: name, domain: domain, registers: false, createdAt: now)
    }
}

/// A switchboard between two connections that never leave this process. Time passes only while somebody waits.
private actor DialInStage {
    static let address = IPAddress(v4: 0x7F00_0001)
    static let port: UInt16 = 5_061
    static let mediaPort: UInt16 = 40_000
    private static let provider = FlowID(rawValue: 1)

    private var switchboard: Switchboard
    private var now = SystemClock.now
    private var inboxes: [FlowID: [[UInt8]]] = [:]
    private var closed: Set<FlowID> = []
    private var last: UInt64 = 1
    private let clock = Mutex(SystemClock.monotonic)

    init(
        _ account: TestAccount,
        _ extensions: [ExtensionNumber],
        _ outside: OutsideSettings,
        _ domain: DomainName
    ) {
        let entropy = SystemEntropy.make()
        let snapshot = Snapshot(
            generation: 1,
            domain: domain,
            extensions: extensions.map {
                Extension(number: $0, name: "\($0)", forwarding: .outside, createdAt: WallTime(milliseconds: 0))
            },
            devices: [Device(account, in: domain, using: entropy)],
            outside: outside
        )
        let settings = SwitchboardSettings(
            hostNames: [domain.text],
            sipPort: Self.port,
            mediaAddress: Self.address,
            mediaPort: Self.mediaPort,
            nonceKey: entropy.bytes(32)
        )
        switchboard = Switchboard(settings: settings, snapshot: snapshot, entropy: entropy)
    }

    func connect(_ endpoint: Endpoint) -> (id: FlowID, local: SocketAddress) {
        if last == 1 { act { $0.startTrunks(&$1) } }
        let isProvider = endpoint.port == DialInRehearsal.providerPort
        last += 1
        let id = isProvider ? Self.provider : FlowID(rawValue: last)
        inboxes[id] = []
        return (id, flow(id).remote)
    }

    private func flow(_ id: FlowID) -> Flow {
        let remote = id == Self.provider ? IPAddress(v4: 0xC633_6401) : Self.address
        return Flow(
            id: id,
            transport: .tls,
            remote: SocketAddress(ip: remote, port: UInt16(20_000 + id.rawValue % 20_000)),
            local: SocketAddress(ip: Self.address, port: Self.port),
            tlsVersion: "TLSv1.3"
        )
    }

    func send(_ bytes: [UInt8], on id: FlowID) throws(WireError) -> MonotonicTime {
        guard !closed.contains(id) else { throw WireError(.closed, "closed") }
        act { [flow = flow(id)] switchboard, turn in switchboard.receive(bytes.span, on: flow, &turn) }
        return now.monotonic
    }

    func receive(on id: FlowID, within patience: Duration) -> Arrival {
        if let arrival = take(id) { return arrival }
        pass(patience)
        return take(id) ?? .silence
    }

    private func take(_ id: FlowID) -> Arrival? {
        guard let first = inboxes[id]?.first else { return closed.contains(id) ? .closed : nil }
        inboxes[id]?.removeFirst()
        return .bytes(first, at: now.monotonic)
    }

    func pass(_ duration: Duration) {
        let end = now.monotonic + max(duration, .zero)
        while let deadline = switchboard.nextDeadline, deadline <= end {
            move(to: max(deadline, now.monotonic))
            act { $0.wake(&$1) }
        }
        move(to: end)
    }

    private func move(to time: MonotonicTime) {
        now = Moment(monotonic: time, wall: now.wall + (time - now.monotonic))
        clock.withLock { $0 = time }
    }

    func close(_ id: FlowID) {
        guard closed.insert(id).inserted else { return }
        act { $0.closed(id, &$1) }
    }

    private func act(_ work: (inout Switchboard, inout Turn) -> Void) {
        var turn = Turn(at: now)
        work(&switchboard, &turn)
        for action in turn.actions { carryOut(action) }
    }

    private func carryOut(_ action: Action) {
        switch action {
        case .send(let bytes, Self.provider) where bytes.starts(with: Array("OPTIONS ".utf8)):
            // Whether the provider lives is not what this is about.
            let answer = Self.well(bytes)
            act { [flow = flow(Self.provider)] switchboard, turn in switchboard.receive(answer.span, on: flow, &turn) }
        case .send(let bytes, let id): inboxes[id, default: []].append(bytes)
        case .close(let id): close(id)
        case .remember(_, let ticket):
            if let ticket { act { $0.stored(ticket, ok: true, &$1) } }
        case .resolve(let lookup):
            let server = TrunkServer(host: lookup.domain.text, address: flow(Self.provider).remote)
            act { $0.resolved(lookup.attempt, .success([server]), &$1) }
        case .connect(let wanted): act { [flow = flow(Self.provider)] in $0.connected(wanted.attempt, flow, &$1) }
        case .authenticated, .media, .keep, .report, .change, .voice: break
        }
    }

    /// 200 to a request.
    private static func well(_ request: [UInt8]) -> [UInt8] {
        let lines = String(decoding: request, as: UTF8.self).split(separator: "\r\n").map(String.init)
        let kept = lines.filter { line in
            ["Via:", "From:", "Call-ID:", "CSeq:"].contains { line.hasPrefix($0) }
        }
        let to = lines.first { $0.hasPrefix("To:") }.map { $0 + ";tag=provider" } ?? ""
        return Array((["SIP/2.0 200 OK"] + kept + [to, "Content-Length: 0", "", ""]).joined(separator: "\r\n").utf8)
    }

    nonisolated func wire() -> Wire {
        Wire(
            connect: { [self] (endpoint) async throws(WireError) in
                let (id, local) = await connect(endpoint)
                return Link(
                    local: local,
                    send: { (bytes) async throws(WireError) in try await self.send(bytes, on: id) },
                    receive: { patience in await self.receive(on: id, within: patience) },
                    close: { await self.close(id) }
                )
            },
            abuse: { (_, _) async throws(WireError) in .failed },
            pause: { [self] duration in await pass(duration) },
            clock: { [self] in clock.withLock { $0 } },
            wallClock: { SystemClock.wall },
            entropy: SystemEntropy.make()
        )
    }
}

extension Device {
    fileprivate init(_ account: TestAccount, in domain: DomainName, using entropy: Entropy) {
        var entropy = entropy
        let hash = { (algorithm: DigestAlgorithm) in
            account.password.reveal { password in
                let ha1 = HA1(
                    algorithm: algorithm,
                    username: account.username,
                    realm: domain.text,
                    password: password
                )
                return Redacted(ha1.hex())
            }
        }
        self.init(
            id: .generate(using: &entropy),
            extension: account.number,
            username: account.username,
            hashes: DigestHashes(md5: hash(.md5), sha256: hash(.sha256), sha512256: hash(.sha512256)),
            label: "rehearsal",
            createdAt: WallTime(milliseconds: 0)
        )
    }
}
