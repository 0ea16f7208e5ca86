// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import Testing

@Suite("RFC 3261 §9: a CANCEL")
struct CancelTests {
    @Test func `the caller gives up while the phone rings`() throws {
        var (office, caller, callee) = try Office.withPhones()
        let cancel = try Self.cancel(&caller, &office)
        let invite = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(invite, 180), on: callee.flow)
        _ = office.received(on: caller.flow)
        office.deliver(cancel, on: caller.flow)
        #expect(office.received(on: caller.flow).map(\.status) == [200, 487])
        #expect(office.received(on: callee.flow).map(\.method) == [.cancel])
        #expect(office.record()?.outcome == .cancelled)
    }

    @Test func `a CANCEL waits for the phone's first word, and an answer that crosses it is released`() throws {
        var (office, caller, callee) = try Office.withPhones()
        let cancel = try Self.cancel(&caller, &office)
        let invite = try #require(office.received(on: callee.flow).first)
        office.deliver(cancel, on: caller.flow)
        #expect(office.received(on: callee.flow).isEmpty)
        office.deliver(callee.answer(invite, 180), on: callee.flow)
        #expect(office.received(on: callee.flow).map(\.method) == [.cancel])
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        #expect(office.received(on: callee.flow).map(\.method) == [.ack, .bye])
        #expect(office.media.isEmpty)
    }

    @Test func `S14 a CANCEL from another connection cancels nothing`() throws {
        var (office, caller, callee) = try Office.withPhones()
        let cancel = try Self.cancel(&caller, &office)
        _ = office.received(on: callee.flow)
        let stranger = try office.flow(from: "198.51.100.66:4444")
        office.deliver(cancel, on: stranger)
        #expect(office.received(on: stranger).map(\.status) == [481])
        #expect(office.switchboard.calls().count == 1)
    }

    /// Places a call to 102, and returns the CANCEL for it.
    private static func cancel(_ caller: inout Phone, _ office: inout Office) throws -> String {
        let target = "sip:102@\(Office.domain)"
        let contact = "Contact: <\(caller.contact)>"
        let offer = SDP.offer()
        let first = caller.request("INVITE", to: target, callID: "call-1", extra: [contact], body: offer)
        office.deliver(first, on: caller.flow)
        let challenge = try #require(office.received(on: caller.flow).last)
        let proof = try caller.authorization(for: challenge, method: "INVITE", uri: target)
        let invite = caller.request("INVITE", to: target, callID: "call-1", extra: [contact, proof], body: offer)
        office.deliver(invite, on: caller.flow)
        _ = office.received(on: caller.flow)
        let kept = invite.split(separator: "\r\n").filter { line in
            ["Via", "From", "To", "Call-ID", "Max-F"].contains { line.hasPrefix($0) }
        }
        let sequence = invite.split(separator: "\r\n").first { $0.hasPrefix("CSeq") }?.split(separator: " ")[1] ?? ""
        return
            (["CANCEL \(target) SIP/2.0"] + kept.map(String.init) + ["CSeq: \(sequence) CANCEL", "Content-Length: 0"])
            .joined(separator: "\r\n") + "\r\n\r\n"
    }
}
