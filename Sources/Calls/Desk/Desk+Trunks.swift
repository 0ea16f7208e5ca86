// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// What trunks and transactions have to do with each other.
extension Desk {
    /// Does what is due for the trunks, and sends what they want to say.
    ///
    /// - Parameter helping: Connections that somebody calls for help over.
    mutating func settleTrunks(keeping helping: Set<FlowID>) {
        for request in trunks.settle(keeping: helping, &turn) {
            start(request.key, request.method, request.bytes, purpose: request.purpose, over: request.flow)
        }
    }
}
