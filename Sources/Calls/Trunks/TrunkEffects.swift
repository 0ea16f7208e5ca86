// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// What trunks hand out besides actions, and what they are numbered with.
struct TrunkEffects: Sendable {
    let settings: SwitchboardSettings
    let entropy: Entropy
    private var lastSerial: UInt64 = 0
    /// To be sent in transactions.
    var requests: [TrunkRequest] = []
    /// Whose each connection is: those that we opened, until they are gone.
    var flows: [FlowID: TrunkName] = [:]
    /// Those that somebody calls for help over: whatever is changed, they last as long as that.
    var helping: Set<FlowID> = []

    init(settings: SwitchboardSettings, entropy: Entropy) { (self.settings, self.entropy) = (settings, entropy) }

    mutating func serial() -> UInt64 {
        lastSerial += 1
        return lastSerial
    }
}
