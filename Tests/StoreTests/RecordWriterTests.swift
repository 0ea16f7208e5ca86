// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Model
import Primitives
import Synchronization
import Testing

@testable import Store

@Suite("The writer of call records")
struct RecordWriterTests {
    /// A disk that stands still until it is let go, and remembers what it was given.
    private final class Disk: Sendable {
        let gate = DispatchSemaphore(value: 0)
        let begun = DispatchSemaphore(value: 0)
        let commits = Mutex<[[String]]>([])
        /// Records of calls that are over.
        let ended = Mutex<[String]>([])

        func commit(_ batch: RecordWriter.Batch) {
            begun.signal()
            gate.wait()
            ended.withLock { $0 += batch.records.filter { $0.endedAt != nil }.map(\.id) }
            let events = batch.events.map { "\($0.source)×\($0.count)" }
            let logins = batch.logins.map { "\(String(decoding: $0.client, as: UTF8.self))@\($0.source)" }
            commits.withLock { $0.append(batch.records.map(\.id) + events + logins) }
        }
    }

    /// What the writer said of each record.
    private final class Answers: Sendable {
        private let answers = Mutex<[String: Bool]>([:])

        func note(_ id: String, _ isStored: Bool) { answers.withLock { $0[id] = isStored } }
        subscript(_ id: String) -> Bool? { answers.withLock { $0[id] } }
        var stored: Set<String> { Set(answers.withLock { $0.filter(\.value).keys }) }
        var count: Int { answers.withLock { $0.count } }
    }

    private func makeEvent(from source: String) -> SecurityEvent {
        SecurityEvent(at: noon, kind: .failedLogin, source: EventSource(parsing: source), detail: "")
    }

    @Test func `says yes only when the record is on the disk`() throws {
        let store = try Place().create()
        let writer = RecordWriter(store: store)
        let answers = Answers()
        for index in 0..<500 {
            writer.enqueue(try makeRecord("r\(index)")) { isStored in
                let isThere = (try? store.record("r\(index)")) ?? nil
                answers.note("r\(index)", isStored && isThere != nil)
            }
        }
        writer.stop()
        #expect(answers.stored.count == 500)
    }

    @Test func `gathers what comes during a commit into the next one`() throws {
        let disk = Disk()
        let writer = RecordWriter(capacity: 100) { disk.commit($0) }
        let answers = Answers()
        for index in 0..<50 { writer.enqueue(try makeRecord("\(index)")) { answers.note("\(index)", $0) } }
        for _ in 0..<60 { disk.gate.signal() }
        writer.stop()
        let commits = disk.commits.withLock { $0 }
        #expect(commits.flatMap(\.self) == (0..<50).map(String.init))
        #expect(commits.count <= 3)
        #expect(answers.stored.count == 50)
    }

    @Test func `what nobody waits for shares the commit of what somebody waits for`() throws {
        let disk = Disk()
        let writer = RecordWriter(capacity: 100) { disk.commit($0) }
        let answers = Answers()
        for index in 0..<20 {
            writer.enqueue(try makeRecord("begun \(index)"), isAwaited: false) { answers.note("begun \(index)", $0) }
        }
        writer.enqueue(try makeRecord("answered")) { answers.note("answered", $0) }
        for _ in 0..<21 { disk.gate.signal() }
        writer.stop()
        #expect(disk.commits.withLock { $0.count } <= 2)
        #expect(answers.stored.count == 21)
    }

    @Test func `of the states of one call that share a commit the latest is written, and an end is not undone`() throws
    {
        let disk = Disk()
        let writer = RecordWriter(capacity: 100) { disk.commit($0) }
        let answers = Answers()
        writer.enqueue(try makeRecord("first")) { answers.note("first", $0) }
        disk.begun.wait()
        var ended = try makeRecord("short")
        ended.endedAt = noon
        for (state, record) in [try makeRecord("short"), ended, try makeRecord("short")].enumerated() {
            writer.enqueue(record, isAwaited: false) { answers.note("state \(state)", $0) }
        }
        writer.enqueue(try makeRecord("other")) { answers.note("other", $0) }
        for _ in 0..<2 { disk.gate.signal() }
        writer.stop()
        #expect(disk.commits.withLock { $0 } == [["first"], ["short", "other"]])
        #expect(disk.ended.withLock { $0 } == ["short"])
        #expect(answers.stored.count == 5)
    }

