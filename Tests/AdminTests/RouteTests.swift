// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Store
import Synchronization
import Testing

@Suite("ringfence route")
struct RouteTests {
    private static func route(_ name: String, _ change: (inout NewRoute) -> Void = { _ in }) -> AddRoute {
        var route = NewRoute(name: name, trunks: ["backup", "main"])
        change(&route)
        return AddRoute(route)
    }

    /// Two trunks, and a price list for the second that costs half.
    private func office() async throws -> Office {
        let office = try Office()
        try await office.add("101")
        try await office.run(SetHome(region: "DE", outsidePrefix: "0"))
        for (name, deck, price) in [("main", "default", "0.02"), ("backup", "backup", "0.01")] {
            try await office.run(TrunkTests.login(name) { $0.priority = name == "main" ? 0 : 1 })
            try await office.run(UploadRates(Data("prefix,rate per minute\n49,\(price)\n".utf8), isFirst: true))
            try await office.run(ImportRates(deck: deck))
            try await office.run(ActivateRates(deck: deck))
        }
        return office
    }

    private func up(_ office: Office, _ names: [String]) throws {
        let states = try ["main", "backup"].map { name in
            TrunkCondition(name: try #require(TrunkName(parsing: name)), isUsable: names.contains(name), words: name)
        }
        office.engine.state.withLock { $0.trunks = states }
    }

    @Test func `is added and removed with a line in the journal, and says what it is for`() async throws {
        let office = try await office()
        let route = try await office.run(
            Self.route("Night") {
                ($0.countries, $0.classes, $0.hours, $0.order) = (["DE", "at"], [.mobile], .closed, .leastCost)
            }
        )
        #expect(route.words == "calls to mobile numbers in Austria and Germany while the business is closed")
        #expect(route.trunkWords == "the cheapest of backup and main" && route.name.text == "night")
        #expect(try await office.run(ListRoutes(), by: auditor) == [route])
        let entry = try #require(try office.journal().last)
        #expect((entry.action, entry.subject) == ("route.add", "night") && entry.detail.contains("least-cost"))
        #expect(await office.refusal(Self.route("night"))?.reason == "there is one of that name")
        try await office.run(RemoveRoute(route: "night"))
        #expect(office.store.snapshot.outside.routes.isEmpty)
        #expect(await office.refusal(RemoveRoute(route: "night"))?.problem == "There is no route 'night'.")
        let security = Actor(name: "bob (uid 1002)", role: .security)
        #expect(await office.refusal(Self.route("night"), by: security)?.control == .roles)
    }

    @Test func `what is no route is refused with what to type`() async throws {
        let office = try await office()
        let wrong: [(AddRoute, String)] = [
            (Self.route("a b"), "cannot be the name of a route"),
            (Self.route("a") { $0.prefixes = ["030"] }, "is no beginning of a number"),
            (Self.route("a") { $0.countries = ["Deutschland"] }, "is no country"),
            (AddRoute(NewRoute(name: "a", trunks: [])), "was not added"),
            (AddRoute(NewRoute(name: "a", trunks: ["main", "main"])), "was not added"),
            (AddRoute(NewRoute(name: "a", trunks: ["other"])), "Trunk other does not exist."),
        ]
        for (command, problem) in wrong {
            let refusal = try #require(await office.refusal(command))
            #expect(refusal.problem.contains(problem), "\(refusal)")
        }
        try await office.run(Self.route("a") { $0.countries = ["FR", "BE"] })
        let refusal = await office.refusal(Self.route("b") { $0.countries = ["BE"] })
        #expect(refusal?.reason.hasPrefix("route a is for some of the same numbers") == true)
        try await office.run(Self.route("b") { ($0.countries, $0.hours) = (["BE"], .closed) })
    }

    @Test func `a trunk leaves the routes that have another, and is not removed from one that has none`() async throws {
        let office = try await office()
        try await office.run(Self.route("all"))
        try await office.run(RemoveTrunk(trunk: "backup"))
        #expect(office.store.snapshot.outside.routes.map { $0.trunks.map(\.text) } == [["main"]])
        #expect(try office.journal().suffix(3).map(\.action) == ["trunk.remove", "route.add", "rates.remove"])
        let refusal = await office.refusal(RemoveTrunk(trunk: "main"))
        #expect(refusal?.reason.hasPrefix("route all has no other") == true)
        #expect(office.store.snapshot.outside.trunks.count == 1)
    }

    @Test func `a test says trunk, caller number and price, and why`() async throws {
        let office = try await office()
        try await office.run(AddNumber(number: "+493012345", destination: nil))
        try await office.run(SetCallerNumber(number: "+493012345"))
        try up(office, ["main", "backup"])
        let plain = try await office.run(TestRoute(number: "0030555123", from: "101"), by: auditor)
        #expect(plain.number?.text == "+4930555123" && plain.route == nil && plain.chosen?.text == "main")
        #expect(plain.shown?.text == "+493012345" && plain.numberClass == .geographic && plain.refusal == nil)
        try await office.run(Self.route("all") { $0.order = .leastCost })
        let cheap = try await office.run(TestRoute(number: "0030555123"))
        #expect(cheap.chosen?.text == "backup" && cheap.trunks.map { $0.price?.perMinute.micros } == [10_000, 20_000])
        try up(office, ["main"])
        #expect(try await office.run(TestRoute(number: "0030555123")).chosen?.text == "main")
        try up(office, [])
        #expect(try await office.run(TestRoute(number: "0030555123")).refusal?.contains("can be reached") == true)
    }

    @Test func `a test says what is not allowed, has no price, is too dear, or is help`() async throws {
        let office = try await office()
        try up(office, ["main", "backup"])
        #expect(try await office.run(TestRoute(number: "0004312345678")).refusal?.contains("Austria") == true)
        try await office.run(OpenCountry("AT"))
        #expect(try await office.run(TestRoute(number: "0004312345678")).refusal?.contains("no price") == true)
        let missing = try await office.run(TestRoute(number: "030"))
        #expect(missing.number == nil && missing.refusal != nil && missing.chosen == nil)
        let help = try await office.run(TestRoute(number: "112"))
        #expect(help.help?.text == "112" && help.chosen?.text == "main" && help.refusal == nil)
        var price = SetSpendPrices()
        price.perMinute = "0.01"
        try await office.run(price)
        #expect(try await office.run(TestRoute(number: "0030555123")).refusal?.contains("a minute costs") == true)
        #expect(await office.refusal(TestRoute(number: "101"))?.problem == "A call to 101 takes no trunk.")
        let tomorrow = TestRoute(number: "0030555123", at: "tomorrow")
        #expect(await office.refusal(tomorrow)?.problem == "'tomorrow' is no time.")
    }

    @Test func `a test is of the hour that is asked for`() async throws {
        let office = try await office()
        try await office.run(SetHours(zone: "Europe/Berlin", spans: ["mon-fri 08:00-18:00"]))
        try await office.run(Self.route("night") { ($0.hours, $0.order) = (.closed, .leastCost) })
        let day = try await office.run(TestRoute(number: "0030555123", at: "2027-01-18T12:00"))
        let night = try await office.run(TestRoute(number: "0030555123", at: "2027-01-18T22:00"))
        #expect(day.isOpen && day.route == nil && !night.isOpen && night.route?.name.text == "night")
        try await office.run(SwitchNight(.closed))
        #expect(try await !office.run(TestRoute(number: "0030555123", at: "2027-01-18T12:00")).isOpen)
    }
}
