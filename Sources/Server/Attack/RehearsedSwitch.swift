// SPDX-License-Identifier: Apache-2.0

public import Audit
import Calls
import Guard
import Media
public import Model
import Primitives
import SIP

extension HelpRehearsal {
    /// With the switchboard of this program, on a clock of its own.
    ///
    /// - Parameter domain: Of the target.
    public static func inThisProcess(domain: DomainName) -> HelpRehearsal {
        HelpRehearsal { (settings, isOpen) async throws(WireError) in
            let phones = Self.extensions.compactMap { RehearsedPhone(at: $0, domain) }
            let stage = RehearsedSwitch(settings, phones, domain)
            await stage.begin(isOpen: isOpen)
            return await stage.stage(phones.map(\.account), domain)
        }
    }
}

/// A phone with a login that nobody else has.
private struct RehearsedPhone: Sendable {
    let account: TestAccount
    let value: Extension
    let device: Device

    init?(at number: String, _ domain: DomainName) {
        guard let number = ExtensionNumber(parsing: number) else { return nil }
        var generator = SystemRandomNumberGenerator()
        let username = Device.generateUsername(using: &generator)
        let password = Device.generateUsername(using: &generator)
        func hash(_ algorithm: DigestAlgorithm) -> Redacted<String> {
            Redacted(HA1(algorithm: algorithm, username: username, realm: domain.text, password: password).hex())
        }
        account = TestAccount(number: number, username: username, password: Redacted(password))
        value = Extension(number: number, name: "Rehearsal", createdAt: WallTime(milliseconds: 0))
        device = Device(
            id: DeviceID.generate(using: &generator),
            extension: number,
            username: username,
            hashes: DigestHashes(md5: hash(.md5), sha256: hash(.sha256), sha512256: hash(.sha512256)),
            label: "Rehearsal",
            createdAt: WallTime(milliseconds: 0)
        )
    }
}