    @Test(.timeLimit(.minutes(1)))
    func `what nobody waits for is written all the same`() throws {
        let disk = Disk()
        let writer = RecordWriter(capacity: 100) { disk.commit($0) }
        let written = DispatchSemaphore(value: 0)
        for _ in 0..<3 {
            writer.enqueue(try makeRecord("alone"), isAwaited: false) { _ in written.signal() }
            disk.gate.signal()
            written.wait()
        }
        writer.stop()
        #expect(disk.commits.withLock { $0.flatMap(\.self) } == ["alone", "alone", "alone"])
    }

    @Test func `a full queue says no at once and does not wait`() throws {
        let disk = Disk()
        let writer = RecordWriter(capacity: 10) { disk.commit($0) }
        let answers = Answers()
        writer.enqueue(try makeRecord("0")) { answers.note("0", $0) }
        // The commit stands still; ten more wait, and nobody is in anybody's way.
        disk.begun.wait()
        for index in 1..<1_000 { writer.enqueue(try makeRecord("\(index)")) { answers.note("\(index)", $0) } }
        #expect(answers.count == 989)
        #expect(answers["11"] == false && answers["999"] == false)
        for _ in 0..<20 { disk.gate.signal() }
        writer.stop()
        #expect(answers.stored == Set((0...10).map(String.init)))
        #expect(answers.count == 1_000)
    }

    @Test func `a commit that fails says no to all of its records, and the next ones are tried again`() throws {
        struct DiskFull: Error {}
        let failures = Mutex(0)
        let isFull = Mutex(true)
        let (first, answers) = (DispatchSemaphore(value: 0), Answers())
        let writer = RecordWriter(capacity: 10, onChange: { _ in failures.withLock { $0 += 1 } }) { _ in
            if isFull.withLock({ $0 }) { throw DiskFull() }
        }
        writer.enqueue(try makeRecord("lost")) { isStored in
            answers.note("lost", isStored)
            first.signal()
        }
        first.wait()
        isFull.withLock { $0 = false }
        writer.enqueue(try makeRecord("kept")) { answers.note("kept", $0) }
        writer.stop()
        #expect((answers["lost"], answers["kept"], failures.withLock { $0 }) == (false, true, 1))
    }

    @Test func `events that cannot be written cost no call, and are counted`() throws {
        struct Unwritable: Error {}
        let failures = Mutex(0)
        let written = Mutex<[String]>([])
        let writer = RecordWriter(capacity: 10, onChange: { _ in failures.withLock { $0 += 1 } }) { batch in
            guard batch.events.isEmpty else { throw Unwritable() }
            written.withLock { $0 += batch.records.map(\.id) }
        }
        let answers = Answers()
        writer.enqueue(makeEvent(from: "203.0.113.9"))
        writer.enqueue(try makeRecord("call")) { answers.note("call", $0) }
        writer.stop()
        #expect(answers["call"] == true && written.withLock { $0 } == ["call"])
        #expect(failures.withLock { $0 } == 1 && writer.droppedEvents == 1)
    }

    @Test func `after it has stopped it says no`() throws {
        let store = try Place().create()
        let writer = RecordWriter(store: store)
        writer.stop()
        writer.stop()
        let answers = Answers()
        writer.enqueue(try makeRecord("late")) { answers.note("late", $0) }
        #expect(answers["late"] == false)
        #expect(try store.record("late") == nil)
    }

