// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 4235 §4: lamps of places and of settings")
struct ServiceLampTests {
    @Test func `a place is dark, lit while a call waits there, and dark again`() throws {
        var scene = try ParkScene()
        var watcher = scene.stage.target
        let (_, first) = try watcher.watch(&scene.office, "*681")
        #expect(first.document.contains("entity=\"sip:*681@office.example\"") && first.callStates.isEmpty)
        scene.pass(seconds: 2)
        _ = scene.park()
        let lit = try #require(watcher.notices(&scene.office).last)
        #expect(lit.callStates == ["confirmed"])
        scene.pass(seconds: 3)
        _ = scene.stage.scene.callerSays("BYE")
        scene.office.wait(.seconds(2))
        #expect(watcher.notices(&scene.office).last?.callStates == ["terminated"])
    }

    @Test func `a place that there is not, or not any more, is not watched`() throws {
        var scene = try ParkScene()
        var watcher = scene.stage.target
        #expect(try watcher.subscribe(&scene.office, to: "*6810").last?.status == 403)
        _ = try watcher.watch(&scene.office, "*689", callID: "nine")
        scene.office.apply([
            .outside(.route(.park(try #require(ParkingSettings(places: 3, seconds: 60, reach: .everybody)))))
        ])
        #expect(watcher.notices(&scene.office).map { $0.text("Subscription-State") } == ["terminated;reason=rejected"])
        #expect(try watcher.subscribe(&scene.office, to: "*681", event: "presence", callID: "p").last?.status == 403)
    }

    @Test func `the night: lit while the business is closed, by somebody or by its hours`() throws {
        var office = try Office()
        var watcher = try Phone("phone-101-000001", in: &office)
        let (_, first) = try watcher.watch(&office, "*28")
        #expect(first.callStates.isEmpty)
        office.wait(.seconds(3))
        office.apply([.outside(.route(.switchNight(.closed)))])
        #expect(watcher.notices(&office).last?.callStates == ["confirmed"])
        office.wait(.seconds(3))
        office.apply([.outside(.route(.switchNight(.automatic)))])
        #expect(watcher.notices(&office).last?.callStates == ["terminated"])
        office.wait(.seconds(3))
        office.setOpen(false)
        #expect(watcher.notices(&office).last?.callStates == ["confirmed"])
        office.wait(.seconds(3))
        office.setOpen(false)
        #expect(watcher.notices(&office).map(\.callStates).isEmpty, "that is no news")
    }

    @Test func `its own peace and groups, each phone's for itself`() throws {
        var office = try Office()
        var watcher = try Phone("phone-101-000001", in: &office)
        _ = try watcher.watch(&office, "*78", callID: "quiet")
        _ = try watcher.watch(&office, "*45*700", callID: "group")
        office.wait(.seconds(3))
        let origin = SettingOrigin(by: "test", at: WallTime(milliseconds: 0))
        let (own, other) = (
            try #require(ExtensionNumber(parsing: "101")), try #require(ExtensionNumber(parsing: "102"))
        )
        office.apply([.outside(.route(.forward(other, ForwardSettings(quiet: origin))))])
        #expect(watcher.notices(&office).isEmpty, "another extension's peace is not its own")
        office.apply([.outside(.route(.forward(own, ForwardSettings(quiet: origin))))])
        #expect(watcher.notices(&office).map(\.callStates) == [["confirmed"]])
        var group = try RoutingScene.group(.all, ["101", "102"], nil, nil, "700")
        office.apply([.outside(.route(.putGroup(group)))])
        #expect(watcher.notices(&office).isEmpty)
        let isAway = group.set(own, isAway: true)
        #expect(isAway)
        office.apply([.outside(.route(.putGroup(group)))])
        let lit = try #require(watcher.notices(&office).last)
        #expect(lit.callStates == ["confirmed"] && lit.document.contains("sip:*45*700@"))
    }
}
