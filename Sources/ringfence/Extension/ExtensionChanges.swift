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

    var command: Command { .extension(.disable(number: number.text)) }

    func output(of answer: Answer) throws -> Output {
        try ExtensionChange.output(of: answer) { "Undo: ringfence extension enable \($0.number)" }
    }
}

struct ExtensionEnable: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Let a disabled extension register and call again."
    )

    @OptionGroup var number: NumberArgument
    @OptionGroup var options: ServerOptions

    var command: Command { .extension(.enable(number: number.text)) }

    func output(of answer: Answer) throws -> Output { try ExtensionChange.output(of: answer) }
}

struct ExtensionRemove: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Delete an extension and its phones. Its call records stay.",
        discussion: "Its calls end. Adding the number again does not bring the phones back."
    )

    @OptionGroup var number: NumberArgument
    @OptionGroup var options: ServerOptions

    var command: Command { .extension(.remove(number: number.text)) }

    func output(of answer: Answer) throws -> Output { try ExtensionChange.output(of: answer) }
}
