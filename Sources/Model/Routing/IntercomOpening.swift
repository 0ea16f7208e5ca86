// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// That an extension lets itself be called by intercom: one phone of it answers by itself, so that whoever calls is heard in the
/// room, and hears it. For named callers, with a reason and an end.
public struct IntercomOpening: Hashable, Sendable, Codable {
    /// Who may: at least one, and not more than ``Limits/intercomCallers``.
    public let callers: Set<ExtensionNumber>
    public let reason: String
    public let until: WallTime
    public let origin: SettingOrigin

    /// - Returns: `nil` for nobody or too many, and for a reason that is none or too long.
    public init?(
        for callers: Set<ExtensionNumber>,
        because reason: String,
        until end: WallTime,
        by origin: SettingOrigin
    ) {
        guard (1...Limits.intercomCallers).contains(callers.count), (1...Limits.reasonBytes).contains(reason.utf8.count)
        else { return nil }
        (self.callers, self.reason, until, self.origin) = (callers, reason, end, origin)
    }

    /// What stands before the extension that is called so: `*80*101`.
    private static let code = "*80*"

    /// Whom somebody calls by intercom who dials this; `nil` for nobody.
    public static func callee(dialled: some StringProtocol) -> ExtensionNumber? {
        guard dialled.hasPrefix(code) else { return nil }
        return ExtensionNumber(parsing: dialled.dropFirst(code.count))
    }

    /// The same without somebody who is gone; `nil` when nobody is left.
    public func without(_ number: ExtensionNumber) -> IntercomOpening? {
        Self(for: callers.subtracting([number]), because: reason, until: until, by: origin)
    }

    private enum CodingKeys: String, CodingKey { case callers, reason, until, origin }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let opening = Self(
            for: try container.decode(Set<ExtensionNumber>.self, forKey: .callers),
            because: try container.decode(String.self, forKey: .reason),
            until: try container.decode(WallTime.self, forKey: .until),
            by: try container.decode(SettingOrigin.self, forKey: .origin)
        )
        guard let opening else {
            throw DecodingError.dataCorruptedError(
                forKey: .callers,
                in: container,
                debugDescription: "an intercom for nobody, or without a reason"
            )
        }
        self = opening
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(callers.sorted(), forKey: .callers)
        try container.encode(reason, forKey: .reason)
        try container.encode(until, forKey: .until)
        try container.encode(origin, forKey: .origin)
    }
}
