// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import Testing

@Suite("RFC 3550 §8.2: a phone that changes its streams is heard at once")
struct OneStreamTests {
    private let id = RelayID(rawValue: 1)

    /// What Bob hears of packets from Alice that are each a packet time apart.
    private func heard(
        _ numbers: some Sequence<UInt16>,
        _ source: UInt32 = 0x1234_5678,
        of alice: Phone,
        by bob: Phone,
        on stage: Stage
    ) -> [UInt16] {
        numbers.compactMap {
            stage.wait(.milliseconds(20))
            return bob.numbers(stage.receive(alice.rtp($0, source: source), from: alice).packet)?.sequence
        }
    }

    @Test func `forty sources in one call are all heard, as one`() {
        let (stage, alice, bob) = Stage.call()
        var sources: Set<UInt32> = []
        var last: UInt16?
        for source in UInt32(1)...40 {
            for sequence in UInt16(5)..<10 {
                let numbers = bob.numbers(stage.receive(alice.rtp(sequence, source: source), from: alice).packet)
                #expect(numbers?.sequence == (last ?? 4) + 1, "source \(source)")
                last = numbers?.sequence
                if let source = numbers?.source { sources.insert(source) }
            }
        }
        #expect(sources.count == 1)
    }

    @Test(arguments: [UInt16(100), 33_000, 50_000])
    func `a new key with the same source and other numbers is heard at once`(start: UInt16) {
        let (stage, alice, bob) = Stage.call()
        #expect(heard(1_000..<1_050, of: alice, by: bob, on: stage).count == 50)
        let again = Phone("192.0.2.1:4000", seed: 33)
        stage.apply(.update(id, .a, .network(again.media())))
        #expect(heard(start..<start + 5, of: again, by: bob, on: stage) == Array(1_050..<1_055))
        // The other way, and by the leg that stayed.
        #expect(heard(7..<10, 0xB0B, of: bob, by: again, on: stage).count == 3)
    }

    @Test func `after a transfer the other phone is heard at once, with timestamps that go on`() throws {
        let (stage, alice, bob) = Stage.call()
        #expect(heard(40_000..<40_010, of: alice, by: bob, on: stage).count == 10)
        let before = try #require(bob.numbers(stage.receive(alice.rtp(40_010), from: alice).packet))
        let carol = Phone("192.0.2.3:6000", seed: 3)
        stage.apply(.update(id, .a, .network(carol.media())))
        stage.wait(.seconds(2))
        let after = try #require(bob.numbers(stage.receive(carol.rtp(9, source: 77), from: carol).packet))
        #expect(after.sequence == before.sequence + 1 && after.source == before.source)
        #expect(after.timestamp == before.timestamp + 16_000, "two seconds of 8,000 ticks")
        let next = try #require(bob.numbers(stage.receive(carol.rtp(10, source: 77), from: carol).packet))
        #expect(next.timestamp == after.timestamp + 160)
    }

    @Test func `loss stays loss, late packets stay late, and none comes twice`() {
        let (stage, alice, bob) = Stage.call()
        _ = heard([100], of: alice, by: bob, on: stage)
        #expect(heard([200, 201], 2, of: alice, by: bob, on: stage) == [101, 102])
        let late = alice.rtp(203, source: 2)
        #expect(heard([204, 205], 2, of: alice, by: bob, on: stage) == [105, 106])
        #expect(bob.numbers(stage.receive(late, from: alice).packet)?.sequence == 104)
        #expect(stage.receive(late, from: alice) == .dropped(.replayed))
        let beforeItsTurn = alice.rtp(199, source: 2)
        #expect(stage.receive(beforeItsTurn, from: alice) == .dropped(.replayed), "105 - 6 is another's number")
    }

    @Test func `what a hold kept back leaves no gap, however long it was`() {
        let (stage, alice, bob) = Stage.call()
        #expect(heard(0..<10, of: alice, by: bob, on: stage).last == 9)
        stage.apply(.update(id, .b, .network(bob.media(sends: true, receives: false))))
        for sequence in stride(from: UInt16(10), to: 60_000, by: 10) {
            stage.wait(.milliseconds(200))
            #expect(stage.receive(alice.rtp(sequence), from: alice) == .dropped(.held))
        }
        stage.apply(.update(id, .b, .network(bob.media())))
        #expect(heard(60_000..<60_005, of: alice, by: bob, on: stage) == Array(10..<15))
    }

    @Test func `two sources in turns keep their own timestamps, as keys pressed beside the sound need`() throws {
        let (stage, alice, bob) = Stage.call()
        var events: Set<UInt32> = []
        var sequences: [UInt16] = []
        let press = { (sequence: UInt16) in
            var plain = Packets.rtp(sequence, source: 2, payload: [5, 10, 0, 160])
            plain[1] = 101
            plain.replaceSubrange(4..<8, with: Packets.bytes(900_000))
            return alice.sealed(plain)
        }
        for sequence in UInt16(1)...20 {
            let sound = bob.numbers(stage.receive(alice.rtp(sequence), from: alice).packet)
            let event = try #require(bob.numbers(stage.receive(press(sequence), from: alice).packet))
            #expect(sound?.timestamp == UInt32(sequence) * 160)
            events.insert(event.timestamp)
            sequences += [sound?.sequence ?? 0, event.sequence]
            stage.wait(.milliseconds(20))
        }
        #expect(events.count == 1, "one key, however many packets say so")
        #expect(sequences == Array(1...40))
    }

    @Test func `a new key towards the phone brings a new source, so that its count of turns begins with ours`() throws {
        let (stage, alice, bob) = Stage.call()
        let before = try #require(bob.numbers(stage.receive(alice.rtp(60_000), from: alice).packet))
        #expect(before.sequence < 0x8000)
        let again = Phone("192.0.2.2:5000", seed: 22)
        stage.apply(.update(id, .b, .network(again.media())))
        let after = try #require(again.numbers(stage.receive(alice.rtp(60_001), from: alice).packet))
        #expect(after.source != before.source && after.sequence < 0x8000)
    }

    @Test func `under one key no number comes twice, whatever order a phone sends in`() {
        let (stage, alice, bob) = Stage.call()
        var seen: Set<UInt16> = []
        var count = 0
        var state: UInt32 = 7
        for step in 0..<3_000 {
            state = state &* 1_664_525 &+ 1_013_904_223
            let sequence = UInt16(truncatingIfNeeded: step / 4 + Int(state >> 28))
            stage.wait(.milliseconds(5))
            let outcome = stage.receive(alice.rtp(sequence, source: state >> 24 & 7), from: alice)
            guard let numbers = bob.numbers(outcome.packet) else { continue }
            count += 1
            seen.insert(numbers.sequence)
        }
        #expect(seen.count == count && count > 500)
    }
}
