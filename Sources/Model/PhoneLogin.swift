// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// From where, and as what, a phone has logged in.
///
/// Kept over restarts, because that is when it matters: known phones come back first, a copied secret is noticed, and a
/// phone that repeats an old password is not taken for somebody who guesses.
public struct PhoneLogin: Hashable, Sendable {
    public let device: DeviceID
    /// The address, or the /64 of an IPv6 address.
    public let source: IPAddress
    /// What it calls itself: the beginning of User-Agent, as it came. Empty where it says nothing.
    public let client: [UInt8]
    /// Which phone it is, by its own word (`+sip.instance`, RFC 5626 §4.1).
    public let instance: [UInt8]?
    public let at: WallTime

    public init(device: DeviceID, source: IPAddress, client: [UInt8], instance: [UInt8]?, at: WallTime) {
        (self.device, self.source, self.client) = (device, source, client)
        (self.instance, self.at) = (instance, at)
    }
}
