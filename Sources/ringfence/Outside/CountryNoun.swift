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
        let hint = "See what it may call: ringfence country list"
        return try Output("The business is in \(numbering.home?.name ?? "-").", json: numbering, hint: hint)
    }
}

struct CountryOpen: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Let calls go to a country; or to a country or range for a while.",
        discussion: """
            Premium-rate numbers are never part of it. Ranges that fraud uses are only with
            --with-high-risk. Extensions with a profile keep what it says; what is open for
            a while is open for them too.

              ringfence country open FR
              ringfence country open CU --profile sales
              ringfence country open MA --until 8h --reason "tour bus, said A. Owner"
              ringfence country open +21266 --until 2d --reason "supplier; A. Owner"
            """
    )

    @Argument(help: ArgumentHelp("Its two letters, or a range of numbers with --until.", valueName: "country"))
    var place: String

    @Flag(help: "Its ranges that fraud uses too.")
    var withHighRisk = false

    @OptionGroup var way: OpeningOptions
    @OptionGroup var profile: ProfileOption

    @OptionGroup var term: ReleaseOptions
    @OptionGroup var options: ServerOptions

    func validate() throws {
        try term.check(way)
        guard term.until == nil || !withHighRisk else {
            throw ValidationError("--with-high-risk is for a country that is open for good.")
        }
        guard term.until != nil || NumberPrefix(parsing: place) == nil else {
            throw ValidationError("A range is opened for a while only: add --until and --reason.")
        }
    }

    var command: OpenCountry {
        var asked = OpenCountry(place)
        (asked.withHighRisk, asked.answer, asked.onward) = (withHighRisk, way.answer, way.onward)
        (asked.profile, asked.reason, asked.until) = (profile.name, term.reason, term.until)
        return asked
    }

    func output(of reply: ShowDialing.Reply) throws -> Output {
        let hint = "Take it back: ringfence country close \(place)"
        guard term.until == nil else {
            // Such leave is not the profile's: closing the place for all of them is what ends it.
            let text = "Calls to \(scope?.words ?? place) are open\(end(reply.settings))\(profile.words)."
            return try Output(text + warning, json: reply.settings, hint: hint)
        }
        let text = way.sentence("Calls to \(scope?.words ?? place)", profile.words(in: reply.settings))
        return try Output(text + warning, json: reply.settings, hint: hint + profile.argument)
    }

    private var scope: DialingRelease.Scope? { DialingRelease.Scope(typed: place) }

    private func end(_ settings: DialingSettings) -> String {
        settings.releases.first { $0.scope == scope }.map { " until \($0.until.seconds)" } ?? ""
    }

    private var warning: String {
        guard case .region(let region)? = scope, HighRiskRanges.isFrequentTarget(region) else { return "" }
        return "\nFraud often calls there: close it again when nobody needs it, and look at 'ringfence spend show'."
    }
}

struct CountryClose: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Let no call go to a country or range any more. Calls that are up go on.",
        discussion: "Without --profile for everybody, those of all profiles included."
    )

    @Argument(help: ArgumentHelp("Its two letters, or a range that was opened for a while.", valueName: "country"))
    var place: String

    @OptionGroup var profile: ProfileOption
    @OptionGroup var options: ServerOptions

    var command: CloseCountry { CloseCountry(place, profile: profile.name) }

    func output(of reply: ShowDialing.Reply) throws -> Output {
        let words = DialingRelease.Scope(typed: place)?.words ?? place
        return try Output("Calls to \(words) are closed\(profile.words).", json: reply.settings)
    }
}
