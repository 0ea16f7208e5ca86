// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct NightVerb: SettingCommand {
    enum Switch: String, ExpressibleByArgument, CaseIterable { case on, off, auto }

    static let configuration = CommandConfiguration(
        commandName: "night",
        abstract: "Close the business now, open it now, or let its hours decide.",
        discussion: """
            While it is closed, calls go where 'ringfence number route --closed' sends
            them, and calls to the outside have the limits of after-hours.

              ringfence night on
              ringfence night off
              ringfence night auto
            """
    )

    @Argument(help: ArgumentHelp("on closes, off opens, auto goes by the hours.", valueName: "on|off|auto"))
    var state: Switch

    @OptionGroup var options: ServerOptions

    var command: SwitchNight {
        switch state {
        case .on: SwitchNight(.closed)
        case .off: SwitchNight(.open)
        case .auto: SwitchNight(.automatic)
        }
    }

    func output(of reply: ShowHours.Reply) throws -> Output {
        let now = reply.night == .automatic ? " It is \(reply.isOpen ? "open" : "closed") now." : ""
        return try Output("The business is \(reply.night.words).\(now)", json: reply)
    }
}
