// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 5359 §2.16: call pick-up by a feature code")
struct PickupTests {
    /// 101 calls 102, and 103 is not called.
    private static func ringing(
        groups: [String: String] = ["102": "sales", "103": "Sales"]
    ) throws -> (RingingScene, Phone) {
        var scene = try RingingScene()
        var colleague = try Phone("phone-103-000001", in: &scene.office, from: "192.0.2.53:50000")
        try colleague.register(&scene.office)
        try scene.office.apply(groups: groups)
        _ = scene.progress(180)
        return (scene, colleague)
    }

    @Test(arguments: ["*8", "**102"]) func `a colleague takes the call that rings`(code: String) throws {
        var (scene, colleague) = try Self.ringing()
        let answer = try #require(try colleague.call(&scene.office, code, callID: "pick").last)
        #expect(answer.status == 200 && answer.text(.pAssertedIdentity).contains("<sip:101@"))
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.cancel])
        let heard = try #require(scene.office.received(on: scene.caller.flow).last)
        #expect(heard.status == 200 && heard.text(.pAssertedIdentity).contains("<sip:103@"))
        guard case .open(_, _, .network(let b))? = scene.relayed.last else {
            Issue.record("no relay")
            return
        }
        #expect(b.address?.port == 30_000)
        for (phone, answer) in [(colleague, answer), (scene.caller, heard)] {
            var phone = phone
            let ack = phone.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
            scene.office.deliver(ack, on: phone.flow)
        }
        scene.office.deliver(colleague.inDialog("BYE", of: answer), on: colleague.flow)
        #expect(scene.office.received(on: scene.caller.flow).map(\.method) == [.bye])
        let record = try #require(scene.office.record())
        #expect(record.callee?.text == "103" && record.dialled == "102" && record.outcome == .answered)
    }

    @Test func `the picked-up call is answered when its record is on disk`() throws {
        var (scene, colleague) = try Self.ringing()
        scene.office.storesAtOnce = false
        let answer = try #require(try colleague.call(&scene.office, "*8", callID: "pick").last)
        #expect(scene.office.received(on: scene.caller.flow).isEmpty)
        scene.office.store(ok: true)
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [200])
        // The caller is gone before it has confirmed that it has the call: no BYE before that (RFC 3261 §15).
        let id = try #require(scene.office.record()?.id)
        let isEnded = scene.office.endCall(id)
        #expect(isEnded)
        #expect(scene.office.received(on: colleague.flow).isEmpty)
        let ack = colleague.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
        scene.office.deliver(ack, on: colleague.flow)
        #expect(scene.office.received(on: colleague.flow).map(\.method) == [.bye])
    }

    @Test(arguments: [[:], ["102": "sales"], ["103": "sales"], ["102": "sales", "103": "service"]])
    func `outside of the group nothing is taken`(groups: [String: String]) throws {
        var (scene, colleague) = try Self.ringing(groups: groups)
        #expect(try colleague.call(&scene.office, "*8", callID: "pick-1").last?.status == 404)
        #expect(try colleague.call(&scene.office, "**102", callID: "pick-2").last?.status == 403)
        #expect(scene.office.events.map(\.kind) == [.identityMismatch])
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
    }

    @Test func `a call in the clear takes nothing`() throws {
        var (scene, colleague) = try Self.ringing()
        let plain = SDP.offer(profile: "RTP/AVP", crypto: [])
        #expect(try colleague.call(&scene.office, "*8", callID: "pick", sdp: plain).last?.status == 488)
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
    }

    @Test(arguments: ["*8", "**103", "**", "*", "*9", "**99999999", "**102;x"])
    func `what does not ring, or is no code, is not found`(code: String) throws {
        var (office, caller, _) = try Office.withPhones()
        try office.apply(groups: ["101": "sales", "103": "sales"])
        #expect(try caller.call(&office, code).last?.status == 404)
    }

    @Test func `the caller cannot pick up its own call, and with several the oldest is taken`() throws {
        var (scene, colleague) = try Self.ringing(groups: ["101": "sales", "102": "sales", "103": "sales"])
        #expect(try scene.caller.call(&scene.office, "*8", callID: "own").last?.status == 404)
        scene.office.wait(.seconds(1))
        _ = try scene.caller.call(&scene.office, "102", callID: "younger")
        #expect(try colleague.call(&scene.office, "*8", callID: "pick").last?.status == 200)
        let answered = scene.office.switchboard.calls().filter(\.isAnswered)
        #expect(answered.count == 1)
        #expect(answered.first?.record.startedAt == scene.office.switchboard.calls().map(\.record.startedAt).min())
    }
}
