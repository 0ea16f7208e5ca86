// SPDX-License-Identifier: Apache-2.0

/// That callers of a ring group are answered at once and wait for a member, who longest first.
public struct QueueSettings: Hashable, Sendable, Codable {
    /// For how long at most, within ``Limits/queueSeconds``.
    public let seconds: Int
    /// Where they go then.
    public var overflow: VoiceMenu.Target

    /// - Returns: `nil` for a time outside of ``Limits/queueSeconds``.
    public init?(seconds: Int, overflow: VoiceMenu.Target) {
        guard Limits.queueSeconds.contains(seconds) else { return nil }
        (self.seconds, self.overflow) = (seconds, overflow)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let seconds = try container.decode(Int.self, forKey: .seconds)
        let overflow = try container.decode(VoiceMenu.Target.self, forKey: .overflow)
        guard let settings = Self(seconds: seconds, overflow: overflow) else {
            throw DecodingError.dataCorruptedError(
                forKey: .seconds,
                in: container,
                debugDescription: "a queue in which somebody waits too long"
            )
        }
        self = settings
    }
}
