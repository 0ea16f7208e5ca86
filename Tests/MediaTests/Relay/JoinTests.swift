// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import Testing

@Suite("RFC 5853 §3.2: a leg that moves to another relay")
struct JoinTests {
    private let first = RelayID(rawValue: 1)
    private let second = RelayID(rawValue: 2)

    /// Alice talks with Bob, and Bob's other line with Carol.
    private func stage() -> (Stage, alice: Phone, bob: Phone, line: Phone, carol: Phone) {
        let stage = Stage(capacity: 2)
        let (alice, bob) = (Phone("192.0.2.1:4000", seed: 1), Phone("192.0.2.2:5000", seed: 2))
        let (line, carol) = (Phone("192.0.2.2:5002", seed: 3), Phone("192.0.2.3:6000", seed: 4))
        stage.apply(.open(first, a: .network(alice.media()), b: .network(bob.media())))
        stage.apply(.open(second, a: .network(line.media()), b: .network(carol.media())))
        return (stage, alice, bob, line, carol)
    }

    @Test func `it is understood and understands as before, although its sequence numbers had wrapped`() {
        let (stage, alice, _, _, carol) = stage()
        for sequence: UInt16 in [65_534, 65_535, 0, 1] { _ = stage.receive(carol.rtp(sequence), from: carol) }
        _ = stage.receive(alice.rtp(7), from: alice)
        #expect(stage.apply(.join(first, .b, from: second, .b)))
        let said = stage.receive(carol.rtp(2), from: carol)
        #expect(said.destination == "192.0.2.1:4000 by rtp")
        #expect(alice.hears(said.packet) == .packet(Packets.rtp(2)))
        let heard = stage.receive(alice.rtp(8), from: alice)
        #expect(heard.destination == "192.0.2.3:6000 by rtp")
        #expect(carol.hears(heard.packet) == .packet(Packets.rtp(8)))
        #expect(stage.report(1)?.b.packets == 5)
    }

    @Test func `whoever was in its place, and the relay it left, are gone`() {
        let (stage, _, bob, line, _) = stage()
        _ = stage.receive(bob.rtp(1), from: bob)
        stage.apply(.join(first, .b, from: second, .b))
        #expect(stage.count == 1 && stage.report(2) == nil)
        #expect(stage.receive(bob.rtp(2), from: bob).reason == .unknownSource)
        #expect(stage.receive(line.rtp(1), from: line).reason == .unknownSource)
        #expect(!stage.apply(.close(second)))
        // Its place is free again.
        let (dave, erin) = (Phone("192.0.2.4:4000", seed: 5), Phone("192.0.2.5:4000", seed: 6))
        #expect(stage.apply(.open(RelayID(rawValue: 3), a: .network(dave.media()), b: .network(erin.media()))))
    }

    @Test func `into a relay that is not open, it is heard nowhere any more and its place is free`() {
        let (stage, alice, bob, _, _) = stage()
        #expect(!stage.apply(.join(RelayID(rawValue: 9), .a, from: first, .b)))
        #expect(stage.count == 1 && stage.report(1) == nil)
        #expect(stage.receive(alice.rtp(1), from: alice).reason == .unknownSource)
        #expect(stage.receive(bob.rtp(1), from: bob).reason == .unknownSource)
        let (dave, erin) = (Phone("192.0.2.4:4000", seed: 5), Phone("192.0.2.5:4000", seed: 6))
        #expect(stage.apply(.open(RelayID(rawValue: 3), a: .network(dave.media()), b: .network(erin.media()))))
    }

    @Test func `from a relay that is not open, whoever was to make room for it is gone all the same`() {
        let (stage, alice, bob, _, _) = stage()
        #expect(!stage.apply(.join(first, .b, from: RelayID(rawValue: 9), .a)))
        #expect(stage.count == 1 && stage.report(1) == nil)
        #expect(stage.receive(bob.rtp(1), from: bob).reason == .unknownSource)
        #expect(stage.receive(alice.rtp(1), from: alice).reason == .unknownSource)
    }

    @Test func `into itself, nobody hears anybody`() {
        let (stage, alice, _, _, _) = stage()
        #expect(!stage.apply(.join(first, .a, from: first, .b)))
        #expect(stage.count == 1)
        #expect(stage.receive(alice.rtp(1), from: alice).reason == .unknownSource)
    }

    @Test(arguments: [MediaPort.rtp, .rtcp])
    func `a peer that has left hears and says nothing, not even by RTCP, until its place is filled`(port: MediaPort) {
        let (stage, alice, bob, _, _) = stage()
        for phone in [alice, bob] { _ = stage.receive(phone.rtp(1), from: phone) }
        let says = { (phone: Phone, number: UInt16) in
            stage.receive(port == .rtp ? phone.rtp(number) : phone.rtcp(), from: phone)
        }
        var left = bob.media()
        left.isGone = true
        #expect(stage.apply(.update(first, .b, .network(left))))
        #expect(says(bob, 2).reason == .unknownSource)
        #expect(says(alice, 2).reason == .noDestination)
        let dave = Phone("192.0.2.4:4000", seed: 5)
        #expect(stage.apply(.update(first, .b, .network(dave.media()))))
        #expect(says(alice, 3).destination == "192.0.2.4:4000 by rtp")
        #expect(says(dave, 9).destination == "192.0.2.1:4000 by rtp")
        #expect(says(bob, 3).reason == .unknownSource)
    }
}
