// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import Testing

@Suite("Control media-source: audio that moves to and fro")
struct ForeignMediaTests {
    private func scene() throws -> AnsweredScene {
        var scene = try AnsweredScene()
        try scene.confirm()
        return scene
    }

    private func hear(_ moves: UInt64, callee: UInt64 = 0, in scene: inout AnsweredScene) throws {
        var (a, b) = (LegReport(), LegReport())
        (a.moves, b.moves) = (moves, callee)
        a.locked = SocketAddress(parsing: "203.0.113.66:9999")
        (a.lastAuthenticated, b.lastAuthenticated) = (scene.office.now, scene.office.now)
        scene.office.hear([RelayReport(id: try relay(of: scene), a: a, b: b)])
    }

    private func relay(of scene: AnsweredScene) throws -> RelayID {
        try #require(
            scene.office.media.compactMap { command -> RelayID? in
                if case .open(let id, _, _) = command { id } else { nil }
            }.last
        )
    }

    private func told(_ scene: AnsweredScene) -> [SecurityEvent] {
        scene.office.events.filter { $0.kind == .foreignMedia }
    }

    @Test func `a phone that moves once is nothing to tell, nor is one that moves again later`() throws {
        var scene = try scene()
        try hear(1, callee: 1, in: &scene)
        scene.office.wait(.seconds(61))
        try hear(1, callee: 1, in: &scene)
        scene.office.wait(.seconds(1))
        try hear(2, callee: 2, in: &scene)
        #expect(told(scene).isEmpty)
    }

    @Test func `there and back within a minute is told once a minute for a call, with whose audio it is`() throws {
        var scene = try scene()
        try hear(1, in: &scene)
        scene.office.wait(.seconds(1))
        try hear(2, callee: 8, in: &scene)
        #expect(told(scene).count == 1)
        #expect(
            told(scene).first?.subject?.description == "101" && told(scene).first?.source.description == "203.0.113.66"
        )
        for second in UInt64(1)...50 {
            scene.office.wait(.seconds(1))
            try hear(2 + second * 2, callee: 8 + second, in: &scene)
        }
        #expect(told(scene).count == 1)
        scene.office.wait(.seconds(20))
        try hear(200, in: &scene)
        #expect(told(scene).count == 2)
    }
}
