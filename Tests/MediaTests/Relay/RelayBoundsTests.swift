// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import TestKit
import Testing

@Suite("Control media-source: what strangers may cost")
struct RelayBoundsTests {
    /// A call that waits for its first packet.
    private func waiting(_ count: Int = 1, signalling: String = "192.0.2.1") -> (Stage, [Phone]) {
        let stage = Stage(capacity: 32)
        let phones = (0..<count).map { Phone("192.0.2.1:\(4_000 + $0 * 2)", seed: 50 + UInt64($0)) }
        for (number, phone) in phones.enumerated() {
            let bob = Phone("192.0.2.2:\(5_000 + number * 2)", seed: 90 + UInt64(number))
            stage.apply(
                .open(
                    RelayID(rawValue: UInt64(number)),
                    a: .network(phone.media(signalling: signalling)),
                    b: .network(bob.media())
                )
            )
        }
        return (stage, phones)
    }

    @Test func `a flood from one stranger is throttled, and a named phone still gets through`() {
        let (stage, phones) = waiting()
        for number in 0..<20_000 {
            let port = 1_024 + number % 60_000
            let seen = stage.receive(Packets.rtp(1), from: "203.0.113.9:\(port)")
            guard seen.destination == nil else {
                Issue.record("sent to \(seen)")
                return
            }
        }
        #expect(stage.counters[.throttled] > 10_000)
        #expect(stage.receive(phones[0].rtp(1), from: phones[0]).reason == nil)
    }

    @Test func `a flood from everywhere is throttled in total, and a named phone still gets through`() {
        let (stage, phones) = waiting()
        for number in UInt32(0)..<20_000 {
            let source = SocketAddress(ip: IPAddress(v4: 0xCB00_0000 + number), port: 9_999)
            _ = stage.receive(Packets.rtp(1), from: source, port: .rtp)
        }
        #expect(stage.counters[.throttled] > 10_000)
        #expect(stage.receive(phones[0].rtp(1), from: phones[0]).reason == nil)
    }

    @Test func `a flood from one phone's own address leaves the others theirs`() {
        let stage = Stage()
        let (alice, bob) = (Phone("192.0.2.1:4000", seed: 1), Phone("192.0.2.2:5000", seed: 2))
        stage.apply(.open(RelayID(rawValue: 1), a: .network(alice.media()), b: .network(bob.media())))
        #expect(stage.receive(alice.rtp(1), from: alice).reason == nil)
        for number in UInt32(0)..<20_000 { _ = stage.receive(Packets.rtp(1, source: number), from: alice) }
        #expect(stage.counters[.throttled] > 10_000)
        #expect(stage.receive(bob.rtp(1), from: bob).reason == nil)
    }

    @Test func `a flood that pretends to be the phone's network delays its call by seconds at most`() {
        let stage = Stage()
        let phone = Phone("198.51.100.1:61000", seed: 1)
        let bob = Phone("192.0.2.2:5000", seed: 2)
        stage.apply(
            .open(
                RelayID(rawValue: 1),
                a: .network(phone.media(named: "10.0.0.5:4000", signalling: "198.51.100.1")),
                b: .network(bob.media())
            )
        )
        var generator = SplitMix()
        var sequence: UInt16 = 0
        // 50,000 packets a second against her 50.
        while stage.report()?.a.locked == nil, sequence < 250 {
            let turn = Int.random(in: 0..<1_000, using: &generator)
            for number in 0..<1_000 {
                _ = stage.receive(Packets.rtp(1), from: "198.51.100.1:\(2_000 + number)")
                if number == turn { _ = stage.receive(phone.rtp(sequence), from: phone) }
                stage.wait(.microseconds(20))
            }
            sequence += 1
        }
        #expect(stage.report()?.a.locked == phone.address)
    }

    @Test func `the budget of a stranger refills`() {
        let (stage, phones) = waiting(1, signalling: "192.0.2.77")
        let other = "192.0.2.1:9"
        for _ in 0..<12_000 { _ = stage.receive(Packets.rtp(1), from: other) }
        #expect(stage.receive(phones[0].rtp(1), from: other) == .dropped(.throttled))
        stage.wait(.seconds(1))
        // Two legs wait, and a stranger's packet tries one or both.
        let reasons = (UInt16(2)..<6).map { stage.receive(phones[0].rtp($0), from: other).reason }
        #expect(reasons.contains(nil) && stage.report(0)?.a.locked == Phone.parse(other))
    }

