// SPDX-License-Identifier: Apache-2.0

import Admin
import Model
import Primitives
import Store

/// Does the jobs of one business when they are due, each on a task of its own, and keeps how it went.
actor JobRunner {
    private let store: RingfenceStore
    private let events: EventHub
    private let clock: @Sendable () -> WallTime
    private var agenda: Agenda
    private var jobs: [String: Job] = [:]
    private var running: [String: Task<Void, Never>] = [:]
    private var watch: Task<Void, Never>?

    init(store: RingfenceStore, events: EventHub, clock: @escaping @Sendable () -> WallTime = { SystemClock.wall }) {
        (self.store, self.events, self.clock) = (store, events, clock)
        // Nothing to tell: a database that cannot be read is told of by whoever needs it.
        agenda = Agenda(kept: (try? store.jobRuns()) ?? [])
    }

    /// From the next look on.
    func add(_ job: Job) {
        jobs[job.name] = job
        agenda.add(job, at: clock())
    }

    /// Looks at the clock until ``stop()``.
    func start() {
        guard watch == nil else { return }
        watch = Task { [weak self] in
            var offset = SystemClock.offset
            while !Task.isCancelled {
                let now = SystemClock.offset
                await self?.look(clockWasSet: Duration.milliseconds(abs(now - offset)) > Limits.clockStep)
                offset = now
                guard let pause = await self?.pause else { return }
                try? await Task.sleep(for: pause)
            }
        }
    }

    /// Begins what is due.
    func look(clockWasSet: Bool = false) {
        if clockWasSet { agenda.clockWasSet(at: clock()) }
        for run in agenda.begin(at: clock()) {
            guard let job = jobs[run.job] else { continue }
            running[run.job] = Task { await self.carryOut(job, run) }
        }
    }

    /// Every job and how it went.
    var reports: [JobReport] { agenda.reports }

    /// Returns when no job runs any more.
    func settle() async { for task in running.values { await task.value } }

    /// Tells those that run to end, and waits for them.
    func stop() async {
        watch?.cancel()
        for task in running.values { task.cancel() }
        await settle()
        // Some lead back to the server.
        jobs = [:]
    }

    private func carryOut(_ job: Job, _ run: JobRun) async {
        await keep(run, of: job)
        var failure: String?
        do { try await job.run(run.startedAt) } catch { failure = "\(error)" }
        running[job.name] = nil
        guard let ended = agenda.end(job.name, failure: failure, at: clock()) else { return }
        await keep(ended, of: job)
        if let finding = Finding(ended, before: run) { events.publish(.found(finding)) }
    }

    /// Runs of jobs that come round every few seconds are not kept: a restart is one of them more, and does no harm.
    private func keep(_ run: JobRun, of job: Job) async {
        guard job.schedule.period >= Limits.keptPeriod else { return }
        // A disk that takes nothing is told of by the records, and must not keep a certificate from being renewed.
        try? await BusinessStore(store).write { try $0.keep(run) }
    }

    /// Until the next look, at most for as long as a clock that was set may go unnoticed.
    private var pause: Duration {
        guard let next = agenda.next else { return Limits.shortestPause }
        return min(max(next - clock(), Limits.shortestPause), Limits.clockReview)
    }
}

extension Finding {
    /// A job that fails: told when it begins to, and when it fails in another way.
    fileprivate init?(_ run: JobRun, before: JobRun) {
        guard let failure = run.failure, run.failures == 1 || failure != before.failure else { return nil }
        self.init(
            Code(rawValue: "job.\(run.job)"),
            .warning,
            "The job \(run.job) failed.",
            evidence: failure,
            remedy: "It is tried again by itself; see when: ringfence job list",
            dependsOn: ["call-records"]
        )
    }
}
