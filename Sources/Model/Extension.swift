// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A number of the business that can be called, with the phones enrolled for it.
public struct Extension: Hashable, Sendable, Codable {
    public let number: ExtensionNumber
    public var name: String
    /// A disabled extension registers no phone, makes no call and takes none.
    public var isEnabled: Bool
    /// Extensions of one group take each other's calls while they ring. `nil` is no group.
    public var pickupGroup: PickupGroup?
    /// Where its phones may forward its calls to.
    public var forwarding: ForwardingPolicy
    /// Keeps it although nobody uses it; `nil` for most.
    public var reservation: Reservation?
    public let createdAt: WallTime

    public init(
        number: ExtensionNumber,
        name: String,
        isEnabled: Bool = true,
        pickupGroup: PickupGroup? = nil,
        forwarding: ForwardingPolicy = .nobody,
        reservation: Reservation? = nil,
        createdAt: WallTime
    ) {
        (self.number, self.name, self.isEnabled, self.createdAt) = (number, name, isEnabled, createdAt)
        (self.pickupGroup, self.forwarding, self.reservation) = (pickupGroup, forwarding, reservation)
    }
}
