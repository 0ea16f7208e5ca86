// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

extension Scene {
    /// The caller is in another network from now on; the connection that it had.
    fileprivate mutating func roam(
        from address: String = "198.51.100.7:41000",
        over transport: Transport = .tls
    ) throws
        -> Flow
    {
        defer { office.discard(.options, on: caller.flow) }
        let old = caller.flow
        caller.flow = try office.flow(from: address, over: transport)
        return old
    }

    /// Registers the caller with these Contacts, over the connection that it has now.
    fileprivate mutating func register(_ contacts: String) throws {
        #expect(try caller.register(&office, fields: ["Supported: outbound", "Contact: \(contacts)"]).status == 200)
    }

    /// The callee hangs up; whether the caller hears of it over each connection.
    fileprivate mutating func hangUp(heardOn flows: Flow...) -> [Bool] {
        _ = calleeSays("BYE")
        return flows.map { flow in office.received(on: flow).contains { $0.method == .bye } }
    }
}

@Suite("RFC 5626 §5.3 and §7: a phone in a call that changes networks")
struct RoamingTests {
    private static let ours = "+sip.instance=\"<urn:uuid:1>\""
    private static let other = "+sip.instance=\"<urn:uuid:2>\""

    @Test func `its call follows its registration, though the old connection looks open`() throws {
        var scene = try Scene()
        let old = try scene.roam()
        try scene.caller.register(&scene.office)
        #expect(scene.hangUp(heardOn: old, scene.caller.flow) == [false, true])
    }

    @Test func `it is asked over the new connection whether it lives, and the call stands`() throws {
        var scene = try Scene()
        scene.office.wait(.seconds(31))
        let old = try scene.roam()
        #expect(scene.office.received(on: old).isEmpty == false)
        try scene.caller.register(&scene.office)
        scene.pass(seconds: 90)
        #expect(scene.isStanding)
        #expect(scene.office.received(on: old).isEmpty)
    }

    /// What becomes of the call when these Contacts are registered over the new connection, after `before` over the old.
    static let contacts: [(before: String, after: String, follows: Bool)] = [
        ("<sip:a@192.0.2.50>;\(ours)", "<sip:b@198.51.100.7>;\(ours)", true),
        ("<sip:a@192.0.2.50>;\(ours)", "<sip:b@198.51.100.7>;\(other)", false),
        ("<sip:a@192.0.2.50>;\(ours);reg-id=1", "<sip:b@198.51.100.7>;\(ours);reg-id=1", true),
        // A second connection beside the first.
        ("<sip:a@192.0.2.50>;\(ours);reg-id=1", "<sip:b@198.51.100.7>;\(ours);reg-id=2", false),
        ("<sip:a@192.0.2.50>", "<sip:b@198.51.100.7>, <sip:a@192.0.2.50>;expires=0", true),
        ("<sip:a@192.0.2.50>", "<sip:b@198.51.100.7>", false),
        ("<sip:a@192.0.2.50>", "<sip:a@192.0.2.50>;expires=0", false),
    ]

    @Test(arguments: contacts)
    func `only what it says of itself tells that it moved`(before: String, after: String, follows: Bool) throws {
        var scene = try Scene()
        try scene.register("<\(scene.caller.contact)>;expires=0, \(before)")
        let old = try scene.roam()
        try scene.register(after)
        #expect(scene.hangUp(heardOn: old, scene.caller.flow) == [!follows, follows])
    }

    static let deaths: [(before: String, after: String, follows: Bool)] = [
        ("<sip:a@192.0.2.50>;\(ours);reg-id=1", "<sip:b@198.51.100.7>;\(ours);reg-id=2", true),
        ("<sip:a@192.0.2.50>", "<sip:b@198.51.100.7>", true),
        ("<sip:a@192.0.2.50>;\(ours)", "<sip:b@198.51.100.7>;\(other)", false),
    ]

