// SPDX-License-Identifier: Apache-2.0

/// How a call came to leave by a trunk.
enum Route: String, CaseIterable {
    case dialled
    /// A program placed it, with a key of the business.
    case program
    /// A form on a web page asked to be called back.
    case callbackForm = "callback-form"
    case forwarded
    case blindTransfer = "blind-transfer"
    case attendedTransfer = "attended-transfer"
    /// A mailbox that calls on.
    case voicemail
    case disa
}
