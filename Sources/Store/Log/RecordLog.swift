// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
public import Model

/// The log that call records are on the disk in before anybody is answered: one for all businesses of a process.
///
/// Whoever appends waits until it is there. What several append at the same time goes out in one write and one sync, whichever
/// business it is of. The tables are filled behind it, and a record stays here until they have it: after a crash they get it
/// at the next start. Its place on the disk is taken beforehand, so the last records find room when the disk has none.
///
/// Two halves take turns. One is used again when the tables have everything that is in it; what they do not take is carried
/// over to the half in use, so a business whose database is broken does not stop the others.
public final class RecordLog: @unchecked Sendable {
    private struct Gathering {
        var entries: [LogEntry] = []
        var bytes = ByteWriter()
    }

    public let path: String
    private let size: Int
    /// Guards everything below. Only who has set `isWriting` uses the file, and without holding it.
    private let condition = NSCondition()
    private var file: LogFile?
    private var halves: [(epoch: UInt64, end: Int)] = [(0, LogSegment.head), (0, LogSegment.head)]
    private var current = 0
    private var waiting = WaitingRecords()
    private var gathering = Gathering()
    /// The commit that what gathers will be part of, and the last one that is over.
    private var (next, done): (UInt64, UInt64) = (1, 0)
    private var isWriting = false
    private var failures: [UInt64: StoreError] = [:]
    /// Businesses that use it.
    private var claimed: Set<BusinessID> = []
    /// Whether an earlier process left it.
    public let wasFound: Bool
    /// What was found damaged when it was opened, in words.
    public let damage: String?

    /// Reads what an earlier process left, if it left something. One that is damaged is kept beside it as evidence, and what
    /// can be read of it is not lost.
    ///
    /// - Parameter half: Bytes of each half of one that is made.
    public init(_ path: String, half: Int = Limits.logHalf) throws(StoreError) {
        (self.path, size) = (path, half)
        guard let found = try LogFile.open(path) else {
            (wasFound, damage) = (false, nil)
            return
        }
        wasFound = true
        let bytes = try found.read()
        let read = [bytes[..<found.half], bytes[found.half...]].map(LogSegment.init(reading:))
        let damages = read.compactMap(\.damage) + (found.isWhole ? [] : ["it was cut off"])
        damage = damages.isEmpty ? nil : damages.joined(separator: "; ")
        halves = read.map { ($0.epoch, $0.end) }
        current = read[0].epoch >= read[1].epoch ? 0 : 1
        for half in [1 - current, current] {
            for entry in read[half].entries { waiting.put(entry, half: half) }
        }
        file = found
        guard damage != nil else { return }
        try Self.keepAside(path)
        try begin(after: read.map(\.epoch).max() ?? 0)
    }

    /// Takes its place on the disk, if it has none yet.
    public func prepare() throws(StoreError) {
        condition.lock()
        defer { condition.unlock() }
        while isWriting { condition.wait() }
        if file == nil { try begin(after: 0) }
    }

    /// - Throws: ``StoreError/twin(_:)`` when a business of the same identity uses it: one is a copy of the other.
    func claim(_ business: BusinessID) throws(StoreError) {
        guard condition.withLock({ claimed.insert(business).inserted }) else { throw .twin(path) }
    }

    func release(_ business: BusinessID) { condition.withLock { _ = claimed.remove(business) } }

    /// Begins a new file with what waits, in place of any there is.
    private func begin(after epoch: UInt64) throws(StoreError) {
        var writer = ByteWriter()
        let left = waiting.all
        for entry in left { entry.encode(into: &writer) }
        let frame = left.isEmpty ? [] : LogFrame.encode(writer.bytes, epoch: epoch + 1)
        let half = max(size, 2 * (frame.count + LogSegment.head))
        file = try LogFile.make(path, half: half, epoch: epoch + 1, frame: frame)
        halves = [(epoch + 1, LogSegment.head + frame.count), (0, LogSegment.head)]
        current = 0
        waiting = WaitingRecords()
        for entry in left { waiting.put(entry, half: 0) }
    }

    private static func keepAside(_ path: String) throws(StoreError) {
        for number in 1...99 where link(path, "\(path).damaged-\(number)") == 0 { return }
        throw .system(call: "link", path: path, errno: errno)
    }

