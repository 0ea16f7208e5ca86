// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("ringfence retention and record erase")
struct RetentionTests {
    private static let stranger = "+493012345678"

    private func record(
        _ id: String,
        days: Int64,
        isOver: Bool = true,
        from number: String = stranger
    ) throws -> CallRecord {
        let start = noon + .seconds(-days * 86_400)
        return CallRecord(
            id: id,
            startedAt: start,
            endedAt: isOver ? start + .seconds(60) : nil,
            caller: .outside(PhoneNumber(parsing: number)),
            callerDevice: nil,
            dialled: "201",
            callee: .extension(try #require(ExtensionNumber(parsing: "201"))),
            outcome: .answered,
            reason: "called by \(number)"
        )
    }

    @Test func `what is usual stands without a word, and a change is in the journal`() async throws {
        let office = try Office()
        #expect(try await office.run(ShowRetention()) == RetentionSettings(recordDays: 400, messageDays: 90))
        let new = try await office.run(SetRetention(recordDays: 180, messageDays: 30))
        #expect(new == RetentionSettings(recordDays: 180, messageDays: 30))
        #expect(try await office.run(ShowRetention()) == new && office.store.storedSettings().retention == new)
        #expect(try office.journal().last?.action == "retention.set")
        let held = try await office.run(SetRetention(hold: "court order 12/26"))
        #expect(held.hold == "court order 12/26" && held.recordDays == 180)
        #expect(try await office.run(SetRetention(isReleased: true)).hold == nil)
    }

    @Test(arguments: [(30, nil), (3_661, nil), (nil, 0), (nil, 367), (.max, nil)] as [(Int?, Int?)])
    func `not too short for budgets, and not for ever`(records: Int?, messages: Int?) async throws {
        let office = try Office()
        #expect(await office.refusal(SetRetention(recordDays: records, messageDays: messages)) != nil)
        #expect(await office.refusal(SetRetention(hold: " ")) != nil)
    }

    @Test func `old records go, calls that are up stay`() async throws {
        let office = try Office()
        try office.store.write([
            record("old", days: 401), record("young", days: 399), record("long", days: 500, isOver: false),
        ])
        let limit = noon + .seconds(-400 * 86_400)
        #expect(try office.store.oldRecords(endedBefore: limit) == limit)
        #expect(try office.store.deleteSomeRecords(endedBefore: limit) == 1)
        #expect(try office.store.oldRecords(endedBefore: limit) == nil)
        #expect(try Set(office.store.records(limit: 9).map(\.id)) == ["young", "long"])
    }

    @Test func `a clock that runs ahead takes some weeks of records, not all`() async throws {
        let office = try Office()
        try office.store.write([record("first", days: 300), record("second", days: 200)])
        let end = try #require(try office.store.oldRecords(endedBefore: noon + .seconds(700 * 86_400)))
        #expect(try office.store.deleteSomeRecords(endedBefore: end) == 1)
        #expect(try office.store.records(limit: 9).map(\.id) == ["second"])
    }

    @Test(arguments: ["+493012345678", "03012345678", "00493012345678", "0 0049 30 12345678", "9,03012345678"])
    func `it is known in whatever way it was dialled`(dialled: String) async throws {
        let office = try Office()
        var record = try record("one", days: 1, from: "+493099999999")
        (record.caller, record.dialled, record.callee) = (.system, dialled, nil)
        record.reason = "the call to \(Self.stranger) was refused"
        try office.store.write([record])
        #expect(try await office.run(EraseNumber(number: Self.stranger, reason: "letter")).records == 1)
        let left = try #require(try office.store.records(limit: 1).first)
        #expect(left.dialled == "erased" && left.reason == "the call to erased was refused")
    }

    @Test func `numbers that are alike stay, and so does one of a call that is up`() async throws {
        let office = try Office()
        try office.store.write([
            record("longer", days: 1, from: Self.stranger + "9"), record("up", days: 0, isOver: false),
        ])
        let reply = try await office.run(EraseNumber(number: Self.stranger, reason: "letter"))
        #expect(reply == EraseNumber.Reply(records: 0, running: 1))
        #expect(try office.store.records(limit: 9).contains { $0.caller.text == Self.stranger + "9" })
    }

    @Test func `a number goes out of every record, and of the journal, and the calls stay`() async throws {
        let office = try Office()
        try office.store.write([
            record("one", days: 1), record("two", days: 2), record("another", days: 1, from: "+493099999999"),
        ])
        #expect(try await office.run(EraseNumber(number: Self.stranger, reason: "asked by letter")).records == 2)
        let records = try office.store.records(limit: 9)
        #expect(records.count == 3 && records.count { $0.caller == .outside(nil) } == 2)
        #expect(!records.map { "\($0)" }.joined().contains("493012345678"))
        let entry = try #require(try office.journal().last)
        #expect(entry.action == "record.erase" && entry.subject == "a number that ends with 78")
        #expect(!entry.detail.contains("493012345678") && entry.detail.contains("asked by letter"))
        #expect(try await office.run(EraseNumber(number: Self.stranger, reason: "again")).records == 0)
    }

    @Test func `nothing goes while somebody holds it, and only an owner says so`() async throws {
        let office = try Office()
        try await office.run(SetRetention(hold: "court"))
        #expect(await office.refusal(EraseNumber(number: Self.stranger, reason: "letter")) != nil)
        #expect(await office.refusal(EraseNumber(number: "030 12345", reason: "letter")) != nil)
        for role in [Role.administrator, .security, .auditor, .billing] {
            #expect(await office.refusal(SetRetention(isReleased: true), by: Actor(name: "x", role: role)) != nil)
        }
    }
}
