// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@testable import Audit

/// What can be wrong with calls that leave is found under its control.
@Suite("Checks of calls to the outside")
struct OutsideCheckTests {
    private func system(_ change: (inout OutsideFacts) throws -> Void = { _ in }) async throws -> LiveSystem {
        var system = try await SoundSystem.make()
        try change(&system.outside)
        return system
    }

    private func findings(_ control: Control, _ system: LiveSystem) async -> [Finding] {
        await Auditor.run(system).findings.filter { $0.control == control }
    }

    private func dialing(_ change: (inout DialingSettings) throws -> Void) throws -> OutsideSettings {
        var dialing = try TestOffice.outside().dialing
        try change(&dialing)
        return try Self.changed(.dial(dialing))
    }

    private static func changed(_ change: OutsideChange) throws -> OutsideSettings {
        try TestOffice().snapshot.applying([.outside(change)]).outside
    }

    private static let now = WallTime(milliseconds: 1_800_000_000_000)
    private static let leg = LegProtection(
        transport: "tls",
        tlsVersion: "TLSv1.3",
        cipher: "x",
        srtpSuite: "AEAD_AES_256_GCM"
    )

    // MARK: country-dialing

    @Test func `the open countries are listed with their last call`() async throws {
        let report = await Auditor.run(try await system())
        let lines = report.checks.first { $0.control == .countryDialing }?.examined ?? []
        #expect(lines.contains { $0.hasPrefix("open abroad: France (last call 2027-01-15T07:30:00") }, "\(lines)")
    }

