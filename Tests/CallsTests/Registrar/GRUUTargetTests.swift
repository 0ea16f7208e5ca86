// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import TestKit
import Testing

@Suite("RFC 5627 §6.1: requests to a GRUU")
struct GRUUTargetTests {
    @Test(arguments: GRUUs.Kind.allCases)
    func `a call rings that phone only, at the contact that it registered`(kind: GRUUs.Kind) throws {
        var scene = try GRUUScene()
        _ = try scene.call(scene.ofSecond[kind])
        #expect(scene.heard(by: \.first).isEmpty)
        let invite = try #require(scene.heard(by: \.second).first)
        #expect(invite.string(invite.requestURI) == scene.second.contact)
        #expect(scene.office.record()?.callee?.text == "102")
        #expect(scene.office.record()?.dialled == "102")
    }

    @Test func `of several contacts of one phone, the one that was refreshed last`() throws {
        var scene = try GRUUScene()
        let old = scene.first.flow
        scene.office.wait(.seconds(1))
        scene.first.flow = try scene.office.flow(from: "192.0.2.60:51111")
        let moved = "Contact: <sip:moved@192.0.2.60:51111>;+sip.instance=\"<URN:UUID:phone-102-000001>\""
        _ = try scene.first.register(&scene.office, fields: [moved])
        _ = try scene.call(scene.ofFirst.stable)
        #expect(scene.office.received(on: old).isEmpty)
        #expect(scene.heard(by: \.first).map(\.method) == [.invite])
    }

    @Test(arguments: ["<urn:uuid:1>", "<urn:x:50%;a=b,c>", "<a b\\\"c>"])
    func `whatever the phone calls itself`(instance: String) throws {
        var scene = try GRUUScene()
        let given = try #require(try GRUUs(scene.first.registerInstance(&scene.office, instance)))
        _ = try scene.call(given.stable)
        #expect(scene.heard(by: \.first).map(\.method) == [.invite])
        #expect(scene.heard(by: \.second).isEmpty)
    }

    @Test func `one whose phone is not there is 480, and so is one that never was`() throws {
        var scene = try GRUUScene()
        scene.office.disconnect(scene.first.flow)
        let gone = try scene.call(scene.ofFirst.stable, callID: "call-1")
        let never = try scene.call("sip:102@\(Office.domain);gr=urn:uuid:0", callID: "call-2")
        #expect(gone.status == 480 && never.status == 480)
        #expect(scene.heard(by: \.second).isEmpty)
        #expect(scene.office.record()?.outcome == .unreachable)
    }

