// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 3261 §20.33, ATTACKS D19: all phones register at once")
struct AvalancheTests {
    /// Phones 101, 102 and 103 in an office that lets two at once, and one a second.
    private static func crowd() throws -> (Office, [Phone]) {
        var office = try Office(registrationRate: Rate(perSecond: 1, burst: 2))
        let names = ["phone-101-000001", "phone-102-000001", "phone-103-000001"]
        let phones = try names.enumerated().map { index, name in
            try Phone(name, in: &office, from: "192.0.2.6\(index):50000")
        }
        return (office, phones)
    }

    @Test func `D19 who does not fit is told to come back, at different times`() throws {
        var waits: [Int] = []
        var (office, phones) = try Self.crowd()
        #expect(try phones[0].register(&office).status == 200)
        for _ in 0..<20 {
            let answer = try phones[1].register(&office)
            #expect(answer.status == 503)
            waits.append(try #require(Int(answer.text("Retry-After"))))
        }
        #expect(waits.allSatisfy { 30...300 ~= $0 })
        #expect(Set(waits).count > 10)
        #expect(office.switchboard.registrations().count == 1)
    }

    @Test func `D19 phones that were here before are let in first`() throws {
        var (office, phones) = try Self.crowd()
        #expect(try phones[0].register(&office).status == 200)
        office.wait(.seconds(10))
        office.disconnect(phones[0].flow)
        phones[0].flow = try office.flow(from: "192.0.2.60:51000")
        #expect(try phones[1].register(&office).status == 200)
        #expect(try phones[2].register(&office).status == 503)
        #expect(try phones[0].register(&office).status == 200)
        office.wait(.seconds(10))
        #expect(try phones[2].register(&office).status == 200)
    }

    @Test func `D19 the same after a restart of the server, when all of them come at once`() throws {
        var (before, phones) = try Self.crowd()
        #expect(try phones[0].register(&before).status == 200)
        var after = try Office(registrationRate: Rate(perSecond: 1, burst: 2), recalling: before.logins)
        #expect(try phones[1].register(&after).status == 200)
        #expect(try phones[2].register(&after).status == 503)
        #expect(try phones[0].register(&after).status == 200)
    }

    @Test func `a phone that refreshes or leaves is never sent away`() throws {
        var (office, phones) = try Self.crowd()
        #expect(try phones[0].register(&office).status == 200)
        for _ in 0..<10 { #expect(try phones[0].register(&office).status == 200) }
        #expect(try phones[1].register(&office).status == 503)
        #expect(try phones[0].register(&office, expires: 0).status == 200)
    }

    @Test func `the figures say how many were sent away, and when everybody is back`() throws {
        var (office, phones) = try Self.crowd()
        #expect(office.switchboard.figures.shedding == SheddingFigures())
        _ = try phones[0].register(&office)
        let start = office.moment.wall
        var longest = 0
        for _ in 0..<5 {
            let answer = try phones[1].register(&office)
            longest = max(longest, Int(answer.text("Retry-After")) ?? 0)
        }
        let figures = office.switchboard.figures.shedding
        #expect(figures.refused == 5)
        #expect(figures.since == start)
        #expect(figures.until == start + .seconds(longest))
        #expect(figures.recovery == .seconds(longest))
    }

    @Test func `phones that came together do not refresh together`() throws {
        let times = try (0..<20).map { index in
            var office = try Office()
            for _ in 0..<index { _ = try office.flow() }
            var phone = try Phone("phone-101-000001", in: &office)
            for _ in 0..<index { office.deliver(phone.request("OPTIONS", to: "sip:\(Office.domain)"), on: phone.flow) }
            _ = office.received(on: phone.flow)
            let flow = "+sip.instance=\"<urn:uuid:0>\";reg-id=1;expires=3600"
            let fields = ["Supported: outbound", "Contact: <\(phone.contact)>;\(flow)"]
            let answer = try phone.register(&office, fields: fields)
            return try #require(try answer.firstContact()?.expires)
        }
        #expect(times.allSatisfy { 3_240...3_600 ~= $0 })
        #expect(Set(times).count > 10)
    }
}
