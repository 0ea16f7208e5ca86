// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Testing

@testable import Server

@Suite("A studio and its conferences")
struct StudioFloorTests {
    /// A studio with seats in conferences, and what each hears.
    private struct Scene {
        var floor = StudioFloor()
        let door = StudioDoor()
        private var beats: UInt32 = 0

        mutating func begin(_ conferences: [UInt64: UInt64]) -> [StudioNews] {
            let seats = conferences.sorted { $0.key < $1.key }.flatMap { seat, conference -> [StudioCommand] in
                let (id, room) = (RelayID(rawValue: seat), ConferenceID(RelayID(rawValue: conference)))
                return [.begin(id, StudioFormat(law: .mu, events: 101)), .join(id, room)]
            }
            return floor.beat(seats, door)
        }

        /// Some say a value for two seconds: that several came is over by then.
        ///
        /// - Returns: The last value that each seat heard.
        mutating func talk(_ values: [UInt64: Int16], _ commands: [StudioCommand] = []) -> [UInt64: Int] {
            var heard: [UInt64: Int] = [:]
            for beat in 0..<100 {
                let time = beats * 160
                beats += 1
                let bytes = (0..<4).map { UInt8(truncatingIfNeeded: time >> UInt32(24 - 8 * $0)) }
                for (seat, value) in values {
                    let sound = [UInt8](repeating: G711.mu(value), count: 160)
                    let head = [0x80, 0, 0, UInt8(truncatingIfNeeded: beats)] + bytes
                    let packet = head + [0, 0, 0, UInt8(seat)] + sound
                    packet.withUnsafeBufferPointer { door.heard.put($0, RelayID(rawValue: seat)) }
                }
                _ = floor.beat(beat == 0 ? commands : [], door)
                while door.said.take({ packet, id, _ in heard[id.rawValue] = Int(G711.linear(mu: packet[100])) }) {}
            }
            return heard
        }
    }

    @Test func `each hears the others of their conference, and nobody of another one`() {
        var scene = Scene()
        #expect(scene.begin([1: 9, 2: 9, 3: 9, 4: 10, 5: 10]).isEmpty)
        let heard = scene.talk([1: 1_000, 2: 2_000, 4: 8_000])
        let expected = [1: 2_000, 2: 1_000, 3: 3_000, 4: 0, 5: 8_000]
        for (seat, value) in expected { #expect(abs((heard[UInt64(seat)] ?? 99) - value) < 200, "\(seat)") }
        #expect(heard.count == 5)
    }

    @Test func `who leaves is heard no more, and who plays music to somebody disturbs no conference`() {
        var scene = Scene()
        _ = scene.begin([1: 9, 2: 9, 3: 9])
        _ = scene.talk([1: 1_000, 2: 2_000])
        let left = scene.talk([1: 1_000, 2: 2_000], [.end(RelayID(rawValue: 2))])
        #expect(left[2] == nil && abs((left[3] ?? 99) - 1_000) < 100 && abs(left[1] ?? 99) < 20)
        let id = RelayID(rawValue: 8)
        let music: [StudioCommand] = [
            .begin(id, StudioFormat(law: .mu, events: nil)), .play(id, [UInt8](repeating: G711.mu(5_000), count: 300)),
        ]
        let heard = scene.talk([1: 1_000], music)
        #expect(abs((heard[8] ?? 0) - 5_000) < 200 && abs((heard[3] ?? 99) - 1_000) < 100)
    }

    @Test func `a business has no more lines than are left for others`() {
        var scene = Scene()
        let news = scene.begin(Dictionary(uniqueKeysWithValues: (1...150).map { ($0, 9) }))
        #expect(news.map(\.what) == Array(repeating: .full, count: 50))
        #expect(scene.talk([:]).count == 100)
    }
}
