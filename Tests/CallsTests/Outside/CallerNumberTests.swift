// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 3323 and RFC 3325: what a provider is told of who calls")
struct CallerNumberTests {
    private static let site = "+49301234599"

    /// The provider keeps withheld numbers to itself, or does not.
    private func scene(keepsWithheld: Bool = false, _ field: Trunk.CallerField = .asserted) throws -> OutsideScene {
        var access = try OutsideScene.trunk("main")
        access.trunk.keepsWithheld = keepsWithheld
        access.trunk.callerField = field
        return try OutsideScene(trunk: access)
    }

    private func withhold(_ scene: inout OutsideScene) throws {
        let number = try #require(ExtensionNumber(parsing: "101"))
        let callers = CallerNumbers(usual: PhoneNumber(parsing: OutsideScene.owned), withheld: [number])
        scene.office.apply([.outside(.showCallers(callers))])
    }

    @Test(arguments: ["*31*040555123", "%2331%23040555123", "*31*+4940555123"])
    func `a code before the number withholds the caller's, for this call`(_ dialled: String) throws {
        var scene = try scene()
        _ = try scene.dial(dialled)
        let invite = try scene.invite()
        #expect(invite.string(invite.requestURI).hasPrefix("sip:+4940555123@"))
        #expect(invite.text(.from).hasPrefix("\"Anonymous\" <sip:anonymous@anonymous.invalid>"))
        #expect(invite.text(.privacy) == "id" && invite.first(.pAssertedIdentity) == nil)
        #expect(!String(decoding: invite.bytes, as: UTF8.self).contains("301234567"))
        _ = scene.say(404, to: invite)
        _ = try scene.dial("040555123", callID: "call-2")
        #expect(try scene.invite().text(.from).hasPrefix("<sip:+49301234567@"))
    }

    @Test(arguments: [Trunk.CallerField.asserted, .preferred, .from])
    func `only a provider that keeps it to itself is told a withheld number`(_ field: Trunk.CallerField) throws {
        for keepsWithheld in [false, true] {
            var scene = try scene(keepsWithheld: keepsWithheld, field)
            try withhold(&scene)
            _ = try scene.dial("040555123")
            let invite = try scene.invite()
            #expect(invite.text(.from).contains("anonymous.invalid") && invite.text(.privacy) == "id")
            let isTold = keepsWithheld && field != .from
            #expect(String(decoding: invite.bytes, as: UTF8.self).contains("+49301234567") == isTold)
        }
    }

    @Test func `what is withheld is withheld too when the provider asks who we are`() throws {
        var scene = try scene()
        try withhold(&scene)
        _ = try scene.dial("040555123")
        let challenge =
            #"Proxy-Authenticate: Digest realm="sip.provider.example", nonce="n1", qop="auth", algorithm=SHA-256"#
        _ = scene.say(407, to: try scene.invite(), extra: [challenge])
        let again = try scene.invite()
        #expect(again.text(.privacy) == "id" && again.text(.from).contains("anonymous.invalid"))
        #expect(!String(decoding: again.bytes, as: UTF8.self).contains("301234567"))
    }

    @Test func `an extension withholds its number outside, and not from colleagues`() throws {
        var scene = try scene()
        try withhold(&scene)
        _ = try scene.dial("102")
        let inside = try #require(scene.office.received(on: scene.callee.flow).first)
        #expect(inside.text(.from).contains("<sip:101@"))
        _ = try scene.dial("*31*102", callID: "call-2")
        let hidden = try #require(scene.office.received(on: scene.callee.flow).first { $0.method == .invite })
        #expect(hidden.text(.from).contains("anonymous.invalid"))
    }

    @Test(arguments: ["112", "*31*112", "%2331%23110"])
    func `who calls for help is never unknown`(_ dialled: String) throws {
        var scene = try scene()
        try withhold(&scene)
        _ = try scene.dial(dialled)
        let invite = try scene.invite()
        #expect(invite.string(invite.requestURI).hasPrefix("sip:11"))
        #expect(invite.text(.from).hasPrefix("<sip:+49301234567@") && invite.first(.privacy) == nil)
        #expect(invite.text(.pAssertedIdentity) == "<sip:+49301234567@sip.provider.example>")
    }

