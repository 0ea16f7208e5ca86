// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

@Suite("Codes by which phones have something changed")
struct FeatureCodeTests {
    /// 101 has dialled a code.
    private struct Scene {
        var office: Office
        var phone: Phone
        let heard: [Message]

        init(_ code: String, sdp: String = SDP.offer()) throws {
            var (office, phone, _) = try Office.withPhones()
            let target = "sip:\(code)@\(Office.domain)"
            let fields = ["Contact: <\(phone.contact)>"]
            heard = try phone.ask(&office, "INVITE", to: target, callID: "code-1", extra: fields, body: sdp)
            (self.office, self.phone) = (office, phone)
        }

        mutating func news() -> [Message] { office.received(on: phone.flow) }
    }

    @Test func `it is asked for by its credential, answered when it is stored, and hung up`() throws {
        var scene = try Scene("*78")
        #expect(scene.heard.map(\.status) == [100], "stored before answered")
        let ask = try #require(scene.office.asks.last?.ask)
        #expect(ask.request == .quiet(true) && ask.phone.username == "phone-101-000001")
        #expect("\(ask.source)" == "192.0.2.50" && scene.office.asks.count == 1)
        try scene.office.change([])
        let answer = try #require(scene.news().last)
        #expect(answer.status == 200)
        let ack = scene.phone.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
        scene.office.deliver(ack, on: scene.phone.flow)
        scene.office.wait(.seconds(2))
        #expect(scene.news().last?.method == .bye)
        let record = try #require(scene.office.record())
        #expect(
            record.dialled == "*78" && record.callee == .service(.feature(.quiet(true)))
                && record.reason == "it is done"
        )
    }

    @Test func `what is not allowed is refused with the reason`() throws {
        var scene = try Scene("*21*102")
        let refusal = CallRefusal(status: 403, control: nil, reason: "extension 101 may not forward its calls")
        try scene.office.change([], refusing: refusal)
        let answer = try #require(scene.news().last)
        #expect(answer.status == 403 && answer.text(.warning).contains("may not forward"))
    }

    @Test func `nobody waits for ever, and what comes late changes no call`() throws {
        var scene = try Scene("*45")
        scene.office.wait(.seconds(6))
        #expect(scene.news().last?.status == 480)
        try scene.office.change([])
        #expect(scene.news().isEmpty)
    }

    @Test func `the ninth at a time is told that it is busy, and nothing is changed for it`() throws {
        var (office, first, second) = try Office.withPhones()
        for number in 0..<8 {
            var phone = number < 4 ? first : second
            #expect(try phone.call(&office, "*78", callID: "code-\(number)").map(\.status) == [100])
            (first, second) = number < 4 ? (phone, second) : (first, phone)
        }
        #expect(office.asks.count == 8)
        #expect(try first.call(&office, "*79", callID: "ninth").last?.status == 486)
        #expect(office.asks.count == 8, "nobody was asked")
    }

    @Test func `a caller who hangs up before is not answered`() throws {
        var scene = try Scene("*79")
        let invite = try #require(scene.heard.first)
        _ = invite
        scene.office.disconnect(scene.phone.flow)
        try scene.office.change([])
        #expect(scene.office.switchboard.calls().isEmpty)
    }

    @Test func `without encryption nothing is asked`() throws {
        let scene = try Scene("*78", sdp: SDP.offer(profile: "RTP/AVP", crypto: []))
        #expect(scene.heard.last?.status == 488 && scene.office.asks.isEmpty)
    }

    @Test(arguments: ["*0", "*7", "*99", "*78*1", "*21*", "*45*x", "*28*2"])
    func `what is no code is no number either`(_ code: String) throws {
        let scene = try Scene(code)
        #expect(scene.heard.last?.status == 404 && scene.office.asks.isEmpty, "\(code)")
    }

    @Test(arguments: ["*78", "*21*102", "*28*1"]) func `nobody outside has anything changed`(_ code: String) throws {
        var scene = try OutsideScene()
        #expect(scene.bring(to: code).last?.status == 404)
        #expect(scene.office.asks.isEmpty)
    }
}
