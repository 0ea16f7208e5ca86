// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Synchronization
import Testing

@Suite("ringfence pattern, limit and after-hours")
struct PatternTests {
    @Test func `a rule is made stricter and wider, and never turned off`() async throws {
        let office = try Office()
        let overview = try await office.run(SetPattern(.costlyHour, warn: 5, block: 10, minutes: 60))
        #expect("\(overview.patterns[.costlyHour])" == "5/10/60")
        let most = PatternRule.costlyHour.standard.block * Model.Limits.patternWidening
        #expect(await office.refusal(SetPattern(.costlyHour, warn: 5, block: most + 1, minutes: 60)) != nil)
        #expect(await office.refusal(SetPattern(.costlyHour, warn: 0, block: 0, minutes: 60)) != nil)
        #expect(await office.refusal(SetPattern(.costlyHour, warn: 1, block: 2))?.remedy.contains("all three") == true)
        // What is kept of a block are the last two digits of its numbers.
        let tooWide = await office.refusal(SetPattern(.oneBlock, warn: 5, block: 100, minutes: 60))
        #expect(tooWide?.reason.contains("from 99 on at the latest") == true)
        let nothing = await office.refusal(SetPattern(.newCountry, warn: 1, block: 2, minutes: 5))
        #expect(nothing?.reason == "it looks at one call and counts nothing")
        try await office.run(SetPattern(.costlyHour))
        #expect(office.store.snapshot.outside.patterns.changed.isEmpty)
        #expect(try office.journal().last?.detail == #"{"new":"40/60/240","old":"5/10/60"}"#)
    }

    @Test func `what counts as costly and usual is set`() async throws {
        let office = try Office()
        var command = AdjustPatterns()
        (command.newCountry, command.usual, command.costly) = (.warn, ["FR", "ch"], "0.25")
        let patterns = try await office.run(command).patterns
        #expect(patterns.newCountry == .warn && patterns.usualRegions.map(\.text) == ["CH", "FR"])
        #expect(patterns.costlyPrice == 250_000)
        for change: (inout AdjustPatterns) -> Void in [
            { $0.usual = ["France"] }, { $0.costly = "5" }, { $0.afterChange = 0 }, { $0.highRisk = "x" },
        ] {
            var wrong = AdjustPatterns()
            change(&wrong)
            #expect(await office.refusal(wrong) != nil)
        }
    }

