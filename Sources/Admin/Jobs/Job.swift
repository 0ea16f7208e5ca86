// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Something that the system does by itself when it is time, as the actor `ringfence`.
public struct Job: Sendable {
    /// Noun and verb: `certificate.renew`. Never changes once released.
    public let name: String
    public let schedule: JobSchedule
    /// Whether it is due as soon as somebody has set the clock.
    public let followsClock: Bool
    /// Does it. May be cancelled when the server stops.
    public let run: @Sendable (WallTime) async throws -> Void

    public init(
        _ name: String,
        _ schedule: JobSchedule,
        followsClock: Bool = false,
        run: @escaping @Sendable (WallTime) async throws -> Void
    ) {
        (self.name, self.schedule, self.followsClock, self.run) = (name, schedule, followsClock, run)
    }
}

/// When a job is due.
public enum JobSchedule: Hashable, Sendable {
    /// So many seconds after it was begun last.
    case every(seconds: Int)
    /// Once a day, at this minute of the day in UTC, 0…1439.
    case daily(minute: Int)

    /// Seconds from one run to the next.
    public var period: Int {
        switch self {
        case .every(let seconds): seconds
        case .daily: 86_400
        }
    }

    /// When it is due after a run that began then.
    func due(after start: WallTime) -> WallTime {
        switch self {
        case .every(let seconds): start + .seconds(seconds)
        case .daily(let minute): Self.next(minute, after: start)
        }
    }

    private static func next(_ minute: Int, after time: WallTime) -> WallTime {
        let (day, offset) = (Int64(86_400_000), Int64(minute) * 60_000)
        let past = time.milliseconds - offset
        let days = past >= 0 ? past / day : (past - day + 1) / day
        return WallTime(milliseconds: (days + 1) * day + offset)
    }
}

extension JobSchedule: CustomStringConvertible {
    public var description: String {
        switch self {
        case .every(let seconds) where seconds % 3_600 == 0: Self.every(seconds / 3_600, "hour")
        case .every(let seconds) where seconds % 60 == 0: Self.every(seconds / 60, "minute")
        case .every(let seconds): Self.every(seconds, "second")
        case .daily(let minute):
            "daily at \(minute / 600)\(minute / 60 % 10):\(minute % 60 / 10)\(minute % 10) UTC"
        }
    }

    private static func every(_ count: Int, _ unit: String) -> String {
        count == 1 ? "every \(unit)" : "every \(count) \(unit)s"
    }
}
