// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// What people are told of a trunk.
extension TrunkState {
    mutating func note(_ failure: TrunkFailure, _ server: TrunkServer?, _ now: Moment) {
        lastFailure = (failure, server, now.wall)
    }

    /// Says once that calls cannot be made, and that they can be made again.
    mutating func tell(_ turn: inout Turn) {
        if best(at: turn.now.wall) != nil {
            if case .down = told { turn.report(.trunkUp, self, nil, "calls go over \(trunk.domain) again") }
            told = .up
        } else if isGivenUp {
            if case .down = told { return }
            told = .down
            let reason = lastFailure.map { "\($0.server.map { "\($0): " } ?? "")\($0.failure)" } ?? "it is disabled"
            guard trunk.isEnabled else { return }
            turn.report(.trunkDown, self, lastFailure?.server, "no call can go over \(trunk.domain): \(reason)")
        }
    }

    /// Whether every server was tried and none can be used.
    private var isGivenUp: Bool {
        if case .up = told { return true }
        return lastFailure != nil && !isTrying
    }

    /// Whether an answer is waited for.
    private var isTrying: Bool {
        if case .asking = registration.phase { return true }
        if case .asking = lookup, lines.isEmpty { return true }
        return lines.contains { line in
            switch line.phase {
            case .connecting: true
            case .open(let open): open.asked != nil
            case .resting: line.failures == 0 && !line.isLeaving
            }
        }
    }

    func summary(at now: Moment) -> TrunkSummary {
        let best = best(at: now.wall)
        return TrunkSummary(
            name: name,
            state: state(at: now.wall),
            isTrying: isTrying,
            server: best?.line.server,
            registeredUntil: registration.held?.untilWall,
            lastFailure: lastFailure,
            tlsVersion: best?.open.flow.tlsVersion,
            cipher: best?.open.flow.cipher,
            latency: best?.line.latency,
            servers: lines.map { ($0.server, $0.isUp) }
        )
    }

    private func state(at now: WallTime) -> TrunkSummary.State {
        guard isAllowed(at: now) else { return .off }
        if best(at: now) != nil { return .ready }
        if case .resting = registration.phase, lines.contains(where: \.isUp) { return .refused }
        if case .down = told { return .unreachable }
        return isGivenUp ? .unreachable : .trying
    }
}

extension Turn {
    /// Notes something about a provider.
    mutating func report(_ kind: SecurityEventKind, _ trunk: TrunkState, _ server: TrunkServer?, _ detail: String) {
        let event = SecurityEvent(
            at: now.wall,
            kind: kind,
            source: server.map { .address($0.address.ip) } ?? .machine,
            subject: .trunk(trunk.name),
            detail: detail
        )
        actions.append(.report(event))
    }
}
