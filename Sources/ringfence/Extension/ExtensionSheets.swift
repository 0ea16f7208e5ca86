// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model
import Primitives
import Server

struct ExtensionImport: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Add everybody of a list: CSV of a spreadsheet or of another phone system.",
        discussion: """
            The first line names the columns; number (or extension) has to be one, name and
            group may be. Passwords and PINs in it are not taken: each phone gets a new
            secret when it is enrolled. All are added, or none.

              ringfence extension import people.csv
            """
    )

    @Argument(help: ArgumentHelp("CSV in UTF-8.", valueName: "file"))
    var file: String

    @OptionGroup var options: ServerOptions

    private(set) var sheet: ExtensionSheet?

    enum CodingKeys: CodingKey {
        case file, options
    }

    mutating func run() async throws {
        sheet = try ExtensionSheet(reading: Array(try PrivateFiles.read(file).utf8))
        try await ask()
    }

    var command: AddExtensions {
        AddExtensions((sheet?.rows ?? []).map { NewExtension(number: $0.number, name: $0.name, group: $0.group) })
    }

    func output(of added: AddExtensions.Reply) throws -> Output {
        var text = "\(counted(added.count, "extension")) added."
        if let secrets = sheet?.secretColumns, !secrets.isEmpty {
            text +=
                "\nNot taken, because each phone gets a secret of its own: \(secrets.map(\.shown).joined(separator: ", "))"
        }
        if let ignored = sheet?.ignoredColumns.filter({ !$0.isEmpty }), !ignored.isEmpty {
            text += "\nNot read: \(ignored.map(\.shown).joined(separator: ", "))"
        }
        return try Output(text, json: added, hint: added.first.map { "Next: ringfence phone enrol \($0.number)" })
    }
}

struct ExtensionExport: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write every extension as CSV. Secrets are not in it.",
        discussion: """
            No cell is a formula: what begins with =, +, -, @, a tab or a line feed has an
            apostrophe before it. What this writes can be imported.

              ringfence extension export > people.csv
            """
    )

    @OptionGroup var options: ServerOptions

    var command: ListExtensions { ListExtensions() }

    func output(of list: ListExtensions.Reply) throws -> Output {
        let rows = list.map { entry in
            [
                entry.number.text, entry.name, entry.pickupGroup?.text ?? "", entry.isEnabled ? "enabled" : "disabled",
                "\(entry.phones)",
            ]
        }
        let lines = ([["number", "name", "group", "state", "phones"]] + rows).map(SheetCell.line)
        return try Output(lines.joined(separator: "\n"), json: list)
    }
}
