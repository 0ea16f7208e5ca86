// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("ringfence country, class, premium, profile and range")
struct DialingTests {
    private func verdict(_ office: Office, _ text: String, by number: String? = nil) throws -> DialingVerdict {
        let settings = office.store.snapshot.outside.dialing
        let facts = NumberPlan.facts(of: try #require(PhoneNumber(parsing: text)), own: settings.ranges)
        return DialingRules.decide(
            facts,
            .dialled,
            by: number.flatMap { ExtensionNumber(parsing: $0) },
            in: settings,
            at: noon
        )
    }

    private func isAllowed(_ office: Office, _ text: String, by number: String? = nil) throws -> Bool {
        if case .allowed = try verdict(office, text, by: number) { return true }
        return false
    }

    private let paris = "+33142345678"

    @Test func `a country is closed, opened and closed, each with a line, and what is decided follows`() async throws {
        let office = try Office()
        try await office.run(SetHome(region: "de", outsidePrefix: "0", areaCode: "30"))
        #expect(try !isAllowed(office, paris))
        try await office.run(OpenCountry("FR"))
        #expect(try isAllowed(office, paris))
        #expect(office.notes.texts.last == "Calls to France are open, by root (uid 0)")
        try await office.run(CloseCountry("FR"))
        #expect(try !isAllowed(office, paris))
        #expect(try office.journal().dropFirst().map(\.action) == ["country.home", "country.open", "country.close"])
        #expect(try office.journal().last?.detail.contains("without-high-risk") == true)
        #expect(await office.refusal(CloseCountry("FR"))?.problem == "Calls to France are closed already.")
        try await office.run(OpenCountry("FR"))
        #expect(
            await office.refusal(OpenCountry("FR"))?.problem == "Calls to France are open as you want it already."
        )
        var refused = OpenCountry("CU")
        refused.answer = .refuse
        #expect(await office.refusal(refused)?.remedy == "close it instead: ringfence country close CU")
        #expect(await office.refusal(OpenCountry("DE"))?.problem == "Germany is not opened.")
        #expect(await office.refusal(OpenCountry("France"))?.problem == "'France' is no country.")
    }

    @Test func `leave for a while takes a reason, and is over when it ends`() async throws {
        let office = try Office()
        try await office.run(SetHome(region: "DE"))
        var asked = OpenCountry("FR")
        asked.until = "8h"
        #expect(await office.refusal(asked)?.remedy.contains("--reason") == true)
        asked.reason = "a fair; said A. Owner"
        try await office.run(asked)
        #expect(try isAllowed(office, paris))
        let release = try #require(office.store.snapshot.outside.dialing.releases.first)
        #expect(release.until == noon + .seconds(8 * 3_600) && release.releasedBy == "root (uid 0)")
        #expect(office.notes.texts.last == "Calls to France are open until \(release.until), by root (uid 0)")
        asked.until = "40d"
        #expect(await office.refusal(asked)?.reason.contains("31 days") == true)
        try await office.run(CloseCountry("FR"))
        #expect(try !isAllowed(office, paris))
        var range = OpenCountry("+3314234")
        (range.until, range.reason) = ("2027-01-20", "one supplier")
        try await office.run(range)
        #expect(try isAllowed(office, paris) && !isAllowed(office, "+33242345678"))
    }

    @Test func `leave for a class takes a reason too, and refusing the class ends it`() async throws {
        let office = try Office()
        try await office.run(SetHome(region: "FR"))
        let voip = "+33912345678"
        var asked = AllowClass(.voip)
        asked.until = "8h"
        #expect(await office.refusal(asked)?.remedy.contains("--reason") == true)
        asked.reason = "a webinar; said A. Owner"
        #expect(try !isAllowed(office, voip))
        try await office.run(asked)
        #expect(try isAllowed(office, voip))
        let release = try #require(office.store.snapshot.outside.dialing.releases.first)
        #expect(release.until == noon + .seconds(8 * 3_600) && release.releasedBy == "root (uid 0)")
        let entry = try #require(try office.journal().last)
        #expect((entry.action, entry.subject) == ("class.allow", "voip") && entry.detail.contains("a webinar"))
        asked.until = "40d"
        #expect(await office.refusal(asked)?.reason.contains("31 days") == true)
        try await office.run(RefuseClass(.voip))
        #expect(try !isAllowed(office, voip) && office.store.snapshot.outside.dialing.releases.isEmpty)
        var premium = AllowClass(.premium)
        (premium.until, premium.reason) = ("8h", "r")
        #expect(await office.refusal(premium)?.control == .premiumNumbers)
    }

