// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

@Suite("Forwards that are set in the system")
struct ForwardSettingTests {
    private func opened() throws -> RoutingScene {
        try RoutingScene { dialing, spending in
            dialing.rights.onwardClasses = [.geographic, .mobile]
            _ = spending
        }
    }

    @Test func `always: the extension's own phones stay silent`() throws {
        var scene = try RoutingScene()
        try scene.forward("102", [.always: "103"], policy: .colleagues)
        _ = try scene.outside.dial("102")
        #expect(scene.look().rings == ["103"])
        try scene.say("103", 200)
        #expect(scene.outside.office.received(on: scene.outside.caller.flow).last?.status == 200)
        #expect(scene.way == ["102 always 103"])
        #expect(scene.record?.forwardedBy.map(\.text) == ["102"] && scene.record?.callee?.text == "103")
    }

    @Test(arguments: [486, 600, 603])
    func `busy: when a phone says so, or the call is declined`(_ status: Int) throws {
        var scene = try RoutingScene()
        try scene.forward("102", [.busy: "103", .noAnswer: "104"])
        _ = try scene.outside.dial("102")
        #expect(scene.look().rings == ["102"])
        try scene.say("102", status)
        #expect(scene.look().rings == ["103"])
        #expect(scene.outside.office.received(on: scene.outside.caller.flow).allSatisfy { $0.status != status })
        try scene.say("103", 200)
        #expect(scene.way == ["102 busy 103"])
    }

    @Test func `no answer: after its time, with 181 for the caller, and an answer that crosses is taken`() throws {
        var scene = try RoutingScene()
        try scene.forward("102", [.noAnswer: "103"], after: 15)
        _ = try scene.outside.dial("102")
        _ = scene.look()
        try scene.say("102", 180)
        scene.wait(14)
        #expect(scene.look() == RoutingScene.Seen([], []))
        _ = scene.outside.office.received(on: scene.outside.caller.flow)
        scene.wait(1)
        #expect(scene.outside.office.received(on: scene.outside.caller.flow).map(\.status) == [181])
        // 102 picks up while its CANCEL is on the way.
        try scene.say("102", 200)
        #expect(scene.outside.office.received(on: scene.outside.caller.flow).last?.status == 200)
        #expect(scene.record?.callee?.text == "102" && scene.way.isEmpty)
    }

    @Test func `unreachable: where no phone is registered`() throws {
        var scene = try RoutingScene(without: ["104"])
        try scene.forward("104", [.unreachable: "103"])
        _ = try scene.outside.dial("104")
        #expect(scene.look().rings == ["103"])
        try scene.say("103", 200)
        #expect(scene.way == ["104 unreachable 103"])
    }

    @Test func `not to be disturbed: busy, or where it forwards to when it is busy`() throws {
        var scene = try RoutingScene()
        try scene.forward("102", [:], quiet: true)
        #expect(try scene.outside.dial("102").last?.status == 486)
        #expect(scene.look().rings.isEmpty && scene.record?.outcome == .busy)
        try scene.forward("102", [.busy: "103"], quiet: true)
        _ = try scene.outside.dial("102", callID: "call-2")
        #expect(scene.look().rings == ["103"])
        _ = scene.bring()
        #expect(scene.look().rings == ["103", "104"], "a group lets its member alone, and follows no forward of it")
    }

    @Test func `to a number outside: a call of its owner's, by the gate`() throws {
        var scene = try opened()
        try scene.forward("102", [.always: "+4989123456"])
        _ = scene.outside.bring(from: "+4940555123", callID: "in")
        let sent = scene.outside.office.received(on: scene.outside.provider.flow)
        #expect(sent.isEmpty, "what the provider heard was taken by bring")
        #expect(scene.look().rings.isEmpty)
        let charge = try #require(scene.record?.charges.first)
        #expect(charge.payer.extension.text == "102" && charge.number.text == "+4989123456")
        #expect(scene.record?.trunk?.text == "main")
        #expect(scene.way == ["102 always +4989123456"])
    }

