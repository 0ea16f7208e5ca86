// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import Testing

private let toColleague = "<sip:103@\(Office.domain)>"

@Suite("RFC 3261 §16.7 and §21.3: several phones, and one forwards")
struct ForkedForwardTests {
    /// What another phone of 102 hears.
    private static func heard(_ scene: inout ForwardingScene) throws -> [Message] {
        let second = try #require(scene.second)
        return scene.office.received(on: second.flow)
    }

    @Test func `the others ring on beside the colleague, and who is first has the call`() throws {
        var scene = try ForwardingScene(bothPhones: true)
        let second = try #require(scene.second)
        let invite = try #require(try Self.heard(&scene).first)
        scene.office.deliver(second.answer(invite, 180), on: second.flow)
        try scene.forward("102", to: toColleague)
        #expect(scene.look(at: "103").holdsInvite)
        try scene.say("103", 180)
        #expect(try Self.heard(&scene).isEmpty)
        scene.office.deliver(second.answer(invite, 200, sdp: SDP.answer(to: invite)), on: second.flow)
        let cancel = try #require(scene.look(at: "103").first)
        #expect(cancel.method == .cancel && cancel.text(.reason).contains("cause=200"))
        let answer = try #require(scene.heard().last)
        #expect(answer.status == 200 && answer.first(.pAssertedIdentity) == nil)
        // The call did not come there by a forward.
        let record = try #require(scene.office.record())
        #expect((record.callee?.text, record.forwardedBy) == ("102", []))
    }

    @Test func `one that was first keeps the call, whatever another says then`() throws {
        var scene = try ForwardingScene(bothPhones: true)
        let second = try #require(scene.second)
        let invite = try #require(try Self.heard(&scene).first)
        scene.office.storesAtOnce = false
        scene.office.deliver(second.answer(invite, 200, sdp: SDP.answer(to: invite)), on: second.flow)
        try scene.forward("102", to: toColleague)
        #expect(!scene.look(at: "103").holdsInvite)
        scene.office.store(ok: true)
        #expect(scene.heard().map(\.status) == [200])
        #expect(scene.office.events.isEmpty)
    }

    @Test func `both may forward: to the same colleague it rings once, and nobody did anything wrong`() throws {
        var scene = try ForwardingScene(bothPhones: true)
        let second = try #require(scene.second)
        let invite = try #require(try Self.heard(&scene).first)
        try scene.forward("102", to: toColleague)
        scene.office.deliver(second.moved(invite, to: toColleague), on: second.flow)
        #expect(scene.look(at: "103").map(\.method) == [.invite])
        #expect(scene.office.events.isEmpty)
        try scene.say("103", 486)
        #expect(scene.heard().map(\.status) == [181, 486])
    }

    @Test func `to two colleagues both ring, and the record names the way to the one who answers`() throws {
        var scene = try ForwardingScene(["102", "103"], bothPhones: true)
        let second = try #require(scene.second)
        let invite = try #require(try Self.heard(&scene).first)
        try scene.forward("102", to: toColleague)
        scene.office.deliver(second.moved(invite, to: "<sip:104@\(Office.domain)>"), on: second.flow)
        #expect(scene.look(at: "103").holdsInvite && scene.look(at: "104").holdsInvite)
        try scene.forward("103", to: "<sip:105@\(Office.domain)>")
        #expect(scene.look(at: "105").holdsInvite)
        try scene.say("104", 180)
        try scene.pickUp("105")
        #expect(scene.look(at: "104").map(\.method) == [.cancel])
        #expect(scene.office.record()?.forwardedBy.map(\.text) == ["102", "103"])
    }

    /// §21.6: a 6xx is a person's, not a phone's.
    @Test func `who declines does so for his own phones`() throws {
        var scene = try ForwardingScene(bothPhones: true)
        let second = try #require(scene.second)
        let invite = try #require(try Self.heard(&scene).first)
        scene.office.deliver(second.answer(invite, 180), on: second.flow)
        try scene.forward("102", to: toColleague)
        #expect(scene.look(at: "103").holdsInvite)
        try scene.say("103", 603)
        #expect(scene.heard().map(\.status) == [180, 181])
        #expect(try Self.heard(&scene).isEmpty)
        scene.office.deliver(second.answer(invite, 486), on: second.flow)
        #expect(scene.heard().map(\.status) == [603])
    }