    @Test(.timeLimit(.minutes(1)))
    func `whoever stops it waits until all is answered, also when somebody else has begun to stop it`() throws {
        let disk = Disk()
        let writer = RecordWriter(capacity: 100_000) { disk.commit($0) }
        let (answers, ended) = (Answers(), DispatchSemaphore(value: 0))
        writer.enqueue(try makeRecord("last")) { answers.note("last", $0) }
        disk.begun.wait()
        Thread.detachNewThread {
            writer.stop()
            ended.signal()
        }
        // It takes nothing any more once it is being stopped.
        while answers["probe"] == nil {
            writer.enqueue(try makeRecord("probe")) { isStored in if !isStored { answers.note("probe", false) } }
            usleep(1_000)
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.1) { for _ in 0..<100 { disk.gate.signal() } }
        writer.stop()
        #expect(answers["last"] == true)
        ended.wait()
    }

    @Test func `the last login of a phone from a place shares the commit of a record, or comes with the end`() throws {
        let disk = Disk()
        let writer = RecordWriter(capacity: 10) { disk.commit($0) }
        let device = try #require(DeviceID(parsing: "0123456789abcdef"))
        for (client, source) in [("old", "192.0.2.1"), ("new", "192.0.2.1"), ("other", "192.0.2.2")] {
            let address = try #require(IPAddress(parsing: source))
            writer.enqueue(
                PhoneLogin(device: device, source: address, client: Array(client.utf8), instance: nil, at: noon)
            )
        }
        let answers = Answers()
        writer.enqueue(try makeRecord("call")) { answers.note("call", $0) }
        for _ in 0..<3 { disk.gate.signal() }
        writer.stop()
        let commits = disk.commits.withLock { $0 }
        #expect(commits.flatMap(\.self).sorted() == ["call", "new@192.0.2.1", "other@192.0.2.2"])
        #expect(commits.count <= 2)
    }

    @Test func `a flood of different events does not grow without end, nor push a call record out`() throws {
        let disk = Disk()
        let writer = RecordWriter(capacity: 10) { disk.commit($0) }
        for index in 0..<5_000 { writer.enqueue(makeEvent(from: "2001:db8::\(String(index, radix: 16))")) }
        #expect(writer.droppedEvents >= 5_000 - 2 * Store.Limits.queuedEvents)
        let answers = Answers()
        writer.enqueue(try makeRecord("call")) { answers.note("call", $0) }
        for _ in 0..<10 { disk.gate.signal() }
        writer.stop()
        #expect(answers["call"] == true)
    }
}

@Suite("A server that is killed")
struct KilledServerTests {
    /// Each round a child process writes records as fast as it can and notes which were acknowledged, until it kills itself
    /// at a moment that nobody chose.
    @Test(arguments: 1...5)
    func `loses no record that was acknowledged`(round: Int) async throws {
        let place = Place()
        do { _ = try place.create() }
        let path = place.path
        let milliseconds = Int.random(in: 0...300)
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, milliseconds = milliseconds as Int] in
            try writeUntilKilled(path, after: milliseconds)
        }
        let acknowledged = String(decoding: try place.read("acknowledged"), as: UTF8.self).split(separator: "\n")
        #expect(!acknowledged.isEmpty, "round \(round) was killed before the first commit")
        let store = try place.open()
        for id in acknowledged { #expect(try store.record(String(id)) != nil) }
        #expect(try store.verifyJournal().isIntact)
        #expect(try store.closeInterrupted(at: noon) >= acknowledged.count)
    }
}

/// The child's whole life.
private func writeUntilKilled(_ path: String, after milliseconds: Int) throws {
    let store = try RingfenceStore.open(directory: path)
    let writer = RecordWriter(store: store)
    let file = open(path + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    // On a busy machine the first commit may take a while: the moment is counted from it.
    let first = DispatchSemaphore(value: 0)
    let end = Thread {
        first.wait()
        usleep(UInt32(milliseconds) * 1_000)
        kill(getpid(), SIGKILL)
    }
    end.start()
    for index in 0... {
        writer.enqueue(try makeRecord("r\(index)")) { isStored in
            guard isStored else { return }
            let line = Array("r\(index)\n".utf8)
            _ = write(file, line, line.count)
            first.signal()
        }
        if index.isMultiple(of: 7) { usleep(200) }
        if index.isMultiple(of: 50) { try store.append(draft(), at: noon) }
    }
}
