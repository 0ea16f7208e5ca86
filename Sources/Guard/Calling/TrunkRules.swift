// SPDX-License-Identifier: Apache-2.0

public import Model

/// When a call that one trunk did not take goes on to another.
public enum TrunkRules {
    /// How many calls a trunk may carry when one more to such a target is added: a line is kept for who calls for help.
    public static func lines(of trunk: Trunk, for target: Participant) -> Int {
        if case .emergency = target { return trunk.calls }
        return max(1, trunk.calls - 1)
    }

    /// Only trouble of the trunk itself is a reason: the provider is silent, cannot be reached or says that it fails. What it
    /// refuses may be refused for fraud, and a number that is busy is busy everywhere.
    ///
    /// - Parameters:
    ///   - status: The final one that the provider gave; 408 for silence.
    ///   - hasRung: Whether the caller was told that it rings, and may have heard somebody.
    public static func overflows(_ status: Int, hasRung: Bool) -> Bool {
        guard !hasRung else { return false }
        return status == 408 || (500..<600 ~= status && status != 501 && status != 505 && status != 513)
    }
}
