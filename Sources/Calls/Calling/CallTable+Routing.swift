// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// A call on the way that the plan of the business gives it.
struct RoutedCall: Sendable {
    var route: Route
    /// The first branch of the place where it rings now.
    var firstBranch = 0
    /// When it goes on; `nil` for not by itself.
    var ends: MonotonicTime?
}

/// Calls that groups and settings send from place to place. What is next is decided by ``RoutingRules``; here phones ring and
/// stop ringing.
extension CallTable {
    /// Begins the way of a call.
    ///
    /// - Returns: Why it ends at once; `nil` when it rings somewhere.
    mutating func route(_ serial: UInt64, _ placement: Placement, _ desk: inout Desk) -> Refused? {
        guard let call = self[serial] else { return .unreachable }
        var route = Route(of: placement, from: call.caller.participant)
        // Where phones have sent it counts as where settings have.
        if case .ringing(let ringing) = call.phase, !ringing.forwards.isEmpty {
            route.places = ringing.places(after: call.grounds?.placement.target).dropLast()
        }
        let step = RoutingRules.begin(&route, in: scene(for: route, desk))
        routes[serial] = RoutedCall(route: route)
        return carryOut(step, serial, &desk)
    }

    /// Goes on after nobody took a call where it rang.
    ///
    /// - Returns: Whether it did: it rings elsewhere, or has ended with a word of its own.
    mutating func goOn(_ serial: UInt64, after ending: RouteEnding, _ desk: inout Desk) -> Bool {
        guard let step = next(serial, after: ending, desk) else { return false }
        if case .end = step { return false }
        if let refused = carryOut(step, serial, &desk) { refuse(serial, refused, &desk) }
        return true
    }

    private mutating func next(_ serial: UInt64, after ending: RouteEnding, _ desk: Desk) -> RouteStep? {
        guard var routed = routes[serial] else { return nil }
        let step = RoutingRules.next(&routed.route, after: ending, in: scene(for: routed.route, desk))
        routes[serial] = routed
        return step
    }

    /// - Returns: Why the call ends; `nil` while it rings.
    private mutating func carryOut(_ first: RouteStep, _ serial: UInt64, _ desk: inout Desk) -> Refused? {
        var step = first
        while true {
            switch step {
            case .ring(let placements, let seconds, let through):
                pass(through, serial, &desk)
                if ring(serial, placements, seconds: seconds, &desk) { return nil }
                // Each time a place is left for good, so this ends.
                guard let next = next(serial, after: .unreachable, desk) else { return .unreachable }
                step = next
            case .leave(let placement, let seconds, let through):
                pass(through, serial, &desk)
                beginStop(serial, seconds: seconds, &desk)
                guard let refused = dial(placement, of: serial, &desk) else { return nil }
                guard let next = next(serial, after: .unreachable, desk) else { return .forward(placement, refused) }
                if case .end = next { return .forward(placement, refused) }
                step = next
            case .ask(let menu, let through):
                pass(through, serial, &desk)
                return enterMenu(menu, serial, &desk)
            case .misled(let refusal, let owner, let through):
                pass(through, serial, &desk)
                return misled(refusal, by: owner, &desk)
            case .refuse(let refusal): return Refused(stopped: refusal)
            case .end(let ending): return Refused(ending)
            }
        }
    }

    /// - Returns: Whether any phone rings.
    private mutating func ring(
        _ serial: UInt64,
        _ placements: [Placement],
        seconds: Int?,
        _ desk: inout Desk
    ) -> Bool {
        beginStop(serial, seconds: seconds, &desk)
        var isRinging = false
        for placement in placements {
            if placement.isOfGroup { note(placement, serial) }
            if ring(serial, placement, only: nil, &desk) { isRinging = true }
        }
        return isRinging
    }

    private mutating func beginStop(_ serial: UInt64, seconds: Int?, _ desk: inout Desk) {
        guard let call = self[serial], case .ringing(let ringing) = call.phase else { return }
        let now = desk.now.monotonic
        let giveUp = min(call.begun.monotonic + Limits.routing, now + Limits.ringing)
        updateRinging(serial) { $0.giveUp = giveUp }
        let ends = seconds.map { now + .seconds($0) }
        routes[serial]?.firstBranch = ringing.branches.count
        routes[serial]?.ends = ends
        schedule(serial, at: min(giveUp, ends ?? giveUp))
    }

    /// Remembers where a call came through, and tells the caller of a forward where it rang already.
    private mutating func pass(_ through: [Placement], _ serial: UInt64, _ desk: inout Desk) {
        guard !through.isEmpty, case .ringing(let ringing)? = self[serial]?.phase else { return }
        for placement in through { note(placement, serial) }
        if ringing.isAnnounced, through.contains(where: { !$0.isOfGroup }) { announceForward(serial, &desk) }
    }

