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
            them, and calls to the outside have the limits of after-hours. Those
            limits go by the hours where it is open by the switch: it opens the door,
            never a budget.

              ringfence night on
              ringfence night off
              ringfence night auto
              ringfence night auto --phones 101 102
              ringfence night auto --no-phones

            Phones named by --phones switch it by dialling *28*1 (closed), *28*0 (open) and
            *28 (by the hours). A key with a lamp for *28 shows whether it is closed.
            """
    )

    @Argument(help: ArgumentHelp("on closes, off opens, auto goes by the hours.", valueName: "on|off|auto"))
    var state: Switch

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Who may switch it by a code.", valueName: "extension"))
    var phones: [String] = []

    @Flag(help: "Let nobody switch it by a code.")
    var noPhones = false

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard !noPhones || phones.isEmpty else {
            throw ValidationError("Give either --phones or --no-phones.")
        }
        for phone in phones { try NumberArgument.check(phone) }
    }

    private var mode: NightMode {
        switch state {
        case .on: .closed
        case .off: .open
        case .auto: .automatic
        }
    }

    var command: SwitchNight { SwitchNight(mode, phones: noPhones ? [] : phones.isEmpty ? nil : phones) }

    func output(of reply: ShowHours.Reply) throws -> Output {
        let now = reply.night == .automatic ? " It is \(reply.isOpen ? "open" : "closed") now." : ""
        return try Output("The business is \(reply.night.words).\(now)", json: reply)
    }
}
