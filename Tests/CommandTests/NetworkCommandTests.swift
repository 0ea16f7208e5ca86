// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model
import Primitives
import Testing

@testable import ringfence

@Suite("ringfence site, origin, media, listener add and client-ca")
struct NetworkCommandTests {
    private func prefix(_ text: String = "10.1.0.0/16") throws -> IPPrefix { try #require(IPPrefix(parsing: text)) }

    @Test func `a site says how to take it back`() throws {
        let verb = try parse(SiteAdd.self, "10.1.2.3/16")
        #expect(verb.command == AddSite(prefix: "10.1.0.0/16"))
        let output = try verb.answer(from: Office(try prefix()))
        #expect(output.text == "10.1.0.0/16 is a site.")
        #expect(output.hint == "Take it back: ringfence site remove 10.1.0.0/16")
        #expect(output.json == #""10.1.0.0/16""#)
    }

    @Test func `lists are one line each, and an empty one says what to do`() throws {
        let sites = [try prefix(), try prefix("2001:db8::/48")]
        #expect(try parse(SiteList.self).answer(from: Office(sites)).text == "10.1.0.0/16\n2001:db8::/48")
        let empty = try parse(SiteList.self).answer(from: Office([IPPrefix]()))
        #expect((empty.text, empty.json) == ("There are no sites.", "[]"))
        #expect(empty.hint == "Name the network of an office: ringfence site add 10.1.0.0/16")
        #expect(try parse(OriginList.self).answer(from: Office([WebOrigin]())).text == "None but our own.")
    }

    @Test func `what holds from the next start on says so`() throws {
        let ports = try #require(MediaPorts(parsing: "192.0.2.10:40000-40001"))
        let media = try parse(MediaSet.self, "192.0.2.10:40000-40001").answer(from: Office([ports]))
        #expect(media.text == "Media arrives on 192.0.2.10:40000-40001 from the next start on.")
        let address = try #require(SocketAddress(parsing: "192.0.2.10:8443"))
        let verb = try parse(ListenerAdd.self, "wss", "192.0.2.10:8443", "--clients", "request")
        #expect(verb.command == AddListener(.wss, address: "192.0.2.10:8443", clients: .request))
        let output = try verb.answer(from: Office(EncryptedListener(.wss, address, clients: .request)))
        #expect(output.text == "SIP over secure WebSockets is accepted on 192.0.2.10:8443 from the next start on.")
        #expect(output.hint == "Take it back: ringfence listener remove 192.0.2.10:8443")
    }

    @Test func `hours are shown by day, and whether it is open now`() throws {
        let hours = try #require(OpeningHours(parsing: "Europe/Berlin: mon-fri 08:00-18:00, sat 09:00-12:00"))
        let verb = try parse(HoursSet.self, "mon-fri 08:00-18:00", "sat 09:00-12:00", "--zone", "Europe/Berlin")
        #expect(verb.command == SetHours(zone: "Europe/Berlin", spans: ["mon-fri 08:00-18:00", "sat 09:00-12:00"]))
        #expect(
            try verb.answer(from: Office(ShowHours.Reply(hours: hours, isOpen: false))).text == """
                The business is closed now. Its hours (Europe/Berlin):
                  mon-fri 08:00-18:00
                  sat 09:00-12:00
                """
        )
        let none = try parse(HoursShow.self).answer(from: Office(ShowHours.Reply(hours: nil, isOpen: true)))
        #expect(none.text == "The business is open at all times." && none.hint == HoursSet.example)
        #expect(try parse(HoursClear.self).command == SetHours(zone: "", spans: []))
    }

    @Test func `what is no network, no site of the web or no port is a typing error`() {
        let wrong: [(any ParsableCommand.Type, [String])] = [
            (SiteAdd.self, ["10.1.0.0/33"]), (SiteRemove.self, []), (OriginAdd.self, ["ftp://x"]),
            (MediaSet.self, ["192.0.2.10:40001-40002"]), (MediaSet.self, []),
            (ListenerAdd.self, ["udp", "192.0.2.10:5060"]),
        ]
        for (verb, arguments) in wrong {
            #expect(throws: (any Error).self, "\(verb)") { try verb.parse(arguments + ["--data", "/nowhere"]) }
        }
    }

    @Test func `every command of the server that is typed stands in the registry`() {
        var verbs: [any ParsableCommand.Type] = [Ringfence.self]
        var names: Set<String> = []
        while let verb = verbs.popLast() {
            verbs += verb.configuration.subcommands
            if let verb = verb as? any ServerCommand.Type { names.insert(verb.asked.name) }
        }
        let registered = Set(CommandRegistry.all.map { $0.name })
        #expect(names.isSubset(of: registered), "\(names.subtracting(registered))")
        // These are asked for by programs and by the portal, not typed.
        #expect(registered.subtracting(names) == ["attack.begin", "control.keep-proofs", "doctor", "rates.upload"])
    }
}

extension ServerCommand {
    fileprivate static var asked: any Command.Type { Asked.self }
}
