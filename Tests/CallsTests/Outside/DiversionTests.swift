// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 5806 and RFC 7044: forwarded calls")
struct DiversionTests {
    private static let target = "+4989123456"

    private func scene(
        _ field: Trunk.ForwardField,
        keepsWithheld: Bool = false,
        withheld: Set<ExtensionNumber> = [],
        without: Set<String> = []
    ) throws -> RoutingScene {
        var scene = try RoutingScene(without: without) { dialing, _ in
            dialing.rights.onwardClasses = [.geographic, .mobile]
        }
        var access = try OutsideScene.trunk("main")
        access.trunk.forwardField = field
        access.trunk.keepsWithheld = keepsWithheld
        let callers = CallerNumbers(usual: PhoneNumber(parsing: OutsideScene.owned), withheld: withheld)
        scene.apply([.putTrunk(access), .showCallers(callers)])
        return scene
    }

    /// 101 calls 102; the INVITE that leaves for the provider.
    private func leave(_ scene: inout RoutingScene, _ number: String = "102") throws -> Message {
        _ = try scene.outside.dial(number)
        return try scene.outside.invite()
    }

    @Test(arguments: [
        (ForwardSettings.Occasion.always, "unconditional", 302), (.unreachable, "unavailable", 503),
    ])
    func `T03 a provider is told who sent a call on, in the field that it reads`(
        _ occasion: ForwardSettings.Occasion,
        _ reason: String,
        _ cause: Int
    ) throws {
        let number = occasion == .always ? "102" : "105"
        let without: Set = occasion == .unreachable ? ["105"] : []
        var told = try scene(.diversion, without: without)
        try told.forward(number, [occasion: Self.target])
        let invite = try leave(&told, number)
        #expect(
            invite.text(.diversion)
                == "<sip:+49301234567@sip.provider.example;user=phone>;reason=\(reason);counter=1;privacy=off;screen=no"
        )
        var kept = try scene(.history, without: without)
        try kept.forward(number, [occasion: Self.target])
        let history = try leave(&kept, number)
        #expect(
            history.text(.historyInfo) == "<sip:+49301234567@sip.provider.example;user=phone>;index=1, "
                + "<sip:+4989123456@sip.provider.example;user=phone;cause=\(cause)>;index=1.1;mp=1"
        )
    }

    @Test func `a provider that wants neither, and a call that was dialled, say nothing of forwards`() throws {
        var quiet = try scene(.nothing)
        try quiet.forward("102", [.always: Self.target])
        let sent = try leave(&quiet)
        #expect(sent.first(.diversion) == nil && sent.first(.historyInfo) == nil)
        var dialled = try scene(.diversion)
        #expect(try leave(&dialled, Self.target).first(.diversion) == nil)
    }

    @Test func `a chain inside is counted under the one number that the world knows`() throws {
        var scene = try scene(.diversion)
        try scene.forward("102", [.always: "103"])
        try scene.forward("103", [.always: Self.target])
        #expect(try leave(&scene).text(.diversion).contains("reason=unconditional;counter=2;"))
    }

    @Test func `it is said again when the provider asks who we are`() throws {
        var scene = try scene(.diversion)
        try scene.forward("102", [.always: Self.target])
        let first = try leave(&scene)
        let challenge =
            #"Proxy-Authenticate: Digest realm="sip.provider.example", nonce="n1", qop="auth", algorithm=SHA-256"#
        _ = scene.outside.say(407, to: first, extra: [challenge])
        #expect(try scene.outside.invite().text(.diversion) == first.text(.diversion))
    }

    @Test(arguments: [false, true])
    func `who withholds their number does so as a forwarder too`(_ keepsWithheld: Bool) throws {
        let number = try #require(ExtensionNumber(parsing: "102"))
        for field in [Trunk.ForwardField.diversion, .history] {
            var scene = try scene(field, keepsWithheld: keepsWithheld, withheld: [number])
            try scene.forward("102", [.always: Self.target])
            let invite = try leave(&scene)
            let text = invite.text(field == .diversion ? .diversion : .historyInfo)
            #expect(text.contains("+49301234567") == keepsWithheld, "\(text)")
            #expect(text.contains(field == .diversion ? "privacy=full" : "?Privacy=history"), "\(text)")
        }
    }

    // MARK: What a provider tells

    @Test func `the record says who sent a call on, as the provider says it, and nothing of it reaches the phone`()
        throws
    {
        var scene = try OutsideScene()
        _ = scene.bring(extra: [
            "Diversion: <sip:+4989111@sip.provider.example>;reason=no-answer;counter=1;privacy=off",
            "Diversion: \"x\" <tel:+4989222>;reason=user-busy, <sip:+4989333@x.example>;privacy=full",
        ])
        let invite = try #require(scene.office.received(on: scene.callee.flow).first)
        #expect(invite.first(.diversion) == nil && !String(decoding: invite.bytes, as: UTF8.self).contains("4989"))
        #expect(
            scene.office.record()?.path.map(\.text) == [
                "anonymous diverted +4989222", "+4989222 diverted +4989111", "+4989111 diverted \(OutsideScene.owned)",
            ]
        )
    }

    @Test func `the same from History-Info, whose last entry says where it went`() throws {
        var scene = try OutsideScene()
        _ = scene.bring(extra: [
            "History-Info: <sip:+4989111@x.example>;index=1, <sip:+4989222@x.example;cause=486?Privacy=history>;index=1.1",
            "History-Info: <sip:\(OutsideScene.owned)@x.example;cause=302>;index=1.1.1;mp=1.1",
        ])
        #expect(
            scene.office.record()?.path.map(\.text) == [
                "+4989111 diverted anonymous", "anonymous diverted \(OutsideScene.owned)",
            ]
        )
    }

    @Test func `S20 a call that was sent on too often, or comes back, does not come in`() throws {
        let much = (1...6).map { "Diversion: <sip:+498911\($0)@x.example>;reason=unconditional" }
        let cases: [[String]] = [
            much, ["Diversion: <sip:+4989111@x.example>;counter=6"],
            [
                "Diversion: <sip:+4989111@x.example>;counter=99999999999999999999999", much[0], much[1], much[2],
                much[3], much[4],
            ],
            ["Diversion: <sip:+4989111@x.example>, <sip:\(OutsideScene.owned)@x.example>"],
        ]
        for (index, extra) in cases.enumerated() {
            var scene = try OutsideScene()
            #expect(scene.bring(callID: "in-\(index)", extra: extra).last?.status == 482, "\(extra)")
            #expect(scene.office.received(on: scene.callee.flow).isEmpty)
            #expect(scene.office.record()?.control == .forwardingRules)
        }
        var unknown = try OutsideScene()
        #expect(unknown.bring(to: "+49309999999", extra: much).last?.status == 404, "not a number of ours in any case")
    }

    @Test func `S20 what a provider told counts when a call leaves once more`() throws {
        var scene = try scene(.diversion)
        try scene.forward("102", [.always: Self.target])
        let told = (1...5).map { "Diversion: <sip:+498911\($0)@x.example>;reason=unconditional" }
        let heard = scene.outside.bring(callID: "five", extra: told)
        #expect(heard.last?.status == 480 && !heard.contains { $0.method == .invite })
        let fewer = scene.outside.bring(callID: "four", extra: Array(told.dropLast()))
        let invite = try #require(fewer.first { $0.method == .invite })
        #expect(invite.text(.diversion).contains("+49301234567"), "only numbers of ours go out")
        #expect(!String(decoding: invite.bytes, as: UTF8.self).contains("498911"))
    }

    @Test(arguments: [
        "Diversion: garbage", "Diversion: <sip:>;counter=x", "History-Info: ;index=1",
        "Diversion: <sip:a@b>;counter=-5",
        "History-Info: <sip:a@b?Privacy=%zz>;index=1",
    ])
    func `what cannot be read was not said, and the call goes on`(_ field: String) throws {
        var scene = try OutsideScene()
        #expect(scene.bring(extra: [field]).map(\.status) == [100], "\(field)")
        #expect(scene.office.received(on: scene.callee.flow).contains { $0.method == .invite })
    }
}
