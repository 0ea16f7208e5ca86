// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 3261 §10.2 and §22: a trunk registers")
struct TrunkRegistrationTests {
    private static let challenge = "Digest realm=\"provider\", nonce=\"n1\", algorithm=SHA-256, qop=\"auth\""

    private func asked() throws -> (scene: TrunkScene, flow: FlowID, register: Message) {
        var scene = try TrunkScene([TrunkScene.access()])
        #expect(scene.lookups.count == 1)
        try scene.resolve()
        let flow = try scene.connect()
        let register = try #require(scene.received(on: flow).first)
        #expect(register.method == .register)
        return (scene, flow, register)
    }

    @Test func `it asks where the provider is, connects, answers the challenge and is ready`() throws {
        var (scene, flow, register) = try asked()
        #expect(register.first(.authorization) == nil)
        scene.respond(401, to: register, on: flow, [("WWW-Authenticate", Self.challenge)])
        let again = try #require(scene.received(on: flow).first)
        let credentials = try #require(try again.credentials())
        #expect(again.string(credentials.realm) == "provider")
        let meant = try #require(Digest.meant(credentials, for: again))
        let ha1 = HA1(algorithm: .sha256, username: "49301234", realm: "provider", password: "secret of the trunk")
        #expect(Digest.matches(meant, in: again, method: .register, ha1: ha1))
        #expect(try again.cseq().number == register.cseq().number + 1)
        #expect(!scene.isReady)
        scene.respond(200, to: again, on: flow, [("Expires", "300")])
        #expect(scene.isReady)
        #expect(scene.summary?.registeredUntil == scene.moment.wall + .seconds(300))
        #expect(scene.summary?.tlsVersion == "TLSv1.3")
    }

    @Test func `it says where it is by its own connection, and never sips`() throws {
        let (_, _, register) = try asked()
        #expect(register.string(register.requestURI) == "sip:sip.provider.example")
        let contact = try #require(register.first(.contact))
        #expect(register.string(contact) == "<sip:49301234@pbx.office.example:5061;transport=tls>")
        #expect(register.string(try register.to().uriRange) == "sip:49301234@sip.provider.example")
    }

    @Test func `RFC 6140 a pilot number registers one contact for all numbers, and calls have one of their own`() throws
    {
        var scene = try TrunkScene([TrunkScene.access { $0.registersNumbers = true }])
        try scene.resolve()
        let flow = try scene.connect()
        let register = try #require(scene.received(on: flow).first)
        #expect(register.text(.contact) == "<sip:pbx.office.example:5061;transport=tls;bnc>")
        #expect(register.text(.require) == "gin" && register.text(.supported) == "path")
        #expect(register.first(named: "Proxy-Require").map { register.string($0) } == "gin")
        #expect(register.string(try register.to().uriRange) == "sip:49301234@sip.provider.example")
        let contacts = "<sip:49301234@pbx.office.example>;expires=9000, <sip:pbx.office.example:5061;bnc>;expires=120"
        scene.respond(200, to: register, on: flow, [("Contact", contacts), ("Expires", "7200")])
        #expect(scene.isReady && scene.summary?.registeredUntil == scene.moment.wall + .seconds(120))
        let plain = try asked().register
        #expect(plain.first(.require) == nil && plain.first(named: "Proxy-Require") == nil)
    }

    @Test func `RFC 6140 a provider that does not know it says so, and is not taken for one that registered us`() throws
    {
        var scene = try TrunkScene([TrunkScene.access { $0.registersNumbers = true }])
        try scene.resolve()
        let flow = try scene.connect()
        let register = try #require(scene.received(on: flow).first)
        scene.respond(420, to: register, on: flow, [("Unsupported", "gin")])
        #expect(!scene.isReady && scene.summary?.lastFailure?.failure == .status(420, "Whatever"))
    }

    @Test func `it renews between a half and three quarters of the time it was given`() throws {
        var (scene, flow, register) = try asked()
        scene.respond(200, to: register, on: flow, [("Expires", "400")])
        let until = try #require(scene.summary?.registeredUntil)
        scene.answersToOptions[flow] = 200
        scene.wait(.seconds(199))
        #expect(scene.received(on: flow).isEmpty)
        #expect(scene.summary?.registeredUntil == until)
        scene.answersToRegister[flow] = 200
        scene.wait(.seconds(102))
        let renewed = try #require(scene.summary?.registeredUntil)
        #expect(renewed - until >= .seconds(400))
        #expect(scene.isReady)
    }

    @Test func `what the provider says of our contact counts before what it says of all`() throws {
        var (scene, flow, register) = try asked()
        let contacts = "<sip:other@203.0.113.9>;expires=9000, <sip:49301234@pbx.office.example:5061>;expires=120"
        scene.respond(200, to: register, on: flow, [("Contact", contacts), ("Expires", "7200")])
        #expect(scene.summary?.registeredUntil == scene.moment.wall + .seconds(120))
    }

