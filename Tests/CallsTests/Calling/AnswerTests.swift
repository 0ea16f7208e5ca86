// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

extension SDP {
    /// What no call can use, though it looks like an answer: our own key, several keys, another suite, a key that changes, a codec that was not
    /// offered, keys pressed without a voice, nothing.
    static func useless(_ offer: Message) -> [String] {
        let lines = offer.bodyText.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("a=crypto:") }
        let ours = lines.map { String($0.dropFirst("a=crypto:".count)) }
        let last = ours.last ?? ""
        let tag = last.prefix { $0 != " " }
        return [
            SDP.offer(crypto: [last]),
            SDP.offer(crypto: [
                "\(tag) AES_CM_128_HMAC_SHA1_80 \(otherKey)", "9 AES_CM_128_HMAC_SHA1_80 \(key)",
            ]),
            SDP.offer(crypto: ["\(tag) AES_CM_128_HMAC_SHA1_32 \(otherKey)"]),
            SDP.offer(crypto: ["\(tag) AES_CM_128_HMAC_SHA1_80 \(otherKey)|2^31|1:4"]),
            SDP.answer(to: offer).replacing("RTP/SAVP 0 8 101", with: "RTP/SAVP 18"),
            SDP.answer(to: offer).replacing("RTP/SAVP 0 8 101", with: "RTP/SAVP 101"),
            SDP.answer(to: offer, port: 0),
        ]
    }
}

