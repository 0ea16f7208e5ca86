// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Primitives
import Testing

@Suite("Dialled digits")
struct DigitStringTests {
    @Test(arguments: ["0", "00", "011", "0301234", "1234567890123456789", "9999999999999999999", "0000000000000000000"])
    func `leading zeros are kept`(text: String) throws {
        let digits = try #require(DigitString(parsing: text))
        #expect(digits.text == text && digits.count == text.count)
        #expect(DigitString(value: digits.value, count: digits.count) == digits)
    }

    @Test(arguments: ["", "1a", "+1", "１", " 1", "12345678901234567890"])
    func `anything else is none`(text: String) { #expect(DigitString(parsing: text) == nil) }

    @Test func `a value has as many digits as are said, or is none`() {
        #expect(DigitString(value: 10, count: 1) == nil && DigitString(value: 9, count: 1) != nil)
        #expect(DigitString(value: 0, count: 0) == nil && DigitString(value: 0, count: 20) == nil)
        #expect(DigitString(value: .max, count: 19) == nil)
    }

    @Test func `taking a prefix away and putting it back gives the same, for random digits`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            let text = String(
                (0..<Int.random(in: 2...19, using: &generator)).map { _ in
                    "0123456789".randomElement(using: &generator) ?? "0"
                }
            )
            let cut = Int.random(in: 1..<text.count, using: &generator)
            let (whole, front) = (
                try #require(DigitString(parsing: text)), try #require(DigitString(parsing: text.prefix(cut)))
            )
            let back = try #require(whole.dropping(front))
            #expect(back.text == text.dropFirst(cut) && front.appending(back) == whole && whole.hasPrefix(front))
            #expect(whole.dropping(whole) == nil && front.dropping(whole) == nil)
        }
    }
}

@Suite("Dialling settings")
struct DialingSettingsTests {
    private let noon = WallTime(milliseconds: 1_800_000_000_000)

