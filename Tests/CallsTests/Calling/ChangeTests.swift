// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 3261 §14: changing a call that stands")
struct ChangeTests {
    @Test func `hold and resume pass through, with the keys kept`() throws {
        var scene = try Scene()
        for direction in ["sendonly", "sendrecv"] {
            scene.office.deliver(
                scene.caller.inDialog("INVITE", of: scene.answer, sdp: SDP.offer(direction: direction)),
                on: scene.caller.flow
            )
            let change = try #require(scene.office.received(on: scene.callee.flow).first)
            #expect(change.string(change.body).contains("a=\(direction)\r\n"))
            let mirrored = direction == "sendonly" ? "recvonly" : "sendrecv"
            scene.office.deliver(
                scene.callee.answer(change, 200, sdp: SDP.answer(to: change, direction: mirrored)),
                on: scene.callee.flow
            )
            #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.ack])
            let answers = scene.office.received(on: scene.caller.flow)
            #expect(answers.map(\.status) == [100, 200])
            let accepted = try #require(answers.last)
            #expect(accepted.string(accepted.body).contains("a=\(mirrored)\r\n"))
            #expect(Self.keys(accepted) == Self.keys(scene.answer))
            let sequence = try accepted.cseq().number
            scene.office.deliver(scene.caller.inDialog("ACK", of: accepted, sequence: sequence), on: scene.caller.flow)
        }
        #expect(scene.office.switchboard.calls().count == 1)
    }

    @Test func `a session refresh does not bother the other phone`() throws {
        var scene = try Scene()
        scene.office.deliver(
            scene.caller.inDialog("INVITE", of: scene.answer, sdp: SDP.offer(port: 30_400)),
            on: scene.caller.flow
        )
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [200])
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
        guard case .update(_, .a, .network(let media))? = scene.office.media.last else {
            Issue.record("the relay was not told")
            return
        }
        #expect(media.address?.port == 30_400)
    }

    @Test func `a change to plain audio is refused and the call goes on`() throws {
        var scene = try Scene()
        let plain = SDP.offer(profile: "RTP/AVP", crypto: [])
        scene.office.deliver(scene.caller.inDialog("INVITE", of: scene.answer, sdp: plain), on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [488])
        #expect(scene.office.switchboard.calls().count == 1)
        #expect(scene.office.events.map(\.kind) == [.weakMediaOffered])
    }

    private static func keys(_ message: Message) -> [Substring] {
        message.string(message.body).split(whereSeparator: \.isNewline).filter { $0.hasPrefix("a=crypto") }
    }
}
