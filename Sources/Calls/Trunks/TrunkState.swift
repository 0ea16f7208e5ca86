// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// One trunk: which servers its provider has, how the connections to them are, and our registration.
///
/// What happens changes the state only; ``review(_:_:)`` then does whatever is due, and may be asked at any time.
struct TrunkState: Sendable {
    enum Lookup: Sendable {
        case never
        case asking(TrunkAttempt, giveUp: MonotonicTime)
        case known(at: MonotonicTime)
        case failed(until: MonotonicTime)
    }

    /// What was told to those who look after the system.
    enum Told: Sendable {
        case nothing, up, down
    }

    var access: TrunkAccess
    var identity: TrunkIdentity
    var login: TrunkLogin
    var lookup = Lookup.never
    var lookupFailures = 0
    /// The servers of the provider, first choice first.
    var lines: [TrunkLine] = []
    var registration: TrunkRegistration
    var told = Told.nothing
    var lastFailure: (failure: TrunkFailure, server: TrunkServer?, at: WallTime)?
    /// When to look again by itself.
    var due: MonotonicTime?

    var trunk: Trunk { access.trunk }
    var name: TrunkName { access.trunk.name }

    init(_ access: TrunkAccess, using entropy: Entropy) {
        self.access = access
        (identity, login) = (TrunkIdentity(access.trunk), TrunkLogin(access))
        registration = TrunkRegistration(using: entropy)
    }

    // MARK: What calls ask

    /// Whether it may be used at all: never in the clear without a valid exception.
    func isAllowed(at now: WallTime) -> Bool { ProviderRules.mayBeUsed(trunk, at: now) }

    /// The connection that calls leave by: the first server that is up, when the provider lets us in.
    ///
    /// - Parameter tried: Connections over which the call has failed already.
    func best(at now: WallTime, except tried: [FlowID] = []) -> (line: TrunkLine, open: TrunkLine.Open)? {
        guard isAllowed(at: now), !trunk.registers || registration.isAccepted else { return nil }
        for line in lines where line.isUp {
            if let open = line.open, !tried.contains(open.flow.id) { return (line, open) }
        }
        return nil
    }

    /// The connection that a call for help leaves by where none is ``best(at:except:)``: whatever is open. Neither the breaker, which
    /// other calls have opened, nor a question without an answer or a registration that has lapsed has a say: the provider is asked.
    func lastResort(at now: WallTime, except tried: [FlowID] = []) -> TrunkLine.Open? {
        guard isAllowed(at: now) else { return nil }
        let open = lines.filter { $0.open.map { !tried.contains($0.flow.id) } ?? false }
        let best = open.compactMap(\.hope).max()
        return open.first { $0.hope == best }?.open
    }

    func index(of flow: FlowID) -> Int? { lines.firstIndex { $0.open?.flow.id == flow } }

    // MARK: What is due

    /// Does what is due, and says when to look again.
    mutating func review(_ effects: inout TrunkEffects, _ turn: inout Turn) {
        guard isAllowed(at: turn.now.wall) else { return rest(effects, &turn) }
        registration.expire(at: turn.now.monotonic)
        lookUp(&effects, &turn)
        for index in lines.indices { review(index, &effects, &turn) }
        lines.removeAll { $0.isLeaving && $0.open == nil }
        register(&effects, &turn)
        for index in lines.indices { check(index, &effects, &turn) }
        tell(&turn)
        // What is due and waits for an answer is looked at again when that has come, or a little later.
        due = deadline(at: turn.now).map { max($0, turn.now.monotonic + Limits.trunkReview) }
    }

    /// Nothing may be sent: what is open is closed.
    private mutating func rest(_ effects: TrunkEffects, _ turn: inout Turn) {
        if trunk.isEnabled, !lines.isEmpty { note(.notAllowed, nil, turn.now) }
        leave(effects, &turn)
        (lines, lookup, due) = ([], .never, nil)
        tell(&turn)
    }

    /// Takes leave of the provider: it need not keep where we are.
    mutating func leave(_ effects: TrunkEffects, _ turn: inout Turn) {
        unregister(effects, &turn)
        for open in lines.compactMap(\.open) where !effects.helping.contains(open.flow.id) {
            turn.actions.append(.close(open.flow.id))
        }
        registration.held = nil
        (registration.phase, registration.isAccepted) = (.idle, false)
    }

