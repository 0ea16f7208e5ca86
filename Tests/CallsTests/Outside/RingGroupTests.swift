// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("Ring groups")
struct RingGroupTests {
    @Test func `everybody rings at once, and whoever is first gets the call`() throws {
        var scene = try RoutingScene()
        #expect(scene.bring().map(\.status) == [100])
        #expect(scene.look().rings == ["102", "103", "104"])
        try scene.say("103", 180)
        #expect(scene.heard().map(\.status) == [180])
        try scene.say("103", 200)
        let answer = try #require(scene.heard().last)
        #expect(answer.status == 200 && answer.text(.pAssertedIdentity).isEmpty, "nobody outside learns who took it")
        let cancel = try #require(scene.last(.cancel, at: "102"))
        #expect(cancel.text(.reason) == "SIP;cause=200;text=\"Call completed elsewhere\"", "RFC 3326")
        #expect(scene.look().stops == ["102", "104"])
        #expect(scene.record?.dialled == RoutingScene.number && scene.record?.callee?.text == "103")
        #expect(scene.way == ["group:sales member 103"])
    }

    @Test func `a phone of the business dials the group's number, and is told who took the call`() throws {
        var scene = try RoutingScene(members: ["101", "102", "103"])
        _ = try scene.outside.dial("700")
        #expect(scene.look().rings == ["102", "103"], "a caller is not called by itself")
        try scene.say("102", 200)
        let answer = try #require(scene.outside.office.received(on: scene.outside.caller.flow).last)
        #expect(answer.status == 200 && answer.text(.pAssertedIdentity).contains("sip:102@"))
        #expect(scene.record?.dialled == "700" && scene.record?.callee?.text == "102")
    }

    @Test func `in turn, one after the other, who is busy, gone or disabled is skipped`() throws {
        var scene = try RoutingScene(
            .inTurn,
            members: ["103", "104", "105", "106", "102"],
            seconds: 10,
            without: ["104"]
        )
        let number = try #require(ExtensionNumber(parsing: "105"))
        var off = try #require(scene.outside.office.snapshot.extensions[number])
        off.isEnabled = false
        scene.outside.office.apply([.put(off)])
        // 106 talks to 101.
        _ = try scene.outside.dial("106")
        #expect(scene.look().rings == ["106"])
        try scene.say("106", 200)
        _ = scene.look()

        _ = scene.bring()
        #expect(scene.look().rings == ["103"])
        scene.wait(9)
        #expect(scene.look() == RoutingScene.Seen([], []))
        scene.wait(2)
        #expect(scene.look() == RoutingScene.Seen(["102"], ["103"]))
        try scene.say("102", 486)
        let refusal = try #require(scene.heard().last)
        #expect(refusal.status == 486 && refusal.text(.warning).isEmpty)
        #expect(scene.record?.outcome == .busy)
    }

    @Test func `who declines is followed by the next at once`() throws {
        var scene = try RoutingScene(.inTurn, seconds: 30)
        _ = scene.bring()
        #expect(scene.look().rings == ["102"])
        try scene.say("102", 603)
        #expect(scene.look().rings == ["103"])
        try scene.say("103", 200)
        #expect(scene.heard().last?.status == 200)
        #expect(scene.way == ["group:sales member 103"], "of an answered call what led to who got it")
    }

