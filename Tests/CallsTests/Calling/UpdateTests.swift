// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 3311 §5: UPDATE in a call that stands")
struct UpdateTests {
    @Test func `an UPDATE without an offer moves the target and bothers nobody else`() throws {
        var scene = try Scene()
        let moved = scene.caller.inDialog("UPDATE", of: scene.answer)
            .replacing("Contact: <\(scene.caller.contact)>", with: "Contact: <sip:moved@192.0.2.50:50000>")
        scene.office.deliver(moved, on: scene.caller.flow)
        let answer = try #require(scene.office.received(on: scene.caller.flow).first)
        #expect(answer.status == 200 && answer.bodyText.isEmpty && answer.first(.contact) != nil)
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
        _ = scene.calleeSays("BYE")
        let bye = try #require(scene.office.received(on: scene.caller.flow).first)
        #expect(bye.string(bye.requestURI) == "sip:moved@192.0.2.50:50000")
    }

    @Test func `hold by UPDATE reaches the other phone, and its answer comes back`() throws {
        var scene = try Scene()
        #expect(scene.callerSays("UPDATE", sdp: SDP.offer(direction: "sendonly")).isEmpty)
        let change = try #require(scene.office.received(on: scene.callee.flow).first)
        #expect(change.method == .invite && change.bodyText.contains("a=sendonly\r\n"))
        let held = SDP.answer(to: change, direction: "recvonly")
        scene.office.deliver(scene.callee.answer(change, 200, sdp: held), on: scene.callee.flow)
        let answer = try #require(scene.office.received(on: scene.caller.flow).first)
        #expect(answer.status == 200 && answer.bodyText.contains("a=recvonly\r\n"))
        // No ACK is owed for it, so nothing is repeated.
        scene.office.wait(.seconds(20))
        #expect(scene.office.received(on: scene.caller.flow).isEmpty)
        #expect(scene.isStanding)
    }

    @Test func `S15 a new address by UPDATE is between the phone and us`() throws {
        var scene = try Scene()
        let answers = scene.calleeSays(
            "UPDATE",
            sdp: SDP.offer(port: 31_400, crypto: ["1 AES_CM_128_HMAC_SHA1_80 \(SDP.otherKey)"])
        )
        #expect(answers.map(\.status) == [200])
        #expect(answers.last?.bodyText.contains("a=crypto:1 ") == true)
        #expect(scene.office.received(on: scene.caller.flow).isEmpty)
        guard case .update(_, .b, .network(let media))? = scene.office.media.last else {
            Issue.record("the relay was not told")
            return
        }
        #expect(media.address?.port == 31_400)
    }

    @Test func `an UPDATE to plain audio is refused and the call goes on`() throws {
        var scene = try Scene()
        #expect(scene.callerSays("UPDATE", sdp: SDP.offer(profile: "RTP/AVP", crypto: [])).map(\.status) == [488])
        #expect(scene.isStanding)
        #expect(scene.office.events.map(\.kind) == [.weakMediaOffered])
    }

    /// §5.2: an offer that meets another one.
    @Test func `an offer is refused while another is open, a refresh is not`() throws {
        var scene = try Scene()
        _ = scene.callerSays("INVITE", sdp: SDP.offer(direction: "sendonly"))
        _ = scene.office.received(on: scene.callee.flow)
        #expect(scene.calleeSays("UPDATE", sdp: SDP.offer()).map(\.status) == [491])
        #expect(scene.callerSays("UPDATE", sdp: SDP.offer()).map(\.status) == [491])
        #expect(scene.calleeSays("UPDATE").map(\.status) == [200])
    }

    @Test func `an UPDATE that requires what we do not have is refused by name`() throws {
        var scene = try Scene()
        let answers = scene.callerSays("UPDATE", extra: ["Require: timer, precondition"])
        #expect(answers.map(\.status) == [420])
        #expect(answers.last?.text(.unsupported) == "precondition")
    }

    /// Rows S03, S14 and S15.
    @Test func `S14 an UPDATE with made-up tags is unknown, and one from elsewhere is asked who it is`() throws {
        var scene = try Scene()
        let stranger = try scene.office.flow(from: "198.51.100.66:4444")
        let forged = scene.caller.inDialog("UPDATE", of: scene.answer, sdp: SDP.offer(address: "198.51.100.66"))
        scene.office.deliver(forged, on: stranger)
        #expect(scene.office.received(on: stranger).map(\.status) == [401])
        scene.office.deliver(forged.replacing("tag=phone-tag", with: "tag=another"), on: stranger)
        #expect(scene.office.received(on: stranger).map(\.status) == [481])
        #expect(scene.office.events.map(\.kind) == [.forgedInDialog])
        let addresses = scene.office.media.compactMap { command -> String? in
            guard case .update(_, _, .network(let media)) = command else { return nil }
            return media.address?.ip.description
        }
        #expect(!addresses.contains("198.51.100.66"))
    }
}
