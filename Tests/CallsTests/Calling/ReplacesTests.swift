// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import Testing

/// The value of Replaces for a dialog, as the phone `local` sees it.
private func replaces(_ message: Message, to: String, from: String, early: Bool = false) -> String {
    "\(message.text(.callID));to-tag=\(to);from-tag=\(from)\(early ? ";early-only" : "")"
}

extension Message {
    /// The tag of From or To; empty without one.
    fileprivate func tag(_ name: HeaderName) -> String {
        let value = text(name)
        return value.range(of: ";tag=").map { String(value[$0.upperBound...]) } ?? ""
    }
}

extension String {
    fileprivate func range(of part: String) -> Range<Index>? { ranges(of: part).first }

    fileprivate var escaped: String {
        replacing(";", with: "%3B").replacing("=", with: "%3D").replacing("@", with: "%40")
    }
}

@Suite("RFC 3891 §3 and RFC 5589 §7: attended transfer")
struct AttendedTransferTests {
    /// 101 talks with 102, and 102 has asked 103.
    private struct Consultation {
        var stage: TransferScene
        let answer: Message
        let invite: Message

        init(isAnswered: Bool = true) throws {
            stage = try TransferScene()
            _ = try stage.scene.callee.call(&stage.scene.office, "103", callID: "call-2")
            invite = try #require(stage.heard(by: \.target).first)
            let status = isAnswered ? 200 : 180
            let target = stage.target
            let sdp = isAnswered ? SDP.answer(to: invite, port: 33_000) : ""
            stage.scene.office.deliver(target.answer(invite, status, sdp: sdp), on: target.flow)
            answer = try #require(stage.heard(by: \.scene.callee).last)
            if isAnswered {
                let sequence = try answer.cseq().number
                let ack = stage.scene.callee.inDialog("ACK", of: answer, sequence: sequence)
                stage.scene.office.deliver(ack, on: stage.scene.callee.flow)
            }
            _ = stage.heard(by: \.target)
        }

        var named: String { replaces(answer, to: answer.tag(.to), from: answer.tag(.from)) }

        mutating func refer(_ named: String? = nil) -> [Message] {
            stage.refer("<sip:103@\(Office.domain)?Replaces=\((named ?? self.named).escaped)&Require=replaces>")
        }
    }

    @Test func `both far ends become one call, each offered what the other can do`() throws {
        var consultation = try Consultation()
        let heard = consultation.refer()
        #expect(heard.map(\.status) == [202, nil, nil, nil, nil])
        #expect(heard.dropFirst().map(\.method) == [.notify, .notify, .bye, .bye])
        #expect(
            heard.dropFirst().prefix(2).map(\.progress) == ["SIP/2.0 100 Trying active", "SIP/2.0 200 OK terminated"]
        )

        let offer = try #require(consultation.stage.heard(by: \.target).first)
        #expect(offer.method == .invite && offer.text(.pAssertedIdentity).contains("<sip:101@"))
        let target = consultation.stage.target
        let answer = target.answer(offer, 200, sdp: SDP.answer(to: offer, port: 33_000))
        consultation.stage.scene.office.deliver(answer, on: target.flow)
        #expect(consultation.stage.heard(by: \.target).map(\.method) == [.ack])
        let second = try consultation.stage.meet()
        #expect(second.text(.pAssertedIdentity).contains("<sip:103@"))
        #expect(consultation.stage.scene.office.switchboard.calls().count == 1)

