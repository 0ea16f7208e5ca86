// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

@Suite("Whom nobody rings for learns no more from the clock than from a busy phone")
struct QuietTests {
    /// Milliseconds until who calls from outside is told no; `nil` for not at once and not later either.
    private func delay(_ scene: inout OutsideScene, _ callID: String, to number: String = OutsideScene.owned) -> Int? {
        let request = scene.provider.request(
            "INVITE",
            to: "sip:\(number)@192.0.2.1",
            from: "sip:+4940555123@\(OutsideScene.domain)",
            callID: callID,
            extra: ["Contact: <sip:gateway@198.51.100.1;transport=tls>"],
            body: SDP.offer(address: "198.51.100.1")
        )
        scene.office.deliver(request, on: scene.provider.flow)
        for milliseconds in 0...1_000 {
            let heard = scene.office.received(on: scene.provider.flow)
            if heard.contains(where: { ($0.status ?? 0) >= 300 }) { return milliseconds }
            scene.office.wait(.milliseconds(1))
        }
        return nil
    }

    private func quiet(_ scene: inout OutsideScene) throws {
        let number = try #require(ExtensionNumber(parsing: "102"))
        let origin = SettingOrigin(by: "test", at: WallTime(milliseconds: 0))
        scene.office.apply([.outside(.route(.forward(number, ForwardSettings(quiet: origin))))])
    }

    @Test func `who does not want to be disturbed says no as late as a phone, and never twice after the same time`()
        throws
    {
        var scene = try OutsideScene()
        try quiet(&scene)
        let delays = (0..<20).compactMap { delay(&scene, "call-\($0)") }
        #expect(delays.count == 20 && delays.allSatisfy { 100...400 ~= $0 })
        #expect(Set(delays).count > 10)
        #expect(scene.office.record()?.status == 486)
        #expect(scene.office.switchboard.calls().isEmpty)
    }

    @Test func `so does who is not there, and who is blocked hears at once that nobody has the number`() throws {
        var scene = try OutsideScene()
        let number = try #require(ExtensionNumber(parsing: "102"))
        var list = BlockList()
        let entry = try #require(BlockList.Entry(parsing: "+4940*"))
        _ = list.add(entry)
        scene.office.apply([.outside(.route(.block(list, of: number)))])
        #expect(delay(&scene, "blocked") == 0 && delay(&scene, "unowned", to: "+49309999999") == 0)
        scene.office.apply([.outside(.route(.block(BlockList(), of: number)))])
        scene.office.disconnect(scene.callee.flow)
        #expect(try #require(delay(&scene, "absent")) >= 100)
    }

    @Test func `colleagues, numbers that nobody has and who hangs up first do not wait`() throws {
        var scene = try OutsideScene()
        try quiet(&scene)
        #expect(try scene.dial("102").last?.status == 486)
        #expect(delay(&scene, "unowned", to: "+49309999999") == 0)
        scene.office.storesAtOnce = false
        #expect(delay(&scene, "unstored") == nil, "not before it is on the disk")
        scene.office.store(ok: true)
        #expect(scene.office.received(on: scene.provider.flow).last?.status == 486)
    }
}