    @Test func `as they come they open nothing abroad, nothing paid, and send nothing on`() {
        let settings = DialingSettings()
        #expect(
            settings.rights.countries.isEmpty && settings.rights.onwardClasses.isEmpty
                && settings.rights.onwardCountries.isEmpty
        )
        #expect(Set(settings.rights.classes.keys) == [.geographic, .mobile, .geographicOrMobile, .tollFree])
        #expect(settings.numbering.home == nil && settings.releases.isEmpty && settings.approvals.isEmpty)
    }

    @Test func `what is written is read again`() throws {
        let settings = try filled()
        let data = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(DialingSettings.self, from: data) == settings)
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.contains(#""CU":{"#) && text.contains(#""toll-free":"allow""#), "\(text)")
    }

    @Test func `an extension is in one profile, and a profile of its own name is replaced`() throws {
        var settings = DialingSettings()
        let (one, two) = (try number("201"), try number("202"))
        #expect(settings.put(DialingProfile(name: try name("a"), rights: DialingRights(), extensions: [one, two])))
        #expect(
            settings.put(DialingProfile(name: try name("b"), rights: DialingRights(classes: [:]), extensions: [two]))
        )
        #expect(settings.profiles.map(\.extensions) == [[one], [two]] && settings.rights(of: two).classes.isEmpty)
        #expect(settings.put(DialingProfile(name: try name("b"), rights: DialingRights(), extensions: [])))
        #expect(settings.profiles.count == 2 && settings.rights(of: two) == settings.rights)
        settings.removeProfile(try name("a"))
        #expect(settings.profiles.count == 1)
    }

    @Test func `lists have an end`() throws {
        var settings = DialingSettings()
        for index in 0..<Limits.hotSpots {
            #expect(settings.put(HotSpot(prefix: try prefix("+\(100 + index)"), callsPerDay: 1)))
        }
        #expect(!settings.put(HotSpot(prefix: try prefix("+99"), callsPerDay: 1)))
        #expect(
            settings.put(HotSpot(prefix: try prefix("+100"), callsPerDay: 2))
                && settings.hotSpots.count == Limits.hotSpots
        )
        for index in 0..<Limits.ownRanges {
            #expect(settings.put(OwnRange(prefix: try prefix("+\(100 + index)"), meaning: .premium)))
        }
        #expect(!settings.put(OwnRange(prefix: try prefix("+99"), meaning: .premium)))
    }

    @Test func `what ends is forgotten, and lasts a month or a year at most`() throws {
        var settings = try filled()
        settings.dropEnded(at: noon + .seconds(86_399))
        #expect(settings.releases.count == 1 && settings.approvals.count == 1)
        settings.dropEnded(at: noon + .seconds(86_400))
        #expect(settings.releases.isEmpty && settings.approvals.isEmpty)
        for (days, fits) in [(31, true), (32, false), (0, false), (-1, false)] {
            #expect((release(days: days) != nil) == fits)
        }
        #expect(
            release(by: "") == nil && release(reason: "") == nil
                && release(reason: String(repeating: "x", count: 241)) == nil
        )
        let number = try #require(PhoneNumber(parsing: "+499001234567"))
        let end = noon + .seconds(367 * 86_400)
        #expect(PremiumApproval(number, from: noon, until: end, approvedBy: "Ada", reason: "x") == nil)
    }

    @Test func `settings that break a rule are not read`() throws {
        let settings = try filled()
        let text = String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)
        for (from, to) in [
            ("\"+3712\"", "\"3712\""), ("\"CU\"", "\"ZZ\""), ("\"allow\"", "\"yes\""), ("\"Ada\"", "\"A\\u001Bda\""),
        ] {
            let broken = text.replacingOccurrences(of: from, with: to)
            #expect(broken != text, "\(from)")
            #expect(throws: (any Error).self) {
                try JSONDecoder().decode(DialingSettings.self, from: Data(broken.utf8))
            }
        }
        var twice = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let profiles = try #require(twice["profiles"] as? [[String: Any]])
        var second = profiles[0]
        second["name"] = "other"
        twice["profiles"] = profiles + [second]
        let data = try JSONSerialization.data(withJSONObject: twice)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(DialingSettings.self, from: data) }
    }

    private func filled() throws -> DialingSettings {
        var settings = DialingSettings()
        settings.numbering = NumberingSettings(home: Region(parsing: "DE"), outsidePrefix: DigitString(parsing: "0"))
        let cuba = try #require(Region(parsing: "CU"))
        let rights = DialingRights(
            countries: [cuba: CountryRule(.withoutHighRisk, answer: .code)],
            onwardClasses: [.mobile]
        )
        #expect(settings.put(DialingProfile(name: try name("sales"), rights: rights, extensions: [try number("201")])))
        #expect(settings.put(try #require(release())))
        let paid = try #require(PhoneNumber(parsing: "+499001234567"))
        let approval = PremiumApproval(
            paid,
            from: noon,
            until: noon + .seconds(86_400),
            approvedBy: "Ada",
            reason: "Till"
        )
        #expect(settings.put(try #require(approval)))
        #expect(settings.put(HotSpot(prefix: try prefix("+3712"), callsPerDay: 3)))
        #expect(settings.put(OwnRange(prefix: try prefix("+4999"), meaning: .allocated(cuba, .tollFree))))
        return settings
    }

    private func release(days: Int = 1, by name: String = "Ada", reason: String = "A fair") -> DialingRelease? {
        Region(parsing: "FR").flatMap {
            DialingRelease(
                .region($0),
                from: noon,
                until: noon + .seconds(days * 86_400),
                releasedBy: name,
                reason: reason
            )
        }
    }

    private func number(_ text: String) throws -> ExtensionNumber { try #require(ExtensionNumber(parsing: text)) }
    private func prefix(_ text: String) throws -> NumberPrefix { try #require(NumberPrefix(parsing: text)) }
    private func name(_ text: String) throws -> PickupGroup { try #require(PickupGroup(parsing: text)) }
}
