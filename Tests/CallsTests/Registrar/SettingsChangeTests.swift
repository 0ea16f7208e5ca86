// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import SIP
import TestKit
import Testing

@testable import Calls

@Suite("What a change of settings costs, and what it does")
struct SettingsChangeTests {
    private let noon = WallTime(milliseconds: 1_800_000_000_000)

    private func number(_ text: String) throws -> ExtensionNumber { try #require(ExtensionNumber(parsing: text)) }

    @Test func `one new extension makes no account anew, one new phone its own, and many at once make all`() throws {
        let old = try Office.snapshot(disabled: [])
        var authenticator = Authenticator(
            snapshot: old,
            nonceKey: Array(repeating: 7, count: 32),
            nonces: 64,
            entropy: .repeatable()
        )
        let before = authenticator.accountsMade
        #expect(before == old.devices.count)
        let added = [Model.Change.put(Extension(number: try number("109"), name: "New", createdAt: noon))]
        authenticator.apply(old.applying(added), added, after: old)
        #expect(authenticator.accountsMade == before)
        let phone = try #require(old.devices(of: number("101")).first)
        let revoked = [Model.Change.revoke(phone.id)]
        let less = old.applying(revoked)
        authenticator.apply(less, revoked, after: old)
        #expect(authenticator.accountsMade == before)
        let again = [Model.Change.enrol(phone)]
        authenticator.apply(less.applying(again), again, after: less)
        #expect(authenticator.accountsMade == before + 1)
        // Which changes led there is not known.
        authenticator.apply(less.applying(again), nil, after: less)
        #expect(authenticator.accountsMade == 2 * before + 1)
    }

    @Test func `I05 an extension that is disabled, enabled and removed one by one is let in only while it may`() throws
    {
        var office = try Office()
        var (phone, other) = (try Phone("phone-101-000001", in: &office), try Phone("phone-103-000001", in: &office))
        var value = try #require(office.snapshot.extensions[number("101")])
        for (isEnabled, status) in [(false, 401), (true, 200)] {
            value.isEnabled = isEnabled
            office.apply([.put(value)])
            #expect(try phone.register(&office).status == status)
            #expect(try other.register(&office).status == 200)
        }
        office.apply([.remove(value.number)])
        phone.flow = try office.flow()
        #expect(try phone.register(&office).status == 401)
        #expect(try other.register(&office).status == 200)
    }
}
