// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 5627 §4.4: a GRUU as the Contact of a dialog, and in Refer-To")
struct GRUUDialogTests {
    /// 102's first phone picks up and says that it is to be reached at this URI; the INVITE, and the ACK that it gets.
    private static func answer(at uri: String, _ scene: inout GRUUScene) throws -> (invite: Message, ack: Message) {
        _ = try scene.call("sip:102@\(Office.domain)")
        let invite = try #require(scene.heard(by: \.first).first)
        let answer = scene.first.answer(invite, 200, sdp: SDP.answer(to: invite))
        let named = answer.replacing("Contact: <\(scene.first.contact)>", with: "Contact: <\(uri)>")
        scene.office.deliver(named, on: scene.first.flow)
        return (invite, try #require(scene.heard(by: \.first).first))
    }

    @Test(arguments: GRUUs.Kind.allCases)
    func `requests go to the contact that the phone registered`(kind: GRUUs.Kind) throws {
        var scene = try GRUUScene()
        let (_, ack) = try Self.answer(at: scene.ofFirst[kind], &scene)
        #expect(ack.method == .ack)
        #expect(ack.string(ack.requestURI) == scene.first.contact)
    }

    @Test func `a phone that moves takes its public one along`() throws {
        var scene = try GRUUScene()
        _ = try Self.answer(at: scene.ofFirst.stable, &scene)
        let answer = try #require(scene.heard(by: \.caller).last)
        scene.office.disconnect(scene.first.flow)
        scene.first.flow = try scene.office.flow(from: "192.0.2.60:51111")
        let moved = "<sip:moved@192.0.2.60:51111>;+sip.instance=\"<urn:uuid:phone-102-000001>\""
        _ = try scene.first.register(&scene.office, fields: ["Contact: \(moved)"])
        scene.office.deliver(scene.caller.inDialog("BYE", of: answer), on: scene.caller.flow)
        let bye = try #require(scene.heard(by: \.first).last)
        #expect(bye.method == .bye)
        #expect(bye.string(bye.requestURI) == "sip:moved@192.0.2.60:51111")
    }

    @Test func `another phone's GRUU tells nobody where that phone is`() throws {
        var scene = try GRUUScene()
        let (_, ack) = try Self.answer(at: scene.ofSecond.stable, &scene)
        #expect(ack.string(ack.requestURI) == scene.ofSecond.stable)
    }

    /// 101 talks with 103 and transfers it to a URI; what 101 hears.
    private static func transfer(_ uri: String, _ scene: inout GRUUScene, headers: String = "") throws -> [Message] {
        _ = try scene.caller.call(&scene.office, "103", callID: "call-3")
        let invite = try #require(scene.heard(by: \.third).first)
        let answer = try scene.pickUp(invite, at: \.third)
        _ = scene.heard(by: \.third)
        let refer = scene.caller.inDialog("REFER", of: answer, extra: ["Refer-To: <\(uri)\(headers)>"])
        scene.office.deliver(refer, on: scene.caller.flow)
        return scene.heard(by: \.caller)
    }

    @Test(arguments: GRUUs.Kind.allCases)
    func `a transfer rings that phone only`(kind: GRUUs.Kind) throws {
        var scene = try GRUUScene()
        let heard = try Self.transfer(scene.ofSecond[kind], &scene)
        #expect(heard.map(\.status) == [202, nil])
        #expect(scene.heard(by: \.first).isEmpty)
        #expect(scene.heard(by: \.second).map(\.method) == [.invite])
    }

    @Test func `a transfer to one that is nobody's is refused as any unknown number`() throws {
        var scene = try GRUUScene()
        #expect(try Self.transfer("sip:tgruu.0@\(Office.domain);gr", &scene).map(\.status) == [404])
        #expect(scene.heard(by: \.first).isEmpty)
    }

    @Test func `in an attended transfer the dialog is what counts`() throws {
        var scene = try GRUUScene()
        _ = try scene.call(scene.ofFirst.stable)
        let invite = try #require(scene.heard(by: \.first).first)
        let answer = try scene.pickUp(invite, at: \.first)
        _ = scene.heard(by: \.first)
        let tag = answer.text(.to).split(separator: "tag=").last ?? ""
        let replaces = "?Replaces=call-1%3Bto-tag%3D\(tag)%3Bfrom-tag%3Dphone-tag"
        let heard = try Self.transfer(scene.ofFirst.stable, &scene, headers: replaces)
        #expect(heard.first?.status == 202)
        #expect(heard.contains { $0.method == .bye })
        #expect(scene.heard(by: \.first).map(\.method) == [.invite])
        #expect(scene.office.switchboard.calls().count == 1)
    }

    @Test(arguments: [(GRUUs.Kind.stable, true), (.temporary, false)])
    func `who is reached by a temporary one stays unknown to who is transferred there`(
        kind: GRUUs.Kind,
        isKnown: Bool
    ) throws {
        var scene = try GRUUScene()
        _ = try Self.transfer(scene.ofFirst[kind], &scene)
        let invite = try #require(scene.heard(by: \.first).first)
        scene.office.deliver(scene.first.answer(invite, 200, sdp: SDP.answer(to: invite)), on: scene.first.flow)
        let introduction = try #require(scene.heard(by: \.third).last)
        #expect(introduction.method == .invite)
        #expect(introduction.text(.pAssertedIdentity).contains("sip:102@") == isKnown)
        #expect(introduction.text(.privacy) == (isKnown ? "" : "id"))
    }
}
