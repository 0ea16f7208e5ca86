// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

@Suite("Control emergency-calls: who is asked for help, and calls back")
struct HelpCallbackTests {
    /// 105 calls for help and the call is over.
    private func helped() throws -> RoutingScene {
        var scene = try RoutingScene()
        try scene.call("105", "112", "help")
        let invite = try scene.outside.invite()
        _ = scene.outside.say(404, to: invite)
        return scene
    }

    @Test func `a call back rings who called for help, past their block list, do not disturb and forwards`() throws {
        var scene = try helped()
        var list = BlockList()
        list.rejectsAnonymous = true
        scene.apply([.route(.block(list, of: nil))])
        try scene.forward("105", [.always: "106"], quiet: true)
        _ = scene.outside.bring(callID: "back", extra: ["Privacy: id"])
        #expect(scene.look().rings == ["102", "105"], "where the number leads, and who called for help")
        #expect(scene.invites["105"].flatMap { $0.first(named: "Priority") } != nil)
        #expect(scene.invites["102"]?.first(named: "Priority") == nil)
        try scene.say("105", 200)
        #expect(scene.record?.callee?.text == "105")
    }

    @Test func `whoever calls back after a call for help gets a person and never a mailbox`() throws {
        var scene = try helped()
        let origin = SettingOrigin(by: "test", at: WallTime(milliseconds: 0))
        let box = Mailbox(asksOwnPhones: true, pin: nil, since: origin.at, by: origin)
        for text in ["102", "105"] {
            scene.apply([.route(.keepMessages(try #require(ExtensionNumber(parsing: text)), box))])
        }
        _ = scene.outside.bring(callID: "back")
        _ = scene.look()
        try scene.say("105", 486)
        try scene.say("102", 486)
        #expect(scene.record?.answeredAt == nil, "the mailbox of neither answers")
    }

    private func menu(_ fallback: String) throws -> VoiceMenu {
        VoiceMenu(
            name: try #require(ShortName(parsing: "main")),
            fallback: try #require(VoiceMenu.Target(parsing: fallback)),
            createdAt: WallTime(milliseconds: 0)
        )
    }

    @Test func `whoever calls back reaches the people behind a menu, who press no keys`() throws {
        var scene = try helped()
        var main = try OutsideScene.number(OutsideScene.owned, "102")
        main.destination = .menu(try #require(ShortName(parsing: "main")))
        scene.apply([.route(.putMenu(try menu("102"))), .own(main)])
        _ = scene.outside.bring(callID: "back")
        #expect(scene.look().rings == ["102", "105"])
        #expect(scene.outside.office.voice.isEmpty)
    }

    @Test func `whoever calls back goes on ringing where a group leads to a menu`() throws {
        var scene = try helped()
        let group = try RoutingScene.group(.all, ["102"], 10, "menu main")
        scene.apply([
            .route(.putMenu(try menu("goodbye"))), .route(.putGroup(group)),
            .own(try OutsideScene.number(OutsideScene.owned, "group sales")),
        ])
        _ = scene.outside.bring(callID: "back")
        #expect(scene.look().rings == ["102", "105"])
        scene.wait(11)
        #expect(scene.look().stops == ["102"])
        try scene.say("105", 200)
        #expect(scene.record?.callee?.text == "105")
    }

    @Test func `while the business is closed the phone rings all the same`() throws {
        var scene = try helped()
        var night = try OutsideScene.number(OutsideScene.owned, "102")
        night.closed = .extension(try #require(ExtensionNumber(parsing: "103")))
        scene.apply([.own(night)])
        scene.outside.office.setOpen(false)
        _ = scene.outside.bring(callID: "back")
        #expect(scene.look().rings == ["103", "105"])
    }

    @Test func `a number that reaches nobody reaches who called for help`() throws {
        var scene = try helped()
        var nowhere = try OutsideScene.number(OutsideScene.owned, "102")
        nowhere.destination = nil
        scene.apply([.own(nowhere)])
        _ = scene.outside.bring(callID: "back")
        #expect(scene.look().rings == ["105"])
    }

    @Test func `after an hour, for another number, or without a call for help, all is as ever`() throws {
        var scene = try helped()
        _ = scene.outside.bring(to: RoutingScene.number, callID: "other")
        #expect(scene.look().rings == ["102", "103", "104"])
        scene.outside.pass(seconds: 3_601)
        var phone = try #require(scene.phones["102"])
        try phone.register(&scene.outside.office)
        scene.phones["102"] = phone
        _ = scene.look()
        _ = scene.heard()
        _ = scene.outside.bring(callID: "late")
        #expect(scene.look().rings == ["102"])
        var before = try RoutingScene()
        _ = before.outside.bring(callID: "before")
        #expect(before.look().rings == ["102"])
    }

    @Test func `nobody outside is somebody inside, also then`() throws {
        var scene = try helped()
        #expect(scene.outside.bring(from: OutsideScene.owned, callID: "spoof").last?.status == 603)
        #expect(scene.look().rings.isEmpty)
    }

    // MARK: What is dialled

    @Test(arguments: [
        "urn:service:sos", "urn:service:sos.police", "URN:SERVICE:SOS.ambulance", "tel:112;phone-context=+49",
        "sip:112;phone-context=+49@office.example;user=phone", "tel:112;phone-context=elsewhere.example",
        "sip:112@office.example;user=phone", "sip:911;phone-context=+1@office.example;user=phone",
    ])
    func `RFC 5031 it is a call for help however the phone writes it`(_ target: String) throws {
        var scene = try OutsideScene()
        let heard = try scene.caller.ask(
            &scene.office,
            "INVITE",
            to: target,
            callID: "help",
            extra: ["Contact: <\(scene.caller.contact)>"],
            body: SDP.offer()
        )
        #expect(heard.map(\.status) == [100], "\(target)")
        let invite = try scene.invite()
        let number = target.contains("911") ? "911" : "112"
        #expect(invite.string(invite.requestURI).hasPrefix("sip:\(number)@"), "\(target)")
    }

    @Test(arguments: [("US", "911"), ("AU", "000"), ("FR", "112"), ("NZ", "111")])
    func `RFC 5031 help is asked for by the number of the country`(_ country: String, _ number: String) throws {
        var scene = try OutsideScene { dialing, _ in dialing.numbering.home = Region(parsing: country) }
        _ = try scene.caller.ask(
            &scene.office,
            "INVITE",
            to: "urn:service:sos",
            callID: "help",
            extra: ["Contact: <\(scene.caller.contact)>"],
            body: SDP.offer()
        )
        let invite = try scene.invite()
        #expect(invite.string(invite.requestURI).hasPrefix("sip:\(number)@"))
    }

    @Test(arguments: ["urn:service:counseling", "urn:service:sosx", "urn:service:so", "urn:x", "urn:service:"])
    func `another service is none that is known`(_ target: String) throws {
        var scene = try OutsideScene()
        let request = scene.caller.request("INVITE", to: target, callID: "other", body: SDP.offer())
        scene.office.deliver(request, on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).last?.status == 416)
        #expect(scene.office.received(on: scene.provider.flow).isEmpty)
    }

    @Test func `a stranger who asks for help by its name is asked who it is, like for any number`() throws {
        var scene = try OutsideScene()
        let flow = try scene.office.flow(from: "203.0.113.9:40000")
        for target in ["urn:service:sos", "sip:999998@office.example"] {
            let request = scene.provider.request("INVITE", to: target, callID: "stranger", body: SDP.offer())
            scene.office.deliver(request, on: flow)
        }
        #expect(scene.office.received(on: flow).map(\.status) == [401, 401])
    }
}