    /// Remembers a step of a call's way, for its record and for what lets it be.
    mutating func note(_ placement: Placement, _ serial: UInt64) {
        updateRinging(serial) { $0.forwards.append(placement) }
        guard let step = placement.step else { return }
        self[serial]?.record.path.append(step)
        if let number = step.from.number { self[serial]?.record.forwardedBy.append(number) }
    }

    /// A forward is set that may not be followed: people hear of it, the caller does not.
    private mutating func misled(_ refusal: CallRefusal, by owner: ExtensionNumber, _ desk: inout Desk) -> Refused {
        let event = SecurityEvent(
            at: desk.now.wall,
            kind: .forwardRefused,
            source: .machine,
            subject: .extension(owner),
            detail: refusal.reason
        )
        desk.turn.actions.append(.report(event))
        noteRefused(refusal, .forwarded, by: owner, &desk)
        var refused = Refused.forwarded(Refused(refusal))
        if refusal.status == 482 { refused = Refused(status: 482, outcome: .failed, reason: refusal.reason) }
        refused.isToldToCaller = false
        return refused
    }

    // MARK: Time

    /// Stops the phones whose time is over, and goes on.
    ///
    /// - Returns: Whether it did.
    mutating func leaveStop(_ serial: UInt64, _ ringing: Call.Ringing, _ desk: inout Desk) -> Bool {
        guard !routes.isEmpty, let ends = routes[serial]?.ends else { return false }
        guard ends <= desk.now.monotonic else {
            schedule(serial, at: ends)
            return false
        }
        routes[serial]?.ends = nil
        var isCalledBack = false
        for (index, branch) in ringing.branches.enumerated() where branch.status == nil {
            // Who called for help is rung as long as those who help wait.
            if branch.placement.isCallback {
                isCalledBack = true
                continue
            }
            desk.cancel(branch.key)
            finish(index, of: serial, 480, &desk)
        }
        if !goOn(serial, after: .noAnswer, &desk), !isCalledBack { refuse(serial, .noAnswer, &desk) }
        return true
    }

    /// Remembers when somebody talked, where it counts.
    mutating func noteTalk(_ endpoint: Endpoint, _ desk: inout Desk) {
        guard let number = endpoint.participant.number, desk.snapshot.outside.routing.idlers.contains(number) else {
            return
        }
        lastTalks[number] = desk.now.monotonic
    }

    // MARK: Who is there

    private func scene(for route: Route, _ desk: Desk) -> RouteScene {
        var presence: [ExtensionNumber: Presence] = [:]
        for number in RoutingRules.asked(by: route, in: desk.snapshot.outside.routing) {
            let phones = desk.snapshot.devices(of: number)
            presence[number] = Presence(
                isReachable: phones.contains {
                    desk.registrar.bindings.ways(to: $0.username).contains { $0.flow.transport.isEncrypted }
                },
                isBusy: phones.contains { isBusy($0.username) },
                lastTalk: lastTalks[number]
            )
        }
        return RouteScene(
            desk.snapshot,
            by: desk.dialPlan,
            at: desk.now.wall,
            presence: presence,
            entropy: desk.entropy
        )
    }
}

extension Placement {
    /// Whether a group rings a member, or sends the call on.
    fileprivate var isOfGroup: Bool {
        if case .group? = step?.from { true } else { false }
    }
}

extension Call.Ringing {
    /// The part of it from a branch on: where it rings now.
    func since(_ branch: Int) -> Call.Ringing {
        var part = self
        part.branches.removeFirst(min(branch, part.branches.count))
        return part
    }

    /// How it went where it rang last.
    var ending: RouteEnding {
        let statuses = branches.compactMap { $0.isForwarded ? nil : $0.status }
        if statuses.contains(where: { $0 == 486 || $0 >= 600 && $0 != 606 }) { return .busy }
        if statuses.contains(480) { return .noAnswer }
        return statuses.contains(408) || statuses.isEmpty ? .unreachable : .failed
    }
}

extension Refused {
    /// What a caller is told of a stop that another one led to, which is nobody's matter.
    static func ofStop(_ refused: Refused, _ stop: Call.Ringing) -> Refused {
        guard stop.branches.contains(where: { $0.placement.step != nil }) else { return refused }
        var refused = refused
        refused.isToldToCaller = false
        return refused
    }

    fileprivate init(_ ending: RouteEnding) {
        switch ending {
        case .busy: self.init(status: 486, outcome: .busy, reason: "everybody who could take it is in a call")
        case .noAnswer: self = .noAnswer
        case .unreachable, .failed: self = .unreachable
        }
    }

    /// What the plan of the business does not let be.
    fileprivate init(stopped refusal: CallRefusal) {
        let outcome: CallOutcome =
            switch refusal.status {
            case 486: .busy
            case 480, 482: .failed
            default: .refused
            }
        self.init(status: refusal.status, outcome: outcome, control: refusal.control, reason: refusal.reason)
    }
}
