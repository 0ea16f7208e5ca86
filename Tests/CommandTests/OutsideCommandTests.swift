// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model
import Primitives
import Testing

@testable import ringfence

@Suite("ringfence trunk, number, country, class, premium, profile and range")
struct OutsideCommandTests {
    private func trunk(_ change: (inout Trunk) -> Void = { _ in }) throws -> Trunk {
        var trunk = Trunk(
            name: try #require(TrunkName(parsing: "main")),
            domain: try #require(DomainName(parsing: "sip.provider.example")),
            username: "4930123",
            createdAt: Sample.time
        )
        change(&trunk)
        return trunk
    }

    private func report(_ trunk: Trunk, isPlain: Bool = false, _ state: TrunkCondition? = nil) -> TrunkReport {
        TrunkReport(trunk: trunk, hasPassword: true, isPlain: isPlain, state: state)
    }

    @Test func `what was typed of a trunk becomes what is asked, and its password is no argument`() throws {
        let verb = try parse(
            TrunkAdd.self,
            "main",
            "--domain",
            "SIP.provider.example",
            "--username",
            "4930123",
            "--server",
            "sip1.provider.example:5061",
            "--prefix",
            "198.51.100.0/24",
            "--no-register",
            "--numbers",
            "digits",
            "--calls",
            "5"
        )
        var expected = NewTrunk(name: "main", domain: "sip.provider.example")
        (expected.username, expected.servers) = ("4930123", ["sip1.provider.example:5061"])
        (expected.prefixes, expected.registers, expected.numbers) = (["198.51.100.0/24"], false, .digits)
        expected.calls = 5
        #expect(verb.command == AddTrunk(expected, password: nil))
        #expect(throws: (any Error).self) {
            try parse(TrunkAdd.self, "main", "--domain", "a.example", "--password", "x")
        }
        let help = Ringfence.helpMessage(for: TrunkAdd.self, columns: 100)
        #expect(!help.contains("--password ") && help.contains("--password-file"))
    }

    @Test(arguments: [
        ["Main", "--domain", "a.example"], ["main"], ["main", "--domain", "a b"],
        ["main", "--domain", "a.example", "--transport", "sctp"], ["main", "--domain", "a.example", "--allow-plain"],
        ["main", "--domain", "a.example", "--reason", "x", "--until", "1d"],
        ["main", "--domain", "a.example", "--password-file", "f"], ["main", "--domain", "a.example", "--prefix", "x"],
    ])
    func `a trunk that is typed wrong is a typing error`(arguments: [String]) {
        #expect(throws: (any Error).self) { try TrunkAdd.parse(arguments + ["--data", "/nowhere"]) }
    }

    @Test func `a trunk is shown with how it is at this moment, and its exception`() throws {
        var state = TrunkCondition(name: try trunk().name, isUsable: true, words: "ready")
        (state.server, state.tlsVersion) = ("198.51.100.7:5061", "TLSv1.3")
        let list = try parse(TrunkList.self).answer(from: Office([report(try trunk(), state)]))
        #expect(
            list.text == """
                TRUNK  PROVIDER              ENCRYPTION  STATE  SERVER             CALLS  PRIORITY
                main   sip.provider.example  TLSv1.3     ready  198.51.100.7:5061  10     0
                """
        )
        let plain = try trunk { trunk in
            trunk.transport = .udp
            trunk.exception = .init(reason: "until March", grantedBy: "alice (uid 1001)", until: Sample.time)
        }
        let text = try parse(TrunkShow.self, "main").answer(from: Office(report(plain, isPlain: true))).text
        #expect(text.contains("UDP allowed without encryption until 2026-11-21T07:00:00Z"))
        #expect(text.contains("until March (alice (uid 1001))") && text.contains("sealed"))
        #expect(try parse(TrunkList.self).answer(from: Office([TrunkReport]())).hint == TrunkAdd.example)
        #expect(
            try parse(TrunkRemove.self, "main").answer(
                from: Office(RemoveTrunk.Reply(try trunk(), hadLimits: false, hadRates: false))
            ).text == "Trunk main to sip.provider.example is removed."
        )
        #expect(
            try parse(TrunkRemove.self, "main").answer(
                from: Office(RemoveTrunk.Reply(try trunk(), hadLimits: true, hadRates: true))
            ).text.hasSuffix("is removed, and with it its limits and its price list.")
        )
    }

    @Test func `a test of a trunk falls short with what is wrong`() throws {
        let finding = Finding("trunk-login", .critical, "The password is wrong.", remedy: "Ask the provider.")
        let output = try parse(TrunkTest.self, "main").answer(from: Office(DoctorReport(facts: [finding])))
        #expect(output.fellShort && output.text.contains("WRONG    The password is wrong.\n         Ask the provider."))
    }

    @Test func `a password comes from a file without its line feed, and is not printed`() throws {
        let path = NSTemporaryDirectory() + "ringfence-secret-" + UUID().uuidString
        try Data("p4ss word\n".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let secret = try SecretInput.read(path, "")
        #expect(secret.reveal { $0 == "p4ss word" } && "\(secret)" == "«redacted»")
        #expect(throws: Refusal.self) { try SecretInput.read(path + "-not-there", "") }
    }

    @Test func `a number reaches whom is typed`() throws {
        let number = try #require(PhoneNumber(parsing: "+493012345"))
        let verb = try parse(NumberAdd.self, "+493012345", "--to", "extension", "101")
        #expect(verb.command == AddNumber(number: "+493012345", destination: "extension 101"))
        let owned = OwnedNumber(
            number: number,
            destination: .extension(try Sample.number("101")),
            createdAt: Sample.time
        )
        #expect(try verb.answer(from: Office(owned)).text == "+493012345 is yours and reaches extension 101.")
        #expect(
            try parse(NumberRoute.self, "+493012345", "--to", "nobody").command
                == RouteNumber(number: "+493012345", destination: nil)
        )
        #expect(throws: (any Error).self) { try parse(NumberRoute.self, "+493012345") }
        #expect(throws: (any Error).self) { try parse(NumberAdd.self, "030 12345") }
        let callers = CallerNumbers(usual: number, own: [try Sample.number("102"): number])
        let list = try parse(NumberList.self).answer(from: Office(OwnedNumbers(numbers: [owned], callers: callers)))
        #expect(
            list.text == """
                NUMBER      REACHES        CLOSED    TRUNK  SHOWN BY
                +493012345  extension 101  the same  any    everybody else, 102
                """
        )
        #expect(try parse(NumberCaller.self, "none").command == SetCallerNumber(number: nil))
        let site = try parse(NumberCaller.self, "+493012345", "--site", "10.1.0.0/16")
        #expect(site.command == SetCallerNumber(number: "+493012345", site: "10.1.0.0/16"))
        #expect(throws: (any Error).self) {
            try parse(NumberCaller.self, "none", "--site", "10.1.0.0/16", "--extension", "101")
        }
        let hidden = CallerNumbers(withheld: [try Sample.number("102")])
        let shown = try parse(NumberList.self).answer(from: Office(OwnedNumbers(numbers: [owned], callers: hidden)))
        #expect(shown.text.hasSuffix("\nCalls of 102 show no number."))
        #expect(
            try parse(NumberWithhold.self, "102", "--off").command
                == WithholdNumber(extension: "102", isWithheld: false)
        )
    }

    @Test func `where calls may go is shown, and what is not is closed`() throws {
        var settings = DialingSettings()
        let nobody = try parse(CountryList.self).answer(
            from: Office(ShowDialing.Reply(settings: settings, at: Sample.time))
        )
        #expect(nobody.text.hasPrefix("Nobody has said where the business is.") && nobody.hint == CountryHome.example)
        settings.numbering = NumberingSettings(home: Region(parsing: "DE"), outsidePrefix: DigitString(parsing: "0"))
        settings.rights.countries[try #require(Region(parsing: "FR"))] = CountryRule(.withoutHighRisk, answer: .code)
        let shown = try parse(CountryList.self).answer(
            from: Office(ShowDialing.Reply(settings: settings, at: Sample.time))
        )
        #expect(
            shown.text
                == """
                The business is in Germany: dial 0 for a number outside.

                COUNTRY  NAME    STATE                             A CALL                                    FORWARD THERE
                FR       France  open without its high-risk ranges  is refused until a code can be asked for  no

                CLASS                 A CALL    FORWARD THERE
                geographic            goes out  no
                mobile                goes out  no
                geographic-or-mobile  goes out  no
                toll-free             goes out  no
                """.replacing(
                    "STATE                             A CALL",
                    with: "STATE                              A CALL"
                )
        )
    }

    @Test func `leave for a while takes a reason, and is said with its end`() throws {
        #expect(throws: (any Error).self) { try parse(CountryOpen.self, "FR", "--until", "8h") }
        let verb = try parse(CountryOpen.self, "FR", "--until", "8h", "--reason", "a fair")
        var asked = OpenCountry("FR")
        (asked.until, asked.reason) = ("8h", "a fair")
        #expect(verb.command == asked)
        var settings = DialingSettings()
        let france = try #require(Region(parsing: "FR"))
        let release = DialingRelease(
            .region(france),
            from: Sample.time,
            until: Sample.time + .seconds(8 * 3_600),
            releasedBy: "alice",
            reason: "a fair"
        )
        let isTaken = settings.put(try #require(release))
        #expect(isTaken)
        let output = try verb.answer(from: Office(ShowDialing.Reply(settings: settings, at: Sample.time)))
        #expect(
            output.text == "Calls to France are open until 2026-11-21T15:00:00Z."
                && output.hint == "Take it back: ringfence country close FR"
        )
        #expect(throws: (any Error).self) { try parse(CountryOpen.self, "+33") }
        #expect(
            try parse(PremiumApprove.self, "+499001234567", "--until", "90d", "--reason", "r").command.until == "90d"
        )
        #expect(try parse(ClassAllow.self, "mobile", "--answer", "code").command == AllowClass(.mobile, answer: .code))
        #expect(try parse(ProfileSet.self, "sales", "--extensions", "101", "102").command.extensions == ["101", "102"])
        #expect(throws: (any Error).self) { try parse(ProfileSet.self, "sales", "--extensions", "1") }
        #expect(throws: (any Error).self) { try parse(RangeLimit.self, "+44", "--calls", "70000") }
    }

    @Test func `what is said of an opened country is for whom it is, and true of calls that need an answer`() throws {
        var settings = DialingSettings()
        let sales = try #require(PickupGroup(parsing: "sales"))
        let isTaken = settings.put(DialingProfile(name: sales, rights: DialingRights()))
        #expect(isTaken)
        let office = Office(ShowDialing.Reply(settings: settings, at: Sample.time))
        let all = try parse(CountryOpen.self, "FR").answer(from: office)
        #expect(all.text == "Calls to France are open for everybody without a profile.")
        let some = try parse(CountryOpen.self, "FR", "--profile", "sales").answer(from: office)
        #expect(some.text == "Calls to France are open for the profile sales.")
        #expect(some.hint == "Take it back: ringfence country close FR --profile sales")
        let asked = try parse(ClassAllow.self, "mobile", "--answer", "code", "--profile", "sales").answer(from: office)
        #expect(
            asked.text
                == "Calls to mobile numbers for the profile sales: each is refused until a code can be asked for."
        )
        #expect(asked.hint == "Take it back: ringfence class refuse mobile --profile sales")
        #expect(throws: (any Error).self) { try parse(ClassAllow.self, "mobile", "--answer", "refuse") }
        let cuba = try parse(CountryOpen.self, "CU").answer(from: office)
        #expect(cuba.text.contains("Fraud often calls there"))
    }

    @Test func `how a provider wants its calls becomes what is asked`() throws {
        let verb = try parse(TrunkSet.self, "main", "--forward-field", "history", "--no-keeps-withheld", "--calls", "3")
        var expected = SetTrunkProfile(trunk: "main")
        (expected.forwardField, expected.keepsWithheld, expected.calls) = (.history, false, 3)
        #expect(verb.command == expected)
        let kept = try trunk { ($0.forwardField, $0.keepsWithheld, $0.registersNumbers) = (.diversion, true, true) }
        let text = try parse(TrunkShow.self, "main").answer(from: Office(report(kept))).text
        #expect(text.contains("Forwarded calls in:") && text.contains("Diversion") && text.contains("for all numbers"))
        #expect(text.contains("are told to the provider"))
    }

    @Test func `a route says what it is for, and a test which trunk, number and price a call would get`() throws {
        let verb = try parse(RouteAdd.self, "abroad", "--abroad", "--order", "least-cost", "--trunk", "main", "backup")
        var expected = NewRoute(name: "abroad", trunks: ["main", "backup"])
        (expected.isAbroad, expected.order) = (true, .leastCost)
        #expect(verb.command == AddRoute(expected))
        #expect(throws: (any Error).self) { try parse(RouteAdd.self, "abroad") }
        #expect(throws: (any Error).self) { try parse(RouteAdd.self, "a", "--trunk", "main", "--prefix", "030") }
        let names = ["main", "backup"].compactMap { TrunkName(parsing: $0) }
        let name = try #require(ShortName(parsing: "abroad"))
        let route = try #require(OutsideRoute(name: name, isAbroad: true, order: .leastCost, trunks: names))
        #expect(try verb.answer(from: Office(route)).text == "Calls abroad take the cheapest of main and backup.")
        let list = try parse(RouteList.self).answer(from: Office([route]))
        #expect(
            list.text == """
                ROUTE   IS FOR        TAKES
                abroad  calls abroad  the cheapest of main and backup
                """
        )
        #expect(try parse(RouteList.self).answer(from: Office([OutsideRoute]())).hint?.contains("route add") == true)
        #expect(try parse(RouteRemove.self, "abroad").answer(from: Office(route)).text == "Route abroad is removed.")
    }

    @Test func `a test of a route is read from what the server says`() throws {
        let json = """
            {"dialled":"0030555123","caller":"101","at":{"milliseconds":1795244400123},"isOpen":true,"number":"+4930555123",
            "numberClass":"geographic","region":"DE","trunks":[
            {"trunk":"backup","price":{"setUp":"0","perMinute":"0.01","increments":"1/1"},"isUsable":false},
            {"trunk":"main","price":{"setUp":"0","perMinute":"0.02","increments":"60/1"},"isUsable":true}],
            "chosen":"main","currency":"EUR","shown":"+493012345","isWithheld":false}
            """
        let report = try JSONDecoder().decode(RouteReport.self, from: Data(json.utf8))
        let verb = try parse(RouteTest.self, "0030555123", "--from", "101")
        #expect(verb.command == TestRoute(number: "0030555123", from: "101"))
        let output = try verb.answer(from: Office(report))
        #expect(
            output.text == """
                0030555123, dialled by extension 101, is +4930555123, one of the landline numbers in Germany.
                No route is for it: it takes every trunk, first choice first.
                It shows +493012345.

                TRUNK   A CALL COSTS         STATE
                backup  0.01 a minute, 1/1   cannot be reached
                main    0.02 a minute, 60/1  up: takes it

                It leaves by trunk main, at 0.02 a minute, 60/1 (EUR), as long as there is money for it.
                """
        )
        #expect(!output.fellShort)
    }

    @Test func `a class is open for a while with a reason`() throws {
        let verb = try parse(ClassAllow.self, "voip", "--until", "8h", "--reason", "a webinar")
        #expect(verb.command.until == "8h" && verb.command.reason == "a webinar")
        #expect(throws: (any Error).self) { try parse(ClassAllow.self, "voip", "--until", "8h") }
        #expect(throws: (any Error).self) {
            try parse(ClassAllow.self, "voip", "--until", "8h", "--reason", "r", "--onward")
        }
        var settings = DialingSettings()
        let made = DialingRelease(
            .numberClass(.voip),
            from: Sample.time,
            until: Sample.time + .seconds(3_600),
            releasedBy: "alice",
            reason: "a webinar"
        )
        let isIn = settings.put(try #require(made))
        #expect(isIn)
        let reply = ShowDialing.Reply(settings: settings, at: Sample.time)
        #expect(
            try verb.answer(from: Office(reply)).text.hasPrefix("Calls to internet telephone numbers are open until ")
        )
        #expect(try parse(CountryList.self).answer(from: Office(reply)).text.contains("internet telephone numbers"))
    }
}
