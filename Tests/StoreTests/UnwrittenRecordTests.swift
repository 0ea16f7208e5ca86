// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Glibc
import Model
import Primitives
import Synchronization
import Testing

@testable import Store

/// A disk that takes nothing while it is full, and remembers what it was given in which order.
private final class FickleDisk: Sendable {
    struct Full: Error {}
    let isFull = Mutex(true)
    /// Records that it never takes.
    let poison = Mutex<Set<String>>([])
    let written = Mutex<[CallRecord]>([])
    let attempts = Mutex(0)
    let conditions = Mutex<[String]>([])

    func commit(_ batch: RecordQueue.Batch) throws {
        attempts.withLock { $0 += 1 }
        let poison = poison.withLock { $0 }
        if isFull.withLock({ $0 }) || batch.records.contains(where: { poison.contains($0.id) }) { throw Full() }
        written.withLock { $0 += batch.records }
    }

    func note(_ condition: RecordCondition) {
        conditions.withLock { list in
            switch condition {
            case .failing: list.append("failing")
            case .recovered(let count): list.append("recovered \(count)")
            case .notFilled: list.append("not filled")
            case .filled: list.append("filled")
            case .lost(let count, _): list.append("lost \(count)")
            }
        }
    }

    func writer(capacity: Int = 100) -> RecordWriter {
        RecordWriter(capacity: capacity, onChange: note) { try self.commit($0) }
    }
}

func makeEnded(_ id: String, after seconds: Int = 60) throws -> CallRecord {
    var record = try makeRecord(id)
    (record.answeredAt, record.endedAt, record.outcome) = (noon, noon + .seconds(seconds), .answered)
    return record
}

extension [Int] {
    /// Whether each is one more than the one before, except where it begins again.
    fileprivate var elementsAreInTurn: Bool {
        zip(self, dropFirst()).count { $1 != $0 + 1 } <= 1
    }
}

/// Looks until it is so, and no longer than a busy machine needs.
func wait(until condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<3_000 {
        if try condition() { return true }
        usleep(10_000)
    }
    return false
}

@Suite("Records that the disk does not take")
struct UnwrittenRecordTests {
    @Test(.timeLimit(.minutes(1)))
    func `the ends of calls are kept, and written in their order when the disk takes them again`() throws {
        let disk = FickleDisk()
        let writer = disk.writer()
        for index in 0..<20 { writer.enqueue(try makeEnded("\(index)"), isAwaited: false) }
        #expect(wait { writer.figures.unwritten == 20 })
        #expect(writer.figures.isFailing)
        disk.isFull.withLock { $0 = false }
        #expect(wait { writer.figures.unwritten == 0 })
        // The first ones were tried alone, and in turn.
        let ids = disk.written.withLock { $0.map(\.id) }
        #expect(Set(ids) == Set((0..<20).map(String.init)) && ids.count == 20)
        #expect(ids.dropFirst().map { Int($0) ?? 0 }.elementsAreInTurn)
        writer.stop()
        #expect(writer.figures.lost == 0)
    }

    @Test(.timeLimit(.minutes(1)))
    func `of several states of a call the newest is written, and an end is not undone`() throws {
        let disk = FickleDisk()
        let writer = disk.writer()
        writer.enqueue(try makeRecord("call"), isAwaited: false)
        #expect(wait { writer.figures.unwritten == 1 })
        writer.enqueue(try makeEnded("call", after: 5), isAwaited: false)
        writer.enqueue(try makeEnded("call", after: 7), isAwaited: false)
        writer.enqueue(try makeRecord("call"), isAwaited: false)
        let attempts = disk.attempts.withLock { $0 }
        #expect(wait { disk.attempts.withLock { $0 } > attempts + 1 })
        #expect(writer.figures.unwritten == 1)
        disk.isFull.withLock { $0 = false }
        writer.stop()
        #expect(disk.written.withLock { $0.last?.endedAt } == noon + .seconds(7))
    }

    @Test(.timeLimit(.minutes(1)))
    func `a state that was written since is not written over by the one that waits`() throws {
        let disk = FickleDisk()
        let writer = disk.writer()
        writer.enqueue(try makeEnded("call", after: 5), isAwaited: false)
        #expect(wait { writer.figures.unwritten == 1 })
        disk.isFull.withLock { $0 = false }
        writer.enqueue(try makeEnded("call", after: 9))
        writer.stop()
        #expect(disk.written.withLock { $0.last?.endedAt } == noon + .seconds(9))
    }

