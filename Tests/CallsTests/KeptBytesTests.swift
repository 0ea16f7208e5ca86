// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import Testing

@Suite("Control flood-protection: what one phone makes the switchboard keep")
struct KeptBytesTests {
    /// Bytes of everything that one phone in one call may make us hold.
    private static let most = 600_000
    /// As much as a request may make its answer repeat.
    private static let hops = ["Via: SIP/2.0/TLS 192.0.2.9;branch=z9hG4bK1;x=\(String(repeating: "a", count: 7_000))"]

    @Test func `D15 one that confirms no change gets no other one, and what is kept stays small`() throws {
        var scene = try Scene()
        #expect(scene.callerSays("INVITE", extra: Self.hops, sdp: SDP.offer(port: 30_400)).map(\.status) == [200])
        for _ in 0..<500 {
            let again = scene.callerSays("INVITE", extra: Self.hops, sdp: SDP.offer(port: 30_400))
            #expect(again.map(\.status) == [500] && again.last?.text(.retryAfter) == "5")
        }
        #expect(scene.office.switchboard.figures.keptBytes < Self.most)
        #expect(scene.isStanding)
    }

    @Test(arguments: [200, 488])
    func `D15 changes that are confirmed at once, or refused, leave little behind`(status: Int) throws {
        var scene = try Scene()
        let sdp = status == 200 ? SDP.offer(port: 30_400) : SDP.offer(profile: "RTP/AVP", crypto: [])
        for _ in 0..<500 {
            let answer = try #require(scene.callerSays("INVITE", extra: Self.hops, sdp: sdp).last)
            #expect(answer.status == status)
            guard status == 200 else { continue }
            let ack = scene.caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
            scene.office.deliver(ack, on: scene.caller.flow)
        }
        let figures = scene.office.switchboard.figures
        #expect(figures.keptBytes < Self.most && figures.transactions < 64)
        // Half a minute later nothing is left.
        let before = figures.transactions
        scene.pass(seconds: 40)
        #expect(scene.office.switchboard.figures.transactions < before)
        #expect(scene.isStanding)
    }

    @Test func `D15 two phones that change their call for ever leave little behind`() throws {
        var scene = try Scene()
        let route = ["Record-Route: <sip:192.0.2.9;lr;x=\(String(repeating: "r", count: 900))>"]
        for round in 0..<300 {
            let direction = round % 2 == 0 ? "sendonly" : "sendrecv"
            _ = scene.callerSays("INVITE", extra: Self.hops, sdp: SDP.offer(direction: direction))
            let change = try #require(scene.office.received(on: scene.callee.flow).first { $0.method == .invite })
            let mirrored = round % 2 == 0 ? "recvonly" : "sendrecv"
            let sdp = SDP.answer(to: change, direction: mirrored)
            scene.office.deliver(scene.callee.answer(change, 200, extra: route, sdp: sdp), on: scene.callee.flow)
            let answer = try #require(scene.office.received(on: scene.caller.flow).last)
            #expect(answer.status == 200)
            let ack = scene.caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
            scene.office.deliver(ack, on: scene.caller.flow)
        }
        let figures = scene.office.switchboard.figures
        #expect(figures.keptBytes < Self.most && figures.transactions < 64)
    }

