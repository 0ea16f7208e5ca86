// SPDX-License-Identifier: Apache-2.0

import Primitives
import TestKit
import Testing

@testable import Media

@Suite("ITU-T G.711, RFC 3550 §5.1 and RFC 4733 §2: a line of the studio")
struct StudioTests {
    private static func rtp(
        _ type: UInt8,
        _ sequence: UInt16,
        _ timestamp: UInt32,
        _ payload: [UInt8],
        source: UInt32 = 7
    ) -> [UInt8] {
        let word = { (value: UInt32) in (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * $0)) } }
        return [0x80, type, UInt8(sequence >> 8), UInt8(truncatingIfNeeded: sequence)] + word(timestamp) + word(source)
            + payload
    }

    private static func key(_ code: UInt8, _ timestamp: UInt32, isEnd: Bool = false, duration: UInt16 = 160) -> [UInt8]
    {
        rtp(101, 1, timestamp, [code, isEnd ? 0x8A : 0x0A, UInt8(duration >> 8), UInt8(truncatingIfNeeded: duration)])
    }

    private static func line(_ law: G711Law = .mu) -> StudioLine { StudioLine(StudioFormat(law: law, events: 101)) }

    @Test func `every byte of both laws is what it was after it was linear`() {
        for byte in UInt8.min...UInt8.max {
            // µ-law has two zeros.
            if byte != 0x7F { #expect(G711.mu(G711.linear(mu: byte)) == byte) }
            #expect(G711.a(G711.linear(a: byte)) == byte)
        }
        #expect(G711.linear(mu: 0xFF) == 0 && G711.linear(mu: 0x80) == 32_124 && G711.linear(mu: 0x00) == -32_124)
        #expect(G711.linear(a: 0xD5) == 8 && G711.linear(a: 0xAA) == 32_256 && G711.linear(a: 0x2A) == -32_256)
    }

    @Test func `no sample is further off than the step of its segment`() {
        for sample in stride(from: Int(Int16.min), through: Int(Int16.max), by: 7) {
            let step = max(16, abs(sample) / 16)
            #expect(abs(Int(G711.linear(mu: G711.mu(Int16(sample)))) - max(-32_635, min(32_635, sample))) <= step)
            #expect(abs(Int(G711.linear(a: G711.a(Int16(sample)))) - max(-32_256, min(32_256, sample))) <= step)
        }
    }

    @Test func `packets count on, 160 samples each, the first with the marker, and silence where nothing is said`() {
        var (line, packet) = (Self.line(.a), [UInt8]())
        line.say(Array(repeating: 0x80, count: 200), 5)
        for index in UInt64(0)..<70_000 {
            #expect(line.beat(into: &packet) == index)
            guard index < 3 || index > 65_530 else { continue }
            #expect(packet.count == 172 && packet[0] == 0x80 && packet[1] == (index == 0 ? 0x88 : 8))
            #expect(UInt16(packet[2]) << 8 | UInt16(packet[3]) == UInt16(truncatingIfNeeded: index))
            #expect(packet.span.word(at: 4) == UInt32(index) * 160)
            if index == 1 {
                #expect(
                    packet[12..<52].allSatisfy { $0 == G711.aOfMu[0x80] } && packet[52...].allSatisfy { $0 == 0xD5 }
                )
            }
        }
        #expect(line.takeNews() == [.said(5)])
    }

    @Test func `a key counts once, however often it is said, and what is no key does not count`() {
        var line = Self.line()
        for duration in [UInt16(160), 320, 480] { line.hear(Self.key(5, 1_000, duration: duration).span) }
        for _ in 0..<3 { line.hear(Self.key(5, 1_000, isEnd: true, duration: 640).span) }
        line.hear(Self.key(11, 9_000, isEnd: true).span)
        line.hear(Self.key(5, 1_000, isEnd: true).span)
        line.hear(Self.key(12, 20_000).span)
        line.hear(Self.rtp(101, 1, 30_000, [1, 0x8A, 0]).span)
        line.hear(Self.rtp(102, 1, 40_000, [1, 0x8A, 0, 160]).span)
        #expect(line.takeNews() == [5, 11].compactMap { PhoneKey(code: $0) }.map { .pressed($0) })
        // Nothing grows of keys that nobody asks for.
        for number in UInt32(1)...1_000 { line.hear(Self.key(1, number * 400 + 100_000).span) }
        #expect(line.takeNews().count == 32)
    }

    @Test func `what is heard is recorded in order, in pieces of a second, and a gap is as long as it was`() {
        var (line, packet) = (Self.line(), [UInt8]())
        line.record(StudioLine.RecordingTerms(longest: 10, silence: 5))
        for index in 0..<150 {
            // One of four comes late, one of ten never.
            let order = index % 4 == 2 ? index + 1 : index % 4 == 3 ? index - 1 : index
            if order % 10 != 9 {
                let sound = [UInt8](repeating: UInt8(order % 100 + 1), count: 160)
                line.hear(Self.rtp(0, UInt16(order), UInt32(order) * 160 &+ 4_294_960_000, sound).span)
            }
            _ = line.beat(into: &packet)
        }
        for _ in 0..<3 { _ = line.beat(into: &packet) }
        line.endRecording()
        let pieces = line.takePieces()
        #expect(pieces.dropLast().allSatisfy { $0.count == 8_000 })
        let sound = pieces.flatMap { $0 }
        #expect(sound.prefix(480).allSatisfy { $0 == 0xFF })
        for index in 0..<140 {
            let expected: UInt8 = index % 10 == 9 ? 0xFF : UInt8(index % 100 + 1)
            #expect(sound[(480 + index * 160)..<(640 + index * 160)].allSatisfy { $0 == expected }, "\(index)")
        }
    }

    @Test func `a recording ends by silence and by its length`() {
        var (line, packet) = (Self.line(), [UInt8]())
        line.record(StudioLine.RecordingTerms(longest: 10, silence: 1))
        for _ in 0..<49 { _ = line.beat(into: &packet) }
        #expect(line.isRecording)
        _ = line.beat(into: &packet)
        #expect(line.takeNews() == [.recorded(.isSilent)] && line.takePieces().isEmpty)
        line.record(StudioLine.RecordingTerms(longest: 1, silence: 1))
        for index in UInt32(0)..<80 {
            line.hear(Self.rtp(8, UInt16(index), index * 160, Array(repeating: 0x2A, count: 160)).span)
            _ = line.beat(into: &packet)
        }
        #expect(line.takeNews() == [.recorded(.isFull)])
        #expect(line.takePieces().flatMap { $0 }.count == 8_000)
    }

    @Test func `a speaker who begins anew, or whose clock jumps, is followed`() {
        var buffer = JitterBuffer()
        let sound = [UInt8](repeating: 9, count: 160)
        for start in [UInt32(0), 2_000_000_000, 5, 4_294_967_290] {
            for index in UInt32(0)..<10 {
                buffer.put(sound.span, source: start, timestamp: start &+ index * 160)
                _ = buffer.take(160)
            }
            #expect(buffer.take(160).allSatisfy { $0 == 9 }, "\(start)")
        }
    }

    @Test func `nothing that a phone sends traps, or makes more than it is`() {
        var (line, packet, random) = (Self.line(), [UInt8](), SplitMix(14))
        line.record(StudioLine.RecordingTerms(longest: 3_600, silence: 3_600))
        for round in 0..<30_000 {
            var bytes = (0..<Int.random(in: 0...400, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if round % 2 == 0, bytes.count > 12 {
                (bytes[0], bytes[1]) = (0x80, [0, 8, 101].randomElement(using: &random) ?? 0)
            }
            line.hear(bytes.span)
            if round % 3 == 0 { _ = line.beat(into: &packet) }
            #expect(packet.isEmpty || packet.count == 172)
        }
        #expect(line.takeNews().count <= 32)
        line.endRecording()
        #expect(line.takePieces().allSatisfy { $0.count <= 8_160 })
    }

    @Test func `a file of another kind is no sound, and no file of bytes traps`() {
        var random = SplitMix(3)
        let head: [UInt8] = Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WAVEfmt ".utf8) + [16, 0, 0, 0, 1, 0, 1, 0]
        let good =
            head + [0x40, 0x1F, 0, 0, 0x80, 0x3E, 0, 0, 2, 0, 16, 0] + Array("data".utf8) + [
                4, 0, 0, 0, 0, 0, 0xFF, 0x7F,
            ]
        #expect(WaveFile.sound(of: good) == [0xFF, 0x80])
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = WaveFile.sound(of: Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))))
        }
    }

    @Test func `a tone is what it says`() {
        let sound = Tone.sound(hertz: 1_000, milliseconds: 500).map { Int(G711.linear(mu: $0)) }
        let crossings = zip(sound, sound.dropFirst()).count { $0 < 0 && $1 >= 0 }
        #expect((498...502).contains(crossings) && (sound.max() ?? 0) > 7_000 && (sound.max() ?? 0) < 8_500)
    }
}

