// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

/// A call from 101 that rings at one phone of 102.
struct RingingScene {
    var office: Office
    var caller: Phone
    var callee: Phone
    /// The INVITE that the callee got.
    let invite: Message
    private let called: Message
    private var rseq = 40

    /// - Parameter fields: Of the caller's INVITE.
    init(_ fields: [String] = [], sdp: String = SDP.offer()) throws {
        (office, caller, callee) = try Office.withPhones()
        let extra = ["Contact: <\(caller.contact)>"] + fields
        let target = "sip:102@\(Office.domain)"
        let trying = try caller.ask(&office, "INVITE", to: target, callID: "call-1", extra: extra, body: sdp)
        called = try #require(trying.last)
        invite = try #require(office.received(on: callee.flow).first)
    }

    /// The callee says something provisional; what the caller hears.
    mutating func progress(
        _ status: Int,
        reliably: Bool = false,
        rseq number: Int? = nil,
        sdp: String = ""
    ) -> [Message] {
        if reliably, number == nil { rseq += 1 }
        let extra = reliably ? ["Require: 100rel", "RSeq: \(number ?? rseq)"] : []
        office.deliver(callee.answer(invite, status, extra: extra, sdp: sdp), on: callee.flow)
        return office.received(on: caller.flow)
    }

    /// The callee picks up; what the caller hears.
    mutating func pickUp(sdp: String? = nil) -> [Message] {
        office.deliver(callee.answer(invite, 200, sdp: sdp ?? SDP.answer(to: invite)), on: callee.flow)
        return office.received(on: caller.flow)
    }

    /// The caller acknowledges a provisional response; what it hears.
    mutating func prack(_ response: Message, rack: String? = nil, sdp: String = "") throws -> [Message] {
        let number = try response.cseq().number
        let extra = ["RAck: \(rack ?? "\(response.text(.rseq)) \(number) INVITE")"]
        office.deliver(caller.inDialog("PRACK", of: response, extra: extra, sdp: sdp), on: caller.flow)
        return office.received(on: caller.flow)
    }

    var relayed: [RelayCommand] { office.media }
}
