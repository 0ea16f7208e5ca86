// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

@Suite("One call at a time")
struct CallWaitingTests {
    /// 102 takes one call at a time, and is in one with 101.
    private func talking(_ forwards: [ForwardSettings.Occasion: String] = [:]) throws -> RoutingScene {
        var scene = try RoutingScene()
        try scene.forward("102", forwards)
        let number = try #require(ExtensionNumber(parsing: "102"))
        var settings = scene.outside.office.snapshot.outside.routing.forwards[number] ?? .none
        settings.oneCall = SettingOrigin(by: "test", at: WallTime(milliseconds: 0))
        scene.apply([.route(.forward(number, settings))])
        _ = try scene.outside.dial("102")
        #expect(scene.look().rings == ["102"], "while it is in no call it rings")
        try scene.say("102", 200)
        _ = scene.look()
        return scene
    }

    @Test func `a second caller hears that it is busy, and its phones stay silent`() throws {
        var scene = try talking()
        var other = try #require(scene.phones["103"])
        #expect(try other.call(&scene.outside.office, "102", callID: "second").last?.status == 486)
        #expect(scene.look().rings.isEmpty)
        #expect(scene.record?.reason == "extension 102 is in a call, and takes one at a time")
        #expect(scene.outside.bring(callID: "third").last?.status == 486, "from outside as well")
    }

    @Test func `or gets to where it forwards to when it is busy, also by another's forward`() throws {
        var scene = try talking([.busy: "104"])
        var other = try #require(scene.phones["103"])
        _ = try other.call(&scene.outside.office, "102", callID: "second")
        #expect(scene.look().rings == ["104"])
        try scene.forward("105", [.always: "102"])
        _ = try other.call(&scene.outside.office, "105", callID: "third")
        #expect(scene.look().rings == ["104"])
    }

    @Test func `who has not asked for it is rung while it talks`() throws {
        var scene = try RoutingScene()
        _ = try scene.outside.dial("102")
        _ = scene.look()
        try scene.say("102", 200)
        _ = scene.look()
        var other = try #require(scene.phones["103"])
        _ = try other.call(&scene.outside.office, "102", callID: "second")
        #expect(scene.look().rings == ["102"])
    }
}

@Suite("Speed dials")
struct SpeedDialTests {
    private func set(_ scene: inout OutsideScene, _ dials: [Int: String], of owner: String? = nil) throws {
        var all = SpeedDials()
        for (digits, text) in dials {
            let key = try #require(SpeedDials.Key(digits))
            all[key] = Forward.Target(parsing: text)
        }
        let number = owner.flatMap { ExtensionNumber(parsing: $0) }
        scene.office.apply([.outside(.route(.speedDial(all, of: number)))])
    }

    @Test func `its own counts before the business's`() throws {
        var scene = try OutsideScene()
        try set(&scene, [7: "103", 8: "102"])
        try set(&scene, [7: "102"], of: "101")
        for (number, dialled) in ["*007", "*008"].enumerated() {
            _ = try scene.dial(dialled, callID: "call-\(number)")
            #expect(scene.office.received(on: scene.callee.flow).contains { $0.method == .invite }, "\(dialled)")
            #expect(scene.office.record()?.dialled == dialled && scene.office.record()?.callee?.text == "102")
        }
    }

    @Test func `a number outside is judged and paid as if it had been dialled`() throws {
        var scene = try OutsideScene()
        try set(&scene, [1: "+4930123456", 2: "+499001234567", 3: "+13015551234"])
        _ = try scene.dial("*001")
        #expect(try scene.invite().text(.to).contains("+4930123456"))
        #expect(scene.office.record()?.charges.first?.payer.extension.text == "101")
        for (dialled, control) in [("*002", Control.premiumNumbers), ("*003", .countryDialing)] {
            let refusal = try #require(try scene.dial(dialled, callID: dialled).last)
            #expect(refusal.text(.warning).contains("[\(control.rawValue)]"), "\(dialled)")
            #expect(scene.office.record()?.control == control)
            #expect(scene.office.received(on: scene.provider.flow).allSatisfy { $0.method != .invite })
        }
    }

    @Test(arguments: ["*009", "*00", "*0", "*0123", "*0x1"]) func `what stands for nothing is no number`(
        _ dialled: String
    ) throws {
        var scene = try OutsideScene()
        try set(&scene, [1: "102"])
        let refusal = try #require(scene.dial(dialled).last?.status)
        #expect(refusal == 404 || refusal == 484)
        #expect(scene.office.received(on: scene.provider.flow).allSatisfy { $0.method != .invite })
    }

    @Test func `none stands for a number of help, whoever has set it`() throws {
        var scene = try OutsideScene()
        try set(&scene, [1: "112"])
        let refusal = try #require(scene.dial("*001").last?.status)
        #expect(refusal == 404 || refusal == 484)
        #expect(scene.office.received(on: scene.provider.flow).allSatisfy { $0.method != .invite })
    }

