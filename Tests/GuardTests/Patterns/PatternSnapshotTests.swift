// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
import Primitives
import Testing

@Suite("Control call-patterns: a restart forgets no stop")
struct PatternSnapshotTests {
    @Test func `a stop goes on after a restart, and ends when it would have ended`() throws {
        var office = try PatternOffice.calling(["FR"])
        for index in 0..<12 { office.call(try .to("+331401\(index + 10)000", "FR"), answered: 1) }
        try office.restart(away: 600)
        let verdict = office.judge(try .to("+33140100000", "FR"))
        #expect(verdict.isBlocked && verdict.rule == .costlyMinute && verdict.finding?.isNew == false)
        #expect(verdict.finding?.value == 11 && verdict.finding?.calls.count == 8)
        #expect((2_980...3_000).contains(verdict.finding?.stop?.components.seconds ?? 0))
        office.wait(3_001)
        try expect(!office.judge(try .to("+33140100000", "FR")).isBlocked)
    }

    @Test func `counters, known countries, rings and the hundred blocks go on after a restart`() throws {
        var office = try PatternOffice()
        office.call(try .to("+33140100000", "FR", isConfirmed: true))
        for index in 10..<22 { office.call(try .to("+331402000\(index)", "FR", from: "202")) }
        for index in 0..<5 {
            let number = try #require(PhoneNumber(parsing: "+2169000\(1_000 + index)"))
            _ = office.patterns.rang(from: number, at: try .parsed("20\(index)"), for: .seconds(1), now: office.now)
        }
        try office.restart(away: 60)
        try expect(office.judge(try .to("+33140100000", "FR")) == .allow)
        try expect(office.judge(try .to("+33140200099", "FR", from: "202")).rule == .oneBlock)
        try expect(office.judge(try .to("+21690001999", "TN")).rule == .callBack)
    }

    @Test func `every stopped extension of a full table is stopped after the restart`() throws {
        var office = try PatternOffice.calling(["FR"])
        let extensions = (0..<60).map { "\(300 + $0)" }
        for caller in extensions {
            for index in 0..<8 {
                _ = office.patterns.refused(try .to("+960123456\(index)", "MV", from: caller), at: office.now)
            }
        }
        let stopped = try extensions.filter { office.judge(try .to("+33140100000", "FR", from: $0)).isBlocked }
        #expect(stopped.count == 60)
        try office.restart()
        for caller in stopped { try expect(office.judge(try .to("+33140100000", "FR", from: caller)).isBlocked) }
    }

    @Test func `a snapshot is compact, and the same after JSON`() throws {
        var office = try PatternOffice.calling(["FR"])
        for index in 0..<200 {
            office.call(try .to("+33140\(100_000 + index * 1_000)", "FR", from: "2\(10 + index % 20)"), answered: nil)
            office.wait(300)
        }
        let snapshot = office.patterns.snapshot(at: office.now)
        let decoded = try JSONDecoder().decode(PatternSnapshot.self, from: JSONEncoder().encode(snapshot))
        #expect(decoded == snapshot)
        print("call-patterns: \(snapshot.bytes) bytes of snapshot for 20 busy extensions")
        #expect(snapshot.bytes < 40_000)
    }

    @Test func `a damaged snapshot is refused or taken, and never traps`() throws {
        var office = try PatternOffice.calling(["FR"])
        for index in 0..<40 {
            office.call(try .to("+33140\(100_000 + index * 1_000)", "FR", from: "2\(10 + index % 5)"))
        }
        let text = String(decoding: try JSONEncoder().encode(office.patterns.snapshot(at: office.now)), as: UTF8.self)
        let counters = Array(text.utf8)
        let start = try #require(text.range(of: "counters\":\"")).upperBound.utf16Offset(in: text)
        var source = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            var bytes = counters
            for _ in 0..<Int.random(in: 1...4, using: &source) {
                bytes[Int.random(in: start..<bytes.count - 2, using: &source)] =
                    Array("ABCDEFGHIJKLMNOP/+z".utf8).randomElement(using: &source) ?? 65
            }
            guard let decoded = try? JSONDecoder().decode(PatternSnapshot.self, from: Data(bytes)) else { continue }
            guard
                var patterns = CallPatterns(
                    restoring: decoded,
                    away: .seconds(Int64.random(in: -10...10_000_000, using: &source)),
                    home: try .parsed("DE"),
                    extensions: 20,
                    at: at(5)
                )
            else { continue }
            _ = patterns.judge(try .to("+33140100000", "FR", from: "210"), at: at(6))
            patterns.started(1, try .to("+33140100000", "FR", from: "210"), at: at(7))
            patterns.ended(1, after: .seconds(2), cost: 5, at: at(9))
            _ = patterns.stops(at: at(10))
        }
    }

    @Test func `a snapshot that ends early is refused`() throws {
        var office = try PatternOffice()
        office.call(try .to("+33140100000", "FR", isConfirmed: true))
        let snapshot = office.patterns.snapshot(at: office.now)
        let json = String(decoding: try JSONEncoder().encode(snapshot), as: UTF8.self)
        let cut = json.replacing(#/"counters":"([^"]{40})[^"]*"/#) { "\"counters\":\"\($0.output.1)\"" }
        let decoded = try JSONDecoder().decode(PatternSnapshot.self, from: Data(cut.utf8))
        let restored = CallPatterns(
            restoring: decoded,
            away: .zero,
            home: try .parsed("DE"),
            extensions: 20,
            at: at(0)
        )
        #expect(decoded != snapshot && restored == nil)
    }
}
