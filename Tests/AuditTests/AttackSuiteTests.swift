// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
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

    @Test(arguments: ["C02a", "T01a"])
    func `what people were told before, or of another extension, proves nothing`(id: String) async throws {
        // Whom each attack is about, and a number that begins alike.
        let number = id == "C02a" ? "703" : "701"
        let told = { (number: String, seconds: Int) throws -> AlertMessage.Item in
            let finding =
                id == "C02a"
                ? Finding("event.failedLogin", .warning, "x", evidence: "as 'desk' of extension \(number), from x")
                : Finding("event.premiumRefused", .warning, "x", evidence: "From this machine, about \(number): x")
            return AlertMessage.Item(at: WallTime(milliseconds: 1_800_000_000_000) + .seconds(-seconds), finding)
        }
        for (item, outcome) in [
            (try told(number, 7_200), Observation.Outcome.broken), (try told(number, 600), .notRun),
            (try told(number + "1", -1), .broken),
        ] {
            let memory = try MemoryTarget(id == "C02a" ? .hidesGuesses : .hidesFraud)
            let result = try await run(id, memory) { $0.insider?.alerts = { [item] } }
            #expect(result.outcome == outcome, "\(item): \(result.observed)")
        }
    }

    @Test func `a portal that is not there is neither held nor missed`() async throws {
        let memory = try MemoryTarget(nil)
        var target = try memory.target()
        target.portal = nil
        let report = await AttackSuite.run(control: .adminNetworks, wire: memory.wire(), target: target)
        #expect(!report.results.isEmpty && report.results.allSatisfy { $0.outcome == .absent && !$0.passed })
        #expect(report.holds && report.exitStatus == 0)
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
            "Z03", "T13", "T05", "I05h", "F09", "S08c", "F02a", "T01d", "W06", "W06r",
        ]
        #expect(Set(held) == Set(offline))
    }

    private func run(
        _ id: String,
        _ memory: MemoryTarget,
        _ change: (inout Target) -> Void = { _ in }
    ) async throws -> AttackResult {
        let attack = try #require(AttackSuite.attacks.first { $0.id == id })
        var target = try memory.target()
        change(&target)
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
