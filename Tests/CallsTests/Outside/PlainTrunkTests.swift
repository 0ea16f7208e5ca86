// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("Control trunk-encryption: calls over a provider that encrypts nothing")
struct PlainTrunkTests {
    private static let gateway = "198.51.100.9"
    static let plain = SDP.offer(profile: "RTP/AVP", port: 31_000, crypto: [], address: gateway)

    /// A provider over UDP, by an exception that ends after so many seconds.
    static func scene(
        seconds: Int = 3_600,
        over transport: Trunk.Transport = .udp
    ) throws -> OutsideScene {
        try OutsideScene(trunk: trunk(seconds: seconds, over: transport))
    }

    private static func trunk(seconds: Int, over transport: Trunk.Transport = .udp) throws -> TrunkAccess {
        var access = try OutsideScene.trunk("main")
        access.trunk.transport = transport
        access.trunk.prefixes = [try #require(IPPrefix(parsing: "198.51.100.0/24"))]
        access.trunk.mediaPrefixes = [try #require(IPPrefix(parsing: "198.51.100.8/29"))]
        access.trunk.exception = Trunk.PlainException(
            reason: "it has no TLS",
            grantedBy: "root",
            until: WallTime(milliseconds: 1_800_000_000_000 + Int64(seconds) * 1_000)
        )
        return access
    }

    /// What the relay was told last of the leg in the clear.
    private static func plainEnd(of office: Office) -> PlainMedia? {
        for command in office.media.reversed() {
            switch command {
            case .open(_, let a, let b):
                if case .plain(let media) = a { return media }
                if case .plain(let media) = b { return media }
            case .update(_, _, .plain(let media)): return media
            case .update, .join, .entertain, .close: continue
            }
        }
        return nil
    }

    private static func packet(_ sequence: UInt8) -> [UInt8] {
        [0x80, 0, 0, sequence, 0, 0, 0, sequence, 9, 9, 9, 9] + Array(repeating: 0xFF, count: 160)
    }

    @Test(arguments: [Trunk.Transport.udp, .tcp, .tls])
    func `a call leaves in the clear by a port of its own, and the phone's leg is encrypted`(
        _ transport: Trunk.Transport
    ) throws {
        var scene = try Self.scene(over: transport)
        let (answer, invite) = try scene.talk(to: "040555123", sdp: Self.plain)
        #expect(invite.bodyText.contains("RTP/AVP ") && !invite.bodyText.contains("a=crypto"))
        let media = try #require(Self.plainEnd(of: scene.office))
        #expect([40_100, 40_102].contains(media.local.port))
        #expect(invite.bodyText.contains("m=audio \(media.local.port) "))
        #expect(answer.bodyText.contains("RTP/SAVP ") && answer.bodyText.contains("a=crypto:"))
        let record = try #require(scene.office.record())
        #expect(record.calleeProtection?.isReadable == true && record.calleeProtection?.isComplete == false)
        #expect(record.calleeProtection?.transport == transport.rawValue)
        #expect(record.callerProtection?.isComplete == true)
    }

    @Test func `audio is taken from the provider's media network and goes nowhere else`() throws {
        var scene = try Self.scene()
        let voice = try Voice(1)
        _ = try scene.dial("040555123", sdp: voice.offer())
        let invite = try scene.invite()
        try scene.acknowledge(try #require(scene.say(200, to: invite, sdp: Self.plain).last))
        #expect(try scene.office.listeners(to: voice) == SocketAddress(parsing: "\(Self.gateway):31000"))
        let pair = Int(try #require(Self.plainEnd(of: scene.office)).local.port - 40_100) / 2
        let carry = { (source: String, sequence: UInt8) throws in
            scene.office.relays.carry(
                plain: Self.packet(sequence),
                from: try #require(SocketAddress(parsing: source)),
                pair: pair,
                at: scene.office.now
            )
        }
        #expect(try carry("203.0.113.9:31000", 1) == nil, "row M12: of nobody")
        #expect(try carry("198.51.100.1:31000", 1) == nil, "of the provider's signalling")
        #expect(try carry("\(Self.gateway):31000", 2) == voice.address)
        #expect(try carry("198.51.100.10:31000", 3) == nil, "another host of the network once it is settled")
    }

    @Test func `audio that the provider names outside of its network gets none`() throws {
        var scene = try Self.scene()
        let voice = try Voice(1)
        _ = try scene.dial("040555123", sdp: voice.offer())
        let elsewhere = SDP.offer(profile: "RTP/AVP", port: 31_000, crypto: [], address: "203.0.113.9")
        let invite = try scene.invite()
        try scene.acknowledge(try #require(scene.say(200, to: invite, sdp: elsewhere).last))
        #expect(try scene.office.listeners(to: voice) == nil)
    }

    @Test func `what a provider plays before the answer is heard`() throws {
        var scene = try Self.scene()
        _ = try scene.dial("040555123")
        let invite = try scene.invite()
        let heard = try #require(scene.say(183, to: invite, sdp: Self.plain).last)
        #expect(heard.status == 183 && heard.bodyText.contains("RTP/SAVP "))
        guard case .open(_, let a, .plain)? = scene.office.media.last else {
            Issue.record("no relay towards the caller")
            return
        }
        #expect(!a.sends)
        #expect(scene.say(200, to: invite, sdp: Self.plain).last?.status == 200)
    }

    @Test func `an answer with keys is none where none were offered`() throws {
        var scene = try Self.scene()
        _ = try scene.dial("040555123")
        let invite = try scene.invite()
        #expect(scene.say(200, to: invite, sdp: SDP.offer(address: Self.gateway)).last?.status == 488)
        #expect(scene.office.received(on: scene.provider.flow).map(\.method) == [.ack, .bye])
    }

    @Test(arguments: [false, true])
    func `a call that the provider brings rings encrypted, and its leg is in the clear`(_ offersLate: Bool) throws {
        var scene = try Self.scene()
        #expect(scene.bring(sdp: offersLate ? "" : Self.plain).map(\.status) == [100])
        let invite = try #require(scene.office.received(on: scene.callee.flow).first)
        #expect(invite.bodyText.contains("RTP/SAVP ") && invite.bodyText.contains("a=crypto:"))
        scene.office.deliver(scene.callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: scene.callee.flow)
        let answer = try #require(scene.office.received(on: scene.provider.flow).last)
        #expect(answer.status == 200 && answer.bodyText.contains("RTP/AVP ") && !answer.bodyText.contains("crypto"))
        let ack = scene.provider.inDialog(
            "ACK",
            of: answer,
            sequence: try answer.cseq().number,
            sdp: offersLate ? Self.plain : ""
        )
        scene.office.deliver(ack, on: scene.provider.flow)
        let record = try #require(scene.office.switchboard.calls().first?.record)
        #expect(record.callerProtection?.isReadable == true && record.calleeProtection?.isComplete == true)
        #expect(Self.plainEnd(of: scene.office)?.prefixes.count == 1)
        #expect(scene.office.relays.count == 1)
    }

    @Test func `keys over readable signalling are refused, in a call too`() throws {
        var scene = try Self.scene()
        #expect(scene.bring(sdp: SDP.offer(address: Self.gateway)).last?.status == 488)
        let (_, invite) = try scene.talk(to: "040555123", sdp: Self.plain)
        let change = scene.provider.inDialog(
            "INVITE",
            from: invite,
            extra: ["Contact: <sip:gateway@198.51.100.1>"],
            sdp: SDP.offer(address: Self.gateway)
        )
        scene.office.deliver(change, on: scene.provider.flow)
        #expect(scene.office.received(on: scene.provider.flow).last?.status == 488)
        #expect(!scene.office.switchboard.calls().isEmpty)
    }

    @Test func `a provider that encrypts more than its exception asks for is taken at its word`() throws {
        var scene = try Self.scene(over: .tls)
        _ = scene.bring()
        let invite = try #require(scene.office.received(on: scene.callee.flow).first)
        scene.office.deliver(scene.callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: scene.callee.flow)
        let answer = try #require(scene.office.received(on: scene.provider.flow).last)
        #expect(answer.status == 200 && answer.bodyText.contains("RTP/SAVP "))
        #expect(Self.plainEnd(of: scene.office) == nil)
    }

    @Test func `hold and resume pass over a leg in the clear`() throws {
        var scene = try Self.scene()
        let (answer, _) = try scene.talk(to: "040555123", sdp: Self.plain)
        let held = scene.caller.inDialog(
            "INVITE",
            of: answer,
            extra: ["Contact: <\(scene.caller.contact)>"],
            sdp: SDP.offer(direction: "sendonly")
        )
        scene.office.deliver(held, on: scene.caller.flow)
        let passed = try #require(scene.office.received(on: scene.provider.flow).first { $0.method == .invite })
        #expect(passed.bodyText.contains("RTP/AVP ") && passed.bodyText.contains("a=sendonly"))
        let taken = SDP.offer(
            profile: "RTP/AVP",
            port: 31_000,
            direction: "recvonly",
            crypto: [],
            address: Self.gateway
        )
        scene.office.deliver(scene.provider.answer(passed, 200, sdp: taken), on: scene.provider.flow)
        #expect(scene.office.received(on: scene.caller.flow).last?.status == 200)
        #expect(Self.plainEnd(of: scene.office)?.sends == false)
    }

    @Test func `a leg in the clear stays one when its call is transferred to a colleague`() throws {
        var scene = try Self.scene()
        _ = scene.bring(sdp: Self.plain)
        let invite = try #require(scene.office.received(on: scene.callee.flow).first)
        scene.office.deliver(scene.callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: scene.callee.flow)
        let answer = try #require(scene.office.received(on: scene.provider.flow).last)
        let ack = scene.provider.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
        scene.office.deliver(ack, on: scene.provider.flow)
        let before = try #require(Self.plainEnd(of: scene.office)).local
        let refer = scene.callee.inDialog(
            "REFER",
            from: invite,
            extra: ["Contact: <\(scene.callee.contact)>", "Refer-To: <sip:101@\(Office.domain)>"]
        )
        scene.office.deliver(refer, on: scene.callee.flow)
        let ringing = try #require(scene.office.received(on: scene.caller.flow).first { $0.method == .invite })
        #expect(ringing.bodyText.contains("RTP/SAVP "))
        scene.office.deliver(scene.caller.answer(ringing, 200, sdp: SDP.answer(to: ringing)), on: scene.caller.flow)
        let told = try #require(scene.office.received(on: scene.provider.flow).first { $0.method == .invite })
        #expect(told.bodyText.contains("m=audio \(before.port) RTP/AVP ") && !told.bodyText.contains("crypto"))
        scene.office.deliver(scene.provider.answer(told, 200, sdp: Self.plain), on: scene.provider.flow)
        scene.pass(seconds: 2)
        #expect(scene.office.relays.count == 1 && scene.office.switchboard.calls().count == 1)
        #expect(Self.plainEnd(of: scene.office)?.local == before)
        #expect(scene.office.switchboard.figures.plainLegs == 1)
        scene.office.deliver(scene.provider.inDialog("BYE", of: answer), on: scene.provider.flow)
        scene.pass(seconds: 2)
        #expect(scene.office.switchboard.figures.plainLegs == 0 && scene.office.relays.count == 0)
    }

    // MARK: The exception

    @Test(arguments: [Trunk.Transport.udp, .tls])
    func `a call ends with the exception of its trunk`(_ transport: Trunk.Transport) throws {
        var scene = try Self.scene(seconds: 60, over: transport)
        _ = try scene.talk(to: "040555123", sdp: Self.plain)
        scene.pass(seconds: 58)
        #expect(!scene.office.switchboard.calls().isEmpty)
        // Not so long that what nobody answers is said again.
        scene.office.wait(.milliseconds(2_100))
        #expect(scene.office.switchboard.calls().isEmpty && scene.office.relays.count == 0)
        #expect(scene.office.received(on: scene.provider.flow).contains { $0.method == .bye })
        #expect(!scene.office.unheard.contains(scene.provider.flow.id))
        #expect(scene.office.received(on: scene.caller.flow).contains { $0.method == .bye })
        #expect(scene.office.record()?.reason.contains("exception of trunk main") == true)
    }

    @Test func `a provider hears the end of a call that began in the last second of an exception`() throws {
        var scene = try Self.scene(seconds: 60)
        scene.pass(seconds: 59)
        scene.office.wait(.milliseconds(500))
        _ = try scene.talk(to: "040555123", sdp: Self.plain)
        scene.office.wait(.milliseconds(600))
        #expect(scene.office.received(on: scene.provider.flow).contains { $0.method == .bye })
        #expect(!scene.office.unheard.contains(scene.provider.flow.id))
    }

    @Test func `a call that rings ends with it too, whoever calls`() throws {
        var scene = try Self.scene(seconds: 60)
        scene.pass(seconds: 58)
        _ = try scene.dial("040555123")
        _ = scene.say(180, to: try scene.invite())
        _ = scene.bring(sdp: Self.plain)
        let ringing = try #require(scene.office.received(on: scene.callee.flow).first)
        scene.office.deliver(scene.callee.answer(ringing, 180), on: scene.callee.flow)
        scene.pass(seconds: 3)
        #expect(scene.office.received(on: scene.caller.flow).contains { ($0.status ?? 0) >= 400 })
        #expect(scene.office.received(on: scene.callee.flow).contains { $0.method == .cancel })
        #expect(scene.office.switchboard.calls().isEmpty)
    }

    @Test(arguments: [Trunk.Transport.udp, .tls])
    func `a call ends when the exception is taken back`(_ transport: Trunk.Transport) throws {
        var scene = try Self.scene(over: transport)
        _ = try scene.talk(to: "040555123", sdp: Self.plain)
        var access = try Self.trunk(seconds: 3_600, over: transport)
        access.trunk.exception = nil
        scene.office.apply([.outside(.putTrunk(access))])
        #expect(scene.office.received(on: scene.caller.flow).contains { $0.method == .bye })
        #expect(scene.office.received(on: scene.provider.flow).contains { $0.method == .bye })
        #expect(!scene.office.unheard.contains(scene.provider.flow.id))
    }

    @Test func `a call ends when its audio may come from elsewhere than when it began`() throws {
        var scene = try Self.scene()
        _ = try scene.talk(to: "040555123", sdp: Self.plain)
        var access = try Self.trunk(seconds: 3_600)
        access.trunk.calls = 5
        scene.office.apply([.outside(.putTrunk(access))])
        #expect(!scene.office.switchboard.calls().isEmpty, "what does not matter to it does not end it")
        access.trunk.mediaPrefixes = [try #require(IPPrefix(parsing: "198.51.100.64/29"))]
        scene.office.apply([.outside(.putTrunk(access))])
        #expect(scene.office.switchboard.calls().isEmpty)
        #expect(scene.office.received(on: scene.provider.flow).contains { $0.method == .bye })
    }

    @Test func `after the exception nothing leaves and nothing comes`() throws {
        var scene = try Self.scene(seconds: 60)
        scene.pass(seconds: 61)
        #expect(try scene.dial("040555123").last?.status == 503)
        #expect(scene.bring(sdp: Self.plain).allSatisfy { $0.status != 100 })
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
    }

    // MARK: Ports

    @Test func `with no port free there is no call, and one that was used is free again after a while`() throws {
        var scene = try Self.scene()
        let (answer, _) = try scene.talk(to: "040555123", sdp: Self.plain)
        _ = try scene.talk(to: "040555124", callID: "call-2", sdp: Self.plain)
        let refused = try #require(try scene.dial("040555125", callID: "call-3").last)
        #expect(refused.status == 503 && refused.text(.warning).contains("every port"))
        #expect(scene.bring(sdp: Self.plain).last?.status == 503)
        scene.office.deliver(scene.caller.inDialog("BYE", of: answer), on: scene.caller.flow)
        _ = scene.office.received(on: scene.provider.flow)
        scene.pass(seconds: 10)
        #expect(try scene.dial("040555125", callID: "call-4").last?.status == 503, "it rests")
        scene.pass(seconds: 24)
        _ = try scene.dial("040555125", callID: "call-5")
        _ = try scene.invite()
    }

    @Test(arguments: [486, 503])
    func `a port comes back from a call that was refused`(_ status: Int) throws {
        var scene = try Self.scene()
        for attempt in 0..<6 {
            _ = try scene.dial("040555123", callID: "call-\(attempt)")
            _ = scene.say(status, to: try scene.invite())
            scene.pass(seconds: 35)
        }
    }

    @Test func `who is at another address is no provider`() throws {
        var scene = try Self.scene()
        scene.provider.flow = try scene.office.flow(from: "203.0.113.9:5060", over: .udp)
        _ = scene.bring(sdp: Self.plain)
        #expect(scene.office.received(on: scene.callee.flow).isEmpty)
    }
}
