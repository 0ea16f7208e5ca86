// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

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

    /// Found by the fuzzer: the refusal waits for its record, and what went before it was repeated into the void.
    @Test func `it is not repeated once the call is refused, and never to a caller that is gone`() throws {
        for isGone in [true, false] {
            var scene = try RingingScene(["Require: 100rel"])
            _ = scene.progress(180)
            scene.office.storesAtOnce = false
            if isGone {
                scene.office.disconnect(scene.caller.flow)
            } else {
                scene.office.deliver(scene.callee.answer(scene.invite, 486), on: scene.callee.flow)
            }
            scene.office.wait(.seconds(1))
            #expect(scene.office.received(on: scene.caller.flow).isEmpty)
            scene.office.store(ok: true)
            #expect(scene.office.received(on: scene.caller.flow).map(\.status) == (isGone ? [] : [486]))
        }
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
