// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import Testing

private let outside = "which is outside of the company"
private let toColleague = "<sip:103@\(Office.domain)>"

@Suite("RFC 5359 §2.7, §2.8 and §2.9: phones that forward")
struct ForwardingServiceTests {
    @Test func `2.7 at once: the colleague rings, the caller is told, and the record says how it came there`() throws {
        var scene = try ForwardingScene()
        try scene.forward("102", to: toColleague)
        #expect(scene.look(at: "102").map(\.method) == [.ack])
        #expect(scene.heard().map(\.status) == [181])
        #expect(scene.look(at: "103").holdsInvite)
        try scene.say("103", 180)
        #expect(scene.heard().map(\.status) == [180])
        try scene.pickUp("103")
        let answer = try #require(scene.heard().last)
        #expect(answer.status == 200 && answer.text(.pAssertedIdentity).contains("<sip:103@"))
        let record = try #require(scene.office.record())
        #expect((record.dialled, record.forwardedBy.map(\.text)) == ("102", ["102"]))
        #expect((record.callee?.text, record.outcome) == ("103", .answered))
        #expect(scene.office.events.isEmpty)
    }

    /// Decision 12: there is nobody to tell yet.
    @Test func `2.7 the colleague sees who calls, and no history`() throws {
        var scene = try ForwardingScene()
        try scene.forward("102", to: toColleague)
        let invite = try #require(scene.look(at: "103").first)
        #expect(invite.text(.from).contains("<sip:101@") && invite.text(.to).contains("<sip:103@"))
        #expect(invite.first(named: "Diversion") == nil && invite.first(named: "History-Info") == nil)
    }

    @Test func `2.8 when busy: who is on the phone sends the next call on, and goes on talking`() throws {
        var scene = try ForwardingScene()
        try scene.pickUp("102")
        let answer = try #require(scene.heard().last)
        let sequence = try answer.cseq().number
        scene.office.deliver(scene.caller.inDialog("ACK", of: answer, sequence: sequence), on: scene.caller.flow)
        var other = try #require(scene.phones["104"])
        _ = try other.call(&scene.office, "102", callID: "call-2")
        #expect(scene.look(at: "102").holdsInvite)
        try scene.forward("102", to: toColleague)
        #expect(scene.look(at: "103").holdsInvite)
        try scene.pickUp("103")
        #expect(scene.office.received(on: other.flow).last?.status == 200)
        #expect(scene.office.switchboard.calls().map(\.isAnswered) == [true, true])
    }

    @Test func `2.9 when nobody answers: the colleague rings for what is left of the call's time`() throws {
        var scene = try ForwardingScene()
        try scene.say("102", 180)
        scene.office.wait(.seconds(20))
        try scene.forward("102", to: toColleague)
        #expect(scene.look(at: "103").holdsInvite)
        try scene.say("103", 180)
        #expect(scene.heard().map(\.status) == [180, 181, 180])
        scene.office.wait(.seconds(69))
        #expect(scene.heard().isEmpty)
        scene.office.wait(.seconds(2))
        #expect(scene.heard().map(\.status) == [480])
        #expect(scene.look(at: "103").map(\.method) == [.cancel])
        #expect(scene.office.record()?.outcome == .noAnswer)
        #expect(scene.office.record()?.forwardedBy.map(\.text) == ["102"])
    }

    @Test func `2.9 a colleague who is busy makes the call busy`() throws {
        var scene = try ForwardingScene()
        try scene.forward("102", to: toColleague)
        #expect(scene.look(at: "103").holdsInvite)
        try scene.say("103", 486)
        #expect(scene.heard().map(\.status) == [181, 486])
    }

    @Test func `2.7 a colleague without a phone is not reached, and the record says so`() throws {
        var scene = try ForwardingScene(without: ["103"])
        try scene.forward("102", to: toColleague)
        #expect(scene.heard().map(\.status) == [480])
        let record = try #require(scene.office.record())
        #expect(record.reason == "extension 102 forwarded it to 103, where no phone is registered")
        #expect((record.outcome, record.forwardedBy.map(\.text)) == (.unreachable, ["102"]))
        #expect(scene.office.events.isEmpty)
    }
}

