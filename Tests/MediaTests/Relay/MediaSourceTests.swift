// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import Testing

@Suite("Control media-source")
struct MediaSourceTests {
    @Test func `the first authenticated packet locks a leg to its source`() {
        let (stage, alice, bob) = Stage.call()
        #expect(stage.report()?.a.locked == nil)
        let seen = stage.receive(alice.rtp(1), from: "192.0.2.1:4444")
        #expect(seen.destination == "192.0.2.2:5000 by rtp")
        #expect(bob.hears(seen.packet) == .packet(Packets.rtp(1)))
        #expect(stage.report()?.a.locked == Phone.parse("192.0.2.1:4444"))
        #expect(stage.receive(bob.rtp(1), from: bob).destination == "192.0.2.1:4444 by rtp")
    }

    @Test func `after the lock nothing is taken from another host or port, not even genuine packets`() {
        let (stage, alice, _) = Stage.talking()
        let genuine = alice.rtp(5)
        for source in ["192.0.2.1:4001", "192.0.2.99:4000", "198.51.100.7:4000", "192.0.2.2:5001"] {
            #expect(stage.receive(genuine, from: source) == .dropped(.unknownSource))
        }
        #expect(stage.counters[.unknownSource] == 4)
        #expect(stage.report()?.a.locked == alice.address)
        #expect(stage.receive(genuine, from: alice).reason == nil)
    }

    @Test func `a sweep of packets from a third address gets nothing back (M01, M03)`() {
        let (stage, alice, bob) = Stage.talking()
        let probes = [
            Packets.rtp(1), Packets.rtcp(), [0x80, 0], [0x80, 200, 0, 0], [0x80, 203, 0, 1, 0x12, 0x34, 0x56, 0x78], [],
            Array(repeating: 0x80, count: 2_048), Array(repeating: 0, count: 20), [22, 254, 253] + Packets.rtp(1),
        ]
        for port in MediaPort.allCases {
            for probe in probes {
                for source in ["203.0.113.5:4000", "192.0.2.1:7777", "192.0.2.2:7777"] {
                    #expect(stage.receive(probe, from: source, port: port).destination == nil)
                }
            }
        }
        #expect(stage.receive(alice.rtp(1), from: alice).destination == "192.0.2.2:5000 by rtp")
        #expect(stage.receive(bob.rtp(1, source: 0xB0B), from: bob).destination == "192.0.2.1:4000 by rtp")
    }

