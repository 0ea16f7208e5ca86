// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

extension TransferScene {
    /// 102 changes the direction of its audio with 101; what 101 is offered, and what 102 gets.
    fileprivate mutating func calleeTurns(_ direction: String, answering mirrored: String) throws -> (Message, Message)
    {
        _ = scene.calleeSays("INVITE", sdp: SDP.offer(port: 31_000, direction: direction))
        let offer = try #require(heard(by: \.scene.caller).last)
        let caller = scene.caller
        let answer = SDP.answer(to: offer, port: 30_000, direction: mirrored)
        scene.office.deliver(caller.answer(offer, 200, sdp: answer), on: caller.flow)
        let accepted = try #require(heard(by: \.scene.callee).last)
        let sequence = try accepted.cseq().number
        let ack = scene.callee.inDialog("ACK", from: scene.invite, sequence: sequence)
        scene.office.deliver(ack, on: scene.callee.flow)
        _ = heard(by: \.scene.caller)
        return (offer, accepted)
    }

    /// 102 calls 103 beside its call with 101; the answer that 102 got.
    fileprivate mutating func consult() throws -> Message {
        _ = try scene.callee.call(&scene.office, "103", callID: "call-2")
        _ = try pickUp()
        let answer = try #require(heard(by: \.scene.callee).last)
        let sequence = try answer.cseq().number
        scene.office.deliver(scene.callee.inDialog("ACK", of: answer, sequence: sequence), on: scene.callee.flow)
        _ = heard(by: \.target)
        return answer
    }
}

@Suite("RFC 5359 §2.1, §2.2 and §2.3: hold")
struct HoldServiceTests {
    @Test func `2.1 a call is put on hold and taken back, each time with the other phone's answer`() throws {
        var scene = try TransferScene()
        let (held, kept) = try scene.calleeTurns("sendonly", answering: "recvonly")
        #expect(held.bodyText.contains("a=sendonly\r\n") && kept.bodyText.contains("a=recvonly\r\n"))
        let (resumed, back) = try scene.calleeTurns("sendrecv", answering: "sendrecv")
        #expect(resumed.bodyText.contains("a=sendrecv\r\n") && back.bodyText.contains("a=sendrecv\r\n"))
        #expect(scene.scene.isStanding)
    }

    @Test func `2.2 somebody else is asked while the call waits`() throws {
        var scene = try TransferScene()
        _ = try scene.calleeTurns("sendonly", answering: "recvonly")
        let consulted = try scene.consult()
        #expect(scene.scene.office.switchboard.calls().count == 2)
        scene.scene.office.deliver(scene.scene.callee.inDialog("BYE", of: consulted), on: scene.scene.callee.flow)
        #expect(scene.heard(by: \.target).map(\.method) == [.bye])
        _ = scene.heard(by: \.scene.callee)
        let (_, back) = try scene.calleeTurns("sendrecv", answering: "sendrecv")
        #expect(back.bodyText.contains("a=sendrecv\r\n"))
        #expect(scene.scene.office.switchboard.calls().count == 1)
    }

    @Test func `2.3 music comes from the phone that holds: what it sends is heard, and it hears nothing`() throws {
        var scene = try TransferScene()
        _ = try scene.calleeTurns("sendonly", answering: "recvonly")
        let legs = scene.scene.office.media.compactMap { command -> (RelaySide, LegMedia)? in
            guard case .update(_, let side, .network(let media)) = command else { return nil }
            return (side, media)
        }
        let holder = try #require(legs.last { $0.0 == .b }?.1)
        #expect(holder.sends && !holder.receives)
        let held = try #require(legs.last { $0.0 == .a }?.1)
        #expect(!held.sends && held.receives)
    }
}

@Suite("RFC 5359 §2.4, §2.5 and §2.6: transfer")
struct TransferServiceTests {
    @Test func `2.4 unattended: out of hold to somebody who is not asked`() throws {
        var scene = try TransferScene()
        _ = try scene.calleeTurns("sendonly", answering: "recvonly")
        #expect(scene.refer().map(\.status) == [202, nil])
        _ = try scene.pickUp()
        let heard = scene.heard(by: \.scene.callee)
        #expect(heard.map(\.method) == [.notify, .bye])
        #expect(heard.first?.progress == "SIP/2.0 200 OK terminated")
        #expect(try scene.meet().bodyText.contains("a=sendrecv\r\n"))
        _ = scene.scene.callerSays("BYE")
        #expect(scene.heard(by: \.target).last?.method == .bye)
    }

    @Test func `2.5 attended: the one who was asked takes the call`() throws {
        var scene = try TransferScene()
        _ = try scene.calleeTurns("sendonly", answering: "recvonly")
        let consulted = try scene.consult()
        let tag = consulted.text(.to).split(separator: "tag=").last ?? ""
        let named = "call-2%3Bto-tag%3D\(tag)%3Bfrom-tag%3Dphone-tag"
        let heard = scene.refer("<sip:103@\(Office.domain)?Replaces=\(named)>")
        #expect(heard.map(\.status) == [202, nil, nil, nil, nil])
        #expect(heard.filter { $0.method == .bye }.count == 2)
        let offer = try #require(scene.heard(by: \.target).last)
        #expect(offer.method == .invite && offer.bodyText.contains("a=sendrecv\r\n"))
        #expect(scene.scene.office.switchboard.calls().count == 1)
    }

