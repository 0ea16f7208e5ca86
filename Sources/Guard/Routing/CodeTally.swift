// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// How often an extension changes its settings by codes: each time is a line in the journal, which nobody may fill.
public struct CodeTally: Sendable {
    private struct Hour: Sendable {
        var begin: WallTime
        var changes = 0
    }

    /// Of extensions, of which there are only so many.
    private var hours: [ExtensionNumber: Hour] = [:]

    public init() {}

    /// Counts a change.
    ///
    /// - Returns: Why it is one too many; `nil` when it is not.
    public mutating func refusal(ofChangeBy number: ExtensionNumber, at now: WallTime) -> CallRefusal? {
        var hour = hours[number] ?? Hour(begin: now)
        if now < hour.begin || now - hour.begin >= Limits.codeHour { hour = Hour(begin: now) }
        defer { hours[number] = hour }
        guard hour.changes < Limits.codeChanges else {
            return CallRefusal(
                403,
                "extension \(number) changed its settings \(Limits.codeChanges) times within an hour; wait, or ask an operator"
            )
        }
        hour.changes += 1
        return nil
    }

    /// Forgets extensions that are no more.
    public mutating func keep(_ isThere: (ExtensionNumber) -> Bool) { hours = hours.filter { isThere($0.key) } }
}
