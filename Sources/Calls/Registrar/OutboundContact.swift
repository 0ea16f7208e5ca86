// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// Which phone a contact belongs to and which of its connections it is, by what the phone itself says (RFC 5626 §4.1).
struct OutboundContact: Sendable {
    /// What stands between the quotes of `+sip.instance`.
    let instance: ByteRange?
    /// `reg-id`. Only with an instance: alone it names nothing (§6).
    let number: UInt32?

    static let none = OutboundContact()

    private init() { (instance, number) = (nil, nil) }

    /// - Parameter isOutbound: Whether the phone says that it knows RFC 5626; without it, `reg-id` means nothing (§6).
    init(_ address: NameAddress, in request: Message, isOutbound: Bool) {
        guard let value = address.parameter(named: "+sip.instance", in: request),
            1...Limits.instanceBytes ~= value.count
        else {
            (instance, number) = (nil, nil)
            return
        }
        instance = value
        let digits = isOutbound ? address.parameter(named: "reg-id", in: request) : nil
        number = digits.flatMap { UInt32(request.string($0)) }.flatMap { 1...UInt32(Int32.max) ~= $0 ? $0 : nil }
    }
}