    @Test func `a call is transferred by one`() throws {
        var stage = try TransferScene()
        var dials = SpeedDials()
        dials[try #require(SpeedDials.Key(5))] = Forward.Target(parsing: "103")
        stage.scene.office.apply([.outside(.route(.speedDial(dials, of: nil)))])
        #expect(stage.refer("<sip:*005@\(Office.domain)>").map(\.status) == [202, nil])
        #expect(stage.heard(by: \.target).map(\.method) == [.invite])
    }

    @Test func `nobody outside dials one`() throws {
        var scene = try OutsideScene()
        try set(&scene, [1: "102"])
        #expect(scene.bring(to: "*001").last?.status == 404)
    }
}

@Suite("ATTACKS I03, RFC 5373 §4: phones that answer by themselves")
struct IntercomTests {
    private func open(
        _ scene: inout OutsideScene,
        for caller: String = "101",
        until end: Duration = .seconds(3_600)
    ) throws {
        let (callee, caller) = (
            try #require(ExtensionNumber(parsing: "102")), try #require(ExtensionNumber(parsing: caller))
        )
        let origin = SettingOrigin(by: "test", at: WallTime(milliseconds: 0))
        let made = IntercomOpening(for: [caller], because: "door", until: scene.office.moment.wall + end, by: origin)
        let opening: IntercomOpening = try #require(made)
        scene.office.apply([.outside(.route(.openIntercom(callee, opening)))])
    }

    @Test func `I03 nobody is heard in a room that was not opened for them by name, or is no more`() throws {
        var scene = try OutsideScene()
        let cases: [(inout OutsideScene) throws -> Void] = [
            { _ in }, { try self.open(&$0, for: "103") }, { try self.open(&$0, until: .seconds(-1)) },
        ]
        for (index, prepare) in cases.enumerated() {
            try prepare(&scene)
            let refusal = try #require(try scene.dial("*80*102", callID: "call-\(index)").last)
            #expect(refusal.status == 403)
            #expect(scene.office.received(on: scene.callee.flow).isEmpty)
        }
        #expect(scene.office.events.allSatisfy { $0.kind != .intercomUsed })
    }

    @Test func `one phone is told to answer, whoever calls is shown, and it is written down`() throws {
        var scene = try OutsideScene()
        var second = try Phone("phone-102-000002", in: &scene.office)
        try second.register(&scene.office)
        try open(&scene)
        _ = try scene.dial("*80*102")
        let heard = scene.office.received(on: scene.callee.flow) + scene.office.received(on: second.flow)
        #expect(heard.count == 1, "one phone")
        let invite = try #require(heard.first)
        #expect(invite.text("Answer-Mode") == "Auto" && invite.text("Call-Info").hasSuffix(";answer-after=0"))
        #expect(invite.text("Alert-Info").contains("info=alert-autoanswer"))
        #expect(invite.text(.from).hasPrefix("\"Desk 101\" <sip:101@"))
        let event = try #require(scene.office.events.last { $0.kind == .intercomUsed })
        #expect(event.subject == .extension(try #require(ExtensionNumber(parsing: "102"))))
        #expect(event.detail.hasPrefix("101 called extension 102 by intercom"))
    }

    @Test func `an ordinary call has no word about answering`() throws {
        var scene = try OutsideScene()
        try open(&scene)
        _ = try scene.dial("102")
        let invite = try #require(scene.office.received(on: scene.callee.flow).first)
        #expect(["Answer-Mode", "Call-Info", "Alert-Info"].allSatisfy { invite.text($0).isEmpty })
    }

    @Test func `a phone that talks, or is left alone, is not spoken into, and no forward is followed`() throws {
        var scene = try RoutingScene()
        try open(&scene.outside)
        try scene.forward("102", [.always: "103"])
        _ = try scene.outside.dial("*80*102")
        #expect(scene.look().rings == ["102"])
        try scene.say("102", 200)
        let (answer, caller) = (scene.outside.office.received(on: scene.outside.caller.flow).last, scene.outside.caller)
        #expect(answer?.status == 200 && caller.number == "101")
        #expect(try scene.outside.dial("*80*102", callID: "again").last?.status == 486, "it talks")
        try scene.forward("102", [:], quiet: true)
        #expect(try scene.outside.dial("*80*102", callID: "third").last?.status == 486, "it is left alone")
    }

    @Test func `closing it ends the call, and nobody is transferred so`() throws {
        var scene = try OutsideScene()
        try open(&scene)
        _ = try scene.dial("*80*102")
        let invite = try #require(scene.office.received(on: scene.callee.flow).first)
        scene.office.deliver(scene.callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: scene.callee.flow)
        #expect(scene.office.switchboard.calls().count == 1)
        let callee = try #require(ExtensionNumber(parsing: "102"))
        scene.office.apply([.outside(.route(.openIntercom(callee, nil)))])
        #expect(scene.office.switchboard.calls().isEmpty)
        var stage = try TransferScene()
        #expect(stage.refer("<sip:*80*103@\(Office.domain)>").map(\.status) == [404])
        #expect(scene.bring(to: "*80*102").last?.status == 404)
    }
}