    private func deadline(at now: Moment) -> MonotonicTime? {
        var next = registration.deadline
        for (index, line) in lines.enumerated() where line.open != nil || isWanted(index) {
            next = .earliest(next, line.deadline)
        }
        switch lookup {
        case .never: break
        case .asking(_, let giveUp): next = .earliest(next, giveUp)
        case .known(let at): next = .earliest(next, at + lookupAgain)
        case .failed(let until): next = .earliest(next, until)
        }
        if let exception = trunk.exception, trunk.transport != .tls {
            next = .earliest(next, now.monotonic + max(.zero, exception.until - now.wall))
        }
        return next
    }

    /// Tries at once what would have been tried later.
    mutating func retry(at now: MonotonicTime) {
        if case .asking = lookup {} else { (lookup, lookupFailures) = (.failed(until: now), 0) }
        for index in lines.indices {
            lines[index].failures = 0
            if case .resting = lines[index].phase { lines[index].phase = .resting(until: now) }
            lines[index].change { open in if case .blocked = open.health { open.health = .blocked(until: now) } }
        }
        if case .resting = registration.phase { (registration.phase, registration.failures) = (.idle, 0) }
    }

    /// Connects at once what would have been connected later. What was counted of failures stays.
    ///
    /// - Returns: Whether there is anything.
    mutating func connectAtOnce(at now: MonotonicTime) -> Bool {
        var isAny = false
        if case .failed(let until) = lookup, until > now { (lookup, isAny) = (.failed(until: now), true) }
        for index in lines.indices {
            guard case .resting(let until) = lines[index].phase, until > now else { continue }
            (lines[index].phase, isAny) = (.resting(until: now), true)
        }
        return isAny
    }

    // MARK: Where the provider is

    /// While nothing is connected DNS may know more than before.
    private var lookupAgain: Duration {
        lines.contains { $0.open != nil } ? Limits.trunkLookupAgain : Limits.trunkLookupSoonest
    }

    private mutating func lookUp(_ effects: inout TrunkEffects, _ turn: inout Turn) {
        let now = turn.now.monotonic
        switch lookup {
        case .never: break
        case .asking(_, let giveUp):
            if giveUp <= now { lookupFailed(.nameServerSilent, turn.now, effects.entropy) }
            return
        case .known(let at): guard at + lookupAgain <= now else { return }
        case .failed(let until): guard until <= now else { return }
        }
        let attempt = TrunkAttempt(serial: effects.serial())
        lookup = .asking(attempt, giveUp: now + Limits.trunkLookup)
        turn.actions.append(.resolve(TrunkLookup(trunk, attempt)))
    }

    private mutating func lookupFailed(_ failure: TrunkFailure, _ now: Moment, _ entropy: Entropy) {
        lookupFailures = min(lookupFailures + 1, Limits.trunkDoublings)
        let delay = TrunkLine.delay(lookupFailures, isLasting: false, using: entropy)
        lookup = .failed(until: now.monotonic + delay)
        note(failure, nil, now)
    }

    /// - Returns: Whether it waited for that answer.
    mutating func resolved(
        _ attempt: TrunkAttempt,
        _ outcome: Result<[TrunkServer], TrunkFailure>,
        at now: Moment,
        using entropy: Entropy
    ) -> Bool {
        guard case .asking(attempt, _) = lookup else { return false }
        switch outcome {
        case .success(let servers) where !servers.isEmpty:
            (lookup, lookupFailures) = (.known(at: now.monotonic), 0)
            merge(Array(servers.prefix(Limits.trunkServers)), at: now.monotonic)
        case .success: lookupFailed(.noSuchName(trunk.domain.text), now, entropy)
        case .failure(let failure): lookupFailed(failure, now, entropy)
        }
        return true
    }

    /// Keeps what is known of servers that are still there. Servers of one priority come in a new order each time; that alone
    /// is no reason to move.
    private mutating func merge(_ found: [TrunkServer], at now: MonotonicTime) {
        let known = lines.filter { !$0.isLeaving }.map(\.server)
        guard Set(known) != Set(found) || known.count != found.count else { return }
        var merged: [TrunkLine] = []
        for server in found where !merged.contains(where: { $0.server == server }) {
            var line = lines.first { $0.server == server } ?? TrunkLine(server, at: now)
            line.isLeaving = false
            merged.append(line)
        }
        for var line in lines where !found.contains(line.server) && line.open != nil {
            line.isLeaving = true
            merged.append(line)
        }
        lines = merged
    }
}
