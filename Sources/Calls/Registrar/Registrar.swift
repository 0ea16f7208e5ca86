// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// Where phones are and who they are: bindings (RFC 3261 §10), their connections, their logins, and the only door to an
/// ``Authenticated``. It knows no call: what a registration means for calls it tells whoever asks.
struct Registrar: Sendable {
    let settings: SwitchboardSettings
    let entropy: Entropy
    let gruus: GRUUSeal
    private(set) var snapshot: Snapshot
    private(set) var bindings = Bindings()
    private var authenticator: Authenticator
    private var connections = PhoneConnections()
    private var logins: Logins
    private var gate: RegistrationGate
    /// What the REGISTER at hand asks for. Empty between messages; kept for its storage.
    private var contactChanges: [ContactChange] = []
    private(set) var shedding = SheddingFigures()
    private(set) var failedLogins: UInt64 = 0

    init(settings: SwitchboardSettings, snapshot: Snapshot, entropy: Entropy, logins kept: [PhoneLogin]) {
        (self.settings, self.snapshot, self.entropy) = (settings, snapshot, entropy)
        gruus = GRUUSeal(key: settings.nonceKey, domain: snapshot.domain.text)
        gate = RegistrationGate(rate: settings.registrationRate)
        logins = Logins(kept, of: snapshot)
        authenticator = Authenticator(
            snapshot: snapshot,
            nonceKey: settings.nonceKey,
            nonces: settings.nonces,
            entropy: entropy
        )
    }

    /// Takes new settings. Registrations that they no longer allow end now.
    ///
    /// - Parameter changes: All that lies between these settings and the present ones; `nil` when that is not known.
    /// - Returns: Connections that nobody may have any more. They are left open, so that what ends with them can say so.
    mutating func apply(_ snapshot: Snapshot, _ changes: [Model.Change]?) -> [FlowID] {
        authenticator.apply(snapshot, changes, after: self.snapshot)
        self.snapshot = snapshot
        logins.apply(snapshot)
        var closing = connections.all { !snapshot.allows($0) }
        for binding in bindings.all where !snapshot.allows(binding.device.username) {
            bindings.remove(binding.id)
            closing.insert(binding.flow.id)
        }
        return closing.sorted { $0.rawValue < $1.rawValue }
    }

    /// Whether a host in a URI means this business.
    func isServed(_ host: ArraySlice<UInt8>, on flow: Flow) -> Bool {
        settings.serves(host, domain: snapshot.domain.text, on: flow)
    }

    // MARK: Who somebody is

    /// - Parameter isForHelp: Whether it is a call for help that leaves, for which neither a disabled extension nor an account that
    ///   somebody guesses at is turned away. For everything else such a login is none, and nothing says that its password is right.
    mutating func authenticate(
        _ request: Message,
        on flow: Flow,
        isForHelp: Bool,
        _ turn: inout Turn
    ) -> Identity {
        do {
            switch try authenticator.authenticate(request, on: flow, isForHelp: isForHelp, at: turn.now) {
            case .authenticated(let proof):
                let username = proof.device.username
                guard logins.accepts(username, from: flow.remote.ip, at: turn.now.monotonic) else {
                    let doubt = Authenticator.Doubt.guarded(username: username)
                    if isForHelp { return .proven(admitted(proof.excused(doubt), request, &turn)) }
                    return .challenge(challenge(request, on: flow, isStale: false, turn.now), doubt)
                }
                return .proven(admitted(proof, request, &turn))
            case .challenge(let isStale, let doubt):
                return .challenge(challenge(request, on: flow, isStale: isStale, turn.now), doubt)
            }
        } catch {
            return .unreadable(error)
        }
    }

    /// Somebody is let in. What would have turned them away is told, and a wrong password before it goes on counting.
    private mutating func admitted(_ proof: Authenticated, _ request: Message, _ turn: inout Turn) -> Authenticated {
        let flow = proof.flow
        if proof.excuse == nil { connections.forgetFailures(on: flow.id) }
        turn.actions.append(.authenticated(flow.id, login: proof.device.id, onlyForHelp: proof.excuse != nil))
        remember(proof, in: request, &turn)
        if let excuse = proof.excuse { note(excuse, request, on: flow, &turn) }
        return proof
    }

