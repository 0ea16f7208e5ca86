// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import Portal

@Suite("Runs of attacks, as the portal hears of them")
struct ProofDeskTests {
    @Test func `lines stand in the order in which they were said, and one run is enough`() async throws {
        let desk = ProofDesk()
        let time = WallTime(milliseconds: 0)
        let hasBegun = await desk.begin(.attack, by: "anna", at: time) { tell in
            for number in 0..<300 { tell("ok \(number)") }
            try? await Task.sleep(for: .milliseconds(50))
            return AttackOutcome(holds: true, text: "x")
        }
        #expect(hasBegun)
        let second = await desk.begin(.audit, by: "bert", at: time) { _ in AttackOutcome(holds: true, text: "y") }
        #expect(!second)
        let deadline = ContinuousClock.now + .seconds(10)
        while await desk.runs[.attack]?.isRunning == true, .now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        let run = try #require(await desk.runs[.attack])
        #expect(!run.isRunning && run.lines == (0..<300).map { "ok \($0)" })
    }
}
