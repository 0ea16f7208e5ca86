// SPDX-License-Identifier: Apache-2.0

import Media
import TestKit

/// What conferences cost the studio: each member for 20 ms, with what they say decoded, added up, and what they hear encoded. Only the
/// allocations are a gate: there are none.
func conferenceBenchmark() -> Bool {
    var isFree = true
    for (members, speakers) in [(3, 3), (20, 20), (20, 2), (50, 50), (50, 2)] {
        var conference = BenchConference(members: members, speakers: speakers)
        isFree = conference.measure() && isFree
    }
    return isFree
}

private struct BenchConference {
    private var mixer = Mixer()
    private var lines: [StudioLine] = []
    private var said: [[UInt8]] = []
    private var packet: [UInt8] = []
    private var beats: UInt32 = 0
    private let speakers: Int

    init(members: Int, speakers: Int) {
        self.speakers = speakers
        packet.reserveCapacity(172)
        for member in 0..<members {
            var line = StudioLine(StudioFormat(law: member % 2 == 0 ? .mu : .a, events: 101))
            line.join()
            mixer.join()
            lines.append(line)
            let head: [UInt8] = [0x80, member % 2 == 0 ? 0 : 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, UInt8(member)]
            said.append(head + Tone.sound(hertz: 200 + 40 * member, milliseconds: 20))
        }
    }

    /// 20 ms.
    private mutating func beat() {
        let time = beats * 160
        for member in 0..<speakers {
            for byte in 0..<4 { said[member][4 + byte] = UInt8(truncatingIfNeeded: time >> UInt32(24 - 8 * byte)) }
            let heard = said[member]
            lines[member].hear(heard.span)
        }
        beats += 1
        mixer.begin()
        for member in lines.indices { lines[member].speak(to: &mixer) }
        for member in lines.indices { _ = lines[member].beat(into: &packet, hearing: &mixer) }
    }

    /// The median of 15 batches of a second.
    mutating func measure() -> Bool {
        for _ in 0..<100 { beat() }
        let count = allocations { for _ in 0..<50 { beat() } }
        let times = (0..<15).map { _ in processorTime(of: { for _ in 0..<50 { beat() } }) }.sorted()
        let nanoseconds = times[times.count / 2] / UInt64(50 * lines.count)
        print(
            "\(count == 0 ? "ok  " : "FAIL") conference of \(lines.count), \(speakers) speak: "
                + "\(nanoseconds) ns a member for 20 ms, \(count) allocations"
        )
        return count == 0
    }
}