    private mutating func challenge(_ request: Message, on flow: Flow, isStale: Bool, _ now: Moment) -> DigestChallenge
    {
        authenticator.challenge(for: request, on: flow, isStale: isStale, at: now)
    }

    /// Takes note of what was odd about a credential, after the answer to it.
    mutating func note(_ doubt: Authenticator.Doubt, _ request: Message, on flow: Flow, _ turn: inout Turn) {
        switch doubt {
        case .none: break
        case .replayed(let username):
            turn.report(.replayedNonce, request, flow, subject: .account(username))
        case .guarded(let username):
            turn.report(.accountGuarded, request, flow, subject: .account(username))
        // No offence: a phone that nobody told would shut out everybody at its address.
        case .disabled(let username):
            turn.report(
                .stalePhone,
                request,
                flow,
                subject: .account(username),
                detail: "its extension is disabled"
            )
        case .wrongSecret(let username, let isKnown):
            failedLogins += 1
            logins.failed(username, isKnown: isKnown, request, on: flow, &turn)
            guard flow.transport.isReliable else { return }
            if connections.countFailure(on: flow.id) >= Limits.failuresPerFlow { turn.actions.append(.close(flow.id)) }
        }
    }

    // MARK: Connections

    /// Remembers who logged in over a connection. A datagram's flow has no end at which it could be forgotten.
    private mutating func remember(_ proof: Authenticated, in request: Message, _ turn: inout Turn) {
        let flow = proof.flow
        guard flow.transport.isReliable else { return }
        if connections.add(proof.device.username, on: flow.id) { makeRoom(for: proof, request, &turn) }
        if flow.transport.isEncrypted, request.bytes(request.requestURI).starts(with: "sips:".utf8) {
            connections.asksForSIPS(flow.id)
        }
        guard request.count(.route) > 0, connections[flow.id]?.host == nil,
            let host = (try? request.routes())?.first?.uri?.host, isServed(request.bytes(host), on: flow)
        else { return }
        connections.calls(us: request.string(host), on: flow.id)
    }

    /// A login has so many connections at once: each may say as much as a phone may. One more closes the oldest without a
    /// registration, or else the oldest.
    private mutating func makeRoom(for proof: Authenticated, _ request: Message, _ turn: inout Turn) {
        let all = connections.of(proof.device.username)
        guard all.count > Limits.connectionsPerDevice,
            let oldest = all.first(where: { bindings.on($0).isEmpty && $0 != proof.flow.id }) ?? all.first
        else { return }
        turn.actions.append(.close(oldest))
        turn.report(
            .accountLimit,
            request,
            proof.flow,
            subject: EventSubject(proof.device),
            detail: "more than \(Limits.connectionsPerDevice) connections of one phone; the oldest was closed"
        )
    }

    /// Where a phone comes back to: the name of ours that it came by, because some look names up without the system's
    /// help, or else the first one in the certificate.
    func contact(over flow: Flow) -> String {
        let phone = connections[flow.id]
        let (host, port) = (settings.written(phone?.host ?? settings.firstHost), settings.port(on: flow))
        // RFC 5630 §5.1.1: who asks for encryption all the way gets a name that asks for it.
        if phone?.isForSIPS == true { return "<sips:\(host):\(port)>" }
        return "<sip:\(host):\(port);transport=\(flow.transport.uriName)>"
    }

    /// The user names that logged in over a connection.
    func usernames(on flow: FlowID) -> [String] { connections[flow]?.usernames ?? [] }

    /// Whether a connection may go on after a message with odd fields; a stranger's may not.
    mutating func mayBeOdd(_ flow: FlowID, at now: MonotonicTime) -> Bool { connections.mayBeOdd(flow, at: now) }

    /// A connection is gone. What is bound over it stays so until ``unbind(_:)``, so that calls can find another way first.
    ///
    /// - Returns: The user names that logged in over it; `nil` for a stranger's.
    mutating func leave(_ flow: FlowID) -> [String]? { connections.remove(flow) }

    mutating func unbind(_ flow: FlowID) {
        for binding in bindings.on(flow) { bindings.remove(binding.id) }
    }

    // MARK: Bindings