        _ = consultation.stage.scene.callerSays("BYE")
        #expect(consultation.stage.heard(by: \.target).map(\.method) == [.bye])
        #expect(!consultation.stage.scene.isStanding)
    }

    @Test func `the leg moves with its keys, and every record ends`() throws {
        var consultation = try Consultation()
        _ = consultation.refer()
        let joins = consultation.stage.scene.office.media.compactMap { command -> (RelaySide, RelaySide)? in
            guard case .join(_, let side, from: _, let other) = command else { return nil }
            return (side, other)
        }
        #expect(joins.count == 1 && joins.first?.0 == .b && joins.first?.1 == .b)
        _ = consultation.stage.scene.callerSays("BYE")
        #expect(consultation.stage.records.count == 2)
        #expect(consultation.stage.records.allSatisfy { $0.endedAt != nil })
        #expect(consultation.stage.records.first?.reason == "102 transferred it to 103")
        let closed = consultation.stage.scene.office.media.compactMap { command -> RelayID? in
            guard case .close(let id) = command else { return nil }
            return id
        }
        #expect(closed.count == 1)
    }

    @Test func `a target that still rings is connected when it picks up`() throws {
        var consultation = try Consultation(isAnswered: false)
        let heard = consultation.refer()
        #expect(heard.map(\.status) == [202, nil, 487])
        let target = consultation.stage.target
        let answer = target.answer(consultation.invite, 200, sdp: SDP.answer(to: consultation.invite, port: 33_000))
        consultation.stage.scene.office.deliver(answer, on: target.flow)
        #expect(consultation.stage.heard(by: \.target).map(\.method) == [.ack])
        #expect(consultation.stage.heard(by: \.scene.callee).map(\.method) == [.notify, .bye])
        let offer = try consultation.stage.meet()
        #expect(offer.text(.pAssertedIdentity).contains("<sip:103@"))
        #expect(consultation.stage.scene.office.switchboard.calls().count == 1)
    }

    @Test func `S16 somebody else's call cannot be joined`() throws {
        var stage = try TransferScene()
        var other = try Phone("phone-102-000002", in: &stage.scene.office, from: "192.0.2.52:50000")
        try other.register(&stage.scene.office)
        _ = try stage.target.call(&stage.scene.office, "102", callID: "call-3")
        let invite = try #require(stage.scene.office.received(on: other.flow).first)
        stage.scene.office.deliver(other.answer(invite, 200, sdp: SDP.answer(to: invite)), on: other.flow)
        let answer = try #require(stage.heard(by: \.target).last)
        let stolen = replaces(stage.scene.answer, to: stage.scene.answer.tag(.to), from: stage.scene.answer.tag(.from))
        let refer = stage.target.inDialog(
            "REFER",
            of: answer,
            extra: ["Refer-To: <sip:101@\(Office.domain)?Replaces=\(stolen.escaped)>"]
        )
        stage.scene.office.deliver(refer, on: stage.target.flow)
        #expect(stage.heard(by: \.target).map(\.status) == [403])
        #expect(stage.scene.office.events.map(\.kind) == [.identityMismatch])
        #expect(stage.scene.office.switchboard.calls().count == 2)
    }

    @Test func `who has transferred his own call and hung up is not brought back`() throws {
        var consultation = try Consultation()
        let target = consultation.stage.target
        for method in ["REFER", "BYE"] {
            let fields = method == "REFER" ? ["Refer-To: <sip:101@\(Office.domain)>"] : []
            let text = consultation.stage.target.inDialog(method, from: consultation.invite, extra: fields)
            consultation.stage.scene.office.deliver(text, on: target.flow)
        }
        #expect(consultation.stage.heard(by: \.target).map(\.status) == [202, nil, 200])
        #expect(consultation.refer().map(\.status) == [403])
        #expect(consultation.stage.scene.isStanding)
        // What 103 asked for goes on ringing.
        #expect(consultation.stage.heard(by: \.scene.caller).map(\.method) == [.invite])
    }

    @Test func `a call cannot be joined with itself`() throws {
        var stage = try TransferScene()
        let own = replaces(stage.scene.invite, to: stage.scene.invite.tag(.from), from: "callee-tag")
        #expect(stage.refer("<sip:101@\(Office.domain)?Replaces=\(own.escaped)>").map(\.status) == [403])
        #expect(stage.scene.isStanding)
    }
}

@Suite("RFC 3891 §3: INVITE with Replaces")
struct InviteReplacesTests {
    private static func take(
        _ phone: inout Phone,
        _ office: inout Office,
        _ named: String,
        sdp: String = SDP.offer(port: 34_000)
    ) throws -> [Message] {
        let extra = ["Contact: <\(phone.contact)>", "Replaces: \(named)", "Require: replaces"]
        return try phone.ask(&office, "INVITE", to: "sip:102@\(Office.domain)", callID: "take", extra: extra, body: sdp)
    }

    /// 101 talks with 102, whose second phone comes by.
    private static func standing() throws -> (Scene, second: Phone, named: String) {
        var scene = try Scene()
        var second = try Phone("phone-102-000002", in: &scene.office, from: "192.0.2.52:50000")
        try second.register(&scene.office)
        return (scene, second, replaces(scene.invite, to: "callee-tag", from: scene.invite.tag(.from)))
    }

