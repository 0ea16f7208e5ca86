// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard

struct AuditNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Look at the live system and prove each control by evidence.",
        subcommands: [AuditRun.self]
    )
}

struct AuditRun: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Check every control on the running server.",
        discussion: """
            Changes nothing but the date of the last proof. Exits 1 when a control falls
            short.
            """
    )

    @OptionGroup var options: ServerOptions

    var command: RunAudit { RunAudit() }

    func output(of summary: RunAudit.Reply) throws -> Output {
        Output(summary.text, rawJSON: summary.json, fellShort: !summary.holds)
    }
}