    @Test func `2.6 by instant messaging: a REFER asks for calls, and for nothing else`() throws {
        var scene = try TransferScene()
        #expect(scene.refer("<sip:103@\(Office.domain);method=MESSAGE>").map(\.status) == [400])
        #expect(scene.heard(by: \.target).isEmpty)
        #expect(scene.scene.isStanding)
    }
}

@Suite("RFC 5359 §2.10 and §2.11: three parties")
struct ConferenceServiceTests {
    @Test func `2.10 a phone that mixes talks with two others at once`() throws {
        var scene = try TransferScene()
        _ = try scene.calleeTurns("sendonly", answering: "recvonly")
        _ = try scene.consult()
        let (_, back) = try scene.calleeTurns("sendrecv", answering: "sendrecv")
        #expect(back.bodyText.contains("a=sendrecv\r\n"))
        let relays = scene.scene.office.media.filter { if case .open = $0 { true } else { false } }
        #expect(relays.count == 2)
        #expect(scene.scene.office.switchboard.calls().map(\.isAnswered) == [true, true])
        // Each of the others may leave, and one call stands.
        _ = scene.scene.callerSays("BYE")
        #expect(scene.scene.office.switchboard.calls().count == 1)
    }

    @Test func `2.11 nobody joins a call from outside: Join is refused by name, and means nothing without`() throws {
        var scene = try TransferScene()
        let named = "Join: \(scene.scene.invite.text(.callID));to-tag=callee-tag;from-tag=x"
        for (fields, status) in [(["Require: join", named], 420), ([named], 486)] {
            let answers = try scene.target.ask(
                &scene.scene.office,
                "INVITE",
                to: "sip:102@\(Office.domain)",
                extra: ["Contact: <\(scene.target.contact)>"] + fields,
                body: SDP.offer()
            )
            let rings = scene.heard(by: \.scene.callee)
            #expect(rings.map(\.method) == (status == 420 ? [] : [.invite]))
            guard let invite = rings.first else {
                #expect(answers.last?.status == 420)
                continue
            }
            #expect(invite.first(named: "Join") == nil)
            scene.scene.office.deliver(scene.scene.callee.answer(invite, 486), on: scene.scene.callee.flow)
            #expect(scene.heard(by: \.target).last?.status == status)
        }
        #expect(scene.heard(by: \.scene.caller).isEmpty)
    }
}

@Suite("RFC 5359 §2.12 and §2.14: find-me and screening")
struct ReachServiceTests {
    @Test func `2.12 all phones of an extension ring, and the others hear that one has the call`() throws {
        var scene = try ForkedScene()
        scene.answerAtFirst()
        let heard = scene.office.received(on: scene.second.flow)
        #expect(heard.map(\.method) == [.cancel])
        #expect(heard.first?.text("Reason").contains("cause=200") == true)
        #expect(scene.office.received(on: scene.caller.flow).last?.status == 200)
    }

    @Test(arguments: [("798", 404), ("103", 480), ("00015551234567", 404)])
    func `2.14 what a phone may not call rings nobody, and leaves a record`(number: String, status: Int) throws {
        var (office, caller, _) = try Office.withPhones()
        try office.apply(disabled: ["103"])
        #expect(try caller.call(&office, number).last?.status == status)
        #expect(office.record()?.outcome == .refused)
        #expect(office.record()?.dialled == number)
    }
}

@Suite("RFC 5359 §2.17: automatic redial")
struct RedialServiceTests {
    @Test func `who found a phone busy is told when it is free, and gets through`() throws {
        var scene = try TransferScene()
        _ = try scene.target.call(&scene.scene.office, "102", callID: "redial-1")
        let invite = try #require(scene.heard(by: \.scene.callee).first)
        scene.scene.office.deliver(scene.scene.callee.answer(invite, 486), on: scene.scene.callee.flow)
        #expect(scene.heard(by: \.target).last?.status == 486)
        let (_, first) = try scene.target.watch(&scene.scene.office, "102")
        #expect(first.callStates == ["confirmed"])
        scene.scene.office.wait(.seconds(5))
        _ = scene.scene.callerSays("BYE")
        scene.scene.office.wait(.seconds(5))
        #expect(scene.target.notices(&scene.scene.office).last?.callStates == ["terminated"])
        _ = scene.heard(by: \.scene.callee)
        let again = try scene.target.call(&scene.scene.office, "102", callID: "redial-2")
        #expect(again.contains { $0.status == 100 })
        #expect(scene.heard(by: \.scene.callee).map(\.method) == [.invite])
    }
}

@Suite("RFC 5359 §2.18: click to dial")
struct ClickToDialTests {
    @Test func `a REFER from outside of a call makes nobody call`() throws {
        var (office, desk, callee) = try Office.withPhones()
        let fields = ["Refer-To: <sip:103@\(Office.domain)>", "Contact: <\(desk.contact)>"]
        let answers = try desk.ask(&office, "REFER", to: "sip:102@\(Office.domain)", extra: fields)
        #expect(answers.last?.status == 403)
        #expect(office.received(on: callee.flow).isEmpty)
        #expect(office.switchboard.calls().isEmpty)
    }
}
