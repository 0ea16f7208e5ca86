// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct JobNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job",
        abstract: "What the system does by itself, and when.",
        subcommands: [JobList.self]
    )
}

struct JobList: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show every job with its schedule, its last run and its next.",
        discussion: "Exits 1 when the last run of one failed."
    )

    @OptionGroup var options: ServerOptions

    var command: ListJobs { ListJobs() }

    func output(of jobs: ListJobs.Reply) throws -> Output {
        let rows = jobs.map {
            [$0.name, $0.schedule, $0.last?.startedAt.seconds ?? "never", $0.next?.seconds ?? "now", $0.result]
        }
        return try Output(
            Table(["job", "schedule", "last run", "next run", "result"], rows).text,
            json: jobs,
            fellShort: jobs.contains { $0.last?.failure != nil }
        )
    }
}

extension JobReport {
    fileprivate var result: String {
        guard let last else { return "-" }
        if isRunning { return "running" }
        return last.failure.map { "FAILED \(last.failures) times: \($0)" } ?? "done"
    }
}
