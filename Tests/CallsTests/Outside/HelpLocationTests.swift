// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 6442 §4.1: the location of who calls for help")
struct HelpLocationTests {
    private static let own = "+49301234568"

    /// 101 stands in a room, and is called back at a number of its own.
    private func scene(takesLocation: Bool = true, told: [String] = []) throws -> OutsideScene {
        var scene = try OutsideScene()
        let phone = try #require(scene.office.snapshot.devices["phone-101-000001"]).id
        var emergency = EmergencySettings()
        let address = CivicAddress(
            country: try #require(Region(parsing: "DE")),
            [.city: "Berlin", .street: "Tom & Jerry <Weg>", .house: "1", .floor: "2", .room: "204", .postcode: "10117"]
        )
        let callback = try #require(PhoneNumber(parsing: Self.own))
        emergency.put(EmergencySettings.Place(address: address, callback: callback), of: phone)
        var way = EmergencySettings.Way()
        way.takesLocation = takesLocation
        emergency.put(way, over: try #require(TrunkName(parsing: "main")))
        let numbers = told.compactMap { ExtensionNumber(parsing: $0) }
        let isTold = emergency.tell(numbers)
        #expect(isTold)
        scene.office.apply([
            .outside(.own(try OutsideScene.number(Self.own, "101"))), .outside(.help(emergency)),
        ])
        return scene
    }

    @Test func `goes with the call where the provider takes it, beside the audio`() throws {
        var scene = try scene()
        _ = try scene.dial("112")
        let invite = try scene.invite()
        #expect(invite.text(.contentType) == "multipart/mixed;boundary=ringfence-location")
        let body = invite.bodyText
        let name = String(try #require(invite.first(named: "Geolocation").map { invite.string($0) }))
        #expect(name.hasPrefix("<cid:") && body.contains("Content-ID: <\(name.dropFirst(5))"))
        #expect(body.contains("Content-Type: application/sdp\r\n\r\nv=0") && body.contains("RTP/SAVP"))
        #expect(body.contains("<gbp:retransmission-allowed>true</gbp:retransmission-allowed>"))
        for part in [
            "<ca:country>DE</ca:country>", "<ca:A3>Berlin</ca:A3>", "<ca:RD>Tom &amp; Jerry &lt;Weg&gt;</ca:RD>",
            "<ca:HNO>1</ca:HNO>", "<ca:FLR>2</ca:FLR>", "<ca:PC>10117</ca:PC>", "<ca:ROOM>204</ca:ROOM>",
        ] { #expect(body.contains(part), "\(part)") }
        let answer = try #require(scene.say(200, to: invite).last)
        #expect(answer.status == 200)
    }

    @Test func `is nobody's matter for any other call, and for a provider that does not take it`() throws {
        var scene = try scene()
        _ = try scene.dial("040555123")
        let other = try scene.invite()
        #expect(other.text(.contentType) == "application/sdp" && other.first(named: "Geolocation") == nil)
        var plain = try self.scene(takesLocation: false)
        _ = try plain.dial("112")
        let invite = try plain.invite()
        #expect(invite.text(.contentType) == "application/sdp" && !invite.bodyText.contains("Berlin"))
    }

    @Test(arguments: [424, 415, 400, 488])
    func `a provider that refuses it is asked once more without it`(status: Int) throws {
        var scene = try scene()
        _ = try scene.dial("112")
        let first = try scene.invite()
        _ = scene.say(status, to: first)
        let second = try scene.invite()
        #expect(second.text(.contentType) == "application/sdp" && second.text(.callID) != first.text(.callID))
        #expect(scene.say(status, to: second).last?.status ?? 0 >= 400)
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .invite })
    }

    @Test func `stays with the call when the provider asks who we are`() throws {
        var scene = try scene()
        _ = try scene.dial("112")
        let challenge =
            #"Proxy-Authenticate: Digest realm="sip.provider.example", nonce="n1", qop="auth", algorithm=SHA-256"#
        _ = scene.say(407, to: try scene.invite(), extra: [challenge])
        let second = try scene.invite()
        #expect(second.text(.contentType).hasPrefix("multipart/mixed") && second.first(named: "Geolocation") != nil)
        #expect(second.bodyText.contains("<ca:ROOM>204</ca:ROOM>"))
    }

    @Test func `the call-back number of the phone is shown, also by who wants to stay unknown`() throws {
        var scene = try scene()
        let heard = try scene.caller.ask(
            &scene.office,
            "INVITE",
            to: "sip:112@\(Office.domain)",
            callID: "private",
            extra: ["Contact: <\(scene.caller.contact)>", "Privacy: id"],
            body: SDP.offer()
        )
        #expect(heard.map(\.status) == [100])
        let invite = try scene.invite()
        #expect(invite.text(.from).hasPrefix("<sip:\(Self.own)@") && invite.text(.pAssertedIdentity).contains(Self.own))
        #expect(invite.first(.privacy) == nil)
    }

    @Test func `the front desk is told at once who calls, from where, and how to call back`() throws {
        var scene = try scene(told: ["102"])
        _ = try scene.dial("112")
        let event = try #require(scene.office.events.last { $0.kind == .emergencyCall })
        #expect(event.kind.traits.alarm?.severity == .critical)
        for word in ["extension 101", "112", "room 204", Self.own, "trunk main"] {
            #expect(event.detail.contains(word))
        }
        let message = try #require(scene.office.received(on: scene.callee.flow).first { $0.method == .message })
        #expect(message.bodyText.contains("extension 101") && message.bodyText.contains("room 204"))
        _ = scene.say(503, to: try scene.invite())
        #expect(scene.office.events.count { $0.kind == .emergencyCall } == 1, "once for a call")
    }

    @Test func `nobody is told of a call that is none for help`() throws {
        var scene = try scene(told: ["102"])
        _ = try scene.dial("040555123")
        #expect(!scene.office.events.contains { $0.kind == .emergencyCall })
    }
}
