// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct ExtensionForwarding: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "forwarding",
        abstract: "Say where an extension's phones may forward its calls to.",
        discussion: """
            Whoever has the phone sets it there: always, when it is busy, or when nobody
            answers. At first it may forward to nobody, and a call that it forwards all the
            same fails. Calls never leave the company this way.

              ringfence extension forwarding 101 --to colleagues
              ringfence extension forwarding 101 --to nobody
            """
    )

    @OptionGroup var number: NumberArgument

    @Option(name: .customLong("to"), help: "Other extensions of the company, or nobody.")
    var policy: ForwardingPolicy

    @OptionGroup var options: ServerOptions

    var command: ForwardExtension { ForwardExtension(number: number.text, to: policy) }

    func output(of change: ForwardExtension.Reply) throws -> Output {
        try Output("Extension \(change.number) may forward its calls to \(policy.rawValue).", json: change)
    }
}
