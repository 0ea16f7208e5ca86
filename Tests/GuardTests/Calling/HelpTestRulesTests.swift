// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control emergency-calls: by which number the way to help is tried")
struct HelpTestRulesTests {
    private func refusal(_ number: String, at home: String) throws -> Refusal? {
        var dialing = DialingSettings()
        dialing.numbering.home = Region(parsing: home)
        return HelpTestRules.refusal(of: try #require(DigitString(parsing: number)), in: dialing)
    }

    @Test(arguments: [
        ("118000", "DE"), ("11833", "DE"), ("11880", "AT"), ("118118", "GB"), ("118712", "FR"), ("411", "US"),
        ("1411", "US"), ("0118", "DE"),
    ])
    func `none that costs more than a call, such as an information service`(number: String, home: String) throws {
        #expect(try refusal(number, at: home)?.reason.contains("costs more") == true)
    }

    @Test(arguments: ["19222", "03019222", "116117", "116123"])
    func `none where somebody listens to people in need`(number: String) throws {
        #expect(try refusal(number, at: "DE")?.reason.contains("real number") == true)
    }

    @Test(arguments: [("933", "US"), ("933", "DE"), ("10001", "DE"), ("17070", "GB")])
    func `what a provider keeps for it is taken`(number: String, home: String) throws {
        #expect(try refusal(number, at: home) == nil)
    }

    @Test func `a trunk is tried six times an hour, each for itself, and one that is gone is forgotten`() throws {
        var tally = HelpTestTally()
        let names = try ["main", "backup"].map { try #require(TrunkName(parsing: $0)) }
        let trunks = try names.map { name in
            Trunk(
                name: name,
                domain: try #require(DomainName(parsing: "sip.provider.example")),
                registers: false,
                createdAt: WallTime(milliseconds: 0)
            )
        }
        let settings = OutsideSettings(trunks: trunks.map { TrunkAccess($0, secret: nil) })
        let now = MonotonicTime(nanoseconds: 1_000_000_000)
        for _ in 0..<6 {
            let refusal = tally.refusal(ofTrying: names[0], in: settings, at: now)
            #expect(refusal == nil)
        }
        let seventh = tally.refusal(ofTrying: names[0], in: settings, at: now + .seconds(3_599))
        #expect(seventh?.reason.contains("6 times") == true)
        let other = tally.refusal(ofTrying: names[1], in: settings, at: now)
        #expect(other == nil)
        let later = tally.refusal(ofTrying: names[0], in: settings, at: now + .seconds(3_600))
        #expect(later == nil)
    }
}
