// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// A call that is up or being set up.
public struct CallReport: Hashable, Sendable, Codable {
    /// The id of its record.
    public let id: String
    public let caller: Participant
    public let callee: Participant
    public let startedAt: WallTime
    /// `nil` while it rings.
    public let answeredAt: WallTime?
    public let callerProtection: LegProtection?
    public let calleeProtection: LegProtection?
    /// Where it waits to be taken; `nil` for one that is not parked.
    public let place: ParkingPlace?
    /// The most that its legs to the outside have cost so far: all that was reserved for them; `nil` for a call inside.
    public let cost: Money?

    public init(
        id: String,
        caller: Participant,
        callee: Participant,
        startedAt: WallTime,
        answeredAt: WallTime?,
        callerProtection: LegProtection?,
        calleeProtection: LegProtection?,
        place: ParkingPlace? = nil,
        cost: Money? = nil
    ) {
        (self.id, self.caller, self.callee) = (id, caller, callee)
        (self.startedAt, self.answeredAt) = (startedAt, answeredAt)
        (self.callerProtection, self.calleeProtection) = (callerProtection, calleeProtection)
        (self.place, self.cost) = (place, cost)
    }

    func involves(_ number: ExtensionNumber) -> Bool { caller.number == number || callee.number == number }
}
