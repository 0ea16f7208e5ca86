// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Store
import Testing

@testable import ringfence

@Suite("ringfence extension")
struct ExtensionCommandTests {
    @Test func `add says what was added and what comes next`() throws {
        let office = Office(.extensions([try Sample.extension("101", "Reception")]))
        let output = try parse(ExtensionAdd.self, "101", "--name", "Reception").answer(from: office)
        #expect(output.text == "Extension 101 is added: Reception.")
        #expect(output.hint == "Next: ringfence phone enrol 101")
        #expect(
            output.json
                == #"[{"createdAt":"2026-11-21T07:00:00.123Z","isEnabled":true,"name":"Reception","number":"101","phones":1}]"#
        )
    }

    @Test func `list lines up its columns`() throws {
        let office = Office(
            .extensions([try Sample.extension("101", "Reception"), try Sample.extension("2044", "Lab")])
        )
        #expect(
            try parse(ExtensionList.self).answer(from: office).text == """
                NUMBER  NAME       STATE    PHONES  ADDED
                101     Reception  enabled  1       2026-11-21T07:00:00Z
                2044    Lab        enabled  1       2026-11-21T07:00:00Z
                """
        )
    }

    @Test func `an empty list says how to begin`() throws {
        let output = try parse(ExtensionList.self).answer(from: Office(.extensions([])))
        #expect(output.text == "There are no extensions yet.")
        #expect(output.json == "[]")
        #expect(output.hint == "Next: ringfence extension add 101")
    }

    @Test func `disabling says what ended and how to undo it`() throws {
        let change = ExtensionChange(
            number: try Sample.number("101"),
            change: .disabled,
            endedCalls: 1,
            removedRegistrations: 2,
            revokedPhones: 0
        )
        let output = try parse(ExtensionDisable.self, "101").answer(from: Office(.extensionChanged(change)))
        #expect(
            output.text == """
                Extension 101 is disabled.
                  Calls ended:          1
                  Phones unregistered:  2
                  Phones revoked:       0
                """
        )
        #expect(output.hint == "Undo: ringfence extension enable 101")
    }

    @Test func `show tells of phones, registrations and calls`() throws {
        let detail = ExtensionDetail(
            summary: try Sample.extension("101", "Reception"),
            phones: [],
            registrations: [
                RegistrationReport(
                    extension: try Sample.number("101"),
                    phone: try Sample.device(),
                    source: "192.0.2.7:41022",
                    userAgent: "baresip\u{1B}[2J v1.0.0",
                    transport: "tls",
                    tlsVersion: "TLSv1.3",
                    cipher: nil,
                    registeredAt: Sample.time,
                    expiresAt: Sample.time
                )
            ],
            calls: []
        )
        let text = try parse(ExtensionShow.self, "101").answer(from: Office(.extension(detail))).text
        #expect(
            text == """
                Extension 101: Reception
                  State:          enabled
                  Pick-up group:  none
                  Added:          2026-11-21T07:00:00Z
                  Phones:         1
                  Registered:     1
                  Calls now:      0

                EXTENSION  PHONE             FROM             SOFTWARE            ENCRYPTION  CIPHER  UNTIL
                101        00112233445566aa  192.0.2.7:41022  baresip\u{FFFD}[2J v1.0.0  TLSv1.3     -       2026-11-21T07:00:00Z
                """
        )
    }

    @Test func `a refusal reaches the terminal word for word`() throws {
        let refusal = Refusal(
            problem: "Extension 999 does not exist.",
            reason: "nobody has added it, or it was removed",
            remedy: "see which ones there are: ringfence extension list"
        )
        let command = try parse(ExtensionRemove.self, "999")
        let thrown = #expect(throws: Refusal.self) { try command.answer(from: Office(refusing: refusal)) }
        #expect(
            thrown?.description == """
                Extension 999 does not exist.
                  Why: nobody has added it, or it was removed
                  Fix: see which ones there are: ringfence extension list
                """
        )
    }

    @Test func `an answer to another question is a refusal too`() throws {
        let command = try parse(ExtensionList.self)
        let thrown = #expect(throws: Refusal.self) { try command.answer(from: Office(.calls([]))) }
        #expect(thrown == .unexpectedAnswer)
    }
}

