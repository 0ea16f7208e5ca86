// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

@Suite("Which trunk a call leaves by")
struct OutsideRouteTests {
    /// An office with a second provider that costs half, and a third that costs four times as much.
    private struct Scene {
        var outside: OutsideScene
        let flows: [String: Flow]

        init(
            _ order: OutsideRoute.Order?,
            _ trunks: [String] = ["main", "backup", "third"],
            prices: [String: Int64] = ["backup": 5_000, "third": 40_000],
            regions: Set<Region> = [],
            hours: OutsideRoute.Hours = .always,
            spending change: @escaping (inout SpendSettings) -> Void = { _ in }
        ) throws {
            outside = try OutsideScene { change(&$1) }
            var flows = ["main": outside.provider.flow]
            for (index, name) in ["backup", "third"].enumerated() {
                outside.office.apply([.outside(.putTrunk(try OutsideScene.trunk(name, priority: 10 + index)))])
                flows[name] = try outside.connect(to: ["198.51.100.\(20 + index):5061"])[0]
                guard let price = prices[name] else { continue }
                let deck = try OutsideScene.deck([("+49", price)], of: name)
                outside.office.apply([.outside(.rate(.wait(deck))), .outside(.rate(.activate(deck.deck.id)))])
            }
            self.flows = flows
            guard let order else { return }
            try put("all", trunks, order, regions: regions, hours: hours)
        }

