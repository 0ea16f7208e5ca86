// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Primitives
import Testing

@Suite("The plan of calls inside")
struct RoutingTests {
    private let time = WallTime(milliseconds: 1_800_000_000_000)

    @Test func `a block list holds numbers, and what numbers begin with`() throws {
        var list = BlockList()
        for text in ["+493012345", "+4490*", "+1*"] {
            let entry = try #require(BlockList.Entry(parsing: text))
            let isIn = list.add(entry)
            #expect(entry.text == text && isIn)
        }
        for (text, isHeld) in [
            ("+493012345", true), ("+4930123456", false), ("+49301234", false), ("+44901234567", true),
            ("+44801234567", false), ("+12125550100", true),
        ] {
            let number = try #require(PhoneNumber(parsing: text))
            #expect(list.holds(number) == isHeld, "\(text)")
        }
        #expect(try JSONDecoder().decode(BlockList.self, from: JSONEncoder().encode(list)) == list)
        for text in ["", "*", "+", "+*", "493012345", "+49 30", "+4930123456789012*", "112"] {
            #expect(BlockList.Entry(parsing: text) == nil, "\(text)")
        }
    }

    @Test func `a block list has an end`() throws {
        var list = BlockList()
        for index in 0..<Limits.blockedNumbers {
            let number = try #require(PhoneNumber(value: UInt64(4_930_000_000 + index)))
            let isIn = list.add(.number(number))
            #expect(isIn)
        }
        let last = try #require(PhoneNumber(value: 4_940_000_000))
        let first = try #require(PhoneNumber(value: 4_930_000_000))
        let added = [list.add(.number(last)), list.add(.number(first))]
        #expect(added == [false, true])
    }

    @Test func `a group has as many members as phones can ring, each once`() throws {
        let name = try #require(ShortName(parsing: "sales"))
        let made = RingGroup(name: name, createdAt: time)
        var group: RingGroup = try #require(made)
        for index in 0..<Limits.groupMembers {
            let number = try #require(ExtensionNumber(parsing: "\(200 + index)"))
            let added = [group.add(number), group.add(number)]
            #expect(added == [true, true])
        }
        let first = try #require(ExtensionNumber(parsing: "200"))
        let next = try #require(ExtensionNumber(parsing: "999"))
        let refused = [group.add(next), group.set(next, isAway: true)]
        #expect(group.members.count == Limits.groupMembers && refused == [false, false])
        let isAway = group.set(first, isAway: true)
        #expect(isAway && !group.rings(first))
        #expect(try JSONDecoder().decode(RingGroup.self, from: JSONEncoder().encode(group)) == group)
        group.remove(first)
        let isBack = group.add(first)
        #expect(group.away.isEmpty && isBack && group.members.last == first && group.rings(first))
        let isLong = group.setSeconds(121)
        #expect(RingGroup(name: name, seconds: 4, createdAt: time) == nil && !isLong)
    }

    @Test(arguments: [
        "101 no-answer 102", "group:sales member 103", "+493012345 closed group:night", "101 always +493012345",
    ])
    func `a step of a call is kept as text`(text: String) throws {
        let step = try #require(CallStep(parsing: text))
        #expect(step.text == text)
        #expect(try JSONDecoder().decode([CallStep].self, from: JSONEncoder().encode([step])) == [step])
    }

    @Test(arguments: ["", "101", "101 102", "101 why 102", "101 busy 102 103", "101  102", "x busy 102"])
    func `anything else is no step`(text: String) { #expect(CallStep(parsing: text) == nil) }

    @Test(arguments: ["101", "group sales", "group 7"]) func `a destination is kept as it is typed`(text: String) throws
    {
        #expect(try #require(Destination(parsing: text)).text == text)
    }

    @Test(arguments: ["", "group", "group ", "group a b", "+493012345", "nobody"])
    func `anything else is no destination`(text: String) { #expect(Destination(parsing: text) == nil) }
}
