// SPDX-License-Identifier: Apache-2.0

/// What may be heard before a call is answered, and so before its record says that it was.
public enum EarlyMediaRules {
    public enum Decision: Hashable, Sendable {
        /// The caller hears its own phone's ringing tone.
        case none
        /// The caller hears what the called phone plays. Nothing of the caller's goes the other way: who has not been
        /// answered is not listened to.
        case towardsCaller
    }

    /// - Parameter phones: How many phones ring. With several, nobody can say whose sound the caller should hear.
    public static func decide(phones: Int) -> Decision { phones == 1 ? .towardsCaller : .none }
}
