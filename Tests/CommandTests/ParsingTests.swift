// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Model
import Testing

@testable import ringfence

@Suite("What is typed")
struct ParsingTests {
    @Test(arguments: [
        ["extension", "add", "9"], ["extension", "add", "1234567"], ["extension", "add", "٢٠٤"],
        ["extension", "add", "101", "102", "--name", "Both"], ["extension", "add"], ["extension", "show", "abc"],
        ["phone", "enrol", "101", "--format", "pdf"], ["phone", "enrol", "101", "--json", "--format", "qr"],
        ["phone", "enrol", "101", "--minimum-digest", "sha1"], ["record", "list", "--limit", "0"],
        ["journal", "list", "--limit", "10001"], ["call", "end"], ["extension", "erase", "101"],
        ["init", "--domain", "example.com", "--address", "pbx.example.com"],
        ["init", "--domain", "exa mple", "--address", "192.0.2.1"],
        ["init", "--domain", "example.com", "--address", "192.0.2.1", "--certificate", "c.pem"],
        ["control", "list", "--colour"], ["ban", "add", "10.0.0.0/8", "--reason", "x"], ["ban", "remove", "x"],
    ])
    func `a typing error exits with 64`(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try Ringfence.parseAsRoot(arguments + ["--data", "/nowhere"]) }
        #expect(error.map { Ringfence.exitCode(for: $0).rawValue } == 64)
    }

    @Test func `a number that is none is explained`() {
        let error = #expect(throws: (any Error).self) { try ExtensionAdd.parse(["9", "--data", "/nowhere"]) }
        #expect(
            error.map { ExtensionAdd.message(for: $0) }
                == "'9' is not an extension number: 2 to 6 digits, such as 204."
        )
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["RINGFENCE_DATA"] == nil, "RINGFENCE_DATA is set"))
    func `without a folder the question is asked`() {
        let error = #expect(throws: (any Error).self) { try ExtensionList.parse([]) }
        #expect(
            error.map { ExtensionList.message(for: $0) }
                == "Where is the phone system? Name its folder with --data, or set RINGFENCE_DATA."
        )
    }

    @Test func `what was typed becomes the command that is asked`() throws {
        #expect(
            try parse(ExtensionAdd.self, "101", "--name", "Lab").command
                == AddExtensions([.init(number: "101", name: "Lab")])
        )
        #expect(
            try parse(ExtensionAdd.self, "101", "102").command
                == AddExtensions([.init(number: "101"), .init(number: "102")])
        )
        #expect(
            try parse(PhoneEnrol.self, "101", "--label", "Desk", "--minimum-digest", "sha256").command
                == EnrolPhones([.init(extension: "101", label: "Desk", minimum: .sha256)])
        )
        #expect(try parse(PhoneList.self, "101").command == ListPhones(extension: "101"))
        #expect(try parse(RecordList.self).command == ListRecords(limit: 100))
        #expect(try parse(EventList.self, "--limit", "5").command == ListEvents(limit: 5))
    }

    /// What is broken into lines by hand is broken again, in the middle of them, where it does not fit.
    @Test func `no explanation of a command is wider than a terminal`() {
        var commands: [any ParsableCommand.Type] = [Ringfence.self]
        var explained = 0
        while let command = commands.popLast() {
            let configuration = command.configuration
            commands += configuration.subcommands
            let lines = configuration.discussion.split(separator: "\n")
            explained += lines.isEmpty ? 0 : 1
            for line in lines { #expect(line.count < 80, "\(command): \(line)") }
        }
        #expect(explained > 10)
    }

    @Test func `a verb's help is this, word for word`() {
        #expect(
            Ringfence.helpMessage(for: ExtensionDisable.self, columns: 100) == """
                OVERVIEW: Cut an extension off: end its calls, unregister its phones, refuse their passwords.

                Nothing is deleted; undo it with 'ringfence extension enable'.

                USAGE: ringfence extension disable <number> [--data <data>] [--json] [--as <role>]

                ARGUMENTS:
                  <number>                The extension's number, 2 to 6 digits.

                OPTIONS:
                  --data <data>           The folder of the phone system. Default: the environment's RINGFENCE_DATA.
                  --json                  Print JSON, for a script. Fields are only ever added.
                  --as <role>             Act with the rights of this role only, such as auditor or
                                          own-extension:204. It adds none.
                  --version               Show the version.
                  -h, --help              Show help information.

                """
        )
    }
}
