// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("Control intrusion-detection: who logs in from where")
struct LoginTests {
    @Test func `C01 a phone that repeats an old password is named, and is no guesser`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        #expect(try phone.register(&office).status == 200)
        for _ in 0..<4 { #expect(try phone.register(&office, password: "old").status == 401) }
        #expect(office.events.map(\.kind) == Array(repeating: .stalePhone, count: 4))
        #expect(office.events.first?.subject?.description == "'desk' of extension 101")
    }

    @Test func `C01 the same from an address where the phone never was is a wrong password`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        #expect(try phone.register(&office).status == 200)
        var guesser = try Phone("phone-101-000001", in: &office, from: "203.0.113.9:40000")
        #expect(try guesser.register(&office, password: "old").status == 401)
        #expect(office.events.map(\.kind) == [.failedLogin])
    }

    @Test func `C02 slow guessing from many addresses guards the account, and its phones notice nothing`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        #expect(try phone.register(&office).status == 200)
        for number in 1...20 {
            var guesser = try Phone("phone-101-000001", in: &office, from: "203.0.113.\(number):40000")
            #expect(try guesser.register(&office, password: "guess \(number)").status == 401)
            office.wait(.seconds(600))
        }
        #expect(office.events.last?.kind == .accountGuarded)
        var thief = try Phone("phone-101-000001", in: &office, from: "203.0.113.99:40000")
        #expect(try thief.register(&office).status == 401)
        #expect(office.events.last?.kind == .accountGuarded)
        #expect(try phone.register(&office).status == 200)
        var other = try Phone("phone-103-000001", in: &office, from: "203.0.113.98:40000")
        #expect(try other.register(&office).status == 200)
    }

    @Test func `C01 a phone that repeats an old password is named also after a restart`() throws {
        var before = try Office()
        var phone = try Phone("phone-101-000001", in: &before)
        #expect(try phone.register(&before).status == 200)
        var after = try Office(recalling: before.logins)
        #expect(try phone.register(&after, password: "old").status == 401)
        #expect(after.events.map(\.kind) == [.stalePhone])
        var guesser = try Phone("phone-101-000001", in: &after, from: "203.0.113.9:40000")
        #expect(try guesser.register(&after, password: "old").status == 401)
        #expect(after.events.map(\.kind) == [.stalePhone, .failedLogin])
    }

    @Test func `a login is kept when it is news, and once a day`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        func comesBack(from address: String? = nil) throws -> Int {
            let kept = office.logins.count
            office.disconnect(phone.flow)
            phone.flow = try office.flow(from: address ?? "192.0.2.50:50001")
            #expect(try phone.register(&office).status == 200)
            return office.logins.count - kept
        }
        #expect(try phone.register(&office).status == 200)
        #expect(try phone.register(&office).status == 200)
        #expect(office.logins.count == 1)
        let login = try #require(office.logins.first)
        #expect(login.source == IPAddress(parsing: "192.0.2.50") && login.client == Array("TestPhone/1.0".utf8))
        #expect(try comesBack() == 0)
        #expect(try comesBack(from: "[2001:db8::7]:50000") == 1)
        phone.client = "TestPhone/2.0"
        #expect(try comesBack() == 1)
        office.wait(.seconds(86_400))
        #expect(try comesBack() == 1)
        #expect(try comesBack() == 0)
    }

    @Test func `the login of a phone that is never away is kept once a day too`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        for _ in 0..<(3 * 24 * 2) {
            #expect(try phone.register(&office, expires: 3_600).status == 200)
            office.wait(.seconds(1_800))
        }
        #expect(office.logins.count == 3)
    }

    @Test func `nothing is kept of who has not shown the right password`() throws {
        var office = try Office()
        var guesser = try Phone("phone-101-000001", in: &office, from: "203.0.113.9:40000")
        for _ in 0..<3 { #expect(try guesser.register(&office, password: "guess").status == 401) }
        #expect(office.logins.isEmpty)
    }

    @Test func `a phone that is no longer allowed loses every connection, also where nothing is registered`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        #expect(try phone.register(&office).status == 200)
        let flows = [phone.flow, try office.flow(from: "192.0.2.51:50001")]
        #expect(try phone.register(&office, expires: 0).status == 200)
        phone.flow = flows[1]
        #expect(try phone.register(&office, expires: 0).status == 200)
        var other = try Phone("phone-103-000001", in: &office)
        #expect(try other.register(&office).status == 200)
        try office.apply(disabled: ["101"])
        #expect(Set(office.closed) == Set(flows.map(\.id)))
        #expect(office.closed.count == 2)
    }

    @Test func `phones are counted by the network they are accountable for`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office, from: "[2001:db8:0:1::7]:50000")
        #expect(try phone.register(&office).status == 200)
        #expect(office.switchboard.phones(at: try #require(IPAddress(parsing: "2001:db8:0:1::9"))) == 1)
        #expect(office.switchboard.phones(at: try #require(IPAddress(parsing: "2001:db8:0:2::9"))) == 0)
    }
}
