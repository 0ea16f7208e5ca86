// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// The trunks of a business: connected, registered and watched, so that a call knows at once whether and how it can leave.
///
/// A value like the other rooms: what it wants of the network are actions, what it wants to send stands in `requests`. Every
/// server of a provider is a ``TrunkLine`` with a breaker of its own; two of them stay connected, so that the next call need not
/// wait for anything when one dies.
///
/// Source: RFC 3261 §8, §10, §22; RFC 3263; RFC 5626 §4.5 (back-off).
struct TrunkTable: Sendable {
    private var trunks: [TrunkName: TrunkState] = [:]
    /// Those that may be used, first choice first.
    private var order: [TrunkName] = []
    private var effects: TrunkEffects
    /// Connections that a provider opened to us, once it spoke over them.
    private var incoming: [FlowID: TrunkName] = [:]
    /// Connections of trunks that are not what they were, over which somebody calls for help still.
    private var lingering: Set<FlowID> = []
    /// Those with something to be done.
    private var touched: Set<TrunkName> = []
    private(set) var nextDeadline: MonotonicTime?

    init(settings: SwitchboardSettings, entropy: Entropy) {
        effects = TrunkEffects(settings: settings, entropy: entropy)
    }

    // MARK: What calls ask

    /// How a call leaves over a trunk now; `nil` while it cannot.
    ///
    /// - Parameter tried: Connections over which the call has failed already: a provider has several servers (RFC 3263 §4.3).
    func way(over name: TrunkName, except tried: [FlowID] = [], at now: Moment) -> TrunkWay? {
        guard let state = trunks[name], let best = state.best(at: now.wall, except: tried) else { return nil }
        return way(of: state, over: best.open.flow)
    }

    /// How a call for help leaves over a trunk now: as others do, or else by whatever connection there is.
    ///
    /// - Returns: With whether other calls could go there too; `nil` without any connection.
    func wayToHelp(
        over name: TrunkName,
        except tried: [FlowID] = [],
        at now: Moment
    ) -> (way: TrunkWay, isUp: Bool)? {
        if let way = way(over: name, except: tried, at: now) { return (way, true) }
        guard let state = trunks[name], let open = state.lastResort(at: now.wall, except: tried) else { return nil }
        return (way(of: state, over: open.flow), false)
    }

    private func way(of state: TrunkState, over flow: Flow) -> TrunkWay {
        TrunkWay(
            flow: flow,
            trunk: state.trunk,
            contact: state.identity.contact(over: flow, effects.settings),
            host: state.trunk.domain.text,
            serviceRoute: state.registration.serviceRoute
        )
    }

    /// Whose requests come over a connection: of the trunk that we opened it for and whose certificate was verified; or of one
    /// whose settings name the address that it comes from, over the transport of the trunk, in the clear only while an exception
    /// says so. `nil` for everybody else. Of several trunks that name the address, the first choice.
    ///
    /// What comes from there is a call to us at most: never a right to call out (row C11).
    func trunk(of flow: Flow, at now: Moment) -> TrunkName? {
        if trunks.isEmpty { return nil }
        if let name = effects.flows[flow.id] { return trunks[name]?.isAllowed(at: now.wall) == true ? name : nil }
        return order.first { name in
            guard let state = trunks[name] else { return false }
            let transport = flow.transport.ofTrunk
            return ProviderRules.speaks(for: state.trunk, from: flow.remote.ip, over: transport, at: now.wall)
        }
    }

    /// Every connection of a provider, with whether we opened it.
    var connections: [(flow: FlowID, trunk: TrunkName, isOurs: Bool)] {
        effects.flows.map { ($0.key, $0.value, true) } + incoming.map { ($0.key, $0.value, false) }
    }

    /// Whose a connection is that we opened, or over which a provider has spoken.
    func trunk(of flow: FlowID) -> TrunkName? { effects.flows[flow] ?? incoming[flow] }

    /// A request over a connection that the provider opened was let in: its end will be the end of what it carries.
    mutating func letIn(_ name: TrunkName, on flow: Flow) {
        guard flow.transport.isReliable, effects.flows[flow.id] == nil else { return }
        incoming[flow.id] = name
    }

