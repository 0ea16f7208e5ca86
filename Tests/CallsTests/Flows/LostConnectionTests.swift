// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import Testing

@Suite("RFC 3261 §13.3.1.4, RFC 3263 §5, RFC 5626 §7: a connection that dies while an answer waits for its record")
struct LostConnectionTests {
    /// 102 has picked up; the record is not on disk yet.
    private static func answering() throws -> (Office, caller: Phone, callee: Phone, invite: Message) {
        var office = try Office()
        office.storesAtOnce = false
        var caller = try Phone("phone-101-000001", in: &office)
        var callee = try Phone("phone-102-000001", in: &office, from: "192.0.2.60:50000")
        try callee.register(&office)
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).last)
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        _ = office.received(on: callee.flow)
        return (office, caller, callee, invite)
    }

    @Test func `the caller's: the called phone is released and nobody is told over the dead connection`() throws {
        var (office, caller, callee, _) = try Self.answering()
        office.disconnect(caller.flow)
        #expect(office.received(on: callee.flow).map(\.method) == [.bye])
        office.store(ok: true)
        office.wait(.seconds(120))
        #expect(office.received(on: caller.flow).isEmpty)
        #expect(office.record()?.outcome == .cancelled)
        #expect(office.switchboard.figures.calls == 0)
    }

    @Test func `the called phone's: it may come back, and nothing is sent over the dead connection`() throws {
        var (office, caller, callee, _) = try Self.answering()
        let old = callee.flow
        office.disconnect(old)
        office.store(ok: true)
        let answer = try #require(office.received(on: caller.flow).last)
        #expect(answer.status == 200)
        office.deliver(caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number), on: caller.flow)
        callee.flow = try office.flow(from: "192.0.2.60:51000")
        try callee.register(&office)
        office.deliver(caller.inDialog("BYE", of: answer), on: caller.flow)
        #expect(office.received(on: callee.flow).map(\.method) == [.bye])
        #expect(office.received(on: old).isEmpty)
    }

    @Test func `both: the call is over and nothing is left`() throws {
        var (office, caller, callee, _) = try Self.answering()
        office.disconnect(callee.flow)
        office.disconnect(caller.flow)
        office.store(ok: true)
        office.wait(.seconds(120))
        #expect(office.received(on: callee.flow).isEmpty)
        #expect(office.received(on: caller.flow).isEmpty)
        #expect(office.switchboard.figures.calls == 0)
        #expect(office.switchboard.figures.transactions == 0)
    }
}
