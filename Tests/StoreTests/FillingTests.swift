// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives
import Synchronization
import Testing

@testable import Store

@Suite("Records behind the calls")
struct FillingTests {
    /// Rows of the table, without what waits in the log.
    private func rows(_ store: RingfenceStore) throws -> [String] {
        try store.pool.read { try String.fetchAll($0, sql: "SELECT id FROM call_records ORDER BY id") }
    }

    @Test func `what is in the log only is read with what is in the tables, the newest state of each`() throws {
        let store = try Place().create()
        var first = try makeRecord("1")
        try store.write([first, try makeRecord("2", at: noon + .seconds(2))])
        let late = try makeEnded("3")
        (first.answeredAt, first.outcome) = (noon + .seconds(1), .answered)
        try store.log.append([first, late], of: store.business)
        #expect(try store.records().map(\.id) == ["2", "3", "1"])
        #expect(try store.records(limit: 1).map(\.id) == ["2"])
        #expect(try store.record("1") == first)
        #expect(try store.record("3") == late)
        let owner = try makeExtension("202")
        #expect(try store.records(of: owner).count == 3)
        #expect(try store.records(of: try makeExtension("203")).isEmpty)
        #expect(try rows(store) == ["1", "2"])
    }

    @Test(.timeLimit(.minutes(1)))
    func `the tables are filled within seconds, and when the writer stops`() throws {
        let store = try Place().create()
        let writer = RecordWriter(store: store)
        writer.enqueue(try makeEnded("1"))
        #expect(try wait { try rows(store) == ["1"] })
        writer.enqueue(try makeEnded("2"))
        writer.stop()
        #expect(try rows(store) == ["1", "2"])
        #expect(store.log.count(of: store.business) == 0)
    }

    @Test func `a process that was killed before it filled the tables lost nothing`() throws {
        let place = Place()
        do {
            let store = try place.create()
            try store.log.append([try makeEnded("1"), try makeRecord("up")], of: store.business)
            #expect(try rows(store).isEmpty)
        }
        let store = try place.open()
        #expect(try rows(store) == ["1", "up"])
        #expect(try store.closeInterrupted(at: noon + .seconds(9)) == 1)
        // What is filled in twice is there once.
        try store.log.append([try makeRecord("up")], of: store.business)
        TableFiller(store).fill()
        #expect(try store.record("up")?.outcome == .interrupted)
    }

    @Test(.timeLimit(.minutes(1)))
    func `while another program holds the database calls go on being stored, and it is told once`() throws {
        let place = Place()
        let store = try place.create()
        let told = Mutex<[String]>([])
        let writer = RecordWriter(
            store: store,
            onChange: { condition in
                switch condition {
                case .notFilled: told.withLock { $0.append("not filled") }
                case .filled: told.withLock { $0.append("filled") }
                case .failing, .recovered, .lost: told.withLock { $0.append("failing") }
                }
            }
        )
        let other = try DatabaseQueue(path: place.database)
        let answers = Mutex(0)
        try other.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            for index in 0..<20 {
                writer.enqueue(try makeEnded("\(index)")) { isStored in if isStored { answers.withLock { $0 += 1 } } }
            }
            #expect(wait { answers.withLock { $0 } == 20 })
            #expect(wait { writer.figures.unfilled == 20 })
            #expect(try store.records().count == 20)
            try database.execute(sql: "COMMIT")
        }
        #expect(try wait { try rows(store).count == 20 })
        writer.stop()
        #expect(told.withLock { $0 } == ["not filled", "filled"])
    }

    @Test func `a record that the tables never take keeps back no other`() throws {
        let place = Place()
        let store = try place.create()
        try place.tamper(
            """
            CREATE TRIGGER never BEFORE INSERT ON call_records WHEN NEW.id = 'bad'
            BEGIN SELECT RAISE(ABORT, 'never'); END
            """
        )
        try store.log.append(try ["1", "bad", "2"].map { try makeEnded($0) }, of: store.business)
        let filler = TableFiller(store)
        filler.fill()
        #expect(try rows(store) == ["1", "2"])
        #expect(filler.isFailing && store.log.count(of: store.business) == 1)
    }
}

@Suite("A copy of the database")
struct CopyTests {
    private func serve(_ place: Place, _ body: (RingfenceStore) throws -> Void) throws {
        let store = try place.create()
        try store.beginServing()
        try body(store)
    }

    @Test func `after the end of the server the database file alone is whole`() throws {
        let (place, copy) = (Place(), Place())
        try serve(place) { store in
            _ = try store.change([.put(try makeExtension("201"))], journal: [draft()], at: noon)
            try store.log.append([try makeEnded("1")], of: store.business)
            try store.endServing()
        }
        try copy.take(["ringfence.sqlite", "seal.key", "journal.anchor"], from: place)
        let store = try copy.open()
        #expect(store.shortcomings.isEmpty)
        #expect(store.snapshot.extensions.count == 1)
        #expect(try store.records().map(\.id) == ["1"])
    }

