// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Model
import Primitives
import Synchronization
import Testing

@testable import Store

/// A small file system of its own, for root only.
private final class SmallDisk {
    let path: String

    init?(mebibytes: Int) {
        path = NSTemporaryDirectory() + "ringfence-disk-\(UUID().uuidString)"
        guard geteuid() == 0, mkdir(path, 0o700) == 0 else { return nil }
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(mebibytes)m,mode=0700") == 0 else {
            rmdir(path)
            return nil
        }
    }

    private var filler: String { path + "/filler" }

    func fill() {
        let file = open(filler, O_CREAT | O_WRONLY, 0o600)
        let block = [UInt8](repeating: 0, count: 4_096)
        while write(file, block, block.count) > 0 {}
        close(file)
    }

    func makeRoom() { unlink(filler) }

    deinit {
        umount2(path, Int32(MNT_DETACH))
        rmdir(path)
    }
}

@Suite("A disk that is full")
struct FullDiskTests {
    @Test func `a start on a full disk says that it is full`() throws {
        guard let disk = SmallDisk(mebibytes: 2) else {
            return print("SKIPPED: a full disk needs root and the right to mount")
        }
        let directory = disk.path + "/office"
        let domain = try #require(DomainName(parsing: "pbx.example"))
        do { _ = try RingfenceStore.create(directory: directory, domain: domain, by: "test", at: noon) }
        disk.fill()
        var found: StoreError?
        do {
            let store = try RingfenceStore.open(directory: directory)
            for index in 0..<500 { try store.write([try makeRecord("\(index)")]) }
        } catch {
            found = StoreError(error)
        }
        guard case .database(let trouble, _) = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(trouble == .full || trouble == .failing)
    }

    @Test(.timeLimit(.minutes(1)))
    func `the end of a call is written when there is room again, also after the writer has stopped and begun anew`()
        throws
    {
        guard let disk = SmallDisk(mebibytes: 8) else {
            return print("SKIPPED: a full disk needs root and the right to mount")
        }
        let directory = disk.path + "/office"
        let domain = try #require(DomainName(parsing: "pbx.example"))
        let store = try RingfenceStore.create(directory: directory, domain: domain, by: "test", at: noon)
        let writer = RecordWriter(store: store, onBeat: { try? store.noteLife(at: noon) })
        var up = try makeRecord("call")
        up.answeredAt = noon
        try store.write([up])
        disk.fill()
        // What is left of the last page of the log may hold a few.
        var index = 0
        let isFull = try wait {
            index += 1
            writer.enqueue(try makeEnded("other \(index)"), isAwaited: false)
            return writer.figures.unwritten > 0
        }
        #expect(isFull)
        writer.enqueue(try makeEnded("call", after: 33), isAwaited: false)
        let answer = Mutex<Bool?>(nil)
        writer.enqueue(try makeRecord("new")) { isStored in answer.withLock { $0 = isStored } }
        #expect(wait { answer.withLock { $0 } != nil })
        #expect(answer.withLock { $0 } == false)
        try store.noteLife(at: noon + .seconds(40))
        disk.makeRoom()
        #expect(wait { writer.figures.unwritten == 0 })
        writer.stop()
        #expect(try store.record("call")?.endedAt == noon + .seconds(33))
        #expect(writer.figures.lost == 0)
        #expect(try store.verifyJournal().isIntact)
    }

    @Test(.timeLimit(.minutes(1)))
    func `F02 the last calls have their records when the disk is full, and the tables when there is room again`() throws
    {
        guard let disk = SmallDisk(mebibytes: 12) else {
            return print("SKIPPED: a full disk needs root and the right to mount")
        }
        let domain = try #require(DomainName(parsing: "pbx.example"))
        let store = try RingfenceStore.create(directory: disk.path + "/office", domain: domain, by: "test", at: noon)
        try store.beginServing()
        let writer = RecordWriter(store: store)
        disk.fill()
        let answers = Mutex<[Bool]>([])
        for index in 0..<1_000 {
            writer.enqueue(try makeEnded("\(index)")) { isStored in answers.withLock { $0.append(isStored) } }
        }
        #expect(wait { answers.withLock { $0.count } == 1_000 })
        #expect(answers.withLock { $0.allSatisfy(\.self) })
        #expect(writer.figures.unwritten == 0)
        disk.makeRoom()
        #expect(wait { store.log.count(of: store.business) == 0 })
        writer.stop()
        #expect(try store.records(limit: 2_000).count == 1_000)
    }
}
