// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct MediaNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "media",
        abstract: "Where phones send their audio.",
        subcommands: [MediaShow.self, MediaSet.self]
    )
}

struct MediaShow: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the address and the ports.")

    @OptionGroup var options: ServerOptions

    var command: ShowMedia { ShowMedia() }

    func output(of ranges: [MediaPorts]) throws -> Output {
        try Output(ranges.map(\.description).joined(separator: "\n"), json: ranges)
    }
}

struct MediaSet: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "ports",
        abstract: "Choose other ports for audio, from the next start of the server on.",
        discussion: """
            The first port, an even one, is shared by all calls. Give two ranges where
            there is IPv6 too.

              ringfence media ports 192.0.2.10:40000-40001

            Calls over a trunk that is allowed to go without encryption need two more ports
            each, behind those; they are open only as long as their call. This has room for
            20 of them:

              ringfence media ports 192.0.2.10:40000-40041
            """
    )

    @Argument(help: ArgumentHelp("One range, or one for each version of IP.", valueName: "ip:first-last"))
    var ranges: [MediaPorts]

    @OptionGroup var options: ServerOptions

    var command: SetMediaPorts { SetMediaPorts(ports: ranges.map(\.description)) }

    func output(of ranges: [MediaPorts]) throws -> Output {
        let text = "Media arrives on \(ranges.map(\.description).joined(separator: " and ")) from the next start on."
        return try Output(text, json: ranges, hint: "Calls go on where they are until the server is started again.")
    }
}
