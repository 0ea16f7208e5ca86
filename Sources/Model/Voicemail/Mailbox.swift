// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// That an extension has a mailbox, and who may listen to it.
///
/// The hash of its PIN is no part of what is encoded: the journal and reports are made of that.
public struct Mailbox: Hashable, Sendable, Codable {
    /// Whether the phones of the extension itself have to enter it. Others never get in.
    public let asksOwnPhones: Bool
    public let origin: SettingOrigin
    /// Since when it has its PIN; `nil` while it has none: it takes messages, and nobody listens.
    public let pinSince: WallTime?
    /// Argon2id in the PHC string format.
    public let pin: Redacted<String>?

    public init(
        asksOwnPhones: Bool = true,
        pin: Redacted<String>? = nil,
        since: WallTime? = nil,
        by origin: SettingOrigin
    ) {
        (self.asksOwnPhones, self.origin) = (asksOwnPhones, origin)
        (self.pin, pinSince) = (pin, pin == nil ? nil : since)
    }

    /// The same with the hash that was kept apart from it.
    public func with(_ pin: Redacted<String>?) -> Mailbox {
        Mailbox(asksOwnPhones: asksOwnPhones, pin: pin, since: pinSince, by: origin)
    }

    /// Whether somebody can listen.
    public var isOpenable: Bool { pin != nil || !asksOwnPhones }

    public static func == (one: Mailbox, other: Mailbox) -> Bool {
        (one.asksOwnPhones, one.origin, one.pinSince) == (other.asksOwnPhones, other.origin, other.pinSince)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(origin) }

    private enum CodingKeys: String, CodingKey { case asksOwnPhones, origin, pinSince }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        asksOwnPhones = try container.decode(Bool.self, forKey: .asksOwnPhones)
        origin = try container.decode(SettingOrigin.self, forKey: .origin)
        pinSince = try container.decodeIfPresent(WallTime.self, forKey: .pinSince)
        pin = nil
    }
}