    @Test func `T03 without the rights nothing leaves, nobody outside is told, and people hear of it`() throws {
        let cases: [(ForwardingPolicy, Bool, String)] = [
            (.colleagues, true, "+4989123456"), (.outside, false, "+4989123456"), (.outside, true, "+5351234567"),
            (.outside, true, "+49900123456"),
        ]
        for (policy, isOpen, target) in cases {
            var scene = isOpen ? try opened() : try RoutingScene()
            try scene.forward("102", [.always: target], policy: policy)
            let answer = try #require(scene.outside.dial("102").last)
            #expect(answer.status == 480 && answer.text(.warning).isEmpty)
            #expect(scene.look().rings.isEmpty && scene.heard().allSatisfy { $0.method != .invite })
            #expect(scene.outside.office.refusedForwards.count == 1)
            #expect(scene.record?.reason.contains(target) == true && scene.record?.charges.isEmpty == true)
        }
    }

    @Test func `S20 never back to who calls from outside, and never over a number of our own to where it has been`()
        throws
    {
        for (target, reason) in [
            ("+4940555123", "extension 102 forwards the call back to +4940555123, who calls"),
            (OutsideScene.owned, "a number of the business that leads to 102, where it has been"),
        ] {
            var scene = try opened()
            try scene.forward("102", [.always: target])
            _ = scene.outside.bring(from: "+4940555123", callID: "in")
            #expect(scene.heard().allSatisfy { $0.method != .invite })
            #expect(scene.record?.reason.contains(reason) == true, "\(scene.record?.reason ?? "")")
            #expect(scene.record?.charges.isEmpty == true && scene.record?.outcome == .failed)
            #expect(scene.outside.office.refusedForwards.count == 1)
        }
        // Another number of the business is somewhere else.
        var scene = try opened()
        try scene.forward("102", [.always: RoutingScene.number])
        _ = scene.outside.bring(from: "+4940555123", callID: "in")
        #expect(scene.record?.charges.first?.payer.extension.text == "102")
    }