    /// Begins a new file without what the tables have, so that what was deleted there is in neither and does not come back. What waits
    /// is carried over.
    public func renew() throws(StoreError) {
        condition.lock()
        defer { condition.unlock() }
        while isWriting { condition.wait() }
        if file != nil { try begin(after: halves.map(\.epoch).max() ?? 0) }
    }

    // MARK: Appending

    /// Returns when they are on the disk.
    public func append(_ records: [CallRecord], of business: BusinessID) throws(StoreError) {
        guard !records.isEmpty else { return }
        condition.lock()
        defer { condition.unlock() }
        while gathering.bytes.bytes.count > Limits.logCommit { condition.wait() }
        for record in records {
            let entry = LogEntry(business: business, record: record)
            gathering.entries.append(entry)
            entry.encode(into: &gathering.bytes)
        }
        let own = next
        while isWriting, done < own { condition.wait() }
        if done < own { commit() }
        if let failure = failures[own] { throw failure }
    }

    /// Writes what has gathered, for everybody who waits for it. Others gather meanwhile.
    private func commit() {
        let (batch, number) = (gathering, next)
        gathering = Gathering()
        next += 1
        isWriting = true
        var failure: StoreError?
        do throws(StoreError) {
            if file == nil { try begin(after: 0) }
            try write(batch)
        } catch {
            failure = error
        }
        failures[number] = failure
        // Whoever has not looked by then never will.
        if let old = failures.keys.min(), failures.count > 64 { failures[old] = nil }
        (done, isWriting) = (number, false)
        condition.broadcast()
    }

    private func write(_ batch: Gathering) throws(StoreError) {
        guard let file else { return }
        try makeRoom(for: LogFrame.size(of: batch.bytes.bytes.count), in: file)
        var (entries, writer) = (batch.entries, batch.bytes)
        // What the tables did not take while this half was filled by one half keeps the other from being used.
        let end = halves[current].end
        if end > file.half / 2 {
            let room = min(
                Limits.carriedOver,
                file.half - end - LogFrame.size(of: writer.bytes.count) - LogFrame.alignment
            )
            let left = waiting.leftBehind(in: 1 - current, bytes: room)
            for entry in left { entry.encode(into: &writer) }
            // Before the new ones: those may be later states of the same calls.
            entries = left + entries
            if !left.isEmpty { writer = ByteWriter.of(entries) }
        }
        let frame = LogFrame.encode(writer.bytes, epoch: halves[current].epoch)
        try put(frame, at: current * file.half + end, in: file)
        halves[current].end = end + frame.count
        for entry in entries { waiting.put(entry, half: current) }
    }

    /// Lets go of the lock while the disk works.
    private func put(_ frame: [UInt8], at offset: Int, in file: LogFile) throws(StoreError) {
        condition.unlock()
        defer { condition.lock() }
        guard file.isInPlace else { throw .system(call: "write", path: path, errno: ENOENT) }
        try file.write(frame, at: offset)
        try file.sync()
    }

    /// Turns to the other half when this one is full.
    private func makeRoom(for size: Int, in file: LogFile) throws(StoreError) {
        guard halves[current].end + size > file.half else { return }
        let other = 1 - current
        guard waiting.inHalf[other] == 0, LogSegment.head + size <= file.half else { throw .logFull(path) }
        let epoch = halves[current].epoch + 1
        // On the disk before anything of the new epoch is.
        try file.write(LogSegment.header(epoch: epoch, size: file.half), at: other * file.half)
        try file.sync()
        halves[other] = (epoch, LogSegment.head)
        current = other
    }

    // MARK: What the tables do not have yet

    func oldest(of business: BusinessID, limit: Int = .max) -> [WaitingRecords.Waiting] {
        condition.withLock { waiting.oldest(of: business, limit: limit) }
    }

    func record(_ id: String, of business: BusinessID) -> CallRecord? {
        condition.withLock { waiting[business, id] }
    }

    /// How many records of a business the tables do not have yet.
    public func count(of business: BusinessID) -> Int { condition.withLock { waiting.count(of: business) } }

    func filled(_ written: [WaitingRecords.Waiting], of business: BusinessID) {
        condition.withLock { waiting.filled(written, of: business) }
    }
}

extension ByteWriter {
    fileprivate static func of(_ entries: [LogEntry]) -> ByteWriter {
        var writer = ByteWriter()
        for entry in entries { entry.encode(into: &writer) }
        return writer
    }
}
