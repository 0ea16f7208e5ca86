// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 3261 §9, §13, §14, §15 and RFC 5853 §3.1: a call through the switchboard")
struct CallTests {
    @Test func `a call is announced, answered, recorded and relayed`() throws {
        var (office, caller, callee) = try Self.phones()
        #expect(try caller.call(&office, "102").map(\.status) == [100])
        let invite = try #require(office.received(on: callee.flow).first)
        #expect(invite.method == .invite)
        office.deliver(callee.answer(invite, 180), on: callee.flow)
        #expect(office.received(on: caller.flow).map(\.status) == [180])

        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        #expect(office.received(on: callee.flow).map(\.method) == [.ack])
        let answer = try #require(office.received(on: caller.flow).first)
        #expect(answer.status == 200)
        #expect(office.record()?.outcome == .answered)
        #expect(office.record()?.calleeProtection?.srtpSuite == "AES_CM_128_HMAC_SHA1_80")
        guard case .open(_, let a, let b)? = office.media.first else {
            Issue.record("no relay")
            return
        }
        #expect(a.receive != b.receive && a.send != b.send && a.send != a.receive)

        office.deliver(caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number), on: caller.flow)
        office.deliver(caller.inDialog("BYE", of: answer), on: caller.flow)
        #expect(office.received(on: caller.flow).map(\.status) == [200])
        #expect(office.received(on: callee.flow).map(\.method) == [.bye])
        #expect(office.record()?.endedAt != nil)
        #expect(office.switchboard.calls().isEmpty)
        guard case .close? = office.media.last else {
            Issue.record("the relay stays open")
            return
        }
    }

    /// Row R07: nothing of one side reaches the other.
    @Test func `R07 the called phone learns nothing of the caller's network, dialog or keys`() throws {
        var (office, caller, callee) = try Self.phones()
        _ = try caller.call(&office, "102", callID: "a-private-call-id")
        let invite = try #require(office.received(on: callee.flow).first)
        let text = String(decoding: invite.bytes, as: UTF8.self)
        for secret in [
            "a-private-call-id", "phone-tag", "192.0.2.50:30000", "30000", SDP.key, "a private name", "TestPhone",
            caller.username,
        ] {
            #expect(!text.contains(secret), "\(secret) crossed")
        }
        #expect(text.contains("From: \"Desk 101\" <sip:101@\(Office.domain)>"))
    }

    @Test func `S07 the caller is who the credential says, not who From says`() throws {
        var (office, caller, _) = try Self.phones()
        let answers = try caller.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            from: "sip:103@\(Office.domain)",
            body: SDP.offer()
        )
        #expect(answers.last?.status == 403)
        #expect(office.events.map(\.kind) == [.identityMismatch])
    }

    @Test func `the caller hears of an answer only when its record is on disk`() throws {
        var (office, caller, callee) = try Self.phones()
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        office.storesAtOnce = false
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        #expect(office.received(on: caller.flow).isEmpty)
        office.store(ok: true)
        #expect(office.received(on: caller.flow).map(\.status) == [200])
    }

    @Test func `a call whose record cannot be written does not happen`() throws {
        var (office, caller, callee) = try Self.phones()
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        office.storesAtOnce = false
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        _ = office.received(on: callee.flow)
        office.wait(.seconds(6))
        office.store(ok: false)
        office.wait(.seconds(6))
        #expect(office.received(on: caller.flow).map(\.status) == [503])
        #expect(office.received(on: callee.flow).map(\.method) == [.bye])
        #expect(office.media.isEmpty)
    }

    static let refusals: [(dialled: String, sdp: String, status: Int, control: String?)] = [
        ("999", SDP.offer(), 404, nil),
        ("103", SDP.offer(), 480, nil),
        ("102", SDP.offer(profile: "RTP/AVP", crypto: []), 488, "media-encryption"),
        ("102", SDP.offer(profile: "RTP/AVP"), 488, "media-encryption"),
        ("102", SDP.offer(crypto: ["1 AES_CM_128_HMAC_SHA1_32 \(SDP.key)"]), 488, "media-encryption"),
        ("102", SDP.offer(crypto: ["1 AES_CM_128_HMAC_SHA1_80 \(SDP.key) UNENCRYPTED_SRTP"]), 488, "media-encryption"),
    ]

    @Test(arguments: refusals)
    func `a call that may not be is refused, with a record that says why`(
        dialled: String,
        sdp: String,
        status: Int,
        control: String?
    ) throws {
        var (office, caller, callee) = try Self.phones()
        let answers = try caller.call(&office, dialled, sdp: sdp)
        #expect(answers.map(\.status) == [100, status])
        #expect(office.record()?.status == status)
        #expect(office.record()?.control == control)
        #expect(office.record()?.endedAt != nil)
        #expect(office.received(on: callee.flow).isEmpty)
        #expect(office.switchboard.calls().isEmpty)
    }

    @Test func `all phones of an extension ring, the first answer wins and the others stop`() throws {
        var (office, caller, callee) = try Self.phones()
        var second = try Phone("phone-102-000002", in: &office)
        try second.register(&office)
        _ = try caller.call(&office, "102")
        let first = try #require(office.received(on: callee.flow).first)
        let other = try #require(office.received(on: second.flow).first)
        office.deliver(second.answer(other, 180), on: second.flow)
        office.deliver(callee.answer(first, 200, sdp: SDP.answer(to: first)), on: callee.flow)
        #expect(office.received(on: second.flow).map(\.method) == [.cancel])

        // The other picked up in the same moment: it is acknowledged and released.
        office.deliver(second.answer(other, 200, sdp: SDP.answer(to: other)), on: second.flow)
        #expect(office.received(on: second.flow).map(\.method) == [.ack, .bye])
        #expect(office.received(on: caller.flow).map(\.status) == [180, 200])
    }

    static let finals: [(phone: Int, caller: Int, outcome: CallOutcome)] = [
        (486, 486, .busy), (600, 486, .busy), (603, 603, .declined), (480, 480, .noAnswer), (404, 480, .failed),
        (302, 480, .failed), (401, 480, .failed), (407, 480, .failed), (488, 488, .failed), (500, 480, .failed),
    ]

    @Test(arguments: finals)
    func `what the phone says reaches the caller in plain terms`(
        phone: Int,
        caller status: Int,
        outcome: CallOutcome
    ) throws {
        var (office, caller, callee) = try Self.phones()
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(invite, phone), on: callee.flow)
        #expect(office.received(on: callee.flow).map(\.method) == [.ack])
        #expect(office.received(on: caller.flow).map(\.status) == [status])
        #expect(office.record()?.outcome == outcome)
    }

    @Test func `nobody answers: the phones stop ringing and the caller is told`() throws {
        var (office, caller, callee) = try Self.phones()
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(invite, 180), on: callee.flow)
        _ = office.received(on: caller.flow)
        office.wait(.seconds(91))
        #expect(office.received(on: callee.flow).map(\.method) == [.cancel])
        #expect(office.received(on: caller.flow).map(\.status) == [480])
        #expect(office.record()?.outcome == .noAnswer)
    }

    @Test func `the caller gives up while the phone rings`() throws {
        var (office, caller, callee) = try Self.phones()
        let cancel = try Self.cancel(&caller, &office)
        let invite = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(invite, 180), on: callee.flow)
        _ = office.received(on: caller.flow)
        office.deliver(cancel, on: caller.flow)
        #expect(office.received(on: caller.flow).map(\.status) == [200, 487])
        #expect(office.received(on: callee.flow).map(\.method) == [.cancel])
        #expect(office.record()?.outcome == .cancelled)
    }

    @Test func `a CANCEL waits for the phone's first word, and an answer that crosses it is released`() throws {
        var (office, caller, callee) = try Self.phones()
        let cancel = try Self.cancel(&caller, &office)
        let invite = try #require(office.received(on: callee.flow).first)
        office.deliver(cancel, on: caller.flow)
        #expect(office.received(on: callee.flow).isEmpty)
        office.deliver(callee.answer(invite, 180), on: callee.flow)
        #expect(office.received(on: callee.flow).map(\.method) == [.cancel])
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        #expect(office.received(on: callee.flow).map(\.method) == [.ack, .bye])
        #expect(office.media.isEmpty)
    }

    @Test func `S14 a CANCEL from another connection cancels nothing`() throws {
        var (office, caller, callee) = try Self.phones()
        let cancel = try Self.cancel(&caller, &office)
        _ = office.received(on: callee.flow)
        let stranger = try office.flow(from: "198.51.100.66:4444")
        office.deliver(cancel, on: stranger)
        #expect(office.received(on: stranger).map(\.status) == [481])
        #expect(office.switchboard.calls().count == 1)
    }

    // MARK: Talking

    @Test func `the called phone may hang up too`() throws {
        var (office, caller, callee, _, invite) = try Self.talking()
        office.deliver(callee.inDialog("BYE", from: invite), on: callee.flow)
        #expect(office.received(on: callee.flow).map(\.status) == [200])
        #expect(office.received(on: caller.flow).map(\.method) == [.bye])
        #expect(office.record()?.reason == "the called phone hung up")
    }

    @Test func `S14 a forged BYE ends nothing`() throws {
        var (office, caller, callee, answer, _) = try Self.talking()
        let stranger = try office.flow(from: "198.51.100.66:4444")
        office.deliver(caller.inDialog("BYE", of: answer), on: stranger)
        #expect(office.received(on: stranger).map(\.status) == [401])
        #expect(office.switchboard.calls().count == 1)
        #expect(office.received(on: callee.flow).isEmpty)
        #expect(office.events.map(\.kind) == [.forgedInDialog])
    }

    @Test func `an answer that is never confirmed is repeated, then the call ends`() throws {
        var (office, caller, callee) = try Self.phones()
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        _ = office.received(on: callee.flow)
        #expect(office.received(on: caller.flow).map(\.status) == [200])
        office.wait(.seconds(31))
        let repeats = office.received(on: caller.flow)
        #expect(repeats.count { $0.status == 200 } >= 9)
        office.wait(.seconds(2))
        #expect(office.received(on: caller.flow).contains { $0.method == .bye })
        #expect(office.received(on: callee.flow).contains { $0.method == .bye })
        #expect(office.switchboard.calls().isEmpty)
    }

    @Test func `the answer of the phone is confirmed as often as it comes`() throws {
        var (office, _, callee, _, invite) = try Self.talking()
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        #expect(office.received(on: callee.flow).map(\.method) == [.ack])
    }

    @Test func `hold and resume pass through, with the keys kept`() throws {
        var (office, caller, callee, answer, _) = try Self.talking()
        for direction in ["sendonly", "sendrecv"] {
            office.deliver(caller.inDialog("INVITE", of: answer, sdp: SDP.offer(direction: direction)), on: caller.flow)
            let change = try #require(office.received(on: callee.flow).first)
            #expect(change.string(change.body).contains("a=\(direction)\r\n"))
            let mirrored = direction == "sendonly" ? "recvonly" : "sendrecv"
            office.deliver(
                callee.answer(change, 200, sdp: SDP.answer(to: change, direction: mirrored)),
                on: callee.flow
            )
            #expect(office.received(on: callee.flow).map(\.method) == [.ack])
            let answers = office.received(on: caller.flow)
            #expect(answers.map(\.status) == [100, 200])
            let accepted = try #require(answers.last)
            #expect(accepted.string(accepted.body).contains("a=\(mirrored)\r\n"))
            #expect(Self.keys(accepted) == Self.keys(answer))
            let sequence = try accepted.cseq().number
            office.deliver(caller.inDialog("ACK", of: accepted, sequence: sequence), on: caller.flow)
        }
        #expect(office.switchboard.calls().count == 1)
    }

    @Test func `a session refresh does not bother the other phone`() throws {
        var (office, caller, callee, answer, _) = try Self.talking()
        office.deliver(caller.inDialog("INVITE", of: answer, sdp: SDP.offer(port: 30_400)), on: caller.flow)
        #expect(office.received(on: caller.flow).map(\.status) == [200])
        #expect(office.received(on: callee.flow).isEmpty)
        guard case .update(_, .a, let media)? = office.media.last else {
            Issue.record("the relay was not told")
            return
        }
        #expect(media.address?.port == 30_400)
    }

    @Test func `a change to plain audio is refused and the call goes on`() throws {
        var (office, caller, _, answer, _) = try Self.talking()
        let plain = SDP.offer(profile: "RTP/AVP", crypto: [])
        office.deliver(caller.inDialog("INVITE", of: answer, sdp: plain), on: caller.flow)
        #expect(office.received(on: caller.flow).map(\.status) == [488])
        #expect(office.switchboard.calls().count == 1)
        #expect(office.events.map(\.kind) == [.weakMediaOffered])
    }

    @Test func `the caller may leave the offer to us`() throws {
        var (office, caller, callee) = try Self.phones()
        _ = try caller.call(&office, "102", sdp: "")
        let invite = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        let offer = try #require(office.received(on: caller.flow).last)
        #expect(offer.string(offer.body).contains("a=crypto:1 AEAD_AES_256_GCM"))
        #expect(office.media.isEmpty)
        let ack = caller.inDialog(
            "ACK",
            of: offer,
            sequence: try offer.cseq().number,
            sdp: SDP.answer(to: offer, port: 30_000)
        )
        office.deliver(ack, on: caller.flow)
        #expect(office.media.count == 1)
        #expect(office.switchboard.calls().count == 1)
    }

    @Test func `a phone that is silent and does not answer when asked is gone`() throws {
        var (office, caller, callee, _, _) = try Self.talking()
        office.wait(.seconds(31))
        #expect(office.received(on: caller.flow).map(\.method) == [.options])
        let probe = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(probe, 200), on: callee.flow)
        office.wait(.seconds(33))
        #expect(office.switchboard.calls().isEmpty)
        #expect(office.received(on: callee.flow).contains { $0.method == .bye })
        #expect(office.record()?.reason == "a phone is silent and does not answer")
    }

    @Test func `a phone that loses its connection keeps its call when it comes back`() throws {
        var (office, caller, callee, answer, _) = try Self.talking()
        office.disconnect(caller.flow)
        office.wait(.seconds(5))
        caller.flow = try office.flow(from: "192.0.2.50:50001")
        try caller.register(&office)
        office.deliver(caller.inDialog("BYE", of: answer), on: caller.flow)
        #expect(office.received(on: caller.flow).map(\.status) == [200])
        #expect(office.received(on: callee.flow).map(\.method) == [.bye])
    }

    @Test func `a phone that loses its connection and is silent loses its call`() throws {
        var (office, caller, callee, _, _) = try Self.talking()
        office.disconnect(caller.flow)
        office.wait(.seconds(70))
        #expect(office.switchboard.calls().isEmpty)
        #expect(office.received(on: callee.flow).contains { $0.method == .bye })
    }

    @Test func `an operator ends a call`() throws {
        var (office, caller, callee, _, _) = try Self.talking()
        let id = try #require(office.record()?.id)
        let found = [office.endCall("nothing"), office.endCall(id)]
        #expect(found == [false, true])
        #expect(office.received(on: caller.flow).map(\.method) == [.bye])
        #expect(office.received(on: callee.flow).map(\.method) == [.bye])
    }

    @Test func `disabling an extension ends its calls`() throws {
        var (office, caller, callee, _, _) = try Self.talking()
        try office.apply(disabled: ["102"])
        #expect(office.received(on: caller.flow).map(\.method) == [.bye])
        #expect(office.received(on: callee.flow).map(\.method) == [.bye])
        #expect(office.switchboard.calls().isEmpty)
    }

    @Test func `nothing is left behind by calls that ended any way they can`() throws {
        var (office, caller, callee, answer, _) = try Self.talking()
        office.deliver(caller.inDialog("INVITE", of: answer, sdp: SDP.offer(direction: "sendonly")), on: caller.flow)
        office.disconnect(callee.flow)
        #expect(office.received(on: caller.flow).map(\.status) == [100, 488])
        office.deliver(caller.inDialog("BYE", of: answer), on: caller.flow)

        callee.flow = try office.flow()
        try callee.register(&office)
        _ = try caller.call(&office, "102", callID: "call-2")
        let second = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(second, 180), on: callee.flow)
        office.disconnect(caller.flow)
        #expect(office.received(on: callee.flow).map(\.method) == [.cancel])
        office.disconnect(callee.flow)
        office.wait(.seconds(700))
        let figures = office.switchboard.figures
        #expect(figures.calls == 0 && figures.transactions == 0 && figures.registrations == 0)
        #expect(office.switchboard.nextDeadline == nil)
    }

    // MARK: Scenes

    static func phones() throws -> (Office, Phone, Phone) {
        var office = try Office()
        var caller = try Phone("phone-101-000001", in: &office)
        var callee = try Phone("phone-102-000001", in: &office)
        try caller.register(&office)
        try callee.register(&office)
        return (office, caller, callee)
    }

    static func talking() throws -> (Office, Phone, Phone, answer: Message, invite: Message) {
        var (office, caller, callee) = try phones()
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        let answer = try #require(office.received(on: caller.flow).last)
        office.deliver(caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number), on: caller.flow)
        _ = office.received(on: callee.flow)
        return (office, caller, callee, answer, invite)
    }

    /// Places a call to 102, and returns the CANCEL for it.
    private static func cancel(_ caller: inout Phone, _ office: inout Office) throws -> String {
        let target = "sip:102@\(Office.domain)"
        office.deliver(caller.request("INVITE", to: target, callID: "call-1", body: SDP.offer()), on: caller.flow)
        let challenge = try #require(office.received(on: caller.flow).last)
        let proof = try caller.authorization(for: challenge, method: "INVITE", uri: target)
        let invite = caller.request("INVITE", to: target, callID: "call-1", extra: [proof], body: SDP.offer())
        office.deliver(invite, on: caller.flow)
        _ = office.received(on: caller.flow)
        let kept = invite.split(separator: "\r\n").filter { line in
            ["Via", "From", "To", "Call-ID", "Max-F"].contains { line.hasPrefix($0) }
        }
        let sequence = invite.split(separator: "\r\n").first { $0.hasPrefix("CSeq") }?.split(separator: " ")[1] ?? ""
        return
            (["CANCEL \(target) SIP/2.0"] + kept.map(String.init) + ["CSeq: \(sequence) CANCEL", "Content-Length: 0"])
            .joined(separator: "\r\n") + "\r\n\r\n"
    }

    private static func keys(_ message: Message) -> [Substring] {
        message.string(message.body).split(whereSeparator: \.isNewline).filter { $0.hasPrefix("a=crypto") }
    }
}
