// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import Testing

@Suite("Control flood-protection: what one call may send")
struct MediaRateTests {
    /// - Returns: How many of a second's packets, evenly spread, passed.
    private func passed(_ count: Int, _ phone: Phone, on stage: Stage, from first: inout UInt16, size: Int = 160) -> Int
    {
        var passed = 0
        for _ in 0..<count {
            let packet = phone.sealed(Packets.rtp(first, payload: Array(repeating: 1, count: size)))
            first &+= 1
            if stage.receive(packet, from: phone).reason == nil { passed += 1 }
            stage.wait(.nanoseconds(1_000_000_000 / count))
        }
        return passed
    }

    @Test func `a flood of authentic packets is cut to what a phone needs`() {
        let (stage, alice, _) = Stage.talking()
        var sequence: UInt16 = 1
        #expect(passed(5_000, alice, on: stage, from: &sequence) <= 801)
        #expect(398...402 ~= passed(5_000, alice, on: stage, from: &sequence))
        #expect(stage.counters[.overRate] > 8_700)
        stage.wait(.seconds(1))
        #expect(passed(100, alice, on: stage, from: &sequence) == 100)
    }

    @Test func `packets of 10 ms with RTCP and keys pressed always pass, and so does a second that came at once`() {
        let (stage, alice, _) = Stage.talking()
        var sequence: UInt16 = 1
        for _ in 0..<5 {
            #expect(passed(200, alice, on: stage, from: &sequence) == 200)
            #expect(stage.receive(alice.rtcp(), from: alice).reason == nil)
        }
        for _ in 0..<100 {
            #expect(stage.receive(alice.sealed(Packets.rtp(sequence)), from: alice).reason == nil)
            sequence += 1
        }
    }

    @Test func `long packets are counted in bytes`() {
        let (stage, alice, _) = Stage.talking()
        var sequence: UInt16 = 1
        _ = passed(380, alice, on: stage, from: &sequence, size: 1_900)
        #expect(125...135 ~= passed(380, alice, on: stage, from: &sequence, size: 1_900))
    }

    @Test func `what somebody forges in a phone's name takes nothing from it`() {
        let (stage, alice, _) = Stage.talking()
        for number in 0..<5_000 {
            let forged = Packets.rtp(UInt16(1 + number % 50)) + Array(repeating: 7, count: 16)
            #expect(stage.receive(forged, from: alice) == .dropped(.forged))
        }
        #expect(stage.receive(alice.rtp(1), from: alice).reason == nil)
    }

    @Test func `new sources are no way around it`() {
        let (stage, alice, _) = Stage.talking()
        var passed = 0
        for source in UInt32(1)...120 {
            for sequence in UInt16(0)..<10
            where stage.receive(alice.rtp(sequence, source: source), from: alice).reason == nil {
                passed += 1
            }
        }
        #expect(passed <= 402)
    }

    @Test func `nor are new ports, while a phone behind address translation is looked for`() {
        let stage = Stage()
        let (alice, bob) = (Phone("198.51.100.1:61000", seed: 1), Phone("192.0.2.2:5000", seed: 2))
        stage.apply(
            .open(
                RelayID(rawValue: 1),
                a: .network(alice.media(named: "10.0.0.5:4000", signalling: "198.51.100.1")),
                b: .network(bob.media())
            )
        )
        _ = stage.receive(bob.rtp(0, source: 0xB0B), from: bob)
        var passed = 0
        for number in UInt16(0)..<3_000 {
            let seen = stage.receive(alice.rtp(number), from: "198.51.100.1:\(10_000 + Int(number))")
            if seen.reason == nil { passed += 1 }
        }
        #expect(395...402 ~= passed)
    }
}

@Suite("Control flood-protection: what one business may use of the relay")
struct RelayShareTests {
    private func id(_ business: UInt64, _ number: UInt64) -> RelayID { RelayID(rawValue: business << 48 | number) }

    private func phones(_ number: UInt64) -> (Phone, Phone) {
        (
            Phone("192.0.2.1:\(4_000 + number)", seed: 300 + number),
            Phone("192.0.2.2:\(5_000 + number)", seed: 600 + number)
        )
    }

    @Test func `one business cannot open the relays of another, and gets its own back`() {
        let stage = Stage(capacity: 8, share: RelayShare(relays: 4, packets: 1_000))
        let open = { (business: UInt64, number: UInt64) in
            let (a, b) = phones(business * 10 + number)
            return stage.apply(.open(id(business, number), a: .network(a.media()), b: .network(b.media())))
        }
        #expect((0..<8).map { open(1, $0) } == [true, true, true, true, false, false, false, false])
        #expect((0..<8).map { open(2, $0) } == [true, true, true, true, false, false, false, false])
        #expect(open(1, 0), "open already: updated")
        stage.apply(.close(id(1, 2)))
        #expect(open(1, 5) && !open(1, 6) && stage.count == 8)
        stage.apply(.join(id(1, 0), .b, from: id(1, 1), .a))
        #expect(open(1, 7) && !open(1, 8) && stage.count == 8)
    }

    @Test func `calls of one business together take no more than its part, and the other's pass`() {
        let stage = Stage(capacity: 16, share: RelayShare(relays: 8, packets: 1_000))
        let calls = (0..<8).map { phones(UInt64($0)) }
        for (number, call) in calls.enumerated() {
            stage.apply(
                .open(id(number < 7 ? 1 : 2, UInt64(number)), a: .network(call.0.media()), b: .network(call.1.media()))
            )
        }
        var passed = [0, 0]
        for sequence in UInt16(0)..<600 {
            for (number, call) in calls.enumerated() where number < 7 || sequence % 6 == 0 {
                let isPassed = stage.receive(call.0.rtp(sequence), from: call.0).reason == nil
                if isPassed { passed[number < 7 ? 0 : 1] += 1 }
            }
            stage.wait(.microseconds(3_333))
        }
        #expect(2_900...3_100 ~= passed[0], "two seconds and a second's burst: \(passed[0])")
        #expect(passed[1] == 100)
    }
}
