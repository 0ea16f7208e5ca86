// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model
import Primitives
import Synchronization
import Testing

@testable import ringfence

@Suite("ringfence spend, rates, pattern and limit")
struct MoneyCommandTests {
    private func overview(
        _ settings: SpendSettings = SpendSettings(),
        _ standings: [SpendStanding]? = nil
    ) -> SpendOverview {
        SpendOverview(settings: settings, standings: standings, at: Sample.time)
    }

    @Test func `limits are shown beside what is spent of them, also where it is not known`() throws {
        let text = try parse(SpendShow.self).answer(from: Office(overview())).text
        #expect(text.hasPrefix("The ceiling above all budgets is 50.00 an hour, 150.00 a day, 500.00 a week (EUR)."))
        #expect(text.hasSuffix("What is spent is not known: no server counts it."))
        let lines = SpendSpan.allCases.map {
            SpendStanding.Line(
                span: $0,
                isAfterHours: false,
                spent: Money(clamping: 1_500_000),
                limit: Money(units: 15)
            )
        }
        let report = SpendStanding(
            pool: .business,
            lines: lines,
            running: 2,
            inProgress: Money(units: 1),
            overshoot: Money(clamping: 16_667)
        )
        let one = SpendStanding(
            pool: .extension(try Sample.number("101")),
            lines: lines,
            running: 2,
            inProgress: Money(units: 1),
            overshoot: Money(clamping: 16_667)
        )
        let live = try parse(SpendShow.self).answer(from: Office(overview(SpendSettings(), [report, one]))).text
        #expect(live.contains("business                1.50 of 15.00"), "\(live)")
        #expect(live.contains("extension 101           1.50 of 15.00"), "\(live)")
        #expect(live.hasSuffix("each second that all of these end late costs 0.016667 EUR at most."), "\(live)")
    }

    @Test func `a limit is for whom is typed`() throws {
        let verb = try parse(SpendLimit.self, "extension", "101", "--hour", "1", "--day", "2", "--week", "3")
        #expect(verb.command == SetSpendLimits(subject: "extension 101", hour: "1", day: "2", week: "3"))
        #expect(
            try verb.answer(from: Office(overview())).text
                == "Calls of extension 101 may cost 1 an hour, 2 a day, 3 a week."
        )
        #expect(try parse(SpendLimit.self, "trunk", "main", "--as-others").command.hour == nil)
        for wrong in [
            ["business"], ["business", "--hour", "1"], ["all", "--as-others"],
            ["business", "--hour", "1,5", "--day", "2", "--week", "3"],
        ] {
            #expect(throws: (any Error).self, "\(wrong)") { try SpendLimit.parse(wrong + ["--data", "/nowhere"]) }
        }
    }

    @Test func `a raise of the ceiling says who has to do what`() throws {
        var settings = SpendSettings()
        let limits = try #require(SpendLimits(hour: Money(units: 100), day: Money(units: 300), week: Money(units: 900)))
        let alice = LocalAccount(name: "alice", user: 1_001)
        settings.ask(for: CeilingRaise(to: limits, request: .init(by: alice, at: Sample.time)))
        let verb = try parse(CeilingRaiseVerb.self, "--hour", "100", "--day", "300", "--week", "900")
        let output = try verb.answer(from: Office(overview(settings)))
        #expect(output.hint == "Somebody else agrees with: ringfence spend ceiling agree --week 900.00")
        #expect(output.text.hasSuffix("nobody has agreed yet."))
        settings.agree(by: LocalAccount(name: "bob", user: 1_002), at: Sample.time)
        let agreed = try parse(CeilingAgree.self, "--week", "900").answer(from: Office(overview(settings)))
        #expect(agreed.text.hasSuffix("it holds from 2026-11-22T07:00:00Z on.") && agreed.hint == nil)
        #expect(throws: (any Error).self) { try parse(CeilingRaiseVerb.self) }
    }

    @Test func `patterns, stops and limits of calls are shown`() throws {
        let finding = PatternFinding(
            rule: .costlyHour,
            subject: .extension(try Sample.number("204")),
            value: 61,
            threshold: 60,
            stop: .seconds(90)
        )
        let overview = PatternOverview(
            patterns: PatternSettings(),
            callLimits: CallLimitSettings(),
            afterHours: AfterHoursSettings(),
            stops: [StopReport(finding)]
        )
        let output = try parse(PatternShow.self).answer(from: Office(overview))
        #expect(
            output.text.contains("204      costly-hour  2             extension 204: 61 costly calls within an hour"),
            "\(output.text)"
        )
        #expect(output.hint == "Let somebody call again: ringfence pattern release 204 --reason TEXT")
        for rule in PatternRule.allCases { #expect(output.text.contains(rule.name)) }
        #expect(try parse(PatternSet.self, "costly-hour", "--usual").command == SetPattern(.costlyHour))
        #expect(throws: (any Error).self) { try parse(PatternSet.self, "costly-hour", "--warn", "1") }
        #expect(throws: (any Error).self) { try parse(PatternRelease.self, "nobody at all", "--reason", "r") }
        #expect(try parse(LimitSet.self, "trunk", "main", "--as-others").command.subject == "trunk main")
        let abroad = try parse(LimitAbroad.self, "--least", "3")
        #expect(abroad.command.least == 3 && abroad.command.percent == nil)
        #expect(try abroad.answer(from: Office(overview)).text.hasPrefix("Abroad at a time: 10 % of the extensions,"))
        #expect(throws: (any Error).self) { try parse(LimitAbroad.self) }
    }

    /// Takes the pieces of an upload, and refuses everything else.
    private final class Desk: Operations {
        struct State {
            var bytes = Data()
            var firsts = 0
            var asked: [String] = []
        }

        let state = Mutex(State())

        func perform<Asked: Command>(_ command: Asked) throws(Refusal) -> Asked.Reply {
            state.withLock { $0.asked.append(Asked.name) }
            guard let upload = command as? UploadRates else {
                throw Refusal(problem: "No.", reason: "a test says so", remedy: "none")
            }
            let count = state.withLock { state in
                if upload.isFirst { (state.bytes, state.firsts) = (Data(), state.firsts + 1) }
                state.bytes += upload.piece
                return state.bytes.count
            }
            guard let reply = UploadRates.Reply(bytes: count) as? Asked.Reply else {
                throw Refusal(problem: "No.", reason: "not asked", remedy: "none")
            }
            return reply
        }
    }

    @Test func `a long price list is handed over in pieces that fit a request`() throws {
        let path = NSTemporaryDirectory() + "ringfence-rates-" + UUID().uuidString
        let bytes = Data((0..<200_000).map { UInt8($0 % 251) })
        try bytes.write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let desk = Desk()
        #expect(throws: Refusal.self) { try parse(RatesImport.self, path, "--trunk", "main").answer(from: desk) }
        desk.state.withLock { state in
            #expect(state.bytes == bytes && state.firsts == 1)
            #expect(state.asked.last == "rates.import" && state.asked.count == 6)
        }
        #expect(throws: Refusal.self) { try parse(RatesImport.self, path + "-no").answer(from: desk) }
    }
}
