// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 3725 §4 and RFC 5373 §4: calls that an operator has an extension place")
struct ClickTests {
    /// 101 is to call somebody; its phone has got an INVITE.
    private struct Scene {
        var outside: OutsideScene
        let call: DialledCall
        let invite: Message

        init(_ dialled: String, change: (inout DialingSettings, inout SpendSettings) -> Void = { _, _ in }) throws {
            outside = try OutsideScene(change: change)
            call = try outside.office.dial("101", dialled).get()
            invite = try #require(outside.office.received(on: outside.caller.flow).first { $0.method == .invite })
        }

        /// The phone of 101 picks up; what it hears.
        mutating func pickUp() -> [Message] {
            let phone = outside.caller
            outside.office.deliver(phone.answer(invite, 200, sdp: SDP.answer(to: invite)), on: phone.flow)
            return outside.office.received(on: phone.flow)
        }
    }

    @Test func `the extension's phone rings first and shows whom it will call, then the other one rings`() throws {
        var scene = try Scene("102")
        #expect(scene.call.callee.text == "102")
        #expect(scene.invite.text(.from).hasPrefix("\"Call 102\" <sip:102@"))
        #expect(scene.invite.text("Answer-Mode") == "Manual", "a phone that answers by itself is told not to")
        #expect(scene.invite.text("Call-Info").isEmpty && scene.invite.text("Alert-Info").isEmpty)
        #expect(scene.outside.office.received(on: scene.outside.callee.flow).isEmpty)
        #expect(scene.pickUp().map(\.method) == [.ack])
        let invite = try #require(scene.outside.office.received(on: scene.outside.callee.flow).first)
        #expect(invite.text(.from).hasPrefix("\"Desk 101\" <sip:101@") && invite.text("Answer-Mode").isEmpty)
        let callee = scene.outside.callee
        scene.outside.office.deliver(callee.answer(invite, 180), on: callee.flow)
        #expect(scene.outside.office.received(on: scene.outside.caller.flow).isEmpty)
        scene.outside.office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        guard case .open(_, .network, .network)? = scene.outside.office.media.last else {
            Issue.record("no relay")
            return
        }
        let offer = try #require(scene.outside.office.received(on: scene.outside.caller.flow).first)
        #expect(offer.method == .invite && offer.text(.pAssertedIdentity) == "\"Desk 102\" <sip:102@\(Office.domain)>")
        let caller = scene.outside.caller
        scene.outside.office.deliver(caller.answer(offer, 200, sdp: SDP.answer(to: offer)), on: caller.flow)
        scene.outside.pass(seconds: 5)
        scene.outside.office.deliver(caller.inDialogAsCallee("BYE", from: scene.invite), on: caller.flow)
        #expect(scene.outside.office.received(on: callee.flow).contains { $0.method == .bye })
        let record = try #require(scene.outside.office.record())
        #expect(record.id == scene.call.id && record.caller.text == "101" && record.callee?.text == "102")
        #expect(record.dialled == "102" && record.outcome == .answered && record.reason == "the caller hung up")
        #expect(record.callerProtection?.isComplete == true && record.calleeProtection?.isComplete == true)
    }

    @Test func `a number outside is called at the extension's expense, as if it had dialled`() throws {
        var scene = try Scene("030123456")
        #expect(scene.call.callee.text == "+4930123456")
        #expect(scene.outside.office.record()?.charges.isEmpty == true, "nothing is reserved before somebody is there")
        _ = scene.pickUp()
        let invite = try scene.outside.invite()
        let charge = try #require(scene.outside.office.record()?.charges.first)
        #expect(charge.payer.extension.text == "101")
        _ = scene.outside.say(200, to: invite)
        #expect(scene.outside.office.record()?.outcome == .answered)
        scene.outside.pass(seconds: 10)
        let caller = scene.outside.caller
        scene.outside.office.deliver(caller.inDialogAsCallee("BYE", from: scene.invite), on: caller.flow)
        #expect(scene.outside.office.received(on: scene.outside.provider.flow).contains { $0.method == .bye })
        #expect(scene.outside.office.record()?.charges.first?.cost != nil)
    }

