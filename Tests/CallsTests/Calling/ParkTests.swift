// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 5359 §2.15: calls that are parked")
struct ParkTests {
    @Test func `a blind transfer to a place parks the call, and whoever dials the place takes it`() throws {
        var scene = try ParkScene()
        let heard = scene.park("*683")
        #expect(heard.map(\.status) == [202, nil, nil, nil, nil])
        #expect(heard.compactMap(\.method) == [.notify, .notify, .bye, .message])
        #expect(heard[1].progress == "SIP/2.0 100 Trying active")
        #expect(heard[2].progress == "SIP/2.0 200 OK terminated")
        #expect(heard.last?.bodyText == "The call is parked. To take it, dial *683.")
        #expect(scene.places == ["*683"])
        let hold = try #require(try scene.agree(\.scene.caller, "recvonly"))
        #expect(hold.bodyText.contains("a=sendonly"), "who waits is on hold")
        scene.pass(seconds: 20)

        let answer = try #require(try scene.dial("*683").last)
        #expect(answer.status == 200 && answer.text(.pAssertedIdentity) == "\"Desk 101\" <sip:101@\(Office.domain)>")
        try scene.acknowledge(answer)
        let offer = try #require(try scene.agree(\.scene.caller))
        #expect(offer.bodyText.contains("a=sendrecv"))
        #expect(offer.text(.pAssertedIdentity) == "\"Desk 103\" <sip:103@\(Office.domain)>")
        #expect(scene.places.isEmpty && scene.office.switchboard.calls().count == 1)
        guard case .update(_, _, .network(let leg))? = scene.office.media.last(where: { $0.isOfB }) else {
            Issue.record("the relay was not told of the new phone")
            return
        }
        #expect(leg.sends && leg.receives && !leg.isGone)

        _ = scene.stage.scene.callerSays("BYE")
        #expect(scene.stage.heard(by: \.target).map(\.method) == [.bye])
        let records = scene.stage.records
        #expect(
            records.map { "\($0.caller) \($0.dialled) \($0.callee?.text ?? "-")" } == ["101 102 102", "101 *683 103"]
        )
        #expect(records.map(\.reason) == ["102 parked it at *683, and 103 took it", "the caller hung up"])
        #expect(records.last?.path.map(\.text) == ["102 parked 103"])
        #expect(records.allSatisfy { $0.endedAt != nil && $0.outcome == .answered })
        #expect(
            records.last?.callerProtection?.isComplete == true && records.last?.calleeProtection?.isComplete == true
        )
    }

    @Test func `who waits hears music where the business plays it, and is not told`() throws {
        var scene = try ParkScene()
        scene.stage.scene.office.apply([.outside(.route(.playMusic(MusicSettings(isOn: true))))])
        _ = scene.park("*683")
        #expect(try scene.agree(\.scene.caller, "recvonly") == nil)
        guard case .entertain(_, .a, true)? = scene.office.media.last, case .play? = scene.office.voice.last else {
            Issue.record("there is no music")
            return
        }
        try scene.acknowledge(try #require(try scene.dial("*683").last))
        let offer = try #require(try scene.agree(\.scene.caller))
        #expect(offer.bodyText.contains("a=sendrecv"))
        guard case .end? = scene.office.voice.last else {
            Issue.record("the music goes on")
            return
        }
    }

    @Test func `who waits hears nothing of the one who left, and is heard by nobody`() throws {
        var scene = try ParkScene()
        _ = scene.park()
        guard case .update(_, .b, .network(let gone))? = scene.office.media.last(where: { $0.isOfB }) else {
            Issue.record("the relay was not told")
            return
        }
        #expect(gone.isGone)
        #expect(scene.places == ["*681"], "the first free place")
    }

    @Test func `the code parks the call that the phone has on hold, and is confirmed`() throws {
        var scene = try ParkScene()
        let nothing = try scene.dialAtCallee("*68", callID: "code-1")
        #expect(nothing.last?.status == 404 && nothing.last?.text(.warning).contains("no call on hold") == true)
        // 102 holds the call.
        _ = scene.stage.scene.calleeSays("INVITE", sdp: SDP.offer(direction: "sendonly"))
        try scene.agree(\.scene.caller, "recvonly")
        let held = try #require(scene.stage.heard(by: \.scene.callee).last { $0.status == 200 })
        let sequence = try held.cseq().number
        _ = scene.stage.scene.calleeSays("ACK", sequence: sequence)
        _ = scene.stage.heard(by: \.scene.caller)
        let heard = try scene.dialAtCallee("*68", callID: "code-2")
        #expect(heard.compactMap(\.status) == [100, 200])
        #expect(heard.compactMap(\.method) == [.bye, .message])
        #expect(scene.places == ["*681"])
        #expect(scene.stage.heard(by: \.scene.caller).allSatisfy { $0.method != .invite }, "it is on hold already")
        let answer = try #require(heard.last { $0.status == 200 })
        let ack = scene.stage.scene.callee.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
        scene.office.deliver(ack, on: scene.stage.scene.callee.flow)
        scene.office.wait(.seconds(2))
        #expect(scene.stage.heard(by: \.scene.callee).map(\.method) == [.bye])
        let record = try #require(scene.stage.records.last)
        #expect(record.callee == .service(.parking) && record.reason == "it parked a call at *681")
        #expect(scene.places == ["*681"])
    }

    @Test func `a forgotten call comes back to who parked it, again and again, and then ends`() throws {
        var scene = try ParkScene()
        _ = scene.park()
        try scene.agree(\.scene.caller, "recvonly")
        scene.pass(seconds: 55)
        #expect(scene.stage.heard(by: \.scene.callee).allSatisfy { $0.method != .invite })
        for round in 1...5 {
            try scene.refresh()
            scene.pass(seconds: 6)
            let invite = try #require(scene.stage.heard(by: \.scene.callee).first { $0.method == .invite })
            #expect(invite.text(.from).hasPrefix("\"Desk 101\" <sip:101@"), "round \(round)")
            let phone = scene.stage.scene.callee
            scene.office.deliver(phone.answer(invite, 180), on: phone.flow)
            scene.pass(seconds: 31)
            let cancel = try #require(scene.stage.heard(by: \.scene.callee).first { $0.method == .cancel })
            scene.office.deliver(phone.answer(cancel, 200), on: phone.flow)
            scene.office.deliver(phone.answer(invite, 487), on: phone.flow)
            #expect(scene.places == ["*681"])
            scene.pass(seconds: 53)
        }
        scene.pass(seconds: 10)
        #expect(scene.stage.heard(by: \.scene.caller).contains { $0.method == .bye })
        #expect(scene.places.isEmpty && scene.office.switchboard.calls().isEmpty)
        #expect(scene.stage.records.first?.reason == "nobody took it where it was parked")
    }

    @Test func `who parked it picks up when it comes back, and goes on with the one who waited`() throws {
        var scene = try ParkScene()
        _ = scene.park()
        try scene.agree(\.scene.caller, "recvonly")
        scene.pass(seconds: 61)
        let invite = try #require(scene.stage.heard(by: \.scene.callee).first { $0.method == .invite })
        let phone = scene.stage.scene.callee
        scene.office.deliver(phone.answer(invite, 200, sdp: SDP.answer(to: invite)), on: phone.flow)
        #expect(scene.stage.heard(by: \.scene.callee).map(\.method) == [.ack])
        let offer = try #require(try scene.agree(\.scene.caller))
        #expect(offer.bodyText.contains("a=sendrecv") && scene.places.isEmpty)
        _ = scene.stage.scene.callerSays("BYE")
        let records = scene.stage.records
        #expect(records.map(\.reason) == ["102 parked it at *681, and it came back", "the caller hung up"])
        #expect(records.last?.path.map(\.text) == ["102 parked 102"])
    }

    @Test func `it is taken while it rings where it was parked`() throws {
        var scene = try ParkScene()
        _ = scene.park()
        try scene.agree(\.scene.caller, "recvonly")
        scene.pass(seconds: 61)
        let invite = try #require(scene.stage.heard(by: \.scene.callee).first { $0.method == .invite })
        let phone = scene.stage.scene.callee
        scene.office.deliver(phone.answer(invite, 180), on: phone.flow)
        let answer = try #require(try scene.dial("*681").last)
        #expect(answer.status == 200)
        #expect(scene.stage.heard(by: \.scene.callee).contains { $0.method == .cancel })
        // The phone picked up at the same moment: it is told that it was too late.
        scene.office.deliver(phone.answer(invite, 200, sdp: SDP.answer(to: invite)), on: phone.flow)
        #expect(scene.stage.heard(by: \.scene.callee).map(\.method) == [.ack, .bye])
        try scene.acknowledge(answer)
        try scene.agree(\.scene.caller)
        #expect(scene.places.isEmpty)
        #expect(scene.office.switchboard.calls().map { $0.record.callee?.text } == ["103"])
    }

    @Test func `a caller who hangs up leaves the place empty`() throws {
        var scene = try ParkScene()
        _ = scene.park()
        _ = scene.stage.scene.callerSays("BYE")
        #expect(scene.places.isEmpty && scene.office.switchboard.calls().isEmpty)
        let refusal = try #require(try scene.dial("*681").last)
        #expect(refusal.status == 404 && refusal.text(.warning).isEmpty)
        #expect(scene.office.record()?.reason == "no call is parked at *681")
    }

    @Test(arguments: ["*6810", "*6899"]) func `a place that there is not takes no call`(_ place: String) throws {
        var scene = try ParkScene()
        let refusal = try #require(scene.park(place).last)
        #expect(refusal.status == 404 && scene.places.isEmpty && scene.stage.scene.isStanding)
        #expect(scene.office.record()?.reason == "there is no place \(place)")
    }

    @Test func `a place that is taken, or when all are`() throws {
        var scene = try ParkScene()
        scene.office.apply([
            .outside(.route(.park(try #require(ParkingSettings(places: 1, seconds: 60, reach: .everybody)))))
        ])
        _ = scene.park("*681")
        try scene.agree(\.scene.caller, "recvonly")
        // 103 calls 102, who wants to park that too.
        let call = try scene.dial("102", callID: "second")
        let invite = try #require(scene.stage.heard(by: \.scene.callee).first { $0.method == .invite })
        let phone = scene.stage.scene.callee
        scene.office.deliver(phone.answer(invite, 200, tag: "again", sdp: SDP.answer(to: invite)), on: phone.flow)
        #expect(call.last?.status == 100)
        let answer = try #require(scene.stage.heard(by: \.target).last)
        try scene.acknowledge(answer)
        _ = scene.stage.heard(by: \.scene.callee)
        for (place, reason) in [
            ("*681", "a call is parked at *681 already"), ("*68", "all 1 places for parked calls are taken"),
        ] {
            let refer = scene.stage.scene.callee.inDialog(
                "REFER",
                from: invite,
                tag: "again",
                extra: ["Refer-To: <sip:\(place)@\(Office.domain)>"]
            )
            scene.office.deliver(refer, on: phone.flow)
            #expect(scene.stage.heard(by: \.scene.callee).map(\.status) == [486])
            #expect(scene.office.record()?.reason == reason)
        }
        #expect(scene.places == ["*681"] && scene.office.switchboard.calls().count == 2)
    }

    @Test func `only the pick-up group takes it where the settings say so`() throws {
        var scene = try ParkScene()
        scene.office.apply([
            .outside(.route(.park(try #require(ParkingSettings(places: 9, seconds: 60, reach: .group)))))
        ])
        _ = scene.park("*681")
        try scene.agree(\.scene.caller, "recvonly")
        let refusal = try #require(try scene.dial("*681").last)
        #expect(refusal.status == 403 && refusal.text(.warning).contains("pick-up group"))
        #expect(scene.places == ["*681"] && scene.office.events.isEmpty, "a colleague who dials it is no attacker")
        let number = try #require(ExtensionNumber(parsing: "103"))
        for text in ["102", "103"] {
            let owner = try #require(ExtensionNumber(parsing: text))
            var value = try #require(scene.office.snapshot.extensions[owner])
            value.pickupGroup = PickupGroup(parsing: "sales")
            scene.office.apply([.put(value)])
        }
        #expect(try scene.dial("*681", callID: "take-2").last?.status == 200)
        // Who may not any more loses it.
        var value = try #require(scene.office.snapshot.extensions[number])
        value.pickupGroup = nil
        scene.office.apply([.put(value)])
        #expect(scene.office.switchboard.calls().isEmpty)
    }

    @Test func `who waits can neither transfer nor be moved, and its own hold is answered`() throws {
        var scene = try ParkScene()
        _ = scene.park()
        try scene.agree(\.scene.caller, "recvonly")
        let refer = scene.stage.scene.callerSays("REFER", extra: ["Refer-To: <sip:103@\(Office.domain)>"])
        #expect(refer.compactMap(\.status) == [491])
        let hold = scene.stage.scene.callerSays("INVITE", sdp: SDP.offer(direction: "sendonly"))
        #expect(hold.map(\.status) == [200] && hold.last?.bodyText.contains("a=inactive") == true)
        #expect(scene.places == ["*681"])
    }

    @Test func `without encryption nobody takes it, and it waits on`() throws {
        var scene = try ParkScene()
        _ = scene.park()
        try scene.agree(\.scene.caller, "recvonly")
        var phone = scene.stage.target
        let refused = try phone.call(
            &scene.office,
            "*681",
            callID: "plain",
            sdp: SDP.offer(profile: "RTP/AVP", crypto: [])
        )
        #expect(refused.last?.status == 488 && scene.places == ["*681"])
    }

    @Test func `nobody outside takes a call by dialling its place`() throws {
        var scene = try OutsideScene()
        #expect(scene.bring(to: "*681").last?.status == 404)
        #expect(scene.bring(to: "*68", callID: "inbound-2").last?.status == 404)
    }
}

@Suite("Rule PAID: parked calls that cost money")
struct PaidParkTests {
    @Test func `a leg to the outside is paid by who dialled it, parked, taken, and until it ends`() throws {
        var scene = try OutsideScene()
        let (answer, _) = try scene.talk(to: "030123456")
        scene.pass(seconds: 5)
        let refer = scene.caller.inDialog("REFER", of: answer, extra: ["Refer-To: <sip:*68@\(Office.domain)>"])
        scene.office.deliver(refer, on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).contains { $0.method == .bye })
        let hold = try scene.invite()
        #expect(hold.bodyText.contains("a=sendonly"))
        scene.office.deliver(
            scene.provider.answer(hold, 200, sdp: SDP.answer(to: hold, direction: "recvonly")),
            on: scene.provider.flow
        )
        scene.pass(seconds: 60)
        let charge = try #require(scene.office.record()?.charges.first)
        #expect(charge.payer.extension.text == "101" && charge.cost == nil, "it costs on while it waits")

        let taken = try #require(try scene.callee.call(&scene.office, "*681", callID: "take").last)
        #expect(taken.status == 200 && taken.text(.pAssertedIdentity).contains("+4930123456"))
        let ack = scene.callee.inDialog("ACK", of: taken, sequence: try taken.cseq().number)
        scene.office.deliver(ack, on: scene.callee.flow)
        let resume = try scene.invite()
        scene.office.deliver(scene.provider.answer(resume, 200, sdp: SDP.answer(to: resume)), on: scene.provider.flow)
        scene.pass(seconds: 30)
        scene.office.deliver(scene.callee.inDialog("BYE", of: taken), on: scene.callee.flow)
        let record = try #require(scene.office.record())
        #expect(record.caller.text == "+4930123456" && record.callee?.text == "102")
        #expect(record.charges.map(\.payer.extension.text) == ["101"], "whoever took it pays nothing")
        let cost = try #require(record.charges.first?.cost)
        #expect(cost.micros >= 95 * 10_000 / 60, "95 seconds at least: \(cost)")
        let last = Dictionary(scene.office.records.map { ($0.id, $0.charges) }, uniquingKeysWith: { $1 })
        #expect(last.values.flatMap(\.self).count == 1, "it is counted once")
    }

    @Test func `who loses the right to call there loses the parked call as well`() throws {
        var scene = try OutsideScene()
        let (answer, _) = try scene.talk(to: "030123456")
        let refer = scene.caller.inDialog("REFER", of: answer, extra: ["Refer-To: <sip:*68@\(Office.domain)>"])
        scene.office.deliver(refer, on: scene.caller.flow)
        var dialing = scene.office.snapshot.outside.dialing
        dialing.rights.classes = [:]
        scene.office.apply([.outside(.dial(dialing))])
        #expect(scene.office.switchboard.calls().isEmpty)
        #expect(scene.office.record()?.charges.first?.cost != nil)
    }

    @Test func `a call from outside is parked and taken, and costs nobody anything`() throws {
        var scene = try OutsideScene()
        _ = scene.bring()
        let invite = try #require(scene.office.received(on: scene.callee.flow).first { $0.method == .invite })
        scene.office.deliver(scene.callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: scene.callee.flow)
        let answer = try #require(scene.office.received(on: scene.provider.flow).last)
        let ack = scene.provider.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
        scene.office.deliver(ack, on: scene.provider.flow)
        let refer = scene.callee.inDialog("REFER", from: invite, extra: ["Refer-To: <sip:*685@\(Office.domain)>"])
        scene.office.deliver(refer, on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).contains { $0.method == .bye })
        let hold = try scene.invite()
        scene.office.deliver(
            scene.provider.answer(hold, 200, sdp: SDP.answer(to: hold, direction: "recvonly")),
            on: scene.provider.flow
        )
        let taken = try #require(try scene.caller.call(&scene.office, "*685", callID: "take").last)
        #expect(taken.status == 200 && taken.text(.pAssertedIdentity).contains("+4940555123"))
        let record = try #require(scene.office.record())
        #expect(record.caller.text == "+4940555123" && record.callee?.text == "101" && record.charges.isEmpty)
        #expect(record.trunk?.text == "main")
    }

    @Test func `a call for help is not parked`() throws {
        var scene = try OutsideScene()
        let (answer, _) = try scene.talk(to: "112")
        let refer = scene.caller.inDialog("REFER", of: answer, extra: ["Refer-To: <sip:*68@\(Office.domain)>"])
        scene.office.deliver(refer, on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [403])
        #expect(scene.office.switchboard.calls().count == 1)
    }
}

extension RelayCommand {
    /// Whether it changes the side of who was called.
    fileprivate var isOfB: Bool { if case .update(_, .b, _) = self { true } else { false } }
}
