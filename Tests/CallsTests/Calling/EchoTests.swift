// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

/// A leg to a service of our own: the same call, with nobody at the other end.
@Suite("RFC 7092 §3 and RFC 3261 §13.3: the echo test, *43")
struct EchoCallTests {
    private static let plain = SDP.offer(profile: "RTP/AVP", crypto: [])

    /// 101 has dialled.
    private struct Scene {
        var office: Office
        var phone: Phone
        let heard: [Message]

        init(sdp: String = SDP.offer(), extra: [String] = []) throws {
            var (office, phone, _) = try Office.withPhones()
            let target = "sip:*43@\(Office.domain)"
            let fields = ["Contact: <\(phone.contact)>"] + extra
            heard = try phone.ask(&office, "INVITE", to: target, callID: "echo-1", extra: fields, body: sdp)
            (self.office, self.phone) = (office, phone)
        }

        /// The 200.
        var answer: Message {
            get throws { try #require(heard.last { $0.status == 200 }) }
        }

        mutating func confirm(sdp: String = "") throws {
            let sequence = try answer.cseq().number
            office.deliver(phone.inDialog("ACK", of: try answer, sequence: sequence, sdp: sdp), on: phone.flow)
        }

        mutating func says(_ method: String, sdp: String = "", extra: [String] = []) throws -> [Message] {
            office.deliver(phone.inDialog(method, of: try answer, extra: extra, sdp: sdp), on: phone.flow)
            return office.received(on: phone.flow)
        }
    }

    @Test func `the server answers itself, has a record, and its relay says back what it hears`() throws {
        var scene = try Scene()
        #expect(scene.heard.map(\.status) == [100, 200])
        let answer = try scene.answer
        #expect(answer.bodyText.contains("RTP/SAVP 0 8 101\r\n") && answer.bodyText.contains("a=sendrecv\r\n"))
        guard case .open(_, .network(let leg), .echo)? = scene.office.media.last else {
            Issue.record("no relay with an echo")
            return
        }
        #expect(leg.receive != leg.send && leg.sends && leg.receives)
        let record = try #require(scene.office.record())
        #expect(record.callee == .service(.echo) && record.dialled == "*43" && record.outcome == .answered)
        #expect(record.callerProtection?.srtpSuite == "AES_CM_128_HMAC_SHA1_80" && record.calleeProtection == nil)
        try scene.confirm()
        #expect(scene.office.switchboard.calls().count == 1)
        #expect(try scene.says("BYE").map(\.status) == [200])
        #expect(scene.office.switchboard.calls().isEmpty)
        #expect(scene.office.record()?.outcome == .answered && scene.office.record()?.endedAt != nil)
        guard case .close? = scene.office.media.last else {
            Issue.record("the relay stays open")
            return
        }
    }

    @Test func `audio in the clear is refused as in any call`() throws {
        var scene = try Scene(sdp: Self.plain)
        #expect(scene.heard.map(\.status) == [100, 488])
        #expect(scene.heard.last?.text(.warning).contains("[media-encryption]") == true)
        #expect(scene.office.media.isEmpty && scene.office.record()?.control == .mediaEncryption)
        _ = scene.office.received(on: scene.phone.flow)
    }

    @Test func `a phone that leaves the offer to us answers it in its ACK`() throws {
        var scene = try Scene(sdp: "")
        let offer = try scene.answer
        #expect(offer.bodyText.contains("opus/48000/2") && scene.office.media.isEmpty)
        try scene.confirm(sdp: SDP.answer(to: offer))
        guard case .open(_, .network, .echo)? = scene.office.media.last else {
            Issue.record("no relay with an echo")
            return
        }
        #expect(scene.office.record()?.callee == .service(.echo))
    }

    @Test(arguments: ["INVITE", "UPDATE"]) func `it takes a hold and its end at once, and other codecs`(
        method: String
    ) throws {
        var scene = try Scene()
        try scene.confirm()
        for (direction, answered) in [("sendonly", "recvonly"), ("inactive", "inactive"), ("sendrecv", "sendrecv")] {
            let heard = try #require(try scene.says(method, sdp: SDP.offer(direction: direction)).last)
            #expect(heard.status == 200 && heard.bodyText.contains("a=\(answered)\r\n"))
            if method == "INVITE" {
                let ack = scene.phone.inDialog("ACK", of: try scene.answer, sequence: try heard.cseq().number)
                scene.office.deliver(ack, on: scene.phone.flow)
            }
        }
        let other = try #require(try scene.says(method, sdp: SDP.offer(formats: "8 101")).last)
        #expect(other.bodyText.contains("RTP/SAVP 8 101\r\n"))
    }

    @Test func `a phone that falls silent is asked, and one that is gone ends it`() throws {
        var scene = try Scene()
        try scene.confirm()
        scene.office.wait(.seconds(31))
        #expect(scene.office.received(on: scene.phone.flow).map(\.method) == [.options])
        scene.office.wait(.seconds(33))
        #expect(scene.office.switchboard.calls().isEmpty)
    }

    @Test func `a session that is not refreshed ends`() throws {
        var scene = try Scene(extra: ["Supported: timer", "Session-Expires: 200;refresher=uac"])
        #expect(try scene.answer.text(.sessionExpires) == "200;refresher=uac")
        try scene.confirm()
        for _ in 0..<200 where !scene.office.switchboard.calls().isEmpty {
            scene.office.wait(.seconds(1))
            for asked in scene.office.received(on: scene.phone.flow) where asked.method == .options {
                scene.office.deliver(scene.phone.answer(asked, 200), on: scene.phone.flow)
            }
        }
        #expect(scene.office.switchboard.calls().isEmpty)
        #expect(scene.office.record()?.reason == "a session was not refreshed in time")
    }

    @Test func `nobody is transferred to it, and nobody takes its place`() throws {
        var scene = try Scene()
        try scene.confirm()
        let refer = try scene.says("REFER", extra: ["Refer-To: <sip:102@\(Office.domain)>"])
        #expect(refer.map(\.status) == [403])
        #expect(scene.office.switchboard.calls().count == 1)
        var talking = try CallsTests.Scene()
        let heard = talking.callerSays("REFER", extra: ["Refer-To: <sip:*43@\(Office.domain)>"])
        #expect(heard.map(\.status) == [404])
    }

    @Test func `as many as may be are answered, one more is told that it is busy`() throws {
        var office = try Office()
        var phones: [Phone] = []
        for number in ["101", "102"] {
            var phone = try Phone("phone-\(number)-000001", in: &office)
            try phone.register(&office)
            phones.append(phone)
        }
        var statuses: [Int?] = []
        for number in 0..<9 {
            let place = number % 2
            let heard = try phones[place].call(&office, "*43", callID: "echo-\(number)")
            statuses.append(heard.last?.status)
        }
        #expect(statuses == Array(repeating: 200, count: 8) + [486])
    }

    @Test func `it ends when the phone may not call any more, or an operator ends it`() throws {
        var disabled = try Scene()
        try disabled.confirm()
        try disabled.office.apply(disabled: ["101"])
        #expect(disabled.office.switchboard.calls().isEmpty)
        var scene = try Scene()
        try scene.confirm()
        let id = try #require(scene.office.record()?.id)
        let isEnded = scene.office.endCall(id)
        #expect(isEnded)
        #expect(scene.office.received(on: scene.phone.flow).map(\.method) == [.bye])
        #expect(scene.office.switchboard.calls().isEmpty)
    }
}
