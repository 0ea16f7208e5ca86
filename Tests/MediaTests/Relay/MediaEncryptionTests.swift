// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import TestKit
import Testing

@Suite("Control media-encryption")
struct MediaEncryptionTests {
    @Test(arguments: SRTPSuite.allCases, SRTPSuite.allCases)
    func `every suite is re-encrypted to every other`(from: SRTPSuite, to: SRTPSuite) {
        let stage = Stage()
        let (alice, bob) = (Phone("192.0.2.1:4000", suite: from, seed: 1), Phone("192.0.2.2:5000", suite: to, seed: 2))
        stage.apply(.open(RelayID(rawValue: 1), a: .network(alice.media()), b: .network(bob.media())))
        for sequence in UInt16(65_530)...65_535 {
            let seen = stage.receive(alice.rtp(sequence), from: alice)
            // Our numbers begin below 2^15.
            var expected = Packets.rtp(sequence)
            expected[2] &= 0x7F
            #expect(bob.hears(seen.packet) == .packet(expected))
        }
        #expect(bob.hearsReports(stage.receive(alice.rtcp(), from: alice).packet) == [201, 202])
    }

    @Test func `plain RTP is refused from anybody, and the call goes on`() {
        let (stage, alice, bob) = Stage.talking()
        #expect(stage.receive(Packets.rtp(9), from: alice) == .dropped(.forged))
        #expect(bob.hears(stage.receive(alice.rtp(9), from: alice).packet) == .packet(Packets.rtp(9)))
    }

    @Test func `ten thousand packets of garbage from the proven source are counted and end nothing (M04)`() {
        let (stage, alice, bob) = Stage.talking()
        var generator = SplitMix(7)
        for number in 0..<10_000 {
            var garbage = Packets.rtp(UInt16(100 + number % 100)) + Array(repeating: 0, count: 16)
            for offset in 12..<garbage.count { garbage[offset] = UInt8.random(in: 0...255, using: &generator) }
            _ = stage.receive(garbage, from: alice)
        }
        #expect(stage.counters[.forged] == 10_000)
        #expect(stage.report()?.a.authenticationFailures == 10_000)
        #expect(bob.hears(stage.receive(alice.rtp(100), from: alice).packet) == .packet(Packets.rtp(100)))
    }

    @Test func `garbage from the proven source with new streams cannot fill the stream table`() {
        let (stage, alice, bob) = Stage.talking()
        for source in UInt32(0)..<1_000 {
            #expect(
                stage.receive(
                    Packets.rtp(1, source: source) + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
                    from: alice
                ).reason == .forged
            )
        }
        let seen = stage.receive(alice.rtp(1, source: 77), from: alice)
        #expect(bob.hears(seen.packet) == .packet(Packets.rtp(1)))
    }

    @Test func `a replayed packet is dropped and counted (M09)`() {
        let (stage, alice, _) = Stage.talking()
        let packet = alice.rtp(1)
        #expect(stage.receive(packet, from: alice).reason == nil)
        for _ in 0..<5 { #expect(stage.receive(packet, from: alice) == .dropped(.replayed)) }
        #expect(stage.report()?.a.replays == 5 && stage.report()?.a.packets == 2)
    }

    @Test func `a recorded packet does not lock a leg that waits again`() {
        let (stage, alice, _) = Stage.talking()
        let recorded = alice.rtp(1)
        _ = stage.receive(recorded, from: alice)
        stage.apply(.update(RelayID(rawValue: 1), .a, .network(alice.media(named: "192.0.2.1:4100"))))
        #expect(stage.receive(recorded, from: "192.0.2.1:4100") == .dropped(.unknownSource))
        #expect(stage.report()?.a.locked == alice.address)
    }

    @Test func `a repeated sequence number under a new key gets another one under the other leg's old key`() {
        let (stage, alice, bob) = Stage.talking()
        #expect(stage.receive(alice.rtp(10), from: alice).reason == nil)
        let again = Phone("192.0.2.1:4000", seed: 33)
        stage.apply(.update(RelayID(rawValue: 1), .a, .network(again.media())))
        #expect(bob.numbers(stage.receive(again.rtp(10), from: again).packet)?.sequence == 11)
        #expect(bob.numbers(stage.receive(again.rtp(11), from: again).packet)?.sequence == 12)
    }

    @Test func `a forged packet cannot change the roll-over counter (M09)`() {
        let (stage, alice, bob) = Stage.talking()
        for jump in stride(from: UInt16(1_000), to: 30_000, by: 1_000) {
            #expect(stage.receive(Packets.rtp(jump), from: alice).reason == .forged)
        }
        #expect(bob.hears(stage.receive(alice.rtp(1), from: alice).packet) == .packet(Packets.rtp(1)))
    }

    @Test func `RTCP that is malformed inside is dropped`() {
        let (stage, alice, _) = Stage.talking()
        #expect(
            stage.receive(alice.rtcp([0x80, 201, 0, 9] + Packets.bytes(0x1234_5678)), from: alice)
                == .dropped(.malformed)
        )
        #expect(stage.receive(alice.rtcp(), from: alice).reason == nil)
    }

    @Test func `an RTCP BYE goes no further and ends nothing`() {
        let (stage, alice, bob) = Stage.talking()
        let bye = [0x81, 203, 0, 1] + Packets.bytes(0x1234_5678)
        #expect(stage.receive(alice.rtcp(bye), from: alice) == .dropped(.notRelayed))
        let both = stage.receive(alice.rtcp(Packets.rtcp() + bye), from: alice)
        #expect(bob.hearsReports(both.packet) == [201, 202])
        #expect(stage.receive(alice.rtp(1), from: alice).reason == nil)
    }

    @Test func `opening an open relay again does not protect an index again`() {
        let (stage, alice, bob) = Stage.talking()
        let packet = alice.rtp(1)
        #expect(stage.receive(packet, from: alice).reason == nil)
        #expect(stage.apply(.open(RelayID(rawValue: 1), a: .network(alice.media()), b: .network(bob.media()))))
        #expect(stage.receive(packet, from: alice) == .dropped(.replayed))
        #expect(stage.receive(alice.rtp(2), from: alice).reason == nil && stage.count == 1)
    }

    @Test func `a leg may not receive and send under one key`() {
        let stage = Stage()
        let (alice, bob) = (Phone("192.0.2.1:4000", seed: 1), Phone("192.0.2.2:5000", seed: 2))
        var media = alice.media()
        media.send = media.receive
        #expect(!stage.apply(.open(RelayID(rawValue: 1), a: .network(media), b: .network(bob.media()))))
        #expect(stage.count == 0)
    }

    @Test func `on hold nothing passes that the direction forbids, and RTCP goes on`() {
        let (stage, alice, bob) = Stage.talking()
        stage.apply(.update(RelayID(rawValue: 1), .a, .network(alice.media(sends: true, receives: false))))
        #expect(stage.receive(alice.rtp(1), from: alice).reason == nil)
        #expect(stage.receive(bob.rtp(1, source: 0xB0B), from: bob) == .dropped(.held))
        stage.apply(.update(RelayID(rawValue: 1), .a, .network(alice.media(sends: false, receives: true))))
        #expect(stage.receive(alice.rtp(2), from: alice) == .dropped(.held))
        #expect(stage.receive(bob.rtp(2, source: 0xB0B), from: bob).reason == nil)
        #expect(stage.receive(alice.rtcp(), from: alice).reason == nil)
    }
}
