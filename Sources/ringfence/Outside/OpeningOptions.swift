// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Model

/// How calls go where they are let go.
struct OpeningOptions: ParsableArguments {
    @Option(
        help: """
            What happens: allow; or screen (repeat digits), code or person, which the server cannot ask for yet, so that \
            such a call is refused.
            """
    )
    var answer = CallAnswer.allow

    @Flag(help: "Forwards and transfers there too.")
    var onward = false

    /// - Parameters:
    ///   - calls: `Calls to France`.
    ///   - whose: Behind it: ` for the profile sales`.
    func sentence(_ calls: String, _ whose: String) -> String {
        answer == .allow ? "\(calls) are open\(whose)." : "\(calls)\(whose): each \(answer.words)."
    }
}

/// For whom calls are let go or not.
struct ProfileOption: ParsableArguments {
    @Option(name: .customLong("profile"), help: "For the extensions of this profile only.")
    var name: String?

    /// Behind a sentence about calls.
    var words: String { name.map { " for the profile \($0)" } ?? "" }

    /// The same, where those of a profile are left as they are.
    func words(in settings: DialingSettings) -> String {
        name == nil && !settings.profiles.isEmpty ? " for everybody without a profile" : words
    }

    /// Behind a command.
    var argument: String { name.map { " --profile \($0)" } ?? "" }
}
