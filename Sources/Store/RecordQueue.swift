// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Model
import Primitives

/// What waits for the disk, and what the writer's thread does next. The state of a ``RecordWriter``.
struct RecordQueue {
    struct Waiting {
        let record: CallRecord
        let isAwaited: Bool
        let onStored: (@Sendable (Bool) -> Void)?
    }

    /// What is written in one commit.
    struct Batch: Sendable {
        var records: [CallRecord] = []
        var events: [SecurityEvent] = []
        var logins: [PhoneLogin] = []

        var hasOnlyRecords: Bool { events.isEmpty && logins.isEmpty }
    }

    enum Step {
        case wait(DispatchTime)
        /// The batch, and who waits for it.
        case write(Batch, [Waiting])
        /// Records that the disk did not take before.
        case retry([(record: CallRecord, state: UInt64)])
        /// A sign of life, while calls are up.
        case beat
        case tell(RecordCondition)
        case end
    }

    /// What makes the later of two logins replace the other.
    struct LoginKey: Hashable {
        let device: DeviceID
        let source: IPAddress
    }

    var records: [Waiting] = []
    var events: [SecurityEvent] = []
    var droppedEvents = 0
    var logins: [LoginKey: PhoneLogin] = [:]
    var isStopping = false
    private(set) var unwritten: UnwrittenRecords
    private var open: Set<String> = []
    private let capacity: Int
    private let pulse: DispatchTimeInterval
    private var health = RecordHealth()
    /// When what waits is to be written; `nil` while nothing waits.
    private var due: DispatchTime?
    /// When the disk is asked again to take what it did not.
    private var retryAt: DispatchTime?
    private var beatAt: DispatchTime?
    /// When the thread looks without being woken.
    private var looksAt = DispatchTime.distantFuture
    /// When the last commit began. Long ago; 0 would mean now.
    private var last = DispatchTime(uptimeNanoseconds: 1)
    /// When the one that is under way began.
    private var working: DispatchTime?

    init(capacity: Int, pulse: DispatchTimeInterval) {
        (self.capacity, self.pulse) = (capacity, pulse)
        unwritten = UnwrittenRecords(limit: capacity)
    }

    // MARK: What comes in

    /// - Returns: Whether it will be written or tried, and whether the thread has to be woken for it.
    mutating func add(_ waiting: Waiting) -> (isAccepted: Bool, isNews: Bool) {
        guard !isStopping else { return (false, false) }
        note(waiting.record)
        // A disk that does not answer: whoever waits hears so at once.
        let isStuck = waiting.isAwaited && working.map { $0 + Limits.unresponsive <= .now() } == true
        guard records.count < capacity, !isStuck else {
            keep(waiting)
            return (!waiting.isAwaited && waiting.onStored == nil, false)
        }
        records.append(waiting)
        return (true, announce(patience: waiting.isAwaited ? nil : Limits.gathering))
    }

    private mutating func note(_ record: CallRecord) {
        if record.endedAt == nil { open.insert(record.id) } else { open.remove(record.id) }
        if open.isEmpty { beatAt = nil } else if beatAt == nil { beatAt = .now() + pulse }
    }

    /// Notes that something waits: a phone for the answer, or nobody for as long as `patience`.
    ///
    /// - Returns: Whether the thread has to be woken for it.
    mutating func announce(patience: DispatchTimeInterval?) -> Bool {
        let wanted = patience.map { .now() + $0 } ?? last + Limits.betweenCommits
        due = due.map { min($0, wanted) } ?? wanted
        guard wanted < looksAt else { return false }
        looksAt = wanted
        return true
    }

    // MARK: What is done next

    mutating func next() -> Step {
        let now = DispatchTime.now()
        if isStopping, records.isEmpty, events.isEmpty, logins.isEmpty {
            guard !unwritten.isEmpty else { return .end }
            return retry(at: now)
        }
        if let retryAt, retryAt <= now { return retry(at: now) }
        if isStopping || due.map({ $0 <= now }) == true {
            (last, looksAt, working) = (now, now, now)
            return take()
        }
        if let beatAt, beatAt <= now {
            self.beatAt = now + pulse
            return .beat
        }
        if let condition = health.settled(at: now, isClear: unwritten.isEmpty) { return .tell(condition) }
        // After a commit it looks once more, because calls seldom come alone.
        let soon = last + Limits.betweenCommits
        let settlesAt = unwritten.isEmpty ? health.settlesAt : nil
        looksAt = due ?? (now < soon ? soon : .distantFuture)
        for time in [retryAt, beatAt, settlesAt] { looksAt = min(looksAt, time ?? .distantFuture) }
        return .wait(looksAt)
    }