    @Test func `a call moves to another phone of its extension`() throws {
        var (scene, second, named) = try Self.standing()
        let answer = try #require(try Self.take(&second, &scene.office, named).last)
        #expect(answer.status == 200 && answer.bodyText.contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80"))
        #expect(answer.text(.pAssertedIdentity).contains("<sip:101@"))
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.bye])
        scene.office.deliver(second.inDialog("ACK", of: answer, sequence: try answer.cseq().number), on: second.flow)
        let offer = try #require(scene.office.received(on: scene.caller.flow).first)
        let agreed = scene.caller.answer(offer, 200, sdp: SDP.answer(to: offer, port: 30_000))
        scene.office.deliver(agreed, on: scene.caller.flow)
        #expect(scene.office.switchboard.calls().count == 1)
        guard case .update(_, .a, _)? = scene.office.media.last else {
            Issue.record("the relay was not told")
            return
        }
        scene.office.deliver(second.inDialog("BYE", of: answer), on: second.flow)
        #expect(scene.office.received(on: scene.caller.flow).map(\.method) == [.ack, .bye])
        #expect(scene.office.records.allSatisfy { $0.id == scene.office.record()?.id })
    }

    @Test func `S16 a call of somebody else is neither taken nor listened to`() throws {
        var (scene, _, named) = try Self.standing()
        var thief = try Phone("phone-103-000001", in: &scene.office, from: "192.0.2.53:50000")
        try thief.register(&scene.office)
        try scene.office.apply(groups: ["102": "sales", "103": "sales"])
        #expect(try Self.take(&thief, &scene.office, named).map(\.status) == [403])
        #expect(scene.office.events.map(\.kind) == [.identityMismatch])
        #expect(scene.office.received(on: scene.callee.flow).isEmpty && scene.isStanding)
    }

    static let wrong: [(named: String, status: Int)] = [
        ("nothing;to-tag=a;from-tag=b", 481), ("CALL;to-tag=callee-tag;from-tag=wrong", 481),
        ("CALL;to-tag=callee-tag", 400), ("CALL", 400), (";to-tag=a;from-tag=b", 400),
        ("CALL;to-tag=callee-tag;from-tag=FROM;early-only", 486),
    ]

    @Test(arguments: wrong)
    func `a dialog that is not there, or not as named, is not replaced`(named: String, status: Int) throws {
        var (scene, second, _) = try Self.standing()
        let text = named.replacing("CALL", with: scene.invite.text(.callID))
            .replacing("FROM", with: scene.invite.tag(.from))
        #expect(try Self.take(&second, &scene.office, text).map(\.status) == [status])
        #expect(scene.isStanding && scene.office.received(on: scene.callee.flow).isEmpty)
    }

    @Test(arguments: [SDP.offer(profile: "RTP/AVP", crypto: []), SDP.offer(formats: "18"), ""])
    func `without encryption, or without a format in common, nothing is replaced`(sdp: String) throws {
        var (scene, second, named) = try Self.standing()
        #expect(try Self.take(&second, &scene.office, named, sdp: sdp).map(\.status) == [488])
        #expect(scene.isStanding && scene.office.received(on: scene.callee.flow).isEmpty)
    }

    @Test func `a call that rings is picked up at another phone of the extension`() throws {
        var scene = try RingingScene()
        var second = try Phone("phone-102-000002", in: &scene.office, from: "192.0.2.52:50000")
        try second.register(&scene.office)
        _ = scene.progress(180)
        let named = replaces(scene.invite, to: "callee-tag", from: scene.invite.tag(.from), early: true)
        let answer = try #require(try Self.take(&second, &scene.office, named).last)
        #expect(answer.status == 200)
        let cancel = try #require(scene.office.received(on: scene.callee.flow).first)
        #expect(cancel.method == .cancel && cancel.reason() == Reason(.sip, cause: 200))
        let heard = try #require(scene.office.received(on: scene.caller.flow).last)
        #expect(heard.status == 200 && heard.first(.pAssertedIdentity) == nil)
        scene.office.deliver(second.inDialog("ACK", of: answer, sequence: try answer.cseq().number), on: second.flow)
        #expect(scene.office.record()?.outcome == .answered)
        scene.office.wait(.seconds(5))
        #expect(scene.office.received(on: second.flow).isEmpty)
    }

    @Test func `a call that rings elsewhere is only picked up inside the group`() throws {
        var scene = try RingingScene()
        var third = try Phone("phone-103-000001", in: &scene.office, from: "192.0.2.53:50000")
        try third.register(&scene.office)
        let named = replaces(scene.invite, to: "callee-tag", from: scene.invite.tag(.from))
        #expect(try Self.take(&third, &scene.office, named).map(\.status) == [403])
        try scene.office.apply(groups: ["102": "sales", "103": "sales"])
        #expect(try Self.take(&third, &scene.office, named).map(\.status) == [200])
        let heard = try #require(scene.office.received(on: scene.caller.flow).last)
        #expect(heard.text(.pAssertedIdentity) == "\"Desk 103\" <sip:103@\(Office.domain)>")
        #expect(scene.office.record()?.callee?.text == "103")
    }
}
