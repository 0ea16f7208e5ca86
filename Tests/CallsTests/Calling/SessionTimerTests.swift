// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import Testing

@Suite("RFC 4028 §5 and §9: session timers that are asked for")
struct SessionTimerNegotiationTests {
    static let asked: [(fields: [String], answer: String)] = [
        (["Supported: timer", "Session-Expires: 600"], "600;refresher=uac"),
        (["Supported: timer", "Session-Expires: 600;refresher=uac"], "600;refresher=uac"),
        (["Supported: timer", "Session-Expires: 600;refresher=uas"], "600;refresher=uas"),
        (["Require: timer", "x: 600;refresher=UAC"], "600;refresher=uac"),
        (["Session-Expires: 600;refresher=uac"], "600;refresher=uas"),
        (["Supported: timer", "Session-Expires: 90"], "90;refresher=uac"),
        (["Supported: timer", "Session-Expires: 4000000000", "Min-SE: 120"], "1800;refresher=uac"),
        (["Supported: timer", "Session-Expires: 99999999999999999999"], "1800;refresher=uac"),
        (["Supported: timer", "Session-Expires: 300", "Min-SE: 1200"], "1200;refresher=uac"),
        (["Supported: timer", "Session-Expires: 4000000000", "Min-SE: 4000000000"], ""),
        (["Supported: timer"], ""),
        ([], ""),
    ]

    @Test(arguments: asked)
    func `the caller gets the interval that policy allows, and its refresher`(fields: [String], answer: String) throws {
        let scene = try Scene(asking: fields)
        #expect(scene.answer.text(.sessionExpires) == answer)
        #expect(scene.answer.hasOption(.require, "timer") == answer.hasSuffix("uac"))
    }

    /// Row S21.
    @Test(arguments: ["1", "89", "0"])
    func `S21 a session below the minimum is refused with the minimum, and no phone rings`(seconds: String) throws {
        var (office, caller, callee) = try Office.withPhones()
        let answers = try caller.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            extra: ["Supported: timer", "Session-Expires: \(seconds)"],
            body: SDP.offer()
        )
        #expect(answers.map(\.status) == [422])
        #expect(answers.last?.text(.minSE) == "90")
        #expect(office.received(on: callee.flow).isEmpty)
        #expect(office.switchboard.figures.calls == 0)
    }

    @Test func `a session that is no number is a bad request`() throws {
        var (office, caller, _) = try Office.withPhones()
        let target = "sip:102@\(Office.domain)"
        let answers = try caller.ask(&office, "INVITE", to: target, extra: ["Session-Expires: soon"], body: SDP.offer())
        #expect(answers.map(\.status) == [400])
    }

    /// Row S21, inside the dialog.
    @Test(arguments: ["INVITE", "UPDATE"])
    func `a refresh below the minimum is refused and the call goes on`(method: String) throws {
        var scene = try Scene()
        let answers = scene.callerSays(
            method,
            extra: ["Supported: timer", "Session-Expires: 30"],
            sdp: method == "INVITE" ? SDP.offer() : ""
        )
        #expect(answers.map(\.status) == [422])
        #expect(answers.last?.text(.minSE) == "90")
        #expect(scene.isStanding)
    }

    @Test func `the phone that is called is offered a timer of ours, not the caller's`() throws {
        let scene = try Scene(asking: ["Supported: timer", "Session-Expires: 600;refresher=uac"])
        #expect(scene.invite.text(.sessionExpires) == "1800")
        #expect(scene.invite.hasOption(.supported, "timer"))
    }
}

@Suite("RFC 4028 §7.4 and §10: refreshing a session")
struct SessionRefreshTests {
    private static let timer = ["Supported: timer", "Session-Expires: 600;refresher=uas", "Allow: INVITE, UPDATE"]

    @Test func `both legs keep their own timer: one is ours, the other the phone's`() throws {
        var scene = try Scene(
            asking: Self.timer,
            answering: ["Require: timer", "Session-Expires: 900;refresher=uas"]
        )
        scene.pass(seconds: 301)
        #expect(scene.office.peek(on: scene.caller.flow).map(\.method) == [.update])
        #expect(scene.office.peek(on: scene.callee.flow).isEmpty)
        let update = try #require(scene.office.received(on: scene.caller.flow).first)
        #expect(update.text(.sessionExpires) == "600;refresher=uac" && update.bodyText.isEmpty)
    }

    @Test func `a session that we refresh goes on as long as the phone agrees`() throws {
        var scene = try Scene(asking: Self.timer)
        for _ in 0..<4 {
            scene.pass(seconds: 301)
            let update = try #require(scene.office.received(on: scene.caller.flow).first)
            #expect(update.method == .update)
            let agreed = ["Require: timer", "Session-Expires: 600;refresher=uac"]
            scene.office.deliver(scene.caller.answer(update, 200, extra: agreed), on: scene.caller.flow)
        }
        #expect(scene.isStanding)
        #expect(scene.office.peek(on: scene.callee.flow).isEmpty)
    }

