// SPDX-License-Identifier: Apache-2.0

/// Whether the business plays music to who is on hold.
public struct MusicSettings: Hashable, Sendable, Codable {
    public let isOn: Bool

    public init(isOn: Bool) { self.isOn = isOn }

    public static let usual = MusicSettings(isOn: false)
}
