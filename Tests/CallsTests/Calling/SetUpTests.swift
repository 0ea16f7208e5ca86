// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 3261 §13 and RFC 5853 §3.1: a call through the switchboard")
struct SetUpTests {
    @Test func `a call is announced, answered, recorded and relayed`() throws {
        var (office, caller, callee) = try Office.withPhones()
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
        guard case .open(_, .network(let a), .network(let b))? = office.media.first else {
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

    /// Nothing of one side reaches the other.
    @Test func `R07 the called phone learns nothing of the caller's network, dialog or keys`() throws {
        var (office, caller, callee) = try Office.withPhones()
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
        var (office, caller, _) = try Office.withPhones()
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
        var (office, caller, callee) = try Office.withPhones()
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        office.storesAtOnce = false
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        #expect(office.received(on: caller.flow).isEmpty)
        office.store(ok: true)
        #expect(office.received(on: caller.flow).map(\.status) == [200])
    }

    @Test(arguments: [true, false])
    func `inside, a call goes on whose record cannot be written, and hands it over again`(isTold: Bool) throws {
        var (office, caller, callee) = try Office.withPhones()
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        office.storesAtOnce = false
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        let before = office.records.count
        // The disk says no, or says nothing for five seconds.
        if isTold { office.store(ok: false) } else { office.wait(.milliseconds(5_100)) }
        #expect(office.received(on: caller.flow).map(\.status).first == 200)
        #expect(office.received(on: callee.flow).map(\.method) == [.ack])
        #expect(office.media.count == 1)
        #expect(office.records.count == before + 1)
        #expect(office.record()?.answeredAt != nil && office.record()?.outcome == .answered)
    }

    @Test func `the caller may leave the offer to us`() throws {
        var (office, caller, callee) = try Office.withPhones()
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

    static let refusals: [(dialled: String, sdp: String, status: Int, control: Control?)] = [
        ("798", SDP.offer(), 404, nil),
        ("103", SDP.offer(), 480, nil),
        ("102", SDP.offer(profile: "RTP/AVP", crypto: []), 488, .mediaEncryption),
        ("102", SDP.offer(profile: "RTP/AVP"), 488, .mediaEncryption),
        ("102", SDP.offer(crypto: ["1 AES_CM_128_HMAC_SHA1_32 \(SDP.key)"]), 488, .mediaEncryption),
        ("102", SDP.offer(crypto: ["1 AES_CM_128_HMAC_SHA1_80 \(SDP.key) UNENCRYPTED_SRTP"]), 488, .mediaEncryption),
    ]

    @Test(arguments: refusals)
    func `a call that may not be is refused, with a record that says why`(
        dialled: String,
        sdp: String,
        status: Int,
        control: Control?
    ) throws {
        var (office, caller, callee) = try Office.withPhones()
        let answers = try caller.call(&office, dialled, sdp: sdp)
        #expect(answers.map(\.status) == [100, status])
        #expect(office.record()?.status == status)
        #expect(office.record()?.control == control)
        #expect(office.record()?.endedAt != nil)
        #expect(office.received(on: callee.flow).isEmpty)
        #expect(office.switchboard.calls().isEmpty)
    }

    @Test func `all phones of an extension ring, the first answer wins and the others stop`() throws {
        var scene = try ForkedScene()
        scene.answerAtFirst()
        #expect(scene.office.received(on: scene.second.flow).map(\.method) == [.cancel])

        // The other picked up in the same moment: it is acknowledged and released.
        let late = scene.second.answer(scene.toSecond, 200, sdp: SDP.answer(to: scene.toSecond))
        scene.office.deliver(late, on: scene.second.flow)
        #expect(scene.office.received(on: scene.second.flow).map(\.method) == [.ack, .bye])
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [180, 200])
    }

    static let finals: [(phone: Int, caller: Int, outcome: CallOutcome)] = [
        (486, 486, .busy), (600, 486, .busy), (603, 603, .declined), (480, 480, .noAnswer), (404, 480, .failed),
        (302, 480, .failed), (401, 480, .failed), (407, 480, .failed), (415, 488, .failed), (500, 480, .failed),
    ]

    @Test(arguments: finals)
    func `what the phone says reaches the caller in plain terms`(
        phone: Int,
        caller status: Int,
        outcome: CallOutcome
    ) throws {
        var (office, caller, callee) = try Office.withPhones()
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(invite, phone), on: callee.flow)
        #expect(office.received(on: callee.flow).map(\.method) == [.ack])
        #expect(office.received(on: caller.flow).map(\.status) == [status])
        #expect(office.record()?.outcome == outcome)
    }

    @Test func `nobody answers: the phones stop ringing and the caller is told`() throws {
        var (office, caller, callee) = try Office.withPhones()
        _ = try caller.call(&office, "102")
        let invite = try #require(office.received(on: callee.flow).first)
        office.deliver(callee.answer(invite, 180), on: callee.flow)
        _ = office.received(on: caller.flow)
        office.wait(.seconds(91))
        #expect(office.received(on: callee.flow).map(\.method) == [.cancel])
        #expect(office.received(on: caller.flow).map(\.status) == [480])
        #expect(office.record()?.outcome == .noAnswer)
    }

    @Test func `an answer that is never confirmed is repeated, then the call ends`() throws {
        var (office, caller, callee) = try Office.withPhones()
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
        var scene = try Scene()
        scene.office.deliver(
            scene.callee.answer(scene.invite, 200, sdp: SDP.answer(to: scene.invite)),
            on: scene.callee.flow
        )
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.ack])
    }
}

@Suite("RFC 3261 §21.5.4, ATTACKS D15: calls that somebody piles up")
struct CallFloodTests {
    /// Places calls to a number that nobody has; how many were refused without leaving a record.
    private func calls(_ count: Int, by phone: inout Phone, in office: inout Office, _ series: String) throws -> Int {
        let before = Set(office.records.map(\.id)).count
        var refused = 0
        for index in 0..<count where try phone.call(&office, "798", callID: "\(series)-\(index)").last?.status == 503 {
            refused += 1
        }
        #expect(Set(office.records.map(\.id)).count == before + count - refused)
        return refused
    }

    @Test func `D15 one phone begins a hundred at once and two a second, and the others have theirs`() throws {
        var office = try Office()
        var greedy = try Phone("phone-101-000001", in: &office)
        var modest = try Phone("phone-103-000001", in: &office, from: "192.0.2.60:50000")
        #expect(try calls(120, by: &greedy, in: &office, "first") == 20)
        #expect(office.events.map(\.kind) == Array(repeating: .accountLimit, count: 20))
        #expect(office.events.first?.subject?.description == "'desk' of extension 101")
        #expect(try calls(5, by: &modest, in: &office, "other") == 0)
        office.wait(.seconds(5))
        #expect(try calls(20, by: &greedy, in: &office, "later") == 10)
    }
}
