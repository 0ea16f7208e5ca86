// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Model
import Primitives
import Testing

@testable import Store

private let office = BusinessID(7)

/// A file for a record log that goes away with the process.
private func makePath() throws -> String {
    let place = Place()
    try FileManager.default.createDirectory(atPath: place.path, withIntermediateDirectories: true)
    return place.path + "/records.log"
}

extension RecordLog {
    fileprivate func ids(of business: BusinessID = office) -> [String] { oldest(of: business).map(\.record.id) }

    /// What a filler does when the tables took everything.
    fileprivate func fill(_ business: BusinessID = office) { filled(oldest(of: business), of: business) }
}

@Suite("The record log")
struct RecordLogTests {
    private func makeFull(_ id: String) throws -> CallRecord {
        var record = try makeEnded(id)
        (record.status, record.control, record.reason) = (488, .mediaEncryption, "no SRTP \u{1F512}")
        record.forwardedBy = [try number("202"), try number("203")]
        record.callerProtection = LegProtection(
            transport: "tls",
            tlsVersion: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384",
            srtpSuite: "AEAD_AES_256_GCM"
        )
        record.calleeProtection = LegProtection(transport: "wss")
        return record
    }

    @Test func `what was appended is there again for the next process, as it was, of each business its own`() throws {
        let path = try makePath()
        let (full, short) = (try makeFull("full"), try makeRecord("short"))
        do {
            let log = try RecordLog(path)
            try log.append([full, short], of: office)
            try log.append([try makeRecord("other")], of: BusinessID(.max))
        }
        let log = try RecordLog(path)
        #expect(log.oldest(of: office).map(\.record) == [full, short])
        #expect(log.ids(of: BusinessID(.max)) == ["other"])
        #expect(log.ids(of: BusinessID(1)).isEmpty)
        #expect(log.damage == nil && log.wasFound)
    }

    @Test func `whoever takes part need not be an extension`() throws {
        let (path, store) = (try makePath(), try Place().create())
        var record = try makeEnded("echo")
        (record.callerDevice, record.callee) = (nil, Participant(parsing: "*43"))
        do { try RecordLog(path).append([record], of: office) }
        #expect(try RecordLog(path).oldest(of: office).map(\.record) == [record])
        try store.write([record])
        #expect(try store.records() == [record] && record.callee != nil)
    }

    @Test func `of the states of a call the latest counts, and an end is not undone`() throws {
        let path = try makePath()
        let ended = try makeEnded("call")
        do {
            let log = try RecordLog(path)
            for record in [try makeRecord("call"), ended, try makeRecord("call")] {
                try log.append([record], of: office)
            }
        }
        #expect(try RecordLog(path).oldest(of: office).map(\.record) == [ended])
    }

    @Test func `only the owner can read it, and one process uses it at a time`() throws {
        let path = try makePath()
        let log = try RecordLog(path)
        try log.prepare()
        #expect(PrivateFile.mode(path) == 0o600)
        #expect(throws: StoreError.inUse(path)) { try RecordLog(path) }
        chmod(path, 0o640)
        #expect(throws: StoreError.exposed(path, mode: 0o640)) { try RecordLog(path) }
        withExtendedLifetime(log) {}
    }

    /// The write that a power cut tore is the last one, and nobody was told that it is there.
    @Test(arguments: [16, 17, 24, 40, 100])
    func `what was torn off at the end is not there, and everything before it is`(cut: Int) throws {
        let path = try makePath()
        do {
            let log = try RecordLog(path)
            for id in ["1", "2", "3"] { try log.append([try makeRecord(id)], of: office) }
        }
        try Self.change(path) { bytes, frames in
            // A sector that was not written holds what was there before.
            let end = frames[3]
            bytes.replaceSubrange(end - cut..<end, with: repeatElement(0xAA, count: cut))
        }
        let log = try RecordLog(path)
        #expect(log.ids() == ["1", "2"])
        #expect(log.damage == nil)
        try log.append([try makeRecord("4")], of: office)
        #expect(log.ids() == ["1", "2", "4"])
    }

    @Test func `damage in the middle is told, what follows it is not lost, and the evidence is kept`() throws {
        let path = try makePath()
        do {
            let log = try RecordLog(path)
            for id in ["1", "2", "3"] { try log.append([try makeRecord(id)], of: office) }
        }
        try Self.change(path) { bytes, frames in bytes[frames[1] + 40] ^= 1 }
        do {
            let log = try RecordLog(path)
            #expect(log.ids() == ["1", "3"])
            #expect(log.damage?.contains("cannot be read") == true)
            #expect(PrivateFile.mode(path + ".damaged-1") == 0o600)
        }
        // The next one is a sound file with everything that could be read.
        let log = try RecordLog(path)
        #expect(log.ids() == ["1", "3"] && log.damage == nil)
    }

