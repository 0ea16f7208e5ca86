// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import SIP

/// Why a call will not be, for the record and for the caller's phone.
struct Refused: Error, Sendable {
    let status: Int
    let outcome: CallOutcome
    var control: Control?
    let reason: String
    /// Whether the caller's phone is told the reason too, where a control refused.
    var isToldToCaller = true
    var offer: SessionDescription?
    /// What the Warning that tells the reason is about (RFC 3261 §20.43); `nil` where none is sent but by a control.
    var warning: Warning?

    /// Codes of RFC 3261 §20.43.
    enum Warning: Int, Sendable {
        case incompatibleFormat = 305
        case other = 399
    }

    init(status: Int, outcome: CallOutcome, control: Control? = nil, reason: String, offer: SessionDescription? = nil) {
        self.status = status
        self.outcome = outcome
        self.control = control
        self.reason = reason
        self.offer = offer
    }

    static let noAudio = Refused(status: 488, outcome: .refused, reason: "it offers no audio that we understand")
    static let noCodec = {
        var refused = Refused(
            status: 488,
            outcome: .refused,
            reason: "it offers no voice codec that we pass on: opus, G.722, PCMU or PCMA"
        )
        refused.warning = .incompatibleFormat
        return refused
    }()
    static let unknownBody = Refused(status: 415, outcome: .refused, reason: "its body is not a media description")
    static let tooManyHops = Refused(status: 483, outcome: .refused, reason: "it has passed through too many systems")
    static let unreachable = Refused(
        status: 480,
        outcome: .unreachable,
        reason: "no phone of the extension is registered"
    )
    static let noAnswer = Refused(status: 480, outcome: .noAnswer, reason: "nobody answered")
    static let cancelled = Refused(status: 487, outcome: .cancelled, reason: "the caller hung up before an answer")
    static let notAcknowledged = Refused(
        status: 504,
        outcome: .failed,
        reason: "the caller's phone did not confirm what it was told"
    )
    static let notStored = Refused(status: 503, outcome: .failed, reason: "its record could not be written to disk")
}

extension Switchboard {
    /// The reason for the person at the phone, where there is one to tell (RFC 3261 §20.43).
    func warning(of refused: Refused) -> String? {
        guard refused.isToldToCaller, let kind = refused.warning ?? refused.control.map({ _ in .other }) else {
            return nil
        }
        let host = settings.hostNames.first ?? snapshot.domain.text
        let reason = refused.reason.replacing("\"", with: "'")
        return "\(kind.rawValue) \(host) \"\(refused.control.map { "\(reason) [\($0.rawValue)]" } ?? reason)\""
    }

    /// Refuses a request outside of an INVITE transaction.
    mutating func respond(_ refused: Refused, to request: Message, on flow: Flow, _ turn: inout Turn) {
        let warning = warning(of: refused)
        respond(refused.status, to: request, on: flow, &turn) {
            if let warning { $0.field(.warning, warning) }
        }
    }
}
