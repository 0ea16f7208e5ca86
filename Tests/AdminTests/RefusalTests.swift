// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("What an operator is refused, and in which words")
struct RefusalTests {
    /// 201 with ten phones, 202 disabled, 203 without a phone.
    private func makeOffice() async throws -> Office {
        let office = try Office()
        try await office.add("201", "202", "203")
        try await office.run(.phone(.enrol((0..<10).map { _ in NewPhone(extension: "201") })))
        try await office.run(.extension(.disable(number: "202")))
        return office
    }

    static let cases: [(command: Command, problem: String, fix: String)] = [
        (
            .extension(.add([NewExtension(number: "2")])), "'2' is not an extension number.",
            "ringfence extension add 204"
        ),
        (.extension(.add([NewExtension(number: "12\n34")])), "'12·34' is not an extension number.", "add 204"),
        (
            .extension(.add([NewExtension(number: "201")])), "Extension 201 cannot be added.",
            "ringfence phone enrol 201"
        ),
        (
            .extension(.add([NewExtension(number: "204"), NewExtension(number: "204")])),
            "Extension 204 cannot be added twice.", "name each extension once"
        ),
        (
            .extension(.add([NewExtension(number: "204", name: "a\nb")])), "'a·b' cannot be used as a name.",
            "choose a shorter, plain name"
        ),
        (
            .phone(.enrol([NewPhone(extension: "203", minimum: .sha512256)])),
            "A phone cannot be held to SHA-512/256.", "--minimum-digest sha256"
        ),
        (.extension(.add([])), "Nothing was done.", "name at least one extension"),
        (
            .extension(.add((10_000...11_000).map { NewExtension(number: "\($0)") })), "Nothing was done.",
            "split it into several commands"
        ),
        (.extension(.show(number: "999")), "Extension 999 does not exist.", "ringfence extension list"),
        (.extension(.disable(number: "999")), "Extension 999 does not exist.", "ringfence extension list"),
        (.extension(.disable(number: "202")), "Extension 202 is disabled already.", "ringfence extension show 202"),
        (.extension(.enable(number: "203")), "Extension 203 is enabled already.", "ringfence extension show 203"),
        (.extension(.remove(number: "999")), "Extension 999 does not exist.", "ringfence extension list"),
        (
            .phone(.enrol([NewPhone(extension: "999")])), "Extension 999 does not exist.",
            "ringfence extension list"
        ),
        (
            .phone(.enrol([NewPhone(extension: "202")])), "No phone can be enrolled for extension 202.",
            "ringfence extension enable 202"
        ),
        (
            .phone(.enrol([NewPhone(extension: "201")])), "No more phones can be enrolled for extension 201.",
            "ringfence phone list"
        ),
        (
            .phone(.enrol((0..<11).map { _ in NewPhone(extension: "203") })),
            "No more phones can be enrolled for extension 203.", "ringfence phone list"
        ),
        (
            .phone(.enrol([NewPhone(extension: "203", label: "")])), "'' cannot be used as a name.",
            "choose a shorter, plain name"
        ),
        (.phone(.list(extension: "999")), "Extension 999 does not exist.", "ringfence extension list"),
        (.phone(.revoke(id: "0123456789abcdef")), "Phone '0123456789abcdef' does not exist.", "ringfence phone list"),
        (.phone(.revoke(id: "../../etc")), "Phone '../../etc' does not exist.", "ringfence phone list"),
        (.call(.end(id: "c9")), "Call 'c9' cannot be ended.", "ringfence call list"),
        (
            .listener(.withdraw(.tcp, address: "192.0.2.1:5060")),
            "There is no exception for '192.0.2.1:5060' to take back.", "ringfence listener list"
        ),
        (.control(.keepProofs(.attack, [])), "Nothing was done.", "name at least one extension"),
    ]

    @Test func `says what will not happen and what to do, and changes nothing`() async throws {
        let office = try await makeOffice()
        let before = office.store.snapshot
        for (command, problem, fix) in Self.cases {
            let refusal = try #require(await office.refusal(command), "\(problem)")
            #expect(refusal.problem == problem)
            #expect(refusal.remedy.hasSuffix(fix), "\(refusal.remedy)")
            #expect(!refusal.reason.isEmpty && !refusal.reason.hasSuffix("."))
        }
        #expect(office.store.snapshot.generation == before.generation)
        #expect(try office.store.verifyJournal().isIntact)
    }

