// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import Testing

@Suite("RFC 3261 §8.1.1.8 and §12.1.1: an INVITE without a usable Contact")
struct ContactTests {
    static let unusable: [[String]] = [
        [], ["Contact: <tel:+4420000000>"], ["Contact: <http://192.0.2.50/>"],
        ["Contact: <sip:a@192.0.2.50>, <sip:b@192.0.2.50>"],
        ["Contact: <sip:a@192.0.2.50>", "Contact: <sip:b@192.0.2.50>"], ["Contact: <\(long)>"],
    ]
    /// No request of ours has room for it in its first line.
    private static let long = "sip:\(String(repeating: "a", count: 3_000))@192.0.2.50"

    @Test(arguments: unusable)
    func `is refused before anybody rings, and leaves nothing behind`(fields: [String]) throws {
        var (office, caller, callee) = try Office.withPhones()
        let target = "sip:102@\(Office.domain)"
        let extra = ["Supported: 100rel"] + fields
        let answers = try caller.ask(&office, "INVITE", to: target, extra: extra, body: SDP.offer())
        #expect(answers.map(\.status) == [400])
        #expect(office.received(on: callee.flow).isEmpty)
        #expect(office.records.isEmpty)
        let figures = office.switchboard.figures
        #expect(figures.calls == 0 && figures.transactions == 0)
    }

    @Test func `tells a stranger no more than any other`() throws {
        var office = try Office()
        var stranger = try Phone("phone-101-000001", in: &office)
        let target = "sip:102@\(Office.domain)"
        office.deliver(stranger.request("INVITE", to: target, body: SDP.offer()), on: stranger.flow)
        #expect(office.received(on: stranger.flow).map(\.status) == [401])
    }

    @Test func `a phone that answers with one too long is asked where it was called, when its session is due`() throws {
        var (office, caller, callee) = try Office.withPhones()
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        let timer = ["Require: timer", "Session-Expires: 90;refresher=uac", "Allow: INVITE, ACK, BYE"]
        let answer = callee.answer(invite, 200, extra: timer, sdp: SDP.answer(to: invite))
            .replacing("Contact: <\(callee.contact)>", with: "Contact: <\(Self.long)>")
        office.deliver(answer, on: callee.flow)
        let answered = try #require(office.received(on: caller.flow).last)
        office.deliver(caller.inDialog("ACK", of: answered, sequence: try answered.cseq().number), on: caller.flow)
        office.discard(.ack, on: callee.flow)
        office.wait(.seconds(46))
        let refresh = try #require(office.received(on: callee.flow).last { $0.method == .invite })
        #expect(refresh.string(refresh.requestURI) == callee.contact)
    }
}