    /// What the caller learns of a URI, without what is different in every message.
    private static func answer(_ uri: String, _ scene: inout GRUUScene, _ callID: String) throws -> [String] {
        let answer = try scene.call(uri, callID: callID)
        let lines = String(decoding: answer.bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
        #expect(scene.heard(by: \.first).isEmpty && scene.heard(by: \.second).isEmpty)
        return lines.filter { line in !["To:", "Via:", "Call-ID:", "CSeq:"].contains { line.hasPrefix($0) } }
    }

    @Test func `what is nobody's gets one answer: forged, of another business, ended, of no extension`() throws {
        var scene = try GRUUScene()
        _ = try scene.first.registerInstance(&scene.office, callID: "other")
        let seal = GRUUSeal(key: Array(repeating: 8, count: 32), domain: Office.domain)
        let foreign = seal.seal(GRUUSeal.Content(registration: 2, session: 0), using: .repeatable())
        let uris = [
            scene.ofFirst.temporary, "sip:\(String(decoding: foreign, as: UTF8.self))@\(Office.domain);gr",
            "sip:tgruu.0@\(Office.domain);gr", "sip:102@\(Office.domain);gr", "sip:798@\(Office.domain);gr=urn:uuid:1",
            "sip:798@\(Office.domain)",
        ]
        var answers: Set<[String]> = []
        for (index, uri) in uris.enumerated() { answers.insert(try Self.answer(uri, &scene, "call-\(index)")) }
        #expect(answers.count == 1)
        #expect(answers.first?.first == "SIP/2.0 404 Not Found")
    }

    @Test func `a stranger learns nothing of either kind`() throws {
        var scene = try GRUUScene()
        var stranger = try Phone("phone-103-000001", in: &scene.office, from: "198.51.100.9:4444")
        for uri in [scene.ofFirst.stable, scene.ofFirst.temporary, "sip:tgruu.0@\(Office.domain);gr"] {
            let request = stranger.request("INVITE", to: uri, extra: ["Contact: <\(stranger.contact)>"])
            scene.office.deliver(request, on: stranger.flow)
            #expect(scene.office.received(on: stranger.flow).map(\.status) == [401])
        }
        #expect(scene.heard(by: \.first).isEmpty)
    }

    @Test func `a text goes to that phone only`() throws {
        var scene = try GRUUScene()
        for uri in [scene.ofFirst.stable, scene.ofFirst.temporary] {
            let answers = try scene.caller.ask(&scene.office, "MESSAGE", to: uri, body: "hello", type: "text/plain")
            #expect(answers.last?.status == 202)
            #expect(scene.heard(by: \.first).map(\.method) == [.message])
            #expect(scene.heard(by: \.second).isEmpty)
        }
        scene.office.disconnect(scene.first.flow)
        for (uri, status) in [(scene.ofFirst.stable, 480), (scene.ofFirst.temporary, 404)] {
            let answers = try scene.caller.ask(&scene.office, "MESSAGE", to: uri, body: "hello", type: "text/plain")
            #expect(answers.last?.status == status)
        }
    }

    @Test func `an own extension is judged as by its number`() throws {
        var scene = try GRUUScene()
        let answers = try scene.second.ask(
            &scene.office,
            "INVITE",
            to: scene.ofFirst.stable,
            extra: ["Contact: <\(scene.second.contact)>"],
            body: SDP.offer()
        )
        #expect(answers.last?.status == 403)
        #expect(try scene.second.call(&scene.office, "102", callID: "call-2").last?.status == 403)
    }

    @Test func `who is watched by a public one is the extension, and a temporary one hides it`() throws {
        var scene = try GRUUScene()
        let watch = { (uri: String, scene: inout GRUUScene) in
            let contact = "Contact: <\(scene.caller.contact)>"
            return try scene.caller.ask(&scene.office, "SUBSCRIBE", to: uri, extra: ["Event: dialog", contact])
        }
        let answers = try watch(scene.ofFirst.stable, &scene)
        #expect(answers.first?.status == 200)
        #expect(answers.last?.bodyText.contains("entity=\"sip:102@\(Office.domain)\"") == true)
        #expect(try watch(scene.ofFirst.temporary, &scene).map(\.status) == [403])
        #expect(try watch("sip:798@\(Office.domain)", &scene).map(\.status) == [403])
    }

    @Test func `a call that rings there is picked up by the rules, whatever name is in front of its dialog`() throws {
        var scene = try GRUUScene()
        _ = try scene.call(scene.ofFirst.temporary)
        let invite = try #require(scene.heard(by: \.first).first)
        let own = invite.text(.from).split(separator: "tag=").last ?? ""
        let fields = [
            "Contact: <\(scene.third.contact)>", "Require: replaces",
            "Replaces: \(invite.text(.callID));to-tag=callee-tag;from-tag=\(own)",
        ]
        let take = { (scene: inout GRUUScene) in
            let uri = scene.ofFirst.stable
            return try scene.third.ask(&scene.office, "INVITE", to: uri, extra: fields, body: SDP.offer()).last?.status
        }
        #expect(try take(&scene) == 403)
        try scene.office.apply(groups: ["102": "sales", "103": "sales"])
        #expect(try take(&scene) == 200)
        #expect(scene.heard(by: \.second).isEmpty)
    }
}
