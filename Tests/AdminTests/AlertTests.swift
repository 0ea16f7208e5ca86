// SPDX-License-Identifier: Apache-2.0

import Admin
import Model
import Primitives
import Testing

@Suite("What people are told at once")
struct AlertTests {
    private static func noticed(_ kind: SecurityEventKind, from host: Int = 1) -> Event {
        let source = EventSource.address(IPAddress(v4: 0xC633_6400 + UInt32(host)))
        return .noticed(SecurityEvent(at: noon, kind: kind, source: source, detail: "10 wrong passwords"))
    }

    @Test func `an attack in progress, a broken journal and what is wrong, and not one wrong password`() {
        var alerts = Alerts()
        #expect(alerts.take(Self.noticed(.failedLogin), at: noon) == nil)
        let attack = alerts.take(Self.noticed(.banned), at: noon)
        #expect(attack?.title == "An attack is in progress; its source is shut out.")
        #expect(attack?.evidence == "From 198.51.100.1: 10 wrong passwords.")
        #expect(attack?.severity == .warning)
        let journal = alerts.take(Self.noticed(.journalBroken), at: noon)
        #expect(journal?.severity == .critical && journal?.control == .journal)
        let finding = Finding("job.event.retain", .warning, "The job event.retain failed.")
        #expect(alerts.take(.found(finding), at: noon) == finding)
        #expect(alerts.take(.found(Finding("clock", .good, "The clock is right")), at: noon) == nil)
        #expect(alerts.take(.changed(Alteration(by: "root", "extension.add", of: "201", text: "…")), at: noon) == nil)
    }

    private func disk(_ severity: Finding.Severity) -> Event {
        .found(Finding("disk-space", severity, "The disk is full"))
    }

    @Test func `what follows from something that goes on is not told, and is when that is over`() {
        var alerts = Alerts()
        let records = Event.found(Finding("call-records", .critical, "Records wait", dependsOn: ["disk-space"]))
        #expect(alerts.take(disk(.critical), at: noon) != nil)
        #expect(alerts.take(records, at: noon + .seconds(60)) == nil)
        #expect(alerts.take(records, at: noon + .seconds(150)) == nil)
        #expect(alerts.take(records, at: noon + .seconds(151)) != nil)
        var others = Alerts()
        #expect(others.take(disk(.warning), at: noon) != nil)
        #expect(others.take(records, at: noon + .seconds(1)) != nil)
    }

    @Test func `what often passes by itself is told when it has lasted without a gap`() {
        var alerts = Alerts()
        func crowd(_ count: Int) -> Event {
            .found(Finding("strangers", .warning, "\(count) strangers", subject: "strangers", visibleAfter: 300))
        }
        for minute in 0..<5 { #expect(alerts.take(crowd(minute), at: noon + .seconds(60 * minute)) == nil) }
        #expect(alerts.take(crowd(5), at: noon + .seconds(300)) != nil)
        // The number in its title makes no other thing of it.
        #expect(alerts.take(crowd(6), at: noon + .seconds(360)) == nil)
        let later = noon + .seconds(7_200)
        #expect(alerts.take(crowd(7), at: later) == nil)
        #expect(alerts.take(crowd(7), at: later + .seconds(200)) == nil)
        #expect(alerts.take(crowd(7), at: later + .seconds(350)) == nil)
        #expect(alerts.take(crowd(7), at: later + .seconds(500)) != nil)
    }

    @Test func `the same thing once an hour, also when the clock is set back`() {
        var alerts = Alerts()
        #expect(alerts.take(Self.noticed(.banned), at: noon) != nil)
        #expect(alerts.take(Self.noticed(.banned), at: noon + .seconds(3_599)) == nil)
        #expect(alerts.take(Self.noticed(.banned, from: 2), at: noon + .seconds(3_599)) != nil)
        #expect(alerts.take(Self.noticed(.banned), at: noon + .seconds(3_600)) != nil)
        #expect(alerts.take(Self.noticed(.banned), at: noon + .seconds(-86_400)) != nil)
    }

    @Test func `a hundred sources an hour, however many there are`() {
        var alerts = Alerts()
        let told = (0..<10_000).count { alerts.take(Self.noticed(.banned, from: $0), at: noon) != nil }
        #expect(told == 100)
        #expect(alerts.take(Self.noticed(.banned), at: noon + .seconds(3_600)) != nil)
    }
}
