// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct ParkNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "park",
        abstract: "Calls that wait in a numbered place until somebody takes them.",
        discussion: """
            A phone parks a call by transferring it to *68, or to a place such as *683. Or
            it puts the call on hold and dials *68. Another phone dials *683 to take it.
            A key with a lamp for *683 shows whether a call is there. Who waits is on hold.
            """,
        subcommands: [ParkShow.self, ParkSet.self]
    )
}

struct ParkShow: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show how calls are parked.")

    @OptionGroup var options: ServerOptions

    var command: ShowParking { ShowParking() }

    func output(of settings: ParkingSettings) throws -> Output {
        try Output("\(settings.sentence).", json: settings, hint: "Calls that wait now: ringfence call list")
    }
}

struct ParkSet: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change how calls are parked. What is not named stays.",
        discussion: """
              ringfence park set --places 20 --seconds 90
              ringfence park set --by group
              ringfence park set --places 0
            """
    )

    @Option(help: "How many calls can be parked at a time, 0 to 99. Default: 9.")
    var places: Int?

    @Option(help: "After how many seconds a call rings where it was parked, 20 to 600. Default: 120.")
    var seconds: Int?

    @Option(
        name: .customLong("by"),
        help: "Who may take it: everybody, or the pick-up group of whoever parked it. Default: everybody."
    )
    var reach: ParkingSettings.Reach?

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard places != nil || seconds != nil || reach != nil else {
            throw ValidationError("Give --places, --seconds or --by.")
        }
    }

    var command: SetParking { SetParking(places: places, seconds: seconds, reach: reach) }

    func output(of settings: ParkingSettings) throws -> Output { try Output("\(settings.sentence).", json: settings) }
}