    @Test func `whoever waits for an answer hears no at once, and the end of its call is kept all the same`() throws {
        let disk = FickleDisk()
        let writer = disk.writer()
        let answers = Mutex<[Bool]>([])
        writer.enqueue(try makeRecord("answered")) { isStored in answers.withLock { $0.append(isStored) } }
        writer.enqueue(try makeEnded("refused")) { isStored in answers.withLock { $0.append(isStored) } }
        #expect(wait { answers.withLock { $0.count } == 2 })
        #expect(answers.withLock { $0 } == [false, false])
        #expect((writer.figures.unwritten, writer.figures.refused) == (1, 1))
        disk.isFull.withLock { $0 = false }
        writer.stop()
        #expect(disk.written.withLock { $0.map(\.id) } == ["refused"])
    }

    @Test func `calls that nobody answered do not push out the ends of those that were, and memory has a limit`() throws
    {
        var unwritten = UnwrittenRecords(limit: 10)
        for index in 0..<50 {
            var record = try makeRecord("unanswered \(index)")
            record.endedAt = noon
            #expect(unwritten.keep(record) == (index < 10))
        }
        for index in 0..<50 { #expect(unwritten.keep(try makeEnded("\(index)")) == (index < 10)) }
        #expect(unwritten.count == 20)
        #expect(unwritten.keep(try makeEnded("3", after: 70)))
        #expect(unwritten.count == 20)
    }

    @Test func `while the queue is full the end of a call is kept too`() throws {
        let (gate, begun) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let written = Mutex<Set<String>>([])
        let writer = RecordWriter(capacity: 2) { batch in
            begun.signal()
            gate.wait()
            written.withLock { $0.formUnion(batch.records.map(\.id)) }
        }
        writer.enqueue(try makeRecord("first"))
        begun.wait()
        for index in 0..<4 { writer.enqueue(try makeEnded("\(index)"), isAwaited: false) }
        for _ in 0..<10 { gate.signal() }
        writer.stop()
        #expect(written.withLock { $0 } == ["first", "0", "1", "2", "3"])
    }

    @Test(.timeLimit(.minutes(1)))
    func `one that can never be written keeps back no other`() throws {
        let disk = FickleDisk()
        disk.poison.withLock { $0 = ["bad"] }
        let writer = disk.writer()
        for id in ["bad", "one", "two"] { writer.enqueue(try makeEnded(id), isAwaited: false) }
        #expect(wait { writer.figures.unwritten == 3 })
        disk.isFull.withLock { $0 = false }
        #expect(wait { writer.figures.unwritten == 1 })
        #expect(disk.written.withLock { Set($0.map(\.id)) } == ["one", "two"])
        writer.stop()
        #expect(writer.figures.lost == 1)
    }

    @Test(.timeLimit(.minutes(1)))
    func `the log hears of it once when it begins and once when it is over, and the disk is not asked all the time`()
        throws
    {
        let disk = FickleDisk()
        let writer = disk.writer()
        for index in 0..<50 { writer.enqueue(try makeEnded("\(index)"), isAwaited: false) }
        #expect(wait { writer.figures.unwritten == 50 })
        let before = disk.attempts.withLock { $0 }
        usleep(2_500_000)
        #expect(disk.attempts.withLock { $0 } - before <= 3)
        disk.isFull.withLock { $0 = false }
        #expect(wait { disk.conditions.withLock { $0.count } == 2 })
        #expect(disk.conditions.withLock { $0 } == ["failing", "recovered 50"])
        #expect(!writer.figures.isFailing)
        writer.stop()
    }

    @Test func `what the disk has not taken when the server ends is told of`() throws {
        let disk = FickleDisk()
        let writer = disk.writer()
        for index in 0..<3 { writer.enqueue(try makeEnded("\(index)"), isAwaited: false) }
        writer.stop()
        #expect(disk.conditions.withLock { $0 } == ["failing", "lost 3"])
    }

    @Test(.timeLimit(.minutes(1)))
    func `while a call is up the server gives signs of life, and afterwards none`() throws {
        let beats = Mutex(0)
        let writer = RecordWriter(capacity: 10, pulse: .milliseconds(20), onBeat: { beats.withLock { $0 += 1 } }) { _ in
        }
        usleep(100_000)
        #expect(beats.withLock { $0 } == 0)
        writer.enqueue(try makeRecord("call"))
        #expect(wait { beats.withLock { $0 } >= 3 })
        writer.enqueue(try makeEnded("call"))
        usleep(200_000)
        let after = beats.withLock { $0 }
        usleep(200_000)
        #expect(beats.withLock { $0 } == after)
        writer.stop()
    }
}
