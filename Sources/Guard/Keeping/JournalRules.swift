// SPDX-License-Identifier: Apache-2.0

import Model

/// No change without a trace: what has to be said about a change before it is made.
public enum JournalRules {
    /// What the journal is to say about one change.
    public struct Trace: Hashable, Sendable {
        public let actor: String
        public let action: String
        public let subject: String

        public init(actor: String, action: String, subject: String) {
            (self.actor, self.action, self.subject) = (actor, action, subject)
        }

        fileprivate var isWhole: Bool {
            [actor, action, subject].allSatisfy { text in
                !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            }
        }
    }

    /// Why these changes are not made; `nil` when there is an entry, and each says who did what to whom in printable text.
    public static func refusal(ofChanges count: Int, traces: [Trace]) -> Refusal? {
        guard count > 0 else { return nil }
        let problem = "\(count == 1 ? "The change was" : "\(count) changes were") not made."
        guard !traces.isEmpty else {
            return Refusal(
                .journal,
                problem: problem,
                reason: "nothing was to be written into the journal about it",
                remedy: "make it through the command line, which does: ringfence help"
            )
        }
        guard traces.allSatisfy(\.isWhole) else {
            return Refusal(
                .journal,
                problem: problem,
                reason: "the journal would not say who made it, what was done, or to what",
                remedy: "make it through the command line, which does: ringfence help"
            )
        }
        return nil
    }
}
