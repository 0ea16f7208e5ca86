// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
public import Model
import Primitives
import Synchronization

/// Puts call records on the disk from a thread of its own, many in one commit, and says when they are there.
///
/// Loops that serve phones hand records over and go on; nothing here makes them wait. A commit costs as much for one record as
/// for twenty, so they gather: while one commit is under way, for ``Limits/betweenCommits`` after one began, and, where nobody
/// waits for the answer, for ``Limits/gathering``. A call that comes alone is answered at once. The thread is woken only when
/// it would look too late by itself: while calls come fast, a wake-up costs more than what it wakes for. Events and logins
/// of phones share the commits of the records.
public final class RecordWriter: Sendable {
    private struct Waiting {
        let record: CallRecord
        let onStored: @Sendable (Bool) -> Void
    }

    /// What is written in one commit.
    struct Batch: Sendable {
        var records: [CallRecord] = []
        var events: [SecurityEvent] = []
        var logins: [PhoneLogin] = []

        var hasOnlyRecords: Bool { events.isEmpty && logins.isEmpty }
    }

    private struct State {
        var records: [Waiting] = []
        var events: [EventKey: SecurityEvent] = [:]
        var droppedEvents = 0
        var logins: [LoginKey: PhoneLogin] = [:]
        var isStopping = false
        /// When what waits is to be written; `nil` while nothing waits.
        private var due: DispatchTime?
        /// When the thread looks without being woken.
        private var looksAt = DispatchTime.distantFuture
        /// When the last commit began. Long ago; 0 would mean now.
        private var last = DispatchTime(uptimeNanoseconds: 1)

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

        /// What the thread does next.
        mutating func next() -> Step {
            let now = DispatchTime.now()
            if isStopping, records.isEmpty, events.isEmpty, logins.isEmpty { return .end }
            if isStopping || due.map({ $0 <= now }) == true {
                (last, looksAt) = (now, now)
                return take()
            }
            // After a commit it looks once more, because calls seldom come alone.
            let soon = last + Limits.betweenCommits
            looksAt = due ?? (now < soon ? soon : .distantFuture)
            return .wait(looksAt)
        }

        private mutating func take() -> Step {
            let waiting = Array(records.prefix(Limits.recordsPerCommit))
            records.removeFirst(waiting.count)
            let batch = Batch(
                records: RecordWriter.latest(waiting),
                events: events.values.sorted { $0.at < $1.at },
                logins: logins.values.sorted { $0.at < $1.at }
            )
            events.removeAll(keepingCapacity: true)
            logins.removeAll()
            if records.isEmpty { due = nil }
            return .write(batch, waiting)
        }
    }

    private enum Step {
        case wait(DispatchTime)
        /// The batch, and who waits for it.
        case write(Batch, [Waiting])
        case end
    }

    /// What makes two events the same one with a count.
    private struct EventKey: Hashable {
        let kind: SecurityEventKind
        let source: String
        let subject: String?
    }

    /// What makes the later of two logins replace the other.
    private struct LoginKey: Hashable {
        let device: DeviceID
        let source: IPAddress
    }

    private let commit: @Sendable (Batch) throws -> Void
    private let onFailure: @Sendable (any Error) -> Void
    private let capacity: Int
    private let loginPatience = DispatchTimeInterval.milliseconds(.random(in: Limits.gatheringLogins))
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let finished = DispatchSemaphore(value: 0)

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - capacity: Records that may wait; one more is answered with `false` at once.
    ///   - onFailure: Told of each commit that failed, for the log. Its records are answered with `false`.
    public convenience init(
        store: RingfenceStore,
        capacity: Int = Limits.queuedRecords,
        onFailure: @escaping @Sendable (any Error) -> Void = { _ in }
    ) {
        self.init(capacity: capacity, onFailure: onFailure) {
            try store.write($0.records, events: $0.events, logins: $0.logins)
        }
    }

    /// The same over another place to keep things.
    init(
        capacity: Int,
        onFailure: @escaping @Sendable (any Error) -> Void = { _ in },
        commit: @escaping @Sendable (Batch) throws -> Void
    ) {
        (self.capacity, self.onFailure, self.commit) = (capacity, onFailure, commit)
        let thread = Thread { [self] in run() }
        thread.name = "ringfence-records"
        thread.start()
    }

    /// Hands a record over. Never blocks on the disk.
    ///
    /// - Parameters:
    ///   - isAwaited: Whether a phone waits for the answer. Others may stay until there are more.
    ///   - onStored: Called once: with `true` after the commit, on the writer's thread; with `false` when it could not be
    ///     written, and at once on this thread when the queue is full or the writer has stopped.
    public func enqueue(_ record: CallRecord, isAwaited: Bool = true, onStored: @escaping @Sendable (Bool) -> Void) {
        let (isAccepted, isNews) = state.withLock { state in
            guard !state.isStopping, state.records.count < capacity else { return (false, false) }
            state.records.append(Waiting(record: record, onStored: onStored))
            return (true, state.announce(patience: isAwaited ? nil : Limits.gathering))
        }
        if isNews { wake.signal() }
        if !isAccepted { onStored(false) }
    }

    /// Hands an event over. Repeats that wait for the same commit are counted together; when too many different ones wait,
    /// it is dropped and counted.
    public func enqueue(_ event: SecurityEvent) {
        let isNews = state.withLock { state in
            let key = EventKey(kind: event.kind, source: event.source, subject: event.subject)
            if var waiting = state.events[key] {
                waiting.count = waiting.count.addingReportingOverflow(event.count).partialValue
                state.events[key] = waiting
                return false
            }
            guard !state.isStopping, state.events.count < Limits.queuedEvents else {
                state.droppedEvents += 1
                return false
            }
            state.events[key] = event
            return state.announce(patience: Limits.gathering)
        }
        if isNews { wake.signal() }
    }

    /// Hands a login over, in place of one of the same phone from the same place. When too many wait it is dropped: the phone
    /// logs in again.
    public func enqueue(_ login: PhoneLogin) {
        let isNews = state.withLock { state in
            let key = LoginKey(device: login.device, source: login.source)
            guard !state.isStopping, state.logins.count < Limits.queuedLogins || state.logins[key] != nil else {
                return false
            }
            state.logins[key] = login
            return state.announce(patience: loginPatience)
        }
        if isNews { wake.signal() }
    }

    /// Events that found no room, or could not be written, since the start.
    public var droppedEvents: Int { state.withLock { $0.droppedEvents } }

    /// Writes what waits and ends the thread. Returns when everything has been answered.
    public func stop() {
        state.withLock { $0.isStopping = true }
        wake.signal()
        finished.wait()
        // For whoever else waits.
        finished.signal()
    }

    private func run() {
        while true {
            switch state.withLock({ $0.next() }) {
            case .wait(let time): _ = wake.wait(timeout: time)
            case .write(let batch, let waiting): write(batch, for: waiting)
            case .end:
                finished.signal()
                return
            }
        }
    }

    private func write(_ batch: Batch, for waiting: [Waiting]) {
        var isStored = true
        do {
            try commit(batch)
        } catch {
            onFailure(error)
            // What is only told beside them must not cost anybody a call.
            isStored = batch.hasOnlyRecords ? false : (try? commit(Batch(records: batch.records))) != nil
            if !batch.events.isEmpty { state.withLock { $0.droppedEvents += batch.events.count } }
        }
        for record in waiting { record.onStored(isStored) }
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
