// SPDX-License-Identifier: Apache-2.0

import Model

/// What comes in for trunks from elsewhere than their providers.
extension Switchboard {
    /// Where the providers are and how they do, for people.
    public func trunks(at now: Moment) -> [TrunkSummary] { desk.trunks.summaries(at: now) }

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
}
