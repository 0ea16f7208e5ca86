// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("ringfence rates")
struct RateTests {
    private static let list = """
        Prefix;Destination;Rate per minute;Increments
        49;Germany;0.01;60/60
        33;France;0.02;1/1
        33 6;France Mobile;0.05;1/1
        """

    /// As the program does it.
    private func hand(_ text: String, _ office: Office, by actor: Actor = owner, piece: Int = 40) async throws {
        var (rest, isFirst) = (Data(text.utf8)[...], true)
        while !rest.isEmpty {
            try await office.run(UploadRates(Data(rest.prefix(piece)), isFirst: isFirst), by: actor)
            (rest, isFirst) = (rest.dropFirst(piece), false)
        }
    }

    @Test func `a list waits until somebody lets it count, and is there after a restart`() async throws {
        let office = try Office()
        try await hand(Self.list, office)
        let report = try await office.run(ImportRates(deck: "default"))
        #expect(report.deck.prices == 3 && report.deck.version == 1 && report.difference.addedCount == 3)
        let number = try #require(PhoneNumber(parsing: "+33612345678"))
        let trunk = try #require(TrunkName(parsing: "main"))
        #expect(office.store.snapshot.outside.rates.deck(of: trunk) == nil)
        #expect(try await office.run(ActivateRates(deck: "default")).isActive)
        let deck = try #require(office.store.snapshot.outside.rates.deck(of: trunk))
        guard case .rated(let rating) = deck.answer(for: number, at: noon) else {
            Issue.record("no price")
            return
        }
        #expect("\(rating.tariff)" == "0.05 a minute, 1/1" && deck.destination(of: rating) == "France Mobile")
        #expect(try office.journal().suffix(2).map(\.action) == ["rates.import", "rates.activate"])
        #expect(try await office.run(ListRates(), by: auditor).map(\.isActive) == [true])
        #expect(await office.refusal(ImportRates(deck: "default"))?.problem == "No price list was handed over.")
        #expect(await office.refusal(ActivateRates(deck: "default"))?.problem == "No price list default waits.")
    }

    @Test func `a list that takes the price of an open country away does not count`() async throws {
        let office = try Office()
        try await hand(Self.list, office)
        try await office.run(ImportRates(deck: "default"))
        try await office.run(ActivateRates(deck: "default"))
        try await office.run(SetHome(region: "DE"))
        try await office.run(OpenCountry("FR"))
        try await hand("prefix,rate per minute\n49,0.015\n", office)
        let report = try await office.run(ImportRates(deck: "default"))
        #expect(report.difference.removedCount == 2 && report.difference.changed.map(\.percent) == [50])
        #expect(report.assumesMinutes && report.deck.version == 2)
        #expect(try await office.run(CompareRates(deck: "default", lines: 1)).removed.count == 1)
        #expect(await office.refusal(ActivateRates(deck: "default"))?.reason.contains("France") == true)
        try await office.run(CloseCountry("FR"))
        #expect(try await office.run(ActivateRates(deck: "default")).version == 2)
        #expect(try await !office.run(RemoveRates(deck: "default")).isActive == false)
        #expect(office.store.snapshot.outside.deck == nil)
    }

    @Test func `a list of a trunk is for that trunk`() async throws {
        let office = try Office()
        #expect(await office.refusal(ImportRates(deck: "backup"))?.problem == "'backup' has no price list.")
        try await office.run(TrunkTests.login("backup"))
        try await hand(Self.list, office)
        try await office.run(ImportRates(deck: "backup"))
        try await office.run(ActivateRates(deck: "backup"))
        let rates = office.store.snapshot.outside.rates
        #expect(rates.deck(of: try #require(TrunkName(parsing: "backup"))) != nil)
        #expect(rates.deck(of: try #require(TrunkName(parsing: "other"))) == nil)
    }

    @Test func `a trunk that is removed leaves neither prices nor limits to the next of its name`() async throws {
        let office = try Office()
        try await office.run(TrunkTests.login("backup"))
        for _ in 1...2 {
            try await hand(Self.list, office)
            try await office.run(ImportRates(deck: "backup"))
            if office.store.snapshot.outside.rates.active.isEmpty {
                try await office.run(ActivateRates(deck: "backup"))
            }
        }
        try await office.run(SetSpendLimits(subject: "trunk backup", hour: "1", day: "2", week: "3"))
        try await office.run(SetCallLimit(subject: "trunk backup", simultaneous: 9, perSecond: 1, perMinute: 9))
        let gone = try await office.run(RemoveTrunk(trunk: "backup"))
        #expect(gone.trunk.name.text == "backup" && gone.hadLimits && gone.hadRates)
        let outside = office.store.snapshot.outside
        #expect(outside.rates.active.isEmpty && outside.rates.waiting.isEmpty)
        #expect(outside.spending.own.isEmpty && outside.callLimits.trunks.isEmpty)
        #expect(
            try office.journal().suffix(5).map { "\($0.action) \($0.subject)" } == [
                "trunk.remove backup", "spend.limit trunk backup", "limit.set trunk backup", "rates.remove backup",
                "rates.remove backup",
            ]
        )
    }

    @Test func `the price list of all others stays when a trunk of its name goes`() async throws {
        let office = try Office()
        try await office.run(TrunkTests.login("default"))
        try await hand(Self.list, office)
        try await office.run(ImportRates(deck: "default"))
        try await office.run(ActivateRates(deck: "default"))
        #expect(try await !office.run(RemoveTrunk(trunk: "default")).hadRates)
        #expect(office.store.snapshot.outside.deck != nil)
    }

    @Test func `what is no list is refused line by line, and nobody takes another's pieces`() async throws {
        let office = try Office()
        try await hand("prefix;rate per minute\n49;free\n", office)
        #expect(await office.refusal(ImportRates(deck: "default"))?.reason.contains("line 2") == true)
        let alice = Actor(name: "alice (uid 1001)", role: .administrator)
        try await hand(Self.list, office, by: alice)
        #expect(await office.refusal(ImportRates(deck: "default"))?.problem == "No price list was handed over.")
        #expect(await office.refusal(UploadRates(Data([0x31]), isFirst: false)) != nil)
        #expect(await office.refusal(UploadRates(Data(count: UploadRates.pieceBytes + 1), isFirst: true)) != nil)
        try await office.run(ImportRates(deck: "default"), by: alice)
        #expect(await office.refusal(ActivateRates(deck: "default"), by: alice)?.control == .roles)
        let security = Actor(name: "bob (uid 1002)", role: .security)
        #expect(await office.refusal(UploadRates(Data([0x31]), isFirst: true), by: security)?.control == .roles)
        #expect(try await office.run(ActivateRates(deck: "default"), by: security).isActive)
    }
}
