// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// The connections to the servers of one provider.
extension TrunkState {
    /// Whether a connection to a server is worth having: as long as fewer than ``Limits/trunkConnections`` better ones are up, or
    /// may be in a moment.
    func isWanted(_ index: Int) -> Bool {
        !lines[index].isLeaving && lines[..<index].count { $0.isHopeful && !$0.isLeaving } < Limits.trunkConnections
    }

    mutating func review(_ index: Int, _ effects: inout TrunkEffects, _ turn: inout Turn) {
        let now = turn.now.monotonic
        switch lines[index].phase {
        case .resting(let until):
            if until <= now, isWanted(index) { connect(index, &effects, &turn) }
        case .connecting(_, let giveUp):
            if giveUp <= now { fail(index, .silent, &effects, &turn) }
        case .open(let open):
            if let asked = open.asked, asked.at + Limits.trunkSilence <= now {
                wasSilent(index, open, &effects, &turn)
            } else if case .blocked(let until) = open.health, until <= now {
                lines[index].change { $0.health = .checking }
            }
        }
    }

    private mutating func connect(_ index: Int, _ effects: inout TrunkEffects, _ turn: inout Turn) {
        let attempt = TrunkAttempt(serial: effects.serial())
        lines[index].phase = .connecting(attempt, giveUp: turn.now.monotonic + Limits.trunkConnect)
        turn.actions.append(.connect(TrunkConnect(trunk, lines[index].server, attempt)))
    }

    /// - Returns: Whether it waited for that connection.
    mutating func connected(
        _ attempt: TrunkAttempt,
        _ flow: Flow,
        _ effects: inout TrunkEffects,
        at now: Moment
    ) -> Bool {
        guard let index = connecting(attempt), isAllowed(at: now.wall) else { return false }
        lines[index].phase = .open(
            TrunkLine.Open(flow: flow, health: .checking, heard: now.monotonic)
        )
        effects.flows[flow.id] = name
        return true
    }

    func connecting(_ attempt: TrunkAttempt) -> Int? {
        lines.firstIndex { if case .connecting(attempt, _) = $0.phase { true } else { false } }
    }

    /// The server cannot be used: its connection goes, and it rests.
    ///
    /// - Parameter isGone: Whether the connection has ended already.
    mutating func fail(
        _ index: Int,
        _ failure: TrunkFailure,
        isGone: Bool = false,
        _ effects: inout TrunkEffects,
        _ turn: inout Turn
    ) {
        let (now, open) = (turn.now.monotonic, lines[index].open)
        let delay = lines[index].rest(
            isLasting: failure.isLasting,
            since: open?.upSince,
            at: now,
            using: effects.entropy
        )
        lines[index].phase = .resting(until: now + delay)
        lines[index].refusals = 0
        note(failure, lines[index].server, turn.now)
        if case .certificate = failure {
            turn.report(.trunkIdentity, self, lines[index].server, "\(lines[index].server): \(failure)")
        }
        guard let open else { return }
        registration.lose(open.flow.id)
        if !isGone { turn.actions.append(.close(open.flow.id)) }
    }

    // MARK: Whether it lives

    /// Asks, when there is a reason to and nothing else is on its way that will show it.
    mutating func check(_ index: Int, _ effects: inout TrunkEffects, _ turn: inout Turn) {
        guard let open = lines[index].open, open.asked == nil, !isAskedByRegistration(open.flow.id) else { return }
        switch open.health {
        case .blocked: return
        case .checking: ask(index, open, &effects, &turn)
        case .up:
            // At once when it has taken a registration and never answered an OPTIONS: it may be one that answers none.
            let isNew = open.isUnknown && registration.held?.flow == open.flow.id
            guard isNew || open.heard + Limits.trunkIdle <= turn.now.monotonic else { return }
            if open.isAskedInVain {
                // RFC 5626 §4.4.1; what shows whether it lives is the registration.
                turn.actions.append(.send(Array("\r\n\r\n".utf8), open.flow.id))
                lines[index].change { $0.heard = turn.now.monotonic }
            } else {
                ask(index, open, &effects, &turn)
            }
        }
    }

    private func isAskedByRegistration(_ flow: FlowID) -> Bool {
        if case .asking(let asking) = registration.phase { asking.flow == flow } else { false }
    }

