// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
import Primitives
import Store

/// When something that was allowed for a while ends, as an operator types it.
///
/// `8h`, `30m` and `14d` count from now. `2026-12-24` is until that day is over, `2026-12-24T18:00` until that minute; both by the
/// clock on the wall of the business, or in UTC where it has not said where it is.
enum EndTime {
    private static let units: [Character: Int64] = ["m": 60, "h": 3_600, "d": 86_400]

    static func read(_ text: String, zone: String?, at now: WallTime) throws(Refusal) -> WallTime {
        guard let end = moment(text, zone: zone, at: now) else { throw .noEnd(text) }
        guard end > now else { throw .past(text) }
        return end
    }

    /// The moment that is meant, also one that is over; `nil` for what is none.
    static func moment(_ text: String, zone: String?, at now: WallTime) -> WallTime? {
        span(text, after: now) ?? moment(text, zone: zone)
    }

    private static func span(_ text: String, after now: WallTime) -> WallTime? {
        guard (2...6).contains(text.utf8.count), let unit = text.last.flatMap({ units[$0] }),
            text.dropLast().utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let count = Int64(text.dropLast())
        else { return nil }
        return now + .seconds(count * unit)
    }

    private static func moment(_ text: String, zone: String?) -> WallTime? {
        let halves = text.split(separator: "T", omittingEmptySubsequences: false)
        guard (1...2).contains(halves.count), let day = numbers(halves[0], "-", digits: [4, 2, 2]) else { return nil }
        guard let time = halves.count == 2 ? numbers(halves[1], ":", digits: [2, 2]) : [24, 0] else { return nil }
        guard (1_970...9_999).contains(day[0]), (0..<24).contains(time[0]) || halves.count == 1, time[1] < 60 else {
            return nil
        }
        return date(day, time, zone)
    }

    private static func date(_ day: [Int], _ time: [Int], _ zone: String?) -> WallTime? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone.flatMap { TimeZone(identifier: $0) } ?? .gmt
        let parts = DateComponents(year: day[0], month: day[1], day: day[2])
        guard parts.isValidDate(in: calendar), let start = calendar.date(from: parts),
            let end = time[0] == 24
                ? calendar.date(byAdding: .day, value: 1, to: start)
                : calendar.date(bySettingHour: time[0], minute: time[1], second: 0, of: start)
        else { return nil }
        return WallTime(milliseconds: Int64((end.timeIntervalSince1970 * 1_000).rounded()))
    }

    /// Groups of digits of exactly these lengths.
    private static func numbers(_ text: Substring, _ separator: Character, digits: [Int]) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == digits, parts.allSatisfy({ $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }) else {
            return nil
        }
        return parts.compactMap { Int($0) }
    }
}

extension Administrator {
    /// What somebody typed behind `--until`.
    func end(_ text: String) throws(Refusal) -> WallTime {
        try EndTime.read(text, zone: store.snapshot.hours?.zone, at: now())
    }
}

extension Refusal {
    fileprivate static func noEnd(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is no time to end at.",
            reason: "an end is so many minutes, hours or days from now, or a day",
            remedy: "give one like these: --until 8h, --until 14d, --until 2026-12-24, --until 2026-12-24T18:00"
        )
    }

    fileprivate static func past(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is over.",
            reason: "what ends before it begins allows nothing",
            remedy: "give a time to come, such as --until 8h"
        )
    }
}
