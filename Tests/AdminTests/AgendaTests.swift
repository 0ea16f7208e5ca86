// SPDX-License-Identifier: Apache-2.0

import Admin
import Model
import Primitives
import Testing

@Suite("Jobs in virtual time")
struct AgendaTests {
    /// 2026-11-21T00:00:00Z.
    private static let midnight = WallTime(milliseconds: 1_795_219_200_000)
    private static func at(_ minutes: Int) -> WallTime { midnight + .seconds(60 * minutes) }

    private static let hourly = Job("a.hourly", .every(seconds: 3_600)) { _ in }
    private static let nightly = Job("a.nightly", .daily(minute: 140)) { _ in }
    private static let clocked = Job("a.clocked", .every(seconds: 3_600), followsClock: true) { _ in }

    private static func agenda(_ jobs: Job..., kept: [JobRun] = [], at minutes: Int = 0) -> Agenda {
        var agenda = Agenda(kept: kept)
        for job in jobs { agenda.add(job, at: at(minutes)) }
        return agenda
    }

    /// Looks every minute and does what is due; the minutes at which each run began.
    private func begun(_ agenda: inout Agenda, _ minutes: some Sequence<Int>, failure: String? = nil) -> [Int] {
        var begun: [Int] = []
        for minute in minutes {
            for run in agenda.begin(at: Self.at(minute)) {
                begun.append(minute)
                _ = agenda.end(run.job, failure: failure, at: Self.at(minute))
            }
        }
        return begun
    }

    @Test func `an hourly job is done once an hour, and a nightly one once a night`() {
        var hourly = Self.agenda(Self.hourly)
        #expect(begun(&hourly, 0..<200) == [60, 120, 180])
        var nightly = Self.agenda(Self.nightly)
        #expect(begun(&nightly, 0..<3_000) == [140, 1_580])
    }

    @Test func `one that runs is not begun again`() {
        var agenda = Self.agenda(Self.hourly)
        #expect(agenda.begin(at: Self.at(60)).count == 1)
        #expect(agenda.begin(at: Self.at(500)).isEmpty)
        #expect(agenda.next == nil)
        #expect(agenda.end("a.hourly", failure: nil, at: Self.at(500))?.endedAt == Self.at(500))
        #expect(agenda.begin(at: Self.at(500)).count == 1)
    }

    @Test func `a restart makes nothing run twice, and nothing be left out`() {
        let run = JobRun(job: "a.nightly", startedAt: Self.at(140), endedAt: Self.at(141))
        var again = Self.agenda(Self.nightly, kept: [run], at: 150)
        #expect(begun(&again, 150..<1_600) == [1_580])
        // The server was down when it was due.
        var late = Self.agenda(Self.nightly, kept: [run], at: 1_700)
        #expect(begun(&late, 1_700..<3_100) == [1_700, 3_020])
    }

    @Test func `a clock that is set back within a period makes nothing run twice`() {
        var agenda = Self.agenda(Self.nightly)
        #expect(begun(&agenda, 100..<150) == [140])
        agenda.clockWasSet(at: Self.at(120))
        #expect(begun(&agenda, 120..<1_500) == [])
        #expect(begun(&agenda, 1_500..<1_600) == [1_580])
    }

    @Test func `a clock that was years ahead does not silence a job for years`() {
        let run = JobRun(job: "a.hourly", startedAt: Self.at(1_000_000), endedAt: Self.at(1_000_001))
        var agenda = Self.agenda(Self.hourly, kept: [run])
        #expect(begun(&agenda, 0..<130) == [60, 120])
    }

    @Test func `a clock that is set forward makes a job run once`() {
        var agenda = Self.agenda(Self.hourly)
        agenda.clockWasSet(at: Self.at(100_000))
        #expect(begun(&agenda, 100_000..<100_059) == [100_000])
    }

    @Test func `a job that follows the clock is due when it was set`() {
        var agenda = Self.agenda(Self.clocked)
        #expect(begun(&agenda, 0..<70) == [60])
        agenda.clockWasSet(at: Self.at(-600))
        #expect(begun(&agenda, [-600, -599]) == [-600])
    }

    @Test func `one that fails is tried again after 1, 2, 4 minutes and so on, and tells how often`() {
        var agenda = Self.agenda(Self.nightly)
        #expect(begun(&agenda, 0..<400, failure: "no disk") == [140, 141, 143, 147, 155, 171, 203, 267, 395])
        let last = agenda.reports[0].last
        #expect(last?.failures == 9)
        #expect(last?.failure == "no disk")
        #expect(begun(&agenda, 400..<1_600) == [651, 1_580])
        #expect(agenda.reports[0].last?.failures == 0)
    }

    @Test func `one that a dying server left unfinished is tried again`() {
        let run = JobRun(job: "a.nightly", startedAt: Self.at(140))
        var agenda = Self.agenda(Self.nightly, kept: [run], at: 145)
        #expect(agenda.reports[0].last?.failure == "the server ended while it ran")
        #expect(begun(&agenda, 145..<200) == [145])
    }

    @Test func `a report says when it is done next, in words a person reads`() {
        let agenda = Self.agenda(Self.hourly, Self.nightly)
        #expect(agenda.reports.map(\.name) == ["a.hourly", "a.nightly"])
        #expect(agenda.reports.map(\.schedule) == ["every hour", "daily at 02:20 UTC"])
        #expect(agenda.reports.map(\.next) == [Self.at(60), Self.at(140)])
        #expect(JobSchedule.every(seconds: 5).description == "every 5 seconds")
        #expect(JobSchedule.every(seconds: 60).description == "every minute")
    }
}
