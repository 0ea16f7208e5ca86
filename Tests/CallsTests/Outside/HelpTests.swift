// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

@Suite("Control emergency-calls: calls for help go out whatever else is refused")
struct HelpTests {
    /// An extension in Germany whose provider takes calls for help.
    private static let numbers = ["112", "110", "911", "999"]

    @Test(arguments: [nil, "0", "9", "91", "00"])
    func `every number of the country leaves with outside prefix and without, from every phone`(prefix: String?) throws
    {
        var scene = try OutsideScene(change: { dialing, _ in
            dialing.numbering.outsidePrefix = prefix.flatMap { DigitString(parsing: $0) }
        })
        for (index, number) in Self.numbers.enumerated() {
            for (mode, dialled) in [number, (prefix ?? "") + number, "+" + number].enumerated() {
                scene.office.wait(.seconds(2))
                _ = try scene.dial(dialled, callID: "call-\(index)-\(mode)")
                let invite = try scene.invite()
                #expect(invite.string(invite.requestURI).hasPrefix("sip:\(number)@"), "\(dialled)")
                _ = scene.say(404, to: invite)
            }
        }
    }

    @Test func `no budget, price, pattern, hour, or limit of calls is in the way`() throws {
        var scene = try OutsideScene(
            rates: [("+49", 10_000_000)],
            change: { _, spending in
                spending.businessLimits = .nothing
            }
        )
        var limits = CallLimitSettings()
        limits.trunk = try #require(CallLimitSettings.Limit(simultaneous: 1, perSecond: 1, perMinute: 1))
        limits.person = try #require(CallLimitSettings.Limit(simultaneous: 1, perSecond: 1, perMinute: 1))
        scene.office.apply([.outside(.limitCalls(limits))])
        #expect(try scene.dial("040555123").last?.status == 403)
        for index in 0..<5 {
            _ = try scene.dial("112", callID: "help-\(index)")
            let answer = try #require(scene.say(200, to: try scene.invite()).last)
            #expect(answer.status == 200)
            try scene.acknowledge(answer)
        }
    }

