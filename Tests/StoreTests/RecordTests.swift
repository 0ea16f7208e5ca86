// SPDX-License-Identifier: Apache-2.0

import GRDB
import Model
import Primitives
import Testing

@testable import Store

@Suite("Call records")
struct RecordTests {
    private func makeFull() throws -> CallRecord {
        var record = try makeRecord("a1")
        (record.answeredAt, record.endedAt) = (noon + .seconds(4), noon + .seconds(64))
        (record.outcome, record.status, record.control, record.reason) = (.refused, 488, .mediaEncryption, "no SRTP")
        record.callerProtection = LegProtection(
            transport: "tls",
            tlsVersion: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384",
            srtpSuite: "AEAD_AES_256_GCM"
        )
        record.calleeProtection = LegProtection(transport: "tls")
        record.forwardedBy = [try number("202"), try number("203")]
        return record
    }

    @Test func `come back as they were written, after a restart too`() throws {
        let place = Place()
        let (full, empty) = (try makeFull(), try makeRecord("a2", at: noon + .seconds(1)))
        do { try place.create().write([full, empty]) }
        let store = try place.open()
        #expect(try store.records() == [empty, full])
        #expect(try store.record("a1") == full)
        #expect(try store.record("a3") == nil)
        #expect(try store.records(limit: 1) == [empty])
        #expect(try store.records(limit: -5).isEmpty)
    }

    @Test func `come back also where nobody of ours called, or the server itself answered`() throws {
        let place = Place()
        var (service, foreign) = (try makeRecord("a1"), try makeRecord("a2", at: noon + .seconds(1)))
        (service.dialled, service.callee) = ("*43", .service(.echo))
        foreign.callerDevice = nil
        do { try place.create().write([service, foreign]) }
        #expect(try place.open().records() == [foreign, service])
    }

    @Test func `a later state of a call replaces the one before`() throws {
        let store = try Place().create()
        var record = try makeRecord("a1")
        try store.write([record])
        (record.outcome, record.answeredAt) = (.answered, noon + .seconds(2))
        try store.write([record])
        #expect(try store.records() == [record])
    }

    @Test func `a call that has ended does not rise again when a writer is late`() throws {
        let store = try Place().create()
        let ended = try makeFull()
        try store.write([ended, try makeRecord("a1")])
        #expect(try store.records() == [ended])
    }

    @Test func `calls that were up when the server died are closed as interrupted, and only those`() throws {
        let place = Place()
        let ended = try makeFull()
        do {
            try place.create().write([ended, try makeRecord("up"), try makeRecord("later", at: noon + .seconds(90))])
        }
        let store = try place.open()
        #expect(try store.closeInterrupted(at: noon + .seconds(600)) == 2)
        let up = try #require(try store.record("up"))
        #expect((up.outcome, up.endedAt) == (.interrupted, noon + .seconds(90)))
        #expect(
            up.reason
                == "the server stopped while the call was up; it was last known to work at the end given here"
        )
        #expect(try store.record("a1") == ended)
        #expect(try store.closeInterrupted(at: noon) == 0)
    }

    @Test func `a call that a crash ended did not last until the next start, but until the last sign of life`() throws {
        let place = Place()
        do {
            let store = try place.create()
            try store.write([try makeRecord("up")])
            try store.noteLife(at: noon + .seconds(20))
            try store.noteLife(at: noon + .seconds(30))
        }
        let store = try place.open()
        #expect(try store.closeInterrupted(at: noon + .seconds(14 * 86_400)) == 1)
        #expect(try store.record("up")?.endedAt == noon + .seconds(30))
    }

    @Test func `no call ends before it was answered, whatever the clock said`() throws {
        let place = Place()
        do {
            let store = try place.create()
            var up = try makeRecord("up", at: noon + .seconds(90))
            up.answeredAt = noon + .seconds(95)
            try store.write([up, try makeRecord("earlier")])
            // The clock ran ahead when it was noted.
            try store.noteLife(at: noon + .seconds(1_000_000))
        }
        let store = try place.open()
        #expect(try store.closeInterrupted(at: noon + .seconds(60)) == 2)
        #expect(try store.record("up")?.endedAt == noon + .seconds(95))
        #expect(try store.record("earlier")?.endedAt == noon)
    }

    @Test func `S12 what a stranger dialled is kept as text, whatever it says, and no longer than 512 bytes`() throws {
        let store = try Place().create()
        var record = try makeRecord("a1")
        record.dialled = "'; DROP TABLE call_records; --"
        record.reason = String(repeating: "ü", count: 5_000)
        try store.write([record])
        let kept = try #require(try store.record("a1"))
        #expect(kept.dialled == record.dialled)
        #expect(kept.reason == String(repeating: "ü", count: 256))
    }
}

@Suite("Security events and proofs")
struct EventTests {
    private func makeEvent(
        _ detail: String,
        from source: String = "203.0.113.9",
        count: Int = 1,
        at time: WallTime = noon
    ) -> SecurityEvent {
        SecurityEvent(
            at: time,
            kind: .failedLogin,
            source: EventSource(parsing: source),
            subject: .account("k7"),
            detail: detail,
            count: count
        )
    }

    @Test func `come back newest first`() throws {
        let store = try Place().create()
        let events = (1...5).map { makeEvent("\($0)") }
        try store.write([], events: events)
        #expect(try store.events() == events.reversed())
        #expect(try store.events(limit: 2) == [events[4], events[3]])
    }

    @Test func `the oldest make room for the newest`() throws {
        let store = try Place().create()
        for number in 1...20 {
            try store.write([], events: [makeEvent("\(number)", at: noon + .seconds(3_600 * number))])
        }
        try store.append(at: noon) { try EventTable.prune($0, keeping: 5) }
        #expect(try store.events().map(\.detail) == ["20", "19", "18", "17", "16"])
        #expect(try store.verifyJournal().isIntact)
    }

    @Test func `the last proof of each kind counts, and a hundred are kept`() throws {
        let store = try Place().create()
        #expect(try store.lastProofs().isEmpty)
        for index in 0..<150 {
            try store.recordProof(
                control: .journal,
                kind: .audit,
                at: noon + .seconds(index),
                passed: index == 149,
                evidence: "entry \(index)"
            )
        }
        try store.recordProof(control: .journal, kind: .attack, at: noon, passed: false, evidence: "open")
        let proofs = try store.lastProofs()
        #expect(proofs.map(\.kind) == [.audit, .attack])
        #expect(proofs.map(\.passed) == [true, false])
        #expect(proofs.map(\.evidence) == ["entry 149", "open"])
        let kept = try store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM proofs WHERE kind = 'audit'") }
        #expect(kept == 100)
    }
}
