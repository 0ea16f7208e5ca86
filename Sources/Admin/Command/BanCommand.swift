// SPDX-License-Identifier: Apache-2.0

import Model

/// `ringfence ban …`
public enum BanCommand: Hashable, Sendable, Codable {
    /// Those that hold, the newest first.
    case list
    case add(BanRequest)
    case remove(source: String)
}

/// A ban somebody wants, as typed.
public struct BanRequest: Hashable, Sendable, Codable {
    /// `203.0.113.7` or `2001:db8:1:2::/64`.
    public let source: String
    /// What was seen and who decided.
    public let reason: String
    public let hours: Int

    public init(source: String, reason: String, hours: Int) {
        (self.source, self.reason, self.hours) = (source, reason, hours)
    }
}
