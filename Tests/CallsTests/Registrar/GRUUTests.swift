// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import TestKit
import Testing

@Suite("RFC 5627 §5.1 and §5.2: the GRUUs that a phone is given")
struct GRUUGrantTests {
    @Test func `a phone that asks gets a public one of its extension and instance, and a temporary one`() throws {
        var office = try Office()
        var phone = try Phone("phone-102-000001", in: &office)
        let answer = try phone.registerInstance(&office, "<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>")
        let given = try #require(try GRUUs(answer))
        #expect(given.stable == "sip:102@\(Office.domain);gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6")
        #expect(given.temporary.hasPrefix("sip:tgruu.") && given.temporary.hasSuffix("@\(Office.domain);gr"))
        let names = ["102", phone.username, "f81d4fae", phone.callID]
        for name in names { #expect(!given.temporary.contains(name)) }
        #expect(!given.stable.contains(phone.username))
    }

    @Test(arguments: [["Supported: outbound"], []])
    func `a phone that does not ask gets none`(fields: [String]) throws {
        var office = try Office()
        var phone = try Phone("phone-102-000001", in: &office)
        let answer = try phone.registerInstance(&office, fields: fields)
        #expect(answer.status == 200)
        #expect(!answer.text("Contact").contains("gruu"))
    }

    @Test(arguments: ["", ";+sip.instance=\"\"", ";+sip.instance=\"<>\"", ";+sip.instance=\"urn:uuid:1\""])
    func `a phone that does not say which one it is gets none`(parameter: String) throws {
        var office = try Office()
        var phone = try Phone("phone-102-000001", in: &office)
        let answer = try phone.register(
            &office,
            fields: ["Contact: <\(phone.contact)>\(parameter)", "Supported: gruu"]
        )
        #expect(answer.status == 200)
        #expect(!answer.text("Contact").contains("gruu"))
    }

    @Test func `it may insist`() throws {
        var office = try Office()
        var phone = try Phone("phone-102-000001", in: &office)
        let answer = try phone.registerInstance(&office, fields: ["Require: gruu"])
        #expect(try GRUUs(answer) != nil)
    }

    @Test func `a sips address of record gets sips GRUUs`() throws {
        var office = try Office()
        var phone = try Phone("phone-102-000001", in: &office)
        let contact = "<sips:\(phone.username)@192.0.2.50:50000>;+sip.instance=\"<urn:uuid:1>\""
        let answers = try phone.ask(
            &office,
            "REGISTER",
            to: "sips:\(Office.domain)",
            toHeader: "<sips:\(phone.username)@\(Office.domain)>",
            extra: ["Contact: \(contact)", "Supported: gruu"]
        )
        let answer = try #require(answers.last)
        let given = try #require(try GRUUs(answer))
        #expect(given.stable.hasPrefix("sips:102@"))
        #expect(given.temporary.hasPrefix("sips:tgruu."))
    }

    @Test func `a GRUU of this business is no contact: it would stand for itself`() throws {
        var scene = try GRUUScene()
        for uri in [scene.ofFirst.stable, scene.ofFirst.temporary] {
            let answer = try scene.first.register(&scene.office, contact: uri)
            #expect(answer.status == 403)
        }
        #expect(scene.office.switchboard.registrations().count == 4)
    }
}

@Suite("RFC 5627 §5.3 and §5.4: how long a GRUU is good for")
struct GRUULifetimeTests {
    /// Calls a GRUU; whether it rings its phone, and if not, the answer.
    private static func outcome(_ uri: String, _ scene: inout GRUUScene, _ callID: String) throws -> Int {
        let answer = try scene.call(uri, callID: callID)
        let rings = scene.heard(by: \.first).contains { $0.method == .invite }
        #expect(!scene.heard(by: \.second).contains { $0.method == .invite })
        #expect(rings == (answer.status == 100))
        return try #require(answer.status)
    }

    @Test func `each REGISTER brings another temporary one, and the earlier ones stay good`() throws {
        var scene = try GRUUScene()
        let later = try #require(try GRUUs(scene.first.registerInstance(&scene.office)))
        #expect(later.temporary != scene.ofFirst.temporary)
        #expect(later.stable == scene.ofFirst.stable)
        #expect(try Self.outcome(scene.ofFirst.temporary, &scene, "call-1") == 100)
        #expect(try Self.outcome(later.temporary, &scene, "call-2") == 100)
    }

    @Test func `another Call-ID ends the temporary ones, and not the public one`() throws {
        var scene = try GRUUScene()
        let later = try #require(try GRUUs(scene.first.registerInstance(&scene.office, callID: "other")))
        #expect(try Self.outcome(scene.ofFirst.temporary, &scene, "call-1") == 404)
        #expect(try Self.outcome(later.temporary, &scene, "call-2") == 100)
        #expect(try Self.outcome(scene.ofFirst.stable, &scene, "call-3") == 100)
    }

    @Test(arguments: ["removed", "expired", "connection lost", "extension disabled"])
    func `with the registration the temporary ones end, and the public one leads nowhere`(how: String) throws {
        var scene = try GRUUScene()
        switch how {
        case "removed": _ = try scene.first.registerInstance(&scene.office, expires: 0)
        case "expired":
            scene.office.wait(.seconds(700))
            try scene.caller.register(&scene.office)
            _ = try scene.second.registerInstance(&scene.office)
        case "connection lost": scene.office.disconnect(scene.first.flow)
        default: try scene.office.apply(disabled: ["102"])
        }
        #expect(try Self.outcome(scene.ofFirst.temporary, &scene, "call-1") == 404)
        #expect(try Self.outcome(scene.ofFirst.stable, &scene, "call-2") == 480)
    }

    @Test func `a registration that comes back brings the public one back, and no temporary one`() throws {
        var scene = try GRUUScene()
        _ = try scene.first.registerInstance(&scene.office, expires: 0)
        _ = try scene.first.registerInstance(&scene.office)
        #expect(try Self.outcome(scene.ofFirst.temporary, &scene, "call-1") == 404)
        #expect(try Self.outcome(scene.ofFirst.stable, &scene, "call-2") == 100)
    }
}

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
            "sip:tgruu.0@\(Office.domain);gr", "sip:102@\(Office.domain);gr", "sip:999@\(Office.domain);gr=urn:uuid:1",
            "sip:999@\(Office.domain)",
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
        #expect(try watch("sip:999@\(Office.domain)", &scene).map(\.status) == [403])
    }
}

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