    @Test func `D15 a phone that rings reliably for ever is acknowledged as long as it answers`() throws {
        var scene = try RingingScene(["Supported: 100rel"])
        let route =
            "Record-Route: "
            + Array(repeating: "<sip:192.0.2.9;lr;x=\(String(repeating: "r", count: 900))>", count: 8)
            .joined(separator: ", ")
        for number in 1...500 {
            let extra = ["Require: 100rel", "RSeq: \(number)", route]
            scene.office.deliver(scene.callee.answer(scene.invite, 180, extra: extra), on: scene.callee.flow)
        }
        let pracks = scene.office.received(on: scene.callee.flow).filter { $0.method == .prack }
        #expect(pracks.count == 4)
        #expect(scene.office.switchboard.figures.keptBytes < Self.most)
        // It answers one, says what was not heard again, and is heard.
        scene.office.deliver(scene.callee.answer(try #require(pracks.first), 200), on: scene.callee.flow)
        let extra = ["Require: 100rel", "RSeq: 5", route]
        scene.office.deliver(scene.callee.answer(scene.invite, 180, extra: extra), on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.prack])
    }

    @Test(arguments: [true, false])
    func `D15 a phone that answers one call again and again is hung up a few times, and no more`(
        isCancelled: Bool
    ) throws {
        var scene = try RingingScene()
        if isCancelled {
            _ = scene.progress(180)
            _ = scene.office.switchboard.calls().first.map { scene.office.endCall($0.record.id) }
        }
        _ = scene.office.received(on: scene.callee.flow)
        let route = "Record-Route: <sip:192.0.2.9;lr;x=\(String(repeating: "r", count: 900))>"
        for round in 0..<200 {
            let tag = round < 100 ? "tag-\(round)" : "tag-0"
            let sdp = SDP.answer(to: scene.invite)
            let answer = scene.callee.answer(scene.invite, 200, tag: tag, extra: [route], sdp: sdp)
            scene.office.deliver(answer, on: scene.callee.flow)
        }
        let heard = scene.office.received(on: scene.callee.flow).compactMap(\.method)
        #expect(heard.count { $0 == .bye } == (isCancelled ? 8 : 7))
        // What it says again of the dialog that counts is confirmed again.
        #expect(heard.count { $0 == .ack } == 108)
        #expect(scene.office.switchboard.figures.keptBytes < Self.most)
    }

    @Test func `D15 what a phone may ask for again over UDP is what it just asked for`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        phone.flow = try office.flow(over: .udp)
        // Long enough for the answers to a stranger (row D13).
        phone.client = String(repeating: "TestPhone ", count: 80)
        #expect(try phone.register(&office).status == 200)
        for _ in 0..<200 {
            let answer = try phone.ask(&office, "OPTIONS", to: "sip:101@\(Office.domain)", extra: Self.hops).last
            #expect(answer?.status == 200)
        }
        let figures = office.switchboard.figures
        #expect(figures.keptBytes < Self.most && figures.transactions == 64)
        office.wait(.seconds(33))
        #expect(office.switchboard.figures.keptBytes == 0)
    }

    @Test func `D15 a CANCEL that is repeated is remembered once, and not for ever`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        phone.flow = try office.flow(over: .udp)
        phone.client = String(repeating: "TestPhone ", count: 80)
        #expect(try phone.register(&office).status == 200)
        let cancel = phone.request("CANCEL", to: "sip:102@\(Office.domain)", extra: Self.hops)
        for _ in 0..<200 { office.deliver(cancel, on: phone.flow) }
        #expect(office.switchboard.figures.keptBytes < 64_000)
        office.wait(.seconds(33))
        #expect(office.switchboard.figures.keptBytes == 0)
    }

    @Test func `D15 a request whose answer would have to repeat too much is too large`() throws {
        var scene = try Scene()
        let hops = Array(repeating: Self.hops[0], count: 7)
        let bye = scene.callerSays("BYE", extra: hops)
        #expect(bye.map(\.status) == [513])
        #expect(scene.office.switchboard.figures.malformed == 1)
    }

    @Test func `S20 a request that was here before is a loop in a call too`() throws {
        var scene = try Scene()
        let ours = ["Via: SIP/2.0/TLS pbx.office.example:5061;branch=z9hG4bKours"]
        #expect(scene.callerSays("UPDATE", extra: ours).map(\.status) == [482])
        // One that came by a hop of somebody else's is none.
        let theirs = ["Via: SIP/2.0/TLS proxy.example;branch=z9hG4bK1"]
        #expect(scene.callerSays("UPDATE", extra: theirs).map(\.status) == [200])
        #expect(scene.isStanding)
    }
}