    @Test(arguments: ["09001234567", "0013015551234", "112", "999", "*43", "*78", "101", "sip:x@evil.example", ""])
    func `what the extension may not dial rings nobody`(_ dialled: String) throws {
        var scene = try OutsideScene()
        guard case .failure(let refusal) = scene.office.dial("101", dialled) else {
            Issue.record("\(dialled) was placed")
            return
        }
        #expect(!refusal.reason.isEmpty)
        #expect(scene.office.received(on: scene.caller.flow).isEmpty && scene.office.switchboard.calls().isEmpty)
        #expect(scene.office.received(on: scene.provider.flow).isEmpty)
    }

    @Test func `what limits and budgets would say is said before anybody rings`() throws {
        var scene = try OutsideScene { _, spending in spending.extensionHomeLimits = .nothing }
        guard case .failure(let refusal) = scene.office.dial("101", "030123456") else {
            Issue.record("it was placed")
            return
        }
        #expect(refusal.control == .spendLimit)
        #expect(scene.office.received(on: scene.caller.flow).isEmpty)
    }

    @Test func `who is not there is not rung for`() throws {
        var scene = try OutsideScene()
        for (caller, word) in [("103", "registered"), ("999", "does not exist")] {
            guard case .failure(let refusal) = scene.office.dial(caller, "102") else {
                Issue.record("\(caller) rang")
                return
            }
            #expect(refusal.reason.contains(word))
        }
        scene.office.wait(.seconds(6))
        #expect(scene.office.switchboard.calls().isEmpty)
    }

    @Test func `an operator ends it while either rings`() throws {
        var first = try Scene("102")
        let phone = first.outside.caller
        first.outside.office.deliver(phone.answer(first.invite, 180), on: phone.flow)
        let isEnded = first.outside.office.endCall(first.call.id)
        #expect(isEnded)
        #expect(first.outside.office.received(on: phone.flow).map(\.method) == [.cancel])
        var second = try Scene("102")
        _ = second.pickUp()
        let invite = try #require(second.outside.office.received(on: second.outside.callee.flow).first)
        let callee = second.outside.callee
        second.outside.office.deliver(callee.answer(invite, 180), on: callee.flow)
        let isEndedToo = second.outside.office.endCall(second.call.id)
        #expect(isEndedToo)
        #expect(second.outside.office.received(on: callee.flow).map(\.method) == [.cancel])
        #expect(second.outside.office.received(on: second.outside.caller.flow).map(\.method) == [.bye])
        #expect(second.outside.office.switchboard.calls().isEmpty)
    }

    @Test func `nobody picks up at the extension: the other one never rings`() throws {
        var scene = try Scene("102")
        scene.outside.office.wait(.seconds(31))
        #expect(scene.outside.office.received(on: scene.outside.callee.flow).isEmpty)
        #expect(scene.outside.office.record()?.outcome == .noAnswer)
        #expect(scene.outside.office.switchboard.calls().isEmpty)
    }

    @Test func `the other one is busy: the phone is hung up on, and told why`() throws {
        var scene = try Scene("102")
        _ = scene.pickUp()
        let callee = scene.outside.callee
        let invite = try #require(scene.outside.office.received(on: callee.flow).first)
        scene.outside.office.deliver(callee.answer(invite, 486), on: callee.flow)
        let bye = try #require(scene.outside.office.received(on: scene.outside.caller.flow).last)
        #expect(bye.method == .bye && bye.text(.reason) == "SIP;cause=486")
        #expect(scene.outside.office.record()?.outcome == .busy && scene.outside.office.record()?.status == 486)
    }

