// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// What people were told of late, of one severity and from one side. Never holds more than ``Limits/alerts``.
struct AlertTable: Sendable, Codable {
    struct Name: Hashable, Sendable, Codable {
        let severity: Finding.Severity
        /// Whether strangers decide how much there is of it.
        let isOfStrangers: Bool
    }

    /// Something that people may be told.
    struct Occasion: Sendable {
        let code: Finding.Code
        /// Where it comes from, or what it says: what tells it from others of its code.
        let detail: String
        /// Whom it is about, where each thing that happens to them is told; else `nil`.
        let subject: String?
        /// How long it is not told again.
        let again: Duration
    }

    private struct Key: Hashable, Codable {
        let code: Finding.Code
        let detail: String
    }

    private struct Told: Codable {
        let at: WallTime
        let subject: String?
        let again: Duration
        /// How many of the same subject were not told since.
        var unsaid = 0

        /// Both ways, because a clock may be set back.
        func isRecent(at now: WallTime) -> Bool { at <= now && now < at + again }
    }

    private let name: Name
    private var told: [Key: Told] = [:]
    /// How many were not told for want of room.
    private var unsaid = 0

    init(_ name: Name) { self.name = name }

    /// Takes note of something.
    ///
    /// - Returns: How many others were not told that are to be mentioned now; `nil` where this is not told either.
    mutating func take(_ occasion: Occasion, at now: WallTime) -> Int? {
        let key = Key(code: occasion.code, detail: occasion.detail)
        if let before = told[key], before.isRecent(at: now) { return nil }
        if isTooMuch(occasion, at: now) { return nil }
        let left = takeUnsaid(occasion)
        if told.count >= Limits.alerts { told = told.filter { $0.value.isRecent(at: now) } }
        if told.count >= Limits.alerts {
            guard mayMakeRoom(for: occasion), let oldest = told.min(by: { $0.value.at < $1.value.at })?.key else {
                unsaid += 1 + left
                return nil
            }
            told[oldest] = nil
        }
        told[key] = Told(at: now, subject: occasion.subject, again: occasion.again)
        defer { unsaid = 0 }
        return left + unsaid
    }

    /// Whether people have heard enough of the same about one subject for now. What is critical is never too much.
    private mutating func isTooMuch(_ occasion: Occasion, at now: WallTime) -> Bool {
        guard name.severity < .critical, let subject = occasion.subject else { return false }
        let same = told.filter {
            $0.key.code == occasion.code && $0.value.subject == subject && $0.value.isRecent(at: now)
        }
        guard same.count >= Limits.alertsOfOne, let last = same.max(by: { $0.value.at < $1.value.at })?.key else {
            return false
        }
        told[last]?.unsaid += 1
        return true
    }

    /// What was not told about the same subject: it is mentioned once.
    private mutating func takeUnsaid(_ occasion: Occasion) -> Int {
        guard let subject = occasion.subject else { return 0 }
        var count = 0
        for (key, before) in told where key.code == occasion.code && before.subject == subject && before.unsaid > 0 {
            count += before.unsaid
            told[key]?.unsaid = 0
        }
        return count
    }

    /// What is critical is told in any case when it happens in the house, and of strangers the first of its kind is.
    private func mayMakeRoom(for occasion: Occasion) -> Bool {
        guard name.severity == .critical else { return false }
        return !name.isOfStrangers || !told.keys.contains { $0.code == occasion.code }
    }
}
