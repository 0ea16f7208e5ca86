// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Model
import Primitives
import Store
import Synchronization
import Testing

@testable import Server

@Suite("Jobs of a running business")
struct JobRunnerTests {
    private static let begin = WallTime(milliseconds: 1_800_000_000_000)

    /// A clock that somebody holds, how often the job ran, and what was told.
    private final class Stage: Sendable {
        let time = Mutex(JobRunnerTests.begin)
        let runs = Mutex(0)
        let findings = Mutex<[Finding]>([])
        let isBroken = Mutex(false)

        var job: Job {
            Job("test.run", .every(seconds: 3_600)) { _ in
                self.runs.withLock { $0 += 1 }
                if self.isBroken.withLock({ $0 }) { throw Broken() }
            }
        }

        func runner(_ store: RingfenceStore) async -> JobRunner {
            let hub = EventHub([
                { event in
                    if case .found(let finding) = event { self.findings.withLock { $0.append(finding) } }
                }
            ])
            let runner = JobRunner(store: store, events: hub) { self.time.withLock { $0 } }
            await runner.add(job)
            return runner
        }

        /// Looks after so many seconds, and waits for what was begun.
        func pass(_ seconds: Int, _ runner: JobRunner) async {
            time.withLock { $0 = $0 + .seconds(seconds) }
            await runner.look()
            await runner.settle()
        }
    }

    private struct Broken: Error, CustomStringConvertible {
        var description: String { "the disk is gone" }
    }

    private func withStore(_ work: (RingfenceStore) async throws -> Void) async throws {
        let path = NSTemporaryDirectory() + "ringfence-jobs-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let domain = try #require(DomainName(parsing: "pbx.example"))
        try await work(RingfenceStore.create(directory: path, domain: domain, by: "test", at: Self.begin))
    }

    @Test func `what was done is not done again by the next process, before it is time`() async throws {
        try await withStore { store in
            let stage = Stage()
            let first = await stage.runner(store)
            await stage.pass(3_600, first)
            await stage.pass(60, first)
            #expect(stage.runs.withLock { $0 } == 1)
            await first.stop()
            let second = await stage.runner(store)
            await stage.pass(60, second)
            #expect(stage.runs.withLock { $0 } == 1)
            await stage.pass(3_600, second)
            #expect(stage.runs.withLock { $0 } == 2)
            await second.stop()
        }
    }

    @Test func `doctor names the jobs that failed`() {
        let good = JobReport(name: "a.good", schedule: "every hour", isRunning: false, last: nil, next: Self.begin)
        let run = JobRun(job: "a.bad", startedAt: Self.begin, endedAt: Self.begin, failure: "no disk", failures: 1)
        let bad = JobReport(name: "a.bad", schedule: "every hour", isRunning: false, last: run, next: Self.begin)
        #expect(Finding([good]).isGood)
        #expect(Finding([good, bad]).title == "jobs: failed: a.bad" && Finding([good, bad]).severity == .warning)
    }

    @Test func `one that fails is told once, tried again and kept as failed`() async throws {
        try await withStore { store in
            let stage = Stage()
            stage.isBroken.withLock { $0 = true }
            let runner = await stage.runner(store)
            await stage.pass(3_600, runner)
            await stage.pass(60, runner)
            #expect(stage.runs.withLock { $0 } == 2)
            let findings = stage.findings.withLock { $0 }
            #expect(findings.map(\.code) == ["job.test.run"])
            #expect(findings.first?.evidence == "the disk is gone")
            let kept = try #require(try store.jobRuns().first)
            #expect((kept.job, kept.failures, kept.failure) == ("test.run", 2, "the disk is gone"))
            stage.isBroken.withLock { $0 = false }
            await stage.pass(120, runner)
            #expect(try store.jobRuns().first?.failures == 0)
            await runner.stop()
        }
    }
}
