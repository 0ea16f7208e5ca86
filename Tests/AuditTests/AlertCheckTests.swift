// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@testable import Audit

@Suite("Checks of what people are told")
struct AlertCheckTests {
    private static let controls: [Control] = [.registrationAlerts, .fraudAlerts, .serviceAlerts]

    private func findings(_ control: Control, _ change: (inout AlertFacts) -> Void) async throws -> [String] {
        var system = try await SoundSystem.make()
        var facts = try #require(system.alerts)
        change(&facts)
        system.alerts = facts
        let check = try #require(Auditor.checks.first { $0.control == control })
        return await check.run(system).findings.map { "\($0.severity.rawValue) \($0.code.rawValue)" }
    }

    @Test(arguments: controls)
    func `nobody who hears of it falls short where the business is open, and is to be known before`(
        control: Control
    ) async throws {
        #expect(try await findings(control) { $0.channels = [] } == ["warning \(control.rawValue).nobody-hears"])
        var system = try await SoundSystem.make()
        system.alerts?.channels = []
        system.snapshot = system.snapshot.applying(
            system.snapshot.outside.usableTrunks.map { .outside(.removeTrunk($0.trunk.name)) }
        )
        let check = try #require(Auditor.checks.first { $0.control == control })
        let report = await check.run(system)
        #expect(report.holds && report.findings.map(\.severity) == [.notice])
    }

    @Test(arguments: controls)
    func `a channel that hears of other things only, or of what is critical only, is nobody who hears`(
        control: Control
    ) async throws {
        for choice in [AlertChoice(groups: [.people]), AlertChoice(least: .critical)] {
            let found = try await findings(control) { facts in
                var channel = facts.channels[0].channel
                channel.hears = choice
                facts.channels = [AlertFacts.Channel(channel, facts.channels[0].standing)]
            }
            #expect(found == ["warning \(control.rawValue).nobody-hears"], "\(choice)")
        }
    }

    @Test(arguments: controls)
    func `that nobody has confirmed it, or not within a quarter, is found`(control: Control) async throws {
        let now = try await SoundSystem.make().now
        for age in [nil, 101] {
            let found = try await findings(control) { facts in
                var standing = ChannelStanding()
                standing.confirmedAt = age.map { now + .seconds(-$0 * 86_400) }
                facts.channels = [AlertFacts.Channel(facts.channels[0].channel, standing)]
            }
            #expect(found == ["warning \(control.rawValue).unconfirmed"])
        }
    }

    @Test(arguments: controls)
    func `a channel that fails for long is found, and one that failed for a moment is not`(
        control: Control
    ) async throws {
        let now = try await SoundSystem.make().now
        for (seconds, isFound) in [(800, false), (1_000, true)] {
            let found = try await findings(control) { facts in
                let (channel, standing) = (facts.channels[0].channel, facts.channels[0].standing)
                facts.channels = [
                    AlertFacts.Channel(channel, standing, failingSince: now + .seconds(-seconds), failure: "x")
                ]
            }
            #expect(found == (isFound ? ["warning \(control.rawValue).failing-channel"] : []))
        }
    }

    @Test func `what was noticed and not told is found, and what was told within the hour around it is not`()
        async throws
    {
        let now = try await SoundSystem.make().now
        #expect(try await findings(.fraudAlerts) { $0.told = [] } == ["critical fraud-alerts.untold"])
        #expect(try await findings(.fraudAlerts) { $0.runsSince = now } == [], "of an earlier run")
        let found = try await findings(.fraudAlerts) { facts in
            facts.told = facts.told.map { .init(at: now + .seconds(-5_000), $0.finding) }
        }
        #expect(found == ["critical fraud-alerts.untold"])
        #expect(
            try await findings(.fraudAlerts) { facts in
                facts.told = facts.told.map { .init(at: now + .seconds(3_200), $0.finding) }
            } == ["critical fraud-alerts.untold"],
            "told more than an hour later"
        )
        let source = EventSource.address(IPAddress(v4: 0x0909_0909))
        let stale = SecurityEvent(at: now, kind: .stalePhone, source: source, detail: "x")
        #expect(
            try await findings(.registrationAlerts) { $0.noticed = [stale] } == ["critical registration-alerts.untold"]
        )
        let guess = SecurityEvent(at: now, kind: .failedLogin, source: source, detail: "x")
        #expect(try await findings(.registrationAlerts) { $0.noticed = [guess] } == [])
    }

    @Test func `an alert about somebody else does not stand for one that was not told`() async throws {
        let now = try await SoundSystem.make().now
        func premium(_ number: String) throws -> SecurityEvent {
            SecurityEvent(
                at: now + .seconds(-600),
                kind: .premiumRefused,
                source: .machine,
                subject: .extension(try #require(ExtensionNumber(parsing: number))),
                detail: "x"
            )
        }
        let (event, told) = (try premium("10"), try premium("101"))
        for (told, found) in [(event, []), (told, ["critical fraud-alerts.untold"])] {
            let alert = try #require(FraudAlertRules.alert(of: told))
            #expect(
                try await findings(.fraudAlerts) { facts in
                    facts.noticed = [event]
                    facts.told = [.init(at: event.at, alert)]
                } == found
            )
        }
        let places = try [UInt32(0x0909_0909), 0x0909_0908].map { address in
            let source = EventSource.address(IPAddress(v4: address))
            let stale = SecurityEvent(at: event.at, kind: .stalePhone, source: source, detail: "x")
            var alerts = Alerts()
            return (stale, try #require(alerts.take(.noticed(stale), in: try TestOffice().snapshot, at: stale.at)))
        }
        for (alert, found) in [(places[0].1, []), (places[1].1, ["critical registration-alerts.untold"])] {
            #expect(
                try await findings(.registrationAlerts) { facts in
                    facts.noticed = [places[0].0]
                    facts.told = [.init(at: event.at, alert)]
                } == found
            )
        }
    }

    @Test func `an alert that waits for long is found under its control only`() async throws {
        let now = try await SoundSystem.make().now
        let name = try #require(ShortName(parsing: "siem"))
        let finding = Finding(Finding.Code(.callsStopped), .critical, "x")
        for (age, isFound) in [(800, false), (1_000, true)] {
            let time = now + .seconds(-age)
            let message = AlertMessage(id: "a", channel: name, .init(at: time, finding), due: time)
            #expect(
                try await findings(.fraudAlerts) { $0.waiting = [message] }
                    == (isFound ? ["warning fraud-alerts.late"] : [])
            )
            #expect(try await findings(.serviceAlerts) { $0.waiting = [message] } == [])
        }
    }

    @Test func `a fault that nobody was told of, and a system that does not look at itself, are found`() async throws {
        let now = try await SoundSystem.make().now
        let fault = Finding("disk-space", .critical, "The disk is full")
        #expect(try await findings(.serviceAlerts) { $0.faults = [fault] } == ["critical service-alerts.untold"])
        #expect(
            try await findings(.serviceAlerts) { facts in
                facts.faults = [fault, Finding("call-records", .critical, "x", dependsOn: ["disk-space"])]
                facts.told = [.init(at: now, fault)]
            } == []
        )
        for time in [nil, now + .seconds(-301)] {
            #expect(try await findings(.serviceAlerts) { $0.lookedAt = time } == ["critical service-alerts.unlooked"])
        }
    }

    @Test(arguments: controls)
    func `facts that cannot be read prove nothing`(control: Control) async throws {
        var system = try await SoundSystem.make()
        system.alerts = nil
        let check = try #require(Auditor.checks.first { $0.control == control })
        #expect(await check.run(system).holds == false)
    }
}