@Suite("ringfence call, record, registration")
struct CallCommandTests {
    private let protection = LegProtection(
        transport: "tls",
        tlsVersion: "TLSv1.3",
        cipher: "TLS_AES_256_GCM_SHA384",
        srtpSuite: "AEAD_AES_256_GCM"
    )

    @Test func `a call shows how both of its legs are encrypted`() throws {
        let call = CallReport(
            id: "c1",
            caller: try Sample.number("101"),
            callee: try Sample.number("102"),
            startedAt: Sample.time,
            answeredAt: nil,
            callerProtection: protection,
            calleeProtection: nil
        )
        #expect(
            try parse(CallList.self).answer(from: Office(.calls([call]))).text == """
                CALL  FROM  TO   STARTED               ANSWERED  CALLER'S LEG               CALLEE'S LEG
                c1    101   102  2026-11-21T07:00:00Z  ringing   TLSv1.3, AEAD_AES_256_GCM  -
                """
        )
    }

    @Test func `a refused call names the control that refused it`() throws {
        let record = CallRecord(
            id: "c1",
            startedAt: Sample.time,
            endedAt: Sample.time,
            caller: try Sample.number("101"),
            callerDevice: try Sample.device(),
            dialled: "102",
            outcome: .refused,
            status: 488,
            control: "media-encryption",
            reason: "no SRTP was offered"
        )
        #expect(
            try parse(RecordList.self).answer(from: Office(.records([record]))).text == """
                CALL  STARTED               FROM  DIALLED  OUTCOME  SECONDS  STATUS  WHY
                c1    2026-11-21T07:00:00Z  101   102      refused  -        488     [media-encryption] no SRTP was offered
                """
        )
    }

    @Test func `a call that was answered shows its seconds of talk`() throws {
        let record = CallRecord(
            id: "c2",
            startedAt: Sample.time,
            answeredAt: Sample.time,
            endedAt: Sample.time + .seconds(61),
            caller: try Sample.number("101"),
            callerDevice: try Sample.device(),
            dialled: "102",
            outcome: .answered,
            status: 200,
            reason: "the caller hung up"
        )
        let text = try parse(RecordList.self).answer(from: Office(.records([record]))).text
        #expect(text.hasSuffix("answered  61       200     the caller hung up"))
    }

    @Test func `nothing is said plainly`() throws {
        #expect(try parse(CallList.self).answer(from: Office(.calls([]))).text == "There are no calls.")
        #expect(try parse(RecordList.self).answer(from: Office(.records([]))).text == "Nobody has called yet.")
        let registrations = try parse(RegistrationList.self).answer(from: Office(.registrations([])))
        #expect(registrations.text == "No phone is registered.")
        #expect(registrations.hint == "Why not? Ask: ringfence doctor")
    }

    @Test func `ending a call points to its record`() throws {
        let output = try parse(CallEnd.self, "c1").answer(from: Office(.callEnded(id: "c1")))
        #expect(output.text == "Call c1 is ended.")
        #expect(output.json == #"{"id":"c1"}"#)
    }
}

@Suite("ringfence control, audit, journal, event")
struct ProofCommandTests {
    @Test func `a whole journal is said to be whole`() throws {
        let office = Office(.verification(JournalVerification(entries: 12, head: "ab12")))
        let output = try parse(JournalVerify.self).answer(from: office)
        #expect(output.text == "The journal is whole: 12 entries.\n  Head: ab12")
        #expect(!output.fellShort)
    }

