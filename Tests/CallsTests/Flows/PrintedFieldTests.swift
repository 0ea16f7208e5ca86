// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import TestKit
import Testing

/// What of a call's own fields reaches the phone that is called: nothing. The INVITE that rings is ours, and says who calls
/// by what the directory says.
private struct Crossing {
    /// Names of the fields that our INVITE has.
    static let known: Set<String> = [
        "Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq", "Contact", "Allow", "Supported", "Session-Expires",
        "Content-Type", "Content-Length",
    ]

    var office: Office
    var caller: Phone
    let printed: Printed
    /// What the caller hears.
    let answer: Message
    /// The INVITE that rings; `nil` when the call was refused.
    let invite: Message?

    init(_ name: String) throws {
        printed = try Printed(name)
        let callee: Phone
        (office, caller, callee) = try Office.withPhones()
        let answers = try caller.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            callID: "call-1",
            extra: ["Contact: <\(caller.contact)>"] + printed.fields,
            body: SDP.offer()
        )
        answer = try #require(answers.last)
        invite = office.received(on: callee.flow).first
    }

    /// Whether nothing of these values stands anywhere in the INVITE that rings, and no field that is not ours.
    func isClean(of values: [String]) throws -> Bool {
        let invite = try #require(invite)
        let text = String(decoding: invite.bytes, as: UTF8.self)
        let head = text.split(separator: "\r\n\r\n").first ?? ""
        let names = head.split(separator: "\r\n").dropFirst().map { String($0.prefix { $0 != ":" }) }
        #expect(Self.known.isSuperset(of: names), "\(names)")
        return values.allSatisfy { !$0.isEmpty && !text.contains($0) }
    }
}

@Suite("RFC 3325 §10: the examples of asserted identity, replayed")
struct AssertedIdentityExampleTests {
    @Test(arguments: ["rfc3325_001", "rfc3325_003", "rfc3325_006"])
    func `a caller that wants to stay unknown does, whatever it prefers to be called`(name: String) throws {
        let call = try Crossing(name)
        #expect(try call.isClean(of: ["fluffy", "Cullen"]) == true)
        #expect(call.invite?.text(.from).hasPrefix("\"Anonymous\" <sip:anonymous@anonymous.invalid>") == true)
    }

    @Test(arguments: ["rfc3325_004", "rfc3325_005", "rfc3325_009"])
    func `what a phone asserts of itself is not passed on: it is no proxy that we trust`(name: String) throws {
        let call = try Crossing(name)
        #expect(try call.isClean(of: call.printed.values("P-Asserted-Identity")))
    }
}

@Suite(
    "RFC 7433, RFC 7315, RFC 8224, RFC 8497: fields that end here, replayed from the RFCs"
)
struct StrippedFieldTests {
    @Test func `User-to-User and History-Info of a caller`() throws {
        let call = try Crossing("rfc7433_001")
        #expect(call.answer.status == 100)
        #expect(try call.isClean(of: ["342342ef34", "histinfo", "index=1"]))
    }

    @Test func `a signed identity and its date`() throws {
        let call = try Crossing("rfc8224_001")
        #expect(call.answer.status == 100)
        #expect(try call.isClean(of: call.printed.values("Date")))
    }

    @Test func `Session-ID with its mark to log a call`() throws {
        let call = try Crossing("rfc8497_001")
        #expect(call.answer.status == 100)
        #expect(try call.isClean(of: ["ab30317f1a784dc48ff824d0d3715d86", "logme", "tdialog"]))
    }

    @Test(arguments: ["rfc7315_006", "rfc7315_008", "rfc7315_009", "rfc7315_011", "rfc7315_013"])
    func `the P- headers of a mobile network`(name: String) throws {
        let call = try Crossing(name)
        let claims = call.printed.fields.filter { $0.hasPrefix("P-") }.map {
            String($0.drop { $0 != ":" }.dropFirst(2))
        }
        #expect(!claims.isEmpty)
        #expect(try call.isClean(of: claims))
    }
}

@Suite("RFC 6442: where a caller is, replayed")
struct LocationTests {
    @Test(arguments: ["rfc6442_001", "rfc6442_002"])
    func `is not passed on as a field, and not taken as a body`(name: String) throws {
        let call = try Crossing(name)
        #expect(try call.isClean(of: call.printed.values("Geolocation")))
        #expect(!call.printed.body.isEmpty)
        var (office, caller, callee) = try Office.withPhones()
        let answers = try caller.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            extra: ["Contact: <\(caller.contact)>"],
            body: call.printed.body,
            type: call.printed.text("Content-Type")
        )
        #expect(answers.last?.status == 415)
        #expect(office.received(on: callee.flow).isEmpty)
    }
}

