// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

@Suite("Control dormant-extensions: a login that is good for help and nothing else")
struct HelpLoginTests {
    private static let noKeys = SDP.offer(profile: "RTP/AVP", crypto: [])

    /// 101 is disabled, and its phone comes from where no phone ever was.
    private func disabled() throws -> OutsideScene {
        var scene = try OutsideScene()
        let number = try #require(ExtensionNumber(parsing: "101"))
        var value = try #require(scene.office.snapshot.extensions[number])
        value.isEnabled = false
        scene.office.apply([.put(value)])
        scene.caller = try Phone("phone-101-000001", in: &scene.office, from: "203.0.113.9:40000")
        return scene
    }

    /// Somebody guessed at 101 until its account was guarded, and has its password now.
    private func guarded() throws -> OutsideScene {
        var scene = try OutsideScene()
        for number in 1...20 {
            var guesser = try Phone("phone-101-000001", in: &scene.office, from: "203.0.113.\(number):40000")
            #expect(try guesser.register(&scene.office, password: "guess \(number)").status == 401)
            scene.pass(seconds: 60)
        }
        scene.caller = try Phone("phone-101-000001", in: &scene.office, from: "203.0.113.99:40000")
        #expect(try scene.caller.register(&scene.office).status == 401)
        return scene
    }

    /// What an INVITE for help with the right password is answered with.
    private func ask(_ scene: inout OutsideScene, extra: [String] = [], body: String = SDP.offer()) throws -> [Int] {
        try scene.caller.ask(
            &scene.office,
            "INVITE",
            to: "sip:112@\(Office.domain)",
            callID: "help",
            extra: ["Contact: <\(scene.caller.contact)>"] + extra,
            body: body
        ).compactMap(\.status)
    }

    @Test(arguments: [false, true])
    func `I05 a call for help that cannot leave says nothing of the password`(isGuarded: Bool) throws {
        var scene = try isGuarded ? guarded() : disabled()
        #expect(try ask(&scene, body: Self.noKeys) == [401])
        #expect(try ask(&scene, body: "v=0") == [401])
        #expect(try ask(&scene, extra: ["Require: nobody-knows"]) == [401])
        #expect(try ask(&scene, extra: ["Session-Expires: 1"]) == [401])
        #expect(try ask(&scene, extra: ["Max-Breadth: 0"]) == [401])
        #expect(try ask(&scene, extra: ["Replaces: a;to-tag=b;from-tag=c"]) == [401])
        scene.office.disconnect(scene.provider.flow)
        #expect(try ask(&scene) == [401])
        #expect(!scene.office.proven.contains(scene.caller.flow.id))
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .invite })
    }

    @Test func `I05 one that leaves is let in, told of, and makes no place of phones of where it comes from`() throws {
        var scene = try disabled()
        #expect(try ask(&scene) == [100])
        let invite = try scene.invite()
        #expect(invite.string(invite.requestURI).hasPrefix("sip:112@"))
        #expect(scene.office.events.map(\.kind) == [.stalePhone, .emergencyCall])
        #expect(!scene.office.proven.contains(scene.caller.flow.id))
        let answer = try #require(scene.say(200, to: invite).last)
        try scene.acknowledge(answer)
        // What comes in the call is heard, and what belongs to it ends with its connection.
        scene.office.deliver(scene.caller.inDialog("OPTIONS", of: answer), on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).last?.status == 200)
        scene.office.deliver(scene.caller.inDialog("BYE", of: answer), on: scene.caller.flow)
        #expect(scene.office.received(on: scene.provider.flow).last?.method == .bye)
        #expect(try scene.dial("102", callID: "inside").last?.status == 401)
    }

    @Test func `C02 an account that is guessed at calls for help from anywhere, and that is told as a guess`() throws {
        var scene = try guarded()
        let before = scene.office.events.count
        #expect(try ask(&scene) == [100])
        _ = try scene.invite()
        #expect(scene.office.events.dropFirst(before).map(\.kind) == [.accountGuarded, .emergencyCall])
        #expect(!scene.office.proven.contains(scene.caller.flow.id))
    }

    @Test func `T13 what takes the place of another call is no call for help, whatever it dials`() throws {
        var scene = try OutsideScene()
        let heard = try scene.caller.ask(
            &scene.office,
            "INVITE",
            to: "sip:112@\(Office.domain)",
            from: "sip:102@\(Office.domain)",
            callID: "forged",
            extra: ["Contact: <\(scene.caller.contact)>", "Replaces: a;to-tag=b;from-tag=c"],
            body: SDP.offer()
        )
        #expect(heard.map(\.status) == [403], "From names somebody else")
        scene.office.shutOut = [scene.caller.flow.id]
        let shut = scene.caller.request(
            "INVITE",
            to: "sip:112@\(Office.domain)",
            callID: "shut",
            extra: ["Replaces: a;to-tag=b;from-tag=c"],
            body: SDP.offer()
        )
        scene.office.deliver(shut, on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).isEmpty)
    }
}