    @Test func `the database file of a running server, copied alone, says that it is not whole`() throws {
        let (place, copy) = (Place(), Place())
        try serve(place) { store in
            try store.log.append([try makeEnded("1")], of: store.business)
            try copy.take(["ringfence.sqlite", "seal.key", "journal.anchor"], from: place)
        }
        let shortcomings = try copy.open().shortcomings.joined(separator: "\n")
        #expect(shortcomings.contains("without ringfence.sqlite-wal"))
        #expect(shortcomings.contains("records.log is missing"))
    }

    @Test func `a change of settings is in the database file soon, while the server runs`() throws {
        let (place, copy) = (Place(), Place())
        try serve(place) { store in
            _ = try store.change([.put(try makeExtension("201"))], journal: [draft()], at: noon)
            usleep(4_000_000)
            try copy.take(["ringfence.sqlite", "seal.key", "journal.anchor"], from: place)
        }
        #expect(try copy.open().snapshot.extensions.count == 1)
    }

    @Test func `what a killed server left is no copy`() throws {
        let place = Place()
        try serve(place) { try $0.log.append([try makeEnded("1")], of: $0.business) }
        // The last connection that closes takes the write-ahead log with it; a killed one does not.
        try Data().write(to: URL(fileURLWithPath: place.database + "-wal"))
        #expect(chmod(place.database + "-wal", 0o600) == 0)
        #expect(try place.open().shortcomings.isEmpty)
    }

    @Test func `a folder that moved from a process of many finds its last records, or says that they are missing`()
        throws
    {
        let (place, shared) = (Place(), Place())
        try FileManager.default.createDirectory(atPath: shared.path, withIntermediateDirectories: true)
        do { _ = try place.create() }
        do {
            let store = try RingfenceStore.open(directory: place.path, log: RecordLog(shared.path + "/records.log"))
            try store.beginServing()
            try store.log.append([try makeEnded("1")], of: store.business)
        }
        try Data().write(to: URL(fileURLWithPath: place.database + "-wal"))
        #expect(chmod(place.database + "-wal", 0o600) == 0)
        do {
            let store = try place.open()
            #expect(try store.records().map(\.id) == ["1"] && store.shortcomings.isEmpty)
        }
        try FileManager.default.removeItem(atPath: shared.path)
        #expect(try place.open().shortcomings.contains { $0.contains("is missing") })
    }
}

@Suite("A damaged database")
struct DamageTests {
    @Test(arguments: ["call_records", "journal", "bans", "security_events"])
    func `one damaged page is found at the start, and before it`(table: String) throws {
        let place = Place()
        var page: Int64 = 0
        do {
            let store = try place.create()
            try store.write(try (0..<50).map { try makeRecord("\($0)") })
            try store.beginServing()
            try store.endServing()
            page = try #require(
                try store.pool.read {
                    try Int64.fetchOne($0, sql: "SELECT rootpage FROM sqlite_schema WHERE name = ?", arguments: [table])
                }
            )
        }
        #expect(RingfenceStore.damage(in: place.path) == nil)
        var bytes = try place.read("ringfence.sqlite")
        bytes.replaceSubrange(Int(page - 1) * 4_096..<Int(page) * 4_096, with: Data(repeating: 0x5A, count: 4_096))
        try place.write("ringfence.sqlite", bytes)
        #expect(chmod(place.database, 0o600) == 0)
        let error = #expect(throws: (any Error).self) { try place.open() }
        let trouble = try #require(error.flatMap(StoreError.init))
        switch trouble {
        case .damaged, .database(.damaged, _): break
        default: Issue.record("\(trouble)")
        }
        #expect(RingfenceStore.damage(in: place.path) != nil)
    }

    @Test func `a second server finds the folder in use, also when somebody deleted the lock file`() throws {
        let place = Place()
        let store = try place.create()
        unlink(place.path + "/store.lock")
        #expect(throws: StoreError.inUse(place.path)) { try place.open() }
        withExtendedLifetime(store) {}
    }

    @Test(.timeLimit(.minutes(1)))
    func `a database that is deleted under the server is noticed`() throws {
        let place = Place()
        let store = try place.create()
        let told = Mutex(false)
        let writer = RecordWriter(
            store: store,
            onChange: { condition in
                if case .notFilled = condition { told.withLock { $0 = true } }
            }
        )
        unlink(place.database)
        writer.enqueue(try makeEnded("1"))
        #expect(wait { told.withLock { $0 } })
        #expect(writer.figures.unfilled == 1)
        writer.stop()
    }
}
