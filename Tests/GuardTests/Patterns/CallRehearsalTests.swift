// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
import Primitives
import Testing

@Suite("Controls call-limits and spend-limit: calls on a copy of the gate")
struct CallRehearsalTests {
    private let moment = LedgerMoment(
        now: MonotonicTime(nanoseconds: 1_000_000_000),
        wall: WallTime(milliseconds: 1_800_000_000_000),
        isOpen: true
    )

    private func snapshot(_ change: (inout OutsideSettings) throws -> Void = { _ in }) throws -> Snapshot {
        var dialing = DialingSettings()
        dialing.numbering.home = try .parsed("DE")
        var outside = OutsideSettings(dialing: dialing)
        try change(&outside)
        return Snapshot(
            generation: 1,
            domain: try #require(DomainName(parsing: "pbx.example")),
            extensions: try [.numbered("201"), .numbered("202")],
            devices: try ["201", "202"].map { try .enrolled(at: $0) },
            outside: outside
        )
    }

    private func calls(
        _ count: Int,
        to number: String = "+493012345678",
        apart: Int = 1_000,
        lasts: Int? = nil
    ) throws -> [CallRehearsal.Call] {
        let number = try #require(PhoneNumber(parsing: number))
        return try (0..<count).map { CallRehearsal.Call(try .parsed("201"), number, at: $0 * apart, lasts: lasts) }
    }

    private func play(
        _ calls: [CallRehearsal.Call],
        price: Int64 = 1_000,
        on gate: PaidCallGate? = nil
    ) throws -> [RehearsedCall] {
        let rehearsal = try #require(CallRehearsal(calls, price: Money(clamping: price)))
        return try #require(RehearsalStage(gate, for: rehearsal, in: snapshot(), at: moment)).play(rehearsal)
    }

    @Test func `what is refused says by which control and why`() throws {
        let seen = try play(try calls(5))
        #expect(seen.map { $0.refusal?.status } == [nil, nil, 486, 486, 486])
        #expect(seen.last?.refusal?.control == .callLimits)
        #expect(seen.last?.refusal?.reason.contains("2 outside calls") == true)
    }

    @Test func `calls end when they were to, and make room`() throws {
        let seen = try play(try calls(10, apart: 4_000, lasts: 3_000))
        #expect(seen.allSatisfy { $0.refusal == nil && $0.endedAt == nil })
    }

    @Test func `a call that nobody ends is ended for want of money`() throws {
        // 4.00 an hour: ten minutes at 0.40.
        let seen = try play(
            [try calls(1), try calls(1, to: "+493012345679").map { .init($0.caller, $0.number, at: 1_800_000) }]
                .flatMap(\.self),
            price: 400_000
        )
        let ended = try #require(seen.first?.endedAt)
        #expect((590_000...610_000).contains(ended), "\(ended)")
    }

    @Test func `every country is open in the copy, and a premium number is approved`() throws {
        for number in ["+9607710000", "+33140100000", "+499001000000"] {
            #expect(try play(try calls(1, to: number)).map(\.refusal) == [nil])
        }
        #expect(try play(try calls(1, to: "+8816000000000")).first?.refusal?.control == .premiumNumbers)
    }

    @Test func `the gate itself is as it was`() throws {
        var gate = PaidCallGate(try snapshot(), seed: (1, 2), at: moment)
        _ = try play(try calls(30), price: 100_000, on: gate)
        #expect(gate.standings(at: moment).isEmpty && gate.outcome.isEmpty)
        // And it has what the gate has counted.
        #expect(try play(try calls(30), on: gate).count { $0.refusal == nil } == 2)
    }

    @Test func `too many calls, none, and times out of order are none`() throws {
        let price = Money(clamping: 1_000)
        #expect(CallRehearsal(try calls(Guard.Limits.rehearsedCalls), price: price) != nil)
        #expect(CallRehearsal(try calls(Guard.Limits.rehearsedCalls + 1), price: price) == nil)
        #expect(CallRehearsal([], price: price) == nil)
        #expect(CallRehearsal(try calls(3).reversed(), price: price) == nil)
        #expect(CallRehearsal(try calls(2, apart: Guard.Limits.rehearsedTime + 1), price: price) == nil)
        #expect(CallRehearsal(try calls(1, lasts: Guard.Limits.rehearsedTime), price: price) != nil)
        for lasts in [Guard.Limits.rehearsedTime + 1, .max, -1] {
            #expect(CallRehearsal(try calls(1, lasts: lasts), price: price) == nil, "it would end after \(lasts)")
        }
        let text = #"{"calls":[],"price":"1.00"}"#
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(CallRehearsal.self, from: Data(text.utf8))
        }
        let whole = try #require(CallRehearsal(try calls(2, lasts: 5), price: price, isOpen: false))
        #expect(try JSONDecoder().decode(CallRehearsal.self, from: JSONEncoder().encode(whole)) == whole)
    }
}
