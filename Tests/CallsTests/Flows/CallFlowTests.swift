// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import TestKit
import Testing

@Suite("RFC 3665 §3: call flows that others wrote down", .enabled(if: Corpus.has("php-sip")))
struct CallFlowTests {
    struct Expected: CustomTestStringConvertible, Sendable {
        let flow: String
        let steps: String
        let answers: [Int]
        let outcome: CallOutcome

        var testDescription: String { flow }
    }

    static let all: [Expected] = [
        Expected(flow: "3.01", steps: "call+offer 180 200 ack <bye", answers: [200], outcome: .answered),
        Expected(flow: "3.02", steps: "call+offer 180 200 ack <bye", answers: [200], outcome: .answered),
        Expected(flow: "3.03", steps: "call+offer 200 ack", answers: [200], outcome: .answered),
        Expected(flow: "3.04", steps: "call+offer 180 200 ack <bye", answers: [200], outcome: .answered),
        Expected(flow: "3.05", steps: "call+offer 180 200 ack bye>", answers: [200], outcome: .answered),
        Expected(flow: "3.06", steps: "call 180 200 ack <bye", answers: [200], outcome: .answered),
        Expected(flow: "3.07", steps: "call+offer 180 200 ack change bye>", answers: [200], outcome: .answered),
        Expected(flow: "3.08", steps: "call+offer 180 cancel", answers: [487], outcome: .cancelled),
        Expected(flow: "3.09", steps: "call+offer 486", answers: [486], outcome: .busy),
        Expected(flow: "3.10", steps: "call+offer 480", answers: [480], outcome: .noAnswer),
        // Its description lacks the first line.
        Expected(flow: "3.11", steps: "call+offer 180 480", answers: [400], outcome: .refused),
    ]

    @Test(arguments: all)
    func `end as the RFC says when the audio is encrypted, and leave nothing behind`(expected: Expected) throws {
        let flow = try RecordedFlow(expected.flow)
        #expect(flow.steps.map(\.description).joined(separator: " ") == expected.steps)
        var replay = try Replay()
        try replay.play(flow)
        #expect(replay.answers == expected.answers)
        #expect(replay.office.record()?.outcome == expected.outcome)
        #expect(replay.office.record()?.endedAt != nil)
        #expect(replay.office.switchboard.figures.calls == 0)
        #expect(replay.office.switchboard.figures.transactions == 0)
    }

    @Test(arguments: all.filter { $0.flow != "3.06" })
    func `are refused as they were written, because their audio is in the clear`(expected: Expected) throws {
        var replay = try Replay()
        let flow = try RecordedFlow(expected.flow)
        guard let call = flow.steps.first else { return }
        try replay.play(RecordedFlow(steps: [call]), isSecured: false)
        #expect(replay.answers == [expected.flow == "3.11" ? 400 : 488])
        #expect(replay.office.received(on: replay.bob.flow).isEmpty)
    }
}

@Suite("RFC 3665 §2: registration flows that others wrote down", .enabled(if: Corpus.has("php-sip")))
struct RegistrationFlowTests {
    /// The last REGISTER of a flow as this business knows it: its own names and credentials, the flow's contacts.
    private static func replay(
        _ name: String,
        _ phone: inout Phone,
        in office: inout Office,
        password: String? = nil
    ) throws -> Message {
        let register = try #require(try RecordedFlow.messages(name).last { $0.method == .register })
        var fields: [String] = []
        register.forEach(.contact) { fields.append("Contact: \(register.string($0))") }
        if let expires = try register.expires() { fields.append("Expires: \(expires)") }
        let answers = try phone.ask(
            &office,
            "REGISTER",
            to: "sip:\(Office.domain)",
            toHeader: "<\(phone.uri)>",
            extra: fields,
            password: password
        )
        return try #require(answers.last)
    }

    @Test func `registered, asked for, cancelled`() throws {
        var office = try Office()
        var bob = try Phone("phone-102-000001", in: &office)
        let registered = try Self.replay("2.01", &bob, in: &office)
        #expect(registered.status == 200)
        #expect(registered.text("Contact").hasPrefix("<sips:bob@client.biloxi.example.com>"))
        let asked = try Self.replay("2.03", &bob, in: &office)
        #expect(asked.status == 200)
        #expect(asked.text("Contact").hasPrefix("<sips:bob@client.biloxi.example.com>"))
        let cancelled = try Self.replay("2.04", &bob, in: &office)
        #expect(cancelled.status == 200)
        #expect(cancelled.count(.contact) == 0)
        #expect(office.switchboard.registrations().isEmpty)
    }

    @Test func `a contact that is no phone is refused, unlike in 2003`() throws {
        var office = try Office()
        var bob = try Phone("phone-102-000001", in: &office)
        #expect(try Self.replay("2.02", &bob, in: &office).status == 400)
        #expect(office.switchboard.registrations().isEmpty)
    }

    @Test func `with the wrong password is asked again`() throws {
        var office = try Office()
        var bob = try Phone("phone-102-000001", in: &office)
        #expect(try Self.replay("2.05", &bob, in: &office, password: "wrong").status == 401)
        #expect(office.switchboard.registrations().isEmpty)
    }
}
