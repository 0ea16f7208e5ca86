// SPDX-License-Identifier: Apache-2.0

/// `ringfence record …`
public enum RecordCommand: Hashable, Sendable, Codable {
    /// The newest first.
    case list(limit: Int)
}

/// `ringfence journal …`
public enum JournalCommand: Hashable, Sendable, Codable {
    /// The last ones, oldest first.
    case list(limit: Int)
    case verify
}

/// `ringfence event …`
public enum EventCommand: Hashable, Sendable, Codable {
    /// The newest first.
    case list(limit: Int)
}