        mutating func put(
            _ name: String,
            _ trunks: [String],
            _ order: OutsideRoute.Order = .listed,
            prefixes: Set<NumberPrefix> = [],
            regions: Set<Region> = [],
            hours: OutsideRoute.Hours = .always
        ) throws {
            let route = OutsideRoute(
                name: try #require(ShortName(parsing: name)),
                prefixes: prefixes,
                regions: regions,
                hours: hours,
                order: order,
                trunks: try trunks.map { try #require(TrunkName(parsing: $0)) }
            )
            outside.office.apply([.outside(.putRoute(try #require(route)))])
        }

        /// 101 dials; by which trunk the call left, with its INVITE. `nil` where it did not.
        mutating func dial(_ number: String = "040555123", _ callID: String = "call-1") throws -> (String, Message)? {
            heard = try outside.dial(number, callID: callID)
            return left()
        }

        /// The same where it has to leave.
        mutating func leave(_ number: String = "040555123", _ callID: String = "call-1") throws -> (String, Message) {
            let left = try dial(number, callID)
            return try #require(left)
        }

        /// The next trunk that it is tried at.
        mutating func next() throws -> (String, Message) {
            let left = left()
            return try #require(left)
        }

        /// What the caller heard last.
        var heard: [Message] = []

        mutating func left() -> (String, Message)? {
            for (name, flow) in flows {
                let got = outside.office.received(on: flow)
                if let invite = got.first(where: { $0.method == .invite }) {
                    outside.provider.flow = flow
                    return (name, invite)
                }
            }
            return nil
        }

        mutating func say(_ status: Int, to invite: Message) { heard = outside.say(status, to: invite) }
    }

    @Test func `without routes it is the first choice, whatever it costs`() throws {
        var scene = try Scene(nil)
        #expect(try scene.dial()?.0 == "main")
    }

    @Test func `by least cost it is the cheapest one that has a price, and of two alike the one that is named first`()
        throws
    {
        var scene = try Scene(.leastCost)
        #expect(try scene.dial()?.0 == "backup")
        var alike = try Scene(.leastCost, ["third", "main"], prices: [:])
        #expect(try alike.dial()?.0 == "third")
        var unpriced = try Scene(.leastCost, ["backup", "main"], prices: [:])
        let deck = try OutsideScene.deck([("+43", 1)], of: "backup")
        unpriced.outside.office.apply([.outside(.rate(.wait(deck))), .outside(.rate(.activate(deck.deck.id)))])
        #expect(try unpriced.dial()?.0 == "main")
    }

    @Test func `a step of a whole minute may make the lower price the dearer call`() throws {
        var scene = try Scene(.leastCost, ["main", "backup"], prices: [:])
        let prefix = try #require(NumberPrefix(parsing: "+49"))
        let tariff = try #require(
            Tariff(
                setUp: Money(clamping: 100_000),
                perMinute: Money(clamping: 5_000),
                increments: .minutes
            )
        )
        let rate = try #require(DeckRate(prefix: prefix, destination: "somewhere", tariff: tariff))
        let name = try #require(ShortName(parsing: "backup"))
        let deck = try #require(RateDeck(id: name, version: 1, currency: .eur, rates: [rate]))
        let imported = ImportedDeck(deck, importedAt: WallTime(milliseconds: 0), importedBy: "test")
        scene.outside.office.apply([.outside(.rate(.wait(imported))), .outside(.rate(.activate(name)))])
        #expect(try scene.dial()?.0 == "main", "0.115 against 0.03 for three minutes")
    }

    @Test(arguments: [503, nil])
    func `a provider that fails or is silent is left for the next one, at that one's price`(_ status: Int?) throws {
        var scene = try Scene(.leastCost)
        let (_, first) = try scene.leave()
        if let status { scene.say(status, to: first) } else { scene.outside.office.wait(.milliseconds(6_100)) }
        let (second, invite) = try scene.next()
        #expect(second == "main")
        scene.say(200, to: invite)
        #expect(scene.heard.last?.status == 200)
        let record = try #require(scene.outside.office.record())
        #expect(record.charges.map(\.deck.text) == ["backup", "default"])
        #expect(record.charges.map(\.tariff.perMinute.micros) == [5_000, 10_000] && record.trunk?.text == "main")
        if status != nil { #expect(record.charges[0].cost == .zero) }
    }

    @Test(arguments: [403, 603, 404, 486, 604, 302, 480])
    func `what a provider refuses is tried nowhere else`(_ status: Int) throws {
        var scene = try Scene(.leastCost)
        let (_, invite) = try scene.leave()
        scene.say(status, to: invite)
        #expect(scene.left() == nil && scene.heard.last.map { $0.status ?? 0 >= 400 } == true)
    }

    @Test func `a next trunk that is dearer than a minute may cost is not asked, and the caller hears why`() throws {
        var scene = try Scene(.leastCost, ["backup", "third"]) { $0.highestPerMinute = Money(clamping: 30_000) }
        let (first, invite) = try scene.leave()
        #expect(first == "backup")
        scene.say(503, to: invite)
        #expect(scene.left() == nil && scene.heard.last?.status == 403)
        let record = try #require(scene.outside.office.record())
        #expect(record.control == .spendLimit && record.reason.contains("none may cost more than 0.03"))
        #expect(record.charges.map(\.cost) == [.zero])
    }

    @Test func `a first trunk that is dearer than a minute may cost is not passed over`() throws {
        var scene = try Scene(.listed, ["third", "main"]) { $0.highestPerMinute = Money(clamping: 30_000) }
        #expect(try scene.dial() == nil)
        #expect(scene.heard.last?.status == 403)
    }

    @Test func `a next trunk for whose price no money is left is not asked`() throws {
        // Each second is reserved before it is spoken: two and more of them at 0.04 a minute cost a tenth of a cent.
        var scene = try Scene(.leastCost, ["backup", "third"]) { spending in
            let limit = Money(clamping: 1_000)
            spending.extensionHomeLimits = SpendLimits(hour: limit, day: limit, week: limit) ?? .nothing
        }
        let (_, invite) = try scene.leave()
        scene.say(503, to: invite)
        #expect(scene.left() == nil && scene.heard.last?.status == 403)
        #expect(scene.outside.office.record()?.reason.contains("extension 101") == true)
    }

    @Test func `the narrowest route decides, and its calls take its trunks and no others`() throws {
        var scene = try Scene(.listed, ["main"])
        try scene.put("hamburg", ["third"], prefixes: [try #require(NumberPrefix(parsing: "+4940"))])
        for (number, trunk) in [("040555123", "third"), ("030555123", "main")] {
            let (left, invite) = try scene.leave(number, "call-\(trunk)")
            #expect(left == trunk)
            scene.say(486, to: invite)
            scene.outside.pass(seconds: 2)
        }
        let (_, invite) = try scene.leave("040555124", "call-3")
        scene.say(503, to: invite)
        #expect(scene.left() == nil && scene.heard.last?.status == 503)
    }

    @Test func `a route for closed hours is for those`() throws {
        var scene = try Scene(.listed, ["backup"], hours: .closed)
        #expect(try scene.dial("040555123", "call-1")?.0 == "main")
        scene.outside.office.setOpen(false)
        #expect(try scene.dial("040555123", "call-2")?.0 == "backup")
    }

    @Test func `where no trunk of a route has a price, the number is refused as one without`() throws {
        var scene = try Scene(.listed, ["backup", "third"], prices: [:])
        scene.outside.office.apply([.outside(.rate(.remove(RateDecks.usual)))])
        #expect(try scene.dial() == nil)
        #expect(scene.heard.last?.text(.warning).contains("no price list") == true)
    }

    @Test func `a call for help takes whatever trunk there is`() throws {
        var scene = try Scene(.listed, ["third"])
        let (first, invite) = try scene.leave("112")
        #expect(first == "main")
        scene.say(403, to: invite)
        #expect(scene.left()?.0 == "backup")
    }
}
