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
        (office, caller, callee) = try CallTests.phones()
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

@Suite("RFC 3262 §3: provisional responses that the caller acknowledges")
struct ReliableToCallerTests {
    @Test func `a caller that requires it hears of the ringing reliably`() throws {
        var scene = try RingingScene(["Require: 100rel"])
        let ringing = try #require(scene.progress(180).first)
        #expect(ringing.status == 180 && ringing.hasOption(.require, "100rel") && ringing.rseq() != nil)
        #expect(try scene.prack(ringing).map(\.status) == [200])
        scene.office.wait(.seconds(10))
        #expect(scene.office.received(on: scene.caller.flow).isEmpty)
    }

    static let plain: [(fields: [String], reliably: Bool)] = [
        ([], false), (["Supported: 100rel"], false), (["Supported: timer"], true),
    ]

    @Test(arguments: plain)
    func `nobody is asked for a PRACK who did not say that he knows it, or of a phone that did not`(
        fields: [String],
        reliably: Bool
    ) throws {
        var scene = try RingingScene(fields)
        let ringing = try #require(scene.progress(180, reliably: reliably).first)
        #expect(ringing.status == 180 && ringing.first(.require) == nil && ringing.first(.rseq) == nil)
    }

    @Test func `it is used where both sides know it`() throws {
        var scene = try RingingScene(["Supported: 100rel"])
        #expect(scene.invite.hasOption(.supported, "100rel"))
        let ringing = try #require(scene.progress(180, reliably: true).first)
        #expect(ringing.hasOption(.require, "100rel"))
    }

    @Test func `it is repeated at growing intervals, and without a PRACK the call fails`() throws {
        var scene = try RingingScene(["Require: 100rel"])
        _ = scene.progress(180)
        scene.office.wait(.milliseconds(31_600))
        let repeats = scene.office.received(on: scene.caller.flow)
        #expect(repeats.map(\.status) == Array(repeating: 180, count: 6))
        scene.office.wait(.seconds(2))
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [504])
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.cancel])
        #expect(scene.office.record()?.status == 504)
    }

    static let wrong = ["1 1 INVITE", "NUMBER 9999 INVITE", "NUMBER SEQUENCE UPDATE"]

    @Test(arguments: wrong)
    func `a PRACK of something else is unknown`(rack: String) throws {
        var scene = try RingingScene(["Require: 100rel"])
        let ringing = try #require(scene.progress(180).first)
        let text = rack.replacing("NUMBER", with: ringing.text(.rseq))
            .replacing("SEQUENCE", with: "\(try ringing.cseq().number)")
        #expect(try scene.prack(ringing, rack: text).map(\.status) == [481])
        scene.office.wait(.seconds(1))
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [180])
    }

    @Test(arguments: ["", "1 INVITE", "x y z"]) func `a PRACK that cannot be read is a bad request`(rack: String) throws
    {
        var scene = try RingingScene(["Require: 100rel"])
        let ringing = try #require(scene.progress(180).first)
        #expect(try scene.prack(ringing, rack: rack).map(\.status) == [400])
    }

    @Test func `the second waits for the PRACK of the first, with the next number`() throws {
        var scene = try RingingScene(["Supported: 100rel"])
        let first = try #require(scene.progress(180, reliably: true).first)
        #expect(scene.progress(183, reliably: true, sdp: SDP.answer(to: scene.invite)).isEmpty)
        let heard = try scene.prack(first)
        #expect(heard.map(\.status) == [200, 183])
        #expect(heard.last?.rseq() == first.rseq().map { $0 + 1 })
    }

    @Test func `the answer waits for the PRACK`() throws {
        var scene = try RingingScene(["Supported: 100rel"])
        let ringing = try #require(scene.progress(183, reliably: true, sdp: SDP.answer(to: scene.invite)).first)
        #expect(scene.pickUp().isEmpty)
        let heard = try scene.prack(ringing)
        #expect(heard.map(\.status) == [200, 200])
        #expect(try heard.map { try $0.cseq().method } == [.prack, .invite])
        #expect(scene.office.record()?.outcome == .answered)
    }

    /// Rows S03 and S14.
    @Test func `a PRACK from elsewhere or with made-up tags acknowledges nothing`() throws {
        var scene = try RingingScene(["Require: 100rel"])
        let ringing = try #require(scene.progress(180).first)
        let stranger = try scene.office.flow(from: "198.51.100.66:4444")
        let rack = ["RAck: \(ringing.text(.rseq)) \(try ringing.cseq().number) INVITE"]
        let forged = scene.caller.inDialog("PRACK", of: ringing, extra: rack)
        scene.office.deliver(forged, on: stranger)
        scene.office.deliver(forged.replacing("tag=phone-tag", with: "tag=made-up"), on: scene.caller.flow)
        #expect(scene.office.received(on: stranger).map(\.status) == [481])
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [481])
        scene.office.wait(.seconds(1))
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [180])
    }

    @Test func `nothing early is left behind by calls that ended`() throws {
        var scene = try RingingScene(["Supported: 100rel"])
        _ = scene.progress(183, reliably: true, sdp: SDP.answer(to: scene.invite))
        scene.office.deliver(scene.callee.answer(scene.invite, 486), on: scene.callee.flow)
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [486])
        guard case .close? = scene.relayed.last else {
            Issue.record("the relay stays open")
            return
        }
        scene.office.disconnect(scene.caller.flow)
        scene.office.disconnect(scene.callee.flow)
        scene.office.wait(.seconds(700))
        #expect(scene.office.switchboard.figures.calls == 0 && scene.office.switchboard.nextDeadline == nil)
    }
}

