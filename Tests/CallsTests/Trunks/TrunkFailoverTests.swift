// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 3263 §4.3, ATTACKS F09: a provider's servers fail and come back")
struct TrunkFailoverTests {
    @Test func `two servers are connected before the first one fails`() throws {
        let addresses = [TrunkScene.primary, TrunkScene.secondary, "198.51.100.3:5061"]
        let (scene, _) = try TrunkScene.registered(TrunkScene.access(), addresses)
        #expect(scene.connects.count == 2)
        #expect(
            scene.connects.map { "\($0.wanted.server.address)" }.prefix(2) == [
                TrunkScene.primary, TrunkScene.secondary,
            ]
        )
        #expect(scene.server == TrunkScene.primary)
    }

    @Test func `calls go by the second server as soon as the first hangs up, and it registers there`() throws {
        var (scene, flows) = try TrunkScene.registered(TrunkScene.access())
        scene.answersToRegister = [:]
        scene.disconnect(flows[0])
        #expect(scene.isReady && scene.server == TrunkScene.secondary)
        #expect(scene.received(on: flows[1]).contains { $0.method == .register })
        #expect(scene.events.isEmpty)
    }

    @Test func `a server that says nothing is left within 36 seconds without a call`() throws {
        var (scene, flows) = try TrunkScene.registered(TrunkScene.access())
        scene.answersToOptions[flows[0]] = nil
        scene.wait(.seconds(37))
        #expect(scene.server == TrunkScene.secondary && scene.isReady)
        // There may be calls that it carries: it is asked twice more.
        #expect(scene.closed.isEmpty)
        scene.wait(.seconds(12))
        #expect(scene.closed == [flows[0]])
    }

    @Test func `when both are dead the trunk is unreachable at once, and comes back by itself`() throws {
        var (scene, flows) = try TrunkScene.registered(TrunkScene.access())
        scene.disconnect(flows[1])
        scene.disconnect(flows[0])
        #expect(!scene.isReady && scene.summary?.state != .off)
        #expect(scene.events.map(\.kind) == [.trunkDown])
        scene.wait(.seconds(3))
        let back = try scene.connect(to: TrunkScene.primary)
        (scene.answersToOptions[back], scene.answersToRegister[back]) = (200, 200)
        for request in scene.received(on: back) { scene.respond(200, to: request, on: back) }
        #expect(scene.isReady && scene.server == TrunkScene.primary)
        #expect(scene.events.map(\.kind) == [.trunkDown, .trunkUp])
    }

    @Test func `calls return to the first server when it is back`() throws {
        var (scene, flows) = try TrunkScene.registered(TrunkScene.access())
        scene.disconnect(flows[0])
        scene.wait(.seconds(3))
        let back = try scene.connect(to: TrunkScene.primary)
        (scene.answersToOptions[back], scene.answersToRegister[back]) = (200, 200)
        for request in scene.received(on: back) { scene.respond(200, to: request, on: back) }
        #expect(scene.server == TrunkScene.primary)
    }

    @Test func `a dead server is tried ever more seldom, and never more than every two minutes`() throws {
        var scene = try TrunkScene([TrunkScene.access()])
        try scene.resolve()
        let start = scene.now
        while scene.now < start + .seconds(3_600) {
            let count = scene.connects.count
            try scene.refuse(TrunkScene.primary)
            for _ in 0..<200 where scene.connects.count == count {
                scene.wait(.seconds(1))
                if scene.lookups.count > 1 { try scene.resolve() }
            }
        }
        let times = scene.connects.map(\.at)
        let gaps = zip(times.dropFirst(), times).map { $0 - $1 }
        #expect(gaps.first ?? .zero >= .seconds(1) && gaps.first ?? .zero <= .seconds(2))
        #expect(gaps.allSatisfy { $0 <= .seconds(121) })
        #expect(gaps.dropFirst(7).allSatisfy { $0 >= .seconds(60) })
        #expect((30...80).contains(times.count))
        #expect(scene.events.map(\.kind) == [.trunkDown])
    }

    @Test func `the trunks of two businesses do not come back at the same moment`() throws {
        let times = try [UInt64(1), 2, 3].map { seed in
            var scene = try TrunkScene([TrunkScene.access()], seed: seed)
            try scene.resolve()
            try scene.refuse(TrunkScene.primary)
            scene.wait(.seconds(3))
            return try #require(scene.connects.last).at
        }
        #expect(Set(times).count == 3)
    }

    @Test func `a broken answer to a check closes no connection, and one good answer is enough`() throws {
        var (scene, flows) = try TrunkScene.registered(TrunkScene.access(), [TrunkScene.primary])
        scene.answersToOptions[flows[0]] = 503
        scene.wait(.seconds(31))
        #expect(!scene.isReady && scene.closed.isEmpty)
        scene.answersToOptions[flows[0]] = 404
        scene.wait(.seconds(5))
        #expect(scene.isReady)
    }

    @Test func `a provider that answers no OPTIONS but takes registrations is kept alive by a ping`() throws {
        var scene = try TrunkScene([TrunkScene.access()])
        try scene.resolve()
        let flow = try scene.connect()
        scene.answersToRegister[flow] = 200
        for request in scene.received(on: flow) { scene.respond(200, to: request, on: flow) }
        scene.wait(.seconds(120))
        #expect(scene.isReady && scene.closed.isEmpty)
        #expect((scene.pings[flow] ?? 0) >= 2)
    }

    @Test func `a connection that does not come in time counts as silent, and is closed when it comes late`() throws {
        var scene = try TrunkScene([TrunkScene.access()])
        try scene.resolve()
        let wanted = try #require(scene.connects.last).wanted
        scene.wait(.seconds(7))
        #expect(scene.summary?.lastFailure?.failure == .silent)
        let late = Flow(
            id: FlowID(rawValue: 9),
            transport: .tls,
            remote: wanted.server.address,
            local: wanted.server.address
        )
        scene.turn { $0.connected(wanted.attempt, late, &$1) }
        #expect(scene.closed == [late.id])
    }

    @Test func `what DNS cannot tell for a while does not end what stands`() throws {
        var (scene, flows) = try TrunkScene.registered(TrunkScene.access(), [TrunkScene.primary])
        scene.wait(.seconds(601))
        #expect(scene.lookups.count == 2)
        try scene.fail(.nameServerSilent)
        #expect(scene.isReady && scene.closed.isEmpty)
        scene.wait(.seconds(1_200))
        #expect(scene.isReady && scene.closed.isEmpty && !scene.closed.contains(flows[0]))
    }

    @Test func `a silent name server is asked again, ever more seldom`() throws {
        var scene = try TrunkScene([TrunkScene.access()])
        scene.wait(.seconds(3_600))
        #expect((20...80).contains(scene.lookups.count))
        #expect(scene.summary?.state == .unreachable)
        #expect(scene.events.map(\.kind) == [.trunkDown])
        #expect(scene.summary?.lastFailure?.failure == .nameServerSilent)
    }

    @Test func `servers that DNS shuffles are no reason to move`() throws {
        var (scene, _) = try TrunkScene.registered(TrunkScene.access())
        scene.wait(.seconds(601))
        try scene.resolve([TrunkScene.secondary, TrunkScene.primary])
        #expect(scene.server == TrunkScene.primary && scene.closed.isEmpty)
    }

    @Test func `a server that DNS names no longer carries on until its connection ends`() throws {
        var (scene, flows) = try TrunkScene.registered(TrunkScene.access(), [TrunkScene.primary])
        scene.wait(.seconds(601))
        try scene.resolve([TrunkScene.secondary])
        #expect(scene.isReady)
        scene.disconnect(flows[0])
        scene.wait(.seconds(600))
        #expect(!scene.connects.dropFirst().contains { "\($0.wanted.server.address)" == TrunkScene.primary })
    }
}
