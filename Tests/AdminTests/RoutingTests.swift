// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("ringfence group, forward, block and night")
struct RoutingTests {
    private let number = "+493012345"

    private func office() async throws -> Office {
        let office = try Office()
        try await office.add("101", "102", "103")
        return office
    }

    private func group(_ name: String, _ change: (inout PutGroup) -> Void = { _ in }) -> PutGroup {
        var command = PutGroup(group: name)
        change(&command)
        return command
    }

    @Test func `a group is made, changed, used by a number, and removed when nothing leads to it`() async throws {
        let office = try await office()
        let sales = try await office.run(
            group("Sales") {
                ($0.members, $0.order, $0.number) = (["101", "102"], .inTurn, "700")
                $0.fallback = "extension 103"
            }
        )
        #expect(sales.name.text == "sales" && sales.members.map(\.text) == ["101", "102"] && sales.seconds == 15)
        var change = PutGroup(group: "sales", isChange: true)
        (change.seconds, change.fallback) = (20, "nobody")
        let changed = try await office.run(change)
        #expect(changed.seconds == 20 && changed.fallback == nil && changed.order == .inTurn)
        let left = try await office.run(ChangeGroupMembers(group: "sales", .leave, members: ["102"]))
        #expect(left.away.map(\.text) == ["102"])
        try await office.run(AddNumber(number: number, destination: "102", closed: "group sales"))
        let refusal = try #require(await office.refusal(RemoveGroup(group: "sales")))
        #expect(refusal.reason == "calls of +493012345 go to it" && refusal.remedy.contains("number route"))
        try await office.run(RouteNumber(number: number, destination: "101"))
        try await office.run(RemoveGroup(group: "sales"))
        #expect(try await office.run(ListGroups(), by: auditor).isEmpty)
        #expect(
            try office.journal().suffix(4).map(\.action) == [
                "number.add", "group.remove", "number.route", "group.remove",
            ],
            "the second line is of the refusal"
        )
    }

    @Test func `what cannot be a group is refused with what to type`() async throws {
        let office = try await office()
        try await office.run(group("sales") { $0.number = "700" })
        let wrong: [(any Command, String)] = [
            (group("sales"), "is there already"), (group("a b"), "1 to 32 letters"),
            (group("x") { $0.members = ["999"] }, "nobody has added it"),
            (group("x") { $0.number = "101" }, "extension 101 has it"),
            (group("x") { $0.number = "700" }, "group sales has it"), (group("x") { $0.number = "112" }, "for help"),
            (group("x") { $0.seconds = 3 }, "phones ring from 5 to 120 seconds"),
            (group("x") { $0.fallback = "group y" }, "nobody has made it"),
            (group("x") { $0.fallback = "group x" }, "nobody has made it"),
            (PutGroup(group: "x", isChange: true), "nobody has made it"),
            (ChangeGroupMembers(group: "sales", .join, members: ["101"]), "it is no member of it"),
            (ChangeGroupMembers(group: "sales", .remove, members: ["101"]), "there is nothing to change"),
            (AddExtensions([NewExtension(number: "700")]), "group sales has it"),
        ]
        for (command, reason) in wrong {
            let refusal = try #require(await office.refusal(command))
            #expect("\(refusal)".contains(reason), "\(refusal)")
        }
    }

    @Test func `a forward is set by who may, with who set it and when, and people hear of it`() async throws {
        let office = try await office()
        let inside = SetForward(number: "101", .noAnswer, to: "102", after: 15)
        #expect(await office.refusal(inside)?.remedy.contains("extension forwarding 101 --to colleagues") == true)
        try await office.run(ForwardExtension(number: "101", to: .colleagues))
        let report = try await office.run(inside)
        let forward = try #require(report.settings.forwards[.noAnswer])
        #expect(forward.target.text == "102" && forward.seconds == 15)
        #expect(forward.origin == SettingOrigin(by: "root (uid 0)", at: noon))
        #expect(await office.refusal(inside)?.problem.contains("as you want them already") == true)
        let outside = SetForward(number: "101", .always, to: "+4930123456")
        #expect(await office.refusal(outside)?.remedy.contains("--to outside") == true)
        try await office.run(SetQuiet(number: "102", true))
        #expect(try await office.run(ListForwards(), by: auditor).map(\.extension.text) == ["101", "102"])
        let own = Actor(name: "x", role: .ownExtension(try #require(ExtensionNumber(parsing: "102"))))
        #expect(try await office.run(ListForwards(), by: own).map(\.extension.text) == ["102"])
        try await office.run(ClearForward(number: "101"))
        try await office.run(SetQuiet(number: "102", false))
        #expect(office.store.snapshot.outside.routing.forwards.isEmpty)
        #expect(
            office.notes.texts.filter { $0.contains("undo it: ringfence forward ") } == [
                "calls of extension 101 go to 102 when nobody answers, by root (uid 0) from this machine; "
                    + "undo it: ringfence forward clear 101 no-answer"
            ]
        )
        #expect(
            try office.journal().suffix(4).map(\.action) == [
                "forward.set", "forward.quiet", "forward.clear", "forward.quiet",
            ]
        )
    }

    @Test func `an extension is looked for where it may forward to, and nowhere any more when it is cleared`()
        async throws
    {
        let office = try await office()
        let command = SetFollowMe(number: "101", targets: ["102", "103"], seconds: 10)
        #expect(await office.refusal(command)?.reason == "it may forward its calls to nobody")
        try await office.run(ForwardExtension(number: "101", to: .colleagues))
        #expect(try await office.run(command).settings.follow?.targets.map(\.text) == ["102", "103"])
        #expect(office.notes.texts.contains { $0.hasSuffix("undo it: ringfence forward follow 101") })
        for wrong in [["102", "102"], Array(repeating: "102", count: 6), ["101"], ["999"], ["+4930123456"]] {
            #expect(await office.refusal(SetFollowMe(number: "101", targets: wrong)) != nil, "\(wrong)")
        }
        try await office.run(RemoveExtension(number: "102"))
        #expect(office.store.snapshot.outside.routing.forwards.values.first?.follow?.targets.map(\.text) == ["103"])
        try await office.run(ClearForward(number: "101"))
        #expect(office.store.snapshot.outside.routing.forwards.isEmpty)
    }

    @Test func `a forward that nobody would follow is not set`() async throws {
        let office = try await office()
        try await office.run(ForwardExtension(number: "101", to: .outside))
        let wrong: [(SetForward, String)] = [
            (SetForward(number: "101", .always, to: "101"), "they would come back to it"),
            (SetForward(number: "101", .always, to: "999"), "does not exist"),
            (SetForward(number: "101", .always, to: "the boss"), "an extension, or to a telephone number"),
            (SetForward(number: "101", .noAnswer, to: "102", after: 2), "phones ring from 5 to 120 seconds"),
            (SetForward(number: "101", .always, to: "+4930123456"), "but no extension has the number that was dialled"),
        ]
        for (command, reason) in wrong {
            let refusal = try #require(await office.refusal(command))
            #expect("\(refusal)".contains(reason), "\(refusal)")
        }
    }

    @Test func `numbers are blocked and let in again, for the business and for one extension`() async throws {
        let office = try await office()
        try await office.run(AddBlock(numbers: ["+493012345", "+4490*"]))
        try await office.run(AddBlock(numbers: ["+493012345"], extension: "101"))
        try await office.run(BlockAnonymous(true, extension: "102"))
        let lists = try await office.run(ListBlocks(), by: auditor)
        #expect(lists.map { $0.extension?.text } == [nil, "101", "102"])
        #expect(lists[0].list.entries.sorted().map(\.text) == ["+4490*", "+493012345"])
        #expect(await office.refusal(AddBlock(numbers: ["+493012345"]))?.reason == "there is nothing to change")
        #expect(await office.refusal(AddBlock(numbers: ["030 12345"]))?.problem.contains("cannot be blocked") == true)
        try await office.run(RemoveBlock(numbers: ["+493012345", "+4490*"]))
        try await office.run(RemoveBlock(numbers: ["+493012345"], extension: "101"))
        try await office.run(BlockAnonymous(false, extension: "102"))
        #expect(office.store.snapshot.outside.routing == RoutingSettings())
    }

    @Test func `the night switch counts before the hours, and holidays are closed`() async throws {
        let office = try await office()
        // 2027-01-15 08:00 UTC, a Friday.
        #expect(try await office.run(SetHours(zone: "UTC", spans: ["fri 07:00-18:00"])).isOpen)
        #expect(try await !office.run(SwitchNight(.closed)).isOpen)
        #expect(await office.refusal(SwitchNight(.closed))?.reason == "it is as you want it already")
        #expect(try await office.run(SwitchNight(.automatic)).isOpen)
        let holidays = try #require(Holidays(parsing: "2027-01-14..2027-01-16, 2027-12-24"))
        #expect(try await !office.run(ChangeHolidays(["2027-12-24", "2027-01-14..2027-01-16"])).isOpen)
        #expect(await office.refusal(ChangeHolidays(["2027-01-15"]))?.reason == "there is nothing to change")
        #expect(await office.refusal(ChangeHolidays(["2027-02-29"]))?.reason.contains("2026-12-24..") == true)
        let later = try await office.run(SetHours(zone: "UTC", spans: ["mon-fri 07:00-18:00"]))
        #expect(!later.isOpen && later.hours?.holidays == holidays, "other hours keep the holidays")
        let workday = try await office.run(ChangeHolidays(["2027-01-15"], isRemoval: true))
        #expect(workday.isOpen && workday.hours?.holidays.description == "2027-01-14, 2027-01-16, 2027-12-24")
        #expect(try await office.run(SwitchNight(.open)).isOpen)
        try await office.run(SetHours(zone: "", spans: []))
        #expect(await office.refusal(ChangeHolidays(["2027-01-15"]))?.reason.contains("has no hours") == true)
    }

    @Test func `who may turn the night switch is told of, and can be nobody again`() async throws {
        let office = try await office()
        let notices = {
            office.notes.all.compactMap {
                if case .changed(let change) = $0, change.action == SwitchNight.name { change.text } else { nil }
            }
        }
        try await office.run(SwitchNight(.automatic, phones: ["101"]))
        #expect(notices().last?.hasPrefix("phones that may switch between day and night: 101") == true)
        try await office.run(SwitchNight(.automatic, phones: []))
        #expect(notices().last?.hasPrefix("phones that may switch between day and night: nobody") == true)
        #expect(office.store.snapshot.outside.routing.nightPhones.isEmpty)
        try await office.run(SwitchNight(.closed))
        #expect(notices().last?.hasPrefix("The business is closed until") == true)
    }

    @Test func `whoever gets the number of an extension that is gone gets none of its place in the plan`() async throws
    {
        let office = try await office()
        try await office.run(
            group("sales") { ($0.members, $0.fallback) = (["101", "102"], "extension 101") }
        )
        try await office.run(ForwardExtension(number: "102", to: .colleagues))
        try await office.run(ForwardExtension(number: "101", to: .colleagues))
        try await office.run(SetForward(number: "102", .always, to: "101"))
        try await office.run(SetForward(number: "101", .busy, to: "103"))
        try await office.run(AddBlock(numbers: ["+493012345"], extension: "101"))
        try await office.run(AddNumber(number: number, destination: "102", closed: "101"))
        try await office.run(RemoveExtension(number: "101"))
        let outside = office.store.snapshot.outside
        let sales = try #require(outside.routing.groups.values.first)
        #expect(sales.members.map(\.text) == ["102"] && sales.fallback == nil)
        #expect(outside.routing.forwards.isEmpty && outside.routing.ownBlocks.isEmpty)
        #expect(outside.numbers.values.map(\.closed) == [nil])
    }
}
