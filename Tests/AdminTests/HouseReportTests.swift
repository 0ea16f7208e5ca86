// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Store
import Synchronization
import Testing

@testable import Admin

@Suite("The morning mail and that of the month")
struct HouseReportTests {
    private func told(_ office: Office) -> [Finding] { office.engine.state.withLock { $0.told } }

    @Test func `a night is three sentences: what works, who tried, what it cost`() async throws {
        let office = try Office()
        try await office.administrator.report(.day, since: noon + .seconds(-86_400), at: noon)
        let report = try #require(told(office).first)
        #expect(report.code.group == .report && report.severity == .notice && report.title == "1 thing needs you.")
        #expect(
            report.evidence
                == "Of what the system looks at, one falls short: certificate: ended yesterday. Nobody tried to get in within the last 24 hours. "
                + "0 calls went outside and cost 0.00 EUR."
        )
        #expect(report.remedy == "See what and how: ringfence doctor")
        let quiet = HouseReport(
            period: .day,
            faults: [],
            events: [],
            records: [],
            isPartial: false,
            currency: .eur,
            dailyLimit: nil
        ).finding
        #expect(quiet.title == "Everything works." && quiet.remedy.isEmpty)
        #expect(quiet.evidence.hasPrefix("All that the system looks at works. Nobody tried to get in"))
    }

    @Test func `what was tried and held off is counted, within the day only`() async throws {
        let office = try Office()
        let source = EventSource.address(IPAddress(v4: 0x0909_0909))
        let kinds: [(SecurityEventKind, Int, Int)] = [
            (.failedLogin, 60, 40), (.failedLogin, 90_000, 1_000), (.banned, 60, 1), (.premiumRefused, 60, 2),
        ]
        let events = kinds.map { kind, age, count in
            SecurityEvent(at: noon + .seconds(-age), kind: kind, source: source, detail: "x", count: count)
        }
        try office.store.write(events)
        try await office.administrator.report(.day, since: noon + .seconds(-86_400), at: noon)
        let text = try #require(told(office).first).evidence
        #expect(text.contains("40 logins failed and 1 address was shut out."))
        #expect(text.contains("2 calls to numbers that are not open were refused"))
    }

    @Test func `one is one, and a sentence in a row of them ends once`() {
        let source = EventSource.address(IPAddress(v4: 0x0909_0909))
        let events = [SecurityEventKind.signInFailed, .abroadRefused].map {
            SecurityEvent(at: noon, kind: $0, source: source, detail: "x")
        }
        let report = HouseReport(
            period: .day,
            faults: [Finding("a", .warning, "A falls."), Finding("b", .warning, "B falls")],
            events: events,
            records: [],
            isPartial: false,
            currency: .eur,
            dailyLimit: nil
        ).finding
        #expect(report.evidence.contains("2 fall short: A falls; B falls. Within"))
        #expect(report.evidence.contains("1 login failed and 0 addresses were shut out. "))
        #expect(report.evidence.hasSuffix("; 1 call to numbers that are not open was refused."))
    }

    @Test func `what falls short is named, causes only`() {
        let report = HouseReport(
            period: .day,
            faults: [Finding("disk-space", .critical, "The disk is full.")],
            events: [],
            records: [],
            isPartial: true,
            currency: .eur,
            dailyLimit: Money(clamping: 150_000_000)
        ).finding
        #expect(report.title == "1 thing needs you." && report.remedy.contains("ringfence doctor"))
        #expect(report.evidence.contains("one falls short: The disk is full."))
        #expect(report.evidence.contains("of the 150.00 EUR that a day may cost"))
        #expect(report.evidence.hasSuffix("There was more than is counted here."))
    }

    @Test func `that of the month comes once a month, and not before there was one`() async throws {
        let office = try Office()
        try await office.administrator.reportMonth(at: noon)
        #expect(told(office).isEmpty, "nothing was ever told")
        let month = Duration.seconds(31 * 86_400)
        try office.store.keep([.init(at: noon, Finding("x", .warning, "x"))], [], state: nil)
        try await office.administrator.reportMonth(at: noon + .seconds(60))
        #expect(told(office).isEmpty)
        try await office.administrator.reportMonth(at: noon + month)
        let report = try #require(told(office).first)
        #expect(report.code == "report.month" && report.evidence.contains("within the last month"))
        try office.store.keep([.init(at: noon + month, report)], [], state: nil)
        try await office.administrator.reportMonth(at: noon + month + .seconds(86_400))
        #expect(told(office).count == 1)
    }
}
