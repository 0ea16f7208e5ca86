// SPDX-License-Identifier: Apache-2.0

public import Model

/// What a conference room is like.
public struct RoomReport: Hashable, Sendable, Codable {
    public let room: ConferenceRoom
    /// Told once, when it is made.
    public var pin: DeliveredSecret?
}
