// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import NIOHTTP1
import Primitives
import Testing

@testable import Server

/// The pages do what the command line does, by the same commands: what a form changes is in the settings and in the journal.
@Suite("Pages of the portal", .serialized)
struct PortalPageTests {
    private static let pages = [
        "/", "/calls", "/alerts", "/alerts?show=all", "/history", "/spend", "/extensions", "/groups", "/dialling",
        "/dialling?q=mal", "/dialling/MV", "/trunks", "/trunks/add", "/first-hour", "/controls",
        "/controls/login-protection", "/proof", "/blocked", "/blocked?address=203.0.113.9", "/exceptions",
        "/operators", "/journal", "/account", "/about", "/alerts/channels", "/alerts/add?by=mail",
        "/alerts/add?by=webhook", "/alerts/add?by=syslog", "/backups", "/tokens", "/tokens/wallboard/revoke",
        "/numbers",
        "/voicemail", "/voicemail/204/pin", "/voicemail/204/remove",
    ]

    private func send(
        _ anna: PortalScene.Person,
        _ path: String,
        _ form: [(String, String)]
    ) async throws -> PortalClient.Reply {
        try await anna.client.ask(.POST, path, form: [("token", anna.token)] + form)
    }

    @Test func `each is whole: one heading, no value that is none, and everything in its place`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            _ = try await scene.run(AddExtensions([NewExtension(number: "204", name: "Reception <b>")]))
            for path in Self.pages {
                let page = try await anna.client.ask(.GET, path)
                #expect(page.status == 200, "\(path)")
                #expect(page.body.components(separatedBy: "<h1").count == 2, "\(path)")
                for wrong in ["Optional(", ">nil", "<b>", "{{", "class=\"\""] {
                    #expect(!page.body.contains(wrong), "\(path): \(wrong)")
                }
            }
        }
    }

    @Test func `a role sees the pages that it is for, and the others are refused`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let bill = try await scene.enrol("bill", as: .billing)
            for (path, status) in [
                ("/spend", 200), ("/history", 200), ("/groups", 200), ("/trunks", 422), ("/dialling", 422),
                ("/proof", 422),
                ("/blocked", 422), ("/alerts", 422), ("/exceptions", 422), ("/about", 200), ("/alerts/channels", 422),
                ("/backups", 422), ("/tokens", 422), ("/journal/export", 422),
            ] {
                #expect(try await bill.client.ask(.GET, path).status == status, "\(path)")
            }
            let limit = [("subject", "business"), ("hour", "1"), ("day", "1"), ("week", "1")]
            #expect(try await send(bill, "/spend/limit", limit).status == 422)
            #expect(try await send(bill, "/proof/audit", []).status == 422)
            #expect(try await send(bill, "/proof/attack", []).status != 200)
            #expect(scene.system.snapshot.outside.spending == SpendSettings())
        }
    }

    @Test func `limits of money are changed, and what cannot be is said beside what was typed`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            let limit = [("subject", "business"), ("hour", "3.50"), ("day", "7"), ("week", "20")]
            #expect(try await send(anna, "/spend/limit", limit).status == 303)
            #expect(scene.system.snapshot.outside.spending.businessLimits.day == Money(units: 7))
            #expect(try await anna.client.ask(.GET, "/spend").body.contains("7.00 EUR"))
            let wrong = try await send(anna, "/spend/limit", [("subject", "business"), ("day", "<b>much")])
            #expect(wrong.status == 422 && wrong.body.contains("value=\"&lt;b&gt;much\""))
            #expect(try await send(anna, "/spend/price", [("perCall", "2.00")]).status == 303)
            #expect(scene.system.snapshot.outside.spending.perCall == Money(units: 2))
            #expect(try await anna.client.ask(.GET, "/journal").body.contains("spend.limit"))
        }
    }

    @Test func `a country is opened for good and for a while, and closed again`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            let (france, spain) = (try #require(Region(parsing: "FR")), try #require(Region(parsing: "ES")))
            let open = [("access", "without-high-risk"), ("reason", "A supplier in Lyon")]
            #expect(try await send(anna, "/dialling/FR", open).status == 303)
            #expect(scene.system.snapshot.outside.dialing.rights.countries[france]?.access == .withoutHighRisk)
            let release = [("until", "1h"), ("why", "A house sale in Valencia")]
            #expect(try await send(anna, "/dialling/ES/release", release).status == 303)
            #expect(scene.system.snapshot.outside.dialing.releases.map(\.scope) == [.region(spain)])
            #expect(try await send(anna, "/dialling/FR/release", release).status == 303)
            let end = [("place", "FR")]
            #expect(try await send(anna, "/dialling/end", end).status == 303)
            #expect(scene.system.snapshot.outside.dialing.rights.countries[france]?.access == .withoutHighRisk)
            let list = try await anna.client.ask(.GET, "/dialling?show=open").body
            #expect(list.contains("France") && list.contains("A house sale in Valencia") && !list.contains("Maldives"))
            #expect(try await anna.client.ask(.GET, "/exceptions").body.contains("Calls to Spain"))
            #expect(try await send(anna, "/exceptions/end", [("what", "release ES")]).status == 303)
            #expect(scene.system.snapshot.outside.dialing.releases.isEmpty)
            #expect(try await send(anna, "/dialling/FR", [("access", "closed")]).status == 303)
            #expect(scene.system.snapshot.outside.dialing.rights.countries[france] == nil)
        }
    }

    @Test func `what is asked of callers and where calls may be forwarded is shown, and kept by a change`() async throws
    {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            let france = try #require(Region(parsing: "FR"))
            var open = OpenCountry("FR")
            (open.answer, open.onward) = (.code, true)
            _ = try await scene.run(open)
            #expect(try await anna.client.ask(.GET, "/dialling/FR").body.contains("callers type a code"))
            #expect(try await send(anna, "/dialling/FR", [("access", "open")]).status == 303)
            let rights = scene.system.snapshot.outside.dialing.rights
            #expect(rights.countries[france] == CountryRule(.open, answer: .code))
            #expect(rights.onwardCountries == [france])
        }
    }

    @Test func `the country is changed with the hours or not at all, and keeps its international prefix`() async throws
    {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            _ = try await scene.run(SetHome(region: "DE", outsidePrefix: "0", internationalPrefix: "00"))
            let country = [("region", "DE"), ("outside", "9"), ("area", ""), ("zone", "Europe/Berlin")]
            let wrong = try await send(anna, "/first-hour/country", country + [("spans", "mon-fri whenever")])
            #expect(wrong.status == 422)
            #expect(scene.system.snapshot.outside.dialing.numbering.outsidePrefix?.text == "0")
            let right = try await send(anna, "/first-hour/country", country + [("spans", "mon-fri 08:00-18:00")])
            #expect(right.status == 303)
            let numbering = scene.system.snapshot.outside.dialing.numbering
            #expect(numbering.outsidePrefix?.text == "9" && numbering.internationalPrefix?.text == "00")
        }
    }

    @Test func `the alerts are what people were told, faults too, and the rest is noted`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            let fault = Finding("disk-space", .critical, "The disk is full", evidence: "1 % is left")
            scene.system.server.events.publish(.found(fault))
            var page = ""
            let deadline = ContinuousClock.now + .seconds(20)
            while !page.contains("The disk is full"), .now < deadline {
                page = try await anna.client.ask(.GET, "/alerts").body
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(page.contains("The disk is full") && page.contains("1 % is left"))
            #expect(!page.contains(">Refused<"))
            #expect(!(try await anna.client.ask(.GET, "/alerts?show=all").body.contains(">Refused<")))
        }
    }

    @Test func `a session that asks for much has to wait, and no other`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let (anna, bert) = (try await scene.enrol("anna"), try await scene.enrol("bert"))
            var statuses: Set<Int> = []
            for _ in 0..<12 { statuses.insert(try await anna.client.ask(.GET, "/history?from=2026-01-01").status) }
            #expect(statuses == [200, 429])
            #expect(try await bert.client.ask(.GET, "/history?from=2026-01-01").status == 200)
        }
    }

    @Test func `a line is added without its password being shown, tested, and cut off`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            let line = [
                ("name", "main"), ("domain", "sip.provider.example"), ("server", "127.0.0.1:9"),
                ("username", "account"), ("password", "zv82Kq-not-shown"), ("networks", ""),
            ]
            let added = try await send(anna, "/trunks/add", line)
            #expect(added.status == 303, "\(added.body)")
            let page = try await anna.client.ask(.GET, "/trunks/main").body
            #expect(page.contains("sip.provider.example") && !page.contains("zv82Kq"))
            let tested = try await send(anna, "/trunks/main/test", [])
            #expect(tested.status == 200 && tested.body.contains("Something is wrong."))
            #expect(try await send(anna, "/trunks/main/disable", []).status == 303)
            #expect(scene.system.snapshot.outside.trunks.values.map(\.trunk.isEnabled) == [false])
        }
    }

    @Test func `groups, hours and the night switch are changed`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            _ = try await scene.run(AddExtensions(["101", "102"].map { NewExtension(number: $0, name: "Desk \($0)") }))
            let group = [("group", "sales"), ("number", "600"), ("order", "in-turn"), ("members", "101, 102")]
            #expect(try await send(anna, "/groups/add", group).status == 303)
            let members = [("change", "leave"), ("members", "102")]
            #expect(try await send(anna, "/groups/sales/members", members).status == 303)
            let made = try #require(scene.system.snapshot.outside.routing.groups.values.first)
            #expect(made.members.count == 2 && made.away.count == 1)
            #expect(try await anna.client.ask(.GET, "/groups/sales").body.contains("Away"))
            let hours = [("zone", "Europe/Berlin"), ("spans", "mon-fri  08:00-18:00\r\n\r\nsat 09:00-12:00")]
            #expect(try await send(anna, "/hours", hours).status == 303)
            #expect(scene.system.snapshot.hours?.spans.count == 2)
            #expect(try await send(anna, "/night", [("mode", "closed")]).status == 303)
            #expect(scene.system.snapshot.outside.routing.night == .closed)
        }
    }

    @Test func `an address is shut out and let in again, and who asks sees their own`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            let ban = [("source", "203.0.113.7"), ("reason", "seen in the log"), ("hours", "24")]
            #expect(try await send(anna, "/blocked/add", ban).status == 303)
            let page = try await anna.client.ask(.GET, "/blocked?address=203.0.113.7").body
            #expect(page.contains("203.0.113.7 is shut out.") && page.contains("You come from 127.0.0.1"))
            let ask = try await anna.client.ask(.GET, "/blocked/lift?source=203.0.113.7")
            #expect(ask.status == 200 && ask.body.contains("Let 203.0.113.7 in again?"))
            #expect(try await send(anna, "/blocked/lift", [("source", "203.0.113.7")]).status == 303)
            #expect(try await scene.run(ListBans()).isEmpty)
        }
    }

    @Test func `a look is begun from the page, and the score counts what it found`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            _ = try await scene.run(AddExtensions([NewExtension(number: "204", name: "Reception")]))
            let before = try await anna.client.ask(.GET, "/").body
            #expect(before.contains("Nothing of what protects it is proven yet") && before.contains("/proof"))
            #expect(try await scene.run(ShowScore()).value == 0)
            #expect(try await send(anna, "/proof/audit", []).status == 303)
            let deadline = ContinuousClock.now + .seconds(60)
            while try await anna.client.ask(.GET, "/proof").body.contains("is under way"), .now < deadline {
                try await Task.sleep(for: .milliseconds(200))
            }
            let page = try await anna.client.ask(.GET, "/proof").body
            #expect(page.contains("The whole report") && page.contains("Begun by anna"))
            let score = try await scene.run(ShowScore())
            #expect(score.items.contains { $0.standing == .old && $0.points == 40 })
            #expect(score.history.last?.value == score.value && score.history.count == 90)
        }
    }

    @Test func `the first hour goes from nothing to a business that may call outside`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            _ = try await scene.run(AskGoLive())
            #expect(try await anna.client.ask(.GET, "/first-hour").body.contains("0 of 7 steps") == false)
            let country = [
                ("region", "DE"), ("outside", "0"), ("area", "30"), ("zone", "Europe/Berlin"),
                ("spans", "mon-fri 08:00-18:00"),
            ]
            #expect(try await send(anna, "/first-hour/country", country).status == 303)
            #expect(scene.system.snapshot.outside.dialing.numbering.areaCode?.text == "30")
            let people = [("list", "101, Reception\r\n102;\"Ewan Clarke\"\r\n\r\n103\tLab")]
            #expect(try await send(anna, "/first-hour/people", people).status == 303)
            #expect(
                scene.system.snapshot.extensions.values.map(\.name).sorted() == ["Ewan Clarke", "Lab", "Reception"]
            )
            let again = try await send(anna, "/first-hour/people", people)
            #expect(
                again.status == 422 && again.body.contains("101, Reception")
                    && scene.system.snapshot.extensions.count == 3
            )
            let closed = try await anna.client.ask(.GET, "/first-hour?step=7").body
            #expect(closed.contains("Calls outside are refused until this is done."))
            #expect(try await send(anna, "/first-hour/confirm", [("duty", "second-factor")]).status == 303)
            let wait = [("duty", "all"), ("until", "7d"), ("reason", "Mail comes on Monday")]
            #expect(try await send(anna, "/first-hour/wait", wait).status == 303)
            let gate = scene.system.snapshot.outside.goLive
            #expect(gate.missing(at: .init(milliseconds: 0)).isEmpty && gate[.secondFactor]?.until == nil)
            #expect(try await anna.client.ask(.GET, "/first-hour?step=7").body.contains("Calls outside may leave."))
            #expect(try await anna.client.ask(.GET, "/exceptions").body.contains("Mail comes on Monday"))
        }
    }
}