    private mutating func take() -> Step {
        let waiting = Array(records.prefix(Limits.recordsPerCommit))
        records.removeFirst(waiting.count)
        let batch = Batch(
            records: Self.latest(waiting),
            events: events,
            logins: logins.values.sorted { $0.at < $1.at }
        )
        events.removeAll(keepingCapacity: true)
        logins.removeAll()
        if records.isEmpty { due = nil }
        return .write(batch, waiting)
    }

    private mutating func retry(at now: DispatchTime) -> Step {
        (working, retryAt) = (now, nil)
        return .retry(unwritten.next())
    }

    // MARK: What became of it

    /// - Parameter isComplete: Whether everything of it was written, or only the records.
    mutating func wrote(_ batch: Batch, isComplete: Bool) {
        working = nil
        unwritten.overtaken(by: batch.records)
        if !isComplete { droppedEvents += batch.events.count }
        guard isComplete else { return }
        health.succeeded(at: .now())
        retryAt = unwritten.isEmpty ? nil : min(retryAt ?? .now(), .now() + Limits.betweenCommits)
    }

    mutating func failed(_ batch: Batch, _ waiting: [Waiting]) {
        working = nil
        droppedEvents += batch.events.count
        for waiting in waiting { keep(waiting) }
    }

    /// What nobody waits for, and every end of a call: it is tried again. A call that was not answered gets another record.
    private mutating func keep(_ waiting: Waiting) {
        if waiting.isAwaited, waiting.record.endedAt == nil { health.figures.refused += 1 }
        guard !waiting.isAwaited || waiting.record.endedAt != nil else { return }
        if !unwritten.keep(waiting.record) { health.figures.lost += 1 }
        if retryAt == nil { retryAt = .now() + Limits.betweenRetries }
    }

    mutating func retried(_ tried: [(record: CallRecord, state: UInt64)], _ error: (any Error)?) -> RecordCondition? {
        working = nil
        if error == nil {
            unwritten.wrote(tried)
            health.succeeded(at: .now(), late: tried.count)
            retryAt = unwritten.isEmpty ? nil : .now() + Limits.betweenCommits
            return nil
        }
        unwritten.failed(tried)
        retryAt = .now() + Limits.betweenRetries
        guard isStopping, let error else { return nil }
        defer { unwritten = UnwrittenRecords(limit: capacity) }
        health.figures.lost += unwritten.count
        return .lost(unwritten.count, error)
    }

    /// - Returns: What the log is to be told.
    mutating func hit(_ error: any Error) -> RecordCondition? { health.failed(error, at: .now()) }

    var figures: RecordFigures {
        var figures = health.figures
        figures.unwritten = unwritten.count
        figures.isFailing = health.isFailing
        let now = DispatchTime.now()
        if let since = working ?? due, since < now {
            figures.late = Int((now.uptimeNanoseconds - since.uptimeNanoseconds) / 1_000_000_000)
        }
        return figures
    }

    /// The latest state of each call: one that is answered at once has two in a commit. Calls do not rise again.
    private static func latest(_ records: [Waiting]) -> [CallRecord] {
        var latest: [CallRecord] = []
        var places: [String: Int] = [:]
        for record in records.map(\.record) {
            if let place = places[record.id] {
                if latest[place].endedAt == nil || record.endedAt != nil { latest[place] = record }
            } else {
                places[record.id] = latest.count
                latest.append(record)
            }
        }
        return latest
    }
}

/// Whether the disk takes what is written: told once when it stops, and once when it has gone well for a while.
private struct RecordHealth {
    var figures = RecordFigures()
    private(set) var isFailing = false
    private var lastFailure = DispatchTime.distantFuture
    private var hasSucceeded = false
    /// Records that had waited and were written since it began to fail.
    private var written = 0

    mutating func failed(_ error: any Error, at now: DispatchTime) -> RecordCondition? {
        (lastFailure, hasSucceeded) = (now, false)
        guard !isFailing else { return nil }
        (isFailing, written) = (true, 0)
        return .failing(error)
    }

    mutating func succeeded(at now: DispatchTime, late: Int = 0) {
        hasSucceeded = true
        written += late
    }

    /// When it may be said that it is over; `nil` while it is not, and when there was nothing.
    var settlesAt: DispatchTime? { isFailing && hasSucceeded ? lastFailure + Limits.recovery : nil }

    mutating func settled(at now: DispatchTime, isClear: Bool) -> RecordCondition? {
        guard isClear, let settlesAt, settlesAt <= now else { return nil }
        isFailing = false
        return .recovered(written)
    }
}
