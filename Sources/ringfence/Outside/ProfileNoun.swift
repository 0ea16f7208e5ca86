// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct ProfileNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Extensions that may call elsewhere than the rest of the business.",
        subcommands: [ProfileSet.self, ProfileRemove.self]
    )
}

struct ProfileSet: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Say which extensions have a profile. A new one begins with what everybody may.",
        discussion: """
            Then open or close what is different for them.

              ringfence profile set sales --extensions 101 102
              ringfence country open FR --profile sales
            """
    )

    @Argument(help: ArgumentHelp("Its name, such as sales.", valueName: "profile"))
    var profile: String

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Who has it; all others do not.", valueName: "number"))
    var extensions: [String]

    @OptionGroup var options: ServerOptions

    func validate() throws {
        for number in extensions { try NumberArgument.check(number) }
    }

    var command: SetProfile { SetProfile(profile: profile, extensions: extensions) }

    func output(of profile: DialingProfile) throws -> Output {
        let who = profile.extensions.sorted().map(\.text).joined(separator: ", ")
        let hint = "Open a country for it: ringfence country open FR --profile \(profile.name)"
        return try Output("The profile \(profile.name) is for \(who).", json: profile, hint: hint)
    }
}

struct ProfileRemove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Let its extensions call what everybody may."
    )

    @Argument(help: ArgumentHelp("As 'ringfence country list' shows it.", valueName: "profile"))
    var profile: String

    @OptionGroup var options: ServerOptions

    var command: RemoveProfile { RemoveProfile(profile: profile) }

    func output(of profile: DialingProfile) throws -> Output {
        try Output("The profile \(profile.name) is removed.", json: profile)
    }
}

struct RangeNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "range",
        abstract: "Ranges of numbers that are in the news: so many calls a day.",
        subcommands: [RangeLimit.self, RangeFree.self]
    )
}

struct RangeLimit: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "limit",
        abstract: "Allow so many calls a day of the whole business to a range.",
        discussion: """
              ringfence range limit +4479 --calls 5
            """
    )

    @Argument(help: ArgumentHelp("What its numbers begin with.", valueName: "range"))
    var prefix: NumberPrefix

    @Option(help: "Calls in 24 hours; 0 is a ban.")
    var calls: Int

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard UInt16(exactly: calls) != nil else {
            throw ValidationError("--calls is a number from 0 to \(UInt16.max).")
        }
    }

    var command: LimitRange { LimitRange(prefix: prefix.text, callsPerDay: calls) }

    func output(of spot: HotSpot) throws -> Output {
        let calls =
            spot.callsPerDay == 0 ? "No call goes" : "At most \(counted(Int(spot.callsPerDay), "call")) a day go"
        let text = "\(calls) to numbers that begin with \(spot.prefix)."
        return try Output(text, json: spot, hint: "Take it back: ringfence range free \(spot.prefix)")
    }
}

struct RangeFree: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "free", abstract: "Take such a limit away.")

    @Argument(help: ArgumentHelp("As 'ringfence country list' shows it.", valueName: "range"))
    var prefix: NumberPrefix

    @OptionGroup var options: ServerOptions

    var command: FreeRange { FreeRange(prefix: prefix.text) }

    func output(of spot: HotSpot) throws -> Output {
        try Output("Numbers that begin with \(spot.prefix) have no limit a day any more.", json: spot)
    }
}