    @Test func `an altered journal falls short`() throws {
        let verification = JournalVerification(
            entries: 12,
            head: "ab12",
            firstWrong: 4,
            problem: "its hash does not fit"
        )
        let output = try parse(JournalVerify.self).answer(from: Office(.verification(verification)))
        #expect(output.fellShort)
        #expect(
            output.text == """
                The journal was altered at entry 4.
                  What: its hash does not fit
                  Fix: keep a copy of the folder as evidence, and find out who had access to it
                """
        )
    }

    @Test func `controls show their proofs, and one that fell short is an exit status`() throws {
        let proof = Proof(control: "journal", kind: .audit, at: Sample.time, passed: false, evidence: "entry 4")
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
        let output = try parse(ControlList.self).answer(from: Office(.controls(reports)))
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
        let output = try parse(AuditRun.self).answer(from: Office(.audit(summary)))
        #expect(output.text == "words")
        #expect(output.json == #"{"a":1}"#)
        #expect(output.fellShort == !holds)
    }

    @Test func `events show who tried what, how often`() throws {
        let event = SecurityEvent(
            at: Sample.time,
            kind: .scanner,
            control: "intrusion-detection",
            source: "198.51.100.66",
            detail: "friendly-scanner\r\nX: y",
            count: 40
        )
        #expect(
            try parse(EventList.self).answer(from: Office(.events([event]))).text == """
                AT                    WHAT     FROM           TIMES  CONTROL              AIMED AT  DETAIL
                2026-11-21T07:00:00Z  scanner  198.51.100.66  40     intrusion-detection  -         friendly-scanner\u{FFFD}\u{FFFD}X: y
                """
        )
    }
}

@Suite("ringfence listener")
struct ListenerCommandTests {
    private let exception = ListenerException(
        transport: .udp,
        address: "192.0.2.10:5060",
        reason: "door phone",
        until: Sample.time
    )

    @Test func `an exception says until when and how to take it back`() throws {
        let command = try parse(
            ListenerExcept.self,
            "udp",
            "192.0.2.10:5060",
            "--reason",
            "door phone",
            "--days",
            "30"
        )
        #expect(
            command.command
                == .listener(
                    .except(.init(transport: .udp, address: "192.0.2.10:5060", reason: "door phone", days: 30))
                )
        )
        let output = try command.answer(from: Office(.listenerExcepted(exception)))
        #expect(
            output.text == "SIP over UDP on 192.0.2.10:5060 is allowed without encryption until 2026-11-21T07:00:00Z."
        )
        #expect(output.hint == "Take it back: ringfence listener withdraw udp 192.0.2.10:5060")
    }

    @Test func `the list shows what is open, and by whose leave`() throws {
        let reports = [
            ListenerReport(
                listener: Listener(purpose: .sipTLS, address: "192.0.2.10:5061"),
                isOpen: true,
                exception: nil
            ),
            ListenerReport(
                listener: Listener(purpose: .sipUDP, address: "192.0.2.10:5060"),
                isOpen: false,
                exception: exception
            ),
        ]
        #expect(
            try parse(ListenerList.self).answer(from: Office(.listeners(reports))).text == """
                LISTENER  ADDRESS          STATE   EXCEPTION
                sip-tls   192.0.2.10:5061  open    -
                sip-udp   192.0.2.10:5060  closed  until 2026-11-21T07:00:00Z: door phone
                """
        )
    }
}

@Suite("ringfence ban")
struct BanCommandTests {
    private func ban() throws -> Ban {
        Ban(
            source: try #require(BanSource(parsing: "203.0.113.7")),
            reason: .guessing,
            evidence: "5 wrong passwords for the account 'a\u{1B}[2J' within 60 minutes",
            since: Sample.time,
            until: Sample.time + .seconds(1_800),
            repetition: 2
        )
    }

    @Test func `S13 list says who, why, until when, and how to lift it, and cannot move the cursor`() throws {
        let output = try parse(BanList.self).answer(from: Office(.bans([try ban()])))
        #expect(
            output.text == """
                SOURCE       REASON    UNTIL                 TIMES  BY         EVIDENCE
                203.0.113.7  guessing  2026-11-21T07:30:00Z  2      ringfence  5 wrong passwords for the account 'a\u{FFFD}[2J' within 60 minutes
                """
        )
        #expect(output.hint == "Let one in again: ringfence ban remove SOURCE")
        #expect(try parse(BanList.self).answer(from: Office(.bans([]))).text == "Nobody is shut out.")
    }

    @Test func `add and remove say what is so now`() throws {
        let added = try parse(BanAdd.self, "203.0.113.7", "--reason", "x").answer(from: Office(.banned(try ban())))
        #expect(added.text == "203.0.113.7 is shut out until 2026-11-21T07:30:00Z.")
        #expect(added.hint == "Let it in again: ringfence ban remove 203.0.113.7")
        let removed = try parse(BanRemove.self, "203.0.113.7").answer(from: Office(.banLifted(try ban())))
        #expect(removed.text == "203.0.113.7 is let in again.")
    }
}
