// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser

struct ExtensionDisable: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Cut an extension off: end its calls, unregister its phones, refuse their passwords.",
        discussion: "Nothing is deleted; undo it with 'ringfence extension enable'."
    )

    @OptionGroup var number: NumberArgument
    @OptionGroup var options: ServerOptions

    var command: DisableExtension { DisableExtension(number: number.text) }

    func output(of change: ExtensionChange) throws -> Output {
        try change.output(hint: "Undo: ringfence extension enable \(change.number)")
    }
}

struct ExtensionEnable: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Let a disabled extension register and call again."
    )

    @OptionGroup var number: NumberArgument
    @OptionGroup var options: ServerOptions

    var command: EnableExtension { EnableExtension(number: number.text) }

    func output(of change: ExtensionChange) throws -> Output { try change.output() }
}

struct ExtensionRemove: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Delete an extension and its phones. Its call records stay.",
        discussion: "Its calls end. Adding the number again does not bring the phones back."
    )

    @OptionGroup var number: NumberArgument
    @OptionGroup var options: ServerOptions

    var command: RemoveExtension { RemoveExtension(number: number.text) }

    func output(of change: ExtensionChange) throws -> Output { try change.output() }
}