    @Test func `a refused forward does not silence the other phones`() throws {
        var scene = try ForwardingScene([], bothPhones: true)
        let second = try #require(scene.second)
        let invite = try #require(try Self.heard(&scene).first)
        try scene.forward("102", to: toColleague)
        #expect(scene.heard().isEmpty)
        scene.office.deliver(second.answer(invite, 200, sdp: SDP.answer(to: invite)), on: second.flow)
        #expect(scene.heard().map(\.status) == [200])
    }

    @Test func `forking stays within the breadth that the caller allows`() throws {
        var scene = try ForwardingScene(fields: ["Max-Breadth: 1"])
        try scene.forward("102", to: toColleague)
        #expect(scene.look(at: "103").holdsInvite)
    }
}

@Suite("RFC 3261 §9.1 and §21.3: a forward that crosses something else")
struct ForwardingRaceTests {
    @Test func `after a CANCEL it rings nobody`() throws {
        var scene = try ForwardingScene()
        try scene.say("102", 180)
        let invite = try #require(scene.heard().first)
        #expect(invite.status == 180)
        scene.office.storesAtOnce = false
        let calls = scene.office.switchboard.calls()
        #expect(scene.office.endCall(try #require(calls.first).record.id))
        try scene.forward("102", to: toColleague)
        #expect(!scene.look(at: "103").holdsInvite)
        scene.office.store(ok: true)
        #expect(scene.heard().map(\.status) == [480])
        #expect(scene.office.events.isEmpty)
    }

    @Test func `said twice it is followed once`() throws {
        var scene = try ForwardingScene()
        try scene.forward("102", to: toColleague)
        try scene.forward("102", to: toColleague)
        try scene.forward("102", to: "<sip:104@\(Office.domain)>")
        #expect(scene.look(at: "103").map(\.method) == [.invite])
        #expect(!scene.look(at: "104").holdsInvite)
        #expect(scene.look(at: "102").map(\.method) == [.ack, .ack, .ack])
    }

    @Test func `the caller hangs up while the colleague rings`() throws {
        var scene = try ForwardingScene(fields: ["Supported: 100rel"])
        try scene.say("102", 180)
        let ringing = try #require(scene.heard().first)
        try scene.forward("102", to: toColleague)
        #expect(scene.look(at: "103").holdsInvite)
        try scene.say("103", 180)
        _ = scene.heard()
        // RFC 3261 §15.1.1 lets a caller end an early dialog by BYE.
        scene.office.deliver(scene.caller.inDialog("BYE", of: ringing), on: scene.caller.flow)
        #expect(scene.heard().map(\.status) == [200, 487])
        #expect(scene.look(at: "103").map(\.method) == [.cancel])
        #expect(scene.office.record()?.outcome == .cancelled)
    }

    @Test func `the caller takes the call back while the colleague rings`() throws {
        var scene = try ForwardingScene()
        let trying = try #require(scene.trying)
        try scene.forward("102", to: toColleague)
        #expect(scene.look(at: "103").holdsInvite)
        try scene.say("103", 180)
        _ = scene.heard()
        scene.office.deliver(scene.caller.cancel(trying, to: "sip:102@\(Office.domain)"), on: scene.caller.flow)
        #expect(scene.heard().map(\.status) == [200, 487])
        #expect(scene.look(at: "103").map(\.method) == [.cancel])
        #expect(scene.look(at: "102").map(\.method) == [.ack])
        #expect(scene.office.record()?.outcome == .cancelled)
    }

    @Test func `a colleague may be named by a secure address, since every phone is called over encryption`() throws {
        var scene = try ForwardingScene()
        try scene.forward("102", to: "<sips:103@\(Office.domain)>")
        #expect(scene.look(at: "103").holdsInvite)
    }