    @Test func `D15 a phone that has used up its calls of this second still calls for help, also by a transfer`() throws
    {
        var scene = try OutsideScene()
        let (answer, _) = try scene.talk(to: "040555123")
        for index in 0..<150 { _ = try scene.dial("798", callID: "other-\(index)") }
        #expect(try scene.dial("798", callID: "last").last?.status == 503)
        _ = try scene.dial("112", callID: "help")
        let invite = try scene.invite()
        #expect(invite.string(invite.requestURI).hasPrefix("sip:112@"))
        _ = scene.say(404, to: invite)
        let refer = scene.caller.inDialog("REFER", of: answer, extra: ["Refer-To: <sip:112@\(Office.domain)>"])
        scene.office.deliver(refer, on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).first?.status == 202)
        let second = try scene.invite()
        #expect(second.string(second.requestURI).hasPrefix("sip:112@"))
    }

    @Test func `a trunk of one line is cleared of its newest ordinary call, when help is really called`() throws {
        var scene = try OutsideScene(trunk: try OutsideScene.trunk("main", calls: 1))
        let (_, first) = try scene.talk(to: "040555123")
        #expect(try scene.dial("040555124", callID: "second").last?.status == 503, "the line is taken")
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .bye })
        // What is refused makes no room: without keys there is no audio.
        let plain =
            SDP.offer().replacing("RTP/SAVP", with: "RTP/AVP").split(separator: "\r\n")
            .filter { !$0.hasPrefix("a=crypto") }.joined(separator: "\r\n") + "\r\n"
        #expect(try scene.dial("112", callID: "plain", sdp: plain).last?.status == 488)
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .bye })

        _ = try scene.dial("112", callID: "help")
        let heard = scene.office.received(on: scene.provider.flow)
        #expect(heard.map(\.method) == [.bye, .invite], "the line is free before it is asked for")
        #expect(heard[0].text(.callID) == first.text(.callID))
        let ended = try #require(scene.office.records.last { $0.dialled == "040555123" })
        #expect(ended.endedAt != nil && ended.reason.contains("help"))
        let answer = try #require(scene.say(200, to: heard[1]).last)
        #expect(answer.status == 200)
    }

    @Test func `a call that only rings holds its line too, and gives it up for help`() throws {
        var scene = try OutsideScene(trunk: try OutsideScene.trunk("main", calls: 1))
        _ = try scene.dial("040555123")
        let ringing = try scene.invite()
        _ = scene.say(180, to: ringing)
        #expect(try scene.dial("040555124", callID: "second").last?.status == 503)
        _ = try scene.dial("112", callID: "help")
        #expect(scene.office.received(on: scene.provider.flow).map(\.method) == [.cancel, .invite])
    }

    @Test func `of two calls for help none makes room for the other`() throws {
        var scene = try OutsideScene(trunk: try OutsideScene.trunk("main", calls: 1))
        let (_, _) = try scene.talk(to: "112")
        _ = try scene.dial("110", callID: "second")
        #expect(scene.office.received(on: scene.provider.flow).map(\.method) == [.invite])
    }

    @Test
    func `a provider that failed other calls is asked all the same, and what it says of help shuts it for nobody`()
        throws
    {
        var scene = try OutsideScene()
        for index in 0..<3 {
            _ = try scene.dial("040555123", callID: "failed-\(index)")
            _ = scene.say(503, to: try scene.invite())
            if index < 2 { scene.office.wait(.seconds(1)) }
        }
        #expect(try scene.dial("040555123", callID: "ordinary").last?.status == 503)
        #expect(
            !scene.office.received(on: scene.provider.flow).contains { $0.method == .invite },
            "the breaker is open"
        )
        for index in 0..<3 {
            _ = try scene.dial("112", callID: "help-\(index)")
            _ = scene.say(503, to: try scene.invite())
        }
        var other = try OutsideScene()
        for index in 0..<5 {
            _ = try other.dial("112", callID: "help-\(index)")
            _ = other.say(503, to: try other.invite())
        }
        _ = try other.dial("040555123", callID: "ordinary")
        _ = try other.invite()
    }

    @Test func `a provider that was silent once is asked, after those that are not`() throws {
        var scene = try OutsideScene()
        _ = try scene.dial("040555123")
        scene.office.wait(.seconds(7))
        _ = scene.office.received(on: scene.provider.flow)
        #expect(try scene.dial("040555124", callID: "ordinary").last?.status == 503, "it is asked whether it lives")
        _ = try scene.dial("112", callID: "help")
        _ = try scene.invite()
        scene.office.apply([.outside(.putTrunk(try OutsideScene.trunk("backup", priority: 10)))])
        let backup = try scene.connect(to: ["198.51.100.9:5061"])[0]
        _ = try scene.dial("110", callID: "second")
        #expect(scene.office.received(on: backup).contains { $0.method == .invite })
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .invite })
    }

    @Test func `where no provider is connected somebody who calls for help has it tried at once`() throws {
        var scene = try OutsideScene()
        scene.office.disconnect(scene.provider.flow)
        let before = scene.office.connects.count
        scene.office.wait(.milliseconds(500))
        #expect(scene.office.connects.count == before, "it rests")
        #expect(try scene.dial("112", callID: "first").last?.status == 503)
        let wanted = try #require(scene.office.connects.dropFirst(before).last)
        scene.provider.flow = try scene.office.connect(wanted)
        _ = try scene.dial("112", callID: "second")
        _ = try scene.invite()
    }

    @Test func `who is transferred to help keeps the line that the transfer needs`() throws {
        var scene = try OutsideScene(trunk: try OutsideScene.trunk("main", calls: 1))
        _ = scene.bring()
        let ringing = try #require(scene.office.received(on: scene.callee.flow).first { $0.method == .invite })
        scene.office.deliver(scene.callee.answer(ringing, 200, sdp: SDP.answer(to: ringing)), on: scene.callee.flow)
        let answer = try #require(scene.office.received(on: scene.provider.flow).last)
        let ack = scene.provider.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
        scene.office.deliver(ack, on: scene.provider.flow)
        _ = scene.office.received(on: scene.callee.flow)
        let refer = scene.callee.inDialog("REFER", from: ringing, extra: ["Refer-To: <sip:112@\(Office.domain)>"])
        scene.office.deliver(refer, on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).contains { $0.status == 202 })
        let heard = scene.office.received(on: scene.provider.flow)
        #expect(heard.map(\.method) == [.invite], "nobody is hung up on")
        #expect(heard.first?.string(try #require(heard.first).requestURI).hasPrefix("sip:112@") == true)
        #expect(scene.office.switchboard.calls().count == 2)
    }

    @Test(arguments: [403, 404, 486, 503, 603])
    func `what one provider refuses, the next one is asked for`(status: Int) throws {
        var scene = try OutsideScene()
        scene.office.apply([.outside(.putTrunk(try OutsideScene.trunk("backup", priority: 10)))])
        let backup = try scene.connect(to: ["198.51.100.9:5061"])[0]
        _ = try scene.dial("112")
        _ = scene.say(status, to: try scene.invite())
        #expect(scene.office.received(on: backup).contains { $0.method == .invite })
    }

    @Test func `only who is in it ends it: neither an operator nor new settings do`() throws {
        var scene = try OutsideScene()
        _ = try scene.talk(to: "112")
        let id = try #require(scene.office.record()?.id)
        let isEnded = scene.office.endCall(id)
        #expect(!isEnded)
        try scene.change("101") { $0.isEnabled = false }
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .bye })
        #expect(scene.office.record(id)?.endedAt == nil)
    }

    @Test func `a disabled extension calls for help and nobody else, and shuts nobody out by trying to register`()
        throws
    {
        var scene = try OutsideScene()
        try scene.change("101") { $0.isEnabled = false }
        scene.caller.flow = try scene.office.flow(from: "192.0.2.200:50000")
        for _ in 0..<6 {
            scene.office.wait(.seconds(5))
            #expect(try scene.caller.register(&scene.office).status == 401)
        }
        #expect(scene.office.events.allSatisfy { $0.kind.traits.offence == nil })
        #expect(try scene.dial("102", callID: "inside").last?.status == 401)
        _ = try scene.dial("112", callID: "help")
        let invite = try scene.invite()
        #expect(invite.string(invite.requestURI).hasPrefix("sip:112@"))
    }

    @Test func `where somebody is shut out only the INVITE for help is read`() throws {
        var scene = try OutsideScene()
        scene.office.shutOut = [scene.caller.flow.id]
        let inside = scene.caller.request("INVITE", to: "sip:102@\(Office.domain)", callID: "inside", body: SDP.offer())
        scene.office.deliver(inside, on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).isEmpty)
        _ = try scene.dial("112", callID: "help")
        let answer = try #require(scene.say(200, to: try scene.invite()).last)
        #expect(answer.status == 200)
        try scene.acknowledge(answer)
        scene.office.deliver(scene.caller.inDialog("BYE", of: answer), on: scene.caller.flow)
        #expect(scene.office.received(on: scene.provider.flow).map(\.method) == [.ack, .bye])
    }

    @Test func `T13 a From of somebody else changes nothing, and no forward leads to help`() throws {
        var scene = try OutsideScene()
        let heard = try scene.caller.ask(
            &scene.office,
            "INVITE",
            to: "sip:112@\(Office.domain)",
            from: "sip:102@\(Office.domain)",
            callID: "forged",
            extra: ["Contact: <\(scene.caller.contact)>"],
            body: SDP.offer()
        )
        #expect(heard.map(\.status) == [100])
        let invite = try scene.invite()
        #expect(invite.text(.from).contains(OutsideScene.owned))
        try scene.change("102") { $0.forwarding = .outside }
        _ = scene.bring()
        let ringing = try #require(scene.office.received(on: scene.callee.flow).first)
        let sent = scene.callee.answer(ringing, 302, extra: ["Contact: <sip:112@\(Office.domain)>"])
        scene.office.deliver(sent, on: scene.callee.flow)
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .invite })
    }

    @Test func `without a provider who calls for help is told to use another telephone`() throws {
        var (office, caller, _) = try Office.withPhones()
        let heard = try caller.call(&office, "112")
        #expect(heard.last?.status == 503)
        #expect(office.record()?.reason.contains("mobile") == true)
    }
}

extension OutsideScene {
    /// An extension as it is from now on.
    fileprivate mutating func change(_ number: String, _ edit: (inout Extension) -> Void) throws {
        let number = try #require(ExtensionNumber(parsing: number))
        var value = try #require(office.snapshot.extensions[number])
        edit(&value)
        office.apply([.put(value)])
    }
}
