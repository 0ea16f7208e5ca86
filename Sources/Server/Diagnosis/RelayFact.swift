// SPDX-License-Identifier: Apache-2.0

import Admin
import Calls
import Model

extension Finding {
    /// Whether every relay belongs to a call and every call has its relay. What does not fit is closed or ended within
    /// seconds, so that a difference that stays is a fault of ours.
    init(_ figures: RelayFigures) {
        let isWell = figures.strays == 0 && figures.silent == 0
        self.init(
            "relays",
            of: "relays",
            isWell: isWell,
            finding:
                "\(figures.calls) calls with audio, \(figures.open) relays when they were last counted, \(figures.strays) of them of no "
                + "call, \(figures.silent) calls without one; since the start \(figures.closed) relays of no call were "
                + "closed and \(figures.ended) calls ended for want of one",
            remedy: isWell ? nil : "look again in a few seconds; if it stays, restart the server and report it"
        )
    }
}
