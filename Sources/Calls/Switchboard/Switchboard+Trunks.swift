// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model

/// What comes in for trunks from elsewhere than their providers.
extension Switchboard {
    /// What calls to the outside are decided by at this moment, for an audit.
    public var outside: OutsideSettings { desk.snapshot.outside }

    /// Where the providers are and how they do, for people.
    public func trunks(at now: Moment) -> [TrunkSummary] { desk.trunks.summaries(at: now) }

    /// Every connection of a provider, with whether we opened it, for people.
    public func trunkConnections() -> [(flow: FlowID, trunk: TrunkName, isOurs: Bool)] { desk.trunks.connections }

    /// Takes up the books of earlier runs: what was spent is spent, and what was reserved and not seen to end is.
    ///
    /// - Parameter charges: Of the last week and a day, in any order.
    public mutating func takeUp(_ charges: [LegCharge], _ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        desk.openGate(charges)
    }

    /// Goes on from what an earlier run has counted of calls outside.
    ///
    /// - Parameter counted: `nil` where it could not be read: people are told.
    public mutating func takeUp(_ counted: CountedCalls?, _ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        desk.takeUp(counted)
    }

    /// A copy of what decides about calls outside, to keep what it has counted; `nil` while there is no trunk.
    public var gate: PaidCallGate? { desk.gate }

    /// Now, as the gate needs it.
    public func ledgerMoment(at now: Moment) -> LedgerMoment {
        LedgerMoment(now: now.monotonic, wall: now.wall, isOpen: desk.isDay)
    }

    /// How every budget for calls outside stands that anything was taken from, for people.
    public mutating func standings(at now: Moment) -> [SpendStanding] {
        let moment = LedgerMoment(now: now.monotonic, wall: now.wall, isOpen: desk.isDay)
        return desk.gate?.standings(at: moment) ?? []
    }

    /// Whose calls outside are stopped because of how they call, for people.
    public mutating func stops(at now: Moment) -> [PatternFinding] { desk.gate?.stops(at: now.monotonic) ?? [] }

    /// Lets somebody call again, for an operator.
    ///
    /// - Returns: Whether they were stopped.
    public mutating func release(_ subject: PatternFinding.Subject, at now: Moment) -> Bool {
        desk.gate?.release(subject, at: now.monotonic) ?? false
    }

    /// A copy of the last gate before a trunk, to try calls on: what is done with it changes nothing here.
    ///
    /// - Returns: `nil` where there is no price for them.
    public func stage(for rehearsal: CallRehearsal, at now: Moment) -> RehearsalStage? {
        let moment = LedgerMoment(now: now.monotonic, wall: now.wall, isOpen: desk.isDay)
        return RehearsalStage(desk.gate, for: rehearsal, in: desk.snapshot, at: moment)
    }

    /// Begins to connect the trunks: not before there is somebody to do it.
    public mutating func startTrunks(_ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        desk.trunks.apply(desk.snapshot.outside, &desk.turn)
    }

    /// Where a provider is, first choice first, or why that is not known.
    public mutating func resolved(
        _ attempt: TrunkAttempt,
        _ outcome: Result<[TrunkServer], TrunkFailure>,
        _ turn: inout Turn
    ) {
        begin(&turn)
        defer { finish(&turn) }
        desk.trunks.resolved(attempt, outcome, &desk.turn)
    }

    /// A connection to a provider stands, and who is there was verified.
    public mutating func connected(_ attempt: TrunkAttempt, _ flow: Flow, _ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        desk.trunks.connected(attempt, flow, &desk.turn)
    }

    /// There is no connection to a provider, and none is open that was begun for it.
    public mutating func connectFailed(_ attempt: TrunkAttempt, _ failure: TrunkFailure, _ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        desk.trunks.connectFailed(attempt, failure, &desk.turn)
    }

    /// Tries a trunk at once that would have been tried later, because somebody has put something right.
    public mutating func retryTrunk(_ name: TrunkName, _ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        desk.trunks.retry(name, at: desk.now)
    }
}
