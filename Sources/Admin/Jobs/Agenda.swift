// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Which job is due when. Time goes in, decisions come out.
///
/// A run is decided by when the last one began, which is kept before it begins. So no restart and no clock that is set makes a
/// job run twice in one period: one that began "tomorrow" is due a period after that. Only where the last run seems to lie more
/// than a period ahead was the clock wrong then, and it counts as just done. A failed run is tried again sooner: after a
/// minute, then after twice as long each time, and never later than the schedule says. A job that never ran waits for one
/// period first.
public struct Agenda: Sendable {
    private struct Entry {
        let schedule: JobSchedule
        let followsClock: Bool
        /// When it was put on the agenda.
        let since: WallTime
        var last: JobRun?
        var isRunning = false
        var due: WallTime
    }

    private var entries: [String: Entry] = [:]
    private var kept: [String: JobRun]

    /// - Parameter kept: Of an earlier process. One that has no end failed: the server ended while it ran.
    public init(kept: [JobRun] = []) {
        self.kept = Dictionary(kept.map { ($0.job, $0) }) { one, _ in one }
    }

    public mutating func add(_ job: Job, at now: WallTime) {
        var last = kept.removeValue(forKey: job.name)
        if let run = last, run.endedAt == nil {
            last?.failure = "the server ended while it ran"
            last?.failures = run.failures + 1
            last?.endedAt = run.startedAt
        }
        var entry = Entry(schedule: job.schedule, followsClock: job.followsClock, since: now, last: last, due: now)
        entry.due = Self.due(entry, at: now)
        entries[job.name] = entry
    }

    /// When the next job is due; `nil` when all that there are run now.
    public var next: WallTime? { entries.values.filter { !$0.isRunning }.map(\.due).min() }

    /// What is due, each as the run that begins now. Whoever calls carries all of them out.
    public mutating func begin(at now: WallTime) -> [JobRun] {
        var runs: [JobRun] = []
        for (name, entry) in entries.sorted(by: { ($0.value.due, $0.key) < ($1.value.due, $1.key) }) {
            guard !entry.isRunning, entry.due <= now else { continue }
            let (failure, failures) = (entry.last?.failure, entry.last?.failures ?? 0)
            let run = JobRun(job: name, startedAt: now, failure: failure, failures: failures)
            entries[name]?.isRunning = true
            entries[name]?.last = run
            runs.append(run)
        }
        return runs
    }

    /// - Parameter failure: Why it failed; `nil` when it did not.
    /// - Returns: How it went, to be kept.
    public mutating func end(_ name: String, failure: String?, at now: WallTime) -> JobRun? {
        guard var entry = entries[name], var run = entry.last, entry.isRunning else { return nil }
        (run.endedAt, run.failure) = (now, failure)
        run.failures = failure == nil ? 0 : run.failures + 1
        (entry.isRunning, entry.last) = (false, run)
        entry.due = Self.due(entry, at: now)
        entries[name] = entry
        return run
    }

    /// Somebody has set the clock.
    public mutating func clockWasSet(at now: WallTime) {
        for (name, entry) in entries where !entry.isRunning {
            entries[name]?.due = entry.followsClock ? now : Self.due(entry, at: now)
        }
    }

    private static func due(_ entry: Entry, at now: WallTime) -> WallTime {
        let period = Duration.seconds(entry.schedule.period)
        let begun = entry.last?.startedAt ?? entry.since
        // The clock was wrong then, or is now.
        let regular = entry.schedule.due(after: now + period < begun ? now : begun)
        guard let last = entry.last, last.failures > 0, let end = last.endedAt else { return regular }
        return min(regular, min(end, now) + retry(after: last.failures))
    }

    /// How long after a failure it is tried again.
    static func retry(after failures: Int) -> Duration {
        min(.seconds(60 << min(max(failures - 1, 0), 16)), Limits.longestRetry)
    }

    /// Every job, by name.
    public var reports: [JobReport] {
        entries.sorted { $0.key < $1.key }.map { name, entry in
            JobReport(
                name: name,
                schedule: entry.schedule.description,
                isRunning: entry.isRunning,
                last: entry.last,
                next: entry.isRunning ? nil : entry.due
            )
        }
    }
}

/// A job, how it went last and when it is done again.
public struct JobReport: Hashable, Sendable, Codable {
    public let name: String
    /// In words: `every hour`.
    public let schedule: String
    public let isRunning: Bool
    /// `nil` when it never was begun.
    public let last: JobRun?
    /// `nil` while it runs.
    public let next: WallTime?

    public init(name: String, schedule: String, isRunning: Bool, last: JobRun?, next: WallTime?) {
        (self.name, self.schedule, self.isRunning) = (name, schedule, isRunning)
        (self.last, self.next) = (last, next)
    }
}
