// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Store
import Testing

@testable import ringfence

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
            caller: .extension(try Sample.number("101")),
            callee: .extension(try Sample.number("102")),
            startedAt: Sample.time,
            answeredAt: nil,
            callerProtection: protection,
            calleeProtection: nil
        )
        #expect(
            try parse(CallList.self).answer(from: Office([call])).text == """
                CALL  FROM  TO   STARTED               ANSWERED  CALLER'S LEG               CALLEE'S LEG
                c1    101   102  2026-11-21T07:00:00Z  ringing   TLSv1.3, AEAD_AES_256_GCM  -
                """
        )
    }

    @Test func `what somebody dialled commands no terminal, in a table nor in JSON, and JSON says it all the same`()
        throws
    {
        let dialled = "1\u{9B}2J\u{202E}\u{2028}\u{E0041}é"
        let record = CallRecord(
            id: "c1",
            startedAt: Sample.time,
            caller: .extension(try Sample.number("101")),
            callerDevice: try Sample.device(),
            dialled: dialled,
            reason: "none"
        )
        let output = try parse(RecordList.self).answer(from: Office([record]))
        for text in [output.text, output.json] {
            #expect(!text.unicodeScalars.contains { $0.deceivesReaders && $0 != "\n" })
        }
        #expect(output.json.contains(#""dialled":"1\u009b2J\u202e\u2028\udb40\udc41é""#))
        let object = try JSONSerialization.jsonObject(with: Data(output.json.utf8)) as? [[String: Any]]
        #expect(object?.first?["dialled"] as? String == dialled)
    }

    @Test func `a refused call names the control that refused it`() throws {
        let record = CallRecord(
            id: "c1",
            startedAt: Sample.time,
            endedAt: Sample.time,
            caller: .extension(try Sample.number("101")),
            callerDevice: try Sample.device(),
            dialled: "102",
            outcome: .refused,
            status: 488,
            control: .mediaEncryption,
            reason: "no SRTP was offered"
        )
        #expect(
            try parse(RecordList.self).answer(from: Office([record])).text == """
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
            caller: .extension(try Sample.number("101")),
            callerDevice: try Sample.device(),
            dialled: "102",
            outcome: .answered,
            status: 200,
            reason: "the caller hung up"
        )
        let text = try parse(RecordList.self).answer(from: Office([record])).text
        #expect(text.hasSuffix("answered  61       200     the caller hung up"))
        var forwarded = record
        (forwarded.callee, forwarded.forwardedBy) = (
            .extension(try Sample.number("104")), try ["102", "103"].map(Sample.number)
        )
        let path = try parse(RecordList.self).answer(from: Office([forwarded])).text
        #expect(path.hasSuffix("102 forwarded it, 103 forwarded it, 104 answered, the caller hung up"))
    }

    @Test func `nothing is said plainly`() throws {
        #expect(try parse(CallList.self).answer(from: Office([CallReport]())).text == "There are no calls.")
        #expect(try parse(RecordList.self).answer(from: Office([CallRecord]())).text == "Nobody has called yet.")
        let registrations = try parse(RegistrationList.self).answer(from: Office([RegistrationReport]()))
        #expect(registrations.text == "No phone is registered.")
        #expect(registrations.hint == "Why not? Ask: ringfence doctor")
    }

    @Test func `ending a call points to its record`() throws {
        let output = try parse(CallEnd.self, "c1").answer(from: Office(EndCall.Reply(id: "c1")))
        #expect(output.text == "Call c1 is ended.")
        #expect(output.json == #"{"id":"c1"}"#)
    }
}
