// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import Testing

/// 101 called 102, who has picked up. The caller has our 200 and has not confirmed it: RFC 5407 §2 calls this Moratorium.
struct AnsweredScene {
    var office: Office
    var caller: Phone
    var callee: Phone
    /// The INVITE of the caller, as text.
    let asked: String
    /// The INVITE that the callee got.
    let invite: Message
    /// The 200 that the caller got.
    let answer: Message

    /// - Parameter sdp: Empty to leave the offer to the switchboard.
    init(sdp: String = SDP.offer()) throws {
        (office, caller, callee) = try Office.withPhones()
        let target = "sip:102@\(Office.domain)"
        let contact = "Contact: <\(caller.contact)>"
        office.deliver(
            caller.request("INVITE", to: target, callID: "call-1", extra: [contact], body: sdp),
            on: caller.flow
        )
        let challenge = try #require(office.received(on: caller.flow).last)
        let proof = try caller.authorization(for: challenge, method: "INVITE", uri: target)
        asked = caller.request("INVITE", to: target, callID: "call-1", extra: [contact, proof], body: sdp)
        office.deliver(asked, on: caller.flow)
        invite = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        answer = try #require(office.received(on: caller.flow).last)
        #expect(answer.status == 200)
        #expect(office.received(on: callee.flow).map(\.method) == [.ack])
    }

    var isStanding: Bool { !office.switchboard.calls().isEmpty }

    /// The caller says something in the dialog; what it hears.
    mutating func callerSays(_ method: String, sdp: String = "") -> [Message] {
        office.deliver(caller.inDialog(method, of: answer, sdp: sdp), on: caller.flow)
        return heard(by: \.caller)
    }

    /// The callee says something in the dialog; what it hears.
    mutating func calleeSays(_ method: String, extra: [String] = [], sdp: String = "") -> [Message] {
        office.deliver(callee.inDialog(method, from: invite, extra: extra, sdp: sdp), on: callee.flow)
        return heard(by: \.callee)
    }

    /// The caller confirms an answer: the first one, or that to a change.
    mutating func confirm(_ response: Message? = nil, sdp: String = "") throws {
        let sequence = try (response ?? answer).cseq().number
        office.deliver(caller.inDialog("ACK", of: answer, sequence: sequence, sdp: sdp), on: caller.flow)
    }

    mutating func heard(by phone: KeyPath<Self, Phone>) -> [Message] { office.received(on: self[keyPath: phone].flow) }

    /// The CANCEL of the caller's INVITE (RFC 3261 §9.1).
    var cancellation: String { Self.cancellation(of: asked) }

    static func cancellation(of invite: String) -> String {
        let lines = invite.split(separator: "\r\n").map(String.init)
        let kept = lines.filter { line in
            ["Via", "From", "To", "Call-ID", "Max-Forwards"].contains { line.hasPrefix($0 + ":") }
        }
        let first = lines.first?.replacing("INVITE", with: "CANCEL") ?? ""
        let sequence = lines.first { $0.hasPrefix("CSeq: ") }?.replacing("INVITE", with: "CANCEL") ?? ""
        return ([first] + kept + [sequence, "Content-Length: 0"]).joined(separator: "\r\n") + "\r\n\r\n"
    }
}
