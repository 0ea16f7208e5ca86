// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Testing

@Suite("Telephone numbers (ITU-T E.164)")
struct PhoneNumberTests {
    @Test(arguments: ["+493012345", "+12125550123", "+999999999999999", "+10000", "+2908123"])
    func `what is written is read again, byte for byte`(text: String) throws {
        let number = try #require(PhoneNumber(parsing: text))
        #expect(number.text == text && "+" + number.digits == text && number.digitCount == text.count - 1)
        #expect(PhoneNumber(value: number.value) == number)
        let coded = try JSONDecoder().decode([PhoneNumber].self, from: JSONEncoder().encode([number]))
        #expect(coded == [number])
    }

    @Test(arguments: [
        "", "+", "493012345", "0049301", "+0493012345", "+4930 12345", "+4930-12345", "++493012345", "+1234",
        "+1000000000000000",
        "+99999999999999999999999", "+٤٩٣٠١٢٣٤٥", "+４９３０１２３４５", "+4930123a", "+493012345\n", " +493012345",
        "-493012345",
    ])
    func `anything else is none`(text: String) { #expect(PhoneNumber(parsing: text) == nil) }

    @Test func `no value outside 5 to 15 digits is a number`() {
        #expect(PhoneNumber(value: 0) == nil && PhoneNumber(value: 9_999) == nil && PhoneNumber(value: 10_000) != nil)
        #expect(PhoneNumber(value: 999_999_999_999_999) != nil && PhoneNumber(value: 1_000_000_000_000_000) == nil)
        #expect(PhoneNumber(value: .max) == nil)
    }

    @Test func `a prefix is compared digit by digit`() throws {
        let number = try #require(PhoneNumber(parsing: "+4490123456"))
        for text in ["+4", "+44", "+4490", "+4490123456"] { #expect(number.hasPrefix(try prefix(text))) }
        for text in ["+5", "+45", "+4491", "+449", "+44901234567", "+4490123457"] where text != "+449" {
            #expect(!number.hasPrefix(try prefix(text)), "\(text)")
        }
        #expect(number.leading(0) == 0 && number.leading(2) == 44 && number.leading(99) == number.value)
        #expect(number.leading(-1) == 0)
    }

    @Test func `prefixes stand in the order of their digits`() throws {
        let sorted = try ["+49", "+4", "+440", "+44", "+5", "+441"].map(prefix).sorted()
        #expect(sorted.map(\.text) == ["+4", "+44", "+440", "+441", "+49", "+5"])
        #expect(try prefix("+44").contains(prefix("+440")) && prefix("+44").contains(prefix("+44")))
        #expect(try !prefix("+440").contains(prefix("+44")) && !prefix("+44").contains(prefix("+45")))
    }

    @Test(arguments: ["", "+", "44", "+0", "+4 4", "+1000000000000000", "+x"])
    func `what is no prefix is none`(text: String) { #expect(NumberPrefix(parsing: text) == nil) }

    private func prefix(_ text: String) throws -> NumberPrefix { try #require(NumberPrefix(parsing: text)) }
}

@Suite("Regions (ISO 3166-1)")
struct RegionTests {
    @Test func `every region is read again from its letters, in any case, and has a name of its own`() throws {
        let all = Region.all
        #expect(all.count == 245 && all == all.sorted() && Set(all.map(\.name)).count == 245)
        for region in all {
            #expect(Region(parsing: region.text) == region && Region(parsing: region.text.lowercased()) == region)
            #expect(Region(rawValue: region.rawValue) == region)
            #expect(!region.name.isEmpty && region.name.utf8.allSatisfy { 0x20...0x7E ~= $0 })
        }
    }

    @Test(arguments: [
        ("CU", "Cuba"), ("AC", "Ascension Island"), ("ZW", "Zimbabwe"), ("US", "United States"), ("JM", "Jamaica"),
    ])
    func `names belong to their letters`(letters: String, name: String) {
        #expect(Region(parsing: letters)?.name == name)
    }

    @Test func `what belongs to no country is international`() throws {
        #expect(Region(parsing: "001") == .international && Region.international.text == "001")
        #expect(!Region.all.contains(.international))
        let coded = try JSONDecoder().decode([Region].self, from: Data(#"["001","DE"]"#.utf8))
        #expect(coded.map(\.text) == ["001", "DE"])
    }

    @Test(arguments: ["", "D", "DEU", "ZZ", "AA", "002", "1", "D1", "Ｄ", "dé"])
    func `anything else is none`(text: String) { #expect(Region(parsing: text) == nil) }

    @Test func `of all 65,536 values only the regions are ones`() {
        #expect((UInt16.min...UInt16.max).count { Region(rawValue: $0) != nil } == 246)
    }
}
