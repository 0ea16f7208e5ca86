// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import TestKit
import Testing

@Suite("RFC 3550 §6: what of RTCP goes on")
struct ControlTranslationTests {
    private static let source: UInt32 = 0x1234_5678

    private func part(_ type: UInt8, count: Int = 0, _ words: [UInt32]) -> [UInt8] {
        [0x80 | UInt8(count), type, 0, UInt8(words.count)] + words.flatMap(Packets.bytes)
    }

    private func item(_ kind: UInt8, _ text: String) -> [UInt8] { [kind, UInt8(text.utf8.count)] + Array(text.utf8) }

    private func description(_ items: [UInt8]) -> [UInt8] {
        var chunk = Packets.bytes(Self.source) + items + [0]
        while chunk.count % 4 != 0 { chunk.append(0) }
        return [0x81, 202, 0, UInt8(chunk.count / 4)] + chunk
    }

    private func sender(_ blocks: [[UInt32]] = []) -> [UInt8] {
        part(200, count: blocks.count, [Self.source, 0xE000_0001, 0x8000_0000, 160, 50, 8_000] + blocks.flatMap { $0 })
    }

    private func word(_ bytes: [UInt8], _ index: Int) -> UInt32 {
        guard bytes.count >= 4 * index + 4 else { return 0 }
        return bytes[4 * index..<4 * index + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }

    private func control(_ plain: [UInt8], by alice: Phone, to bob: Phone, on stage: Stage) -> [[UInt8]] {
        guard case .packet(let heard) = bob.hearsControl(stage.receive(alice.rtcp(plain), from: alice).packet) else {
            return []
        }
        return Packets.parts(of: heard)
    }

    @Test func `no text of a phone reaches the other`() {
        let (stage, alice, bob) = Stage.talking()
        let texts = ["alice@192.168.178.23", "Alice", "\u{1B}[2J", "room 5", "softphone 1.0", "prefix"]
        let items = texts.enumerated().flatMap { item(UInt8($0.offset + 1), $0.element) }
        let reason = Array("I am off.".utf8)
        let bye = [0x81, 203, 0, 4] + Packets.bytes(Self.source) + [UInt8(reason.count)] + reason + [0, 0]
        let app = part(204, [Self.source, 0x4E41_4D45, 0x5445_5854])
        let extended = part(207, [Self.source, 0x4242_4242])
        let heard = control(sender() + description(items) + bye + app + extended, by: alice, to: bob, on: stage)
        #expect(heard.map { $0[1] } == [200, 202])
        let all = String(decoding: heard.flatMap { $0 }, as: UTF8.self)
        for text in texts + ["I am off", "NAME", "BBBB"] { #expect(!all.contains(text), "\(text)") }
    }

    @Test func `what is left is a name of ours for the stream that the listener hears`() throws {
        let (stage, alice, bob) = Stage.talking()
        let numbers = try #require(bob.numbers(stage.receive(alice.rtp(1), from: alice).packet))
        let names = (0..<2).map { _ in
            control(sender() + description(item(1, "x")), by: alice, to: bob, on: stage).last ?? []
        }
        let name = try #require(names.first)
        #expect(name.prefix(4) == [0x81, 202, 0, 6] && name.count == 28 && names[0] == names[1])
        #expect(word(name, 1) == numbers.source && name[8] == 1 && name[9] == 16)
        #expect(name[10..<26].allSatisfy { "0123456789abcdef".utf8.contains($0) } && name.suffix(2) == [0, 0])
        let other = control(Packets.rtcp(source: 0xB0B), by: bob, to: alice, on: stage).last ?? []
        #expect(other.count == 28 && other[10..<26] != name[10..<26], "each leg has its own")
    }

    @Test func `a sender's report speaks of our stream, with the timestamps that go with it`() throws {
        let (stage, alice, bob) = Stage.talking()
        // A second phone on the leg: its timestamps are moved.
        let carol = Phone("192.0.2.3:6000", seed: 3)
        stage.apply(.update(RelayID(rawValue: 1), .a, .network(carol.media())))
        stage.wait(.seconds(1))
        let numbers = try #require(bob.numbers(stage.receive(carol.rtp(7, source: 5), from: carol).packet))
        let plain = part(200, [5, 1, 2, 7 * 160 + 80, 50, 8_000])
        let heard = try #require(control(plain, by: carol, to: bob, on: stage).first)
        #expect(
            (0..<7).map { word(heard, $0) } == [0x80C8_0006, numbers.source, 1, 2, numbers.timestamp + 80, 50, 8_000]
        )
        _ = alice
    }

    @Test func `before the listener has met a stream, what was sent of it is no use to him`() {
        let (stage, alice, bob) = Stage.call()
        let heard = control(sender(), by: alice, to: bob, on: stage)
        #expect(heard.map { $0[1] } == [201, 202] && heard.first?.count == 8)
    }

    @Test func `a report of what was received speaks of the phone's own stream and numbers`() throws {
        let (stage, alice, bob) = Stage.talking()
        // Bob's numbers begin anew, so that Alice hears other ones than he sends.
        let fromBob = try #require(alice.numbers(stage.receive(bob.rtp(40_000, source: 0xB0C), from: bob).packet))
        let about: [UInt32] = [fromBob.source, 0x0100_0002, UInt32(fromBob.sequence), 3, 4, 5]
        let others: [UInt32] = [0xDEAD_BEEF, 1, 2, 3, 4, 5]
        for plain in [sender([others, about, about]), part(201, count: 2, [Self.source] + others + about)] {
            let heard = try #require(control(plain, by: alice, to: bob, on: stage).first)
            let fixed = heard[1] == 200 ? 7 : 2
            #expect(heard[0] == 0x81 && heard.count == 4 * fixed + 24, "one block, whatever else was said")
            #expect((fixed..<fixed + 6).map { word(heard, $0) } == [0xB0C, 0x0100_0002, 40_000, 3, 4, 5])
        }
    }

    @Test func `feedback and what is unknown goes no further`() {
        let (stage, alice, _) = Stage.talking()
        for type in [UInt8](192...223) where type != 200 && type != 201 {
            let outcome = stage.receive(alice.rtcp(part(type, count: 1, [Self.source, 1, 2])), from: alice)
            #expect(outcome == .dropped(.notRelayed), "\(type)")
        }
    }

    @Test func `a report that announces more than it has is dropped`() {
        let (stage, alice, bob) = Stage.talking()
        for plain in [part(201, count: 1, [Self.source, 1, 2]), part(200, [Self.source, 1, 2]), sender([[1, 2, 3]])] {
            #expect(stage.receive(alice.rtcp(plain), from: alice) == .dropped(.malformed))
        }
        #expect(bob.hearsReports(stage.receive(alice.rtcp(), from: alice).packet) == [201, 202])
    }

    @Test func `in a buffer with no more room than protection needs, the name is left out`() {
        let (stage, alice, bob) = Stage.talking()
        let outcome = stage.receive(alice.rtcp(), from: alice.address, port: .rtp, room: 0)
        #expect(bob.hearsReports(outcome.packet) == [201])
    }

    @Test func `of whatever bytes a phone protects, only reports and our name come out`() {
        let (stage, alice, bob) = Stage.talking()
        var random = SplitMix(11)
        var passed = 0
        for _ in 0..<4_000 {
            var plain: [UInt8] = []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let words = Int.random(in: 1...40, using: &random)
                plain += [
                    UInt8.random(in: 0x80...(words > 20 ? 0x81 : 0x9F), using: &random),
                    UInt8.random(in: 198...207, using: &random), 0,
                ]
                plain.append(UInt8(words))
                plain += (0..<words * 4).map { _ in UInt8.random(in: 0...255, using: &random) }
            }
            if plain.count > 16, Bool.random(using: &random) { plain.removeLast(Int.random(in: 1...8, using: &random)) }
            if Bool.random(using: &random) { plain[Int.random(in: 0..<plain.count, using: &random)] ^= 0x20 }
            // One source: the key has room for a limited number.
            plain.replaceSubrange(4..<8, with: Packets.bytes(Self.source))
            let outcome = stage.receive(alice.rtcp(plain), from: alice)
            stage.wait(.milliseconds(10))
            guard outcome.reason == nil else { continue }
            passed += 1
            let types = bob.hearsReports(outcome.packet)
            #expect(types == [200, 202] || types == [201, 202])
        }
        #expect(passed > 100)
    }
}
