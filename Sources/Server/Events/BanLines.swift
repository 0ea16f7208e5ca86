// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import Store

/// Which bans that the system imposed have a line of the journal each, and which share one: strangers decide how many there are.
struct BanLines {
    private static let action = "ban.impose"
    private var begun: WallTime?
    private var written = 0
    private var counted = 0
    private var sources: [String] = []

    /// - Returns: The line of the bans that were counted in an hour that is over, and the line of this one; `nil` where there
    ///   is none.
    mutating func take(_ ban: Ban) throws -> (summary: JournalDraft?, own: JournalDraft?) {
        var summary: JournalDraft?
        // Both ways, because a clock may be set back.
        let age = begun.map { abs(ban.since.milliseconds - $0.milliseconds) }
        if age.map({ $0 >= Int64(Limits.secondsOfBanLines) * 1_000 }) ?? true {
            summary = self.summary()
            (begun, written) = (ban.since, 0)
        }
        guard written < Limits.banLines else {
            counted += 1
            if sources.count < Limits.bansPerLine { sources.append(ban.source.description) }
            return (summary, nil)
        }
        written += 1
        return (summary, try JournalDraft(action: Self.action, subject: ban.source.description, values: ["new": ban]))
    }

    /// The line of those that were counted since the last one.
    mutating func summary() -> JournalDraft? {
        guard counted > 0 else { return nil }
        defer { (counted, sources) = (0, []) }
        return try? JournalDraft(
            action: Self.action,
            subject: "\(counted) more",
            values: Summary(count: counted, sources: sources)
        )
    }

    private struct Summary: Encodable {
        let count: Int
        /// The first ones.
        let sources: [String]
    }
}
