// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct ExtensionNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extension",
        abstract: "The people and places of the business that have a number.",
        subcommands: [
            ExtensionAdd.self, ExtensionImport.self, ExtensionExport.self, ExtensionList.self, ExtensionShow.self,
            ExtensionDisable.self, ExtensionEnable.self,
            ExtensionGroup.self, ExtensionForwarding.self, ExtensionReserve.self, ExtensionUnreserve.self,
            ExtensionRemove.self,
        ]
    )
}

/// The number of one extension.
struct NumberArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The extension's number, 2 to 6 digits.", valueName: "number"))
    var text: String

    func validate() throws { try Self.check(text) }

    static func check(_ text: String) throws {
        guard ExtensionNumber(parsing: text) != nil else {
            throw ValidationError("'\(text)' is not an extension number: 2 to 6 digits, such as 204.")
        }
    }
}

extension ExtensionChange {
    /// What was done, and what ended because of it.
    var text: String {
        """
        Extension \(number) is \(change.rawValue).
        \(FactList([
            ("Calls ended", "\(endedCalls)"),
            ("Phones unregistered", "\(removedRegistrations)"),
            ("Phones revoked", "\(revokedPhones)"),
        ]).text)
        """
    }

    func output(hint: String? = nil) throws -> Output { try Output(text, json: self, hint: hint) }
}
