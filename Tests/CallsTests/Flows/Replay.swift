// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import Testing

/// Alice at 101 and Bob at 102, who do what a flow says.
struct Replay {
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
        case .answer(let status, let hasDescription):
            guard let invite else { return }
            let sdp = status == 200 || hasDescription ? SDP.answer(to: invite) : ""
            office.deliver(bob.answer(invite, status, sdp: sdp), on: bob.flow)
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