@Suite("RFC 4568 §5.1.3, RFC 3711 §9.1, RFC 3264 §6.1, ATTACKS M04: answers that leave a call silent")
struct UselessAnswerTests {
    @Test(arguments: 0..<7) func `M04 in the 200 it is confirmed and hung up, and the caller is told at once`(
        which: Int
    ) throws {
        var scene = try RingingScene()
        let heard = scene.pickUp(sdp: SDP.useless(scene.invite)[which])
        #expect(heard.map(\.status) == [488])
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.ack, .bye])
        #expect(scene.office.switchboard.calls().isEmpty && scene.relayed.isEmpty)
        #expect(scene.office.record()?.outcome != .answered)
    }

    @Test(arguments: 0..<7) func `M04 in the ACK of a late offer it ends the call`(which: Int) throws {
        var scene = try RingingScene(sdp: "")
        let answer = try #require(scene.pickUp().last)
        #expect(answer.status == 200)
        let sequence = try answer.cseq().number
        let ack = scene.caller.inDialog("ACK", of: answer, sequence: sequence, sdp: SDP.useless(answer)[which])
        scene.office.deliver(ack, on: scene.caller.flow)
        #expect(scene.office.switchboard.calls().isEmpty)
        #expect(scene.office.received(on: scene.caller.flow).map(\.method) == [.bye])
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.ack, .bye])
    }

    @Test(arguments: 0..<7) func `M04 in a reliable 183 it is as if it had said nothing`(which: Int) throws {
        var scene = try RingingScene(["Supported: 100rel"])
        let heard = scene.progress(183, reliably: true, sdp: SDP.useless(scene.invite)[which])
        #expect(heard.map(\.status) == [180] && heard.last?.bodyText.isEmpty == true)
        #expect(scene.relayed.isEmpty)
    }

    @Test(arguments: 0..<7) func `M04 in the PRACK of a late offer it is refused`(which: Int) throws {
        var scene = try RingingScene(["Require: 100rel"], sdp: "")
        let offer = try #require(scene.progress(183, reliably: true, sdp: SDP.answer(to: scene.invite)).last)
        let heard = try scene.prack(offer, sdp: SDP.useless(offer)[which])
        #expect(heard.map(\.status) == [488])
        #expect(scene.relayed.isEmpty)
    }

    @Test(arguments: 0..<7) func `M04 to a change it ends the call, for nobody knows what that phone does now`(
        which: Int
    ) throws {
        var scene = try Scene()
        _ = scene.callerSays("INVITE", sdp: SDP.offer(direction: "sendonly"))
        let change = try #require(scene.office.received(on: scene.callee.flow).first)
        let sdp = SDP.useless(change)[which]
        scene.office.deliver(scene.callee.answer(change, 200, sdp: sdp), on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.ack, .bye])
        #expect(scene.office.received(on: scene.caller.flow).compactMap(\.status) == [488])
        #expect(!scene.isStanding)
    }

    @Test(arguments: 0..<7) func `M04 to a refresh of ours it ends the call`(which: Int) throws {
        var scene = try Scene(
            answering: ["Require: timer", "Session-Expires: 200;refresher=uac", "Allow: INVITE, ACK, BYE"]
        )
        scene.pass(seconds: 101)
        let refresh = try #require(scene.office.received(on: scene.callee.flow).first)
        let sdp = SDP.useless(refresh)[which]
        scene.office.deliver(scene.callee.answer(refresh, 200, sdp: sdp), on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.ack, .bye])
        #expect(scene.office.received(on: scene.caller.flow).map(\.method) == [.bye])
        #expect(!scene.isStanding)
    }

    @Test(arguments: 0..<7) func `M04 of a transfer's target it is hung up, and the first call stays as it was`(
        which: Int
    ) throws {
        var stage = try TransferScene()
        _ = stage.refer()
        let invite = try #require(stage.heard(by: \.target).first)
        let sdp = SDP.useless(invite)[which]
        stage.scene.office.deliver(stage.target.answer(invite, 200, sdp: sdp), on: stage.target.flow)
        #expect(stage.heard(by: \.target).map(\.method) == [.ack, .bye])
        #expect(stage.heard(by: \.scene.caller).isEmpty)
        #expect(stage.scene.isStanding)
    }

    @Test(arguments: 0..<7) func `M04 to the introduction of a new partner it ends the call`(which: Int) throws {
        var stage = try TransferScene()
        _ = stage.refer()
        _ = try stage.pickUp()
        let offer = try #require(stage.heard(by: \.scene.caller).first)
        let sdp = SDP.useless(offer)[which]
        let caller = stage.scene.caller
        stage.scene.office.deliver(caller.answer(offer, 200, sdp: sdp), on: caller.flow)
        #expect(stage.heard(by: \.scene.caller).compactMap(\.method).filter { $0 != .notify } == [.ack, .bye])
        #expect(stage.heard(by: \.target).compactMap(\.method) == [.ack, .bye])
    }

    /// A gateway that says tag 1 whatever it takes: the suite names one line of ours.
    @Test func `an answer under another tag than its suite's is one, in the 200 and in a change`() throws {
        var scene = try RingingScene()
        let wrong = SDP.offer(crypto: ["1 AES_CM_128_HMAC_SHA1_80 \(SDP.otherKey)"])
        #expect(scene.pickUp(sdp: wrong).map(\.status) == [200])
        #expect(scene.relayed.count == 1)
        var standing = try Scene()
        _ = standing.callerSays("INVITE", sdp: SDP.offer(direction: "sendonly"))
        let change = try #require(standing.office.received(on: standing.callee.flow).first)
        standing.office.deliver(standing.callee.answer(change, 200, sdp: wrong), on: standing.callee.flow)
        #expect(standing.office.received(on: standing.caller.flow).compactMap(\.status) == [200])
    }

    @Test func `an answer that gives a codec another number is one`() throws {
        var scene = try RingingScene(
            sdp: SDP.offer(formats: "96 101").replacing("rtpmap:0 PCMU/8000", with: "rtpmap:96 opus/48000/2")
        )
        let sdp = SDP.answer(to: scene.invite).replacing("0 8 101", with: "97 101")
            .replacing("rtpmap:0 PCMU/8000", with: "rtpmap:97 opus/48000/2")
        #expect(scene.pickUp(sdp: sdp).map(\.status) == [200])
    }
}

@Suite("RFC 3261 §13.2.2.4, ATTACKS H06: every 2xx is acknowledged")
struct UnclearAnswerTests {
    static let contacts = [
        "<sip:a@192.0.2.50;thinfo=a==>", "<sip:a@192.0.2.50", "sip:a@:5", "<>", "<sip:a@[1::2>",
        "\"a <sip:a@192.0.2.50>",
    ]

    @Test(arguments: contacts) func `H06 one that does not say where its phone is ends the call on both sides`(
        contact: String
    ) throws {
        var scene = try RingingScene()
        let good = scene.callee.answer(scene.invite, 200, sdp: SDP.answer(to: scene.invite))
        let odd = good.replacing("Contact: <\(scene.callee.contact)>", with: "Contact: \(contact)")
        scene.office.deliver(odd, on: scene.callee.flow)
        let heard = scene.office.received(on: scene.callee.flow)
        #expect(heard.first?.method == .ack)
        let caller = scene.office.received(on: scene.caller.flow).last?.status
        // What can be read is taken; nothing rings on.
        #expect(heard.map(\.method) == [.ack] && caller == 200 || heard.map(\.method) == [.ack, .bye] && caller == 480)
        if caller == 480 {
            #expect(heard.allSatisfy { $0.string($0.requestURI) == scene.callee.contact })
            #expect(scene.office.switchboard.calls().isEmpty)
        }
    }

