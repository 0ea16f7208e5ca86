// SPDX-License-Identifier: Apache-2.0

import Guard
public import Model

/// What comes in for trunks from elsewhere than their providers.
extension Switchboard {
    /// Where the providers are and how they do, for people.
    public func trunks(at now: Moment) -> [TrunkSummary] { desk.trunks.summaries(at: now) }

    /// Takes up the books of earlier runs: what was spent is spent, and what was reserved and not seen to end is.
    ///
    /// - Parameter charges: Of the last week and a day, in any order.
    public mutating func takeUp(_ charges: [LegCharge], _ turn: inout Turn) {
        begin(&turn)
        defer { finish(&turn) }
        desk.gate = PaidCallGate(
            desk.snapshot,
            kept: charges,
            seed: (desk.entropy.next(), desk.entropy.next()),
            at: desk.ledgerMoment
        )
    }

    /// Says whether the business is open by its hours.
    public mutating func setOpen(_ isOpen: Bool) { desk.isOpen = isOpen }

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
