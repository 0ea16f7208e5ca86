// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import TestKit
import Testing

/// What the server sends back itself obeys the rules of every leg.
@Suite("RFC 3550 §8 and RFC 3711 §9.1: an end that says back what it hears")
struct EchoTests {
    private static let id = RelayID(rawValue: 1)

    private static func call(_ suite: SRTPSuite = .aes256gcm, signalling: String? = nil) -> (Stage, Phone) {
        let stage = Stage()
        let alice = Phone("192.0.2.1:4000", suite: suite, seed: 1)
        stage.apply(.open(id, a: .network(alice.media(signalling: signalling)), b: .echo))
        return (stage, alice)
    }

    @Test(arguments: SRTPSuite.allCases)
    func `a phone hears what it said, in every suite, under another key`(suite: SRTPSuite) {
        let (stage, alice) = Self.call(suite)
        for sequence in UInt16(0)..<5 {
            let said = alice.rtp(sequence)
            let seen = stage.receive(said, from: alice)
            #expect(seen.destination == "192.0.2.1:4000 by rtp")
            #expect(seen.packet != said)
            #expect(alice.hears(seen.packet) == .packet(Packets.rtp(sequence)))
        }
        #expect(stage.report()?.a.packets == 5)
        #expect(stage.report()?.b == LegReport())
    }

    @Test func `it comes from a source of ours, which stays one while the phone changes its own`() throws {
        let (stage, alice) = Self.call()
        let first = try #require(alice.numbers(stage.receive(alice.rtp(7, source: 0xA), from: alice).packet))
        let second = try #require(alice.numbers(stage.receive(alice.rtp(7_000, source: 0xB), from: alice).packet))
        #expect(first.source != 0xA && first.source == second.source)
        #expect(second.sequence == first.sequence + 1)
    }

    @Test func `reports about the echo are about what the phone itself sent`() {
        let (stage, alice) = Self.call()
        _ = stage.receive(alice.rtp(0), from: alice)
        #expect(alice.hearsReports(stage.receive(alice.rtcp(), from: alice).packet) == [201, 202])
    }

    @Test func `what is forged or said twice is not said back`() {
        let (stage, alice) = Self.call()
        let said = alice.rtp(1)
        #expect(stage.receive(said, from: alice).reason == nil)
        #expect(stage.receive(said, from: alice) == .dropped(.replayed))
        #expect(stage.receive(Packets.rtp(2), from: alice) == .dropped(.forged))
        #expect(stage.receive(Packets.rtp(2), from: "203.0.113.9:9") == .dropped(.unknownSource))
    }

    @Test func `a phone on hold hears nothing of itself`() {
        let (stage, alice) = Self.call()
        for (sends, receives) in [(true, false), (false, true)] {
            stage.apply(.update(Self.id, .a, .network(alice.media(sends: sends, receives: receives))))
            #expect(stage.receive(alice.rtp(1), from: alice).reason == .held || !sends)
        }
        stage.apply(.update(Self.id, .a, .network(alice.media())))
        #expect(stage.receive(alice.rtp(9), from: alice).reason == nil)
    }

    @Test func `more than a phone may send is not said back, and nothing goes to a host that fell silent`() {
        let (stage, alice) = Self.call(signalling: "198.51.100.1")
        let outcomes = (UInt16(0)..<500).map { stage.receive(alice.rtp($0), from: alice).reason }
        #expect(outcomes.filter { $0 == nil }.count == 400)
        #expect(outcomes.last == .overRate)
    }

    @Test func `an end of ours takes the place of a phone, and a phone that of an end of ours`() {
        let (stage, alice, bob) = Stage.talking()
        stage.apply(.update(Self.id, .b, .echo))
        #expect(stage.receive(bob.rtp(1), from: bob).reason == .unknownSource)
        #expect(alice.hears(stage.receive(alice.rtp(1), from: alice).packet) == .packet(Packets.rtp(1)))
        let carol = Phone("192.0.2.3:6000", seed: 3)
        stage.apply(.update(Self.id, .b, .network(carol.media())))
        #expect(stage.receive(alice.rtp(2), from: alice).destination == "192.0.2.3:6000 by rtp")
    }

    @Test func `an end of ours moves to another relay like a phone's`() {
        let (stage, alice, _) = Stage.talking()
        let (other, carol) = (RelayID(rawValue: 2), Phone("192.0.2.3:6000", seed: 3))
        stage.apply(.open(other, a: .network(carol.media()), b: .echo))
        #expect(stage.apply(.join(Self.id, .b, from: other, .b)))
        #expect(stage.open == [1])
        #expect(stage.receive(alice.rtp(1), from: alice).destination == "192.0.2.1:4000 by rtp")
        #expect(stage.receive(carol.rtp(1), from: carol).reason == .unknownSource)
    }
}