    @Test func `a wrong password is said in plain words and tried again only after a while`() throws {
        var (scene, flow, register) = try asked()
        scene.respond(401, to: register, on: flow, [("WWW-Authenticate", Self.challenge)])
        let again = try #require(scene.received(on: flow).first)
        let second = Self.challenge.replacing("n1", with: "n2")
        scene.respond(401, to: again, on: flow, [("WWW-Authenticate", second)])
        #expect(scene.received(on: flow).isEmpty)
        #expect(scene.summary?.state == .refused)
        #expect(scene.summary?.lastFailure?.failure == .login(401, "Whatever"))
        scene.answersToOptions[flow] = 200
        scene.wait(.seconds(14))
        #expect(scene.received(on: flow).isEmpty)
        scene.wait(.seconds(17))
        #expect(scene.received(on: flow).contains { $0.method == .register })
    }

    @Test func `a provider that answers everything but a REGISTER is asked ever more seldom`() throws {
        var scene = try TrunkScene([TrunkScene.access()])
        try scene.resolve()
        var (seen, registers) = (0, 0)
        for _ in 0..<3_600 {
            if scene.connects.count > seen {
                seen = scene.connects.count
                let flow = try scene.connect()
                scene.answersToOptions[flow] = 200
                registers += scene.received(on: flow).count { $0.method == .register }
            }
            scene.wait(.seconds(1))
        }
        #expect((20...80).contains(registers), "\(registers)")
        #expect(scene.events.map(\.kind) == [.trunkDown])
    }

    @Test func `in an hour a refused trunk asks few times, and is ready by itself when it is let in`() throws {
        var (scene, flow, register) = try asked()
        scene.answersToOptions[flow] = 200
        scene.answersToRegister[flow] = 403
        scene.respond(403, to: register, on: flow)
        let before = scene.events.count
        scene.wait(.seconds(3_600))
        #expect(scene.events.count == before)
        scene.answersToRegister[flow] = 200
        scene.wait(.seconds(901))
        #expect(scene.isReady)
        #expect(scene.events.map(\.kind) == [.trunkDown, .trunkUp])
    }

    @Test func `a stale nonce is answered again, and a nonce that is always stale twice`() throws {
        var (scene, flow, register) = try asked()
        var next = register
        for round in 1...2 {
            let stale = Self.challenge.replacing("n1", with: "s\(round)") + ", stale=true"
            scene.respond(401, to: next, on: flow, [("WWW-Authenticate", stale)])
            next = try #require(scene.received(on: flow).first)
        }
        scene.respond(401, to: next, on: flow, [("WWW-Authenticate", Self.challenge + ", stale=true")])
        #expect(scene.received(on: flow).isEmpty)
        #expect(scene.summary?.state == .refused)
    }

    @Test func `who wants to hear less often is asked for longer, once`() throws {
        var (scene, flow, register) = try asked()
        scene.respond(423, to: register, on: flow, [("Min-Expires", "1800")])
        let longer = try #require(scene.received(on: flow).first)
        #expect(try longer.expires() == 1_800)
        scene.respond(423, to: longer, on: flow, [("Min-Expires", "3600")])
        #expect(scene.received(on: flow).isEmpty)
    }

    @Test func `a redirection of a registration is not followed`() throws {
        var (scene, flow, register) = try asked()
        scene.respond(302, to: register, on: flow, [("Contact", "<sip:evil.example>")])
        #expect(scene.received(on: flow).isEmpty && scene.connects.count == 1 && scene.lookups.count == 1)
        #expect(scene.summary?.state == .refused)
    }

    @Test func `an answer that comes over another connection is none (row S19)`() throws {
        var (scene, _, register) = try asked()
        scene.respond(200, to: register, on: FlowID(rawValue: 7))
        #expect(!scene.isReady)
    }

    @Test func `a trunk that is removed says so before its connection ends`() throws {
        var (scene, flows) = try TrunkScene.registered(TrunkScene.access(), [TrunkScene.primary])
        scene.answersToRegister = [:]
        _ = scene.received(on: flows[0])
        scene.apply([.removeTrunk(try #require(TrunkName(parsing: "main")))])
        let last = try #require(scene.received(on: flows[0]).last)
        #expect(last.method == .register)
        #expect(try last.expires() == 0)
        #expect(scene.closed == flows)
        #expect(scene.summary == nil)
        scene.disconnect(flows[0])
        scene.wait(.seconds(3_600))
        #expect(scene.lookups.count == 1 && scene.connects.count == 1 && scene.events.isEmpty)
    }
}
