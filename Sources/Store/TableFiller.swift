// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Model
import Synchronization

/// Puts into the tables of one business what waits for them, behind the calls: records that are in the log already, events and
/// logins.
///
/// Nobody waits for it. While the tables take nothing, because the disk is full or another program holds the database, records
/// stay in the log and it is tried again; events have no other place and are given up and counted.
final class TableFiller: Sendable {
    private struct State {
        var events: [SecurityEvent] = []
        var logins: [PhoneLogin] = []
        var droppedEvents = 0
        var isFailing = false
        /// Whether it is going to look at `due`, and when that is.
        var due: DispatchTime?
    }

    private let store: RingfenceStore
    private let onChange: @Sendable (RecordCondition) -> Void
    private let state = Mutex(State())

    init(_ store: RingfenceStore, onChange: @escaping @Sendable (RecordCondition) -> Void = { _ in }) {
        (self.store, self.onChange) = (store, onChange)
    }

    /// Puts the records of a batch into the log; when it returns they are on the disk. The rest is on its way.
    func keep(_ batch: RecordQueue.Batch) throws {
        try store.log.append(batch.records, of: store.business)
        state.withLock { state in
            state.events += batch.events
            state.logins += batch.logins
        }
        look(after: batch.hasOnlyRecords ? Limits.filling : .nanoseconds(0))
    }

    /// Events that found no room in the tables.
    var droppedEvents: Int { state.withLock { $0.droppedEvents } }

    /// Records that are in the log only.
    var waiting: Int { store.log.count(of: store.business) }

    /// Whether the tables do not take what is to be put there.
    var isFailing: Bool { state.withLock { $0.isFailing } }

    private func look(after patience: DispatchTimeInterval) {
        let time = DispatchTime.now() + patience
        let isSooner = state.withLock { state in
            if let due = state.due, due <= time { return false }
            state.due = time
            return true
        }
        guard isSooner else { return }
        StoreThreads.writer.asyncAfter(deadline: time) { [weak self] in
            guard let self else { return }
            // One that was to look later finds that it is done.
            let isMine = state.withLock { $0.due.map { $0 <= .now() } ?? false }
            if isMine { fill() }
        }
    }

    /// Fills the tables until nothing waits, or they take no more. For the writer's thread and for the end.
    func fill() {
        state.withLock { $0.due = nil }
        while let outcome = fillSome() {
            guard case .failed(let error) = outcome else { continue }
            let isNews = state.withLock { state in
                defer { state.isFailing = true }
                return !state.isFailing
            }
            if isNews { onChange(.notFilled(error)) }
            return look(after: Limits.betweenRetries)
        }
        let isOver = state.withLock { state in
            defer { state.isFailing = false }
            return state.isFailing
        }
        if isOver { onChange(.filled) }
    }

    private enum Outcome {
        case filled
        case failed(any Error)
    }

    /// - Returns: `nil` when nothing waited.
    private func fillSome() -> Outcome? {
        let waiting = store.log.oldest(of: store.business, limit: Limits.recordsPerCommit)
        let (events, logins) = state.withLock { state in
            defer { (state.events, state.logins) = ([], []) }
            return (state.events, state.logins)
        }
        guard !waiting.isEmpty || !events.isEmpty || !logins.isEmpty else { return nil }
        do {
            try store.requireInPlace()
            try store.write(waiting.map(\.record), events: events, logins: logins)
        } catch {
            state.withLock { $0.droppedEvents += events.count }
            return fillAlone(waiting, after: error)
        }
        store.log.filled(waiting, of: store.business)
        return .filled
    }

    /// What is told beside records, and a record that can never be written, must not keep the others from the tables.
    private func fillAlone(_ waiting: [WaitingRecords.Waiting], after error: any Error) -> Outcome {
        guard case .database(.unknown, _)? = StoreError(error) else { return .failed(error) }
        var failure: (any Error)?
        for record in waiting {
            do {
                try store.write([record.record])
                store.log.filled([record], of: store.business)
            } catch {
                failure = error
            }
        }
        return failure.map(Outcome.failed) ?? .filled
    }
}
