// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard

struct ExtensionAdd: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Give somebody a number.",
        discussion: """
            A number alone lets nobody in: enrol a phone for it next.

              ringfence extension add 101 --name Reception
              ringfence extension add 201 202 203 --group sales
            """
    )

    @Argument(help: ArgumentHelp("The numbers, 2 to 6 digits each.", valueName: "number"))
    var numbers: [String]

    @Option(help: "What people call it, for one number. Default: 'Extension 101'.")
    var name: String?

    @Option(help: "Its pick-up group: its members take each other's calls with *8 while they ring.")
    var group: String?

    @OptionGroup var options: ServerOptions

    func validate() throws {
        for number in numbers { try NumberArgument.check(number) }
        guard name == nil || numbers.count == 1 else {
            throw ValidationError("--name is for one extension; add them one by one to name them.")
        }
    }

    var command: AddExtensions { AddExtensions(numbers.map { NewExtension(number: $0, name: name, group: group) }) }

    func output(of added: AddExtensions.Reply) throws -> Output {
        let text = added.map { "Extension \($0.number) is added: \($0.name.shown)." }.joined(separator: "\n")
        return try Output(text, json: added, hint: added.first.map { "Next: ringfence phone enrol \($0.number)" })
    }
}
