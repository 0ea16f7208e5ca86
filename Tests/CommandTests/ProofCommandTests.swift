// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Store
import Testing

@testable import ringfence

@Suite("ringfence control, audit, journal, event")
struct ProofCommandTests {
    @Test func `a whole journal is said to be whole`() throws {
        let office = Office(JournalVerification(entries: 12, head: "ab12"))
        let output = try parse(JournalVerify.self).answer(from: office)
        #expect(output.text == "The journal is whole: 12 entries.\n  Head: ab12")
        #expect(!output.fellShort)
    }

    @Test func `a list of the journal shows what people did, and more when it is asked for`() throws {
        #expect(try parse(JournalList.self).command == ListJournal(limit: 100))
        let asked = try parse(JournalList.self, "--all", "--before", "9", "--action", "ban.impose", "--limit", "5")
        let query = JournalQuery(limit: 5, before: 9, action: "ban.impose", includesSystem: true)
        #expect(asked.command == ListJournal(query))
    }

    @Test func `an altered journal falls short`() throws {
        let verification = JournalVerification(
            entries: 12,
            head: "ab12",
            firstWrong: 4,
            problem: "its hash does not fit"
        )
        let output = try parse(JournalVerify.self).answer(from: Office(verification))
        #expect(output.fellShort)
        #expect(
            output.text == """
                The journal was altered at entry 4.
                  What: its hash does not fit
                  Fix: keep a copy of the folder as evidence, and find out who had access to it
                       if it is known that only its end or its anchor was lost: ringfence journal accept --reason TEXT
                """
        )
    }

    @Test func `controls show their proofs, and one that fell short is an exit status`() throws {
        let proof = Proof(control: .journal, kind: .audit, at: Sample.time, passed: false, evidence: "entry 4")
        let reports = [
            ControlReport(
                control: .openPorts,
                title: "Only declared ports are open",
                state: .enforced,
                openExceptions: 0,
                lastAudit: nil,
                lastAttack: nil
            ),
            ControlReport(
                control: .journal,
                title: "Every change leaves a trace that cannot be altered",
                state: .fallsShort,
                openExceptions: 0,
                lastAudit: proof,
                lastAttack: nil
            ),
        ]
        let output = try parse(ControlList.self).answer(from: Office(reports))
        #expect(output.fellShort)
        #expect(
            output.text == """
                CONTROL     STATE        LAST AUDIT                   LAST ATTACK  WHAT IT SAYS
                open-ports  enforced     never                        never        Only declared ports are open
                journal     FALLS SHORT  FAILED 2026-11-21T07:00:00Z  never        Every change leaves a trace that cannot be altered
                """
        )
    }

    @Test(arguments: [true, false])
    func `an audit is shown as the auditor wrote it`(holds: Bool) throws {
        let summary = AuditSummary(at: Sample.time, holds: holds, outcomes: [], text: "words", json: #"{"a":1}"#)
        let output = try parse(AuditRun.self).answer(from: Office(summary))
        #expect(output.text == "words")
        #expect(output.json == #"{"a":1}"#)
        #expect(output.fellShort == !holds)
    }

    @Test func `events show who tried what, how often`() throws {
        let event = SecurityEvent(
            at: Sample.time,
            kind: .scanner,
            source: EventSource(parsing: "198.51.100.66"),
            detail: "friendly-scanner\r\nX: y",
            count: 40
        )
        #expect(
            try parse(EventList.self).answer(from: Office([event])).text == """
                AT                    WHAT     FROM           TIMES  CONTROL              AIMED AT  DETAIL
                2026-11-21T07:00:00Z  scanner  198.51.100.66  40     intrusion-detection  -         friendly-scanner\u{FFFD}\u{FFFD}X: y
                """
        )
    }
}