    @Test func `S20 nor does a phone send it there`() throws {
        for target in ["+4940555123", OutsideScene.owned] {
            var scene = try opened()
            try scene.forward("102", [:])
            _ = scene.outside.bring(from: "+4940555123", callID: "in")
            #expect(scene.look().rings == ["102"])
            let (phone, invite) = (scene.outside.callee, try #require(scene.invites["102"]))
            let contact = "Contact: <sip:\(target)@\(Office.domain)>"
            let moved = phone.answer(invite, 302).replacing("Contact: <\(phone.contact)>", with: contact)
            scene.outside.office.deliver(moved, on: phone.flow)
            #expect(scene.heard().allSatisfy { $0.method != .invite })
            #expect(scene.record?.reason.contains("forwards the call back to \(target)") == true)
        }
    }

    @Test func `S20 and none is set that leads to itself`() throws {
        let scene = try opened()
        let owner = try #require(ExtensionNumber(parsing: "102"))
        let own = try #require(Forward.Target(parsing: OutsideScene.owned))
        var snapshot = scene.outside.office.snapshot
        var value = try #require(snapshot.extensions[owner])
        value.forwarding = .outside
        snapshot = snapshot.applying([.put(value)])
        let now = scene.outside.office.moment.wall
        let refusal = ForwardRules.refusal(ofSetting: own, at: owner, in: snapshot, at: now)
        #expect(refusal?.reason.contains("leads to 102") == true && refusal?.control == .forwardingRules)
        let other = try #require(Forward.Target(parsing: "+4989123456"))
        #expect(ForwardRules.refusal(ofSetting: other, at: owner, in: snapshot, at: now) == nil)
    }

    @Test(arguments: ["112", "911"])
    func `nobody is sent to where help is`(_ number: String) throws {
        var scene = try opened()
        try scene.forward("102", [.always: "103"])
        // A forward names an extension or a number with its country code: there is no third way to write one.
        #expect(Forward.Target(parsing: "+\(number)") == nil)
        try scene.forward("102", [.always: number])
        #expect(try scene.outside.dial("102").last?.status == 480)
        #expect(scene.heard().allSatisfy { $0.method != .invite })
    }

    @Test func `S20 forwards that go round end, and long chains do`() throws {
        var scene = try RoutingScene()
        try scene.forward("102", [.always: "103"])
        try scene.forward("103", [.always: "102"])
        #expect(try scene.outside.dial("102").last?.status == 482)
        #expect(scene.record?.reason == "extension 103 forwards the call back to 102, where it has been")
        try scene.forward("103", [.always: "101"])
        #expect(try scene.outside.dial("102", callID: "call-2").last?.status == 482, "nor back to who calls")
        #expect(scene.look().rings.isEmpty)
    }

    @Test func `a phone's own 302 and a setting go one after the other`() throws {
        var scene = try RoutingScene()
        try scene.forward("102", [.noAnswer: "104"], after: 10)
        _ = try scene.outside.dial("102")
        _ = scene.look()
        let (phone, invite) = (try #require(scene.phones["102"]), try #require(scene.invites["102"]))
        scene.outside.office.deliver(phone.moved(invite, to: "<sip:103@\(Office.domain)>"), on: phone.flow)
        #expect(scene.look().rings == ["103"])
        scene.wait(10)
        #expect(scene.look() == RoutingScene.Seen(["104"], ["103"]))
        try scene.say("104", 200)
        #expect(scene.way == ["102 no-answer 104"])
    }

    @Test func `follow me: own phones first, then each place in turn, outside by the gate`() throws {
        var scene = try opened()
        try scene.follow("102", ["103", "+4989123456", "104"], seconds: 10)
        _ = try scene.outside.dial("102")
        #expect(scene.look().rings == ["102"])
        scene.wait(10)
        #expect(scene.look() == RoutingScene.Seen(["103"], ["102"]))
        scene.wait(10)
        let invite = try scene.outside.invite()
        #expect(invite.requestText.hasPrefix("sip:+4989123456@"))
        #expect(scene.look() == RoutingScene.Seen([], ["103"]))
        _ = scene.outside.say(180, to: invite)
        #expect(scene.outside.office.record()?.charges.map(\.payer.extension.text) == ["102"])
        scene.wait(10)
        #expect(scene.heard().contains { $0.method == .cancel })
        #expect(scene.look().rings == ["104"])
        try scene.say("104", 200)
        #expect(scene.outside.office.received(on: scene.outside.caller.flow).last?.status == 200)
        #expect(scene.way == ["102 follow 104"] && scene.record?.callee?.text == "104")
    }

    @Test func `who declines is not looked for, and a place that may not be is passed over`() throws {
        var scene = try RoutingScene(without: ["105"])
        try scene.follow("102", ["103"], seconds: 10)
        _ = try scene.outside.dial("102", callID: "call-1")
        _ = scene.look()
        try scene.say("102", 603)
        #expect(scene.look().rings.isEmpty && scene.record?.status == 603)
        // The class is not open onward, 105 has no phone, and 104 does not want to be disturbed.
        try scene.forward("104", [:], quiet: true)
        try scene.follow("102", ["+4989123456", "105", "104", "103"], seconds: 10)
        _ = try scene.outside.dial("102", callID: "call-2")
        _ = scene.look()
        scene.wait(10)
        #expect(scene.look() == RoutingScene.Seen(["103"], ["102"]))
        #expect(scene.heard().allSatisfy { $0.method != .invite })
        scene.wait(10)
        #expect(scene.look() == RoutingScene.Seen([], ["103"]))
        #expect(scene.record?.outcome == .noAnswer)
    }

    @Test func `a forward that is cleared stops ringing, a right that is taken ends the call`() throws {
        var scene = try RoutingScene()
        try scene.forward("102", [.always: "103"])
        _ = try scene.outside.dial("102")
        #expect(scene.look().rings == ["103"])
        try scene.forward("102", [:])
        #expect(scene.look().stops == ["103"])
        try scene.forward("102", [.always: "103"])
        _ = try scene.outside.dial("102", callID: "call-2")
        _ = scene.look()
        try scene.say("103", 200)
        let answer = try #require(scene.outside.office.received(on: scene.outside.caller.flow).last)
        try scene.outside.acknowledge(answer)
        try scene.forward("102", [:])
        #expect(scene.record?.endedAt == nil, "who talks is left alone")
        try scene.forward("102", [:], policy: .nobody)
        #expect(scene.record?.endedAt != nil)
    }

    @Test func `calls for help do not look at any of this`() throws {
        var scene = try RoutingScene()
        try scene.forward("101", [.always: "103"], quiet: true)
        scene.apply([.route(.switchNight(.closed))])
        _ = try scene.outside.dial("112")
        #expect(try scene.outside.invite().requestText.hasPrefix("sip:112@"))
    }
}

extension Message {
    fileprivate var requestText: String { string(requestURI) }
}
