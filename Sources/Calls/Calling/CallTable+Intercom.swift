// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP

/// A call that one phone of its callee is to answer by itself, and what phones are told about answering.
extension CallTable {
    /// Rings one phone of an extension that nobody talks at. No setting sends such a call elsewhere.
    ///
    /// - Returns: Why that cannot be; `nil` when it is on its way.
    mutating func speakInto(_ serial: UInt64, _ placement: Placement, _ desk: inout Desk) -> Refused? {
        guard let call = self[serial], let callee = placement.target.number else { return .unreachable }
        guard !desk.snapshot.devices(of: callee).contains(where: { isBusy($0.username) }) else {
            return Refused(status: 486, outcome: .busy, reason: "extension \(callee) is in a call")
        }
        guard ring(serial, placement, only: nil, &desk) else { return .unreachable }
        let event = SecurityEvent(
            at: desk.now.wall,
            kind: .intercomUsed,
            source: call.incoming.map { .address($0.flow.remote.ip) } ?? .machine,
            subject: .extension(callee),
            detail: "\(call.caller.participant) called extension \(callee) by intercom; its phone answers by itself"
        )
        desk.turn.actions.append(.report(event))
        return nil
    }
}

/// Whether a phone may answer without a person (RFC 5373 §4).
enum AnswerMode: Sendable {
    case auto, manual
}

extension Desk {
    /// Nothing for calls of people to people: their phones do as they are set.
    func writeAnswerMode(_ mode: AnswerMode?, into writer: inout MessageWriter) {
        switch mode {
        case nil: break
        case .manual: writer.field(named: "Answer-Mode", "Manual".utf8)
        case .auto:
            writer.field(named: "Answer-Mode", "Auto".utf8)
            // What desk phones know beside it.
            writer.field(named: "Call-Info", "<sip:\(snapshot.domain.text)>;answer-after=0".utf8)
            writer.field(named: "Alert-Info", "<http://\(snapshot.domain.text)>;info=alert-autoanswer;delay=0".utf8)
        }
    }

    /// What is judged in the place of what was dialled.
    func meaning(of dialled: String, at number: ExtensionNumber) -> String {
        SpeedDialRules.meaning(of: dialled, at: number, in: snapshot.outside.routing, by: dialPlan)
    }
}
