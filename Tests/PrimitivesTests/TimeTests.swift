// SPDX-License-Identifier: Apache-2.0

import Glibc
import Primitives
import TestKit
import Testing

@Suite("Times")
struct TimeTests {
    @Test func `a delay goes forward, and the difference gives it back, to the nanosecond`() {
        var generator = SplitMix(1)
        for _ in 0..<1_000 {
            let start = MonotonicTime(nanoseconds: .random(in: 0...1 << 60, using: &generator))
            let delay = Duration.nanoseconds(Int64.random(in: 0...1 << 60, using: &generator))
            #expect((start + delay) - start == delay)
            #expect(start <= start + delay)
        }
    }

    @Test func `a difference is negative when the end comes first`() {
        let (early, late) = (MonotonicTime(nanoseconds: 5), MonotonicTime(nanoseconds: 12))
        #expect(early - late == .nanoseconds(-7))
        #expect(early < late)
    }

    @Test func `a moment on the calendar may go back`() {
        let now = WallTime(milliseconds: 1_000)
        #expect(now + .seconds(-3) == WallTime(milliseconds: -2_000))
        #expect((now + .milliseconds(1_500)) - now == .milliseconds(1_500))
    }

    static let written: [(milliseconds: Int64, text: String)] = [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
    ]

    @Test(arguments: written) func `is written as ISO 8601 in UTC`(milliseconds: Int64, text: String) {
        #expect(WallTime(milliseconds: milliseconds).description == text)
    }

    @Test func `10,000 moments of four thousand years are those of the system's calendar`() {
        var generator = SplitMix(2)
        for _ in 0..<10_000 {
            let seconds = Int.random(in: -62_135_596_800...64_060_588_800, using: &generator)
            #expect(WallTime(milliseconds: Int64(seconds) * 1_000).description == system(seconds) + ".000Z")
        }
    }

    private func system(_ seconds: Int) -> String {
        var (time, parts) = (seconds, tm())
        gmtime_r(&time, &parts)
        let date = [(parts.tm_year + 1_900, 4), (parts.tm_mon + 1, 2), (parts.tm_mday, 2)]
        let clock = [(parts.tm_hour, 2), (parts.tm_min, 2), (parts.tm_sec, 2)]
        return padded(date).joined(separator: "-") + "T" + padded(clock).joined(separator: ":")
    }

    private func padded(_ fields: [(value: Int32, width: Int)]) -> [String] {
        fields.map { String(repeating: "0", count: max(0, $0.width - "\($0.value)".count)) + "\($0.value)" }
    }
}
