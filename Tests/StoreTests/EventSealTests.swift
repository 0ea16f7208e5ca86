// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives
import Testing

@testable import Store

@Suite("Control journal: security events")
struct EventSealTests {
    private func event(_ detail: String) -> SecurityEvent {
        SecurityEvent(at: noon, kind: .scanner, control: "intrusion-detection", source: "192.0.2.1", detail: detail)
    }

    /// A closed store with three batches of three events.
    private func makeNine() throws -> Place {
        let place = Place()
        let store = try place.create()
        for batch in 0..<3 { try store.write([], events: (1...3).map { event("\(batch * 3 + $0)") }) }
        return place
    }

    @Test func `each batch has one line in the journal, and all verify`() throws {
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
}
