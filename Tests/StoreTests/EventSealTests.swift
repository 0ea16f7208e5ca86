// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives
import Testing

@testable import Store

@Suite("Control journal: security events")
struct EventSealTests {
    private func event(_ detail: String, at time: WallTime = noon) -> SecurityEvent {
        SecurityEvent(at: time, kind: .scanner, source: EventSource(parsing: "192.0.2.1"), detail: detail)
    }

    /// A closed store with three batches of three events, each an hour after the one before.
    private func makeNine() throws -> Place { try makeNine(each: 3_600) }

    private func makeNine(each seconds: Int) throws -> Place {
        let place = Place()
        let store = try place.create()
        for batch in 0..<3 {
            let time = noon + .seconds(batch * seconds)
            try store.write([], events: (1...3).map { event("\(batch * 3 + $0)", at: time) })
        }
        return place
    }

    private static let copyFirst =
        "INSERT INTO security_events SELECT NULL, at, kind, control, source, subject, detail, count FROM security_events WHERE id = 1"

    @Test func `batches an hour apart have one line each in the journal, and all verify`() throws {
        let store = try makeNine().open()
        let lines = try store.journal().filter { $0.action == "event.batch" }
        #expect(lines.map(\.subject) == ["1-3", "4-6", "7-9"])
        #expect(try store.verifyJournal().isIntact)
    }

    @Test(arguments: [
        "UPDATE security_events SET source = '192.0.2.2' WHERE id = 5",
        "UPDATE security_events SET detail = 'nothing' WHERE id = 5",
        "UPDATE security_events SET count = 9 WHERE id = 4", "UPDATE security_events SET at = at + 1 WHERE id = 6",
        "UPDATE security_events SET subject = 'x' WHERE id = 4", "DELETE FROM security_events WHERE id = 5",
        "UPDATE security_events SET kind = 'flood', control = 'x' WHERE id = 4",
    ])
    func `an event that was edited or removed is found, at the line of its batch`(sql: String) throws {
        let place = try makeNine()
        try place.tamper(sql)
        let verification = try place.open().verifyJournal()
        #expect(verification.firstWrong == 3)
        #expect(verification.problem == "the security events 4 to 6 are not what was written")
    }

    @Test func `an event that was added is found`() throws {
        let place = try makeNine()
        try place.tamper(
            "INSERT INTO security_events SELECT NULL, at, kind, control, source, subject, detail, count FROM security_events WHERE id = 1"
        )
        #expect(try place.open().verifyJournal().problem == "there are 10 security events where 9 were written")
    }

    @Test func `the newest events cannot be cut off`() throws {
        let place = try makeNine()
        try place.tamper("DELETE FROM security_events WHERE id > 6")
        #expect(try place.open().verifyJournal().firstWrong == 4)
    }

    @Test func `making room leaves a line, and what stays verifies`() throws {
        let store = try makeNine().open()
        try store.append(at: noon) { try EventTable.prune($0, keeping: 4) }
        #expect(try store.events().map(\.detail) == ["9", "8", "7", "6", "5", "4"])
        #expect(try store.journal().last?.action == "event.prune")
        #expect(try store.verifyJournal().isIntact)
    }

    @Test func `what was cut off without a line is not taken for making room`() throws {
        let place = try makeNine()
        try place.tamper("DELETE FROM security_events WHERE id <= 3")
        #expect(try place.open().verifyJournal().firstWrong == 2)
    }

    @Test func `a flood of a thousand batches adds one line an hour, and all verify`() throws {
        let place = Place()
        do {
            let store = try place.create()
            for turn in 0..<1_000 { try store.write([], events: [event("\(turn)", at: noon + .seconds(10 * turn))]) }
            let lines = try store.journal().filter { $0.action == "event.batch" }
            #expect(lines.map(\.subject) == ["1-1", "2-361", "362-721"])
            #expect(try store.verifyJournal().isIntact)
        }
        // As after kill -9: nothing was told to end.
        #expect(try place.open().verifyJournal().isIntact)
    }

    @Test func `very many events are one line as soon as there are ten thousand, and room is made`() throws {
        let store = try Place().create()
        for _ in 0..<130 { try store.write([], events: (0..<1_000).map { event("\($0)") }) }
        let lines = try store.journal().filter { $0.actor == "ringfence" }
        #expect(lines.count { $0.action == "event.batch" } == 13)
        #expect(lines.contains { $0.action == "event.prune" })
        #expect(try store.verifyJournal().isIntact)
        #expect(
            try store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM security_events") ?? 0 } <= 120_000
        )
    }

    @Test(arguments: [
        "UPDATE security_events SET source = '192.0.2.2' WHERE id = 5", "DELETE FROM security_events WHERE id = 5",
        "DELETE FROM security_events WHERE id > 6", "DELETE FROM security_events WHERE id > 3", copyFirst,
        "DELETE FROM open_events", "DELETE FROM open_events; DELETE FROM security_events WHERE id > 3",
        "UPDATE open_events SET last = 6; DELETE FROM security_events WHERE id > 6",
        "UPDATE open_events SET digest = '', last = 3; DELETE FROM security_events WHERE id > 3",
        "UPDATE open_events SET first = 7", "UPDATE open_events SET code = ''", "UPDATE open_events SET since = 0",
        "DELETE FROM security_events WHERE id > 3; UPDATE sqlite_sequence SET seq = 3 WHERE name = 'security_events'",
    ])
    func `events that still wait for their line cannot be edited, removed or added either`(sql: String) throws {
        let place = try makeNine(each: 10)
        #expect(try place.open().verifyJournal().isIntact)
        try place.tamper(sql)
        #expect(try !place.open().verifyJournal().isIntact)
        // What is written later, by a system that is started again, does not cover it up.
        for hour in 0..<3 {
            let store = try place.open()
            try store.write([], events: [event("later", at: noon + .seconds(3_600 * hour + 60))])
            #expect(try !store.verifyJournal().isIntact)
        }
    }

    @Test func `lines of an older version, one for each batch, still verify, and so do later ones`() throws {
        let place = Place()
        let store = try place.create()
        for detail in ["1", "2"] {
            let row = "INSERT INTO security_events VALUES (NULL, 0, 'scanner', 'x', '192.0.2.1', NULL, ?, 1)"
            try store.append(at: noon) { database in
                try database.execute(sql: row, arguments: [detail])
                let id = database.lastInsertedRowID
                let digest = try EventSeal.digest(database, id, id)
                return [try EventSeal.draft(of: .init(first: id, last: id, digest: digest))]
            }
        }
        #expect(try store.verifyJournal().isIntact)
        for _ in 0..<3 { try store.write([], events: [event("new")]) }
        #expect(try store.journal().suffix(3).map(\.subject) == ["1-1", "2-2", "3-3"])
        #expect(try store.verifyJournal().isIntact)
        try place.tamper("UPDATE security_events SET at = 1 WHERE id = 2")
        #expect(try store.verifyJournal().problem == "the security events 2 to 2 are not what was written")
    }
}