    /// Answers the challenge to an INVITE or OPTIONS of ours that makes a dialog or stands alone, on a connection to the provider
    /// that we opened (row C06): never to a BYE or a re-INVITE, never to the same nonce twice unless it is stale, and
    /// ``Limits/trunkLoginRounds`` times for one request.
    ///
    /// - Parameters:
    ///   - challenge: The 401 or 407.
    ///   - request: What it answers. Its first attempt has CSeq 1, the next ones more. What it has of credentials for the other field
    ///     has to be sent again beside the new ones.
    /// - Returns: The field for the next attempt; `nil` when there is none, which ends the call.
    mutating func credentials(
        for challenge: Message,
        to request: Message,
        over flow: Flow,
        at now: Moment
    ) -> (name: HeaderName, value: String)? {
        guard let name = effects.flows[flow.id], var state = trunks[name], state.index(of: flow.id) != nil,
            let method = request.method, method == .invite || method == .options,
            let to = try? request.to(), to.tag == nil,
            let cseq = try? request.cseq(), cseq.number <= Limits.trunkLoginRounds,
            let answered = try? challenge.cseq(), answered == cseq,
            challenge.status == 401 || challenge.status == 407
        else { return nil }
        defer { trunks[name] = state }
        let field: HeaderName = challenge.status == 407 ? .proxyAuthorization : .authorization
        do throws(TrunkFailure.Challenge) {
            let credentials = try state.login.answer(
                challenge,
                method: method,
                uri: request.string(request.requestURI),
                before: request.nonce(of: field),
                over: flow,
                using: effects.entropy
            )
            return (credentials.name, credentials.value)
        } catch {
            state.note(.challenge(error), nil, now)
            return nil
        }
    }

    /// How a call went over a connection, for the breaker of its server.
    ///
    /// - Parameter status: The final one, or a provisional one other than 100; `nil` when nothing came in time, not even a 100:
    ///   the next call goes by the next server.
    mutating func answered(_ status: Int?, on flow: FlowID, at now: Moment) {
        guard let name = effects.flows[flow] else { return }
        trunks[name]?.answered(status, on: flow, at: now, using: effects.entropy)
        touched.insert(name)
    }

    /// Somebody calls for help and no trunk has a connection: whatever rests is connected at once. Not registered anew: a provider
    /// that refuses our login shuts out who tries often.
    mutating func hurry(at now: Moment) {
        for name in order where trunks[name]?.connectAtOnce(at: now.monotonic) == true { touched.insert(name) }
    }

    func summaries(at now: Moment) -> [TrunkSummary] {
        trunks.values.map { $0.summary(at: now) }.sorted { $0.name < $1.name }
    }

    // MARK: What comes in

    /// Takes new settings. A trunk that is not what it was to the provider begins anew.
    ///
    /// - Parameter helping: Connections that somebody calls for help over, which stay as long as that.
    mutating func apply(_ outside: OutsideSettings, keeping helping: Set<FlowID> = [], _ turn: inout Turn) {
        effects.helping = helping
        defer { linger(&turn) }
        order = outside.usableTrunks.map(\.trunk.name)
        for (name, state) in trunks where outside.trunks[name] == nil {
            var state = state
            state.leave(effects, &turn)
            trunks[name] = nil
            touched.remove(name)
        }
        for (name, access) in outside.trunks {
            if trunks[name]?.take(access, &turn) != true {
                if var old = trunks[name] { old.leave(effects, &turn) }
                trunks[name] = TrunkState(access, using: effects.entropy)
            }
            touched.insert(name)
        }
    }

    /// Tries a trunk at once that would have been tried later.
    mutating func retry(_ name: TrunkName, at now: Moment) {
        trunks[name]?.retry(at: now.monotonic)
        touched.insert(name)
    }

    /// Takes leave of every provider, because the server stops.
    mutating func leave(_ turn: inout Turn) {
        (effects.helping, lingering) = ([], [])
        for name in trunks.keys { trunks[name]?.leave(effects, &turn) }
        (trunks, nextDeadline) = ([:], nil)
        touched = []
    }

    mutating func resolved(
        _ attempt: TrunkAttempt,
        _ outcome: Result<[TrunkServer], TrunkFailure>,
        _ turn: inout Turn
    ) {
        for name in trunks.keys {
            if trunks[name]?.resolved(attempt, outcome, at: turn.now, using: effects.entropy) == true {
                touched.insert(name)
            }
        }
    }

    /// A connection that nobody waits for any more is closed.
    mutating func connected(_ attempt: TrunkAttempt, _ flow: Flow, _ turn: inout Turn) {
        for name in trunks.keys {
            if trunks[name]?.connected(attempt, flow, &effects, at: turn.now) == true {
                touched.insert(name)
                return
            }
        }
        turn.actions.append(.close(flow.id))
    }

