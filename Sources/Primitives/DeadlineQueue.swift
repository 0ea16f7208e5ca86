// SPDX-License-Identifier: Apache-2.0

/// What is due when: a binary heap of moments with what to wake.
///
/// A deadline is never searched for and taken out. Whoever is woken too early, because its deadline moved, looks at its
/// own state and asks again; that costs less than keeping the heap addressable. Inlinable, because every call passes
/// through it several times and a key of unknown type costs ten times as much to move.
public struct DeadlineQueue<Key: Sendable>: Sendable {
    @usableFromInline var heap: [(time: MonotonicTime, key: Key)] = []

    @inlinable public init() {}

    @inlinable public var next: MonotonicTime? { heap.first?.time }
    @inlinable public var count: Int { heap.count }

    @inlinable public mutating func insert(_ key: Key, at time: MonotonicTime) {
        heap.append((time, key))
        var child = heap.count - 1
        while child > 0, heap[child].time < heap[(child - 1) / 2].time {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes out one key whose time has come.
    @inlinable public mutating func popDue(at now: MonotonicTime) -> Key? {
        guard let first = heap.first, first.time <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            let (left, right) = (2 * parent + 1, 2 * parent + 2)
            var least = parent
            if left < heap.count, heap[left].time < heap[least].time { least = left }
            if right < heap.count, heap[right].time < heap[least].time { least = right }
            guard least != parent else { break }
            heap.swapAt(parent, least)
            parent = least
        }
        return first.key
    }
}
