// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model
import Primitives
import Testing

@testable import ringfence

@Suite("ringfence group, forward, block and night")
struct RoutingCommandTests {
    private func group(_ change: (inout RingGroup) -> Void = { _ in }) throws -> RingGroup {
        let name = try #require(ShortName(parsing: "sales"))
        let made = RingGroup(name: name, fallback: .extension(try Sample.number("103")), createdAt: Sample.time)
        var group: RingGroup = try #require(made)
        for text in ["101", "102"] { _ = group.add(try Sample.number(text)) }
        change(&group)
        return group
    }

    @Test func `a group is made as it is typed, and shown in a sentence`() throws {
        let verb = try parse(
            GroupAdd.self,
            "sales",
            "--member",
            "101",
            "102",
            "--order",
            "longest-idle",
            "--seconds",
            "20",
            "--number",
            "700",
            "--then",
            "group",
            "help"
        )
        var expected = PutGroup(group: "sales")
        (expected.members, expected.order, expected.seconds) = (["101", "102"], .longestIdle, 20)
        (expected.number, expected.fallback) = ("700", "group help")
        #expect(verb.command == expected)
        #expect(
            try verb.answer(from: Office(try group())).text
                == "Group sales rings 101, 102, all at once for 30 seconds, then extension 103."
        )
        let away = try Sample.number("102")
        let list = try parse(GroupList.self).answer(from: Office([try group { _ = $0.set(away, isAway: true) }]))
        #expect(
            list.text == """
                GROUP  NUMBER  ORDER  RINGS  MEMBERS          THEN
                sales  -       all    30 s   101, 102 (away)  extension 103
                """
        )
        #expect(
            try parse(GroupMember.self, "sales", "--leave", "102").command
                == ChangeGroupMembers(group: "sales", .leave, members: ["102"])
        )
        for wrong in [["sales"], ["sales", "--add", "101", "--remove", "102"], ["sales", "--add", "x"]] {
            #expect(throws: (any Error).self) { try GroupMember.parse(wrong + ["--data", "/nowhere"]) }
        }
    }

    @Test func `a forward is set as it is typed, and the list says who set it`() throws {
        let verb = try parse(ForwardSet.self, "101", "no-answer", "+493012345", "--after", "15")
        #expect(verb.command == SetForward(number: "101", .noAnswer, to: "+493012345", after: 15))
        let origin = SettingOrigin(by: "alice (uid 1001)", at: Sample.time)
        let target = try #require(Forward.Target(parsing: "+493012345"))
        let made = Forward(to: target, after: 15, by: origin)
        let forward: Forward = try #require(made)
        let settings = ForwardSettings(forwards: [.noAnswer: forward], quiet: origin)
        let list = try parse(ForwardList.self).answer(
            from: Office([ForwardReport(try Sample.number("101"), settings)])
        )
        #expect(
            list.text == """
                EXTENSION  WHEN                  TO          SET BY            AT                    FROM
                101        no-answer after 15 s  +493012345  alice (uid 1001)  2026-11-21T07:00:00Z  this machine
                101        quiet                 -           alice (uid 1001)  2026-11-21T07:00:00Z  this machine
                """
        )
        let follow = try parse(ForwardFollow.self, "101", "102", "+493012345", "--seconds", "10")
        #expect(follow.command == SetFollowMe(number: "101", targets: ["102", "+493012345"], seconds: 10))
        #expect(try parse(ForwardFollow.self, "101").command == SetFollowMe(number: "101", targets: []))
        #expect(try parse(ForwardQuiet.self, "101", "on").command == SetQuiet(number: "101", true))
        #expect(try parse(ForwardClear.self, "101").command == ClearForward(number: "101"))
        for wrong in [
            ["101", "always", "boss"], ["101", "never", "102"], ["101", "busy", "102", "--after", "9"], ["101"],
        ] { #expect(throws: (any Error).self) { try ForwardSet.parse(wrong + ["--data", "/nowhere"]) } }
    }

    @Test func `numbers are blocked as they are typed`() throws {
        let verb = try parse(BlockAdd.self, "+493012345", "+4490*", "--extension", "101")
        #expect(verb.command == AddBlock(numbers: ["+493012345", "+4490*"], extension: "101"))
        var list = BlockList()
        let entry = try #require(BlockList.Entry(parsing: "+4490*"))
        _ = list.add(entry)
        list.rejectsAnonymous = true
        let shown = try parse(BlockedList.self).answer(from: Office([BlockReport(nil, list)]))
        #expect(
            shown.text == """
                FOR CALLS TO  BLOCKED
                the business  +4490*
                the business  anonymous
                """
        )
        #expect(try parse(BlockAnonymousVerb.self, "on").command == BlockAnonymous(true))
        #expect(throws: (any Error).self) { try parse(BlockAdd.self, "030 12345") }
        #expect(throws: (any Error).self) { try parse(BlockAdd.self) }
    }

    @Test func `the night switch has three positions`() throws {
        #expect(try parse(NightVerb.self, "on").command == SwitchNight(.closed))
        #expect(try parse(NightVerb.self, "off").command == SwitchNight(.open))
        let auto = try parse(NightVerb.self, "auto")
        #expect(auto.command == SwitchNight(.automatic))
        let reply = ShowHours.Reply(hours: nil, isOpen: true)
        #expect(try auto.answer(from: Office(reply)).text == "The business is open by its hours. It is open now.")
        #expect(try parse(NightVerb.self, "auto", "--no-phones").command == SwitchNight(.automatic, phones: []))
        #expect(throws: (any Error).self) { try parse(NightVerb.self, "maybe") }
        #expect(throws: (any Error).self) { try parse(NightVerb.self, "auto", "--phones", "101", "--no-phones") }
    }

    @Test func `a number leads elsewhere while the business is closed`() throws {
        let verb = try parse(NumberRoute.self, "+493012345", "--to", "group", "sales", "--closed", "extension", "101")
        #expect(verb.command == RouteNumber(number: "+493012345", destination: "group sales", closed: "extension 101"))
    }
}