    @Test func `who is stopped is let call again with a reason, which the journal has before it happens`() async throws
    {
        let office = try Office()
        let finding = PatternFinding(
            rule: .costlyHour,
            subject: .extension(try #require(ExtensionNumber(parsing: "204"))),
            value: 61,
            threshold: 60,
            stop: .seconds(3_600)
        )
        office.engine.state.withLock { $0.stops = [StopReport(finding)] }
        #expect(try await office.run(ShowPatterns(), by: auditor).stops.map(\.subject) == ["204"])
        #expect(await office.refusal(ReleaseStop(subject: "204", reason: ""))?.problem == "Nothing was changed.")
        #expect(await office.refusal(ReleaseStop(subject: "205", reason: "r"))?.problem == "'205' is not stopped.")
        let administrator = Actor(name: "alice (uid 1001)", role: .administrator)
        #expect(await office.refusal(ReleaseStop(subject: "204", reason: "r"), by: administrator)?.control == .roles)
        try await office.run(ReleaseStop(subject: "204", reason: "a charity run; A. Owner"))
        #expect(try await office.run(ShowPatterns()).stops.isEmpty)
        #expect(try office.journal().last?.detail.contains("a charity run") == true)
        office.engine.state.withLock { $0.stops = [StopReport(finding)] }
        try office.fillDisk()
        #expect(await office.refusal(ReleaseStop(subject: "204", reason: "again")) != nil)
        #expect(try await office.run(ShowPatterns()).stops.count == 1)
    }

    @Test func `calls are rehearsed for an extension that there is, by whoever may see patterns`() async throws {
        let office = try Office()
        let number = try #require(PhoneNumber(parsing: "+33140100000"))
        let stranger = CallRehearsal.Call(try #require(ExtensionNumber(parsing: "999")), number, at: 0)
        let price = Money(clamping: 1_000)
        #expect(await office.refusal(RehearseCalls(CallRehearsal([stranger], price: price))) != nil)
        #expect(await office.refusal(RehearseCalls(nil))?.problem == "Nothing was rehearsed.")
        try await office.run(AddExtensions([NewExtension(number: "204", name: "Desk")]))
        let call = CallRehearsal.Call(try #require(ExtensionNumber(parsing: "204")), number, at: 0)
        let seen = try await office.run(RehearseCalls(CallRehearsal([call], price: price)), by: auditor)
        // It has no phone yet.
        #expect(seen.map(\.refusal?.control) == [.sipPasswords])
    }

    @Test func `calls at a time are limited for one, for a trunk and for all`() async throws {
        let office = try Office()
        try await office.add("101")
        try await office.run(TrunkTests.login())
        try await office.run(SetCallLimit(subject: "101", simultaneous: 4, perSecond: 2, perMinute: 30))
        try await office.run(SetCallLimit(subject: "trunk main", simultaneous: 8, perSecond: 2, perMinute: 30))
        let limits = try await office.run(
            SetCallLimit(subject: "extensions", simultaneous: 1, perSecond: 1, perMinute: 5)
        ).callLimits
        #expect(limits.own.values.map(\.simultaneous) == [4] && limits.trunks["main"]?.simultaneous == 8)
        #expect(limits.person.simultaneous == 1)
        try await office.run(SetCallLimit(subject: "101"))
        #expect(office.store.snapshot.outside.callLimits.own.isEmpty)
        for subject in ["102", "trunk none", "everybody"] {
            #expect(
                await office.refusal(SetCallLimit(subject: subject, simultaneous: 1, perSecond: 1, perMinute: 1)) != nil
            )
        }
        #expect(await office.refusal(SetCallLimit(subject: "trunks"))?.reason == "nothing else would hold")
        #expect(await office.refusal(SetCallLimit(subject: "101", simultaneous: 0, perSecond: 1, perMinute: 1)) != nil)
    }

    @Test func `calls abroad at a time are so many in any case, and a share of the extensions`() async throws {
        let office = try Office()
        let limits = try await office.run(SetAbroadLimit(percent: 50)).callLimits
        #expect((limits.abroadPercent, limits.abroadLeast) == (50, 2) && limits.abroad(ofExtensions: 7) == 3)
        #expect(try await office.run(SetAbroadLimit(least: 1)).callLimits.abroad(ofExtensions: 1) == 1)
        let entry = try #require(try office.journal().last)
        #expect((entry.action, entry.subject) == ("limit.abroad", "abroad"))
        #expect(entry.detail == #"{"new":{"least":1,"percent":50},"old":{"least":2,"percent":50}}"#)
        for wrong in [SetAbroadLimit(percent: 0), SetAbroadLimit(percent: 101), SetAbroadLimit(least: 0)] {
            #expect(await office.refusal(wrong)?.problem == "The limit of calls abroad was not changed.")
        }
        #expect(await office.refusal(SetAbroadLimit(least: 1))?.problem == "Nothing was changed.")
        let administrator = Actor(name: "alice (uid 1001)", role: .administrator)
        #expect(await office.refusal(SetAbroadLimit(least: 9), by: administrator)?.control == .roles)
    }

    @Test func `what becomes of calls abroad while the business is closed`() async throws {
        let office = try Office()
        try await office.add("101")
        var command = SetAfterHours()
        (command.abroad, command.roster, command.told, command.tellsAbroad) = (.roster, ["101"], [.premium], true)
        let settings = try await office.run(command).afterHours
        #expect(settings.abroad == .roster && settings.roster.map(\.text) == ["101"] && settings.told == [.premium])
        #expect(await office.refusal(command)?.problem == "Nothing was changed.")
        command.roster = ["999"]
        #expect(await office.refusal(command) != nil)
    }
}