    @Test func `the colleague's connection is lost while it rings`() throws {
        var scene = try ForwardingScene()
        try scene.forward("102", to: toColleague)
        #expect(scene.look(at: "103").holdsInvite)
        scene.office.disconnect(try #require(scene.phones["103"]).flow)
        #expect(scene.heard().map(\.status) == [181, 480])
        #expect(scene.office.switchboard.calls().isEmpty)
    }

    @Test func `nothing of it is left behind`() throws {
        var scene = try ForwardingScene(ForwardingScene.everybody, fields: ["Supported: 100rel"])
        try scene.say("102", 180, extra: ["Require: 100rel", "RSeq: 9"])
        try scene.forward("102", to: toColleague)
        #expect(scene.look(at: "103").holdsInvite)
        try scene.say("103", 486)
        scene.office.wait(.seconds(120))
        #expect(scene.office.switchboard.figures.calls == 0)
        #expect(scene.office.switchboard.figures.transactions == 0)
    }
}

@Suite("RFC 5359 §2.7 and §2.16: what moves along with a call that is forwarded")
struct ForwardedCallTests {
    @Test func `it is picked up where it rings now, and not where it rang`() throws {
        var scene = try ForwardingScene()
        try scene.office.apply(
            forwarding: ["102"],
            more: ["104", "105", "106", "107", "108"],
            groups: ["102": "sales", "103": "sales", "104": "sales"]
        )
        try scene.forward("102", to: toColleague)
        #expect(scene.look(at: "103").holdsInvite)
        _ = scene.heard()
        var colleague = try #require(scene.phones["104"])
        #expect(try colleague.call(&scene.office, "**102", callID: "pick-1").last?.status == 404)
        #expect(try colleague.call(&scene.office, "**103", callID: "pick-2").last?.status == 200)
        #expect(scene.heard().last?.text(.pAssertedIdentity).contains("<sip:104@") == true)
        let record = try #require(scene.office.record())
        #expect((record.dialled, record.callee?.text, record.forwardedBy.map(\.text)) == ("102", "104", ["102"]))
    }

    @Test func `lamps show it at the colleague`() throws {
        var scene = try ForwardingScene()
        var watcher = try #require(scene.phones["105"])
        let (_, before) = try watcher.watch(&scene.office, "103")
        #expect(before.callStates.isEmpty)
        scene.office.wait(.seconds(5))
        try scene.forward("102", to: toColleague)
        scene.office.wait(.seconds(5))
        #expect(watcher.notices(&scene.office).last?.callStates == ["early"])
    }

    @Test func `a transfer that is forwarded obeys the same rule`() throws {
        for (policy, isAllowed) in [(Set(["103"]), true), ([], false)] {
            var transfer = try TransferScene()
            try transfer.scene.office.apply(forwarding: policy, more: ["104"])
            var other = try Phone("phone-104-000001", in: &transfer.scene.office, from: "192.0.2.54:50000")
            try other.register(&transfer.scene.office)
            _ = transfer.refer()
            let invite = try #require(transfer.heard(by: \.target).first)
            let moved = transfer.target.moved(invite, to: "<sip:104@\(Office.domain)>")
            transfer.scene.office.deliver(moved, on: transfer.target.flow)
            let rung = transfer.scene.office.received(on: other.flow)
            #expect(rung.map(\.method) == (isAllowed ? [.invite] : []))
            let told = transfer.heard(by: \.scene.callee).map(\.progress)
            guard let invite = rung.first else {
                #expect(told == ["SIP/2.0 480 Temporarily Unavailable terminated"])
                #expect(transfer.scene.office.refusedForwards.count == 1)
                continue
            }
            #expect(told == ["SIP/2.0 181 Call Is Being Forwarded active"])
            let answer = other.answer(invite, 200, sdp: SDP.answer(to: invite, port: 34_000))
            transfer.scene.office.deliver(answer, on: other.flow)
            #expect(transfer.heard(by: \.scene.callee).map(\.method) == [.notify, .bye])
            #expect(try transfer.meet().text(.pAssertedIdentity).contains("<sip:104@"))
            #expect(transfer.records.first { $0.dialled == "103" }?.forwardedBy.map(\.text) == ["103"])
        }
    }
}

@Suite("RFC 3262 §3 and RFC 3261 §21.1.3, §21.3: what was heard before a forward")
struct ForwardedEarlyMediaTests {
    /// The forwarding phone played something, which the caller acknowledged.
    private static func playing(formats: String) throws -> ForwardingScene {
        var scene = try ForwardingScene(fields: ["Supported: 100rel"])
        let invite = try #require(scene.invites["102"])
        let chosen = SDP.answer(to: invite).replacing("RTP/SAVP 0 8 101", with: "RTP/SAVP \(formats)")
        try scene.say("102", 183, extra: ["Require: 100rel", "RSeq: 7"], sdp: chosen)
        let heard = try #require(scene.heard().last)
        #expect(heard.status == 183 && heard.hasOption(.require, "100rel"))
        let rack = "RAck: \(heard.text(.rseq)) \(try heard.cseq().number) INVITE"
        scene.office.deliver(scene.caller.inDialog("PRACK", of: heard, extra: [rack]), on: scene.caller.flow)
        #expect(scene.heard().map(\.status) == [200])
        return scene
    }