@Suite("ringfence park, speed, intercom, call dial")
struct CallFeatureCommandTests {
    @Test func `parking is changed as it is typed, and shown in a sentence`() throws {
        let set = try parse(ParkSet.self, "--places", "20", "--by", "group")
        #expect(set.command == SetParking(places: 20, reach: .group))
        let shown = try parse(ParkShow.self).answer(from: Office(ParkingSettings.usual))
        #expect(
            shown.text == "Calls are parked at *681 to *689, taken by every phone, and come back after 120 seconds."
        )
        for wrong in [[], ["--by", "friends"], ["--places", "x"]] {
            #expect(throws: (any Error).self) { try ParkSet.parse(wrong + ["--data", "/nowhere"]) }
        }
    }

    @Test func `speed dials are set, removed and listed`() throws {
        #expect(try parse(SpeedSet.self, "07", "102").command == SetSpeedDial(key: "07", target: "102"))
        let remove = try parse(SpeedRemove.self, "07", "--extension", "101")
        #expect(remove.command == SetSpeedDial(key: "07", target: nil, extension: "101"))
        var dials = SpeedDials()
        dials[try #require(SpeedDials.Key(7))] = Forward.Target(parsing: "+493012345")
        let report = SpeedDialReport(nil, dials)
        #expect(
            try parse(SpeedSet.self, "07", "102").answer(from: Office(report)).text
                == "*007 stands for +493012345 at the business."
        )
        let list = try parse(SpeedList.self).answer(from: Office([report]))
        #expect(
            list.text == """
                DIALLED  STANDS FOR  AT
                *007     +493012345  the business
                """
        )
        for wrong in [["7", "102"], ["07"], ["07", "boss"], ["07", "102", "--extension", "x"]] {
            #expect(throws: (any Error).self) { try SpeedSet.parse(wrong + ["--data", "/nowhere"]) }
        }
    }

    @Test func `an intercom is opened for somebody, with a reason and an end`() throws {
        let open = try parse(IntercomOpen.self, "101", "--for", "102", "103", "--reason", "the door", "--until", "30d")
        #expect(
            open.command
                == OpenIntercom(number: "101", callers: ["102", "103"], reason: "the door", until: "30d")
        )
        let origin = SettingOrigin(by: "alice (uid 1001)", at: Sample.time)
        let callers: Set = [try Sample.number("102")]
        let opening = IntercomOpening(for: callers, because: "the door", until: Sample.time, by: origin)
        let report = IntercomReport(try Sample.number("101"), try #require(opening), isOpen: true)
        #expect(
            try open.answer(from: Office(report)).text
                == "Extension 101 answers by itself when 102 dials *80*101, until 2026-11-21T07:00:00Z."
        )
        #expect(try parse(IntercomList.self).answer(from: Office([report])).text.contains("the door"))
        #expect(try parse(IntercomClose.self, "101").command == CloseIntercom(number: "101"))
        for wrong in [["101"], ["101", "--for", "102", "--until", "1d"], ["101", "--reason", "x", "--until", "1d"]] {
            #expect(throws: (any Error).self) { try IntercomOpen.parse(wrong + ["--data", "/nowhere"]) }
        }
    }

    @Test func `a call is dialled for an extension, and the list says where one waits`() throws {
        let dial = try parse(CallDial.self, "101", "030123456")
        #expect(dial.command == DialCall(caller: "101", dialled: "030123456"))
        let reply = DialCall.Reply(
            id: "c1",
            caller: try Sample.number("101"),
            callee: try #require(Participant(parsing: "+4930123456"))
        )
        let answer = try dial.answer(from: Office(reply))
        #expect(answer.text == "Extension 101 rings. Who picks up there calls +4930123456.")
        #expect(throws: (any Error).self) { try parse(CallDial.self, "boss", "102") }
        #expect(try parse(ForwardWaiting.self, "101", "off").command == SetCallWaiting(number: "101", false))
    }
}
