// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// What a mailbox is like.
public struct MailboxReport: Hashable, Sendable, Codable {
    public let `extension`: ExtensionNumber
    /// Since when it has a PIN; `nil` while nobody can listen by one.
    public let pinSince: WallTime?
    public let asksOwnPhones: Bool
    public let new: Int
    public let old: Int
    /// Told once, when it is made.
    public var pin: DeliveredSecret?
}
