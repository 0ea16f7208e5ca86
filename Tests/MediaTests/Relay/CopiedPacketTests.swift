// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import Testing

@Suite("Control media-source: copies of packets that arrive first")
struct CopiedPacketTests {
    private let id = RelayID(rawValue: 1)
    private static let thief = "203.0.113.66:9999"

    /// Alice sits behind address translation, so that nobody knows beforehand where her packets come from.
    private func call() -> (Stage, alice: Phone, bob: Phone) {
        let stage = Stage()
        let (alice, bob) = (Phone("198.51.100.1:61000", seed: 1), Phone("192.0.2.2:5000", seed: 2))
        stage.apply(.open(id, a: .network(media(of: alice)), b: .network(bob.media())))
        // He is where he says, and no longer waits: packets from elsewhere are tried for her only.
        _ = stage.receive(bob.rtp(0, source: 0xB0C), from: bob)
        return (stage, alice, bob)
    }

    private func media(of phone: Phone) -> LegMedia {
        phone.media(named: "10.0.0.5:4000", signalling: "198.51.100.1")
    }

    /// - Returns: Where Bob's next packet goes.
    private func answer(_ sequence: UInt16, by bob: Phone, on stage: Stage) -> String? {
        stage.receive(bob.rtp(sequence, source: 0xB0B), from: bob).destination
    }

    @Test func `the copy of the very first packet takes the call for one packet`() {
        let (stage, alice, bob) = call()
        let first = alice.rtp(0)
        #expect(stage.receive(first, from: Self.thief).reason == nil)
        #expect(answer(0, by: bob, on: stage) == "203.0.113.66:9999 by rtp")
        #expect(stage.receive(first, from: alice).destination == nil)
        #expect(stage.receive(alice.rtp(1), from: alice).destination == "192.0.2.2:5000 by rtp")
        #expect(answer(1, by: bob, on: stage) == "198.51.100.1:61000 by rtp")
        // The phone's place before, as a thief's is now, proves nothing by what came already.
        #expect(stage.receive(first, from: Self.thief) == .dropped(.replayed))
        #expect(answer(2, by: bob, on: stage) == "198.51.100.1:61000 by rtp")
    }

    @Test func `a copy after a session refresh takes the call for one packet`() {
        let (stage, alice, bob) = call()
        for sequence in UInt16(0)..<100 { _ = stage.receive(alice.rtp(sequence), from: alice) }
        let early = alice.rtp(100)
        #expect(stage.receive(early, from: Self.thief) == .dropped(.unknownSource), "a call that nothing has changed")
        #expect(stage.receive(early, from: alice).reason == nil)
        stage.apply(.update(id, .a, .network(media(of: alice))))
        let copied = alice.rtp(101)
        #expect(stage.receive(copied, from: Self.thief).reason == nil)
        #expect(answer(0, by: bob, on: stage) == "203.0.113.66:9999 by rtp")
        #expect(stage.receive(copied, from: alice) == .dropped(.replayed))
        #expect(stage.receive(alice.rtp(102), from: alice).reason == nil)
        #expect(answer(1, by: bob, on: stage) == "198.51.100.1:61000 by rtp")
        #expect(stage.report()?.a.moves == 2)
    }

    @Test func `who wins every race holds nobody out for longer than the races`() {
        let (stage, alice, bob) = call()
        for sequence in UInt16(0)..<500 {
            let packet = alice.rtp(sequence)
            #expect(stage.receive(packet, from: Self.thief).reason == nil)
            #expect(stage.receive(packet, from: alice).destination == nil)
            stage.wait(.milliseconds(20))
        }
        #expect(stage.receive(alice.rtp(500), from: alice).reason == nil)
        #expect(answer(0, by: bob, on: stage) == "198.51.100.1:61000 by rtp")
    }

    @Test func `a late packet from the former place is heard and moves nothing`() {
        let (stage, alice, bob) = call()
        for sequence in UInt16(0)..<3 { _ = stage.receive(alice.rtp(sequence), from: alice) }
        stage.apply(.update(id, .a, .network(media(of: alice))))
        let late = alice.rtp(3)
        #expect(stage.receive(alice.rtp(4), from: "198.51.100.1:62000").reason == nil)
        #expect(stage.receive(late, from: alice).reason == nil)
        #expect(answer(0, by: bob, on: stage) == "198.51.100.1:62000 by rtp")
        #expect(stage.report()?.a.moves == 1)
    }

    @Test func `a phone that stays where it has moved is no longer looked for elsewhere`() {
        let (stage, alice, bob) = call()
        let first = "198.51.100.1:61000"
        for sequence in UInt16(0)..<10 { _ = stage.receive(alice.rtp(sequence), from: first) }
        stage.apply(.update(id, .a, .network(media(of: alice))))
        for sequence in UInt16(10)..<100 { _ = stage.receive(alice.rtp(sequence), from: "198.51.100.1:62000") }
        #expect(stage.receive(alice.rtp(100), from: Self.thief) == .dropped(.unknownSource))
        #expect(stage.receive(alice.rtp(101), from: first).reason == nil, "its former place stays good")
        #expect(answer(0, by: bob, on: stage) == "\(first) by rtp")
    }

