// SPDX-License-Identifier: Apache-2.0

/// Something that is no outgoing call, but that the phone system sees.
struct Circumstance {
    enum Kind {
        /// A call from outside rang; `caller` is E.164 without the plus.
        case inbound(extension: Int, caller: String, rang: Int, isAnswered: Bool)
        /// A phone registered from somewhere it was not before.
        case registered(extension: Int, from: Origin)
        /// The password of an extension was changed or shown.
        case credentialChanged(extension: Int)
        /// An extension forwards its calls to an outside number from now on.
        case forwardingSet(extension: Int, target: Destination)
        case forwardingCleared(extension: Int)
        /// Somebody tried to open a mailbox from outside.
        case mailboxLogin(extension: Int, isRight: Bool)
    }

    var time: Instant
    var kind: Kind
}
