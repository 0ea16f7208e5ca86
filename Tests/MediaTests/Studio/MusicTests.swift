// SPDX-License-Identifier: Apache-2.0

import Primitives
import TestKit
import Testing

@testable import Media

@Suite("RFC 3264 §8.4: who is on hold hears a studio")
struct MusicTests {
    private static let id = RelayID(rawValue: 1)

    @Test func `it is heard instead of the other end, in the same stream, as often as somebody holds`() throws {
        let (stage, alice, bob) = Stage.talking()
        let before = try #require(bob.numbers(stage.receive(alice.rtp(1), from: alice).packet))
        var last = before.sequence
        for round in UInt16(0)..<3 {
            stage.apply(.entertain(Self.id, .b, true))
            #expect(stage.receive(alice.rtp(10 * round + 2), from: alice) == .dropped(.held), "nothing of the holder's")
            for index in UInt64(0)..<3 {
                let seen = stage.speak(Packets.rtp(UInt16(index)), index: index)
                #expect(seen.destination == "192.0.2.2:5000 by rtp")
                let heard = try #require(bob.numbers(seen.packet))
                #expect(heard.source == before.source && heard.sequence == last + 1)
                last = heard.sequence
            }
            stage.apply(.entertain(Self.id, .b, false))
            #expect(stage.speak(Packets.rtp(9), index: 9) == .dropped(.unknownSource))
            let heard = try #require(bob.numbers(stage.receive(alice.rtp(10 * round + 3), from: alice).packet))
            #expect(heard.source == before.source && heard.sequence == last + 1)
            last = heard.sequence
        }
        // The other way nothing has changed.
        #expect(stage.receive(bob.rtp(1, source: 0xB0B), from: bob).destination == "192.0.2.1:4000 by rtp")
    }

    @Test func `what has changed meanwhile holds, and an end that is no leg hears nothing`() {
        let (stage, _, bob) = Stage.talking()
        stage.apply(.entertain(Self.id, .b, true))
        stage.apply(.update(Self.id, .b, .network(bob.media(receives: false))))
        #expect(stage.speak(Packets.rtp(1), index: 1) == .dropped(.held))
        stage.apply(.update(Self.id, .b, .network(bob.media())))
        #expect(stage.speak(Packets.rtp(2), index: 2).destination == "192.0.2.2:5000 by rtp")
        stage.apply(.update(Self.id, .b, .echo))
        #expect(stage.speak(Packets.rtp(3), index: 3) == .dropped(.unknownSource))
        let isDone = stage.apply(.entertain(Self.id, .b, true))
        #expect(isDone && stage.speak(Packets.rtp(4), index: 4) == .dropped(.unknownSource))
        let isNone = stage.apply(.entertain(RelayID(rawValue: 7), .a, true))
        #expect(!isNone)
    }

    @Test func `a leg that moves to another call hears its partner there`() {
        let (stage, _, bob) = Stage.talking()
        let carol = Phone("192.0.2.3:6000", seed: 3)
        let dave = Phone("192.0.2.4:7000", seed: 4)
        stage.apply(.open(RelayID(rawValue: 2), a: .network(carol.media()), b: .network(dave.media())))
        stage.apply(.entertain(Self.id, .b, true))
        stage.apply(.join(RelayID(rawValue: 2), .b, from: Self.id, .b))
        #expect(stage.receive(carol.rtp(0), from: carol).destination == "192.0.2.2:5000 by rtp")
        #expect(stage.speak(Packets.rtp(1), index: 1, in: RelayID(rawValue: 2)) == .dropped(.unknownSource))
        #expect(stage.receive(bob.rtp(5, source: 0xB0B), from: bob).destination == "192.0.2.3:6000 by rtp")
    }

    @Test func `music begins again at its end`() {
        var (line, packet) = (StudioLine(StudioFormat(law: .mu, events: nil)), [UInt8]())
        line.play([UInt8](repeating: 0x10, count: 100) + [UInt8](repeating: 0x20, count: 101))
        for _ in 0..<50 {
            _ = line.beat(into: &packet)
            #expect(packet.count == 172 && packet[12...].allSatisfy { $0 == 0x10 || $0 == 0x20 })
        }
        #expect(line.takeNews().isEmpty)
        line.play([])
        _ = line.beat(into: &packet)
        #expect(packet[12...].allSatisfy { $0 == 0xFF })
    }
}
