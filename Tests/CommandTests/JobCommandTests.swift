// SPDX-License-Identifier: Apache-2.0

import Admin
import Model
import Testing

@testable import ringfence

@Suite("What the system does by itself")
struct JobCommandTests {
    @Test func `each job has a line with its schedule, its last run, its next and what came of it`() throws {
        let failed = JobRun(
            job: "certificate.renew",
            startedAt: Sample.time,
            endedAt: Sample.time,
            failure: "no disk",
            failures: 2
        )
        let jobs = [
            JobReport(
                name: "certificate.renew",
                schedule: "every hour",
                isRunning: false,
                last: failed,
                next: Sample.time
            ),
            JobReport(
                name: "event.retain",
                schedule: "daily at 02:20 UTC",
                isRunning: false,
                last: nil,
                next: Sample.time
            ),
        ]
        let output = try parse(JobList.self).answer(from: Office(jobs))
        #expect(output.fellShort)
        #expect(
            output.text == """
                JOB                SCHEDULE            LAST RUN              NEXT RUN              RESULT
                certificate.renew  every hour          2026-11-21T07:00:00Z  2026-11-21T07:00:00Z  FAILED 2 times: no disk
                event.retain       daily at 02:20 UTC  never                 2026-11-21T07:00:00Z  -
                """
        )
    }
}
