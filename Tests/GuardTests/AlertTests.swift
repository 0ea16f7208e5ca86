// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

private let noon = WallTime(milliseconds: 1_800_000_000_000)

@Suite("What people are told at once")
struct AlertTests {
    private static func noticed(_ kind: SecurityEventKind, from host: Int = 1) -> Event {
        let source = EventSource.address(IPAddress(v4: 0xC633_6400 + UInt32(host)))
        return .noticed(SecurityEvent(at: noon, kind: kind, source: source, detail: "10 wrong passwords"))
    }

    private let office: Snapshot

    init() throws {
        office = Snapshot(
            generation: 1,
            domain: try #require(DomainName(parsing: "pbx.example")),
            extensions: [],
            devices: []
        )
    }

    @Test func `an attack in progress, a broken journal and what is wrong, and not one wrong password`() {
        var alerts = Alerts()
        #expect(alerts.take(Self.noticed(.failedLogin), in: office, at: noon) == nil)
        let attack = alerts.take(Self.noticed(.banned), in: office, at: noon)
        #expect(attack?.title == "An attack is in progress; its source is shut out.")
        #expect(
            attack?.evidence
                == "From 198.51.100.1: 10 wrong passwords. What the system did: The address is shut out, and "
                + "learns nothing."
        )
        #expect(attack?.severity == .warning)
        let journal = alerts.take(Self.noticed(.journalBroken), in: office, at: noon)
        #expect(journal?.severity == .critical && journal?.control == .journal)
        let finding = Finding("job.event.retain", .warning, "The job event.retain failed.")
        #expect(alerts.take(.found(finding), in: office, at: noon) == finding)
        #expect(alerts.take(.found(Finding("clock", .good, "The clock is right")), in: office, at: noon) == nil)
        #expect(
            alerts.take(.changed(Alteration(by: "root", "extension.add", of: "201", text: "…")), in: office, at: noon)
                == nil
        )
    }

    private func disk(_ severity: Finding.Severity) -> Event {
        .found(Finding("disk-space", severity, "The disk is full"))
    }

    @Test func `what follows from something that goes on is not told, and is when that is over`() {
        var alerts = Alerts()
        let records = Event.found(Finding("call-records", .critical, "Records wait", dependsOn: ["disk-space"]))
        #expect(alerts.take(disk(.critical), in: office, at: noon) != nil)
        #expect(alerts.take(records, in: office, at: noon + .seconds(60)) == nil)
        #expect(alerts.take(records, in: office, at: noon + .seconds(150)) == nil)
        #expect(alerts.take(records, in: office, at: noon + .seconds(151)) != nil)
        var others = Alerts()
        #expect(others.take(disk(.warning), in: office, at: noon) != nil)
        #expect(others.take(records, in: office, at: noon + .seconds(1)) != nil)
    }

    @Test func `what often passes by itself is told when it has lasted without a gap`() {
        var alerts = Alerts()
        func crowd(_ count: Int) -> Event {
            .found(Finding("strangers", .warning, "\(count) strangers", subject: "strangers", visibleAfter: 300))
        }
        for minute in 0..<5 { #expect(alerts.take(crowd(minute), in: office, at: noon + .seconds(60 * minute)) == nil) }
        #expect(alerts.take(crowd(5), in: office, at: noon + .seconds(300)) != nil)
        // The number in its title makes no other thing of it.
        #expect(alerts.take(crowd(6), in: office, at: noon + .seconds(360)) == nil)
        let later = noon + .seconds(7_200)
        #expect(alerts.take(crowd(7), in: office, at: later) == nil)
        #expect(alerts.take(crowd(7), in: office, at: later + .seconds(200)) == nil)
        #expect(alerts.take(crowd(7), in: office, at: later + .seconds(350)) == nil)
        #expect(alerts.take(crowd(7), in: office, at: later + .seconds(500)) != nil)
    }

    @Test func `the same thing once an hour, also when the clock is set back`() {
        var alerts = Alerts()
        #expect(alerts.take(Self.noticed(.banned), in: office, at: noon) != nil)
        #expect(alerts.take(Self.noticed(.banned), in: office, at: noon + .seconds(3_599)) == nil)
        #expect(alerts.take(Self.noticed(.banned, from: 2), in: office, at: noon + .seconds(3_599)) != nil)
        #expect(alerts.take(Self.noticed(.banned), in: office, at: noon + .seconds(3_600)) != nil)
        #expect(alerts.take(Self.noticed(.banned), in: office, at: noon + .seconds(-86_400)) != nil)
    }

    @Test func `a hundred sources an hour, however many there are, and how many more there were`() {
        var alerts = Alerts()
        let told = (0..<10_000).count { alerts.take(Self.noticed(.banned, from: $0), in: office, at: noon) != nil }
        #expect(told == 100)
        let next = alerts.take(Self.noticed(.banned), in: office, at: noon + .seconds(3_600))
        #expect(next?.evidence.hasSuffix("9900 more of it are in the list of events only.") == true)
    }

    /// Something that one extension did or that happened to it, in the house.
    private static func of(_ number: String, _ kind: SecurityEventKind, _ detail: String = "") -> Event {
        let subject = ExtensionNumber(parsing: number).map(EventSubject.extension)
        return .noticed(SecurityEvent(at: noon, kind: kind, source: .machine, subject: subject, detail: detail))
    }

    @Test func `every call for help is told, whoever called before, and a redial within a minute is the same`() {
        var alerts = Alerts()
        #expect(alerts.take(Self.of("101", .emergencyCall, "112"), in: office, at: noon) != nil)
        #expect(alerts.take(Self.of("101", .emergencyCall, "112"), in: office, at: noon + .seconds(59)) == nil)
        #expect(alerts.take(Self.of("205", .emergencyCall, "112"), in: office, at: noon + .seconds(60)) != nil)
        #expect(alerts.take(Self.of("101", .emergencyCall, "112"), in: office, at: noon + .seconds(1_800)) != nil)
    }

    @Test(arguments: [SecurityEventKind.callsStopped, .unusualCalls, .callWhileClosed, .budgetUsed, .trunkDown])
    func `what one extension does within the hour hides nothing of another`(kind: SecurityEventKind) {
        var alerts = Alerts()
        #expect(alerts.take(Self.of("101", kind), in: office, at: noon) != nil)
        #expect(alerts.take(Self.of("101", kind), in: office, at: noon + .seconds(60)) == nil)
        #expect(alerts.take(Self.of("102", kind), in: office, at: noon + .seconds(60)) != nil)
    }

    @Test func `whoever has a phone mutes nothing by what it does, and people hear how much more it was`() {
        var alerts = Alerts()
        let told = (0..<1_000).count {
            alerts.take(Self.of("101", .forwardChanged, "to \($0)"), in: office, at: noon) != nil
        }
        #expect(told == 5)
        #expect(alerts.take(Self.of("102", .forwardChanged, "to 103"), in: office, at: noon) != nil)
        let next = alerts.take(Self.of("101", .forwardChanged, "to nobody"), in: office, at: noon + .seconds(3_600))
        #expect(next?.evidence.hasSuffix("995 more of it are in the list of events only.") == true)
        let last = alerts.take(Self.of("101", .forwardChanged, "to somebody"), in: office, at: noon + .seconds(3_601))
        #expect(last?.evidence.contains("more of it") == false)
    }

    @Test func `what is critical in the house is told however full the list is, and the list does not grow`() {
        var alerts = Alerts()
        for index in 0..<1_000 {
            _ = alerts.take(Self.noticed(.banned, from: index), in: office, at: noon)
            _ = alerts.take(Self.noticed(.foreignMedia, from: index), in: office, at: noon)
            _ = alerts.take(Self.of("\(1_000 + index)", .forwardChanged), in: office, at: noon)
            _ = alerts.take(Self.of("\(1_000 + index)", .unusualCalls), in: office, at: noon)
        }
        for index in 0..<1_000 {
            #expect(
                alerts.take(Self.of("\(1_000 + index)", .callsStopped), in: office, at: noon + .seconds(index)) != nil
            )
        }
        #expect(
            alerts.take(Self.noticed(.trunkIdentity), in: office, at: noon) != nil,
            "of strangers the first of a kind"
        )
        #expect(alerts.take(disk(.critical), in: office, at: noon + .seconds(1_000)) != nil)
    }
}
