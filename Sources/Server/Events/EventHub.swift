// SPDX-License-Identifier: Apache-2.0

public import Admin
public import Guard
public import Model
import Primitives
import Synchronization

/// The one way that leads from what happened in a business to everybody who wants to know.
///
/// Nobody who publishes waits. Repeats of what the stack noticed are merged here and nowhere else, and told when the loop
/// reports; everything else is told at once. Sinks are told everything in its order, on the thread of whoever publishes, and
/// must not block. A subscriber reads when it likes: what it has no room for it loses, and is told how much that was.
public final class EventHub: EventSink, EventFeed {
    typealias Sink = @Sendable (Event) -> Void

    private struct State {
        var digest = EventDigest()
        var subscribers: [UInt64: EventSubscriber] = [:]
        var lastNumber: UInt64 = 0
    }

    private let sinks: [Sink]
    private let state = Mutex(State())
    /// Read by each loop at the end of each turn, so without a lock.
    private let few = Atomic(false)

    init(_ sinks: [Sink] = []) { self.sinks = sinks }

    /// Takes note of something the stack noticed. It is told with the next report.
    func note(_ event: SecurityEvent) {
        state.withLock { state in
            state.digest.add(event)
            few.store(state.digest.hasFew, ordering: .relaxed)
        }
    }

    /// Whether something was noticed since the last report, and not much.
    var hasFew: Bool { few.load(ordering: .relaxed) }

    public func publish(_ event: Event) {
        for sink in sinks { sink(event) }
        state.withLock { state in
            for number in state.subscribers.keys { state.subscribers[number]?.offer(event) }
        }
    }

    /// Tells what was noticed since the last report.
    func report(at now: WallTime) {
        let noticed = state.withLock { state in
            few.store(false, ordering: .relaxed)
            return state.digest.drain(at: now)
        }
        for event in noticed { publish(.noticed(event)) }
    }

    /// What happens from now on. At most ``Limits/eventReaders`` read at a time.
    ///
    /// - Parameter limit: Events that may wait for whoever reads, 1 to ``Limits/mostWaitingEvents``.
    public func subscribe(limit: Int) throws(Refusal) -> AsyncStream<EventNews> {
        let limit = min(max(limit, 1), Limits.mostWaitingEvents)
        let (stream, continuation) = AsyncStream.makeStream(
            of: EventNews.self,
            bufferingPolicy: .bufferingOldest(limit)
        )
        let number: UInt64? = state.withLock { state in
            guard state.subscribers.count < Limits.eventReaders else { return nil }
            state.lastNumber += 1
            state.subscribers[state.lastNumber] = EventSubscriber(continuation)
            return state.lastNumber
        }
        guard let number else { throw .tooManyReaders }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in state.subscribers[number] = nil }
        }
        return stream
    }

    /// How many read.
    var readers: Int { state.withLock { $0.subscribers.count } }

    /// Nothing happens any more: whoever reads comes to the end.
    func finish() {
        let subscribers = state.withLock { state in
            defer { state.subscribers = [:] }
            return Array(state.subscribers.values)
        }
        for subscriber in subscribers { subscriber.finish() }
    }
}

/// Somebody who reads, and how much of it was lost because there was no room.
private struct EventSubscriber: Sendable {
    private let continuation: AsyncStream<EventNews>.Continuation
    private var missed = 0

    init(_ continuation: AsyncStream<EventNews>.Continuation) { self.continuation = continuation }

    mutating func offer(_ event: Event) {
        if missed > 0 {
            guard case .enqueued = continuation.yield(.missed(missed)) else {
                missed += 1
                return
            }
            missed = 0
        }
        if case .dropped = continuation.yield(.event(event)) { missed += 1 }
    }

    func finish() { continuation.finish() }
}

extension Refusal {
    fileprivate static let tooManyReaders = Self(
        problem: "Nobody else can watch what happens at the moment.",
        reason: "\(Limits.eventReaders) watch already, and each has events kept for it",
        remedy: "close one of the views that are open"
    )
}