@Suite("RFC 3261 §21.3 and §8.1.3.4, RFC 5630 §5.4, ATTACKS T03, T07 and S20: what is not followed")
struct RefusedForwardTests {
    @Test(arguments: [300, 301, 302, 305, 380])
    func `T03 nobody forwards whom the settings do not let, and the caller hears what he always did`(status: Int) throws
    {
        var scene = try ForwardingScene([])
        try scene.forward("102", to: "<sip:103@office.example>, <sip:+4490000000@carrier.example>", status: status)
        let heard = scene.heard()
        #expect(heard.map(\.status) == [480] && heard.first?.first(.warning) == nil)
        #expect(!scene.look(at: "103").holdsInvite)
        let record = try #require(scene.office.record())
        #expect(record.outcome == .failed && record.forwardedBy.isEmpty)
        #expect(scene.office.refusedForwards == [record.reason])
        #expect(record.reason.hasPrefix(status < 305 ? "extension 102 may not forward" : "the phone of extension 102"))
    }

    static let strangers: [(contact: String, shown: String)] = [
        ("<sip:+9601234567@trunk.example>", "+9601234567"), ("<sip:798@\(Office.domain)>", "798"),
        ("<sip:*8@\(Office.domain)>", "*8"), ("<sip:**103@\(Office.domain)>", "**103"),
        ("<sip:10%33%3bx@\(Office.domain)>", "103·x"), ("<sip:%22;\u{2E}103@h>", "··.103"),
        ("<tel:+44-103>", "+44103"), ("<tel:103;phone-context=evil.example>", "103·phone-context·evil.e"),
        ("<sips:798@\(Office.domain)>", "798"),
        ("<https://evil.example/103>", "an unusable address"), ("<sip:office.example>", "an unusable address"),
        ("*", "an unusable address"), ("<<>", "an unusable address"), ("", "an unusable address"),
    ]