@Suite("RFC 3262 §4: provisional responses of phones that want a PRACK")
struct ReliableFromPhoneTests {
    @Test func `each gets its PRACK in the early dialog, and the answer goes on from there`() throws {
        var scene = try RingingScene(["Supported: 100rel"])
        let ringing = try #require(scene.progress(180, reliably: true, rseq: 7).first)
        let first = try #require(scene.office.received(on: scene.callee.flow).first)
        #expect(first.method == .prack && first.text(.rack) == "7 1 INVITE")
        #expect(try first.cseq().number == 2)
        #expect(first.text(.to).hasSuffix(";tag=callee-tag"))
        _ = try scene.prack(ringing)
        let answer = try #require(scene.pickUp().last)
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.ack])
        scene.office.deliver(
            scene.caller.inDialog("BYE", of: answer),
            on: scene.caller.flow
        )
        let bye = try #require(scene.office.received(on: scene.callee.flow).first)
        #expect(try bye.cseq().number == 3)
    }

    @Test func `repeats and gaps get no PRACK of their own`() throws {
        var scene = try RingingScene(["Supported: 100rel"])
        _ = scene.progress(180, reliably: true, rseq: 7)
        _ = scene.office.received(on: scene.callee.flow)
        _ = scene.progress(180, reliably: true, rseq: 7)
        _ = scene.progress(183, reliably: true, rseq: 9)
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
        _ = scene.progress(183, reliably: true, rseq: 8)
        #expect(scene.office.received(on: scene.callee.flow).map { $0.text(.rack) } == ["8 1 INVITE"])
    }

    @Test func `a second early dialog of one phone is not opened`() throws {
        var scene = try RingingScene(["Supported: 100rel"])
        _ = scene.progress(180, reliably: true, rseq: 7)
        _ = scene.office.received(on: scene.callee.flow)
        let other = scene.callee.answer(scene.invite, 180, tag: "fork", extra: ["Require: 100rel", "RSeq: 8"])
        scene.office.deliver(other, on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
    }

    @Test(arguments: ["0", "x", ""]) func `a number that is none is not acknowledged`(rseq: String) throws {
        var scene = try RingingScene(["Supported: 100rel"])
        let odd = scene.callee.answer(scene.invite, 180, extra: ["Require: 100rel", "RSeq: \(rseq)"])
        scene.office.deliver(odd, on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
    }
}

@Suite("RFC 3262 §5 and RFC 3311 §5: offers and answers before a call is answered")
struct EarlyOfferTests {
    @Test func `a caller without an offer gets ours in a 183, and answers in its PRACK`() throws {
        var scene = try RingingScene(["Supported: 100rel"], sdp: "")
        let progress = try #require(scene.progress(183, reliably: true, sdp: SDP.answer(to: scene.invite)).first)
        #expect(progress.status == 183 && progress.bodyText.contains("a=crypto:1 AEAD_AES_256_GCM"))
        #expect(scene.relayed.isEmpty)
        let answers = try scene.prack(progress, sdp: SDP.answer(to: progress, port: 30_000))
        #expect(answers.map(\.status) == [200])
        #expect(scene.relayed.count == 1)
        let answer = try #require(scene.pickUp().last)
        #expect(answer.status == 200 && answer.bodyText.isEmpty)
        scene.office.deliver(
            scene.caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number),
            on: scene.caller.flow
        )
        #expect(scene.office.switchboard.calls().first?.isAnswered == true)
        _ = scene.caller.inDialog("BYE", of: answer)
        scene.office.deliver(scene.caller.inDialog("BYE", of: answer), on: scene.caller.flow)
        #expect(scene.office.record()?.callerProtection?.srtpSuite == "AES_CM_128_HMAC_SHA1_80")
    }

    @Test func `a PRACK that takes none of our keys is refused`() throws {
        var scene = try RingingScene(["Supported: 100rel"], sdp: "")
        let progress = try #require(scene.progress(183, reliably: true, sdp: SDP.answer(to: scene.invite)).first)
        let plain = SDP.offer(profile: "RTP/AVP", crypto: [])
        #expect(try scene.prack(progress, sdp: plain).map(\.status) == [488])
        #expect(scene.relayed.isEmpty)
    }

    @Test func `what a phone said reliably stands, whatever its answer says`() throws {
        var scene = try RingingScene(["Supported: 100rel"])
        let progress = try #require(scene.progress(183, reliably: true, sdp: SDP.answer(to: scene.invite)).first)
        _ = try scene.prack(progress)
        let answer = try #require(scene.pickUp(sdp: SDP.answer(to: scene.invite, port: 39_000)).last)
        #expect(answer.status == 200)
        guard case .open(_, _, let b)? = scene.relayed.last else {
            Issue.record("no relay")
            return
        }
        #expect(b.address?.port == 31_000)
    }

    @Test func `an UPDATE before the answer moves the caller's target`() throws {
        var scene = try RingingScene(["Allow: INVITE, UPDATE"])
        let ringing = try #require(scene.progress(180).first)
        let update = scene.caller.inDialog("UPDATE", of: ringing)
            .replacing("Contact: <\(scene.caller.contact)>", with: "Contact: <sip:moved@192.0.2.50:50000>")
        scene.office.deliver(update, on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [200])
        let answer = try #require(scene.pickUp().last)
        scene.office.deliver(
            scene.caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number),
            on: scene.caller.flow
        )
        scene.office.deliver(scene.callee.inDialog("BYE", from: scene.invite), on: scene.callee.flow)
        let bye = try #require(scene.office.received(on: scene.caller.flow).last)
        #expect(bye.string(bye.requestURI) == "sip:moved@192.0.2.50:50000")
    }

    @Test func `an offer in an UPDATE is answered once the first exchange is done, not before`() throws {
        var scene = try RingingScene(["Supported: 100rel", "Allow: UPDATE"])
        let ringing = try #require(scene.progress(180).first)
        let early = scene.caller.inDialog("UPDATE", of: ringing, sdp: SDP.offer())
        scene.office.deliver(early, on: scene.caller.flow)
        let refused = try #require(scene.office.received(on: scene.caller.flow).first)
        #expect(refused.status == 500 && !refused.text(.retryAfter).isEmpty)

        let progress = try #require(scene.progress(183, reliably: true, sdp: SDP.answer(to: scene.invite)).first)
        _ = try scene.prack(progress)
        let moved = scene.caller.inDialog("UPDATE", of: progress, sdp: SDP.offer(port: 30_400))
        scene.office.deliver(moved, on: scene.caller.flow)
        let answer = try #require(scene.office.received(on: scene.caller.flow).first)
        #expect(answer.status == 200 && answer.bodyText.contains("a=crypto:1 "))
        guard case .open(_, let a, _)? = scene.relayed.last else {
            Issue.record("the relay was not told")
            return
        }
        #expect(a.address?.port == 30_400 && !a.sends)
    }

    @Test func `a phone that rings may not offer while our offer is open`() throws {
        var scene = try RingingScene(["Supported: 100rel"])
        _ = scene.progress(180, reliably: true)
        _ = scene.office.received(on: scene.callee.flow)
        let update = scene.callee.inDialog("UPDATE", from: scene.invite, sdp: SDP.offer())
        scene.office.deliver(update, on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).map(\.status) == [491])
        scene.office.deliver(scene.callee.inDialog("UPDATE", from: scene.invite), on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).map(\.status) == [200])
    }

    @Test func `a caller may say BYE to a call that rings`() throws {
        var scene = try RingingScene(["Allow: UPDATE"])
        let ringing = try #require(scene.progress(180).first)
        scene.office.deliver(scene.caller.inDialog("BYE", of: ringing), on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [200, 487])
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.cancel])
    }
}

