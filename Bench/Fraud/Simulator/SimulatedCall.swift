// SPDX-License-Identifier: Apache-2.0

/// A call that was tried, and how far it came.
struct SimulatedCall {
    enum State { case asked(Question, Rule), ringing, up(since: Instant), over }

    var planned: PlannedCall
    /// The line of the attack that placed it; `nil` for a call of the business.
    var line: Int?
    var state: State

    var isOver: Bool {
        if case .over = state { true } else { false }
    }
}