    @Test(arguments: strangers)
    func `T07 a number or an address that is no colleague's rings nobody, and is named`(
        contact: String,
        shown: String
    ) throws {
        var scene = try ForwardingScene()
        try scene.forward("102", to: contact)
        let heard = scene.heard()
        #expect(heard.map(\.status) == [480] && heard.first?.first(.warning) == nil)
        #expect(!scene.look(at: "103").holdsInvite)
        let record = try #require(scene.office.record())
        #expect(record.reason == "the phone of extension 102 sent the call to \(shown), \(outside)")
        #expect((record.control, record.status) == (.forwardingRules, 480))
        let event = try #require(scene.office.events.first)
        #expect(
            (event.kind, event.control as Control?, event.subject) == (
                .forwardRefused, record.control, .account("phone-102-000001")
            )
        )
        #expect(event.detail == record.reason)
    }

    @Test(arguments: [
        "evil.example", "192.0.2.66:5061;transport=udp", "[2001:db8::66]", "office.example;maddr=192.0.2.66",
    ])
    func `T07 the host is nobody's business: only the number counts, and only a registered phone is rung`(
        host: String
    ) throws {
        var scene = try ForwardingScene()
        try scene.forward("102", to: "<sip:103@\(host)?Replaces=x&Subject=y>")
        let invite = try #require(scene.look(at: "103").first)
        #expect(invite.string(invite.requestURI) == scene.phones["103"]?.contact)
        #expect(!String(decoding: invite.bytes, as: UTF8.self).contains("evil"))
    }

    static let orders = [
        "<sip:104@x>;q=0.3, <sip:103@x>;q=0.7", "<sip:103@x>, <sip:104@x>", "<sip:104@x>;q=0.9, <sip:103@x>",
        "<mailto:104@x>, <sip:+1900555@x>;q=0.9, <sip:102@x>;q=0.8, <sip:103@x>;q=0.1", "<sip:phone-103-000001@x>",
        "<tel:1-03>, <sip:104@x>;q=0.9",
    ]

    /// §8.1.3.4 and §20.10.
    @Test(arguments: orders) func `the best Contact that is allowed is taken, and no other`(contacts: String) throws {
        var scene = try ForwardingScene()
        try scene.forward("102", to: contacts)
        #expect(scene.look(at: "103").holdsInvite && !scene.look(at: "104").holdsInvite)
        #expect(scene.office.events.isEmpty)
    }

    static let circles: [(target: String, reason: String)] = [
        ("102", "the phone of extension 102 sent the call on, but an extension cannot call itself"),
        ("phone-102-000002", "the phone of extension 102 sent the call on, but an extension cannot call itself"),
        ("101", "the phone of extension 102 sent the call back to 101, where it has been"),
    ]

    @Test(arguments: circles) func `S20 never to oneself or to the caller`(target: String, reason: String) throws {
        var scene = try ForwardingScene(bothPhones: target != "102")
        if let second = scene.second { _ = scene.office.received(on: second.flow) }
        try scene.forward("102", to: "<sip:\(target)@\(Office.domain)>")
        #expect(scene.office.refusedForwards == [reason])
        #expect(!scene.look(at: "101").holdsInvite)
        if let second = scene.second { #expect(scene.office.received(on: second.flow).isEmpty) }
    }

    @Test func `S20 two that forward to each other end the call, and each number rings once`() throws {
        var scene = try ForwardingScene(["102", "103"])
        try scene.forward("102", to: toColleague)
        #expect(scene.look(at: "103").holdsInvite)
        try scene.forward("103", to: "<sip:102@\(Office.domain)>")
        #expect(!scene.look(at: "102").holdsInvite)
        #expect(scene.heard().map(\.status) == [181, 480])
        let reason = "the phone of extension 103 sent the call back to 102, where it has been"
        #expect(scene.office.record()?.reason == reason && scene.office.refusedForwards == [reason])
    }

    @Test func `S20 a chain ends with its fifth forward`() throws {
        var scene = try ForwardingScene(ForwardingScene.everybody)
        for number in 102..<107 {
            try scene.forward("\(number)", to: "<sip:\(number + 1)@\(Office.domain)>")
            #expect(scene.look(at: "\(number + 1)").holdsInvite)
        }
        try scene.forward("107", to: "<sip:108@\(Office.domain)>")
        #expect(!scene.look(at: "108").holdsInvite)
        #expect(scene.heard().map(\.status) == [181, 181, 181, 181, 181, 480])
        let record = try #require(scene.office.record())
        #expect(record.forwardedBy.map(\.text) == ["102", "103", "104", "105", "106"])
        #expect(record.reason == "the phone of extension 107 sent the call on, after 5 others had")
    }

    @Test func `T03 each forward is judged as its owner's call, when it is used`() throws {
        var scene = try ForwardingScene(["102"])
        try scene.forward("102", to: toColleague)
        #expect(scene.look(at: "103").holdsInvite)
        // 103 may not forward, though the call came to it by a forward of one who may.
        try scene.forward("103", to: "<sip:104@\(Office.domain)>")
        #expect(!scene.look(at: "104").holdsInvite)
        let reason = "extension 103 may not forward its calls, and its phone sent this one to 104"
        #expect(scene.office.refusedForwards == [reason])
    }

    @Test func `T03 what was taken away while it rang is not used`() throws {
        var scene = try ForwardingScene(["102"])
        try scene.office.apply(forwarding: [], more: ["104", "105", "106", "107", "108"])
        try scene.forward("102", to: toColleague)
        #expect(!scene.look(at: "103").holdsInvite)
    }

    @Test func `a colleague who is cut off is not reached`() throws {
        var scene = try ForwardingScene()
        try scene.office.apply(forwarding: ["102"], more: ["104", "105", "106", "107", "108"], disabled: ["103"])
        try scene.forward("102", to: toColleague)
        #expect(scene.heard().map(\.status) == [480])
        let reason = "the phone of extension 102 sent the call on, but extension 103 is disabled"
        #expect(scene.office.refusedForwards == [reason])
    }
}
