// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import SIP
import Testing

/// Who is told what when a phone leaves the offer of a change to us.
@Suite("RFC 3261 §14.1 and RFC 6337 §5.1: a change without an offer")
struct LateOfferTests {
    private enum Who: CaseIterable { case caller, callee }

    /// A phone asks without an offer, takes ours and confirms with `answer`.
    ///
    /// - Returns: Our offer.
    private func ask(_ scene: inout Scene, _ who: Who, answer: (Message) -> String) throws -> Message {
        let heard = who == .caller ? scene.callerSays("INVITE") : scene.calleeSays("INVITE")
        let offer = try #require(heard.last)
        #expect(offer.status == 200)
        let (sequence, sdp) = (try offer.cseq().number, answer(offer))
        switch who {
        case .caller:
            let ack = scene.caller.inDialog("ACK", of: scene.answer, sequence: sequence, sdp: sdp)
            scene.office.deliver(ack, on: scene.caller.flow)
        case .callee:
            let ack = scene.callee.inDialog("ACK", from: scene.invite, sequence: sequence, sdp: sdp)
            scene.office.deliver(ack, on: scene.callee.flow)
        }
        return offer
    }

    private func told(_ scene: inout Scene, _ who: Who) -> Message? {
        let flow = who == .caller ? scene.callee.flow : scene.caller.flow
        return scene.office.received(on: flow).first { $0.method == .invite }
    }

    private func take(_ scene: inout Scene, _ change: Message, _ who: Who, _ sdp: String, status: Int = 200) {
        let phone = who == .caller ? scene.callee : scene.caller
        scene.office.deliver(phone.answer(change, status, sdp: sdp), on: phone.flow)
    }

    @Test(arguments: Who.allCases) private func `what changes nothing bothers nobody`(who: Who) throws {
        var scene = try Scene()
        _ = try ask(&scene, who) { SDP.answer(to: $0) }
        #expect(told(&scene, who) == nil)
    }

    @Test(arguments: Who.allCases) private func `a hold in the ACK is told to the other, and its end too`(
        who: Who
    ) throws {
        var scene = try Scene()
        _ = try ask(&scene, who) { SDP.answer(to: $0, direction: "sendonly") }
        let hold = try #require(told(&scene, who))
        #expect(hold.bodyText.contains("a=sendonly\r\n"))
        take(&scene, hold, who, SDP.answer(to: hold, direction: "recvonly"))
        let offer = try ask(&scene, who) { SDP.answer(to: $0) }
        #expect(offer.bodyText.contains("a=sendrecv\r\n"), "who holds may resume")
        let resumed = try #require(told(&scene, who))
        #expect(resumed.bodyText.contains("a=sendrecv\r\n"))
        take(&scene, resumed, who, SDP.answer(to: resumed))
        #expect(scene.isStanding)
        let sides = Set(
            [RelaySide.a, .b].map { side in
                scene.office.media.compactMap { command -> Bool? in
                    guard case .update(_, side, .network(let media)) = command else { return nil }
                    return media.sends && media.receives
                }.last
            }
        )
        #expect(sides.contains(false) == false, "both are heard again")
    }

    @Test(arguments: Who.allCases) private func `who is held does not end the hold by asking`(who: Who) throws {
        var scene = try Scene()
        let other = who == .caller ? Who.callee : .caller
        _ = try ask(&scene, other) { SDP.answer(to: $0, direction: "sendonly") }
        let hold = try #require(told(&scene, other))
        take(&scene, hold, other, SDP.answer(to: hold, direction: "recvonly"))
        let offer = try ask(&scene, who) { SDP.answer(to: $0, direction: "recvonly") }
        #expect(offer.bodyText.contains("a=sendonly\r\n"))
        #expect(told(&scene, who) == nil)
    }

    @Test(arguments: Who.allCases) private func `a codec is narrowed and widened that way`(who: Who) throws {
        var scene = try Scene()
        _ = try ask(&scene, who) { SDP.answer(to: $0).replacing("SAVP 0 8 101", with: "SAVP 8 101") }
        let narrow = try #require(told(&scene, who))
        #expect(narrow.bodyText.contains("RTP/SAVP 8 101\r\n"))
        take(&scene, narrow, who, SDP.answer(to: narrow).replacing("SAVP 0 8 101", with: "SAVP 8 101"))
        #expect(scene.isStanding)
    }

    @Test(arguments: Who.allCases) private func `our offer has what the other can do, not only what is in use`(
        who: Who
    ) throws {
        var scene = try Scene()
        _ = try ask(&scene, who) { SDP.answer(to: $0).replacing("SAVP 0 8 101", with: "SAVP 8 101") }
        let narrow = try #require(told(&scene, who))
        take(&scene, narrow, who, SDP.answer(to: narrow))
        let offer = try ask(&scene, who) { SDP.answer(to: $0) }
        #expect(offer.bodyText.contains("RTP/SAVP 0 8 101\r\n"))
        #expect(try #require(told(&scene, who)).bodyText.contains("RTP/SAVP 0 8 101\r\n"))
    }

    @Test(arguments: Who.allCases) private func `one that does not take the change stays as it is`(who: Who) throws {
        var scene = try Scene()
        _ = try ask(&scene, who) { SDP.answer(to: $0, direction: "sendonly") }
        let hold = try #require(told(&scene, who))
        take(&scene, hold, who, "", status: 488)
        scene.pass(seconds: 40)
        #expect(scene.isStanding)
    }
}
