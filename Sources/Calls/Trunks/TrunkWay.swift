// SPDX-License-Identifier: Apache-2.0

import Model
import SIP

/// How a call leaves over a trunk now: over this connection and no other.
struct TrunkWay: Sendable {
    let flow: Flow
    let trunk: Trunk
    /// Where we are for the provider, as the value of a Contact: `<sip:user@pbx.example:5061;transport=tls>`.
    let contact: String
    /// What stands behind the `@` of a Request-URI, From and To at the provider: its domain.
    let host: String
    /// The values of a Route for a request outside of a dialog (RFC 3608 §5), in order; most providers name none. They are
    /// only said: what is sent goes over the flow.
    let serviceRoute: [String]
}

/// A request of the table for the transaction layer, which it does not know.
struct TrunkRequest: Sendable {
    let key: BranchKey
    let method: Method
    let bytes: [UInt8]
    let purpose: RequestClient.Purpose
    let flow: Flow
}