    @Test func `a refused change is in the journal, a refused question is not`() async throws {
        let office = try await makeOffice()
        let before = try office.journal().count
        _ = await office.refusal(.extension(.show(number: "999")))
        #expect(try office.journal().count == before)
        _ = await office.refusal(.extension(.remove(number: "999")))
        let entry = try #require(try office.journal().last)
        #expect((entry.actor, entry.action, entry.subject) == ("root (uid 0)", "extension.remove", "refused"))
        #expect(entry.detail == #"{"control":"","problem":"Extension 999 does not exist."}"#)
    }

    /// One of each, whether it changes something.
    static let everyCommand: [(command: Command, changes: Bool)] = [
        (.extension(.add([NewExtension(number: "301")])), true),
        (.extension(.list), false),
        (.extension(.show(number: "201")), false),
        (.extension(.disable(number: "201")), true),
        (.extension(.enable(number: "202")), true),
        (.extension(.group(number: "201", group: "sales")), true),
        (.extension(.forwarding(number: "201", to: .colleagues)), true),
        (.extension(.remove(number: "203")), true),
        (.phone(.enrol([NewPhone(extension: "301")])), true),
        (.phone(.list(extension: nil)), false),
        (.phone(.revoke(id: "0123456789abcdef")), true),
        (.registration(.list), false),
        (.call(.list), false),
        (.call(.end(id: "c1")), true),
        (.record(.list(limit: 10)), false),
        (.journal(.list(limit: 10)), false),
        (.journal(.verify), false),
        (.control(.list), false),
        (
            .control(.keepProofs(.attack, [ControlOutcome(control: .journal, passed: true, evidence: "held")])),
            true
        ),
        (.listener(.list), false),
        (
            .listener(
                .except(ExceptionRequest(transport: .udp, address: "192.0.2.1:5060", reason: "lift", days: 30))
            ), true
        ),
        (.listener(.withdraw(.udp, address: "192.0.2.1:5060")), true),
        (.ban(.list), false),
        (.ban(.add(BanRequest(source: "203.0.113.7", reason: "guesses", hours: 1))), true),
        (.ban(.remove(source: "203.0.113.7")), true),
        (.certificate(.show), false),
        (.certificate(.replace(CertificatePair(certificate: "", key: Redacted("")))), true),
        (.event(.list(limit: 10)), false),
        (.audit(.run), false),
        (.doctor, false),
        (.operator(.add(account: "carol", role: .billing)), true),
        (.operator(.list), false),
        (.operator(.remove(account: "carol")), true),
    ]

    @Test func `every command there is stands in this list`() {
        #expect(Set(Self.everyCommand.map(\.command.kind)) == Set(CommandKind.allCases))
    }

    @Test func `an auditor may look at everything and change nothing`() async throws {
        let office = try await makeOffice()
        let generation = office.store.snapshot.generation
        for (command, changes) in Self.everyCommand {
            #expect(command.kind.changesSomething == changes, "\(command.kind)")
            let refusal = await office.refusal(command, by: auditor)
            #expect((refusal != nil) == changes, "\(command.kind)")
            if changes {
                #expect(refusal?.control == .roles && refusal?.problem.hasPrefix("audit (uid 33) may not ") == true)
            }
        }
        #expect(office.store.snapshot.generation == generation)
        let lines = try office.journal().suffix(10).filter { $0.action != "event.batch" }
        #expect(lines.allSatisfy { $0.actor == "audit (uid 33)" && $0.subject == "refused" })
        #expect(lines.count >= 5)
    }

    @Test func `an owner may do all of it`() async throws {
        let office = try await makeOffice()
        for (command, _) in Self.everyCommand {
            let refusal = await office.refusal(command)
            #expect(refusal?.control != .roles, "\(command.kind)")
        }
    }

    @Test func `what an operator types reaches a terminal without its control characters`() async throws {
        let office = try Office()
        let refusal = await office.refusal(
            .extension(.show(number: "\u{1B}[2J\u{202E}" + String(repeating: "9", count: 99)))
        )
        let problem = try #require(refusal?.problem)
        #expect(problem.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 0x202E })
        #expect(problem.count < 80)
    }
}