@Suite("RFC 8497: a REFER outside of its dialog, replayed")
struct TargetDialogTests {
    @Test func `that requires tdialog is refused by name, and without it as any`() throws {
        let printed = try Printed("rfc8497_003")
        for (fields, status) in [(printed.fields, 420), (printed.fields.filter { !$0.hasPrefix("Require") }, 403)] {
            var (office, caller, callee) = try Office.withPhones()
            let contact = "Contact: <\(caller.contact)>"
            let answers = try caller.ask(
                &office,
                "REFER",
                to: "sip:102@\(Office.domain)",
                extra: fields + [contact]
            )
            #expect(answers.last?.status == status)
            #expect(office.received(on: callee.flow).isEmpty)
        }
    }
}

@Suite("RFC 6086: INFO, replayed")
struct InfoTests {
    @Test func `a caller's list of packages ends here, and so does its change`() throws {
        let call = try Crossing("rfc6086_001")
        #expect(try call.isClean(of: []))
        var scene = try Scene()
        let changed = try Printed("rfc6086_004")
        #expect(scene.callerSays("UPDATE", extra: changed.fields).map(\.status) == [200])
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
    }

    @Test(arguments: ["rfc6086_006", "rfc6086_007", "rfc6086_008", "rfc6086_009"])
    func `no package is known: 405, and the other phone hears nothing`(name: String) throws {
        var scene = try Scene()
        let printed = try Printed(name)
        let answers = scene.callerSays("INFO", extra: printed.fields)
        #expect(answers.map(\.status) == [405])
        #expect(answers.last?.text(.allow).contains("INFO") == false)
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
        #expect(scene.isStanding)
    }
}

@Suite("RFC 3327 §5.5: the examples of Path, replayed")
struct PathExampleTests {
    /// Registers with the fields of an example; the answer.
    static func register(_ name: String, route: Bool = false) throws -> Message {
        let printed = try Printed(name)
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let routes = route ? printed.values("Route").map { "Route: \($0)" } : []
        let contact = "Contact: <\(phone.contact)>"
        return try phone.register(&office, fields: [contact] + printed.fields + routes)
    }

    @Test func `a phone that knows Path is served without one`() throws {
        let answer = try Self.register("rfc3327_001")
        #expect(answer.status == 200)
        #expect(answer.first(.path) == nil)
    }

    @Test(arguments: ["rfc3327_002", "rfc3327_003", "rfc3327_004"])
    func `a Path on the way is refused: phones are reached over their own connections`(name: String) throws {
        #expect(try !Printed(name).values("Path").isEmpty)
        let answer = try Self.register(name)
        #expect(answer.status == 420)
        #expect(answer.text("Unsupported") == "path")
    }
}

@Suite("RFC 3608: Service-Route, replayed")
struct ServiceRouteTests {
    @Test(arguments: ["rfc3608_001", "rfc3608_002", "rfc3608_003"])
    func `there is none: the answer names no route`(name: String) throws {
        let printed = try Printed(name)
        let hasPath = printed.fields.contains { $0.hasPrefix("Path") }
        let answer = try PathExampleTests.register(name)
        #expect(answer.status == (hasPath ? 420 : 200))
        #expect(answer.first(named: "Service-Route") == nil)
    }

    @Test func `a call with the route of another system goes nowhere`() throws {
        let printed = try Printed("rfc3608_007")
        var (office, caller, callee) = try Office.withPhones()
        let fields = ["Contact: <\(caller.contact)>"] + printed.values("Route").map { "Route: \($0)" }
        let answers = try caller.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            extra: fields,
            body: SDP.offer()
        )
        #expect(answers.last?.status == 403)
        #expect(office.received(on: callee.flow).isEmpty)
    }
}

@Suite("RFC 6140: bulk registration, replayed")
struct BulkRegistrationTests {
    @Test(arguments: ["rfc6140_001", "rfc6140_004"])
    func `is refused by name: a credential is one phone's`(name: String) throws {
        let answer = try PathExampleTests.register(name)
        #expect(answer.status == 420)
        #expect(answer.text("Unsupported") == "gin")
    }
}
