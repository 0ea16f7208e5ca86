// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import TestKit
import Testing

/// Alice at 101 and Bob at 102, who do what a flow says.
private struct Replay {
    var office: Office
    var alice: Phone
    var bob: Phone
    /// The INVITE that Alice sent last, as text, and the one that reached Bob.
    private var asked = ""
    private var invite: Message?
    private var established: Message?
    /// The final answers that Alice got to her INVITE.
    private(set) var answers: [Int] = []

    init() throws {
        office = try Office()
        alice = try Phone("phone-101-000001", in: &office)
        bob = try Phone("phone-102-000001", in: &office, from: "192.0.2.60:50000")
        try bob.register(&office)
    }

    /// - Parameter isSecured: Whether the offers of 2003 get the keys that are asked for today.
    mutating func play(_ flow: RecordedFlow, isSecured: Bool = true) throws {
        for step in flow.steps {
            try play(step, isSecured: isSecured)
            for message in office.received(on: alice.flow) { try hear(message) }
        }
        // Until a call that nobody ended is noticed.
        office.wait(.seconds(140))
    }

    private mutating func hear(_ message: Message) throws {
        if message.method == .invite {
            office.deliver(alice.answer(message, 200, sdp: SDP.answer(to: message)), on: alice.flow)
        }
        guard let status = message.status, status >= 200, try message.cseq().method == .invite else { return }
        answers.append(status)
        if status == 200 { established = message }
    }

    private mutating func play(_ step: RecordedFlow.Step, isSecured: Bool) throws {
        switch step {
        case .call(let offer): try call(isSecured ? secured(offer) : offer)
        case .answer(let status):
            guard let invite else { return }
            office.deliver(bob.answer(invite, status, sdp: status == 200 ? SDP.answer(to: invite) : ""), on: bob.flow)
        case .acknowledge:
            let answer = try #require(established)
            // After a call without an offer, the ACK answers ours.
            let sdp = answer.document.contains("a=crypto:3") ? SDP.answer(to: answer) : ""
            let ack = alice.inDialog("ACK", of: answer, sequence: try answer.cseq().number, sdp: sdp)
            office.deliver(ack, on: alice.flow)
        case .change: try change()
        case .cancel: office.deliver(cancellation, on: alice.flow)
        case .hangUp(byCaller: true):
            office.deliver(alice.inDialog("BYE", of: try #require(established)), on: alice.flow)
        case .hangUp(byCaller: false):
            office.deliver(bob.inDialog("BYE", from: try #require(invite)), on: bob.flow)
        }
    }

    private mutating func call(_ offer: String) throws {
        let target = "sip:102@\(Office.domain)"
        let contact = "Contact: <\(alice.contact)>"
        office.deliver(alice.request("INVITE", to: target, extra: [contact], body: offer), on: alice.flow)
        let challenge = try #require(office.received(on: alice.flow).last)
        let proof = try alice.authorization(for: challenge, method: "INVITE", uri: target)
        asked = alice.request("INVITE", to: target, extra: [contact, proof], body: offer)
        office.deliver(asked, on: alice.flow)
        invite = office.received(on: bob.flow).last { $0.method == .invite }
    }

    /// Bob's phone moves: RFC 3665 §3.7.
    private mutating func change() throws {
        let invite = try #require(invite)
        office.deliver(bob.inDialog("INVITE", from: invite, sdp: SDP.offer(port: 40_000)), on: bob.flow)
        for message in office.received(on: alice.flow) { try hear(message) }
        let answer = try #require(office.received(on: bob.flow).last { $0.status == 200 })
        office.deliver(bob.inDialog("ACK", from: invite, sequence: try answer.cseq().number), on: bob.flow)
    }

    /// The CANCEL of the INVITE that Alice sent last (RFC 3261 §9.1).
    private var cancellation: String {
        let names = ["Via", "From", "To", "Call-ID", "Max-Forwards"]
        let lines = asked.split(separator: "\r\n").filter { line in names.contains { line.hasPrefix($0 + ":") } }
        let sequence = asked.split(separator: "\r\n").first { $0.hasPrefix("CSeq: ") }?.split(separator: " ")[1] ?? "1"
        let head = ["CANCEL sip:102@\(Office.domain) SIP/2.0"] + lines.map(String.init)
        return (head + ["CSeq: \(sequence) CANCEL", "Content-Length: 0"]).joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// An offer of 2003 as a phone makes it today: with a key.
    private func secured(_ offer: String) -> String {
        guard !offer.isEmpty else { return "" }
        return offer.replacing("RTP/AVP", with: "RTP/SAVP").trimmingEnd + "\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 "
            + "\(SDP.key)\r\n"
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}

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
