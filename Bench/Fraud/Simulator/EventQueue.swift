// SPDX-License-Identifier: Apache-2.0

/// What becomes due: a heap by time, and by the order of asking where times are the same.
struct EventQueue {
    enum Kind {
        /// The caller has answered a question, or has not.
        case confirmation(CallID)
        case answer(CallID)
        case end(CallID)
        /// A line of the attack places its next call.
        case line(Int)
    }

    private struct Entry {
        var time: Instant
        var order: Int
        var kind: Kind

        func isBefore(_ other: Entry) -> Bool { (time, order) < (other.time, other.order) }
    }

    private var heap: [Entry] = []
    private var asked = 0

    var nextTime: Instant? { heap.first?.time }

    mutating func add(_ kind: Kind, at time: Instant) {
        heap.append(Entry(time: time, order: asked, kind: kind))
        asked += 1
        var child = heap.count - 1
        while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func take() -> Kind? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return first.kind
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in stride(from: 2 * parent + 1, to: min(heap.count, 2 * parent + 3), by: 1)
            where heap[child].isBefore(heap[least]) {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(least, parent)
            parent = least
        }
    }
}
