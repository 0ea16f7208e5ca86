// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
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
