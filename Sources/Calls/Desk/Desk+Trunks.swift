// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// What trunks and transactions have to do with each other.
extension Desk {
    /// Does what is due for the trunks, and sends what they want to say.
    mutating func settleTrunks() {
        guard !trunks.isSettled(at: turn.now) else { return }
        for request in trunks.settle(&turn) {
            start(request.key, request.method, request.bytes, purpose: request.purpose, over: request.flow)
        }
    }
}
