// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives
import Testing

@testable import Store

@Suite("Control journal")
struct JournalTests {
    /// A closed store whose journal has ten entries; the first says that the business was made.
    private func makeTen() throws -> Place {
        let place = Place()
        let store = try place.create()
        for index in 2...10 { try store.append(draft("extension.add", "20\(index)"), at: noon + .seconds(index)) }
        return place
    }

    @Test func `an unaltered journal verifies, in the same process and after a restart`() throws {
        let place = Place()
        do {
            let store = try place.create()
            for _ in 2...10 { try store.append(draft(), at: noon) }
            #expect(try store.verifyJournal().isIntact)
        }
        let verification = try place.open().verifyJournal()
        #expect((verification.entries, verification.firstWrong, verification.problem) == (10, nil, nil))
        #expect(try place.open().journal().last?.hash == verification.head)
    }

    @Test func `the first entry says who made the business`() throws {
        let store = try Place().create()
        let entry = try #require(try store.journal().first)
        #expect(
            (entry.sequence, entry.actor, entry.action, entry.subject) == (1, "test", "business.create", "pbx.example")
        )
        #expect(entry.previous == String(repeating: "0", count: 64))
    }

    @Test(arguments: [
        "UPDATE journal SET actor = 'nobody' WHERE sequence = 3", "DELETE FROM journal WHERE sequence = 10",
        "DELETE FROM journal", "UPDATE OR REPLACE journal SET sequence = 4 WHERE sequence = 3",
        "INSERT INTO journal VALUES (12, 0, 'a', 'a', 'a', '{}', '', '')",
        "INSERT OR REPLACE INTO journal VALUES (3, 0, 'a', 'a', 'a', '{}', '', '')",
        "INSERT INTO journal VALUES (0, 0, 'a', 'a', 'a', '{}', '', '')",
    ])
    func `the database itself refuses to edit, shorten or renumber it`(sql: String) throws {
        let place = try makeTen()
        let error = #expect(throws: DatabaseError.self) { try place.tamper(sql) }
        #expect(error?.message == "the journal is append-only")
        #expect(try place.open().verifyJournal().isIntact)
    }

    @Test(arguments: [
        "at = at + 1", "actor = 'somebody else'", "action = 'extension.show'", "subject = '299'", "detail = '{}'",
        "hash = previous", "previous = hash",
    ])
    func `an edited entry is found, whichever field it was`(edit: String) throws {
        let place = try makeTen()
        try place.forge("UPDATE journal SET \(edit) WHERE sequence = 4")
        #expect(try place.open().verifyJournal().firstWrong == 4)
    }

    @Test func `text moved from one field to the next is found`() throws {
        let place = try makeTen()
        try place.forge("UPDATE journal SET action = 'extension.', subject = 'add' || subject WHERE sequence = 4")
        #expect(try place.open().verifyJournal().firstWrong == 4)
    }

    @Test func `a removed entry is found`() throws {
        let place = try makeTen()
        try place.forge("DELETE FROM journal WHERE sequence = 6")
        let verification = try place.open().verifyJournal()
        #expect(verification.firstWrong == 6)
        #expect(verification.problem == "the entry is missing; the next one there is 7")
    }

    @Test func `a removed entry is found although the others were renumbered`() throws {
        let place = try makeTen()
        try place.forge(
            "DELETE FROM journal WHERE sequence = 6; UPDATE journal SET sequence = sequence - 1 WHERE sequence > 6"
        )
        #expect(try place.open().verifyJournal().firstWrong == 6)
    }

    @Test func `two entries that changed places are found`() throws {
        let place = try makeTen()
        try place.forge(
            """
            UPDATE journal SET sequence = 100 WHERE sequence = 5; UPDATE journal SET sequence = 5 WHERE sequence = 6;
            UPDATE journal SET sequence = 6 WHERE sequence = 100
            """
        )
        #expect(try place.open().verifyJournal().firstWrong == 5)
    }

    @Test(arguments: [1, 5, 10])
    func `I02 a journal whose end was cut off is found`(kept: Int) throws {
        let place = try makeTen()
        try place.forge("DELETE FROM journal WHERE sequence > ?", [kept])
        let verification = try place.open().verifyJournal()
        #expect(verification.firstWrong == (kept == 10 ? nil : Int64(kept) + 1))
    }

    @Test func `I02 an emptied journal is found`() throws {
        let place = try makeTen()
        try place.forge("DELETE FROM journal")
        #expect(try place.open().verifyJournal().firstWrong == 1)
    }

    @Test func `what is written after the end was cut off does not cover it up`() throws {
        let place = try makeTen()
        try place.forge("DELETE FROM journal WHERE sequence > 8")
        for _ in 0..<2 {
            let store = try place.open()
            for _ in 0..<5 { try store.append(draft(), at: noon) }
            #expect(try store.verifyJournal().firstWrong == 10)
        }
    }

    @Test func `an entry that was added without the key is found, though nothing was taken away`() throws {
        let place = try makeTen()
        let last = try #require(try place.open().journal().last)
        let stranger = try Seal(key: Array(repeating: 1, count: 32))
        let entry = JournalChain.entry(draft("extension.list"), sequence: 11, at: noon, after: last.hash, stranger)
        try place.tamper(
            "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                entry.sequence, entry.at.milliseconds, entry.actor, entry.action, entry.subject, entry.detail,
                entry.previous, entry.hash,
            ]
        )
        #expect(try place.open().verifyJournal().firstWrong == 11)
    }

    @Test func `a chain that was forged from an entry on, with hashes that fit, is found by the anchor`() throws {
        let place = try makeTen()
        let seal = try place.open().seal
        var previous = try #require(try place.open().journal().first { $0.sequence == 8 }?.hash)
        try place.forge("DELETE FROM journal WHERE sequence > 8")
        for sequence in Int64(9)...10 {
            let entry = JournalChain.entry(draft("extension.list"), sequence: sequence, at: noon, after: previous, seal)
            try place.tamper(
                "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    entry.sequence, entry.at.milliseconds, entry.actor, entry.action, entry.subject, entry.detail,
                    entry.previous, entry.hash,
                ]
            )
            previous = entry.hash
        }
        let verification = try place.open().verifyJournal()
        #expect(verification.firstWrong == 10)
        #expect(verification.problem == "it is not the entry that journal.anchor remembers")
    }

    @Test func `a missing anchor is found, and not made anew`() throws {
        let place = try makeTen()
        try FileManager.default.removeItem(atPath: place.path + "/journal.anchor")
        let store = try place.open()
        #expect(try store.verifyJournal().firstWrong == 11)
        try store.append(draft(), at: noon)
        #expect(try !store.verifyJournal().isIntact)
    }

    @Test(arguments: [true, false])
    func `D18 a lost anchor or end is made good by somebody's word, which stays in the journal`(
        isAnchorLost: Bool
    ) throws {
        let place = try makeTen()
        if isAnchorLost {
            try FileManager.default.removeItem(atPath: place.path + "/journal.anchor")
        } else {
            try place.forge("DELETE FROM journal WHERE sequence > 8")
        }
        let store = try place.open()
        try store.append(draft(), at: noon)
        let (found, shortcomings) = (try store.verifyJournal(), store.shortcomings)
        let accepted = try store.acceptJournal(by: "root (uid 0)", because: "the disk broke", at: noon)
        guard case .accepted(let entry) = accepted else { return #expect(Bool(false), "\(accepted)") }
        #expect((entry.actor, entry.action) == ("root (uid 0)", "journal.accept"))
        let problem = try #require(found.problem)
        #expect(
            entry.detail.contains(#""problem":"\#(problem)""#) && entry.detail.contains(#""reason":"the disk broke""#)
        )
        #expect(shortcomings.count == 1 && store.shortcomings.isEmpty)
        #expect(try store.verifyJournal().isIntact)
        try store.append(draft(), at: noon)
        let again = try store.verifyJournal()
        #expect((again.isIntact, again.entries) == (true, isAnchorLost ? 13 : 11))
        #expect(try store.acceptJournal(by: "root", because: "again", at: noon) == .isWhole)
    }

    @Test(arguments: [
        "UPDATE journal SET actor = 'nobody' WHERE sequence = 4", "DELETE FROM journal WHERE sequence = 4",
    ])
    func `D18 nobody's word makes good an entry that was altered, with or without an anchor`(sql: String) throws {
        let place = try makeTen()
        try place.forge(sql)
        for isAnchorThere in [true, false] {
            if !isAnchorThere { try FileManager.default.removeItem(atPath: place.path + "/journal.anchor") }
            let store = try place.open()
            let answer = try store.acceptJournal(by: "root (uid 0)", because: "I say so", at: noon)
            guard case .isAltered(let verification) = answer else { return #expect(Bool(false), "\(answer)") }
            #expect(verification.firstWrong == 4)
            #expect(try store.verifyJournal().firstWrong == 4)
            #expect(try store.journal().count == (sql.hasPrefix("DELETE") ? 9 : 10))
        }
    }

    @Test func `an anchor that was written without the key is found`() throws {
        let place = try makeTen()
        let text = String(decoding: try place.read("journal.anchor"), as: UTF8.self)
        try place.write("journal.anchor", Data(text.replacingOccurrences(of: "\n10\n", with: "\n8\n").utf8))
        #expect(
            try place.open().verifyJournal().problem == "journal.anchor is missing or was not written by this system"
        )
    }

    @Test func `an anchor that lags because of a crash is no alarm, and catches up`() throws {
        let place = try makeTen()
        let anchor = try place.read("journal.anchor")
        try place.open().append(draft(), at: noon)
        try place.write("journal.anchor", anchor)
        let store = try place.open()
        #expect(try store.verifyJournal().isIntact)
        try store.append(draft(), at: noon)
        #expect(try place.read("journal.anchor") != anchor)
        #expect(try store.verifyJournal().entries == 12)
    }

    @Test func `any bytes as an anchor are a broken anchor, not a crash`() throws {
        let place = try makeTen()
        for bytes in [Data(), Data("\n\n\n\n".utf8), Data([0xFF, 0, 0x0A]), Data(count: 4_096)] {
            try place.write("journal.anchor", bytes)
            #expect(try place.open().verifyJournal().firstWrong == 11)
        }
    }

    @Test func `the list has the last entries, oldest first`() throws {
        let store = try makeTen().open()
        #expect(try store.journal(limit: 3).map(\.sequence) == [8, 9, 10])
        #expect(try store.journal(limit: 0).isEmpty)
        #expect(try store.journal(limit: -1).isEmpty)
    }

    @Test func `what strangers make the system write does not push out of sight what people did`() throws {
        let store = try makeTen().open()
        for hour in 0..<300 {
            let event = SecurityEvent(
                at: noon + .seconds(3_600 * hour),
                kind: .scanner,
                source: EventSource(parsing: "203.0.113.9"),
                detail: ""
            )
            try store.write([], events: [event])
        }
        try store.append(draft("extension.remove", "205"), at: noon)
        #expect(try store.journal(JournalQuery(limit: 4)).map(\.sequence) == [8, 9, 10, 311])
        #expect(try store.journal(JournalQuery(limit: 2, includesSystem: true)).map(\.sequence) == [310, 311])
        #expect(try store.verifyJournal().entries == 311)
    }

    @Test func `further back, and one kind of change, can be asked for`() throws {
        let store = try makeTen().open()
        #expect(try store.journal(JournalQuery(limit: 3, before: 8)).map(\.sequence) == [5, 6, 7])
        #expect(try store.journal(JournalQuery(limit: 3, before: 1)).isEmpty)
        #expect(try store.journal(JournalQuery(limit: 3, action: "business.create")).map(\.sequence) == [1])
        let one = JournalQuery(limit: 3, action: "extension.add", subject: "204")
        #expect(try store.journal(one).map(\.sequence) == [4])
        #expect(try store.journal(JournalQuery(limit: 3, action: "extension.add", subject: "night")).isEmpty)
        #expect(try store.journal(JournalQuery(limit: 3, action: "'; DROP TABLE journal; --")).isEmpty)
        #expect(try store.journal(JournalQuery(limit: -1)).isEmpty)
    }

    @Test func `what people did is found by an index`() throws {
        let store = try makeTen().open()
        let plan = try store.pool.read { database in
            try Row.fetchAll(
                database,
                sql:
                    "EXPLAIN QUERY PLAN SELECT * FROM journal WHERE actor <> 'ringfence' ORDER BY sequence DESC LIMIT 9"
            ).map { $0["detail"] as String }
        }
        #expect(plan.contains { $0.contains("journal_of_people") }, "\(plan)")
    }

    @Test func `entries from many threads are one chain`() async throws {
        let store = try Place().create()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { try store.append(draft(), at: noon) } }
            try await group.waitForAll()
        }
        let verification = try store.verifyJournal()
        #expect((verification.entries, verification.isIntact) == (51, true))
    }
}
