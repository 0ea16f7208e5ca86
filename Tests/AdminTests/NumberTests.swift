// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("ringfence number")
struct NumberTests {
    private let first = "+493012345"
    private let second = "+493012346"

    @Test func `belongs to the business, reaches somebody, and is shown by calls`() async throws {
        let office = try Office()
        try await office.add("101", "102")
        let number = try await office.run(AddNumber(number: first, destination: "extension 101"))
        #expect(number.destination?.words == "extension 101" && number.createdAt == noon)
        try await office.run(AddNumber(number: second, destination: nil))
        #expect(try await office.run(RouteNumber(number: second, destination: "102")).destination?.text == "102")
        try await office.run(SetCallerNumber(number: first))
        try await office.run(SetCallerNumber(number: second, extension: "102"))
        let list = try await office.run(ListNumbers(), by: auditor)
        #expect(list.numbers.map(\.number.text) == [first, second])
        let outside = office.store.snapshot.outside
        let (one, two) = (try #require(ExtensionNumber(parsing: "101")), try #require(ExtensionNumber(parsing: "102")))
        #expect(outside.callerNumber(of: one)?.text == first && outside.callerNumber(of: two)?.text == second)
        try await office.run(RemoveNumber(number: first))
        #expect(office.store.snapshot.outside.callerNumbers.usual == nil)
        #expect(
            try office.journal().suffix(7).map(\.action) == [
                "number.add", "number.add", "number.route", "number.caller", "number.caller", "number.remove",
                "number.caller",
            ]
        )
    }

    @Test func `phones of a site show its number, and an extension may show none`() async throws {
        let office = try Office()
        try await office.add("101", "102")
        try await office.run(AddNumber(number: first, destination: nil))
        let site = SetCallerNumber(number: first, site: "10.1.0.0/16")
        #expect(await office.refusal(site)?.remedy.hasPrefix("add it first: ringfence site add") == true)
        try await office.run(AddSite(prefix: "10.1.0.0/16"))
        #expect(try await office.run(site).sites.values.map(\.text) == [first])
        #expect(await office.refusal(site)?.problem.contains("phones in 10.1.0.0/16") == true)
        #expect(try await office.run(WithholdNumber(extension: "101")).withheld.map(\.text) == ["101"])
        #expect(await office.refusal(WithholdNumber(extension: "101"))?.reason == "there is nothing to change")
        try await office.run(WithholdNumber(extension: "102"))
        try await office.run(WithholdNumber(extension: "102", isWithheld: false))
        try await office.run(RemoveSite(prefix: "10.1.0.0/16"))
        try await office.run(RemoveExtension(number: "101"))
        #expect(office.store.snapshot.outside.callerNumbers == CallerNumbers())
        let done = try office.journal().filter { $0.subject != "refused" && $0.action.hasPrefix("number.") }
        let actions = done.map(\.action)
        let withheld = Array(repeating: "number.withhold", count: 3)
        #expect(actions == ["number.add", "number.caller"] + withheld + ["number.caller", "number.caller"])
    }

    @Test func `whoever gets the number of an extension that is gone gets none of what it had outside`() async throws {
        let office = try Office()
        try await office.add("101", "102")
        try await office.run(AddNumber(number: first, destination: "101"))
        try await office.run(SetCallerNumber(number: first, extension: "101"))
        try await office.run(SetProfile(profile: "sales", extensions: ["101", "102"]))
        try await office.run(SetSpendLimits(subject: "extension 101", hour: "1", day: "2", week: "3"))
        try await office.run(SetCallLimit(subject: "101", simultaneous: 9, perSecond: 1, perMinute: 9))
        var roster = SetAfterHours()
        roster.roster = ["101"]
        try await office.run(roster)
        try await office.run(RemoveExtension(number: "101"))
        let outside = office.store.snapshot.outside
        #expect(outside.numbers.values.map(\.destination) == [nil] && outside.callerNumbers.own.isEmpty)
        #expect(outside.dialing.profiles.map { $0.extensions.map(\.text) } == [["102"]])
        #expect(outside.spending.own.isEmpty && outside.callLimits.own.isEmpty && outside.afterHours.roster.isEmpty)
    }

    @Test func `what is no number, nobody or not owned is refused with what to type`() async throws {
        let office = try Office()
        let wrong: [(any Command, String)] = [
            (AddNumber(number: "030 12345", destination: nil), "is not a telephone number"),
            (AddNumber(number: first, destination: "999"), "Extension 999 does not exist."),
            (AddNumber(number: first, destination: "the boss"), "is nobody who can take a call"),
            (AddNumber(number: first, destination: nil, trunk: "main"), "Trunk main does not exist."),
            (RouteNumber(number: first, destination: nil), "is not a number of the business"),
            (SetCallerNumber(number: first), "is not a number of the business"),
            (SetCallerNumber(number: nil), "as you want it already"),
        ]
        for (command, problem) in wrong {
            let refusal = try #require(await office.refusal(command))
            #expect(refusal.problem.contains(problem), "\(refusal)")
            #expect(
                refusal.remedy.contains("ringfence") || refusal.remedy.contains("+49")
                    || refusal.remedy.contains("--to")
            )
        }
        try await office.run(AddNumber(number: first, destination: nil))
        #expect(
            await office.refusal(AddNumber(number: first, destination: nil))?.problem.hasSuffix("cannot be added.")
                == true
        )
    }
}