    @Test func `a profile is for its extensions, and closing a country closes it there too`() async throws {
        let office = try Office()
        try await office.add("101", "102")
        try await office.run(SetHome(region: "DE"))
        try await office.run(SetProfile(profile: "sales", extensions: ["101"]))
        var open = OpenCountry("FR")
        open.profile = "sales"
        try await office.run(open)
        #expect(try isAllowed(office, paris, by: "101") && !isAllowed(office, paris, by: "102"))
        #expect(await office.refusal(SetProfile(profile: "sales", extensions: ["999"])) != nil)
        let unnamed = await office.refusal(SetProfile(profile: "the sales", extensions: ["101"]))
        #expect(unnamed?.problem == "'the·sales' cannot be the name of a profile.")
        open.profile = "nobody"
        #expect(await office.refusal(open)?.problem == "There is no profile 'nobody'.")
        try await office.run(CloseCountry("FR"))
        #expect(try !isAllowed(office, paris, by: "101"))
        try await office.run(RemoveProfile(profile: "sales"))
        #expect(office.store.snapshot.outside.dialing.profiles.isEmpty)
    }

    @Test func `a class is refused to those of all profiles too, and allowed to those without one`() async throws {
        let office = try Office()
        try await office.add("101", "102")
        try await office.run(SetHome(region: "DE"))
        try await office.run(SetProfile(profile: "sales", extensions: ["101"]))
        try await office.run(SetProfile(profile: "lobby", extensions: ["102"]))
        let mobile = "+4915123456789"
        #expect(try isAllowed(office, mobile, by: "101"))
        try await office.run(RefuseClass(.mobile))
        #expect(try !isAllowed(office, mobile, by: "101") && !isAllowed(office, mobile, by: "102"))
        #expect(try !isAllowed(office, mobile))
        try await office.run(AllowClass(.mobile))
        #expect(try isAllowed(office, mobile) && !isAllowed(office, mobile, by: "101"))
        try await office.run(AllowClass(.mobile, profile: "sales"))
        #expect(try isAllowed(office, mobile, by: "101") && !isAllowed(office, mobile, by: "102"))
        try await office.run(RefuseClass(.mobile, profile: "sales"))
        #expect(try isAllowed(office, mobile) && !isAllowed(office, mobile, by: "101"))
    }

    @Test func `Control premium-numbers: one number for a while, and no class of them`() async throws {
        let office = try Office()
        try await office.run(SetHome(region: "DE"))
        let number = "+499001234567"
        #expect(try !isAllowed(office, number))
        #expect(await office.refusal(AllowClass(.premium))?.remedy.contains("ringfence premium approve") == true)
        #expect(await office.refusal(RefuseClass(.premium))?.problem.hasSuffix("are as you want it already.") == true)
        #expect(await office.refusal(AllowClass(.mobile, answer: .refuse))?.problem == "Nothing was opened.")
        #expect(await office.refusal(AllowClass(.satellite))?.problem.hasSuffix("are never placed.") == true)
        let approve = ApprovePremium(number: number, until: "90d", reason: "support of a supplier")
        try await office.run(approve)
        #expect(try isAllowed(office, number) && !isAllowed(office, "+499001234568"))
        try await office.run(WithdrawPremium(number: number))
        #expect(try !isAllowed(office, number))
        for (text, until) in [("+493012345678", "30d"), ("+870773123456", "30d"), (number, "400d"), ("x", "30d")] {
            #expect(await office.refusal(ApprovePremium(number: text, until: until, reason: "r")) != nil, "\(text)")
        }
        #expect(await office.refusal(ApprovePremium(number: number, until: "30d", reason: "")) != nil)
    }

    @Test func `a class is refused and allowed, and a range in the news has a limit that only an opener raises`()
        async throws
    {
        let office = try Office()
        try await office.run(SetHome(region: "DE"))
        #expect(try isAllowed(office, "+4915123456789"))
        try await office.run(RefuseClass(.mobile))
        #expect(try !isAllowed(office, "+4915123456789"))
        try await office.run(AllowClass(.mobile, answer: .code))
        guard case .needsCode = try verdict(office, "+4915123456789") else {
            Issue.record("no code is asked for")
            return
        }
        try await office.run(LimitRange(prefix: "+4479", callsPerDay: 5))
        try await office.run(LimitRange(prefix: "+4479", callsPerDay: 2))
        #expect(await office.refusal(LimitRange(prefix: "+4479", callsPerDay: 3)) != nil)
        #expect(try await office.run(FreeRange(prefix: "+4479")).callsPerDay == 2)
    }

    @Test func `Control roles: an administrator closes and does not open`() async throws {
        let office = try Office()
        let administrator = Actor(name: "alice (uid 1001)", role: .administrator)
        let security = Actor(name: "bob (uid 1002)", role: .security)
        #expect(await office.refusal(OpenCountry("FR"), by: administrator)?.control == .roles)
        #expect(await office.refusal(AllowClass(.voip), by: administrator)?.control == .roles)
        try await office.run(OpenCountry("FR"), by: security)
        try await office.run(CloseCountry("FR"), by: administrator)
    }
}
