// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct ExtensionGroup: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "group",
        abstract: "Put an extension into a pick-up group, or take it out.",
        discussion: """
            Phones of one group take each other's calls while they ring: *8 takes the
            oldest, **101 the one at 101.

              ringfence extension group 101 sales
              ringfence extension group 101
            """
    )

    @OptionGroup var number: NumberArgument

    @Argument(help: ArgumentHelp("Letters, digits and hyphens. Without one: out of any group.", valueName: "group"))
    var group: String?

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard let group, PickupGroup(parsing: group) == nil else { return }
        throw ValidationError("'\(group)' is not a group: 1 to 32 letters, digits and hyphens, such as sales.")
    }

    var command: GroupExtension { GroupExtension(number: number.text, group: group) }

    func output(of change: GroupExtension.Reply) throws -> Output {
        let place = group.map { "in pick-up group \($0.lowercased())" } ?? "in no pick-up group"
        return try Output("Extension \(change.number) is \(place).", json: change)
    }
}