    mutating func connectFailed(_ attempt: TrunkAttempt, _ failure: TrunkFailure, _ turn: inout Turn) {
        for name in trunks.keys {
            guard let index = trunks[name]?.connecting(attempt) else { continue }
            trunks[name]?.fail(index, failure, &effects, &turn)
            touched.insert(name)
        }
    }

    /// A connection is gone.
    ///
    /// - Returns: Whose it was; `nil` where no trunk is concerned.
    mutating func closed(_ flow: FlowID, _ turn: inout Turn) -> TrunkName? {
        guard let name = effects.flows.removeValue(forKey: flow) else { return incoming.removeValue(forKey: flow) }
        if let index = trunks[name]?.index(of: flow) {
            trunks[name]?.fail(index, .closed, isGone: true, &effects, &turn)
            touched.insert(name)
        }
        return name
    }

    mutating func registered(_ serial: UInt64, _ response: Message?, _ turn: inout Turn) {
        for name in trunks.keys {
            if trunks[name]?.registered(serial, response, &effects, at: turn.now) == true { touched.insert(name) }
        }
    }

    mutating func checked(_ serial: UInt64, _ response: Message?, _ turn: inout Turn) {
        for name in trunks.keys {
            if trunks[name]?.checked(serial, response, at: turn.now, using: effects.entropy) == true {
                touched.insert(name)
            }
        }
    }

    /// Closes what was left open for a call for help that is over, and finds out what is so now.
    private mutating func linger(_ turn: inout Turn) {
        let over = lingering.subtracting(effects.helping)
        for flow in over.sorted(by: { $0.rawValue < $1.rawValue }) where effects.flows[flow] != nil {
            turn.actions.append(.close(flow))
        }
        lingering = effects.helping.filter { flow in
            effects.flows[flow] != nil && !trunks.values.contains { $0.index(of: flow) != nil }
        }
    }

    // MARK: Time

    /// Whether ``settle(_:)`` has anything to do.
    func isSettled(at now: Moment) -> Bool {
        touched.isEmpty && lingering.isEmpty && (nextDeadline.map { $0 > now.monotonic } ?? true)
    }

    /// Does what is due, and what is due because of what came in.
    ///
    /// - Parameter helping: As for ``apply(_:keeping:_:)``.
    /// - Returns: Requests to be sent.
    mutating func settle(keeping helping: Set<FlowID>, _ turn: inout Turn) -> [TrunkRequest] {
        effects.helping = helping
        defer { linger(&turn) }
        for name in trunks.keys.sorted() {
            let isDue = trunks[name]?.due.map { $0 <= turn.now.monotonic } ?? false
            if isDue || touched.contains(name) { trunks[name]?.review(&effects, &turn) }
        }
        touched = []
        nextDeadline = trunks.values.reduce(nil) { .earliest($0, $1.due) }
        defer { effects.requests = [] }
        return effects.requests
    }
}

extension TrunkState {
    /// Takes new settings where the provider need not notice.
    ///
    /// - Returns: Whether that was possible.
    mutating func take(_ access: TrunkAccess, _ turn: inout Turn) -> Bool {
        guard self.access.trunk.isSame(towardsProvider: access.trunk), self.access.isSameSecret(as: access) else {
            return false
        }
        self.access = access
        return true
    }
}

extension Trunk {
    fileprivate func isSame(towardsProvider other: Trunk) -> Bool {
        isEnabled == other.isEnabled && domain == other.domain && transport == other.transport
            && servers == other.servers
            && username == other.username && realm == other.realm && registers == other.registers
            && registersNumbers == other.registersNumbers
            && authority == other.authority && showsCertificate == other.showsCertificate
            && exception == other.exception
            && createdAt == other.createdAt
    }
}

extension TrunkAccess {
    fileprivate func isSameSecret(as other: TrunkAccess) -> Bool {
        secret.map { $0.reveal { $0 } } == other.secret.map { $0.reveal { $0 } }
    }
}

extension Transport {
    init(_ pinned: Trunk.Transport) {
        switch pinned {
        case .tls: self = .tls
        case .tcp: self = .tcp
        case .udp: self = .udp
        }
    }
}

extension Message {
    /// Of the credentials that the message has in a field.
    fileprivate func nonce(of name: HeaderName) -> String? {
        (try? credentials(name, realm: nil)).flatMap { $0 }.map { string($0.nonce) }
    }
}
