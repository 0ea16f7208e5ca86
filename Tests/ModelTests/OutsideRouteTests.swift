// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Primitives
import Testing

@Suite("Routes of calls to the outside")
struct OutsideRouteTests {
    private let home = Region(parsing: "DE")

    private func route(
        _ name: String,
        prefixes: [String] = [],
        classes: Set<NumberClass> = [],
        countries: [String] = [],
        isAbroad: Bool = false,
        hours: OutsideRoute.Hours = .always
    ) throws -> OutsideRoute {
        let route = OutsideRoute(
            name: try #require(ShortName(parsing: name)),
            prefixes: Set(try prefixes.map { try #require(NumberPrefix(parsing: $0)) }),
            classes: classes,
            regions: Set(try countries.map { try #require(Region(parsing: $0)) }),
            isAbroad: isAbroad,
            hours: hours,
            trunks: [try #require(TrunkName(parsing: "main"))]
        )
        return try #require(route)
    }

    private func narrowness(
        _ route: OutsideRoute,
        _ number: String,
        _ numberClass: NumberClass = .mobile,
        in country: String = "FR",
        isOpen: Bool = true
    ) throws -> Int? {
        let number = try #require(PhoneNumber(parsing: number))
        return route.narrowness(for: number, numberClass, in: Region(parsing: country), home: home, isOpen: isOpen)
    }

    @Test func `the longest prefix is the narrowest, then class, country, abroad and hours`() throws {
        let routes = [
            try route("all"), try route("closed", hours: .closed), try route("abroad", isAbroad: true),
            try route("france", countries: ["FR"]), try route("mobile", classes: [.mobile]),
            try route("both", classes: [.mobile], countries: ["FR", "BE"]), try route("short", prefixes: ["+33"]),
            try route("long", prefixes: ["+33", "+336"]),
        ]
        let found = try routes.map { try #require(try narrowness($0, "+33612345678", isOpen: false)) }
        #expect(found == found.sorted() && Set(found).count == found.count, "\(found)")
    }

    @Test func `what a route does not name it is not for`() throws {
        #expect(try narrowness(route("a", prefixes: ["+34", "+337"]), "+33612345678") == nil)
        #expect(try narrowness(route("a", classes: [.geographic]), "+33612345678") == nil)
        #expect(try narrowness(route("a", countries: ["BE"]), "+33612345678") == nil)
        #expect(try narrowness(route("a", isAbroad: true), "+49151123456", in: "DE") == nil)
        #expect(try narrowness(route("a", hours: .closed), "+33612345678", isOpen: true) == nil)
        #expect(try narrowness(route("a", hours: .open), "+33612345678", isOpen: false) == nil)
        #expect(try narrowness(route("a"), "+33612345678") == 0)
    }

    @Test func `two routes compete when a number could be either's as narrowly`() throws {
        let france = try route("a", countries: ["FR", "BE"])
        #expect(france.competes(with: try route("b", countries: ["BE", "NL"])))
        #expect(!france.competes(with: try route("b", countries: ["NL"])))
        #expect(!france.competes(with: try route("b", classes: [.mobile], countries: ["FR"])))
        #expect(!france.competes(with: try route("b", countries: ["FR"], hours: .closed)))
        #expect(try route("a").competes(with: try route("b")))
        let prefixes = try route("a", prefixes: ["+33", "+336"])
        #expect(prefixes.competes(with: try route("b", prefixes: ["+33", "+331"])))
        #expect(!prefixes.competes(with: try route("b", prefixes: ["+331"])))
    }

    @Test func `a route has trunks, each once, and is kept as it is`() throws {
        let name = try #require(ShortName(parsing: "a"))
        let (main, backup) = (try #require(TrunkName(parsing: "main")), try #require(TrunkName(parsing: "backup")))
        #expect(OutsideRoute(name: name, trunks: []) == nil && OutsideRoute(name: name, trunks: [main, main]) == nil)
        let two = try #require(OutsideRoute(name: name, classes: [.mobile], order: .leastCost, trunks: [main, backup]))
        #expect(two.without(main)?.trunks == [backup] && two.without(main)?.without(backup) == nil)
        let data = try JSONEncoder().encode(two)
        #expect(try JSONDecoder().decode(OutsideRoute.self, from: data) == two)
        let none = String(decoding: data, as: UTF8.self).replacing("\"main\",\"backup\"", with: "")
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(OutsideRoute.self, from: Data(none.utf8)) }
    }

    @Test func `the number of an extension goes before that of its network, and the narrowest network's before others`()
        throws
    {
        let numbers = try ["+4930100001", "+4930100002", "+4930100003", "+4930100004"].map {
            try #require(PhoneNumber(parsing: $0))
        }
        let (one, two) = (try #require(ExtensionNumber(parsing: "101")), try #require(ExtensionNumber(parsing: "102")))
        let callers = CallerNumbers(
            usual: numbers[0],
            own: [one: numbers[1]],
            sites: [
                try #require(IPPrefix(parsing: "10.0.0.0/8")): numbers[2],
                try #require(IPPrefix(parsing: "10.1.0.0/16")): numbers[3],
            ]
        )
        let owned = numbers.map { OwnedNumber(number: $0, destination: nil, createdAt: WallTime(milliseconds: 0)) }
        let settings = OutsideSettings(numbers: owned, callerNumbers: callers)
        let place = { (text: String) in IPAddress(parsing: text) }
        #expect(settings.callerNumber(of: one, at: place("10.1.2.3")) == numbers[1])
        #expect(settings.callerNumber(of: two, at: place("10.1.2.3")) == numbers[3])
        #expect(settings.callerNumber(of: two, at: place("10.2.2.3")) == numbers[2])
        #expect(settings.callerNumber(of: two, at: place("192.0.2.3")) == numbers[0])
        #expect(settings.callerNumber(of: two) == numbers[0])
        let fewer = OutsideSettings(numbers: [owned[0]], callerNumbers: callers)
        #expect(fewer.callerNumber(of: one, at: place("10.1.2.3")) == numbers[0], "only owned numbers are shown")
        #expect(try JSONDecoder().decode(CallerNumbers.self, from: JSONEncoder().encode(callers)) == callers)
        let old = Data(#"{"own":{"101":"+4930100002"},"usual":"+4930100001"}"#.utf8)
        #expect(try JSONDecoder().decode(CallerNumbers.self, from: old).own == [one: numbers[1]])
    }
}