    private mutating func ask(
        _ index: Int,
        _ open: TrunkLine.Open,
        _ effects: inout TrunkEffects,
        _ turn: inout Turn
    ) {
        let (serial, key) = (effects.serial(), BranchKey(using: effects.entropy))
        let bytes = identity.options(key: key, over: open.flow, effects.settings, using: effects.entropy)
        effects.requests.append(
            TrunkRequest(key: key, method: .options, bytes: bytes, purpose: .health(serial), flow: open.flow)
        )
        lines[index].change { $0.asked = TrunkLine.Question(serial: serial, at: turn.now.monotonic) }
    }

    /// Some providers answer no OPTIONS: those that have taken a registration over that connection need not.
    private mutating func wasSilent(
        _ index: Int,
        _ open: TrunkLine.Open,
        _ effects: inout TrunkEffects,
        _ turn: inout Turn
    ) {
        guard !open.answersOptions, registration.held?.flow == open.flow.id else {
            return doubt(index, &effects, &turn)
        }
        lines[index].spoke(at: turn.now.monotonic)
        lines[index].change { $0.isAskedInVain = true }
        lines[index].change { $0.asked = nil }
    }

    /// No answer came in time. No call begins there any more; the connection is only given up after a few more questions, because
    /// there may be calls that it carries.
    mutating func doubt(_ index: Int, _ effects: inout TrunkEffects, _ turn: inout Turn) {
        guard let open = lines[index].open, open.upSince != nil, !open.isAskedInVain,
            open.silences + 1 < Limits.trunkSilences
        else {
            return fail(index, .silent, &effects, &turn)
        }
        lines[index].change { open in
            open.silences += 1
            (open.asked, open.health) = (nil, .checking)
        }
        note(.silent, lines[index].server, turn.now)
    }

    /// The answer to an OPTIONS: whatever it says but that the server is broken, the server lives.
    ///
    /// - Returns: Whether it is one of this trunk.
    mutating func checked(_ serial: UInt64, _ response: Message?, at now: Moment, using entropy: Entropy) -> Bool {
        guard let index = lines.firstIndex(where: { $0.open?.asked?.serial == serial }),
            let asked = lines[index].open?.asked
        else { return false }
        // That none came is noticed sooner than transactions notice it.
        guard let response, let status = response.status else { return true }
        lines[index].latency = now.monotonic - asked.at
        lines[index].change { open in
            (open.asked, open.answersOptions, open.heard) = (nil, true, now.monotonic)
        }
        if Self.isBroken(status) {
            block(index, .status(status, reason(of: response)), retryAfter(response), at: now, using: entropy)
        } else {
            lines[index].spoke(at: now.monotonic)
        }
        return true
    }

    /// How a call went.
    ///
    /// - Parameter status: `nil` when nothing came in time, not even a 100.
    mutating func answered(_ status: Int?, on flow: FlowID, at now: Moment, using entropy: Entropy) {
        guard let index = index(of: flow), let open = lines[index].open else { return }
        guard let status else {
            // Calls in progress may still be carried by it: it is asked before it is given up.
            if open.isAskedInVain { return block(index, .silent, nil, at: now, using: entropy) }
            if case .up = open.health { lines[index].change { $0.health = .checking } }
            return note(.silent, lines[index].server, now)
        }
        guard Self.isBroken(status) else {
            if case .up = open.health { lines[index].spoke(at: now.monotonic) }
            return
        }
        lines[index].refusals += 1
        guard lines[index].refusals >= Limits.trunkRefusals, case .up = open.health else { return }
        block(index, .status(status, ""), nil, at: now, using: entropy)
    }

    /// Opens the breaker: no calls by it for a while, though its connection stays for those there are.
    mutating func block(
        _ index: Int,
        _ failure: TrunkFailure,
        _ retryAfter: UInt32?,
        at now: Moment,
        using entropy: Entropy
    ) {
        let since = lines[index].open?.upSince
        let delay = lines[index].rest(isLasting: false, since: since, at: now.monotonic, using: entropy)
        let asked = Duration.seconds(Int64(min(retryAfter ?? 0, Limits.trunkExpiresRange.upperBound)))
        let until = now.monotonic + max(delay, min(asked, Limits.trunkLongestRest))
        lines[index].change { $0.health = .blocked(until: until) }
        lines[index].refusals = 0
        note(failure, lines[index].server, now)
    }

    /// What a server says that cannot do its work (RFC 3261 §21.5), whoever was called.
    static func isBroken(_ status: Int) -> Bool { [408, 500, 502, 503, 504].contains(status) }

    func reason(of response: Message) -> String {
        String(printable(response, response.reasonPhrase).prefix(Limits.trunkReason))
    }

    func retryAfter(_ response: Message) -> UInt32? { (try? response.seconds(.retryAfter)) ?? nil }
}
