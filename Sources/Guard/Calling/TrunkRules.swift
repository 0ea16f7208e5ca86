// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// How calls go by trunks: in the clear or not, and when one that a trunk did not take goes on to another.
public enum TrunkRules {
    /// How many calls a trunk may carry when one more to such a target is added: a line is kept for who calls for help.
    public static func lines(of trunk: Trunk, for target: Participant) -> Int {
        if case .emergency = target { return trunk.calls }
        return max(1, trunk.calls - 1)
    }

    /// Whether the audio of a leg over a trunk goes in the clear: only while the exception of the trunk stands, and never where the
    /// provider offers keys over signalling that nobody on the way can read.
    ///
    /// - Parameter media: What the provider offers; `nil` where we offer, or it left the offer to us.
    public static func isPlain(
        _ trunk: Trunk,
        offering media: CallAttempt.Media? = nil,
        signallingIsSecure: Bool = false,
        at now: WallTime
    ) -> Bool {
        trunk.mayBePlain(at: now) && !(signallingIsSecure && media == .encrypted)
    }

    /// Only trouble of the trunk itself is a reason: the provider is silent, cannot be reached or says that it fails. What it
    /// refuses may be refused for fraud, and a number that is busy is busy everywhere.
    ///
    /// - Parameters:
    ///   - status: The final one that the provider gave; 408 for silence.
    ///   - hasRung: Whether the caller was told that it rings, and may have heard somebody.
    ///   - isForHelp: A call for help goes on whatever a provider says of it.
    public static func overflows(_ status: Int, hasRung: Bool, isForHelp: Bool = false) -> Bool {
        if isForHelp { return true }
        guard !hasRung else { return false }
        return status == 408 || (500..<600 ~= status && status != 501 && status != 505 && status != 513)
    }
}