    @Test func `behind address translation the packet proves the port that SDP cannot know`() {
        let stage = Stage()
        let alice = Phone("198.51.100.1:61000", seed: 1)
        let bob = Phone("192.0.2.2:5000", seed: 2)
        stage.apply(
            .open(
                RelayID(rawValue: 1),
                a: .network(alice.media(named: "10.0.0.5:4000", signalling: "198.51.100.1")),
                b: .network(bob.media())
            )
        )
        #expect(
            stage.receive(bob.rtp(1), from: bob) == .dropped(.noDestination),
            "10.0.0.5 is not where she signals from"
        )
        #expect(stage.receive(alice.rtp(1), from: alice).destination == "192.0.2.2:5000 by rtp")
        #expect(stage.receive(bob.rtp(2), from: bob).destination == "198.51.100.1:61000 by rtp")
    }

    @Test func `media is never sent to a third party that SDP names (M15)`() {
        let victims = ["203.0.113.5:53", "0.0.0.0:4000", "224.0.0.1:4000", "255.255.255.255:9", "192.0.2.1:0"]
        for victim in victims {
            let stage = Stage()
            let (mallory, bob) = (Phone("192.0.2.1:4000", seed: 9), Phone("192.0.2.2:5000", seed: 2))
            let media = mallory.media(named: victim, signalling: "192.0.2.1")
            stage.apply(.open(RelayID(rawValue: 1), a: .network(media), b: .network(bob.media())))
            #expect(stage.receive(bob.rtp(1), from: bob) == .dropped(.noDestination), "\(victim)")
        }
    }

    @Test func `of many phones behind one address each finds its own call`() {
        let stage = Stage(capacity: 64)
        let phones = (0..<40).map { Phone("198.51.100.1:\(61_000 + $0)", seed: 100 + UInt64($0)) }
        for (number, phone) in phones.enumerated() {
            let bob = Phone("192.0.2.2:\(5_000 + number * 2)", seed: 500 + UInt64(number))
            let media = phone.media(named: "10.0.0.5:4000", signalling: "198.51.100.1")
            #expect(stage.apply(.open(RelayID(rawValue: UInt64(number)), a: .network(media), b: .network(bob.media()))))
        }
        for sequence in UInt16(0)..<10 {
            for phone in phones { _ = stage.receive(phone.rtp(sequence), from: phone) }
            stage.wait(.milliseconds(20))
        }
        for (number, phone) in phones.enumerated() {
            #expect(stage.report(UInt64(number))?.a.locked == phone.address, "phone \(number)")
        }
    }

    @Test func `several calls of one source are told apart by their streams and keys`() {
        let stage = Stage()
        let calls = (0..<4).map {
            (Phone("192.0.2.1:4000", seed: 10 + $0), Phone("192.0.2.2:\(5_000 + $0)", seed: 20 + $0))
        }
        for (number, (gateway, phone)) in calls.enumerated() {
            stage.apply(
                .open(RelayID(rawValue: UInt64(number)), a: .network(gateway.media()), b: .network(phone.media()))
            )
        }
        for sequence in UInt16(0)..<20 {
            for (number, (gateway, phone)) in calls.enumerated() {
                let seen = stage.receive(gateway.rtp(sequence, source: UInt32(number)), from: gateway)
                #expect(phone.hears(seen.packet) == .packet(Packets.rtp(sequence)))
            }
        }
        stage.apply(.close(RelayID(rawValue: 2)))
        #expect(stage.receive(calls[2].0.rtp(30, source: 2), from: calls[2].0).reason == .forged)
        #expect(stage.receive(calls[3].0.rtp(30, source: 3), from: calls[3].0).reason == nil)
    }

    @Test func `a re-INVITE lets the source move; late packets from the old one do not hold it back`() {
        let (stage, alice, bob) = Stage.talking()
        stage.apply(.update(RelayID(rawValue: 1), .a, .network(alice.media(named: "192.0.2.1:4100"))))
        #expect(stage.receive(alice.rtp(1), from: "192.0.2.1:4000").reason == nil, "still on its way from before")
        #expect(stage.receive(alice.rtp(2), from: "192.0.2.1:4100").reason == nil)
        #expect(stage.report()?.a.locked == Phone.parse("192.0.2.1:4100"))
        #expect(stage.receive(alice.rtp(3), from: "192.0.2.1:4000") == .dropped(.unknownSource))
        #expect(stage.receive(bob.rtp(1, source: 0xB0B), from: bob).destination == "192.0.2.1:4100 by rtp")
    }

    @Test func `a re-INVITE that changes nothing keeps the lock and the contexts`() {
        let (stage, alice, bob) = Stage.talking()
        let replay = alice.rtp(1)
        #expect(stage.receive(replay, from: alice).reason == nil)
        stage.apply(.update(RelayID(rawValue: 1), .a, .network(alice.media())))
        #expect(stage.receive(replay, from: alice) == .dropped(.replayed))
        #expect(stage.receive(alice.rtp(2), from: "192.0.2.1:4001") == .dropped(.unknownSource))
        #expect(bob.hears(stage.receive(alice.rtp(3), from: alice).packet) == .packet(Packets.rtp(3)))
    }

    @Test func `a new receive key lets another phone take the leg and shuts the old one out`() {
        let (stage, alice, bob) = Stage.talking()
        let carol = Phone("192.0.2.3:6000", seed: 3)
        stage.apply(.update(RelayID(rawValue: 1), .a, .network(carol.media())))
        #expect(stage.report()?.a.locked == nil)
        #expect(stage.receive(alice.rtp(5), from: alice) == .dropped(.unknownSource))
        #expect(stage.receive(carol.rtp(5), from: carol).reason == nil)
        let toCarol = stage.receive(bob.rtp(7, source: 0xB0B), from: bob)
        #expect(toCarol.destination == "192.0.2.3:6000 by rtp")
        #expect(carol.hears(toCarol.packet) == .packet(Packets.rtp(7)))
    }

    @Test func `nothing passes after the call is closed`() {
        let (stage, alice, bob) = Stage.talking()
        stage.apply(.close(RelayID(rawValue: 1)))
        #expect(stage.count == 0 && stage.report() == nil)
        #expect(stage.receive(alice.rtp(1), from: alice) == .dropped(.unknownSource))
        #expect(stage.receive(bob.rtp(1), from: bob) == .dropped(.unknownSource))
    }

    @Test func `RTCP without rtcp-mux has its own port and lock`() {
        let stage = Stage()
        let (alice, bob) = (Phone("192.0.2.1:4000", seed: 1), Phone("192.0.2.2:5000", seed: 2))
        stage.apply(
            .open(RelayID(rawValue: 1), a: .network(alice.media(mux: false)), b: .network(bob.media(mux: true)))
        )
        #expect(stage.receive(alice.rtcp(), from: "192.0.2.1:4000", port: .rtp) == .dropped(.unknownSource))
        let fromAlice = stage.receive(alice.rtcp(), from: "192.0.2.1:4777", port: .rtcp)
        #expect(fromAlice.destination == "192.0.2.2:5000 by rtp")
        #expect(bob.hearsReports(fromAlice.packet) == [201, 202])
        let fromBob = stage.receive(bob.rtcp(), from: bob)
        #expect(fromBob.destination == "192.0.2.1:4777 by rtcp")
        #expect(alice.hearsReports(fromBob.packet) == [201, 202])
        #expect(stage.receive(alice.rtcp(), from: "192.0.2.1:4778", port: .rtcp).reason == nil)
        #expect(stage.receive(bob.rtcp(), from: bob).destination == "192.0.2.1:4778 by rtcp", "it follows the newest")
        #expect(stage.report()?.a.locked == nil, "RTCP proves nothing about RTP")
        #expect(stage.receive(alice.rtp(1), from: alice, port: .rtcp) == .dropped(.malformed))
    }
}
