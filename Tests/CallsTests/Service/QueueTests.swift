// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("Queues: who waits for longest rings first, at members who are free")
struct QueueTests {
    /// A number of the business leads to group `sales`, of 103 and 104, whose callers wait.
    private struct Scene {
        var routing: RoutingScene
        private var relays: [String: RelayID] = [:]

        init(seconds: Int = 60, then overflow: String = "goodbye") throws {
            routing = try RoutingScene()
            var group = try RoutingScene.group(.inTurn, ["103", "104"], 15, nil, "700")
            let target = try #require(VoiceMenu.Target(parsing: overflow))
            let queue: QueueSettings = try #require(QueueSettings(seconds: seconds, overflow: target))
            group.queue = queue
            routing.apply([.route(.putGroup(group))])
        }

        var office: Office {
            get { routing.outside.office }
            _modify { yield &routing.outside.office }
        }

        /// Somebody outside calls, and waits.
        mutating func enter(_ name: String, from source: String) throws {
            let answer = try #require(routing.bring(name, from: source).last)
            #expect(answer.status == 200)
            let ack = routing.outside.provider.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
            office.deliver(ack, on: routing.outside.provider.flow)
            for case .open(let id, _, .studio) in office.media.reversed() {
                relays[name] = id
                return
            }
            Issue.record("no studio")
        }

        mutating func hearOut(_ name: String) throws {
            let relay = try #require(relays[name])
            for case .say(relay, _, let saying) in office.voice.reversed() {
                return office.voice([(relay, .said(saying))])
            }
        }

        func words(to name: String) -> [Utterance] {
            for case .say(relays[name], let words, _) in office.voice.reversed() { return words }
            return []
        }

        mutating func look() -> [String] { routing.look().rings }
    }

    @Test func `who waits for longest rings first, whoever picks up talks to them, and then it is the next one's turn`()
        throws
    {
        var scene = try Scene()
        try scene.enter("first", from: "+4940555123")
        #expect(scene.words(to: "first") == [.phrase(.youAreNext)])
        try scene.enter("second", from: "+4940555124")
        #expect(scene.words(to: "second") == [.phrase(.thereAre), .count(1), .phrase(.callsWaiting)])
        #expect(scene.look().isEmpty, "they hear it to its end")
        try scene.hearOut("first")
        try scene.hearOut("second")
        guard case .play? = scene.office.voice.last else {
            Issue.record("there is no music")
            return
        }
        scene.routing.wait(4)
        #expect(scene.look() == ["103"])
        let offered = try #require(scene.routing.invites["103"])
        #expect(offered.text(.from).contains("+4940555123"))
        try scene.routing.say("103", 200)
        scene.routing.wait(4)
        #expect(scene.words(to: "second") == [.phrase(.youAreNext)])
        try scene.hearOut("second")
        scene.routing.wait(4)
        #expect(scene.look() == ["104"], "103 is in a call")
        let next = try #require(scene.routing.invites["104"])
        #expect(next.text(.from).contains("+4940555124"))
    }

    @Test func `nobody is rung while nobody is free, and after its time a call goes where the queue says`() throws {
        var scene = try Scene(seconds: 30, then: "105")
        var group = try #require(scene.office.snapshot.outside.routing.groups.values.first)
        for member in group.members { _ = group.set(member, isAway: true) }
        scene.routing.apply([.route(.putGroup(group))])
        try scene.enter("first", from: "+4940555123")
        try scene.hearOut("first")
        let records = Set(scene.office.records.map(\.id)).count
        scene.routing.wait(26)
        #expect(scene.look().isEmpty && Set(scene.office.records.map(\.id)).count == records)
        scene.routing.wait(8)
        #expect(scene.look() == ["105"])
        try scene.routing.say("105", 486)
        #expect(scene.words(to: "first") == [.phrase(.nobodyAvailable), .phrase(.goodbye)])
    }

    @Test func `a member who does not answer is tried again, and who hangs up waits no more`() throws {
        var scene = try Scene()
        try scene.enter("first", from: "+4940555123")
        try scene.hearOut("first")
        scene.routing.wait(4)
        #expect(scene.look() == ["103"])
        try scene.routing.say("103", 486)
        #expect(scene.look() == ["104"])
        try scene.routing.say("104", 486)
        scene.routing.wait(4)
        #expect(scene.look().isEmpty, "phones that refuse are not rung every few seconds")
        scene.routing.wait(6)
        #expect(scene.look() == ["103"])
        scene.routing.apply([.route(.removeGroup(try #require(ShortName(parsing: "sales"))))])
        scene.routing.wait(4)
        #expect(scene.office.switchboard.calls().isEmpty)
    }

    @Test func `phones of the business wait as callers from outside do`() throws {
        var scene = try Scene()
        try scene.routing.call("105", "700", "inside-1")
        #expect(scene.office.record()?.callee?.text == "queue:sales")
    }
}
