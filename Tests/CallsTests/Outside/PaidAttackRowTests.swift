// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

/// Rows of the attack catalogue about calls that cost money, through the whole switchboard with a provider.
@Suite("Attacks on calls that cost money")
struct PaidAttackRowTests {
    /// 101 talks with 102, whose phone asks for a transfer; what it hears.
    private static func transfer(_ scene: inout OutsideScene, to target: String) throws -> [Message] {
        _ = try scene.dial("102", callID: "inside-1")
        let invite = try #require(scene.office.received(on: scene.callee.flow).first { $0.method == .invite })
        scene.office.deliver(
            scene.callee.answer(invite, 200, sdp: SDP.answer(to: invite, port: 32_000)),
            on: scene.callee.flow
        )
        let answer = try #require(scene.office.received(on: scene.caller.flow).last)
        try scene.acknowledge(answer)
        _ = scene.office.received(on: scene.callee.flow)
        let refer = scene.callee.inDialog("REFER", from: invite, extra: ["Refer-To: <\(target)>"])
        scene.office.deliver(refer, on: scene.callee.flow)
        return scene.office.received(on: scene.callee.flow)
    }

    @Test(
        arguments: [
            "sip:+9607710000@office.example", "tel:+9607710000", "sip:009607710000@office.example",
            "sip:+4930555123@office.example",
        ]
    )
    func `T06 nothing is transferred outside that may not be sent on, also where it may be dialled`(
        target: String
    ) throws {
        var scene = try OutsideScene()
        #expect(try Self.transfer(&scene, to: target).map(\.status) == [403])
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .invite })
        #expect(scene.office.record()?.outcome == .refused && scene.office.record()?.status == 403)
    }

    @Test func `T06 nobody is transferred to a host that only a REFER names`() throws {
        var scene = try OutsideScene()
        #expect(try Self.transfer(&scene, to: "sip:+9607710000@provider.example").map(\.status) == [404])
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .invite })
    }

    @Test func `T06 a provider sends nobody anywhere, and is told so`() throws {
        var scene = try OutsideScene()
        let (_, invite) = try scene.talk(to: "040555123")
        let refer = scene.provider.inDialog(
            "REFER",
            from: invite,
            extra: ["Refer-To: <sip:+9607710000@office.example>"]
        )
        scene.office.deliver(refer, on: scene.provider.flow)
        #expect(scene.office.received(on: scene.provider.flow).map(\.status) == [403])
    }

    @Test(arguments: ["sip:09001000000@office.example", "tel:+499001000000", "sip:+8816000000000@office.example"])
    func `Z05 nobody is talked into transferring a call to a premium number`(target: String) throws {
        var scene = try OutsideScene { dialing, _ in
            dialing.rights.onwardClasses = [.geographic, .mobile, .premium, .satellite]
        }
        let heard = try Self.transfer(&scene, to: target)
        #expect(heard.map(\.status) == [403])
        #expect(heard.last?.text(.warning).contains("[premium-numbers]") == true, "they are told why")
        #expect(scene.office.record()?.control == .premiumNumbers)
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .invite })
    }

    @Test(
        arguments: [
            "+9607710000", "%2B9607710000", "009607710000", "+960-771-00.00", "0,009607710000", "1234%23009607710000",
            "+9607710000&+4930555123", "+4930555123&+9607710000", "+9607710000,,,1", "+9607710000!", "+960771000A",
            "%EF%BC%8B9607710000", "+960771%EF%BC%90%EF%BC%90%EF%BC%90%EF%BC%90", "+9607710000;phone-context=+49",
            "9607710000;phone-context=+", "+9607710000%20", "*31*+9607710000", "+9607710000ppp1", "010100009607710000",
        ]
    )
    func `T08 a number in disguise is refused, or is the number that it is`(form: String) throws {
        var scene = try OutsideScene()
        let heard = try scene.dial(form)
        #expect([403, 404, 484].contains(heard.last?.status), "\(heard.last?.status ?? 0)")
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .invite })
    }

    @Test(arguments: ["040555123", "+4940555123", "+49-40.555(123)", "004940555123"])
    func `T08 what leaves is the one form of the number, never what was typed`(form: String) throws {
        var scene = try OutsideScene()
        _ = try scene.dial(form)
        let invite = try scene.invite()
        #expect(invite.string(invite.requestURI) == "sip:+4940555123@sip.provider.example;user=phone")
        #expect(invite.text(.to).contains("+4940555123"))
    }

    @Test func `T10 a call that nobody ends is ended when it has lasted or cost as much as one may`() throws {
        for (price, minutes) in [(10_000, 60), (400_000, 13)] as [(Int64, Int)] {
            var scene = try OutsideScene(rates: [("+43", price)]) { dialing, spending in
                dialing.rights.countries[Region(parsing: "AT")!] = CountryRule(.open)
                (spending.extensionLimits, spending.businessLimits) = (OutsideScene.limits(40), OutsideScene.limits(40))
                spending.sharedLimits = OutsideScene.limits(40)
            }
            _ = try scene.talk(to: "004317654321")
            scene.pass(seconds: minutes * 60 - 60)
            #expect(scene.office.record()?.endedAt == nil)
            scene.pass(seconds: 120)
            #expect(scene.office.record()?.endedAt != nil, "\(price)")
            let cost = try #require(scene.office.record()?.charges.first?.cost)
            #expect(cost <= SpendSettings().perCall, "\(cost)")
        }
    }

    @Test(arguments: [
        "P-Asserted-Identity: <sip:+12025550100@office.example>", "P-Preferred-Identity: <tel:+12025550100>",
        "Remote-Party-ID: <sip:+12025550100@office.example>;party=calling",
        "Diversion: <sip:+12025550100@office.example>",
    ])
    func `T12 a call leaves under a number of the business, whatever the phone says it is`(field: String) throws {
        var scene = try OutsideScene()
        let target = "sip:040555123@\(Office.domain)"
        let contact = "Contact: <\(scene.caller.contact)>"
        _ = try scene.caller.ask(
            &scene.office,
            "INVITE",
            to: target,
            callID: "spoof-1",
            extra: [contact, field],
            body: SDP.offer()
        )
        let invite = try scene.invite()
        #expect(invite.text(.from).hasPrefix("<sip:\(OutsideScene.owned)@"))
        #expect(invite.text(.pAssertedIdentity).contains(OutsideScene.owned))
        #expect(!String(decoding: invite.bytes, as: UTF8.self).contains("2025550100"))
    }

    @Test func `T12 a phone that is somebody else in From is refused`() throws {
        var scene = try OutsideScene()
        let heard = try scene.caller.ask(
            &scene.office,
            "INVITE",
            to: "sip:040555123@\(Office.domain)",
            from: "sip:+12025550100@\(Office.domain)",
            callID: "spoof-2",
            extra: ["Contact: <\(scene.caller.contact)>"],
            body: SDP.offer()
        )
        #expect(heard.last?.status == 403)
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .invite })
    }

    @Test func `T14 who never confirms an answer has a call that counts and is over after 32 seconds`() throws {
        var scene = try OutsideScene()
        _ = try scene.dial("040555123")
        let invite = try scene.invite()
        #expect(scene.say(200, to: invite).last?.status == 200)
        _ = scene.office.received(on: scene.provider.flow)
        scene.pass(seconds: 40)
        #expect(scene.office.received(on: scene.provider.flow).contains { $0.method == .bye })
        let charge = try #require(scene.office.record()?.charges.first)
        #expect(scene.office.record()?.endedAt != nil && charge.answeredAt != nil)
        #expect(try #require(charge.cost) >= Money(micros: 5_000)!, "half a minute at a cent: \(charge.cost ?? .zero)")
    }

    @Test func `T14 what is spoken before the answer is not for nothing longer than a call may ring`() throws {
        var scene = try OutsideScene()
        _ = try scene.dial("040555123")
        let invite = try scene.invite()
        _ = scene.say(183, to: invite)
        scene.pass(seconds: 310)
        #expect(scene.office.record()?.endedAt != nil)
        #expect(scene.office.record()?.charges.first?.cost == .zero)
        #expect(scene.office.received(on: scene.provider.flow).contains { $0.method == .cancel })
    }

    /// 101 calls 102, whose phone sends the call on.
    private static func redirect(_ scene: inout OutsideScene, to target: String, callID: String) throws {
        _ = try scene.dial("102", callID: callID)
        let invite = try #require(scene.office.received(on: scene.callee.flow).first { $0.method == .invite })
        scene.office.deliver(scene.callee.answer(invite, 302, extra: ["Contact: <\(target)>"]), on: scene.callee.flow)
    }

    private static func mayForward(_ scene: inout OutsideScene) throws {
        let number = try #require(ExtensionNumber(parsing: "102"))
        var value = try #require(scene.office.snapshot.extensions[number])
        value.forwarding = .outside
        scene.office.apply([.put(value)])
    }

    @Test func `T03 people hear once of each number outside that a phone forwards to, and who forwards pays`() throws {
        var scene = try OutsideScene { dialing, _ in dialing.rights.onwardClasses = [.geographic] }
        try Self.mayForward(&scene)
        for (index, digits) in ["555123", "555123", "555124"].enumerated() {
            try Self.redirect(&scene, to: "sip:+4940\(digits)@office.example", callID: "call-\(index)")
            let invite = try scene.invite()
            #expect(invite.string(invite.requestURI).contains("+4940\(digits)"))
            _ = scene.say(486, to: invite)
            // Nobody begins more than two calls to the outside in a second.
            scene.pass(seconds: 2)
        }
        let events = scene.office.events.filter { $0.kind == .forwardFollowed }
        #expect(events.count == 2)
        #expect(events.first?.subject?.description.hasSuffix("of extension 102") == true)
        #expect(
            events.first?.detail == "the phone of extension 102 sends its calls to +4940555123; "
                + "to stop it: ringfence extension forwarding 102 --to nobody"
        )
        #expect(scene.office.record()?.charges.first?.payer.extension.text == "102")
    }

    @Test(arguments: ["sip:+499001000000@office.example", "tel:+8816000000000", "sip:+9607710000@office.example"])
    func `T03 whoever may forward outside forwards to no premium and no closed number`(target: String) throws {
        var scene = try OutsideScene { dialing, _ in
            dialing.rights.onwardClasses = [.geographic, .mobile, .premium, .satellite]
        }
        try Self.mayForward(&scene)
        try Self.redirect(&scene, to: target, callID: "call-1")
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .invite })
        #expect(scene.office.received(on: scene.caller.flow).last?.status == 480)
        #expect(scene.office.events.contains { $0.kind == .forwardRefused })
    }
}
