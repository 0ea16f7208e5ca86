// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// Another request of ours on its way.
struct RequestClient: Sendable {
    enum Purpose: Sendable {
        /// Whatever the answer is, nothing depends on it.
        case farewell
        /// The PRACK for a phone that rings: of this call, and its branch.
        case acknowledgement(call: UInt64, branch: Int)
        /// The BYE of this dialog.
        case goodbye(DialogKey)
        /// Asks a silent phone whether it is still there.
        case probe(DialogKey)
        /// Tells a subscriber something.
        case notification(UInt64)
        /// Keeps the session of this dialog alive by UPDATE (RFC 4028 §7.4).
        case refresh(DialogKey)
        /// The REGISTER of a trunk with this serial number.
        case registration(UInt64)
        /// The OPTIONS of a trunk with this serial number.
        case health(UInt64)

        /// The dialog that its answer says something about.
        var dialog: DialogKey? {
            switch self {
            case .farewell, .acknowledgement, .goodbye, .notification, .registration, .health: nil
            case .probe(let dialog), .refresh(let dialog): dialog
            }
        }
    }

    let purpose: Purpose
    let method: Method
    let flow: Flow
    var transaction: NonInviteClientTransaction
    /// Whether it is to be forgotten as soon as its end is dealt with.
    var isOver = false

    var keptBytes: Int { transaction.keptBytes }
}
