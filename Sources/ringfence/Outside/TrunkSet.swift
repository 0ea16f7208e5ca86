// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct TrunkSet: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Say how a provider wants its calls. What is not named stays; calls that are up go on.",
        discussion: """
            Where calls go and how it logs in is said when it is added.

              ringfence trunk set main --numbers national --caller-field preferred
              ringfence trunk set main --forward-field diversion --keeps-withheld
            """
    )

    @OptionGroup var trunk: TrunkArgument

    @Option(help: "How the provider writes numbers: plus (+4930…), digits (4930…) or national (030…).")
    var numbers: Trunk.NumberFormat?

    @Option(help: "Where the provider reads who calls: asserted, preferred or from.")
    var callerField: Trunk.CallerField?

    @Option(help: "How the provider is told of forwarded calls: none, diversion (RFC 5806) or history (RFC 7044).")
    var forwardField: Trunk.ForwardField?

    @Flag(inversion: .prefixedNo, help: "The provider keeps a withheld number to itself, and is told it.")
    var keepsWithheld: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: "Register for all numbers at once (RFC 6140): the user name is the pilot number."
    )
    var registersNumbers: Bool?

    @Option(help: "Calls at once.")
    var calls: Int?

    @Option(help: "Lower goes first, where no route says otherwise.")
    var priority: Int?

    @OptionGroup var options: ServerOptions

    var command: SetTrunkProfile {
        var command = SetTrunkProfile(trunk: trunk.name)
        (command.numbers, command.callerField, command.forwardField) = (numbers, callerField, forwardField)
        (command.keepsWithheld, command.registersNumbers) = (keepsWithheld, registersNumbers)
        (command.calls, command.priority) = (calls, priority)
        return command
    }

    func output(of report: TrunkReport) throws -> Output {
        let name = report.trunk.name
        return try Output("Trunk \(name) is changed.", json: report, hint: "Try it: ringfence trunk test \(name)")
    }
}
