// SPDX-License-Identifier: Apache-2.0

public import Model

/// Proof that a phone may take a call from another one. Only ``PickupRules`` makes one, and taking a place in a call takes
/// one. A call keeps it, and asks again when the settings change.
public struct PickupPermit: Sendable {
    /// Where the call was.
    enum Place: Sendable {
        case ringing(ExtensionNumber)
        case talking(ExtensionNumber)
        /// By whom.
        case parked(ExtensionNumber)
    }

    public let phone: Device
    let place: Place
    let signallingIsSecure: Bool

    /// Why it would not be given under these settings; `nil` while it stands.
    public func refusal(in snapshot: Snapshot) -> CallRefusal? {
        PickupRules.refusal(of: phone, at: place, signallingIsSecure, in: snapshot)
    }
}
