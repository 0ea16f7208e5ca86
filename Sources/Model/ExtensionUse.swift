// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// When somebody last used an extension, as far as it is kept: a registration of one of its phones, or a call of its own.
public struct ExtensionUse: Hashable, Sendable {
    /// To an hour; `nil` for never.
    public var usedAt: WallTime?
    /// When it was last enabled: days without use before that do not count. `nil` for since it was created.
    public var countedFrom: WallTime?
    /// When people were told that nobody uses it; `nil` when they were not since it was last used.
    public var toldAt: WallTime?

    public init(usedAt: WallTime? = nil, countedFrom: WallTime? = nil, toldAt: WallTime? = nil) {
        (self.usedAt, self.countedFrom, self.toldAt) = (usedAt, countedFrom, toldAt)
    }
}

/// Why an extension stays although nobody uses it, such as the telephone of a lift.
public struct Reservation: Hashable, Sendable, Codable {
    public let reason: String
    public let grantedBy: String
    public let from: WallTime
    public let until: WallTime

    public init(reason: String, grantedBy: String, from: WallTime, until: WallTime) {
        (self.reason, self.grantedBy, self.from, self.until) = (reason, grantedBy, from, until)
    }
}
