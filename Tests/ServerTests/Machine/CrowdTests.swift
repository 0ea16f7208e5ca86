// SPDX-License-Identifier: Apache-2.0

import Admin
import Calls
import Model
import Primitives
import Testing

@testable import Server

@Suite("Control flood-protection: when the places of strangers are taken", .serialized)
struct CrowdTests {
    /// As many as there are places, and more, of more addresses than have a share: TLS, and not a word after it.
    private func crowd(_ office: Office, sources: Range<Int> = 1..<11) async throws -> [Peer] {
        try await withThrowingTaskGroup(of: Peer?.self) { group in
            for host in sources {
                for _ in 0..<8 { group.addTask { try? await office.peer(from: "127.0.4.\(host)") } }
            }
            var peers: [Peer] = []
            for try await peer in group { if let peer { peers.append(peer) } }
            return peers
        }
    }

    @Test func `quiet strangers of many addresses keep neither known phones nor new ones out, of no business`()
        async throws
    {
        // 160 places: 80 for strangers of one business, 40 of them for anybody, 20 for where phones logged in of late.
        try await HostedOffices.open(loops: 1, descriptors: 3_520) { hosted in
            let (crowded, neighbour) = (hosted.offices[0], hosted.offices[1])
            let (known, new) = (try await Enrolled("201", in: crowded), try await Enrolled("202", in: crowded))
            let first = try await crowded.peer(from: "127.0.0.50")
            #expect(try await known.register(over: first))
            await first.close()

            let strangers = try await crowd(crowded)
            #expect(strangers.count > 40)
            let isFull = try await crowded.eventually { $0.admission.strangers == 40 }
            #expect(isFull)
            #expect(await crowded.server.health().contains { $0.code == "strangers" && !$0.isGood })
            #expect(try await known.register(over: crowded.peer(from: "127.0.0.50")))
            #expect(try await new.register(over: crowded.peer(from: "127.0.0.60")))
            #expect(try await Enrolled("201", in: neighbour).register(over: neighbour.peer(from: "127.0.0.70")))
            #expect(await crowded.server.hop.ask { $0.loop.figures.crowdedOut } ?? 0 > 0)
            #expect(await crowded.server.hop.ask { $0.loop.admission.strangers } ?? 99 <= 40)
            for peer in strangers { await peer.close() }
        }
    }

    @Test func `whoever has shown less goes first, and of those who came first`() {
        var crowd = Crowd()
        var phases: [FlowID: Standing.Phase] = [:]
        func add(_ id: UInt64, _ phase: Standing.Phase) {
            phases[FlowID(rawValue: id)] = phase
            crowd.add(FlowID(rawValue: id), phase, living: phases.count) { phases[$0] == $1 }
        }
        func next() -> UInt64? { crowd.next { phases[$0] == $1 }?.rawValue }
        for id in 1...6 { add(UInt64(id), .handshake) }
        for id in 1...4 { add(UInt64(id), .greeting) }
        for id in [1, 3] { add(UInt64(id), .stranger) }
        phases[FlowID(rawValue: 5)] = nil
        #expect((0..<6).map { _ in next() } == [6, 2, 4, 1, 3, nil])
    }

    @Test func `those that have just come go when nobody else is left`() {
        var crowd = Crowd()
        var phases: [FlowID: Standing.Phase] = [:]
        for (id, phase) in [(1, Standing.Phase.handshake), (2, .handshake), (3, .greeting), (4, .stranger)] {
            phases[FlowID(rawValue: UInt64(id))] = phase
            crowd.add(FlowID(rawValue: UInt64(id)), phase, living: phases.count) { phases[$0] == $1 }
        }
        let young: Set<UInt64> = [2, 3]
        let order = (0..<5).map { _ in
            crowd.next(isYoung: { young.contains($0.rawValue) }) { phases[$0] == $1 }?.rawValue
        }
        #expect(order == [1, 4, 2, 3, nil])
    }

    @Test func `those that are gone take no room`() {
        var crowd = Crowd()
        for id in 0..<100_000 {
            crowd.add(FlowID(rawValue: UInt64(id)), .handshake, living: 1) { id, _ in id.rawValue == 7 }
        }
        #expect(crowd.next { id, _ in id.rawValue == 7 }?.rawValue == 7)
        #expect(crowd.size <= Limits.smallCrowd + 8)
    }
}
