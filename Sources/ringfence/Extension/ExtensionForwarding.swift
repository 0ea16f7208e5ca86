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
            same fails. With outside it may forward to colleagues, and to numbers outside
            that it may dial and that were opened with --onward; it pays for such a call.

              ringfence extension forwarding 101 --to colleagues
              ringfence extension forwarding 101 --to outside
              ringfence extension forwarding 101 --to nobody
            """
    )

    @OptionGroup var number: NumberArgument

    @Option(name: .customLong("to"), help: "Where to: nobody, colleagues, or outside the company too.")
    var policy: ForwardingPolicy

    @OptionGroup var options: ServerOptions

    var command: ForwardExtension { ForwardExtension(number: number.text, to: policy) }

    func output(of change: ForwardExtension.Reply) throws -> Output {
        try Output("Extension \(change.number) may forward its calls to \(policy.words).", json: change)
    }
}

extension ForwardingPolicy {
    fileprivate var words: String {
        switch self {
        case .nobody: "nobody"
        case .colleagues: "colleagues"
        case .outside: "colleagues and outside"
        }
    }
}
