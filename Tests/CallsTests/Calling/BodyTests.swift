// SPDX-License-Identifier: Apache-2.0

import Calls
import SIP
import Testing

@Suite("RFC 5621 §3.1 and RFC 3261 §8.2.3: what stands in a body beside the media description")
struct BodyTests {
    private static let type = "multipart/mixed;boundary=b"

    private static func mixed(_ sdp: String) -> String {
        "--b\r\nContent-Type: application/pidf+xml\r\nContent-ID: <place>\r\n\r\n<presence>secret</presence>\r\n"
            + "--b\r\nContent-Type: application/sdp\r\n\r\n\(sdp)\r\n--b\r\nContent-Type: application/ISUP\r\n"
            + "Content-Disposition: signal;handling=optional\r\n\r\n\u{1}\u{2}\r\n--b--\r\n"
    }

    private func invite(
        _ body: String,
        _ type: String?,
        _ extra: [String] = []
    ) throws -> (Office, [Message], Phone) {
        var (office, caller, callee) = try Office.withPhones()
        let answers = try caller.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            extra: ["Contact: <\(caller.contact)>"] + extra,
            body: body,
            type: type
        )
        return (office, answers, callee)
    }

    @Test(arguments: [type, "Application / SDP"])
    func `a call with its description in it rings, and nothing else crosses`(
        type: String
    ) throws {
        let body = type == Self.type ? Self.mixed(SDP.offer()) : SDP.offer()
        var (office, answers, callee) = try invite(body, type)
        #expect(answers.map(\.status) == [100])
        let heard = try #require(office.received(on: callee.flow).first)
        #expect(heard.hasBody("application/sdp") && heard.bodyText.contains("m=audio"))
        #expect(!heard.string(ByteRange(0..<heard.bytes.count)).contains("secret"))
    }

    @Test func `a phone answers with its description among others`() throws {
        var scene = try RingingScene()
        let answer = scene.callee.answer(scene.invite, 200, sdp: Self.mixed(SDP.answer(to: scene.invite)))
        scene.office.deliver(
            answer.replacing("application/sdp\r\nContent-L", with: "\(Self.type)\r\nContent-L"),
            on: scene.callee.flow
        )
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [200])
    }

    @Test(arguments: [("text/xml", "Accept", "application/sdp"), ("application/sdp", "Accept-Encoding", "identity")])
    func `what cannot be read is refused with what would be`(type: String, field: String, value: String) throws {
        let extra = field == "Accept" ? [] : ["Content-Encoding: gzip"]
        let refusal = try #require(try invite("\u{1F}x", type, extra).1.last)
        #expect(refusal.status == 415 && refusal.first(named: field).map(refusal.string) == value)
        var scene = try Scene()
        for method in ["INVITE", "UPDATE"] {
            let request = scene.caller.inDialog(method, of: scene.answer, extra: extra, sdp: "x")
            scene.office.deliver(
                request.replacing("Type: application/sdp", with: "Type: \(type)"),
                on: scene.caller.flow
            )
            let heard = try #require(scene.office.received(on: scene.caller.flow).last)
            #expect(heard.status == 415 && heard.first(named: field).map(heard.string) == value)
            scene.office.deliver(
                scene.caller.inDialog("ACK", of: heard, sequence: try heard.cseq().number),
                on: scene.caller.flow
            )
        }
        #expect(scene.isStanding)
    }
}

@Suite("RFC 3261 §12.1.1: the way that a request has taken")
struct RecordRouteTests {
    private static let route = "<sip:edge.example;lr>,<sip:second.example;lr>"

    @Test func `both sides of a call are told it, and what we send later goes back that way`() throws {
        var scene = try RingingScene(["Record-Route: \(Self.route)"])
        let ringing = try #require(scene.progress(180).last)
        let answer = try #require(scene.pickUp().last)
        #expect([ringing, answer].map { $0.text(.recordRoute) } == [Self.route, Self.route])
        let ack = scene.caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
        scene.office.deliver(ack, on: scene.caller.flow)
        scene.office.deliver(scene.callee.inDialog("BYE", from: scene.invite), on: scene.callee.flow)
        let bye = try #require(scene.office.received(on: scene.caller.flow).last)
        var routes: [String] = []
        bye.forEach(.route) { routes.append(bye.string($0)) }
        #expect(bye.method == .bye && routes == ["<sip:edge.example;lr>", "<sip:second.example;lr>"])
    }

    @Test func `a refusal and an answer inside the call do not repeat it`() throws {
        var scene = try RingingScene(["Record-Route: \(Self.route)"])
        scene.office.deliver(scene.callee.answer(scene.invite, 486), on: scene.callee.flow)
        let refusal = try #require(scene.office.received(on: scene.caller.flow).last)
        #expect(refusal.status == 486 && refusal.count(.recordRoute) == 0)
        var standing = try Scene()
        let again = try #require(
            standing.callerSays("INVITE", extra: ["Record-Route: \(Self.route)"], sdp: SDP.offer()).last
        )
        #expect(again.status == 200 && again.count(.recordRoute) == 0)
    }

    @Test func `a subscription is told it too`() throws {
        var (office, caller, _) = try Office.withPhones()
        let heard = try caller.ask(
            &office,
            "SUBSCRIBE",
            to: "sip:102@\(Office.domain)",
            extra: ["Contact: <\(caller.contact)>", "Event: presence", "Expires: 600", "Record-Route: \(Self.route)"]
        )
        let accepted = try #require(heard.first { $0.status == 200 })
        #expect(accepted.text(.recordRoute) == Self.route)
    }
}
