// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 3262 §5 and RFC 3311 §5: offers and answers before a call is answered")
struct EarlyOfferTests {
    @Test func `a caller without an offer gets ours in a 183, and answers in its PRACK`() throws {
        var scene = try RingingScene(["Supported: 100rel"], sdp: "")
        let progress = try #require(scene.progress(183, reliably: true, sdp: SDP.answer(to: scene.invite)).first)
        #expect(progress.status == 183 && progress.bodyText.contains("a=crypto:1 AEAD_AES_256_GCM"))
        #expect(scene.relayed.isEmpty)
        let answers = try scene.prack(progress, sdp: SDP.answer(to: progress, port: 30_000))
        #expect(answers.map(\.status) == [200])
        #expect(scene.relayed.count == 1)
        let answer = try #require(scene.pickUp().last)
        #expect(answer.status == 200 && answer.bodyText.isEmpty)
        scene.office.deliver(
            scene.caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number),
            on: scene.caller.flow
        )
        #expect(scene.office.switchboard.calls().first?.isAnswered == true)
        _ = scene.caller.inDialog("BYE", of: answer)
        scene.office.deliver(scene.caller.inDialog("BYE", of: answer), on: scene.caller.flow)
        #expect(scene.office.record()?.callerProtection?.srtpSuite == "AES_CM_128_HMAC_SHA1_80")
    }

    @Test func `a PRACK that takes none of our keys is refused`() throws {
        var scene = try RingingScene(["Supported: 100rel"], sdp: "")
        let progress = try #require(scene.progress(183, reliably: true, sdp: SDP.answer(to: scene.invite)).first)
        let plain = SDP.offer(profile: "RTP/AVP", crypto: [])
        #expect(try scene.prack(progress, sdp: plain).map(\.status) == [488])
        #expect(scene.relayed.isEmpty)
    }

    @Test func `what a phone said reliably stands, whatever its answer says`() throws {
        var scene = try RingingScene(["Supported: 100rel"])
        let progress = try #require(scene.progress(183, reliably: true, sdp: SDP.answer(to: scene.invite)).first)
        _ = try scene.prack(progress)
        let answer = try #require(scene.pickUp(sdp: SDP.answer(to: scene.invite, port: 39_000)).last)
        #expect(answer.status == 200)
        guard case .open(_, _, .network(let b))? = scene.relayed.last else {
            Issue.record("no relay")
            return
        }
        #expect(b.address?.port == 31_000)
    }

    @Test func `an UPDATE before the answer moves the caller's target`() throws {
        var scene = try RingingScene(["Allow: INVITE, UPDATE"])
        let ringing = try #require(scene.progress(180).first)
        let update = scene.caller.inDialog("UPDATE", of: ringing)
            .replacing("Contact: <\(scene.caller.contact)>", with: "Contact: <sip:moved@192.0.2.50:50000>")
        scene.office.deliver(update, on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [200])
        let answer = try #require(scene.pickUp().last)
        scene.office.deliver(
            scene.caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number),
            on: scene.caller.flow
        )
        scene.office.deliver(scene.callee.inDialog("BYE", from: scene.invite), on: scene.callee.flow)
        let bye = try #require(scene.office.received(on: scene.caller.flow).last)
        #expect(bye.string(bye.requestURI) == "sip:moved@192.0.2.50:50000")
    }

    @Test func `an offer in an UPDATE is answered once the first exchange is done, not before`() throws {
        var scene = try RingingScene(["Supported: 100rel", "Allow: UPDATE"])
        let ringing = try #require(scene.progress(180).first)
        let early = scene.caller.inDialog("UPDATE", of: ringing, sdp: SDP.offer())
        scene.office.deliver(early, on: scene.caller.flow)
        let refused = try #require(scene.office.received(on: scene.caller.flow).first)
        #expect(refused.status == 500 && !refused.text(.retryAfter).isEmpty)

        let progress = try #require(scene.progress(183, reliably: true, sdp: SDP.answer(to: scene.invite)).first)
        _ = try scene.prack(progress)
        let moved = scene.caller.inDialog("UPDATE", of: progress, sdp: SDP.offer(port: 30_400))
        scene.office.deliver(moved, on: scene.caller.flow)
        let answer = try #require(scene.office.received(on: scene.caller.flow).first)
        #expect(answer.status == 200 && answer.bodyText.contains("a=crypto:1 "))
        guard case .open(_, .network(let a), _)? = scene.relayed.last else {
            Issue.record("the relay was not told")
            return
        }
        #expect(a.address?.port == 30_400 && !a.sends)
    }

    @Test func `a phone that rings may not offer while our offer is open`() throws {
        var scene = try RingingScene(["Supported: 100rel"])
        _ = scene.progress(180, reliably: true)
        _ = scene.office.received(on: scene.callee.flow)
        let update = scene.callee.inDialog("UPDATE", from: scene.invite, sdp: SDP.offer())
        scene.office.deliver(update, on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).map(\.status) == [491])
        scene.office.deliver(scene.callee.inDialog("UPDATE", from: scene.invite), on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).map(\.status) == [200])
    }

    @Test func `a caller may say BYE to a call that rings`() throws {
        var scene = try RingingScene(["Allow: UPDATE"])
        let ringing = try #require(scene.progress(180).first)
        scene.office.deliver(scene.caller.inDialog("BYE", of: ringing), on: scene.caller.flow)
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [200, 487])
        #expect(scene.office.received(on: scene.callee.flow).map(\.method) == [.cancel])
    }
}

@Suite("RFC 3960 §3: early media")
struct EarlyMediaTests {
    @Test func `what one ringing phone plays reaches the caller, and nothing goes the other way`() throws {
        var scene = try RingingScene()
        let progress = try #require(scene.progress(183, sdp: SDP.answer(to: scene.invite)).first)
        #expect(progress.status == 183 && progress.bodyText.contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80"))
        #expect(!progress.bodyText.contains("31000"))
        guard case .open(_, .network(let a), .network(let b))? = scene.relayed.last else {
            Issue.record("no relay")
            return
        }
        #expect(!a.sends && a.receives && b.sends)
        #expect(scene.office.record()?.outcome == .settingUp)

        let answer = try #require(scene.pickUp().last)
        // The same answer, under the same key (RFC 3261 §13.2.1).
        #expect(answer.status == 200 && answer.bodyText == progress.bodyText)
        guard case .open(_, .network(let opened), _)? = scene.relayed.last else {
            Issue.record("no relay")
            return
        }
        #expect(opened.sends && opened.send == a.send)
    }

    @Test func `with several phones the caller hears its own ringing tone`() throws {
        var scene = try ForkedScene()
        let progress = scene.first.answer(scene.toFirst, 183, sdp: SDP.answer(to: scene.toFirst))
        scene.office.deliver(progress, on: scene.first.flow)
        let heard = scene.office.received(on: scene.caller.flow)
        #expect(heard.map(\.status) == [180] && heard.last?.bodyText == "")
        #expect(scene.office.media.isEmpty)
    }

    @Test func `early media in the clear is not passed on`() throws {
        var scene = try RingingScene()
        let heard = scene.progress(183, sdp: SDP.offer(profile: "RTP/AVP", crypto: []))
        #expect(heard.map(\.status) == [180])
        #expect(scene.relayed.isEmpty)
    }

    @Test func `the record still comes before the answer`() throws {
        var scene = try RingingScene()
        _ = scene.progress(183, sdp: SDP.answer(to: scene.invite))
        scene.office.storesAtOnce = false
        #expect(scene.pickUp().isEmpty)
        scene.office.store(ok: true)
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [200])
    }
}
