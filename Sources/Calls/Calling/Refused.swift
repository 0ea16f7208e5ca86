// SPDX-License-Identifier: Apache-2.0

import Guard
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

    /// Why its body holds no media description; the response says what would.
    var body: UnreadableBody?

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
    static let busyService = Refused(
        status: 486,
        outcome: .busy,
        reason: "as many calls as may be are with the server itself"
    )
    static let tooManyHops = Refused(status: 483, outcome: .refused, reason: "it has passed through too many systems")
    static let unreachable = Refused(
        status: 480,
        outcome: .unreachable,
        reason: "no phone of the extension is registered"
    )
    static let noTrunk = {
        var refused = Refused(
            status: 503,
            outcome: .unreachable,
            reason: "no provider can be reached, or every line to one is in use"
        )
        refused.warning = .other
        return refused
    }()
    static let noPlainPort = {
        var refused = Refused(
            status: 503,
            outcome: .unreachable,
            reason: "every port for calls over trunks without encryption is in use, or there is none"
        )
        refused.warning = .other
        return refused
    }()
    static let noAnswer = Refused(status: 480, outcome: .noAnswer, reason: "nobody answered")
    static let cancelled = Refused(status: 487, outcome: .cancelled, reason: "the caller hung up before an answer")
    static let notAcknowledged = Refused(
        status: 504,
        outcome: .failed,
        reason: "the caller's phone did not confirm what it was told"
    )

    /// What the rules of ``Guard`` do not let be.
    init(_ refusal: CallRefusal, offer: SessionDescription? = nil) {
        let (status, control) = (refusal.status, refusal.control)
        self.init(status: status, outcome: .refused, control: control, reason: refusal.reason, offer: offer)
    }

    /// Why it is not answered though the disk did not take its record.
    init(unrecorded refusal: CallRefusal) {
        self.init(
            status: refusal.status,
            outcome: .failed,
            control: refusal.control,
            reason: refusal.reason
        )
    }
}

extension Desk {
    /// The reason for the person at the phone, where there is one to tell (RFC 3261 §20.43).
    private func warning(of refused: Refused) -> String? {
        guard refused.isToldToCaller, let kind = refused.warning ?? refused.control.map({ _ in .other }) else {
            return nil
        }
        let host = settings.hostNames.first ?? snapshot.domain.text
        let reason = refused.reason.replacing("\"", with: "'")
        return "\(kind.rawValue) \(host) \"\(refused.control.map { "\(reason) [\($0.rawValue)]" } ?? reason)\""
    }

    /// What a refusal says to a person and to a phone.
    func explain(_ refused: Refused, into writer: inout MessageWriter) {
        Self.explain(refused, warning(of: refused), into: &writer)
    }

    private static func explain(_ refused: Refused, _ warning: String?, into writer: inout MessageWriter) {
        if let warning { writer.field(.warning, warning) }
        switch refused.body {
        case .otherType: writer.field(.accept, accepted)
        case .encoded: writer.field(named: "Accept-Encoding", "identity".utf8)
        case nil: break
        }
    }

    /// Refuses a request outside of an INVITE transaction.
    mutating func respond(_ refused: Refused, to request: Message, on flow: Flow) {
        let warning = warning(of: refused)
        respond(refused.status, to: request, on: flow) { Self.explain(refused, warning, into: &$0) }
    }
}

extension Refused {
    init(_ body: UnreadableBody) {
        let reason =
            switch body {
            case .otherType: "its body is not a media description"
            case .encoded: "its body is packed"
            }
        self.init(status: 415, outcome: .refused, reason: reason)
        self.body = body
    }

    init(_ failure: UnacceptableOffer) {
        switch failure {
        case .noCodec: self = .noCodec
        case .protected:
            self.init(status: 488, outcome: .refused, reason: "its audio asks for keys where there can be none")
        case .unprotected(let shortcoming):
            self.init(
                status: 488,
                outcome: .refused,
                control: .mediaEncryption,
                reason: CallAttempt.Media(shortcoming).refusal?.reason ?? ""
            )
        }
    }
}