    @Test(arguments: deaths)
    func `when its connection dies, the call goes on over the other one of that phone`(
        before: String,
        after: String,
        follows: Bool
    ) throws {
        var scene = try Scene()
        try scene.register("<\(scene.caller.contact)>;expires=0, \(before)")
        scene.office.wait(.seconds(1))
        let old = try scene.roam()
        try scene.register(after)
        scene.office.disconnect(old)
        #expect(scene.hangUp(heardOn: scene.caller.flow) == [follows])
    }

    @Test func `silence over one connection is no end while it has registered over a later one`() throws {
        var scene = try Scene()
        scene.office.wait(.seconds(31))
        let old = try scene.roam()
        try scene.register("<sip:b@198.51.100.7>")
        scene.pass(seconds: 90)
        #expect(scene.isStanding)
        #expect(scene.hangUp(heardOn: old, scene.caller.flow) == [false, true])
    }

    @Test(arguments: ["INVITE, UPDATE", "INVITE"])
    func `so it is with a refresh of its session, which is said again there`(methods: String) throws {
        var scene = try Scene(
            asking: ["Supported: timer", "Session-Expires: 600;refresher=uas", "Allow: \(methods)"]
        )
        scene.pass(seconds: 301)
        let old = try scene.roam()
        let asked = scene.office.received(on: old).map(\.method)
        try scene.register("<sip:b@198.51.100.7>")
        scene.pass(seconds: 37)
        #expect(scene.isStanding)
        #expect(asked == [methods == "INVITE" ? .invite : .update])
        #expect(scene.office.received(on: scene.caller.flow).map(\.method) == asked)
    }

    @Test func `a phone that is silent over every connection is gone`() throws {
        var scene = try Scene()
        scene.office.wait(.seconds(31))
        _ = try scene.roam()
        try scene.register("<sip:b@198.51.100.7>")
        scene.office.wait(.seconds(70))
        #expect(!scene.isStanding)
    }

    @Test func `a connection in the clear gets no call that was encrypted`() throws {
        var scene = try Scene()
        let old = try scene.roam(over: .tcp)
        #expect(try scene.caller.register(&scene.office).status == 200)
        #expect(scene.hangUp(heardOn: old, scene.caller.flow) == [true, false])
    }

    @Test func `nor does it when the encrypted one is gone, though the phone asks for it`() throws {
        var scene = try Scene()
        let old = try scene.roam(over: .tcp)
        scene.office.disconnect(old)
        #expect(try scene.caller.register(&scene.office).status == 200)
        let bye = scene.caller.inDialog("BYE", of: scene.answer)
        scene.office.deliver(bye, on: scene.caller.flow)
        let challenge = try #require(scene.office.received(on: scene.caller.flow).last)
        #expect(challenge.status == 401)
        let proof = try scene.caller.authorization(
            for: challenge,
            method: "BYE",
            uri: String(bye.split(separator: " ")[1])
        )
        scene.office.deliver(
            scene.caller.inDialog("BYE", of: scene.answer, extra: [proof]),
            on: scene.caller.flow
        )
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [403])
        #expect(scene.isStanding)
        #expect(scene.hangUp(heardOn: scene.caller.flow) == [false])
    }

    @Test func `nobody else's registration takes a call, whatever contact it names`() throws {
        var scene = try Scene()
        let contact = scene.caller.contact
        var thief = try Phone("phone-103-000001", in: &scene.office, from: "198.51.100.66:4444")
        #expect(try thief.register(&scene.office, contact: contact).status == 200)
        #expect(scene.hangUp(heardOn: thief.flow, scene.caller.flow) == [false, true])
    }

    @Test func `a change that it was offered over the old connection fails at once, and may be tried again`() throws {
        var scene = try Scene()
        #expect(scene.calleeSays("INVITE", sdp: SDP.offer(direction: "sendonly")).map(\.status) == [100])
        _ = try scene.roam()
        try scene.caller.register(&scene.office)
        #expect(scene.office.received(on: scene.callee.flow).map(\.status) == [488])
        _ = scene.calleeSays("INVITE", sdp: SDP.offer(direction: "sendonly"))
        #expect(scene.office.received(on: scene.caller.flow).map(\.method) == [.invite])
    }
}