    @Test func `in random order, each once`() throws {
        var firsts: Set<String> = []
        for call in 0..<24 {
            var scene = try RoutingScene(.random, seconds: 5)
            // Another draw of chance for each.
            for _ in 0..<call { _ = scene.bring("other-\(call)", from: OutsideScene.owned) }
            _ = scene.bring()
            var order: [String] = []
            for _ in 0..<3 {
                order += scene.look().rings
                scene.wait(5)
            }
            #expect(order.sorted() == ["102", "103", "104"])
            firsts.insert(try #require(order.first))
        }
        #expect(firsts == ["102", "103", "104"])
    }

    @Test func `who has been idle for longest is first`() throws {
        var scene = try RoutingScene(.longestIdle)
        for number in ["102", "103"] {
            _ = scene.bring("call-\(number)")
            #expect(scene.look().rings == [number])
            try scene.say(number, 200)
            let answer = try #require(scene.heard().last)
            let ack = scene.outside.provider.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
            scene.outside.office.deliver(ack, on: scene.outside.provider.flow)
            scene.outside.office.deliver(
                scene.outside.provider.inDialog("BYE", of: answer),
                on: scene.outside.provider.flow
            )
            _ = scene.look()
            _ = scene.heard()
            scene.wait(1)
        }
        _ = scene.bring("call-3")
        #expect(scene.look().rings == ["104"], "who never talked is first")
        try scene.say("104", 486)
        #expect(scene.look().rings == ["102"], "then who talked longest ago")
    }

    @Test func `when nobody answers somebody else gets the call`() throws {
        var scene = try RoutingScene(seconds: 10, fallback: "105")
        _ = scene.bring()
        #expect(scene.look().rings == ["102", "103", "104"])
        scene.wait(10)
        #expect(scene.look() == RoutingScene.Seen(["105"], ["102", "103", "104"]))
        try scene.say("105", 200)
        #expect(scene.heard().last?.status == 200)
        #expect(scene.way == ["group:sales nobody 105"])
    }

    @Test func `a group follows on a group, and no ring of groups goes round for ever`() throws {
        var scene = try RoutingScene(seconds: 5, fallback: "group night")
        scene.apply([.route(.putGroup(try RoutingScene.group(.all, ["105"], 5, "group sales", name: "night")))])
        _ = scene.bring()
        #expect(scene.look().rings == ["102", "103", "104"])
        scene.wait(5)
        #expect(scene.look().rings == ["105"])
        scene.wait(5)
        #expect(scene.look() == RoutingScene.Seen([], ["105"]))
        let refusal = try #require(scene.heard().last)
        #expect(refusal.status == 482 && refusal.text(.warning).isEmpty)
        #expect(scene.record?.reason == "group night sends the call back to group sales, where it has been")
    }

    @Test func `nobody there is no endless wait`() throws {
        var scene = try RoutingScene(members: ["104"], without: ["104"])
        #expect(scene.bring().last?.status == 480)
        #expect(scene.record?.outcome == .unreachable)
    }

    @Test func `a member that leaves stops ringing, and one that talks goes on`() throws {
        var scene = try RoutingScene()
        _ = scene.bring()
        _ = scene.look()
        var group = try RoutingScene.group(.all, ["102", "103", "104"], nil, nil, "700")
        let left = try #require(ExtensionNumber(parsing: "103"))
        let hasLeft = group.set(left, isAway: true)
        #expect(hasLeft)
        scene.apply([.route(.putGroup(group))])
        #expect(scene.look() == RoutingScene.Seen([], ["103"]))
        try scene.say("102", 200)
        #expect(scene.heard().last?.status == 200)
        group.remove(try #require(ExtensionNumber(parsing: "102")))
        scene.apply([.route(.putGroup(group))])
        #expect(scene.look().rings.isEmpty && scene.record?.endedAt == nil)
    }

    @Test func `closed, a number leads elsewhere, and the night switch counts before the hours`() throws {
        var scene = try RoutingScene()
        var owned = try OutsideScene.number(RoutingScene.number, "group sales")
        owned.closed = Destination(parsing: "105")
        scene.apply([.own(owned), .route(.switchNight(.closed))])
        _ = scene.bring("night")
        #expect(scene.look().rings == ["105"])
        #expect(scene.way == ["\(RoutingScene.number) closed 105"])
        scene.apply([.route(.switchNight(.open))])
        scene.outside.office.setOpen(false)
        _ = scene.bring("day")
        #expect(scene.look().rings == ["102", "103", "104"])
        scene.apply([.route(.switchNight(.automatic))])
        _ = scene.bring("hours")
        #expect(scene.look().rings == ["105"])
    }

    @Test func `a call that the business blocks meanwhile does not go on to the next`() throws {
        var scene = try RoutingScene(.inTurn)
        _ = scene.bring()
        #expect(scene.look().rings == ["102"])
        var list = BlockList()
        let number = try #require(PhoneNumber(parsing: "+4940555123"))
        let isBlocked = list.add(.number(number))
        #expect(isBlocked)
        scene.apply([.route(.block(list, of: nil))])
        #expect(scene.look() == RoutingScene.Seen([], ["102"]))
        #expect(scene.heard().last?.status == 480)
    }
}
