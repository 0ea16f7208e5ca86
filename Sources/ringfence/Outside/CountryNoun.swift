// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct CountryNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "country",
        abstract: "Where the business is, and which countries it may call.",
        subcommands: [CountryList.self, CountryHome.self, CountryOpen.self, CountryClose.self]
    )
}

struct CountryList: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show where calls may go. What is not shown is closed."
    )

    @OptionGroup var options: ServerOptions

    var command: ShowDialing { ShowDialing() }

    func output(of reply: ShowDialing.Reply) throws -> Output {
        try Output(
            reply.text,
            json: reply.settings,
            hint: reply.settings.numbering.home == nil ? CountryHome.example : nil
        )
    }
}

struct CountryHome: SettingCommand {
    static let example = "Say where you are: ringfence country home DE --outside-prefix 0"

    static let configuration = CommandConfiguration(
        commandName: "home",
        abstract: "Say where the business is, and how its people dial.",
        discussion: """
            Until then only numbers that begin with a plus are understood. What is not
            named is none.

              ringfence country home DE
              ringfence country home DE --outside-prefix 0 --area-code 30
            """
    )

    @Argument(help: ArgumentHelp("Its two letters (ISO 3166), such as DE.", valueName: "country"))
    var region: String

    @Option(help: "What is dialled before a number outside, such as 0 or 9.")
    var outsidePrefix: String?

    @Option(help: "The area that is dialled without its code, such as 30 for Berlin.")
    var areaCode: String?

    @Option(help: "What is dialled before the code of a country, where it is not the usual one.")
    var internationalPrefix: String?

    @OptionGroup var options: ServerOptions

    var command: SetHome {
        SetHome(
            region: region,
            outsidePrefix: outsidePrefix ?? "",
            areaCode: areaCode ?? "",
            internationalPrefix: internationalPrefix ?? ""
        )
    }

    func output(of numbering: NumberingSettings) throws -> Output {
        let name = numbering.home?.name ?? "-"
        return try Output(
            "The business is in \(name). Its landline, mobile and toll-free numbers are open.",
            json: numbering
        )
    }
}

struct CountryOpen: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Let calls go to a country; or to a country or range for a while.",
        discussion: """
            Premium-rate numbers are never part of it. Ranges that fraud uses are only with
            --with-high-risk.

              ringfence country open FR
              ringfence country open CU --answer code --profile sales
              ringfence country open MA --until 8h --reason "tour bus, said A. Owner"
              ringfence country open +21266 --until 2d --reason "supplier; A. Owner"
            """
    )

    @Argument(help: ArgumentHelp("Its two letters, or a range of numbers with --until.", valueName: "country"))
    var place: String

    @Flag(help: "Its ranges that fraud uses too.")
    var withHighRisk = false

    @Option(help: "What happens: allow, screen (repeat digits), code, person or refuse.")
    var answer = CallAnswer.allow

    @Flag(help: "Forwards and transfers there too.")
    var onward = false

    @Option(help: "For the extensions of this profile only.")
    var profile: String?

    @Option(help: "Why, and who decided.")
    var reason: String?

    @Option(help: ArgumentHelp("For a while: 8h, 2d, 2026-12-24.", valueName: "end"))
    var until: String?

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard until == nil || reason != nil else {
            throw ValidationError("Why is it open for a while? Add --reason.")
        }
        guard until == nil || (!withHighRisk && !onward && answer == .allow) else {
            throw ValidationError("--with-high-risk, --onward and --answer are for a country that is open for good.")
        }
    }

    var command: OpenCountry {
        var asked = OpenCountry(place)
        (asked.withHighRisk, asked.answer, asked.onward) = (withHighRisk, answer, onward)
        (asked.profile, asked.reason, asked.until) = (profile, reason, until)
        return asked
    }

    func output(of reply: ShowDialing.Reply) throws -> Output {
        let hint = "Take it back: ringfence country close \(place)"
        return try Output(
            "Calls to \(place.placeWords) are open\(until.map { " until \($0)" } ?? "").",
            json: reply.settings,
            hint: hint
        )
    }
}

struct CountryClose: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Let no call go to a country or range any more. Calls that are up go on."
    )

    @Argument(help: ArgumentHelp("Its two letters, or a range that was opened for a while.", valueName: "country"))
    var place: String

    @Option(help: "For the extensions of this profile only. Default: for everybody.")
    var profile: String?

    @OptionGroup var options: ServerOptions

    var command: CloseCountry { CloseCountry(place, profile: profile) }

    func output(of reply: ShowDialing.Reply) throws -> Output {
        try Output("Calls to \(place.placeWords) are closed.", json: reply.settings)
    }
}

extension String {
    /// `Cuba`, `numbers that begin with +8835`.
    fileprivate var placeWords: String { Region(parsing: self)?.name ?? "numbers that begin with \(self)" }
}
