// SPDX-License-Identifier: Apache-2.0

import Model

/// May somebody outside do more over a trunk than bring a call to a number of the business? Direct inward system access (DISA):
/// who calls in gets a line to call out with, and whoever has the line pays nothing for it (row T05).
///
/// It does not exist here, so no code, no header and no method opens it. Where a call comes to is for ``InboundRules``; this is
/// asked of everything else that comes over a trunk, and once more of every leg that is about to leave by one.
public enum DialInRules {
    /// What somebody outside asks for beside a call.
    public enum Asked: CaseIterable, Hashable, Sendable {
        /// Connecting who is on the line with somebody else (RFC 3515), in a call or out of one.
        case transfer
        /// Taking the place of somebody in a call (RFC 3891).
        case replacement
        /// Being one of the phones here.
        case registration
        case subscription
        case message
        case publication
    }

    public static func refusal(of asked: Asked) -> CallRefusal {
        CallRefusal(status: 403, control: .disa, reason: "nobody outside may ask for \(asked.words) over a trunk")
    }

    /// Why a call does not leave by a trunk; `nil` when it may, as far as who pays for it goes: a phone of the business does, and
    /// never who called from outside.
    public static func refusal(of placement: Placement) -> CallRefusal? {
        guard case .caller(let trunk) = placement.payer else { return nil }
        return CallRefusal(
            status: 403,
            control: .disa,
            reason: "a caller over trunk \(trunk) gets no line to the outside"
        )
    }
}

extension DialInRules.Asked {
    fileprivate var words: String {
        switch self {
        case .transfer: "a transfer"
        case .replacement: "the place of somebody in a call"
        case .registration: "a registration"
        case .subscription: "a subscription"
        case .message: "a message to somebody here"
        case .publication: "a publication"
        }
    }
}