    @Test func `settings in force that are not the stored ones are found`() async throws {
        let other = try dialing { $0.rights.countries[try #require(Region(parsing: "CU"))] = CountryRule(.open) }
        let found = await findings(.countryDialing, try await system { $0.inForce = other })
        #expect(found.map(\.code.rawValue) == ["country-dialing.other-settings"])
        let unread = await findings(.countryDialing, try await system { $0.stored = nil })
        #expect(unread.map(\.severity) == [.critical])
    }

    @Test func `T01 a call that left for a closed country is found, unless it was open then`() async throws {
        var system = try await system()
        system.records.append(try SoundSystem.paid(Self.leg, to: "+9607710000", in: "MV", cost: 0))
        let found = await findings(.countryDialing, system)
        #expect(found.map(\.severity) == [.critical])
        #expect(found.first?.evidence.contains("+9607710000") == true && found.first?.evidence.contains("701") == true)
        system.outside.dialingChangedAt = Self.now
        #expect(await findings(.countryDialing, system).isEmpty)
        system.outside.dialingChangedAt = Self.now + .seconds(-3_600)
        #expect(await findings(.countryDialing, system).count == 1)
    }

    @Test func `a release is shown with who gave it and why, and is gone when it is over`() async throws {
        let until = Self.now + .seconds(3_600)
        let settings = try dialing {
            let scope = DialingRelease.Scope.region(try #require(Region(parsing: "CU")))
            let release = DialingRelease(scope, from: Self.now, until: until, releasedBy: "alice", reason: "a fair")
            _ = $0.put(try #require(release))
        }
        var system = try await system { ($0.inForce, $0.stored) = (settings, settings) }
        let found = await findings(.countryDialing, system)
        #expect(found.map(\.severity) == [.notice])
        #expect(found.first?.evidence.hasPrefix("Cuba, by alice until ") == true)
        system.now = until
        #expect(await findings(.countryDialing, system).isEmpty)
    }

    @Test func `a release that lasts longer than anybody may give is found`() async throws {
        let later = Self.now + .seconds(365 * 86_400)
        let settings = try dialing {
            let scope = DialingRelease.Scope.region(try #require(Region(parsing: "CU")))
            let (from, until) = (later, later + .seconds(3_600))
            let release = DialingRelease(scope, from: from, until: until, releasedBy: "alice", reason: "a fair")
            _ = $0.put(try #require(release))
        }
        let found = await findings(.countryDialing, try await system { ($0.inForce, $0.stored) = (settings, settings) })
        #expect(found.map(\.severity) == [.critical])
    }

    // MARK: premium-numbers

    @Test func `every dear number is known for what it is, and none has a way through`() throws {
        let dialing = try TestOffice.outside().dialing
        for dear in DearNumber.all {
            #expect(dear.isKnown, "\(dear.number) is \(NumberPlan.facts(of: dear.number).numberClass)")
            #expect(!dear.isLetThrough(by: dialing, at: Self.now))
        }
        #expect(DearNumber.kinds == 4)
    }

    @Test func `an approval is shown, and one that nobody could have given is critical`() async throws {
        let number = try #require(PhoneNumber(parsing: "+499001000000"))
        for (from, severity) in [(Self.now, Finding.Severity.notice), (Self.now + .seconds(500 * 86_400), .critical)] {
            let settings = try dialing {
                let approval = PremiumApproval(
                    number,
                    from: from,
                    until: from + .seconds(86_400),
                    approvedBy: "alice",
                    reason: "our till"
                )
                _ = $0.put(try #require(approval))
            }
            let found = await findings(
                .premiumNumbers,
                try await system { ($0.inForce, $0.stored) = (settings, settings) }
            )
            #expect(found.map(\.severity) == [severity])
        }
    }

    @Test(arguments: ["+499001000000", "+8816000000000"])
    func `a call that left for a premium or satellite number without approval is found`(number: String) async throws {
        var system = try await system()
        system.records.append(try SoundSystem.paid(Self.leg, to: number, in: "001", cost: 0))
        #expect(await findings(.premiumNumbers, system).map(\.severity) == [.critical])
        #expect(await findings(.countryDialing, system).isEmpty)
        // No change of settings explains a satellite.
        system.outside.dialingChangedAt = Self.now
        #expect(await findings(.premiumNumbers, system).count == (number.hasPrefix("+881") ? 1 : 0))
    }

    // MARK: spend-limit

    @Test func `limits in force that are not the stored ones are found`() async throws {
        var spending = SpendSettings()
        spending.perCall = Money(units: 1_000)
        let other = try Self.changed(.spend(spending))
        let found = await findings(.spendLimit, try await system { $0.inForce = other })
        #expect(found.map(\.code.rawValue) == ["spend-limit.other-settings"])
    }

    @Test func `a trunk without a price list is found`() async throws {
        let bare = try Self.changed(.rate(.remove(RateDecks.usual)))
        let found = await findings(.spendLimit, try await system { ($0.inForce, $0.stored) = (bare, bare) })
        #expect(found.map(\.severity) == [.warning])
    }

    @Test func `a budget that is overspent by more than the published overshoot is found`() async throws {
        for (spent, overshoot, count) in [(15_000_001, 0, 1), (15_000_001, 1, 0), (15_000_000, 0, 0)]
            as [(Int64, Int64, Int)]
        {
            var system = try await system {
                $0.standings = [SoundSystem.standing(spent: spent, overshoot: overshoot)]
            }
            #expect(
                await findings(.spendLimit, system).map(\.code.rawValue)
                    == Array(repeating: "spend-limit.overspent", count: count)
            )
            // Somebody has just lowered it.
            system.outside.spendingChangedAt = Self.now + .seconds(-60)
            #expect(await findings(.spendLimit, system).isEmpty)
        }
    }

    @Test func `books that know less than the records are found`() async throws {
        let found = await findings(
            .spendLimit,
            try await system { $0.standings = [SoundSystem.standing(spent: 199_999)] }
        )
        #expect(found.map(\.code.rawValue) == ["spend-limit.forgotten-money"])
        #expect(await findings(.spendLimit, try await system { $0.standings = [] }).count == 1)
    }

    @Test func `T10 a call that cost more than any call may is found`() async throws {
        var system = try await system { $0.standings = [SoundSystem.standing(spent: 9_000_000)] }
        system.records.append(try SoundSystem.paid(Self.leg, cost: 5_000_001))
        #expect(await findings(.spendLimit, system).map(\.code.rawValue) == ["spend-limit.dear-call"])
    }

    // MARK: call-limits

    @Test func `limits of calls in force that are not the stored ones are found, and wide ones are named`() async throws
    {
        var limits = CallLimitSettings()
        limits.person = try #require(CallLimitSettings.Limit(simultaneous: 5, perSecond: 2, perMinute: 20))
        let wide = try Self.changed(.limitCalls(limits))
        let other = await findings(.callLimits, try await system { $0.inForce = wide })
        #expect(other.map(\.code.rawValue).sorted() == ["call-limits.other-settings", "call-limits.wide-limit"])
        let same = await findings(.callLimits, try await system { ($0.inForce, $0.stored) = (wide, wide) })
        #expect(same.map(\.severity) == [.notice])
    }

    @Test func `more legs of an extension at a time than it may have are found, unless its limit was changed since`()
        async throws
    {
        for (count, apart, found) in [(3, 0, 1), (2, 0, 0), (3, 40, 0)] {
            var system = try await system()
            system.records = try (0..<count).map { index in
                try Self.leg(ChargeID(UInt64(index + 10)), at: index * apart, lasting: 30)
            }
            #expect(await findings(.callLimits, system).count == found, "\(count) calls \(apart) s apart")
            system.outside.patternsChangedAt = Self.now
            #expect(await findings(.callLimits, system).isEmpty)
        }
    }

    @Test func `more legs within a minute than may begin are found`() async throws {
        for (count, found) in [(20, 0), (21, 1)] {
            var system = try await system()
            system.records = try (0..<count).map { index in
                try Self.leg(ChargeID(UInt64(index + 10)), at: index * 2, lasting: 1)
            }
            let seen = await findings(.callLimits, system)
            #expect(seen.count == found)
            #expect(seen.allSatisfy { $0.evidence == "extension 701 had 21 calls within a minute, of 20" })
        }
    }

    /// A call that began so many seconds after half an hour ago.
    private static func leg(_ id: ChargeID, at offset: Int, lasting seconds: Int) throws -> CallRecord {
        var record = try SoundSystem.paid(leg)
        let old = try #require(record.charges.first)
        let began = old.reservedAt + .seconds(offset)
        var charge = LegCharge(
            id: id,
            payer: old.payer,
            number: old.number,
            region: old.region,
            numberClass: old.numberClass,
            deck: old.deck,
            version: old.version,
            prefix: old.prefix,
            tariff: old.tariff,
            currency: old.currency,
            reserved: old.reserved,
            reservedAt: began,
            isAfterHours: false
        )
        (charge.cost, charge.settledAt) = (.zero, began + .seconds(seconds))
        (record.id, record.charges) = ("\(id)", [charge])
        return record
    }

    // MARK: call-patterns

    @Test func `what is watched otherwise than stored, wide rules and stops are shown`() async throws {
        var patterns = PatternSettings()
        let isSet = patterns.set(.costlyHour, to: PatternThreshold(warn: 40, block: 61, minutes: 60))
        #expect(isSet)
        let wide = try Self.changed(.watch(patterns))
        let other = await findings(.callPatterns, try await system { $0.inForce = wide })
        #expect(other.map(\.code.rawValue).sorted() == ["call-patterns.other-settings", "call-patterns.wide-rule"])
        let stop = PatternFinding(
            rule: .costlyHour,
            subject: .extension(try #require(ExtensionNumber(parsing: "701"))),
            value: 61,
            threshold: 60,
            stop: .seconds(60)
        )
        let stopped = await findings(.callPatterns, try await system { $0.stops = [stop] })
        #expect(stopped.map(\.severity) == [.warning] && stopped[0].remedy.contains("release 701"))
    }

    @Test func `T01 a burst abroad that nobody stopped is found`() async throws {
        for (count, found) in [(20, 0), (21, 1)] {
            var system = try await system()
            system.records = try (0..<count).map { index in
                try Self.leg(ChargeID(UInt64(index + 10)), at: index * 2, lasting: 1)
            }
            #expect(await findings(.callPatterns, system).count == found)
        }
    }

    // MARK: after-hours

    @Test func `what is set for closed hours otherwise than stored is found, and that nobody has set hours is said`()
        async throws
    {
        var night = AfterHoursSettings()
        night.tellsAbroad = true
        let other = try Self.changed(.closeAfterHours(night))
        let found = await findings(.afterHours, try await system { $0.inForce = other })
        #expect(found.map(\.code.rawValue) == ["after-hours.other-settings"])
        var bare = try await system()
        bare.snapshot = bare.snapshot.applying([.keepHours(nil)])
        #expect(await findings(.afterHours, bare).map(\.code.rawValue) == ["after-hours.no-hours"])
    }

    @Test func `T09 a call of the night that counted as one of the day is found, but not in the minute of a change`()
        async throws
    {
        let began = Self.now + .seconds(-1_800)
        for (closes, found) in [(began + .seconds(-61), 1), (began + .seconds(-30), 0), (began + .seconds(1), 0)] {
            var system = try await system { $0.wasOpen = { $0 < closes } }
            #expect(await findings(.afterHours, system).count == found)
            system.outside.hoursChangedAt = Self.now
            #expect(await findings(.afterHours, system).isEmpty)
        }
    }

    @Test func `T09 what the night switch closes counts from when it was switched, and what it opens not at all`() {
        let noon = Self.now
        var routing = RoutingSettings()
        let isOpen = { (time: WallTime, switched: WallTime?) in
            OutsideFacts.wasOpen(by: { $0 < noon + .seconds(3_600) }, in: routing, switchedAt: switched)(time)
        }
        #expect(isOpen(noon, nil) && !isOpen(noon + .seconds(3_600), nil))
        routing.apply(.switchNight(.closed))
        #expect(isOpen(noon, noon + .seconds(60)), "all morning")
        #expect(!isOpen(noon + .seconds(61), noon + .seconds(60)))
        routing.apply(.switchNight(.open))
        #expect(!isOpen(noon + .seconds(3_600), noon), "limits are those of the night")
    }

    @Test func `T09 a call abroad by somebody who is not on the roster is found`() async throws {
        var night = AfterHoursSettings()
        night.abroad = .roster
        for (roster, found) in [([], 1), (["701"], 0)] as [([String], Int)] {
            let isSet = night.setRoster(Set(roster.compactMap { ExtensionNumber(parsing: $0) }))
            #expect(isSet)
            let settings = try Self.changed(.closeAfterHours(night))
            var system = try await system {
                ($0.inForce, $0.stored) = (settings, settings)
                $0.wasOpen = { _ in false }
            }
            system.records = system.records.map { record in
                var record = record
                record.charges = record.charges.map { $0.closed }
                return record
            }
            #expect(await findings(.afterHours, system).map(\.severity) == Array(repeating: .critical, count: found))
        }
    }

    // MARK: the ceiling

    private static func step(_ sequence: Int64, _ action: String, by actor: String, _ ago: Int64) -> JournalEntry {
        JournalEntry(
            sequence: sequence,
            at: now + .seconds(-ago),
            actor: actor,
            action: action,
            subject: "ceiling",
            detail: "",
            previous: "",
            hash: ""
        )
    }

    private static func raised(by second: LocalAccount) throws -> OutsideSettings {
        let first = LocalAccount(name: "alice", user: 1_001)
        let limits = try #require(SpendLimits(hour: Money(units: 60), day: Money(units: 200), week: Money(units: 600)))
        var spending = SpendSettings()
        spending.ask(for: CeilingRaise(to: limits, request: .init(by: first, at: now + .seconds(-180_000))))
        spending.agree(by: second, at: now + .seconds(-90_000))
        return try changed(.spend(spending))
    }

    @Test func `I04 a ceiling that rose without two names and a day in the journal is found`() async throws {
        let bob = LocalAccount(name: "bob", user: 1_002)
        let settings = try Self.raised(by: bob)
        let asked = Self.step(1, CeilingSteps.asked, by: "alice", 180_000)
        for (steps, count) in [
            ([asked, Self.step(2, CeilingSteps.agreed, by: "bob", 90_000)], 0),
            ([asked, Self.step(2, CeilingSteps.agreed, by: "alice", 90_000)], 1),
            ([asked, Self.step(2, CeilingSteps.agreed, by: "bob", 3_600)], 1),
            ([asked], 1), ([], 1),
        ] {
            let system = try await system {
                ($0.inForce, $0.stored, $0.ceilingSteps) = (settings, settings, steps)
            }
            #expect(await findings(.spendLimit, system).count == count, "\(steps.map(\.actor))")
        }
        let alone = try Self.raised(by: LocalAccount(name: "alice", user: 1_001))
        let system = try await system { ($0.inForce, $0.stored) = (alone, alone) }
        #expect(await findings(.spendLimit, system).map(\.severity) == [.critical])
    }

    @Test func `the rehearsal of a burst counts what the budget allows, late or in time`() throws {
        for (isOpen, late) in [(true, 0), (true, 3), (false, 0)] {
            let burst = try #require(
                BurstRehearsal(SpendSettings(), isOpen: isOpen, secondsLate: late, at: Self.now)
            )
            #expect(burst.isHeld && burst.begun > 0 && burst.ended == burst.begun, "\(burst.words)")
            #expect(burst.cost > 0 && burst.seconds > 1, "\(burst.words)")
        }
        var settings = SpendSettings()
        settings.highestPerMinute = .zero
        #expect(BurstRehearsal(settings, isOpen: true, secondsLate: 0, at: Self.now) == nil)
    }
}

extension LegCharge {
    /// The same, begun while the business was closed.
    fileprivate var closed: LegCharge {
        LegCharge(
            id: id,
            payer: payer,
            number: number,
            region: region,
            numberClass: numberClass,
            deck: deck,
            version: version,
            prefix: prefix,
            tariff: tariff,
            currency: currency,
            reserved: reserved,
            reservedAt: reservedAt,
            isAfterHours: true
        )
    }
}
