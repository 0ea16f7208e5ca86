// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
public import Model
import Synchronization

/// Puts call records on the disk from a thread of its own, many in one commit, and says when they are there.
///
/// Loops that serve phones hand records over and go on; nothing here makes them wait. While one commit is under way the next
/// records gather, so the busier the system is, the fewer commits it needs for each.
public final class RecordWriter: Sendable {
    private struct Waiting {
        let record: CallRecord
        let onStored: @Sendable (Bool) -> Void
    }

    private struct State {
        var records: [Waiting] = []
        var events: [EventKey: SecurityEvent] = [:]
        var droppedEvents = 0
        var isStopping = false
    }

    /// What makes two events the same one with a count.
    private struct EventKey: Hashable {
        let kind: SecurityEventKind
        let source: String
        let subject: String?
    }

    private let commit: @Sendable ([CallRecord], [SecurityEvent]) throws -> Void
    private let onFailure: @Sendable (any Error) -> Void
    private let capacity: Int
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
        self.init(capacity: capacity, onFailure: onFailure) { try store.write($0, events: $1) }
    }

    /// The same over another place to keep things.
    init(
        capacity: Int,
        onFailure: @escaping @Sendable (any Error) -> Void = { _ in },
        commit: @escaping @Sendable ([CallRecord], [SecurityEvent]) throws -> Void
    ) {
        (self.capacity, self.onFailure, self.commit) = (capacity, onFailure, commit)
        let thread = Thread { [self] in run() }
        thread.name = "ringfence-records"
        thread.start()
    }

    /// Hands a record over. Never blocks on the disk.
    ///
    /// - Parameter onStored: Called once: with `true` after the commit, on the writer's thread; with `false` when it could not
    ///   be written, and at once on this thread when the queue is full or the writer has stopped.
    public func enqueue(_ record: CallRecord, onStored: @escaping @Sendable (Bool) -> Void) {
        let isAccepted = state.withLock { state in
            guard !state.isStopping, state.records.count < capacity else { return false }
            state.records.append(Waiting(record: record, onStored: onStored))
            return true
        }
        if isAccepted { wake.signal() } else { onStored(false) }
    }

    /// Hands an event over. Repeats that wait for the same commit are counted together; when too many different ones wait,
    /// it is dropped and counted.
    public func enqueue(_ event: SecurityEvent) {
        let isFirst = state.withLock { state in
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
            return true
        }
        if isFirst { wake.signal() }
    }

    /// Events that found no room since the start.
    public var droppedEvents: Int { state.withLock { $0.droppedEvents } }

    /// Writes what waits and ends the thread. Returns when everything has been answered.
    public func stop() {
        let isFirst = state.withLock { state in
            defer { state.isStopping = true }
            return !state.isStopping
        }
        guard isFirst else { return }
        wake.signal()
        finished.wait()
    }

    private func run() {
        while true {
            wake.wait()
            let (records, events, isLast) = state.withLock { state in
                let batch = Array(state.records.prefix(Limits.recordsPerCommit))
                state.records.removeFirst(batch.count)
                let events = state.events.values.sorted { $0.at < $1.at }
                state.events.removeAll(keepingCapacity: true)
                return (batch, events, state.isStopping && state.records.isEmpty)
            }
            if !records.isEmpty || !events.isEmpty { write(records, events) }
            guard !isLast else { break }
            // What did not fit in this commit was announced by signals that are still there, except while stopping.
            if state.withLock({ $0.isStopping }) { wake.signal() }
        }
        finished.signal()
    }

    private func write(_ records: [Waiting], _ events: [SecurityEvent]) {
        var isStored = true
        do {
            try commit(records.map(\.record), events)
        } catch {
            isStored = false
            onFailure(error)
        }
        for waiting in records { waiting.onStored(isStored) }
    }
}
