// SPDX-License-Identifier: Apache-2.0

/// What a call may do whose record the disk does not take.
///
/// A record that is missing is a bill nobody can check, and no reason to leave people without a telephone.
public enum RecordRules {
    /// Where the other end of a call is.
    public enum Reach: Hashable, Sendable, CaseIterable {
        /// A phone or a service of this business.
        case inside
        /// Somebody who helps, whatever it costs.
        case emergency
        /// Somebody on another network, which costs money.
        case outside
    }

    /// - Returns: Why the call is not answered; `nil` where it goes on, and its record waits for the disk in memory.
    public static func refusal(ofUnrecorded reach: Reach) -> CallRefusal? {
        switch reach {
        case .inside, .emergency: nil
        case .outside:
            CallRefusal(status: 503, control: nil, reason: "its record could not be written to disk")
        }
    }
}
