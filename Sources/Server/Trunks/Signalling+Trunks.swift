// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives

/// What people want to know of trunks.
extension Signalling {
    func trunks() -> [TrunkSummary] { loop.switchboard.trunks(at: SystemClock.now) }

    func trunk(_ name: TrunkName) -> TrunkSummary? { trunks().first { $0.name == name } }

    /// Begins to try the way to help over a trunk.
    func tryHelp(over name: TrunkName) -> HelpTrialStart {
        loop.turn.begin(at: SystemClock.now)
        let start = loop.switchboard.tryHelp(over: name, &loop.turn)
        loop.carryOut()
        loop.endTurn()
        return start
    }

    /// Tries a trunk at once that would have been tried later.
    func retry(_ name: TrunkName) -> TrunkSummary? {
        loop.turn.begin(at: SystemClock.now)
        loop.switchboard.retryTrunk(name, &loop.turn)
        loop.carryOut()
        loop.endTurn()
        return trunk(name)
    }
}
