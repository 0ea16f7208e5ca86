// SPDX-License-Identifier: Apache-2.0

import Primitives
import TestKit
import Testing

@testable import Media

@Suite("RFC 3550 §2.3: a mixer, in which each hears all others and never themselves")
struct MixerTests {
    /// Some lines that talk with each other, each of whom says one value.
    private struct Conference {
        var mixer = Mixer()
        var lines: [StudioLine] = []
        private var round: UInt32 = 0

        init(_ laws: [G711Law]) {
            for law in laws {
                var line = StudioLine(StudioFormat(law: law, events: 101))
                line.join()
                mixer.join()
                lines.append(line)
            }
        }

        /// 20 ms: everybody says their value, or nothing.
        mutating func talk(_ values: [Int16?], in laws: [G711Law]) -> [[UInt8]] {
            for (place, value) in values.enumerated() {
                guard let value else { continue }
                let byte = laws[place] == .mu ? G711.mu(value) : G711.a(value)
                hear(laws[place].payloadType, [UInt8](repeating: byte, count: 160), place)
            }
            round += 1
            mixer.begin()
            for place in lines.indices { lines[place].speak(to: &mixer) }
            return lines.indices.map { place in
                var packet: [UInt8] = []
                _ = lines[place].beat(into: &packet, hearing: &mixer)
                return packet
            }
        }

        mutating func hear(_ type: UInt8, _ payload: [UInt8], _ place: Int) {
            let time = round * 160
            let head: [UInt8] = [
                0x80, type, UInt8(truncatingIfNeeded: round >> 8), UInt8(truncatingIfNeeded: round),
                UInt8(truncatingIfNeeded: time >> 24), UInt8(truncatingIfNeeded: time >> 16),
                UInt8(truncatingIfNeeded: time >> 8), UInt8(truncatingIfNeeded: time), 0, 0, 0, UInt8(place + 1),
            ]
            lines[place].hear((head + payload).span)
        }

        /// The signal that somebody came is over, and the jitter buffers are filled.
        mutating func settle(_ values: [Int16?], in laws: [G711Law]) {
            for _ in 0..<20 * lines.count { _ = talk(values, in: laws) }
        }
    }

    private static func value(_ packet: [UInt8]) -> Int {
        Int(packet[1] & 0x7F == 0 ? G711.linear(mu: packet[100]) : G711.linear(a: packet[100]))
    }

    @Test func `each of three hears the sum of the two others`() {
        let laws: [G711Law] = [.mu, .a, .mu]
        var room = Conference(laws)
        let said: [Int16?] = [1_000, 3_000, -8_000]
        room.settle(said, in: laws)
        let heard = room.talk(said, in: laws).map(Self.value)
        for (place, rest) in [-5_000, -7_000, 4_000].enumerated() {
            #expect(abs(heard[place] - rest) < 500, "\(place) hears \(heard[place])")
        }
    }