/// A switchboard in memory, with a provider that lets every call ring. Time passes while somebody listens or pauses.
private actor RehearsedSwitch {
    private static let address = IPAddress(v4: 0xC000_0201)
    private static let provider = SocketAddress(ip: IPAddress(v4: 0xC633_6401), port: 5061)
    private static let providerFlow = FlowID(rawValue: 1 << 40)

    private var switchboard: Switchboard
    private var snapshot: Snapshot
    private var now = MonotonicTime(nanoseconds: 1_000_000_000)
    private var inboxes: [UInt64: [[UInt8]]] = [:]
    private var isShutOut = false
    private var lastLink: UInt64 = 0
    private var asked: [String] = []
    private var isFailing = false
    /// Whether somebody logged in whose login is good for more than help.
    private var isHome = false
    /// INVITEs that it has not answered for good.
    private var ringing: [String: Message] = [:]

    init(_ settings: OutsideSettings, _ phones: [RehearsedPhone], _ domain: DomainName) {
        snapshot = Snapshot(
            generation: 1,
            domain: domain,
            extensions: phones.map(\.value),
            devices: phones.map(\.device),
            outside: settings
        )
        let entropy = SystemEntropy.make()
        var settings = SwitchboardSettings(
            hostNames: [domain.text],
            sipPort: 5061,
            mediaAddress: Self.address,
            mediaPort: 40_000,
            nonceKey: (0..<32).map { _ in UInt8(truncatingIfNeeded: entropy.next()) }
        )
        let last = UInt16(40_100 + 2 * HelpRehearsal.plainPairs - 1)
        settings.plainMedia = [PlainPorts(address: Self.address, ports: 40_100...last)].compactMap(\.self)
        switchboard = Switchboard(settings: settings, snapshot: snapshot, entropy: entropy)
    }

    /// The provider is connected.
    func begin(isOpen: Bool) {
        var turn = Turn(at: moment)
        switchboard.setOpen(isOpen, &turn)
        switchboard.startTrunks(&turn)
        carryOut(turn.actions)
    }

    nonisolated func stage(_ accounts: [TestAccount], _ domain: DomainName) async -> HelpRehearsal.Stage {
        let start = await moment
        let entropy = SystemEntropy.make()
        let wire = Wire(
            connect: { (_) async throws(WireError) in await self.connect() },
            abuse: { (_, _) async throws(WireError) in .failed },
            pause: { await self.pass($0) },
            clock: { start.monotonic },
            wallClock: { start.wall },
            entropy: entropy
        )
        let target = Target(
            host: domain.text,
            address: Self.address,
            tlsPort: 5061,
            mediaPort: 40_000,
            domain: domain,
            accounts: accounts
        )
        return HelpRehearsal.Stage(
            wire: wire,
            target: target,
            change: { await self.change($0) },
            shutOut: { await self.shutOut() },
            asked: { await self.asked },
            fail: { await self.fail($0) },
            isHome: { await self.isHome }
        )
    }

    // MARK: The clock

    private var moment: Moment {
        let start = MonotonicTime(nanoseconds: 1_000_000_000)
        return Moment(monotonic: now, wall: WallTime(milliseconds: 1_800_000_000_000) + (now - start))
    }

    private func pass(_ duration: Duration) {
        let end = now + max(duration, .zero)
        while let deadline = switchboard.nextDeadline, deadline <= end {
            now = max(now, deadline)
            var turn = Turn(at: moment)
            switchboard.wake(&turn)
            carryOut(turn.actions)
        }
        now = end
    }

    // MARK: Phones

    private func connect() -> Link {
        lastLink += 1
        let id = lastLink
        inboxes[id] = []
        return Link(
            local: SocketAddress(ip: IPAddress(v4: 0xC000_0232), port: UInt16(20_000 + id % 20_000)),
            send: { (bytes) async throws(WireError) in try await self.send(bytes, on: id) },
            receive: { await self.receive(on: id, within: $0) },
            close: { await self.close(id) }
        )
    }

    private func send(_ bytes: [UInt8], on id: UInt64) throws(WireError) -> MonotonicTime {
        guard inboxes[id] != nil else { throw WireError(.closed, "closed") }
        deliver(bytes, on: flow(id), isShutOut: isShutOut)
        return now
    }

    private func receive(on id: UInt64, within patience: Duration) -> Arrival {
        if let arrival = take(id) { return arrival }
        pass(patience)
        return take(id) ?? .silence
    }

    private func take(_ id: UInt64) -> Arrival? {
        guard inboxes[id] != nil else { return .closed }
        guard inboxes[id]?.isEmpty == false, let first = inboxes[id]?.removeFirst() else { return nil }
        return .bytes(first, at: now)
    }

    private func close(_ id: UInt64) {
        guard inboxes.removeValue(forKey: id) != nil else { return }
        var turn = Turn(at: moment)
        switchboard.closed(FlowID(rawValue: id), &turn)
        carryOut(turn.actions)
    }

    private func flow(_ id: UInt64) -> Flow {
        Flow(
            id: FlowID(rawValue: id),
            transport: .tls,
            remote: SocketAddress(ip: IPAddress(v4: 0xC000_0232), port: UInt16(20_000 + id % 20_000)),
            local: SocketAddress(ip: Self.address, port: 5061),
            tlsVersion: "TLSv1.3"
        )
    }

    // MARK: What is in the way

    private func change(_ changes: [Change]) {
        snapshot = snapshot.applying(changes)
        var turn = Turn(at: moment)
        switchboard.apply(snapshot, by: changes, &turn)
        carryOut(turn.actions)
    }

    private func fail(_ isFailing: Bool) { self.isFailing = isFailing }

    /// As a ban does: what is open is closed, unless somebody calls for help over it.
    private func shutOut() {
        isShutOut = true
        let calling = switchboard.flowsOfHelp
        for id in inboxes.keys where !calling.contains(FlowID(rawValue: id)) { close(id) }
    }

    // MARK: The phone system

    private func deliver(_ bytes: [UInt8], on flow: Flow, isShutOut: Bool = false) {
        var turn = Turn(at: moment)
        switchboard.receive(bytes.span, on: flow, isShutOut: isShutOut, &turn)
        carryOut(turn.actions)
    }

    private func carryOut(_ actions: [Action]) {
        for action in actions {
            switch action {
            case .send(let bytes, Self.providerFlow): provide(bytes)
            case .send(let bytes, let flow): inboxes[flow.rawValue]?.append(bytes)
            case .close(let flow): close(flow.rawValue)
            case .remember(_, let ticket):
                guard let ticket else { continue }
                var turn = Turn(at: moment)
                switchboard.stored(ticket, ok: true, &turn)
                carryOut(turn.actions)
            case .resolve(let lookup):
                var turn = Turn(at: moment)
                let server = TrunkServer(host: lookup.domain.text, address: Self.provider)
                switchboard.resolved(lookup.attempt, .success([server]), &turn)
                carryOut(turn.actions)
            case .connect(let wanted):
                var turn = Turn(at: moment)
                switchboard.connected(wanted.attempt, providerWay, &turn)
                carryOut(turn.actions)
            case .authenticated(_, _, let onlyForHelp): if !onlyForHelp { isHome = true }
            case .media, .keep, .report, .change, .voice: break
            }
        }
    }

    // MARK: The provider

    private var providerWay: Flow {
        Flow(
            id: Self.providerFlow,
            transport: .tls,
            remote: Self.provider,
            local: SocketAddress(ip: Self.address, port: 40_001),
            tlsVersion: "TLSv1.3"
        )
    }

    private func provide(_ bytes: [UInt8]) {
        var request = Message()
        guard (try? request.parse(bytes.span)) != nil, let method = request.method else { return }
        switch method {
        case .invite:
            if let uri = try? SIPURI.parse(request, request.requestURI),
                let user = uri.decodedUser(in: request.bytes.span)
            {
                asked.append(user)
            }
            guard !isFailing else { return answer(request, 503, "Service Unavailable") }
            ringing[Self.name(of: request)] = request
            answer(request, 180, "Ringing")
        case .cancel:
            answer(request, 200, "OK")
            if let invite = ringing.removeValue(forKey: Self.name(of: request)) {
                answer(invite, 487, "Request Terminated")
            }
        case .ack: break
        case .bye, .register, .options, .info, .prack, .update, .refer, .subscribe, .notify, .message, .publish,
            .other:
            answer(request, 200, "OK")
        }
    }

    private static func name(of request: Message) -> String {
        (try? request.callID()).map { request.string($0) } ?? ""
    }

    private func answer(_ request: Message, _ status: Int, _ reason: StaticString) {
        var writer = MessageWriter()
        ResponseHead.write(status, reason, to: request, toTag: "provider", source: providerWay.remote, into: &writer)
        writer.field(.contact, "<sip:gateway@198.51.100.1:5061;transport=tls>")
        writer.finish()
        deliver(writer.bytes, on: providerWay)
    }
}
