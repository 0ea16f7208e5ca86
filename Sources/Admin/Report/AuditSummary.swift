// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What an audit found, as it is shown. The audit itself is in `Audit`, which this module does not know: whoever makes the
/// ``Administrator`` hands it in.
public struct AuditSummary: Hashable, Sendable, Codable {
    public let at: WallTime
    /// Whether every control holds.
    public let holds: Bool
    public let outcomes: [ControlOutcome]
    /// The whole report for a terminal.
    public let text: String
    /// The whole report as JSON.
    public let json: String

    public init(at: WallTime, holds: Bool, outcomes: [ControlOutcome], text: String, json: String) {
        (self.at, self.holds, self.outcomes, self.text, self.json) = (at, holds, outcomes, text, json)
    }
}