@Suite("RFC 3711 §9.1: an end that plays and records")
struct StudioEndTests {
    private static let id = RelayID(rawValue: 1)

    @Test(arguments: SRTPSuite.allCases)
    func `what a phone says comes out decrypted, and what the studio says is encrypted for it`(suite: SRTPSuite) {
        let stage = Stage()
        let alice = Phone("192.0.2.1:4000", suite: suite, seed: 1)
        stage.apply(.open(Self.id, a: .network(alice.media(signalling: nil)), b: .studio))
        #expect(stage.receive(alice.rtp(3), from: alice) == .heard(Packets.rtp(3), Self.id))
        #expect(stage.receive(alice.rtcp(), from: alice) == .dropped(.notRelayed))
        for index in UInt64(0)..<3 {
            let seen = stage.speak(Packets.rtp(UInt16(index)), index: index)
            #expect(seen.destination == "192.0.2.1:4000 by rtp")
            #expect(alice.hears(seen.packet) == .packet(Packets.rtp(UInt16(index))))
        }
        #expect(stage.receive(Packets.rtp(4), from: alice) == .dropped(.forged))
        stage.apply(.update(Self.id, .a, .network(alice.media(sends: false, receives: false))))
        #expect(stage.speak(Packets.rtp(9), index: 9) == .dropped(.held))
        #expect(stage.receive(alice.rtp(5), from: alice) == .dropped(.held))
        stage.apply(.close(Self.id))
        #expect(stage.speak(Packets.rtp(9), index: 10) == .dropped(.unknownSource))
    }

    @Test func `nothing is said to a call without a studio, or to a third party`() {
        let stage = Stage()
        let alice = Phone("192.0.2.1:4000", seed: 1)
        stage.apply(.open(Self.id, a: .network(alice.media(signalling: nil)), b: .echo))
        #expect(stage.speak(Packets.rtp(1), index: 1) == .dropped(.unknownSource))
        stage.apply(.open(RelayID(rawValue: 2), a: .network(alice.media(signalling: "203.0.113.7")), b: .studio))
        #expect(stage.speak(Packets.rtp(1), index: 1, in: RelayID(rawValue: 2)) == .dropped(.noDestination))
    }
}