    @Test(arguments: ["*31*", "%2331%23", "*31*0900123456", "*31**43", "*31**31*040555123"])
    func `a code opens nothing`(_ dialled: String) throws {
        var scene = try scene()
        let heard = try scene.dial(dialled)
        #expect(heard.last.map { $0.status == 200 || $0.status ?? 0 >= 400 } == true)
        #expect(scene.office.received(on: scene.provider.flow).isEmpty)
    }

    @Test func `phones of a site show its number, extensions with one of their own show that`() throws {
        var scene = try scene()
        let place = try #require(IPPrefix(parsing: "\(scene.caller.flow.remote.ip)"))
        let (usual, site) = (PhoneNumber(parsing: OutsideScene.owned), PhoneNumber(parsing: Self.site))
        var callers = CallerNumbers(usual: usual, sites: [place: try #require(site)])
        let own = try OutsideScene.number(Self.site, "102")
        scene.office.apply([.outside(.own(own)), .outside(.showCallers(callers))])
        _ = try scene.dial("040555123")
        let first = try scene.invite()
        #expect(first.text(.from).hasPrefix("<sip:\(Self.site)@"))
        _ = scene.say(404, to: first)
        _ = try scene.dial("112", callID: "help")
        let help = try scene.invite()
        #expect(help.text(.from).hasPrefix("<sip:\(Self.site)@"), "who helps calls back where the phone is")
        _ = scene.say(404, to: help)
        callers.own[try #require(ExtensionNumber(parsing: "101"))] = usual
        scene.office.apply([.outside(.showCallers(callers))])
        _ = try scene.dial("040555124", callID: "call-3")
        #expect(try scene.invite().text(.from).hasPrefix("<sip:\(OutsideScene.owned)@"))
    }

    @Test func `a transfer with the code before its number withholds too`() throws {
        var scene = try OutsideScene { dialing, _ in dialing.rights.onwardClasses = [.geographic, .mobile] }
        let (answer, _) = try scene.talk(to: "040555123")
        let target = "Refer-To: <sip:*31*089555123@\(Office.domain)>"
        let refer = scene.caller.inDialog("REFER", of: answer, extra: [target])
        scene.office.deliver(refer, on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).first?.status == 202)
        let invite = try scene.invite()
        #expect(invite.string(invite.requestURI).hasPrefix("sip:+4989555123@"))
        #expect(invite.text(.from).contains("anonymous.invalid") && invite.text(.privacy) == "id")
    }

    @Test func `a provider whose caller is transferred to a colleague is told nothing of the inside`() throws {
        var scene = try OutsideScene()
        let (answer, _) = try scene.talk(to: "040555123")
        let refer = scene.caller.inDialog("REFER", of: answer, extra: ["Refer-To: <sip:102@\(Office.domain)>"])
        scene.office.deliver(refer, on: scene.caller.flow)
        let ringing = try #require(scene.office.received(on: scene.callee.flow).first { $0.method == .invite })
        scene.office.deliver(scene.callee.answer(ringing, 200, sdp: SDP.answer(to: ringing)), on: scene.callee.flow)
        let told = try #require(scene.office.received(on: scene.provider.flow).first { $0.method == .invite })
        #expect(told.first(.pAssertedIdentity) == nil)
        #expect(!String(decoding: told.bytes, as: UTF8.self).contains("102@"))
    }

    @Test func `a number that is not owned any more is shown by nobody`() throws {
        var scene = try scene()
        scene.office.apply([.outside(.disown(try #require(PhoneNumber(parsing: OutsideScene.owned))))])
        _ = try scene.dial("040555123")
        #expect(try scene.invite().text(.from).hasPrefix("<sip:account@"))
    }
}
