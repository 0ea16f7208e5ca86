// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 3261 §13 and ATTACKS T03: a call lasts as long as its right")
struct PlacementTests {
    private static let others = ["104", "105", "106", "107", "108"]
    private static let toColleague = "<sip:103@\(Office.domain)>"

    /// 102's phone sends a call of 101 on to 103.
    private static func forwarded(isAnswered: Bool) throws -> ForwardingScene {
        var scene = try ForwardingScene(bothPhones: true)
        try scene.forward("102", to: toColleague)
        #expect(scene.look(at: "103").holdsInvite)
        if isAnswered {
            try scene.pickUp("103")
            let answer = try #require(scene.heard().last)
            let ack = scene.caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
            scene.office.deliver(ack, on: scene.caller.flow)
        }
        _ = (scene.heard(), scene.look(at: "103"))
        return scene
    }

    @Test func `a forward that is taken away ends the call that it made, and the record says why`() throws {
        var scene = try Self.forwarded(isAnswered: true)
        try scene.office.apply(forwarding: [], more: Self.others)
        #expect(scene.heard().map(\.method) == [.bye])
        #expect(scene.look(at: "103").map(\.method) == [.bye])
        let reason = "extension 102 may not forward its calls, and its phone sent this one to 103"
        #expect(scene.office.record()?.reason == "it is not allowed any more: \(reason)")
        #expect(scene.office.record()?.endedAt != nil)
    }

    @Test func `a forward that is taken away stops only what rings by it`() throws {
        var scene = try Self.forwarded(isAnswered: false)
        let second = try #require(scene.second)
        let invite = try #require(scene.office.received(on: second.flow).first { $0.method == .invite })
        try scene.say("103", 180)
        _ = scene.heard()
        try scene.office.apply(forwarding: [], more: Self.others)
        #expect(scene.look(at: "103").map(\.method) == [.cancel])
        #expect(scene.heard().isEmpty)
        scene.office.deliver(second.answer(invite, 200, sdp: SDP.answer(to: invite)), on: second.flow)
        #expect(scene.heard().last?.status == 200)
    }

    @Test func `who forwarded it and is cut off ends it, too`() throws {
        var scene = try Self.forwarded(isAnswered: true)
        try scene.office.apply(forwarding: ["102"], more: Self.others, disabled: ["102"])
        #expect(scene.heard().map(\.method) == [.bye])
        #expect(scene.office.record()?.reason == "it is not allowed any more: extension 102 is disabled")
    }

    @Test func `new settings that change nothing about its right leave a call alone`() throws {
        var scene = try Self.forwarded(isAnswered: true)
        try scene.office.apply(forwarding: ["102", "103"], more: Self.others, disabled: ["104"])
        #expect(scene.heard().isEmpty && scene.look(at: "103").isEmpty)
        #expect(scene.office.switchboard.calls().map(\.isAnswered) == [true])
    }

    @Test(arguments: [(["102": "sales"], true), (["102": "sales", "103": "sales"], false)])
    func `a picked-up call lasts as long as both are in the group`(groups: [String: String], isOver: Bool) throws {
        var scene = try RingingScene()
        var colleague = try Phone("phone-103-000001", in: &scene.office, from: "192.0.2.53:50000")
        try colleague.register(&scene.office)
        try scene.office.apply(groups: ["102": "sales", "103": "sales"])
        _ = scene.progress(180)
        let answer = try #require(try colleague.call(&scene.office, "*8", callID: "pick").last)
        let heard = try #require(scene.office.received(on: scene.caller.flow).last)
        for (phone, answer) in [(colleague, answer), (scene.caller, heard)] {
            var phone = phone
            let ack = phone.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
            scene.office.deliver(ack, on: phone.flow)
        }
        try scene.office.apply(groups: groups)
        for phone in [colleague, scene.caller] {
            #expect(scene.office.received(on: phone.flow).map(\.method) == (isOver ? [.bye] : []))
        }
        let reason = "it is not allowed any more: the call rings outside of the phone's pick-up group"
        #expect(scene.office.record()?.reason == (isOver ? reason : ""))
    }

    @Test func `a call that was transferred is its referrer's, and ends with the referrer's right`() throws {
        var stage = try TransferScene()
        _ = stage.refer()
        _ = try stage.pickUp()
        _ = try stage.meet()
        _ = (stage.heard(by: \.scene.callee), stage.heard(by: \.target))
        try stage.scene.office.apply(disabled: ["102"])
        #expect(stage.heard(by: \.scene.caller).map(\.method) == [.bye])
        #expect(stage.heard(by: \.target).map(\.method).last == .bye)
        #expect(stage.records.last?.reason == "it is not allowed any more: extension 102 is disabled")
    }
}