    @Test func `at the place that a phone names and signals from, no copy from elsewhere counts`() {
        let (stage, alice, bob) = Stage.call()
        _ = stage.receive(bob.rtp(0, source: 0xB0C), from: bob)
        #expect(stage.receive(alice.rtp(0), from: Self.thief).reason == nil)
        #expect(stage.receive(alice.rtp(1), from: alice).reason == nil)
        #expect(stage.receive(alice.rtp(2), from: Self.thief) == .dropped(.unknownSource))
        stage.apply(.update(id, .a, .network(alice.media())))
        #expect(stage.receive(alice.rtp(3), from: Self.thief) == .dropped(.unknownSource))
        #expect(answer(0, by: bob, on: stage) == "192.0.2.1:4000 by rtp")
    }

    @Test func `RTCP on a port of its own is taken back in the same way`() {
        let stage = Stage()
        let (alice, bob) = (Phone("198.51.100.1:61000", seed: 1), Phone("192.0.2.2:5000", seed: 2))
        let media = alice.media(named: "10.0.0.5:4000", signalling: "198.51.100.1", mux: false)
        stage.apply(.open(id, a: .network(media), b: .network(bob.media())))
        let first = alice.rtcp()
        #expect(stage.receive(first, from: Self.thief, port: .rtcp).reason == nil)
        #expect(stage.receive(first, from: "198.51.100.1:61001", port: .rtcp).destination == nil)
        #expect(stage.receive(alice.rtcp(), from: "198.51.100.1:61001", port: .rtcp).reason == nil)
        #expect(stage.receive(bob.rtcp(), from: bob).destination == "198.51.100.1:61001 by rtcp")
    }

    @Test func `a stream that begins at the former place is the phone's, too`() {
        let (stage, alice, bob) = call()
        for sequence in UInt16(0)..<3 { _ = stage.receive(alice.rtp(sequence), from: alice) }
        stage.apply(.update(id, .a, .network(media(of: alice))))
        #expect(stage.receive(alice.rtp(3), from: Self.thief).reason == nil)
        #expect(stage.receive(alice.rtp(0, source: 9), from: alice).reason == nil)
        #expect(answer(0, by: bob, on: stage) == "198.51.100.1:61000 by rtp")
    }

    @Test func `a copied first packet of a phone with nothing else to show is taken back while strangers flood`() {
        let (stage, alice, bob) = call()
        for sequence in UInt16(0)..<3 { _ = stage.receive(alice.rtp(sequence), from: alice) }
        stage.apply(.update(id, .a, .network(media(of: alice))))
        #expect(stage.receive(alice.rtp(3), from: Self.thief).reason == nil)
        for number in UInt32(0)..<20_000 {
            let source = SocketAddress(ip: IPAddress(v4: 0xCB00_0000 + number), port: 9_999)
            _ = stage.receive(Packets.rtp(1), from: source, port: .rtp)
        }
        #expect(stage.counters[.throttled] > 5_000)
        #expect(stage.receive(alice.rtp(4), from: alice).reason == nil)
        #expect(answer(0, by: bob, on: stage) == "198.51.100.1:61000 by rtp")
    }
}

@Suite("RFC 7675 §5.1: consent to be sent to")
struct ConsentTests {
    private let id = RelayID(rawValue: 1)

    /// Alice's packets come from another host than her signalling.
    private func call(mux: Bool = true) -> (Stage, alice: Phone, bob: Phone) {
        let stage = Stage()
        let (alice, bob) = (Phone("203.0.113.5:4000", seed: 1), Phone("192.0.2.2:5000", seed: 2))
        stage.apply(.open(id, a: .network(alice.media(signalling: "198.51.100.1", mux: mux)), b: .network(bob.media())))
        return (stage, alice, bob)
    }

    @Test func `another host than the one that signals is sent nothing after thirty seconds of silence`() {
        let (stage, alice, bob) = call()
        // Found by chance among the two that wait.
        var start: UInt16 = 0
        while stage.report()?.a.locked == nil, start < 20 {
            _ = stage.receive(alice.rtp(start), from: alice)
            start += 1
        }
        for second in UInt16(0)...30 {
            #expect(stage.receive(bob.rtp(second, source: 0xB0B), from: bob).reason == nil, "second \(second)")
            stage.wait(.seconds(1))
        }
        for second in UInt16(31)...60 {
            #expect(stage.receive(bob.rtp(second, source: 0xB0B), from: bob) == .dropped(.noDestination))
            stage.wait(.seconds(1))
        }
        #expect(stage.receive(alice.rtcp(), from: alice).reason == nil)
        #expect(stage.receive(bob.rtp(61, source: 0xB0B), from: bob).destination == "203.0.113.5:4000 by rtp")
    }

    @Test func `the host that signals is sent to, however long it is silent`() {
        let (stage, alice, bob) = Stage.talking()
        stage.wait(.seconds(600))
        #expect(stage.receive(bob.rtp(1, source: 0xB0B), from: bob).destination == "192.0.2.1:4000 by rtp")
        #expect(alice.address == Phone.parse("192.0.2.1:4000"))
    }

    @Test func `RTCP from its own port keeps the sound coming`() {
        let (stage, alice, bob) = call(mux: false)
        var sequence: UInt16 = 0
        while stage.report()?.a.locked == nil, sequence < 20 {
            _ = stage.receive(alice.rtp(sequence), from: alice)
            sequence += 1
        }
        for turn in UInt16(0)..<20 {
            stage.wait(.seconds(10))
            _ = stage.receive(alice.rtcp(), from: "203.0.113.5:4001", port: .rtcp)
            #expect(stage.receive(bob.rtp(turn, source: 0xB0B), from: bob).reason == nil)
        }
    }
}