    @Test func `no source locks more legs than its limit`() {
        let count = RelayLimits.legsPerSource + 1
        let stage = Stage(capacity: count)
        for number in 0..<count {
            let gateway = Phone("192.0.2.1:4000", seed: 1_000 + UInt64(number))
            let phone = Phone("192.0.2.2:\(5_000 + number)", seed: 2_000 + UInt64(number))
            stage.apply(
                .open(RelayID(rawValue: UInt64(number)), a: .network(gateway.media()), b: .network(phone.media()))
            )
            let reason = stage.receive(gateway.rtp(1, source: UInt32(number)), from: gateway).reason
            #expect((reason == nil) == (number < RelayLimits.legsPerSource), "leg \(number)")
            stage.wait(.seconds(1))
        }
    }

    @Test func `of twenty legs at one address each finds its new stream, within a few packets`() {
        let stage = Stage(capacity: 20)
        let gateways = (0..<20).map { Phone("192.0.2.1:4000", seed: 1_000 + UInt64($0)) }
        for (number, gateway) in gateways.enumerated() {
            let phone = Phone("192.0.2.2:\(5_000 + number)", seed: 2_000 + UInt64(number))
            stage.apply(
                .open(RelayID(rawValue: UInt64(number)), a: .network(gateway.media()), b: .network(phone.media()))
            )
            #expect(stage.receive(gateway.rtp(1, source: UInt32(number)), from: gateway).reason == nil)
        }
        for (number, gateway) in gateways.enumerated() {
            let reasons = (UInt16(1)...4).map {
                stage.receive(gateway.rtp($0, source: 500 + UInt32(number)), from: gateway).reason
            }
            #expect(reasons.contains(nil), "leg \(number)")
        }
    }

    @Test func `legs that forged packets put at a phone's place do not keep its own calls out`() {
        let count = RelayLimits.legsPerSource
        let stage = Stage(capacity: count + 1)
        let victim = Phone("192.0.2.1:4000", seed: 1)
        for number in 0..<count {
            let thief = Phone("203.0.113.9:\(6_000 + number)", seed: 1_000 + UInt64(number))
            let phone = Phone("192.0.2.2:\(5_000 + number)", seed: 2_000 + UInt64(number))
            stage.apply(
                .open(RelayID(rawValue: 100 + UInt64(number)), a: .network(thief.media()), b: .network(phone.media()))
            )
            _ = stage.receive(phone.rtp(0), from: phone)
            #expect(stage.receive(thief.rtp(1, source: UInt32(number)), from: victim).reason == nil)
            stage.wait(.seconds(1))
        }
        let bob = Phone("192.0.2.3:5000", seed: 2)
        stage.apply(.open(RelayID(rawValue: 1), a: .network(victim.media()), b: .network(bob.media())))
        #expect(stage.receive(victim.rtp(1, source: 0xA11CE), from: victim).reason == nil)
        #expect(stage.report()?.a.locked == victim.address)
    }

    @Test func `a full relay refuses the next call and takes it when one has ended`() {
        let stage = Stage(capacity: 2)
        let (alice, bob) = (Phone("192.0.2.1:4000", seed: 1), Phone("192.0.2.2:5000", seed: 2))
        let open = { stage.apply(.open(RelayID(rawValue: $0), a: .network(alice.media()), b: .network(bob.media()))) }
        #expect(open(1) && open(2) && open(2))
        #expect(!open(3))
        #expect(stage.apply(.close(RelayID(rawValue: 1))) && !stage.apply(.close(RelayID(rawValue: 1))))
        #expect(open(3) && stage.count == 2)
        #expect(!stage.apply(.update(RelayID(rawValue: 9), .a, .network(alice.media()))))
    }

    @Test func `opened and closed two thousand times, nothing is left behind`() {
        let stage = Stage(capacity: 3)
        for round in UInt64(0)..<2_000 {
            let alice = Phone("192.0.2.1:4000", suite: .aes128gcm, seed: round * 2)
            let bob = Phone("192.0.2.2:5000", suite: .aes128gcm, seed: round * 2 + 1)
            guard stage.apply(.open(RelayID(rawValue: round), a: .network(alice.media()), b: .network(bob.media())))
            else {
                Issue.record("full in round \(round)")
                return
            }
            #expect(stage.receive(alice.rtp(1), from: alice).reason == nil)
            stage.apply(.close(RelayID(rawValue: round)))
            stage.wait(.milliseconds(1))
        }
        #expect(stage.count == 0)
    }

    @Test func `a packet without room or beyond the longest is dropped`() {
        let (stage, alice, _) = Stage.talking()
        let long = Packets.rtp(1, payload: Array(repeating: 1, count: RelayLimits.packetLength))
        #expect(stage.receive(long, from: alice) == .dropped(.malformed))
    }
}
