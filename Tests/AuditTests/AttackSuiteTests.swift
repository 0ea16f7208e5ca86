// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Testing

@testable import Audit

@Suite("Attacks")
struct AttackSuiteTests {
    @Test(arguments: AttackSuite.attacks.map(\.id))
    func `the real phone system gives nothing away`(id: String) async throws {
        let memory = try MemoryTarget(nil)
        let result = try await run(id, memory)
        #expect(result.outcome == .held, "\(id): \(result.observed)")
    }

    @Test(arguments: Weakness.allCases)
    func `a weakness is found by the attack on it`(weakness: Weakness) async throws {
        let memory = try MemoryTarget(weakness)
        let result = try await run(weakness.attack, memory)
        #expect(result.outcome == .broken, "\(weakness): \(result.observed)")
        #expect(!result.passed)
    }

    @Test func `every attack can fail`() {
        #expect(Set(AttackSuite.attacks.map(\.id)) == Set(Weakness.allCases.map(\.attack)))
    }

    @Test func `no two attacks have the same name`() {
        #expect(Set(AttackSuite.attacks.map(\.id)).count == AttackSuite.attacks.count)
    }

    @Test func `without accounts an attack from inside is not run, and that is no pass`() async throws {
        let memory = try MemoryTarget(nil)
        var target = try memory.target()
        target.accounts = []
        let report = await AttackSuite.run(control: .sipPasswords, wire: memory.wire(), target: target)
        #expect(report.results.allSatisfy { $0.outcome == .notRun && !$0.passed })
        #expect(report.exitStatus == 1)
    }

    @Test func `a target that is not there passes nothing`() async throws {
        let memory = try MemoryTarget(nil)
        var wire = memory.wire()
        wire.connect = { (_) async throws(WireError) in throw WireError(.refused, "connection refused") }
        let report = await AttackSuite.run(control: nil, wire: wire, target: try memory.target())
        // The drill on the journal, the stolen copy, the control socket and what is rehearsed need no network.
        let held = report.results.filter(\.passed).map(\.id)
        let offline = [
            "C13", "I02", "P07", "T01s", "I04c", "T01c", "T01b", "T09", "T09a", "T09m", "K03t", "K04", "C11r", "Z01",
            "Z03", "T13", "T05", "I05h", "F09", "S08c", "F02a", "T01d",
        ]
        #expect(Set(held) == Set(offline))
    }

    private func run(_ id: String, _ memory: MemoryTarget) async throws -> AttackResult {
        let attack = try #require(AttackSuite.attacks.first { $0.id == id })
        var target = try memory.target()
        target.effort.timedPairs = 100
        target.effort.furtherPairs = 300
        target.effort.memoryRequests = 1_200
        let observation: Observation
        do {
            observation = try await attack.run(memory.wire(), target)
        } catch {
            observation = .notRun("\(error)")
        }
        return AttackResult(attack, observation)
    }
}
