// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What goes out over one channel in one piece: one alert, or several of one kind that came while it waited.
///
/// Its content never changes once the first try has begun, so whoever gets it twice, because the server ended between the other
/// side's yes and our note of it, sees by its id that it is the same.
public struct AlertMessage: Hashable, Sendable, Codable {
    /// Something that people are told, and when it was.
    public struct Item: Hashable, Sendable, Codable {
        public let at: WallTime
        public let finding: Finding

        public init(at: WallTime, _ finding: Finding) { (self.at, self.finding) = (at, finding) }
    }

    public enum State: Hashable, Sendable, Codable {
        /// Takes more of its kind.
        case open
        /// Was tried, and is tried until the other side takes it.
        case sealed
        case delivered(at: WallTime)
        /// Given up: nobody took it for a week, or the other side refused it by itself too often.
        case lost(at: WallTime)
    }

    /// 32 hexadecimal digits that nobody can guess.
    public let id: String
    public let channel: ShortName
    /// Of all that is in it.
    public let code: Finding.Code
    public let createdAt: WallTime
    public private(set) var items: [Item]
    /// How many more there were than it lists.
    public private(set) var more: Int
    public var state: State
    public var attempts: Int
    /// How often the other side refused it by itself; `nil` for never.
    public var refusals: Int?
    /// When it is tried next.
    public var due: WallTime
    /// Why the last try failed.
    public var failure: String?

    public init(id: String, channel: ShortName, _ item: Item, due: WallTime) {
        (self.id, self.channel, code, createdAt) = (id, channel, item.finding.code, item.at)
        (items, more, state, attempts, self.due) = ([item], 0, .open, 0, due)
    }

    /// Takes one more of its kind.
    ///
    /// - Precondition: it is open.
    public mutating func add(_ item: Item) {
        precondition(state == .open, "what was sent once never changes")
        if items.count < Limits.alertsPerMessage { items.append(item) } else { more += 1 }
    }

    /// Whether it is still to be delivered.
    public var waits: Bool { endedAt == nil }

    public var endedAt: WallTime? {
        switch state {
        case .open, .sealed: nil
        case .delivered(let time), .lost(let time): time
        }
    }

    /// The worst of what is in it.
    public var severity: Finding.Severity { items.map(\.finding.severity).max() ?? .notice }

    /// How many alerts it stands for.
    public var count: Int { items.count + more }
}

/// Whether a channel is known to lead to somebody.
public struct ChannelStanding: Hashable, Sendable, Codable {
    /// The SHA-256 of the code of the last test, hexadecimal; `nil` where none is open.
    public var code: String?
    public var codeUntil: WallTime?
    /// Wrong codes that were given since.
    public var wrongCodes = 0
    /// When somebody said that a test arrived, and who.
    public var confirmedAt: WallTime?
    public var confirmedBy: String?

    public init() {}
}
