// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
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
        let office = Office([try Sample.extension("101", "Reception")])
        let output = try parse(ExtensionAdd.self, "101", "--name", "Reception").answer(from: office)
        #expect(output.text == "Extension 101 is added: Reception.")
        #expect(output.hint == "Next: ringfence phone enrol 101")
        #expect(
            output.json
                == #"[{"createdAt":"2026-11-21T07:00:00.123Z","forwarding":"nobody","isEnabled":true,"name":"Reception","number":"101","phones":1}]"#
        )
    }

    @Test func `list lines up its columns`() throws {
        let office = Office(
            [try Sample.extension("101", "Reception"), try Sample.extension("2044", "Lab")]
        )
        #expect(
            try parse(ExtensionList.self).answer(from: office).text == """
                NUMBER  NAME       STATE    PHONES  FORWARDS TO  LAST USED  ADDED
                101     Reception  enabled  1       nobody       never      2026-11-21T07:00:00Z
                2044    Lab        enabled  1       nobody       never      2026-11-21T07:00:00Z
                """
        )
    }

    @Test func `what is kept although nobody uses it is shown with its reason`() throws {
        let reservation = Reservation(reason: "lift", grantedBy: "alice", from: Sample.time, until: Sample.time)
        let summary = ExtensionReport(
            number: try Sample.number("950"),
            name: "Lift",
            isEnabled: true,
            createdAt: Sample.time,
            phones: 1,
            lastUse: Sample.time,
            reservation: reservation
        )
        let detail = ExtensionDetail(summary: summary, phones: [], registrations: [], calls: [])
        let text = try parse(ExtensionShow.self, "950").answer(from: Office(detail)).text
        #expect(text.contains("Last used:      2026-11-21\n"))
        #expect(text.contains("Kept unused:    until 2026-11-21T07:00:00Z, by alice: lift\n"))
        let change = ExtensionChange(
            number: summary.number,
            change: .reserved,
            endedCalls: 0,
            removedRegistrations: 0,
            revokedPhones: 0
        )
        let output = try parse(ExtensionReserve.self, "950", "--reason", "lift", "--until", "365d")
            .answer(from: Office(change))
        #expect(output.hint == "Undo: ringfence extension unreserve 950")
    }

    @Test func `an empty list says how to begin`() throws {
        let output = try parse(ExtensionList.self).answer(from: Office([ExtensionReport]()))
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
        let output = try parse(ExtensionDisable.self, "101").answer(from: Office(change))
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

    @Test(arguments: [
        (ForwardingPolicy.nobody, "nobody"), (.colleagues, "colleagues"), (.outside, "colleagues and outside"),
    ])
    func `forwarding asks for one of three answers, and says what holds now`(
        policy: ForwardingPolicy,
        words: String
    ) throws {
        let change = ExtensionChange(
            number: try Sample.number("101"),
            change: .forwardingSet,
            endedCalls: 0,
            removedRegistrations: 0,
            revokedPhones: 0
        )
        let verb = try parse(ExtensionForwarding.self, "101", "--to", policy.rawValue)
        #expect(verb.command == ForwardExtension(number: "101", to: policy))
        let output = try verb.answer(from: Office(change))
        #expect(output.text == "Extension 101 may forward its calls to \(words).")
    }

    @Test func `forwarding to anything else is a typing error`() {
        for wrong in [["101"], ["101", "--to", "+4490000000"], ["101", "--to", "103"], ["1", "--to", "nobody"]] {
            #expect(throws: (any Error).self) { try ExtensionForwarding.parse(wrong + ["--data", "/nowhere"]) }
        }
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
        let text = try parse(ExtensionShow.self, "101").answer(from: Office(detail)).text
        #expect(
            text == """
                Extension 101: Reception
                  State:          enabled
                  Pick-up group:  none
                  Forwards to:    nobody
                  Added:          2026-11-21T07:00:00Z
                  Last used:      never
                  Kept unused:    no
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
}
