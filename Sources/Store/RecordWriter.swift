// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
public import Model
import Primitives
import Synchronization

/// Puts call records on the disk from a thread of its own, many in one commit, and says when they are there: in the record log.
/// The tables are filled behind that.
///
/// Loops that serve phones hand records over and go on; nothing here makes them wait. A commit costs as much for one record as
/// for twenty, so they gather: while one commit is under way, for ``Limits/betweenCommits`` after one began, and, where nobody
/// waits for the answer, for ``Limits/gathering``. A call that comes alone is answered at once. The thread is woken only when
/// it would look too late by itself: while calls come fast, a wake-up costs more than what it wakes for. Events and logins
/// of phones share the commits of the records.
public final class RecordWriter: Sendable {
    typealias Batch = RecordQueue.Batch

    private let commit: @Sendable (Batch) throws -> Void
    /// What puts into the tables what is on the disk.
    private let filler: TableFiller?
    private let onChange: @Sendable (RecordCondition) -> Void
    private let onBeat: @Sendable () -> Void
    private let loginPatience = DispatchTimeInterval.milliseconds(.random(in: Limits.gatheringLogins))
    private let state: Mutex<RecordQueue>
    private let wake = MonotonicSemaphore()
    private let finished = DispatchSemaphore(value: 0)

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - capacity: Records that may wait, and as many that the disk did not take.
    ///   - onChange: Told when the disk stops taking records and when it takes them again, for the log.
    ///   - onBeat: Called every ``Limits/beat`` while calls are up, from the writer's thread.
    public convenience init(
        store: RingfenceStore,
        capacity: Int = Limits.queuedRecords,
        onChange: @escaping @Sendable (RecordCondition) -> Void = { _ in },
        onBeat: @escaping @Sendable () -> Void = {}
    ) {
        self.init(
            capacity: capacity,
            filler: TableFiller(store, onChange: onChange),
            onChange: onChange,
            onBeat: onBeat
        )
    }

    private convenience init(
        capacity: Int,
        filler: TableFiller,
        onChange: @escaping @Sendable (RecordCondition) -> Void,
        onBeat: @escaping @Sendable () -> Void
    ) {
        self.init(capacity: capacity, filler: filler, onChange: onChange, onBeat: onBeat) { try filler.keep($0) }
    }

    /// The same over another place to keep things.
    init(
        capacity: Int,
        pulse: DispatchTimeInterval = Limits.beat,
        filler: TableFiller? = nil,
        onChange: @escaping @Sendable (RecordCondition) -> Void = { _ in },
        onBeat: @escaping @Sendable () -> Void = {},
        commit: @escaping @Sendable (Batch) throws -> Void
    ) {
        (self.onChange, self.onBeat, self.commit) = (onChange, onBeat, commit)
        self.filler = filler
        state = Mutex(RecordQueue(capacity: capacity, pulse: pulse))
        let thread = Thread { [self] in run() }
        thread.name = "ringfence-records"
        thread.start()
    }

    /// Hands a record over. Never blocks on the disk.
    ///
    /// A record that nobody awaits, and the end of any call, is never thrown away because the disk does not take it: it is kept
    /// and tried again until the writer stops.
    ///
    /// - Parameters:
    ///   - isAwaited: Whether a phone waits for the answer. Others may stay until there are more.
    ///   - onStored: Called once: with `true` after the commit, on the writer's thread; with `false` when it could not be
    ///     written at once, and on this thread when the queue is full or the writer has stopped.
    public func enqueue(
        _ record: CallRecord,
        isAwaited: Bool = true,
        onStored: (@Sendable (Bool) -> Void)? = nil
    ) {
        let waiting = RecordQueue.Waiting(record: record, isAwaited: isAwaited, onStored: onStored)
        let (isAccepted, isNews) = state.withLock { $0.add(waiting) }
        if isNews { wake.signal() }
        if !isAccepted { onStored?(false) }
    }

    /// Hands an event over. When too many wait, it is dropped and counted.
    public func enqueue(_ event: SecurityEvent) {
        let isNews = state.withLock { state in
            guard !state.isStopping, state.events.count < Limits.queuedEvents else {
                state.droppedEvents += 1
                return false
            }
            state.events.append(event)
            return state.announce(patience: Limits.gathering)
        }
        if isNews { wake.signal() }
    }

    /// Hands a login over, in place of one of the same phone from the same place. When too many wait it is dropped: the phone
    /// logs in again.
    public func enqueue(_ login: PhoneLogin) {
        let isNews = state.withLock { state in
            let key = RecordQueue.LoginKey(device: login.device, source: login.source)
            guard !state.isStopping, state.logins.count < Limits.queuedLogins || state.logins[key] != nil else {
                return false
            }
            state.logins[key] = login
            return state.announce(patience: loginPatience)
        }
        if isNews { wake.signal() }
    }

    /// Events that found no room, or could not be written, since the start.
    public var droppedEvents: Int { state.withLock { $0.droppedEvents } + (filler?.droppedEvents ?? 0) }

    public var figures: RecordFigures {
        var figures = state.withLock { $0.figures }
        if let filler, filler.isFailing { figures.unfilled = filler.waiting }
        return figures
    }

    /// Writes what waits, tries once more what the disk did not take, and ends the thread. Returns when everything has been
    /// answered.
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
            case .wait(let time): wake.wait(until: time)
            case .write(let batch, let waiting): write(batch, for: waiting)
            case .retry(let records): retry(records)
            case .beat: onBeat()
            case .tell(let condition): onChange(condition)
            case .end:
                filler?.fill()
                finished.signal()
                return
            }
        }
    }

    private func write(_ batch: Batch, for waiting: [RecordQueue.Waiting]) {
        var isStored = true
        do {
            try commit(batch)
            state.withLock { $0.wrote(batch, isComplete: true) }
        } catch {
            if let condition = state.withLock({ $0.hit(error) }) { onChange(condition) }
            // What is only told beside them must not cost anybody a call.
            isStored = batch.hasOnlyRecords ? false : (try? commit(Batch(records: batch.records))) != nil
            state.withLock { isStored ? $0.wrote(batch, isComplete: false) : $0.failed(batch, waiting) }
        }
        for waiting in waiting { waiting.onStored?(isStored) }
    }

    private func retry(_ tried: [(record: CallRecord, state: UInt64)]) {
        var failure: (any Error)?
        do { try commit(Batch(records: tried.map(\.record))) } catch { failure = error }
        let condition = state.withLock { state in
            let condition = failure.flatMap { state.hit($0) }
            return state.retried(tried, failure) ?? condition
        }
        if let condition { onChange(condition) }
    }
}
