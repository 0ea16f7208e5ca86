// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

@Suite("Where a phone sends a call on, groups, settings and rights have their say")
struct ForwardedOnTests {
    private static let outside = "+4989123456"

    private func scene(fallback: String? = nil, seconds: Int? = nil, without: Set<String> = []) throws -> RoutingScene {
        try RoutingScene(seconds: seconds, fallback: fallback, without: without) { dialing, _ in
            dialing.rights.onwardClasses = [.geographic, .mobile]
        }
    }

    private func move(_ number: String, to target: String, _ scene: inout RoutingScene) throws {
        let (phone, invite) = (try #require(scene.phones[number]), try #require(scene.invites[number]))
        let moved = phone.moved(invite, to: "<sip:\(target)@\(Office.domain)>")
        scene.outside.office.deliver(moved, on: phone.flow)
    }

    private func block(_ caller: String, at number: String, _ scene: inout RoutingScene) throws {
        var list = BlockList()
        let entry = try #require(BlockList.Entry(parsing: caller))
        let isIn = list.add(entry)
        #expect(isIn)
        let owner: ExtensionNumber = try #require(ExtensionNumber(parsing: number))
        scene.apply([.route(.block(list, of: owner))])
    }

    @Test func `a phone that sends its own calls on takes none of its group's along`() throws {
        var scene = try scene()
        try scene.forward("102", [:])
        _ = scene.bring()
        #expect(scene.look().rings == ["102", "103", "104"])
        try move("102", to: Self.outside, &scene)
        #expect(!scene.heard().contains { $0.method == .invite })
        #expect(scene.record?.charges.isEmpty == true && scene.outside.office.refusedForwards.isEmpty)
        try scene.say("103", 200)
        #expect(scene.heard().last?.status == 200)
    }

    @Test func `who follows on a group may send it on, however many members rang`() throws {
        var scene = try RoutingScene(
            members: ["101", "102", "103", "104", "106"],
            seconds: 5,
            fallback: "105"
        )
        try scene.forward("105", [:], policy: .colleagues)
        _ = scene.bring()
        #expect(scene.look().rings == ["101", "102", "103", "104", "106"])
        scene.wait(5)
        #expect(scene.look().rings == ["105"])
        try move("105", to: "102", &scene)
        #expect(scene.look().rings == ["102"])
        try scene.say("102", 200)
        #expect(scene.heard().last?.status == 200)
        #expect(scene.way == ["group:sales nobody 105", "105 phone 102"])
    }

    @Test func `not to be disturbed counts where a phone sends a call, and nothing goes on behind it`() throws {
        var scene = try scene()
        try scene.forward("102", [:], policy: .colleagues)
        try scene.forward("103", [.unreachable: "104", .noAnswer: "104"], quiet: true)
        _ = try scene.outside.dial("102")
        #expect(scene.look().rings == ["102"])
        try move("102", to: "103", &scene)
        #expect(scene.outside.office.received(on: scene.outside.caller.flow).last?.status == 480)
        #expect(scene.look().rings.isEmpty)
    }

    @Test
    func
        `who blocks a caller is not reached behind a phone that sends the call on, nor are those they are looked for at`()
        throws
    {
        var scene = try scene()
        try scene.forward("102", [:], policy: .colleagues)
        try scene.follow("103", ["104"], seconds: 10)
        try block("+4940555123", at: "103", &scene)
        _ = scene.outside.bring(from: "+4940555123", callID: "in")
        #expect(scene.look().rings == ["102"])
        try move("102", to: "103", &scene)
        #expect(scene.look().rings.isEmpty)
        #expect(scene.heard().last?.status == 480)
    }

    @Test func `nobody is looked for where the caller is blocked`() throws {
        var scene = try scene()
        try scene.follow("102", ["103", "104"], seconds: 10)
        try block("+4940555123", at: "103", &scene)
        _ = scene.outside.bring(from: "+4940555123", callID: "in")
        _ = scene.look()
        scene.wait(10)
        #expect(scene.look().rings == ["104"])
    }

    @Test func `S20 a setting does not send a call back to whose phone sent it on`() throws {
        var scene = try scene()
        try scene.forward("102", [:], policy: .colleagues)
        try scene.forward("103", [.always: "102"], policy: .colleagues)
        _ = try scene.outside.dial("102")
        _ = scene.look()
        try move("102", to: "103", &scene)
        #expect(scene.look().rings.isEmpty)
        #expect(scene.record?.endedAt != nil)
    }

    @Test func `of two ways to one number the call goes by the one that rang`() throws {
        var scene = try scene()
        try scene.forward("102", [.busy: "103"])
        try scene.forward("103", [.always: Self.outside])
        _ = try scene.outside.dial("102")
        _ = scene.look()
        try move("102", to: Self.outside, &scene)
        let first = try scene.outside.invite()
        _ = scene.outside.say(486, to: first)
        let second = try scene.outside.invite()
        _ = scene.outside.say(200, to: second)
        #expect(scene.way == ["102 busy 103", "103 always \(Self.outside)"])
        #expect(scene.record?.forwardedBy.map(\.text) == ["102", "103"])
        #expect(scene.record?.charges.last?.payer.extension.text == "103")
        try scene.forward("103", [:], policy: .nobody)
        #expect(scene.record?.endedAt != nil, "it ends with the right of who pays")
    }

    @Test func `an answer that crosses the end of its right is hung up, and one that crosses its time is taken`() throws
    {
        var scene = try scene()
        try scene.forward("102", [:])
        var second = try Phone("phone-102-000002", in: &scene.outside.office)
        try second.register(&scene.outside.office)
        _ = try scene.outside.dial("102")
        _ = scene.look()
        try move("102", to: Self.outside, &scene)
        let invite = try scene.outside.invite()
        _ = scene.outside.say(180, to: invite)
        try scene.forward("102", [:], policy: .colleagues)
        #expect(scene.heard().contains { $0.method == .cancel })
        #expect(scene.outside.say(200, to: invite).allSatisfy { $0.status != 200 })
        #expect(scene.heard().map(\.method) == [.ack, .bye])
        #expect(scene.record?.answeredAt == nil && scene.record?.endedAt == nil, "the other phone still rings")
    }
}

@Suite("Control after-hours: the night switch")
struct NightSwitchLimitTests {
    @Test(arguments: [
        (NightMode.open, false, true), (.automatic, false, true), (.closed, true, true), (.open, true, false),
    ])
    func `closes for the limits and never opens them`(mode: NightMode, hours: Bool, isNight: Bool) throws {
        var scene = try OutsideScene()
        scene.office.setOpen(hours)
        scene.office.apply([.outside(.route(.switchNight(mode)))])
        _ = try scene.dial("040555123")
        _ = try scene.invite()
        #expect(scene.office.record()?.charges.map(\.isAfterHours) == [isNight])
    }

    @Test func `opens the door all the same`() throws {
        var scene = try OutsideScene()
        let number = OwnedNumber(
            number: try #require(PhoneNumber(parsing: OutsideScene.owned)),
            destination: Destination(parsing: "102"),
            closed: Destination(parsing: "103"),
            createdAt: WallTime(milliseconds: 0)
        )
        scene.office.setOpen(false)
        scene.office.apply([.outside(.own(number)), .outside(.route(.switchNight(.open)))])
        _ = scene.bring()
        #expect(scene.office.received(on: scene.callee.flow).contains { $0.method == .invite })
    }
}
