// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("Calls that a provider brings")
struct InboundTests {
    @Test func `a call for a number of the business rings at its extension, from the number outside`() throws {
        var scene = try OutsideScene()
        #expect(scene.bring().map(\.status) == [100])
        let invite = try #require(scene.office.received(on: scene.callee.flow).first)
        #expect(invite.text(.from).hasPrefix("\"Somebody\" <sip:+4940555123@office.example>"))
        scene.office.deliver(scene.callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: scene.callee.flow)
        let answer = try #require(scene.office.received(on: scene.provider.flow).last)
        #expect(answer.status == 200)
        let record = try #require(scene.office.record())
        #expect(record.caller == .outside(PhoneNumber(parsing: "+4940555123")) && record.trunk?.text == "main")
        #expect(record.callee?.text == "102" && record.charges.isEmpty)
    }

    @Test(arguments: ["101", "102", "*43", "+4940555123", "+49309999999", "anything"])
    func `nothing else is reached from outside`(_ target: String) throws {
        var scene = try OutsideScene()
        let heard = scene.bring(to: target)
        #expect(heard.last?.status == 404)
        #expect(
            scene.office.received(on: scene.callee.flow).isEmpty && scene.office.received(on: scene.caller.flow).isEmpty
        )
        #expect(scene.office.connects.count == 1)
    }

    @Test(arguments: ["101", OutsideScene.owned])
    func `Z01 nobody outside has a number of ours`(_ source: String) throws {
        var scene = try OutsideScene()
        let heard = try #require(scene.bring(from: source).last)
        #expect(heard.status == 603 && heard.text(.warning).isEmpty, "what is refused is nobody's matter outside")
        #expect(scene.office.record()?.control == .callerTrust)
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
    }

    @Test func `Z03 a name that could deceive is cleaned`() throws {
        var scene = try OutsideScene()
        _ = scene.bring(name: "B\u{202E}ank \u{2713} \u{0421}EO")
        let invite = try #require(scene.office.received(on: scene.callee.flow).first)
        #expect(!invite.text(.from).contains("\u{202E}") && !invite.text(.from).contains("\u{2713}"))
        #expect(invite.text(.from).hasPrefix("\"? "), "row Z03: letters of two scripts")
    }

    @Test func `K05 words about security mechanisms are not believed, and go no further`() throws {
        var scene = try OutsideScene()
        #expect(scene.bring(extra: ["Require: sec-agree", "Security-Verify: null;q=1"]).last?.status == 420)
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
        _ = scene.bring(callID: "inbound-2", extra: ["Security-Client: null", "Security-Verify: null;q=1"])
        let invite = try #require(scene.office.received(on: scene.callee.flow).first)
        #expect(!String(decoding: invite.bytes, as: UTF8.self).contains("Security-"))
    }

    @Test func `who withholds their number is anonymous`() throws {
        var scene = try OutsideScene()
        _ = scene.bring(extra: ["Privacy: id"])
        let invite = try #require(scene.office.received(on: scene.callee.flow).first)
        #expect(invite.text(.from).contains("anonymous@anonymous.invalid"))
        #expect(!invite.text(.from).contains("4940555123"))
    }

    @Test func `a call in the clear is refused where no exception stands`() throws {
        var scene = try OutsideScene()
        #expect(scene.bring(sdp: SDP.offer(profile: "RTP/AVP", crypto: [])).last?.status == 488)
    }

    @Test func `a provider sends nobody anywhere`() throws {
        var scene = try OutsideScene()
        _ = scene.bring()
        let invite = try #require(scene.office.received(on: scene.callee.flow).first)
        scene.office.deliver(scene.callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: scene.callee.flow)
        let answer = try #require(scene.office.received(on: scene.provider.flow).last)
        let ack = scene.provider.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
        scene.office.deliver(ack, on: scene.provider.flow)
        let refer = scene.provider.inDialog("REFER", of: answer, extra: ["Refer-To: <sip:+9607771234@office.example>"])
        scene.office.deliver(refer, on: scene.provider.flow)
        #expect(scene.office.received(on: scene.provider.flow).last?.status == 403, "row T06")
    }

    @Test(arguments: ["REGISTER", "MESSAGE", "SUBSCRIBE", "REFER"])
    func `a provider has no rights but to call`(_ method: String) throws {
        var scene = try OutsideScene()
        let request = scene.provider.request(method, to: "sip:102@office.example", extra: ["Event: dialog"])
        scene.office.deliver(request, on: scene.provider.flow)
        #expect(scene.office.received(on: scene.provider.flow).last?.status == 403)
    }

    @Test(arguments: ["sip:+9607710000@office.example", "tel:+9607710000", "sip:+4930555123@office.example"])
    func `T05 a call to a number outside goes nowhere, whoever it says it is from`(uri: String) throws {
        for claim in ["101", OutsideScene.owned, "+4940555123"] {
            var scene = try OutsideScene { dialing, _ in
                dialing.rights.countries[Region(parsing: "MV")!] = CountryRule(.open)
            }
            let request = scene.provider.request(
                "INVITE",
                to: uri,
                from: "sip:\(claim)@office.example",
                callID: "inbound-1",
                extra: ["Contact: <sip:gateway@198.51.100.1;transport=tls>"],
                body: SDP.offer(address: "198.51.100.1")
            )
            scene.office.deliver(request, on: scene.provider.flow)
            let heard = scene.office.received(on: scene.provider.flow)
            #expect([404, 603].contains(heard.last?.status))
            #expect(!heard.contains { $0.method == .invite } && scene.office.connects.count == 1)
            #expect(scene.office.record()?.charges.isEmpty == true)
        }
    }

    @Test func `T05 nobody outside takes the place of somebody in a call`() throws {
        var scene = try OutsideScene()
        #expect(scene.bring(extra: ["Replaces: a@b;to-tag=1;from-tag=2", "Require: replaces"]).map(\.status) == [403])
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
    }

    @Test func `T05 a 302 of a provider is not followed`() throws {
        var scene = try OutsideScene()
        _ = try scene.dial("+4940555123")
        let invite = try scene.invite()
        let heard = scene.say(302, to: invite, extra: ["Contact: <sip:+4930555999@sip.provider.example>"])
        #expect((heard.last?.status ?? 0) >= 400)
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .invite })
    }
}
