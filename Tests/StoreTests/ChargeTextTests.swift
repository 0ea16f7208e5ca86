// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Primitives
import Testing

@testable import Store

@Suite("Control spend-limit: what is kept of what legs cost")
struct ChargeTextTests {
    private func charge(_ id: UInt64, isWhole: Bool) throws -> LegCharge {
        let steps = try #require(Increments(parsing: isWhole ? "60/1" : "1/1"))
        let tariff = Tariff(setUp: Money(clamping: 50_000), perMinute: Money(clamping: 123_456), increments: steps)
        let group = isWhole ? ShortName(parsing: "sales") : nil
        var charge = LegCharge(
            id: ChargeID(id),
            payer: Payer(
                extension: try #require(ExtensionNumber(parsing: "201")),
                group: group,
                trunk: try #require(ShortName(parsing: "main-1")),
                isAtHome: isWhole
            ),
            number: try #require(PhoneNumber(parsing: "+493012345")),
            region: isWhole ? Region(parsing: "DE") : nil,
            numberClass: .tollFree,
            deck: try #require(ShortName(parsing: "default")),
            version: .max,
            prefix: try #require(NumberPrefix(parsing: "+4930")),
            tariff: try #require(tariff),
            currency: .eur,
            reserved: .largest,
            reservedAt: noon,
            isAfterHours: isWhole
        )
        guard isWhole else { return charge }
        (charge.slices, charge.extendedAt, charge.answeredAt) = (7, noon + .seconds(60), noon + .milliseconds(1))
        (charge.cost, charge.settledAt) = (Money(clamping: 1), WallTime(milliseconds: -1))
        return charge
    }

    @Test func `charges are read as they were written, and hold all that there is`() throws {
        let charges = [try charge(.max, isWhole: true), try charge(0, isWhole: false)]
        let text = try #require(ChargeText.write(charges))
        #expect(try ChargeText.read(text) == charges)
        // What is added to a charge is missed here.
        let written = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSArray
        let whole = try JSONSerialization.jsonObject(with: JSONEncoder().encode(charges)) as? NSArray
        #expect(written == whole)
    }

    @Test func `a call inside has no text, and damage is an error`() throws {
        #expect(ChargeText.write([]) == nil)
        #expect(try ChargeText.read(nil) == [])
        let text = try #require(ChargeText.write([try charge(1, isWhole: true)]))
        for count in 0..<text.utf8.count {
            #expect(throws: (any Error).self) { try ChargeText.read(String(text.prefix(count))) }
        }
    }
}