    @Test func `whoever says nothing hears all, and nobody hears a silent one`() {
        let laws: [G711Law] = [.mu, .mu, .a, .mu]
        var room = Conference(laws)
        let said: [Int16?] = [2_000, nil, nil, nil]
        room.settle(said, in: laws)
        let packets = room.talk(said, in: laws)
        #expect(packets.allSatisfy { $0.count == 172 })
        #expect(abs(Self.value(packets[0])) < 10, "they do not hear themselves")
        for place in 1...3 { #expect(abs(Self.value(packets[place]) - 2_000) < 100) }
    }

    @Test func `what is louder than a telephone can say is as loud as it can, and does not turn over`() {
        let laws = [G711Law](repeating: .mu, count: 20)
        var room = Conference(laws)
        let said = [Int16?](repeating: 32_000, count: 20)
        room.settle(said, in: laws)
        #expect(room.talk(said, in: laws).map(Self.value).allSatisfy { $0 > 31_000 })
        let low = [Int16?](repeating: -32_000, count: 20)
        room.settle(low, in: laws)
        #expect(room.talk(low, in: laws).map(Self.value).allSatisfy { $0 < -31_000 })
    }

    @Test func `keys are for the studio and for nobody in the room`() {
        let laws: [G711Law] = [.mu, .mu]
        var room = Conference(laws)
        room.settle([nil, nil], in: laws)
        room.hear(101, [5, 0x0A, 0, 160], 0)
        let packets = room.talk([nil, nil], in: laws)
        #expect(packets[1][12...].allSatisfy { $0 == 0xFF } && packets[1].count == 172)
        #expect(room.lines[0].takeNews() == [PhoneKey(code: 5)].compactMap { $0 }.map { .pressed($0) })
    }

    @Test func `I03 whoever comes and whoever goes is heard, and what was said before is not`() {
        let laws: [G711Law] = [.mu, .mu]
        var room = Conference(laws)
        room.settle([nil, nil], in: laws)
        let energy = { (packet: [UInt8]) in packet[12...].reduce(0) { $0 + Int(G711.linear(mu: $1).magnitude) } / 160 }
        #expect(room.talk([nil, nil], in: laws).map(energy) == [0, 0])
        room.mixer.join()
        #expect(room.talk([nil, nil], in: laws).map(energy).allSatisfy { $0 > 500 })
        room.settle([nil, nil], in: laws)
        #expect(room.talk([nil, nil], in: laws).map(energy) == [0, 0])
        room.mixer.leave()
        #expect(room.talk([nil, nil], in: laws).map(energy).allSatisfy { $0 > 500 })
        room.settle([nil, nil], in: laws)
        // Two at once are heard as two, also by somebody to whom something is said.
        room.lines[0].say([UInt8](repeating: 0xFF, count: 8_000), 1)
        room.mixer.join()
        room.mixer.join()
        for _ in 0..<28 { #expect(room.talk([nil, nil], in: laws).map(energy).allSatisfy { $0 > 100 }) }
        #expect(room.talk([nil, nil], in: laws).map(energy) == [0, 0])
        var late = StudioLine(StudioFormat(law: .mu, events: nil))
        late.hear(([0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9] + [UInt8](repeating: 0x80, count: 160)).span)
        late.join()
        var (mixer, packet) = (Mixer(), [UInt8]())
        for _ in 0..<10 {
            mixer.begin()
            late.speak(to: &mixer)
            _ = late.beat(into: &packet, hearing: &mixer)
            #expect(packet[12...].allSatisfy { $0 == 0xFF })
        }
    }

    @Test func `what is said to one is heard by them alone`() {
        let laws: [G711Law] = [.mu, .mu]
        var room = Conference(laws)
        let said: [Int16?] = [4_000, 4_000]
        room.settle(said, in: laws)
        room.lines[0].say([UInt8](repeating: 0xFF, count: 320), 3)
        #expect(room.talk(said, in: laws)[0][12...].allSatisfy { $0 == 0xFF })
        #expect(abs(Self.value(room.talk(said, in: laws)[1]) - 4_000) < 200)
        #expect(room.lines[0].takeNews() == [.said(3)])
        #expect(abs(Self.value(room.talk(said, in: laws)[0]) - 4_000) < 200)
    }

    @Test func `who is silent for a while and goes on is heard again`() {
        let laws: [G711Law] = [.mu, .mu]
        var room = Conference(laws)
        room.settle([3_000, nil], in: laws)
        room.settle([nil, nil], in: laws)
        #expect(Self.value(room.talk([nil, nil], in: laws)[1]) == 0)
        room.settle([3_000, nil], in: laws)
        #expect(abs(Self.value(room.talk([3_000, nil], in: laws)[1]) - 3_000) < 200)
    }

    @Test func `a studio that was held up does not hear somebody late for ever`() {
        var (buffer, frame) = (JitterBuffer(), [Int16](repeating: 0, count: 160))
        for index in UInt32(0)..<20 {
            let sound = [UInt8](repeating: UInt8(index + 1), count: 160)
            buffer.put(sound.span, source: 1, timestamp: index * 160)
        }
        let isHeard = buffer.take(into: &frame)
        #expect(isHeard)
        // 180 ms of the 400 that came are left to be said.
        #expect(frame.allSatisfy { $0 == G711.linear(mu: 12) })
    }
}