    /// The relay stays, for the caller's key may not protect from the beginning again.
    @Test func `ends with the phone that played it, and the colleague is heard in its place`() throws {
        var scene = try Self.playing(formats: "0 101")
        #expect(scene.office.media.map(\.name) == ["open"])
        try scene.forward("102", to: toColleague)
        #expect(scene.office.media.map(\.name) == ["open", "update"])
        guard case .update(_, .b, .network(let silent))? = scene.office.media.last else { return }
        #expect(silent.isGone)
        #expect(scene.heard().map(\.status) == [181])
        let invite = try #require(scene.look(at: "103").first)
        // The caller has been promised these formats.
        #expect(invite.bodyText.contains("RTP/SAVP 0 101\r\n"))
        try scene.say("103", 183, sdp: SDP.answer(to: invite, port: 35_000))
        #expect(scene.office.media.map(\.name) == ["open", "update", "open"])
        try scene.pickUp("103")
        let answer = try #require(scene.heard().last)
        #expect(answer.status == 200 && answer.bodyText.contains("RTP/SAVP 0 101\r\n"))
        #expect(scene.office.media.map(\.name) == ["open", "update", "open", "open"])
    }

    @Test func `the caller learns the colleague's own choice of formats after its ACK`() throws {
        var scene = try Self.playing(formats: "0 8 101")
        try scene.forward("102", to: toColleague)
        let invite = try #require(scene.look(at: "103").first)
        let chosen = SDP.answer(to: invite).replacing("RTP/SAVP 0 8 101", with: "RTP/SAVP 8 101")
        try scene.say("103", 200, sdp: chosen)
        let answer = try #require(scene.heard().last)
        let sequence = try answer.cseq().number
        scene.office.deliver(scene.caller.inDialog("ACK", of: answer, sequence: sequence), on: scene.caller.flow)
        scene.office.wait(.seconds(3))
        let offer = try #require(scene.heard().first)
        #expect(offer.method == .invite && offer.bodyText.contains("RTP/SAVP 8 101\r\n"))
    }

    @Test func `a caller that insists on acknowledging hears of the forward reliably`() throws {
        var scene = try ForwardingScene(fields: ["Require: 100rel"])
        try scene.forward("102", to: toColleague)
        let forwarded = try #require(scene.heard().first)
        #expect(forwarded.status == 181 && forwarded.hasOption(.require, "100rel"))
        #expect(scene.look(at: "103").holdsInvite)
        try scene.say("103", 180)
        #expect(scene.heard().isEmpty)
        let rack = "RAck: \(forwarded.text(.rseq)) \(try forwarded.cseq().number) INVITE"
        scene.office.deliver(scene.caller.inDialog("PRACK", of: forwarded, extra: [rack]), on: scene.caller.flow)
        #expect(scene.heard().map(\.status) == [200, 180])
    }
}

extension RelayCommand {
    fileprivate var name: String {
        switch self {
        case .open: "open"
        case .update: "update"
        case .close: "close"
        case .join: "join"
        case .entertain: "entertain"
        }
    }
}
