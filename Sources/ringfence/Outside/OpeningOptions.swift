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

/// For how long something is open, and why.
struct ReleaseOptions: ParsableArguments {
    @Option(help: "Why, and who decided.")
    var reason: String?

    @Option(help: ArgumentHelp("For a while: 8h, 2d, 2026-12-24.", valueName: "end"))
    var until: String?

    func check(_ way: OpeningOptions) throws {
        guard until == nil || reason != nil else {
            throw ValidationError("Why is it open for a while? Add --reason.")
        }
        guard until == nil || (!way.onward && way.answer == .allow) else {
            throw ValidationError("--onward and --answer are for what is open for good.")
        }
    }
}
