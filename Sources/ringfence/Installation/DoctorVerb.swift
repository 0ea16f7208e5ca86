// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Glibc
import Guard
import Model
import Server

struct DoctorVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Find out what is wrong, and what to do about it.",
        discussion: """
            Works whether the server runs or not, and changes nothing. Exits 1 when
            something is wrong; a warning alone does not count.
            """
    )

    @OptionGroup var options: ServerOptions

    func run() async throws {
        let reported = try askServer()
        // An operator may ask the server, and not look into its folder.
        if let reported, access(Installation.absolute(options.folder.path), R_OK) != 0 {
            return try Self.output(reported).deliver(asJSON: options.json)
        }
        let installation = try Installation(opening: options.folder.path)
        let findings = await Server.Doctor(
            installation,
            serving: reported == nil ? nil : installation.serving,
            at: Date()
        ).examine()
        try Self.output(findings + (reported ?? [])).deliver(asJSON: options.json)
    }

    /// What the running server says of itself; `nil` when none runs.
    ///
    /// - Throws: Its refusal, where it runs and this account may not ask.
    private func askServer() throws(Refusal) -> [Finding]? {
        guard let server = try? ControlClient(directory: options.folder.path, as: options.role) else { return nil }
        do throws(Refusal) {
            return try server.perform(Diagnose()).facts
        } catch {
            guard error.control == .roles else { return nil }
            throw error
        }
    }

    /// Without what follows from something else that has to be put right first.
    static func output(_ all: [Finding]) throws -> Output {
        let findings = all.causes
        let wrong = findings.count { $0.severity == .critical }
        let summary =
            wrong == 0 ? "Nothing is wrong." : "\(counted(wrong, "thing")) \(wrong == 1 ? "is" : "are") wrong."
        let text = (findings.map(\.line) + ["", summary]).joined(separator: "\n")
        return try Output(text, json: Report(healthy: wrong == 0, findings: findings), fellShort: wrong > 0)
    }

    private struct Report: Encodable {
        let healthy: Bool
        let findings: [Finding]
    }
}

extension Finding {
    fileprivate var line: String {
        let mark =
            switch severity {
            case .good: "ok       "
            case .notice: "note     "
            case .warning: "WARNING  "
            case .critical: "WRONG    "
            }
        return mark + title.shown + (text.isEmpty ? "" : "\n         \(text.shown)")
    }
}
