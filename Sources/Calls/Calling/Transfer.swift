// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// A transfer that a phone asked for and that is not decided yet, by the call that is to be transferred.
struct Transfer: Sendable {
    /// The side of the phone that asked.
    let referrer: Side
    let party: Party
    /// The call that rings the target.
    let ringing: UInt64
    /// Of the REFER, for all but the first one of a dialog (RFC 3515 §2.4.6).
    let eventID: UInt32?
    /// The phone does not want to hear how it went (RFC 4488).
    let isSilent: Bool
    /// The dialog with the phone, once it has hung up: what is left of it only carries NOTIFYs.
    var farewell: (dialog: Dialog, flow: Flow)?
}

/// How far an offer to a phone that has a new partner is.
enum Introduction: Sendable {
    /// This phone only: its partner's formats are settled.
    case last
    /// When this one has answered, its partner gets an offer with what it chose.
    case first
    /// This phone only: its partner stays, and uses other formats or another direction now.
    case change
    /// This phone only: its partner is gone for now, and it waits.
    case hold

    /// Whether a phone that does not take it can stay as it is.
    var isOfSelf: Bool {
        switch self {
        case .last, .first: false
        case .change, .hold: true
        }
    }
}

extension Call {
    /// Whether a Replaces names the dialog of a caller that waits for an answer.
    func isAsked(by replaces: Replaces) -> Bool {
        guard case .ringing = phase, let incoming, let callID = try? incoming.request.callID(),
            let from = try? incoming.request.from().tag
        else { return false }
        return incoming.request.bytes(callID).elementsEqual(replaces.callID)
            && replaces.toTag.elementsEqual(incoming.tag.utf8)
            && incoming.request.bytes(from).elementsEqual(replaces.fromTag)
    }
}
