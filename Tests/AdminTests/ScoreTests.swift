// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("The score, asked for")
struct ScoreTests {
    private func proof(_ control: Control, _ kind: Proof.Kind, daysAgo: Int64, passed: Bool = true) -> Proof {
        Proof(
            control: control,
            kind: kind,
            at: noon + .seconds(-daysAgo * 86_400),
            passed: passed,
            evidence: "x"
        )
    }

    @Test func `past days are found out once a day, and today each time`() async throws {
        let office = try Office()
        try office.store.recordProofs(Control.allCases.map { proof($0, .audit, daysAgo: 5) })
        let first = try await office.run(ShowScore())
        #expect(first.history.count == 90 && first.history[80].value == 0 && first.history[88].value > 0)
        // What nobody can do: a proof of a day that is over. It would show whether that day is looked at again.
        try office.store.recordProofs(Control.allCases.map { proof($0, .attack, daysAgo: 8) })
        try office.store.recordProofs(Control.allCases.map { proof($0, .attack, daysAgo: 0) })
        let second = try await office.run(ShowScore())
        #expect(second.history.dropLast().map(\.value) == first.history.dropLast().map(\.value))
        #expect(second.value > first.value && second.history.last?.value == second.value)
    }

    @Test func `without a portal what protects one is in no average`() async throws {
        let office = try Office()
        try office.store.recordProofs(Control.allCases.map { proof($0, .audit, daysAgo: 0) })
        let rest = Control.allCases.filter { !ScoreRules.needingPortal.contains($0) }
        try office.store.recordProofs(rest.map { proof($0, .attack, daysAgo: 0) })
        let score = try await office.run(ShowScore())
        #expect(score.value == 100 && score.count(.notApplicable) == 4)
    }
}
