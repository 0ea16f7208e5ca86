// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 3264 §8.4: who is on hold hears music, and is not told")
struct MusicTests {
    private static func scene(isOn: Bool = true) throws -> Scene {
        var scene = try Scene()
        scene.office.apply([.outside(.route(.playMusic(MusicSettings(isOn: isOn))))])
        return scene
    }

    /// The caller changes the call, and confirms what it is answered.
    private static func change(_ scene: inout Scene, _ sdp: String) throws -> Message {
        let accepted = try #require(scene.callerSays("INVITE", sdp: sdp).last)
        let ack = scene.caller.inDialog("ACK", of: accepted, sequence: try accepted.cseq().number)
        scene.office.deliver(ack, on: scene.caller.flow)
        return accepted
    }

    /// Who hears music, by the last command about it.
    private static func listener(_ scene: Scene) -> RelaySide? {
        for case .entertain(_, let side, let isOn) in scene.office.media.reversed() { return isOn ? side : nil }
        return nil
    }

    private static func isPlaying(_ scene: Scene) -> Bool {
        if case .play? = scene.office.voice.last { true } else { false }
    }

    private static func hasEnded(_ scene: Scene) -> Bool {
        if case .end? = scene.office.voice.last { true } else { false }
    }

    @Test(arguments: ["sendonly", "inactive"])
    func `the phone on hold hears it without a word, and its partner again afterwards`(direction: String) throws {
        var scene = try Self.scene()
        for _ in 0..<2 {
            let held = try Self.change(&scene, SDP.offer(direction: direction))
            #expect(held.status == 200)
            #expect(held.bodyText.contains("a=\(direction == "sendonly" ? "recvonly" : "inactive")\r\n"))
            #expect(scene.office.received(on: scene.callee.flow).isEmpty)
            #expect(Self.listener(scene) == .b && Self.isPlaying(scene))
            let resumed = try Self.change(&scene, SDP.offer(direction: "sendrecv"))
            #expect(resumed.status == 200 && resumed.bodyText.contains("a=sendrecv\r\n"))
            #expect(scene.office.received(on: scene.callee.flow).isEmpty)
            #expect(Self.listener(scene) == nil && Self.hasEnded(scene))
        }
        #expect(scene.isStanding)
    }

    @Test func `without it, and where the phone cannot hear it, hold is passed on`() throws {
        var silent = try Self.scene(isOn: false)
        _ = silent.callerSays("INVITE", sdp: SDP.offer(direction: "sendonly"))
        #expect(silent.office.received(on: silent.callee.flow).map(\.method) == [.invite])
        #expect(silent.office.voice.isEmpty)
        var other = try Self.scene()
        _ = other.callerSays("INVITE", sdp: SDP.offer(direction: "sendonly", formats: "9"))
        #expect(other.office.received(on: other.callee.flow).map(\.method) == [.invite], "other formats concern it too")
    }

    @Test func `who waits may refresh the session, and is not made to wait by that`() throws {
        var scene = try Self.scene()
        _ = try Self.change(&scene, SDP.offer(direction: "sendonly"))
        let refreshed = try #require(scene.calleeSays("INVITE", sdp: SDP.offer()).last)
        #expect(refreshed.status == 200 && refreshed.bodyText.contains("a=sendrecv\r\n"))
        #expect(Self.listener(scene) == .b)
        _ = scene.calleeSays("ACK", sequence: try refreshed.cseq().number)
        _ = try Self.change(&scene, SDP.offer(direction: "sendrecv"))
        #expect(scene.office.received(on: scene.callee.flow).isEmpty && Self.listener(scene) == nil)
    }

    @Test func `it ends with the call, and when it is switched off`() throws {
        var scene = try Self.scene()
        _ = try Self.change(&scene, SDP.offer(direction: "sendonly"))
        _ = scene.callerSays("BYE")
        #expect(Self.hasEnded(scene) && !scene.isStanding)
        var other = try Self.scene()
        _ = try Self.change(&other, SDP.offer(direction: "sendonly"))
        other.office.apply([.outside(.route(.playMusic(MusicSettings(isOn: false))))])
        #expect(Self.listener(other) == nil && Self.hasEnded(other) && other.isStanding)
        // It was never told, and can be told now.
        _ = other.callerSays("INVITE", sdp: SDP.offer(direction: "sendrecv"))
        #expect(other.isStanding)
    }
}