    @Test(arguments: [0, 0x5A] as [UInt8])
    func `a head that cannot be read costs no record`(byte: UInt8) throws {
        let path = try makePath()
        do { try RecordLog(path).append([try makeRecord("1")], of: office) }
        try Self.change(path) { bytes, _ in
            bytes.replaceSubrange(0..<LogSegment.head, with: repeatElement(byte, count: LogSegment.head))
        }
        let log = try RecordLog(path)
        #expect(log.ids() == ["1"] && log.damage?.contains("head of a half") == true)
    }

    @Test(arguments: [0, 10, 100_000])
    func `a file that was cut off says so`(size: Int) throws {
        let path = try makePath()
        do { try RecordLog(path, half: 64 << 10).append([try makeRecord("1")], of: office) }
        truncate(path, off_t(size))
        let log = try RecordLog(path)
        #expect(log.damage != nil)
        #expect(log.ids() == (size == 100_000 ? ["1"] : []))
    }

    @Test func `it goes round for ever while the tables take what is in it`() throws {
        let path = try makePath()
        let log = try RecordLog(path, half: 8 << 10)
        for round in 0..<200 {
            try log.append([try makeEnded("\(round)")], of: office)
            if round % 20 == 19 { log.fill() }
        }
        #expect(log.ids().isEmpty)
        try log.append([try makeEnded("last")], of: office)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int == 16 << 10)
    }

    @Test func `when it is full it says so, keeps what it has, and goes on when the tables have taken it`() throws {
        let path = try makePath()
        var kept: [String] = []
        do {
            let log = try RecordLog(path, half: 8 << 10)
            #expect(throws: StoreError.logFull(path)) {
                for index in 0..<1_000 {
                    try log.append([try makeEnded("\(index)")], of: office)
                    kept.append("\(index)")
                }
            }
            #expect(kept.count > 30 && Set(log.ids()) == Set(kept))
        }
        let log = try RecordLog(path)
        #expect(Set(log.ids()) == Set(kept))
        log.fill()
        try log.append([try makeEnded("after")], of: office)
        #expect(log.ids() == ["after"])
    }

    @Test func `a business whose tables take nothing does not stop the others, and loses nothing`() throws {
        let path = try makePath()
        let broken = BusinessID(13)
        do {
            let log = try RecordLog(path, half: 16 << 10)
            for index in 0..<5 { try log.append([try makeEnded("kept \(index)")], of: broken) }
            for round in 0..<400 {
                try log.append([try makeEnded("\(round)")], of: office)
                log.fill()
            }
        }
        #expect(try RecordLog(path).ids(of: broken).sorted() == (0..<5).map { "kept \($0)" })
    }

    @Test(.timeLimit(.minutes(1)))
    func `what many append at once is all there, in fewer commits`() async throws {
        let path = try makePath()
        do {
            let log = try RecordLog(path)
            await withThrowingTaskGroup { group in
                for business in 0..<8 {
                    group.addTask {
                        for index in 0..<25 {
                            try log.append([try makeRecord("\(index)")], of: BusinessID(UInt64(business)))
                        }
                    }
                }
            }
        }
        let log = try RecordLog(path)
        for business in 0..<8 { #expect(log.ids(of: BusinessID(UInt64(business))).count == 25) }
    }

    @Test func `a file that somebody deletes takes nothing any more`() throws {
        let path = try makePath()
        let log = try RecordLog(path)
        try log.append([try makeRecord("1")], of: office)
        unlink(path)
        #expect(throws: StoreError.self) { try log.append([try makeRecord("2")], of: office) }
    }

    @Test func `two businesses of one identity do not share it`() throws {
        let log = try RecordLog(try makePath())
        try log.claim(office)
        #expect(throws: StoreError.twin(log.path)) { try log.claim(office) }
        log.release(office)
        try log.claim(office)
    }

    /// Alters the bytes of the first half. `frames` are where each frame begins, and where the next would.
    private static func change(_ path: String, _ body: (inout [UInt8], [Int]) -> Void) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var frames = [LogSegment.head]
        while let last = frames.last, let frame = LogFrame.read(bytes[...], at: last) {
            frames.append(last + LogFrame.size(of: frame.entries.count))
        }
        body(&bytes, frames)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o600)
    }
}

@Suite("RFC 3720 appendix B.4: CRC-32C")
struct ChecksumTests {
    @Test(
        arguments: [
            ([UInt8](repeating: 0, count: 32), 0x8A91_36AA), ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
            ([UInt8](0..<32), 0x46DD_794E),
        ] as [([UInt8], UInt32)]
    )
    func `the printed examples`(bytes: [UInt8], sum: UInt32) {
        #expect(Checksum.of(bytes[...]) == sum)
        #expect(Checksum.of(bytes[9...], after: Checksum.of(bytes[..<9])) == sum)
    }
}
