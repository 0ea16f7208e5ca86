// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("The score")
struct ScoreRulesTests {
    private let now = WallTime(milliseconds: 1_800_000_000_000)

    private func evidence(
        _ kind: ScoreRules.Evidence.Kind,
        passed: Bool = true,
        daysAgo: Int64 = 0,
        _ controls: [Control] = Control.allCases
    ) -> [ScoreRules.Evidence] {
        controls.map { ScoreRules.Evidence($0, kind, passed: passed, at: now + .seconds(-daysAgo * 86_400)) }
    }

    @Test func `nothing is worth anything that nobody has looked at`() {
        let score = ScoreRules.score([], accepted: [], at: now)
        #expect(score.value == 0 && !score.isExposed && score.items.allSatisfy { $0.standing == .notProven })
    }

    @Test func `all of it takes a fresh look and a fresh attack of everything`() {
        let looked = ScoreRules.score(evidence(.audit), accepted: [], at: now)
        #expect(looked.value == 40 && looked.items.allSatisfy { $0.standing == .old })
        let both = ScoreRules.score(evidence(.audit) + evidence(.attack), accepted: [], at: now)
        #expect(both.value == 100 && both.items.allSatisfy { $0.standing == .proven })
    }

    @Test(arguments: [(8, 80), (31, 60 / 2 + 0), (91, 0)])
    func `what is old counts half, and then nothing`(days: Int64, value: Int) {
        let all = evidence(.audit, daysAgo: days) + evidence(.attack, daysAgo: days)
        #expect(ScoreRules.score(all, accepted: [], at: now).value == value)
    }

    @Test func `an accepted risk gives no points, and is no gap`() {
        let score = ScoreRules.score(evidence(.audit) + evidence(.attack), accepted: [.trunkEncryption], at: now)
        #expect(score.items.first { $0.control == .trunkEncryption }?.standing == .accepted)
        #expect(score.value == 100 * (Control.allCases.count - 1) / Control.allCases.count)
    }

    @Test func `while somebody could come in it is 39 at most, whatever the rest is`() {
        let good = evidence(.audit, daysAgo: 1) + evidence(.attack, daysAgo: 1)
        for bad in [evidence(.attack, passed: false, [.callLimits]), evidence(.audit, passed: false, [.openPorts])] {
            let score = ScoreRules.score(good + bad, accepted: [], at: now)
            #expect(score.isExposed && score.value == 39)
        }
        let harmless = ScoreRules.score(good + evidence(.audit, passed: false, [.roles]), accepted: [], at: now)
        #expect(!harmless.isExposed && harmless.items.first { $0.control == .roles }?.standing == .gap)
    }

    @Test func `the newest counts, and nothing that is yet to come`() {
        let old = evidence(.attack, passed: false, daysAgo: 2, [.disa])
        let new = evidence(.attack, daysAgo: 1, [.disa]) + evidence(.attack, passed: false, daysAgo: -1, [.disa])
        for order in [old + new, new + old] {
            #expect(!ScoreRules.score(order, accepted: [], at: now).isExposed)
        }
    }

    @Test func `what is not there is out of the average, and what a look finds of it is not`() {
        let absent = ScoreRules.needingPortal
        let rest = Control.allCases.filter { !absent.contains($0) }
        let good = evidence(.audit) + evidence(.attack, rest)
        #expect(ScoreRules.score(good, accepted: [], at: now).value < 100)
        let old = evidence(.attack, passed: false, daysAgo: 1, [.secondFactor])
        for known in [good, good + old] {
            let score = ScoreRules.score(known, accepted: [], absent: absent, at: now)
            #expect(score.value == 100 && !score.isExposed)
            #expect(score.items.count { $0.standing == .notApplicable } == absent.count)
        }
        let open = good + evidence(.audit, passed: false, [.adminNetworks])
        #expect(ScoreRules.score(open, accepted: [], absent: absent, at: now).isExposed)
    }

    @Test func `the values of many days are those of each day`() {
        var random = SystemRandomNumberGenerator()
        let all = (0..<500).flatMap { _ in
            evidence(
                Bool.random(using: &random) ? .audit : .attack,
                passed: Int.random(in: 0..<20, using: &random) > 0,
                daysAgo: .random(in: -2...200, using: &random),
                [Control.allCases.randomElement(using: &random) ?? .disa]
            )
        }
        let days = (0..<90).reversed().map { now + .seconds(-Int64($0) * 86_400 + 5) }
        #expect(
            ScoreRules.values(all, absent: [.roles], at: days)
                == days.map { ScoreRules.score(all, accepted: [], absent: [.roles], at: $0).value }
        )
    }
}
