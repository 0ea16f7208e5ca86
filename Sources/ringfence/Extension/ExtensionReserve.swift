// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard

struct ExtensionReserve: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "reserve",
        abstract: "Keep an extension although nobody uses it.",
        discussion: """
            An extension without a registration or a call for \(Guard.Limits.dormantDays) days is disabled, and its
            phones are revoked. One with a reason and an end stays until then.

              ringfence extension reserve 950 --reason 'telephone of the lift' --until 365d
            """
    )

    @OptionGroup var number: NumberArgument

    @Option(help: "Why it stays.")
    var reason: String

    @Option(help: "Until when: 365d, or a day such as 2027-11-01.")
    var until: String

    @OptionGroup var options: ServerOptions

    var command: ReserveExtension { ReserveExtension(number: number.text, reason: reason, until: until) }

    func output(of change: ExtensionChange) throws -> Output {
        try Output(
            "Extension \(change.number) is kept although nobody uses it.",
            json: change,
            hint: "Undo: ringfence extension unreserve \(change.number)"
        )
    }
}

struct ExtensionUnreserve: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "unreserve",
        abstract: "Keep an extension only while somebody uses it."
    )

    @OptionGroup var number: NumberArgument
    @OptionGroup var options: ServerOptions

    var command: UnreserveExtension { UnreserveExtension(number: number.text) }

    func output(of change: ExtensionChange) throws -> Output {
        try Output("Extension \(change.number) is kept only while it is used.", json: change)
    }
}
