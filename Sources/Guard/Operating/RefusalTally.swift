// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Which refusals are written down: some an hour of each account, and how many there were besides. So nobody fills the
/// journal by being refused.
public struct RefusalTally: Sendable {
    private struct Hour: Sendable {
        var begin: WallTime
        var written = 0
        var unwritten = 0
    }

    private var hours: [String: Hour] = [:]

    public init() {}

    /// Counts one refusal.
    ///
    /// - Parameter name: Who was refused. Those beyond ``Limits/refusedAccounts`` are counted as one.
    /// - Returns: How many of theirs were not written since the last that was; `nil` when this one is not written either.
    public mutating func write(of name: String, at now: WallTime) -> Int? {
        let key = hours[name] != nil || hours.count < Limits.refusedAccounts ? name : ""
        var hour = hours[key] ?? Hour(begin: now)
        if now < hour.begin || now - hour.begin >= Limits.refusalHour {
            hour = Hour(begin: now, unwritten: hour.unwritten)
        }
        defer { hours[key] = hour }
        guard hour.written < Limits.writtenRefusals else {
            hour.unwritten += 1
            return nil
        }
        hour.written += 1
        defer { hour.unwritten = 0 }
        return hour.unwritten
    }
}