@Suite("RFC 3960 §3: early media")
struct EarlyMediaTests {
    @Test func `what one ringing phone plays reaches the caller, and nothing goes the other way`() throws {
        var scene = try RingingScene()
        let progress = try #require(scene.progress(183, sdp: SDP.answer(to: scene.invite)).first)
        #expect(progress.status == 183 && progress.bodyText.contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80"))
        #expect(!progress.bodyText.contains("31000"))
        guard case .open(_, let a, let b)? = scene.relayed.last else {
            Issue.record("no relay")
            return
        }
        #expect(!a.sends && a.receives && b.sends)
        #expect(scene.office.record()?.outcome == .settingUp)

        let answer = try #require(scene.pickUp().last)
        // The same answer, under the same key (RFC 3261 §13.2.1).
        #expect(answer.status == 200 && answer.bodyText == progress.bodyText)
        guard case .open(_, let opened, _)? = scene.relayed.last else {
            Issue.record("no relay")
            return
        }
        #expect(opened.sends && opened.send == a.send)
    }

    @Test func `with several phones the caller hears its own ringing tone`() throws {
        var (office, caller, callee) = try CallTests.phones()
        var second = try Phone("phone-102-000002", in: &office)
        try second.register(&office)
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(invite, 183, sdp: SDP.answer(to: invite)), on: callee.flow)
        let heard = office.received(on: caller.flow)
        #expect(heard.map(\.status) == [180] && heard.last?.bodyText == "")
        #expect(office.media.isEmpty)
    }

    @Test func `early media in the clear is not passed on`() throws {
        var scene = try RingingScene()
        let heard = scene.progress(183, sdp: SDP.offer(profile: "RTP/AVP", crypto: []))
        #expect(heard.map(\.status) == [180])
        #expect(scene.relayed.isEmpty)
    }

    @Test func `the record still comes before the answer`() throws {
        var scene = try RingingScene()
        _ = scene.progress(183, sdp: SDP.answer(to: scene.invite))
        scene.office.storesAtOnce = false
        #expect(scene.pickUp().isEmpty)
        scene.office.store(ok: false)
        scene.office.store(ok: true)
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [503])
        guard case .close? = scene.relayed.last else {
            Issue.record("the relay stays open")
            return
        }
    }
}
