// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Testing

@testable import Audit
@testable import Server

@Suite("What is kept of attacks")
struct AttackOutcomeTests {
    private func report(_ observations: [Observation]) throws -> AttackReport {
        let attack = try #require(AttackSuite.attacks.first { $0.control == .secondFactor })
        return AttackReport(
            at: WallTime(milliseconds: 0),
            target: "x",
            results: observations.map { AttackResult(attack, $0) }
        )
    }

    @Test func `an attack that could not be carried out proves neither`() throws {
        let (held, broken, notRun) = (Observation.held("h"), Observation.broken("b"), Observation.notRun("n"))
        #expect(try report([held, held]).outcomes.map(\.passed) == [true])
        #expect(try report([held, notRun]).outcomes.isEmpty)
        #expect(try report([notRun]).outcomes.isEmpty)
        let fallen = try report([held, notRun, broken]).outcomes
        #expect(fallen.map(\.passed) == [false] && fallen[0].evidence.hasSuffix(": b"))
    }

    @Test func `what is not there to be attacked is no proof`() throws {
        #expect(try report([.absent("x"), .absent("x")]).outcomes.isEmpty)
        #expect(try report([.absent("x"), .held("h")]).outcomes.map(\.passed) == [true])
    }
}