    /// What a REGISTER does, after its sender proved who it is (RFC 3261 §10.3).
    ///
    /// - Parameter isInCall: Whether it matters which connections the phone leaves.
    mutating func register(_ request: Message, by proof: Authenticated, isInCall: Bool, _ turn: inout Turn) -> Outcome {
        do {
            try checkOwner(try request.to(), of: request, by: proof)
            try checkOwner(try request.from(), of: request, by: proof)
            try checkWay(of: request)
            let facts = RegisterFacts(
                callID: request.bytes(try request.callID()),
                sequence: try request.cseq().number,
                now: turn.now
            )
            // Taken out while it is filled, so that its storage serves every REGISTER.
            var changes: [ContactChange] = []
            swap(&changes, &contactChanges)
            defer { swap(&changes, &contactChanges) }
            try read(&changes, in: request, by: proof)
            try checkOrder(changes, facts)
            let isNew = changes.contains { $0.seconds > 0 && $0.known == nil }
            if isNew { try checkLoad(of: proof, at: turn.now) }
            let former = isInCall ? formerFlows(changes, request, by: proof) : []
            bindings.carryOut(changes, facts, request, by: proof, spreadBy: entropy)
            let unused = isNew ? letGo(ofSurplus: proof, request, &turn) : []
            let isNewNetwork = logins.isNewNetwork(of: proof)
            logins.bound(changes, isNew: isNew, request, by: proof, &turn)
            let isOutbound = changes.contains { $0.outbound.number != nil }
            let outcome = Changes(
                isOutbound: isOutbound,
                former: former,
                unused: unused,
                isNewNetwork: isNewNetwork
            )
            return .bound(outcome)
        } catch let refused as RegisterRefused {
            note(refused, request, by: proof, &turn)
            return .refused(refused.status, refused.hint)
        } catch {
            return .refused(400, .none)
        }
    }

    private func note(_ refused: RegisterRefused, _ request: Message, by proof: Authenticated, _ turn: inout Turn) {
        switch refused {
        case .notYours: turn.report(.identityMismatch, request, proof.flow)
        case .tooMany:
            let most = RegistrationRules.maximumContacts
            turn.report(
                .bindingLimit,
                request,
                proof.flow,
                subject: EventSubject(proof.device),
                detail: "more than \(most) contacts in one registration"
            )
        case .malformed, .tooBrief, .poisoned, .named, .outOfOrder, .path, .hop, .busy: break
        }
    }

    /// Whether a phone that is not registered may be now. If not, it is told when to come back.
    private mutating func checkLoad(of proof: Authenticated, at now: Moment) throws {
        guard bindings.countOf(proof.device.username) == 0 else { return }
        if gate.admits(isKnown: logins.knows(proof.device.username), at: now.monotonic) { return }
        let seconds = RegistrationRules.retryAfter(entropy.next())
        shedding.note(until: now.wall + .seconds(seconds), at: now.wall)
        throw RegisterRefused.busy(retryAfter: seconds)
    }

    /// Lets go of the contacts that were refreshed longest ago. Who proves the password says where the phone is now, so the
    /// latest word counts (RFC 3261 §10.3): a phone that makes up a new contact each time it starts stays reachable.
    ///
    /// - Returns: The connections that a contact was the only registration of.
    private mutating func letGo(ofSurplus proof: Authenticated, _ request: Message, _ turn: inout Turn) -> [FlowID] {
        let (username, most) = (proof.device.username, RegistrationRules.maximumContacts)
        guard bindings.countOf(username) > most else { return [] }
        var unused: [FlowID] = []
        while bindings.countOf(username) > most, let stalest = bindings.stalest(of: username) {
            guard let former = bindings.remove(stalest)?.flow else { break }
            if former.id != proof.flow.id, former.transport.isReliable, !bindings.isBound(former.id) {
                unused.append(former.id)
            }
        }
        turn.report(
            .bindingLimit,
            request,
            proof.flow,
            subject: EventSubject(proof.device),
            detail: "more than \(most) contacts of one phone; the one that was refreshed longest ago was let go"
        )
        return unused
    }

    // MARK: Time, and who watches

    var nextDeadline: MonotonicTime? { bindings.nextDeadline }

    /// Lets go of what has ended.
    mutating func wake(at now: Moment) { bindings.expire(at: now.monotonic) }

    /// Starts or stops remembering who comes, goes and moves.
    mutating func watch(_ isWanted: Bool) { bindings.watch(isWanted) }

    /// The user names of those that did since this was last asked.
    mutating func takeChanges() -> Set<String> { bindings.takeChanges() }
}