    @Test func `a phone without UPDATE is refreshed by a re-INVITE that changes nothing`() throws {
        var scene = try Scene(
            answering: ["Require: timer", "Session-Expires: 200;refresher=uac", "Allow: INVITE, ACK, BYE"]
        )
        scene.pass(seconds: 101)
        let refresh = try #require(scene.office.received(on: scene.callee.flow).first)
        #expect(refresh.method == .invite && refresh.text(.sessionExpires) == "200;refresher=uac")
        let version = { (text: String) in
            text.split(separator: "\r\n").first { $0.hasPrefix("o=") }?.split(separator: " ")[2]
        }
        #expect(version(refresh.bodyText) == version(scene.invite.bodyText))
        let agreed = scene.callee.answer(
            refresh,
            200,
            extra: ["Session-Expires: 200;refresher=uac"],
            sdp: SDP.answer(to: refresh)
        )
        scene.office.deliver(agreed, on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.ack])
        #expect(scene.office.peek(on: scene.caller.flow).isEmpty)
        scene.pass(seconds: 99)
        #expect(scene.isStanding && scene.office.peek(on: scene.callee.flow).isEmpty)
        scene.pass(seconds: 3)
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.invite])
    }

    @Test(arguments: [481, 408])
    func `a refresh that the phone does not know ends the call on both sides`(status: Int) throws {
        var scene = try Scene(asking: Self.timer)
        scene.pass(seconds: 301)
        let update = try #require(scene.office.received(on: scene.caller.flow).first)
        scene.office.deliver(scene.caller.answer(update, status), on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).map(\.method) == [.bye])
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.bye])
        #expect(!scene.isStanding)
    }

    @Test func `a refresh that nobody answers ends the call`() throws {
        var scene = try Scene(asking: Self.timer)
        scene.pass(seconds: 301)
        #expect(scene.office.received(on: scene.caller.flow).map(\.method) == [.update])
        scene.pass(seconds: 33)
        #expect(!scene.isStanding)
        #expect(scene.office.record()?.reason == "a phone did not take the refresh of its session")
    }

    @Test func `a phone that refreshes keeps the call, one that forgets loses it in time`() throws {
        var scene = try Scene(asking: ["Supported: timer", "Session-Expires: 90;refresher=uac"])
        scene.pass(seconds: 45)
        let answers = scene.callerSays("UPDATE", extra: ["Supported: timer", "Session-Expires: 90;refresher=uac"])
        #expect(answers.map(\.status) == [200])
        #expect(answers.last?.text(.sessionExpires) == "90;refresher=uac")
        scene.pass(seconds: 58)
        #expect(scene.isStanding)
        // 90 seconds less a third: the BYE still arrives in the session.
        scene.pass(seconds: 3)
        #expect(!scene.isStanding)
        #expect(scene.office.record()?.reason == "a session was not refreshed in time")
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.bye])
    }

    @Test func `a phone that wants longer intervals gets them`() throws {
        var scene = try Scene(asking: Self.timer)
        scene.pass(seconds: 301)
        let first = try #require(scene.office.received(on: scene.caller.flow).first)
        scene.office.deliver(scene.caller.answer(first, 422, extra: ["Min-SE: 1200"]), on: scene.caller.flow)
        let second = try #require(scene.office.received(on: scene.caller.flow).first)
        #expect(second.text(.sessionExpires) == "1200;refresher=uac")
        scene.office.deliver(scene.caller.answer(second, 422, extra: ["Min-SE: 1200"]), on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).isEmpty)
        #expect(scene.isStanding)
    }

    @Test func `a refresh that meets a change of the phone's is tried again`() throws {
        var scene = try Scene(asking: Self.timer)
        scene.pass(seconds: 301)
        let first = try #require(scene.office.received(on: scene.caller.flow).first)
        scene.office.deliver(scene.caller.answer(first, 491), on: scene.caller.flow)
        scene.pass(seconds: 4)
        #expect(scene.office.received(on: scene.caller.flow).map(\.method) == [.update])
    }

    @Test func `a change that meets a refresh at the other phone is to be tried again`() throws {
        var scene = try Scene(answering: ["Require: timer", "Session-Expires: 200;refresher=uac"])
        scene.pass(seconds: 101)
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.invite])
        #expect(scene.callerSays("INVITE", sdp: SDP.offer(direction: "sendonly")).map(\.status) == [491])
        #expect(scene.calleeSays("INVITE", sdp: SDP.offer(direction: "sendonly")).map(\.status) == [491])
        #expect(scene.isStanding)
    }

    /// Row C06: a challenge from a phone is an answer like any other refusal.
    @Test func `a phone that asks for credentials gets none`() throws {
        var scene = try Scene(asking: Self.timer)
        scene.pass(seconds: 301)
        let update = try #require(scene.office.received(on: scene.caller.flow).first)
        let challenge = ["WWW-Authenticate: Digest realm=\"x\", nonce=\"y\""]
        scene.office.deliver(scene.caller.answer(update, 401, extra: challenge), on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).isEmpty)
        scene.pass(seconds: 270)
        #expect(!scene.isStanding)
    }
}

@Suite("RFC 4028 §8.1: a timer is between one phone and us")
struct SessionTimerProxyTests {
    @Test func `what the caller asks for does not reach the phone that is called, nor the other way round`() throws {
        let scene = try Scene(
            asking: ["Supported: timer", "Session-Expires: 300;refresher=uac", "Min-SE: 120"],
            answering: ["Session-Expires: 600;refresher=uas", "Require: timer"]
        )
        #expect(scene.invite.text(.sessionExpires) == "1800")
        #expect(scene.invite.first(.minSE) == nil)
        #expect(scene.answer.text(.sessionExpires) == "300;refresher=uac")
    }
}