    @Test func `the phone hangs up while the other one rings`() throws {
        var scene = try Scene("102")
        _ = scene.pickUp()
        let callee = scene.outside.callee
        let invite = try #require(scene.outside.office.received(on: callee.flow).first)
        scene.outside.office.deliver(callee.answer(invite, 180), on: callee.flow)
        var caller = scene.outside.caller
        scene.outside.office.deliver(caller.inDialog("BYE", from: scene.invite), on: caller.flow)
        #expect(scene.outside.office.received(on: caller.flow).map(\.status) == [200])
        #expect(scene.outside.office.received(on: callee.flow).map(\.method) == [.cancel])
        // It picked up at the same moment.
        scene.outside.office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        #expect(scene.outside.office.received(on: callee.flow).map(\.method) == [.ack, .bye])
        #expect(
            scene.outside.office.record()?.outcome == .cancelled && scene.outside.office.switchboard.calls().isEmpty
        )
    }

    @Test func `two phones of the extension pick up: one calls, the other is let go`() throws {
        var scene = try OutsideScene()
        var second = try Phone("phone-102-000002", in: &scene.office)
        try second.register(&scene.office)
        _ = try scene.office.dial("102", "101").get()
        let toFirst = try #require(scene.office.received(on: scene.callee.flow).first)
        let toSecond = try #require(scene.office.received(on: second.flow).first)
        scene.office.deliver(second.answer(toSecond, 180), on: second.flow)
        scene.office.deliver(scene.callee.answer(toFirst, 200, sdp: SDP.answer(to: toFirst)), on: scene.callee.flow)
        #expect(scene.office.received(on: second.flow).map(\.method) == [.cancel])
        scene.office.deliver(second.answer(toSecond, 200, sdp: SDP.answer(to: toSecond)), on: second.flow)
        #expect(scene.office.received(on: second.flow).map(\.method) == [.ack, .bye])
        #expect(scene.office.received(on: scene.caller.flow).map(\.method) == [.invite])
        #expect(scene.office.switchboard.calls().count == 1)
    }

    @Test func `a phone that sends it elsewhere, or a colleague who picks it up, is not who was to call`() throws {
        var scene = try OutsideScene(more: ["104"])
        try scene.office.apply(forwarding: ["101"], more: ["104"], groups: ["101": "sales", "102": "sales"])
        _ = try scene.office.dial("101", "104").get()
        let invite = try #require(scene.office.received(on: scene.caller.flow).first { $0.method == .invite })
        scene.office.deliver(scene.caller.answer(invite, 180), on: scene.caller.flow)
        for code in ["*8", "**101"] {
            let heard = try scene.callee.call(&scene.office, code, callID: code)
            #expect(heard.last?.status == 404, "\(code)")
        }
        let moved = scene.caller.moved(invite, to: "<sip:102@\(Office.domain)>")
        scene.office.deliver(moved, on: scene.caller.flow)
        #expect(scene.office.received(on: scene.callee.flow).allSatisfy { $0.method != .invite })
        #expect(scene.office.switchboard.calls().isEmpty)
    }

    @Test func `as many as may be, of one extension`() throws {
        var scene = try OutsideScene()
        for _ in 0..<2 { _ = try scene.office.dial("101", "102").get() }
        guard case .failure(let refusal) = scene.office.dial("101", "102") else {
            Issue.record("a third one")
            return
        }
        #expect(refusal.control == .callLimits)
        _ = try scene.office.dial("102", "101").get()
    }

    @Test func `a right that goes while the phone rings goes for the call`() throws {
        var scene = try Scene("030123456")
        var dialing = scene.outside.office.snapshot.outside.dialing
        dialing.rights.classes = [:]
        scene.outside.office.apply([.outside(.dial(dialing))])
        _ = scene.pickUp()
        #expect(scene.outside.office.received(on: scene.outside.provider.flow).allSatisfy { $0.method != .invite })
        #expect(scene.outside.office.switchboard.calls().isEmpty)
    }
}

extension Phone {
    /// A request inside the dialog that `invite` made, of a phone that is passed by value.
    fileprivate func inDialogAsCallee(_ method: String, from invite: Message) -> String {
        var phone = self
        return phone.inDialog(method, from: invite, sequence: 900)
    }
}
