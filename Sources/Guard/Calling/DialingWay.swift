// SPDX-License-Identifier: Apache-2.0

/// How a call comes to leave the business. Whoever is named pays.
public enum DialingWay: String, CaseIterable, Hashable, Sendable, Codable {
    /// By a person at a phone.
    case dialled
    /// By a person, with a click; the phone rings first.
    case clicked
    /// By a setting of the extension or its phone, for a call that somebody else placed.
    case forwarded
    /// By a phone's 302, for a call that rang there (RFC 3261 §21.3).
    case redirected
    /// By a REFER (RFC 3515), blind or attended.
    case transferred
    /// By a call that comes back by itself: voicemail, a queue, a parked call.
    case calledBack = "called-back"
    case conferenced
    /// By a stranger who dialled in (DISA).
    case dialledIn = "dialled-in"
    /// By a program.
    case requested

    /// Whether it takes the right to send calls on, apart from that to dial.
    public var isOnward: Bool {
        switch self {
        case .dialled, .clicked, .conferenced, .requested: false
        case .forwarded, .redirected, .transferred, .calledBack, .dialledIn: true
        }
    }

    /// Whether the payer is on the line and can type a code or speak to somebody.
    public var canAnswer: Bool {
        switch self {
        case .dialled, .clicked: true
        case .forwarded, .redirected, .transferred, .calledBack, .conferenced, .dialledIn, .requested: false
        }
    }

    /// For people: "calls may not be forwarded to …".
    var participle: String {
        switch self {
        case .dialled, .clicked: "dialled"
        case .forwarded: "forwarded"
        case .redirected: "redirected"
        case .transferred: "transferred"
        case .calledBack: "called back"
        case .conferenced: "brought into a conference"
        case .dialledIn: "made from outside"
        case .requested: "made by a program"
        }
    }
}