    @Test func `H06 one with too many routes too`() throws {
        var scene = try RingingScene()
        let uri = "<sip:192.0.2.9;lr;x=\(String(repeating: "r", count: 900))>"
        let routes = (0..<10).map { _ in "Record-Route: \(uri)" }
        let answer = scene.callee.answer(scene.invite, 200, extra: routes, sdp: SDP.answer(to: scene.invite))
        scene.office.deliver(answer, on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.ack, .bye])
        #expect(scene.office.received(on: scene.caller.flow).last?.status == 480)
    }

    @Test func `H06 in a call it changes nothing about where the phone is`() throws {
        var scene = try Scene()
        _ = scene.callerSays("INVITE", sdp: SDP.offer(direction: "sendonly"))
        let change = try #require(scene.office.received(on: scene.callee.flow).first)
        let sdp = SDP.answer(to: change, direction: "recvonly")
        let odd = scene.callee.answer(change, 200, sdp: sdp).replacing(
            "Contact: <\(scene.callee.contact)>",
            with: "Contact: <>"
        )
        scene.office.deliver(odd, on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.ack])
        #expect(scene.office.received(on: scene.caller.flow).last?.status == 200)
    }
}

@Suite("RFC 3261 §21.4.26 and §20.43, RFC 3264 §5: an offer without a codec of ours")
struct CodecTests {
    static let foreign = ["18", "101", "18 101", "3 4"]

    @Test(arguments: foreign) func `rings nobody, and the caller is told which there are`(formats: String) throws {
        var (office, caller, callee) = try Office.withPhones()
        let answer = try #require(try caller.call(&office, "102", sdp: SDP.offer(formats: formats)).last)
        #expect(answer.status == 488)
        #expect(answer.text(.warning).hasPrefix("305 pbx.office.example \""))
        #expect(office.received(on: callee.flow).isEmpty)
        // It is no attack, and nothing about encryption.
        #expect(office.events.isEmpty)
        #expect(office.record()?.reason.contains("codec") == true)
    }

    @Test(arguments: ["INVITE", "UPDATE"]) func `in a call it changes nothing`(method: String) throws {
        var scene = try Scene()
        let answer = try #require(
            scene.callerSays(method, sdp: SDP.offer(direction: "sendonly", formats: "18 101")).last
        )
        #expect(answer.status == 488 && answer.text(.warning).hasPrefix("305 "))
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
        #expect(scene.isStanding && scene.office.events.isEmpty)
    }

    @Test(arguments: ["PRACK", "UPDATE"]) func `before the answer it changes nothing`(method: String) throws {
        var scene = try RingingScene(["Supported: 100rel", "Allow: UPDATE"])
        let progress = try #require(scene.progress(183, reliably: true, sdp: SDP.answer(to: scene.invite)).first)
        let sdp = SDP.offer(formats: "18 101")
        let heard: [Message]
        if method == "PRACK" {
            heard = try scene.prack(progress, sdp: sdp)
        } else {
            _ = try scene.prack(progress)
            scene.office.deliver(scene.caller.inDialog("UPDATE", of: progress, sdp: sdp), on: scene.caller.flow)
            heard = scene.office.received(on: scene.caller.flow)
        }
        #expect(heard.map(\.status) == [488] && heard.last?.text(.warning).hasPrefix("305 ") == true)
    }

    @Test func `nobody picks up or takes a call over with one`() throws {
        var scene = try RingingScene()
        var colleague = try Phone("phone-103-000001", in: &scene.office, from: "192.0.2.53:50000")
        try colleague.register(&scene.office)
        try scene.office.apply(groups: ["102": "sales", "103": "sales"])
        let answer = try #require(
            try colleague.call(&scene.office, "*8", callID: "pick", sdp: SDP.offer(formats: "18")).last
        )
        #expect(answer.status == 488 && answer.text(.warning).hasPrefix("305 "))
        #expect(scene.pickUp().map(\.status) == [200])
    }

    @Test func `in the clear as well, it is the clear that is refused`() throws {
        var (office, caller, _) = try Office.withPhones()
        let sdp = SDP.offer(profile: "RTP/AVP", crypto: [], formats: "18")
        let answer = try #require(try caller.call(&office, "102", sdp: sdp).last)
        #expect(answer.status == 488 && answer.text(.warning).contains("[media-encryption]"))
    }
}
