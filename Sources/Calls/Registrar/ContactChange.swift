// SPDX-License-Identifier: Apache-2.0

import SIP

/// What a REGISTER asks of one contact.
struct ContactChange: Sendable {
    /// Where its URI stands in the request.
    let contact: ByteRange
    let outbound: OutboundContact
    /// The binding it has.
    let known: UInt64?
    /// 0 removes.
    let seconds: UInt32
}
