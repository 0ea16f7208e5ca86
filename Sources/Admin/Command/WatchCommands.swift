// SPDX-License-Identifier: Apache-2.0

public import Store

/// `ringfence record …`
public enum RecordCommand: Hashable, Sendable, Codable {
    /// The newest first.
    case list(limit: Int)
}

/// `ringfence journal …`
public enum JournalCommand: Hashable, Sendable, Codable {
    /// The last ones of those that are asked for, oldest first.
    case list(JournalQuery)
    case verify

    /// The last ones that people wrote, oldest first.
    public static func list(limit: Int) -> Self { .list(JournalQuery(limit: limit)) }
}

/// `ringfence event …`
public enum EventCommand: Hashable, Sendable, Codable {
    /// The newest first.
    case list(limit: Int)
}
