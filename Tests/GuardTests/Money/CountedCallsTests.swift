// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
import Primitives
import Testing

@Suite("Control call-patterns: what is counted outlives a restart")
struct CountedCallsTests {
    private static func moment(_ seconds: Int, wall: Int? = nil) -> LedgerMoment {
        LedgerMoment(
            now: MonotonicTime(nanoseconds: UInt64(1_000 + seconds) * 1_000_000_000),
            wall: WallTime(milliseconds: 1_800_000_000_000) + .seconds(wall ?? seconds),
            isOpen: true
        )
    }

    private static func snapshot() throws -> Snapshot {
        var dialing = DialingSettings()
        dialing.numbering.home = try .parsed("DE")
        dialing.rights.countries[try .parsed("FR")] = CountryRule(.open)
        let isSet = dialing.put(HotSpot(prefix: try #require(NumberPrefix(parsing: "+331")), callsPerDay: 2))
        #expect(isSet)
        let tariff = try #require(Tariff(perMinute: Money(clamping: 10_000), increments: .seconds))
        let rates = try (1...9).map { digit in
            let prefix = try #require(NumberPrefix(parsing: "+\(digit)"))
            return try #require(DeckRate(prefix: prefix, destination: "everywhere", tariff: tariff))
        }
        let deck = RateDeck(id: RateDecks.usual, version: 1, currency: .eur, rates: rates)
        return Snapshot(
            generation: 1,
            domain: try #require(DomainName(parsing: "pbx.example")),
            extensions: [try .numbered("201")],
            devices: [try .enrolled(at: "201")],
            outside: OutsideSettings(
                trunks: [TrunkAccess(try trunk(), secret: nil)],
                dialing: dialing,
                rates: RateDecks(usual: try #require(deck), importedAt: WallTime(milliseconds: 0), importedBy: "test")
            )
        )
    }

    private static func trunk() throws -> Trunk {
        Trunk(
            name: try #require(TrunkName(parsing: "main")),
            domain: try #require(DomainName(parsing: "sip.provider.example")),
            createdAt: WallTime(milliseconds: 0)
        )
    }

    private static func call(
        _ number: String,
        _ gate: inout PaidCallGate,
        _ snapshot: Snapshot,
        _ id: UInt64,
        at moment: LedgerMoment
    ) throws -> CallRefusal? {
        let attempt = CallAttempt(
            caller: try #require(snapshot.devices(of: .parsed("201")).first),
            dialled: number,
            signallingIsSecure: true,
            media: .encrypted
        )
        guard case .allowed(let placement) = CallRules.decide(attempt, in: snapshot, at: moment.wall) else {
            throw Unexpected.refused
        }
        let verdict = gate.admit(
            placement,
            over: try trunk(),
            as: ChargeID(id),
            isBothOutside: false,
            in: snapshot.outside,
            at: moment
        )
        switch verdict {
        case .refused(let refusal): return refusal
        case .allowed(let permit):
            gate.settle(permit, after: .zero, at: moment)
            return nil
        }
    }

    private enum Unexpected: Error { case refused }

    /// Goes on in a new process, whose clock begins anew.
    private static func restarted(
        _ gate: PaidCallGate,
        _ snapshot: Snapshot,
        at moment: LedgerMoment,
        away: Int
    ) throws
        -> PaidCallGate
    {
        let kept = try JSONEncoder().encode(gate.counted(at: moment))
        let read = try JSONDecoder().decode(CountedCalls.self, from: kept)
        let start = LedgerMoment(
            now: MonotonicTime(nanoseconds: 5_000_000_000),
            wall: moment.wall + .seconds(away),
            isOpen: true
        )
        var fresh = PaidCallGate(snapshot, seed: (3, 4), at: start)
        let isTaken = fresh.takeUp(read, in: snapshot, at: start)
        #expect(isTaken)
        return fresh
    }

    @Test(arguments: [(60, true), (3_000, true), (3_700, false)])
    func `a stop holds on for what is left of it`(away: Int, isStopped: Bool) throws {
        let snapshot = try Self.snapshot()
        var gate = PaidCallGate(snapshot, seed: (1, 2), at: Self.moment(0))
        for index in 0..<3 {
            let number = try #require(PhoneNumber(parsing: "+49900100000\(index)"))
            gate.refused(NumberPlan.facts(of: number), .dialled, by: try .parsed("201"), at: Self.moment(index))
        }
        #expect(gate.stops(at: Self.moment(5).now).map(\.rule) == [.refusedPremium])
        var next = try Self.restarted(gate, snapshot, at: Self.moment(5), away: away)
        let start = MonotonicTime(nanoseconds: 6_000_000_000)
        #expect(next.stops(at: start).map(\.rule) == (isStopped ? [.refusedPremium] : []))
    }

    @Test(arguments: [(60, true), (23 * 3_600, true), (26 * 3_600, false)])
    func `a quota that is used up stays so for its day`(away: Int, isUsedUp: Bool) throws {
        let snapshot = try Self.snapshot()
        var gate = PaidCallGate(snapshot, seed: (1, 2), at: Self.moment(0))
        for index in 0..<2 {
            #expect(
                try Self.call("+3314010000\(index)", &gate, snapshot, UInt64(index + 1), at: Self.moment(index * 5))
                    == nil
            )
        }
        let kept = Self.moment(20)
        var next = try Self.restarted(gate, snapshot, at: kept, away: away)
        let start = LedgerMoment(
            now: MonotonicTime(nanoseconds: 6_000_000_000),
            wall: kept.wall + .seconds(away + 1),
            isOpen: true
        )
        let refusal = try Self.call("+33140100009", &next, snapshot, 9, at: start)
        #expect((refusal?.control == .countryDialing) == isUsedUp, "\(refusal?.reason ?? "")")
    }

    @Test func `what is damaged is not taken up, whatever it says`() throws {
        let snapshot = try Self.snapshot()
        let gate = PaidCallGate(snapshot, seed: (1, 2), at: Self.moment(0))
        let whole = try JSONEncoder().encode(gate.counted(at: Self.moment(1)))
        var generator = SystemRandomNumberGenerator()
        var (taken, refused) = (0, 0)
        for _ in 0..<400 {
            var bytes = Array(whole)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                    in: 32...126,
                    using: &generator
                )
            }
            guard let read = try? JSONDecoder().decode(CountedCalls.self, from: Data(bytes)) else {
                refused += 1
                continue
            }
            var fresh = PaidCallGate(snapshot, seed: (3, 4), at: Self.moment(2))
            if fresh.takeUp(read, in: snapshot, at: Self.moment(2)) { taken += 1 } else { refused += 1 }
            _ = fresh.stops(at: Self.moment(3).now)
        }
        #expect(taken + refused == 400 && refused > 100, "\(taken) taken")
        let cut = try? JSONDecoder().decode(CountedCalls.self, from: whole.prefix(whole.count / 2))
        #expect(cut == nil)
    }
}
