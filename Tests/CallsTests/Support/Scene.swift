// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import Testing

extension Office {
    /// An office with a registered phone each of 101, which calls, and of 102, which is called.
    static func withPhones(relays: Int = 16) throws -> (Office, caller: Phone, callee: Phone) {
        var office = try Office(relays: relays)
        var caller = try Phone("phone-101-000001", in: &office)
        var callee = try Phone("phone-102-000001", in: &office)
        try caller.register(&office)
        try callee.register(&office)
        return (office, caller, callee)
    }
}

/// An office in which 101 talks with 102, for what phones do in the middle of a call.
struct Scene {
    var office: Office
    var caller: Phone
    var callee: Phone
    /// The 200 that the caller got.
    let answer: Message
    /// The INVITE that the callee got.
    let invite: Message

    /// - Parameters:
    ///   - asking: Fields of the caller's INVITE.
    ///   - answering: Fields of the callee's 200.
    init(asking: [String] = [], answering: [String] = []) throws {
        (office, caller, callee) = try Office.withPhones()
        _ = try caller.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            callID: "call-1",
            extra: ["Contact: <\(caller.contact)>"] + asking,
            body: SDP.offer()
        )
        invite = try #require(office.received(on: callee.flow).first)
        let accepted = callee.answer(invite, 200, extra: answering, sdp: SDP.answer(to: invite))
        office.deliver(accepted, on: callee.flow)
        answer = try #require(office.received(on: caller.flow).last)
        office.deliver(caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number), on: caller.flow)
        _ = office.received(on: callee.flow)
    }

    /// Whether the call still stands.
    var isStanding: Bool { !office.switchboard.calls().isEmpty }

    /// The caller says something in the dialog; what it hears.
    mutating func callerSays(_ method: String, extra: [String] = [], sdp: String = "") -> [Message] {
        office.deliver(caller.inDialog(method, of: answer, extra: extra, sdp: sdp), on: caller.flow)
        return office.received(on: caller.flow)
    }

    /// The callee says something in the dialog; what it hears.
    mutating func calleeSays(
        _ method: String,
        sequence: UInt32? = nil,
        extra: [String] = [],
        sdp: String = ""
    ) -> [Message] {
        let request = callee.inDialog(method, from: invite, sequence: sequence, extra: extra, sdp: sdp)
        office.deliver(request, on: callee.flow)
        return office.received(on: callee.flow)
    }

    /// Lets time pass while both phones answer that they are still there.
    mutating func pass(seconds: Int) {
        for _ in 0..<seconds {
            office.wait(.seconds(1))
            for phone in [caller, callee] {
                for request in office.peek(on: phone.flow) where request.method == .options {
                    office.deliver(phone.answer(request, 200), on: phone.flow)
                }
                office.discard(.options, on: phone.flow)
            }
        }
    }
}

/// A call from 101 that rings at both phones of 102.
struct ForkedScene {
    var office: Office
    var caller: Phone
    var first: Phone
    var second: Phone
    /// The INVITEs that they got.
    let toFirst: Message
    let toSecond: Message

    init() throws {
        (office, caller, first) = try Office.withPhones()
        second = try Phone("phone-102-000002", in: &office)
        try second.register(&office)
        _ = try caller.call(&office, "102")
        toFirst = try #require(office.received(on: first.flow).first)
        toSecond = try #require(office.received(on: second.flow).first)
    }

    /// The second phone rings and the first one picks up.
    mutating func answerAtFirst() {
        office.deliver(second.answer(toSecond, 180), on: second.flow)
        office.deliver(first.answer(toFirst, 200, sdp: SDP.answer(to: toFirst)), on: first.flow)
    }
}

extension Message {
    /// The value of the first field of this name; empty without one.
    func text(_ name: HeaderName) -> String { first(name).map { string($0) } ?? "" }

    var bodyText: String { string(body) }
}
