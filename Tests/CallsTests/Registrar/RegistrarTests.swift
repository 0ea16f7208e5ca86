// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import Testing

@Suite("RFC 3261 §10: the registrar")
struct RegistrarTests {
    /// One that keeps its connection alive notices when that is gone; any other is back within two minutes.
    @Test(arguments: [
        (100, "", 90...100), (600, "", 108...120), (3_600, "", 108...120), (100_000, "", 108...120),
        (600, ";reg-id=1", 540...600), (3_600, ";reg-id=1", 3_240...3_600), (100_000, ";reg-id=1", 3_240...3_600),
        (60, "", 60...60), (60, ";reg-id=1", 60...60),
    ])
    func `a phone is registered for as long as it asked, or as it may`(
        seconds: Int,
        flow: String,
        granted: ClosedRange<UInt32>
    ) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let name = ";+sip.instance=\"<urn:uuid:0>\"" + flow
        let fields = ["Supported: outbound", "Contact: <\(phone.contact)>\(name);expires=\(seconds)"]
        let answer = try phone.register(&office, fields: fields)
        #expect(answer.status == 200)
        let contact = try #require(try answer.firstContact())
        #expect(answer.string(contact.uriRange) == phone.contact)
        // Up to a tenth less, so that phones which came together do not refresh together.
        #expect(granted ~= contact.expires ?? 0)
        #expect(office.switchboard.registrations().map(\.number.text) == ["101"])
        #expect(office.proven == [phone.flow.id])
        // And when it refreshes, no longer than that.
        let again = try #require(try phone.register(&office, fields: fields).firstContact())
        #expect(again.expires == granted.upperBound)
    }

    @Test func `a registration ends when its time is over`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        try phone.register(&office, expires: 60)
        office.wait(.seconds(59))
        #expect(office.switchboard.registrations().count == 1)
        office.wait(.seconds(2))
        #expect(office.switchboard.registrations().isEmpty)
    }

    @Test func `a refresh moves the end`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        try phone.register(&office, expires: 60)
        office.wait(.seconds(50))
        try phone.register(&office, expires: 60)
        office.wait(.seconds(50))
        #expect(office.switchboard.registrations().count == 1)
    }

    @Test func `a registration dies with its connection`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        try phone.register(&office)
        office.disconnect(phone.flow)
        #expect(office.switchboard.registrations().isEmpty)
    }

    @Test func `a phone that comes back over a new connection has one registration, on that one`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        try phone.register(&office)
        let old = phone.flow
        phone.flow = try office.flow()
        try phone.register(&office)
        #expect(office.switchboard.registrations().count == 1)
        office.disconnect(old)
        #expect(office.switchboard.registrations().count == 1)
    }

    @Test func `zero seconds and the star both unregister`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        try phone.register(&office)
        #expect(try phone.register(&office, expires: 0).status == 200)
        #expect(office.switchboard.registrations().isEmpty)

        try phone.register(&office)
        let answer = try phone.register(&office, fields: ["Contact: *", "Expires: 0"])
        #expect(answer.status == 200)
        #expect(office.switchboard.registrations().isEmpty)
    }

    @Test func `S04 a star that does not mean leaving changes nothing`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        try phone.register(&office)
        let answer = try phone.register(&office, fields: ["Contact: *", "Expires: 600"])
        #expect(answer.status == 400)
        #expect(office.switchboard.registrations().count == 1)
    }

    @Test func `too short a time is refused with the shortest that is taken`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let answer = try phone.register(&office, expires: 5)
        #expect(answer.status == 423)
        #expect(answer.first(.minExpires).map { answer.string($0) } == "60")
    }

    @Test func `S05 the sixth contact takes the place of the one that was refreshed longest ago`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        for index in 1...5 {
            try phone.register(&office, contact: "sip:a\(index)@192.0.2.50")
            office.wait(.seconds(1))
        }
        // The first one is refreshed, so the second is the oldest now.
        try phone.register(&office, contact: "sip:a1@192.0.2.50")
        for index in 6...20 {
            office.wait(.seconds(1))
            let answer = try phone.register(&office, contact: "sip:a\(index)@192.0.2.50")
            let bound = String(decoding: answer.bytes, as: UTF8.self)
            #expect(answer.status == 200 && bound.contains("sip:a\(index)@"))
            #expect(!bound.contains("sip:a\(index == 6 ? 2 : index - 5)@") || index < 11)
            #expect(office.switchboard.registrations().count == 5)
        }
        #expect(Set(office.events.map(\.kind)) == [.bindingLimit] && office.events.count == 15)
        #expect(office.events.last?.subject?.description == "'desk' of extension 101")
        #expect(office.closed.isEmpty)
    }

    @Test func `S05 a connection whose contact was replaced is closed when nothing else uses it`() throws {
        var office = try Office()
        var phones: [Phone] = []
        for index in 1...6 {
            var phone = try Phone("phone-101-000001", in: &office, from: "192.0.2.6\(index):50000")
            try phone.register(&office, contact: "sip:a\(index)@192.0.2.6\(index)")
            office.wait(.seconds(1))
            phones.append(phone)
        }
        #expect(office.closed == [phones[0].flow.id])
        // The next one would be that of the second, over which a call stands.
        var callee = try Phone("phone-102-000001", in: &office, from: "192.0.2.70:50000")
        try callee.register(&office)
        _ = try phones[1].call(&office, "102")
        var late = try Phone("phone-101-000001", in: &office, from: "192.0.2.71:50000")
        try late.register(&office, contact: "sip:a7@192.0.2.71")
        #expect(office.closed == [phones[0].flow.id])
        #expect(office.switchboard.calls().count == 1)
    }

    @Test func `S05 more contacts in one registration than allowed are refused as a whole`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        try phone.register(&office)
        let contacts = (1...9).map { "<sip:a\($0)@192.0.2.50>" }.joined(separator: ", ")
        let answer = try phone.register(&office, fields: ["Contact: \(contacts)"])
        #expect(answer.status == 403)
        #expect(office.switchboard.registrations().count == 1)
        #expect(office.events.map(\.kind) == [.bindingLimit])
    }

    /// Row S06 of the attack catalogue.
    static let poisoned = [
        "sip:x@127.0.0.1", "sip:x@169.254.169.254", "sip:x@[::1]", "sip:x@192.0.2.50;maddr=198.51.100.7",
        "sip:x@192.0.2.50?Route=%3Csip:198.51.100.7%3E", "tel:+15551234",
        "sip:\(String(repeating: "x", count: 1_020))@192.0.2.50",
    ]

    @Test(arguments: poisoned)
    func `S06 a contact that points somewhere else is refused`(contact: String) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        #expect(try phone.register(&office, contact: contact).status == 400)
        #expect(office.switchboard.registrations().isEmpty)
    }

    /// RFC 3261 §10.2.1.
    @Test(arguments: ["tel:+15551234", "mailto:desk@office.example", "<https://office.example/101>"])
    func `a contact that is no phone is not bound, and does not keep the phone beside it out`(other: String) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        for fields in [
            ["Contact: \(other)", "Contact: <\(phone.contact)>"], ["Contact: <\(phone.contact)>, \(other)"],
        ] {
            let answer = try phone.register(&office, fields: fields)
            #expect(answer.status == 200)
            #expect(answer.count(.contact) == 1 && answer.text(.contact).hasPrefix("<\(phone.contact)>"))
            #expect(office.switchboard.registrations().count == 1)
        }
        #expect(try phone.register(&office, fields: ["Contact: \(other)"]).status == 400)
        #expect(office.switchboard.registrations().count == 1)
    }

    @Test func `C07 the extension's number is as good an address as the user name, another's is not`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let register = { (phone: inout Phone, office: inout Office, user: String) in
            try phone.ask(
                &office,
                "REGISTER",
                to: "sip:\(Office.domain)",
                from: "sip:\(user)@\(Office.domain)",
                toHeader: "<sip:\(user)@\(Office.domain)>",
                extra: ["Contact: <\(phone.contact)>"]
            ).last?.status
        }
        #expect(try register(&phone, &office, "101") == 200)
        #expect(try register(&phone, &office, "102") == 403)
        #expect(office.events.map(\.kind) == [.identityMismatch])
    }

    @Test func `disabling an extension drops its phones at once`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        try phone.register(&office)
        try office.apply(disabled: ["101"])
        #expect(office.switchboard.registrations().isEmpty)
        #expect(office.closed == [phone.flow.id])
        phone.flow = try office.flow()
        #expect(try phone.register(&office).status == 401)
    }
}
