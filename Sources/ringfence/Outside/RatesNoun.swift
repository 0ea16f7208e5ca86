// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model
import Primitives
import Server

struct RatesNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rates",
        abstract: "The price lists of your providers: what has no price is not called.",
        subcommands: [RatesImport.self, RatesShow.self, RatesDiff.self, RatesActivate.self, RatesRemove.self]
    )
}

/// Which price list.
struct DeckOption: ParsableArguments {
    @Option(
        name: .customLong("trunk"),
        help: ArgumentHelp("The list of this trunk. Default: of all that have none of their own.", valueName: "trunk")
    )
    var trunk: String?

    var name: String { trunk ?? RateDecks.usual.text }
}

struct RatesImport: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Read a price list. It waits until somebody lets it count.",
        discussion: """
            CSV in UTF-8 with a heading: prefix, destination, rate per minute, increments,
            effective date. Columns are known by the names that providers use.

              ringfence rates import prices.csv
              ringfence rates diff
              ringfence rates activate
              ringfence rates import backup.csv --trunk backup --activate
            """
    )

    @Argument(help: ArgumentHelp("The list as the provider sends it, as CSV.", valueName: "file"))
    var file: String

    @OptionGroup var deck: DeckOption

    @Flag(help: "Let it count at once, if no country that is open loses its price.")
    var activate = false

    @Flag(inversion: .prefixedNo, help: "Days come before months, where the list does not show it: 3/4/2026.")
    var dayFirst: Bool?

    @OptionGroup var options: ServerOptions

    var command: ImportRates { ImportRates(deck: deck.name, isDayFirst: dayFirst) }

    func run() async throws {
        let server = try ControlClient(directory: options.folder.path, as: options.role)
        try answer(from: server).deliver(asJSON: options.json)
    }

    func answer(from server: some Operations) throws -> Output {
        try upload(to: server)
        let report = try server.perform(command)
        guard activate else { return try output(of: report) }
        let active = try server.perform(ActivateRates(deck: deck.name))
        return try Output("\(report.text)\n\(active.words)", json: report, hint: nil)
    }

    private func upload(to server: some Operations) throws {
        var (rest, isFirst) = (try Self.bytes(of: file)[...], true)
        repeat {
            let piece = rest.prefix(UploadRates.pieceBytes)
            _ = try server.perform(UploadRates(Data(piece), isFirst: isFirst))
            (rest, isFirst) = (rest.dropFirst(piece.count), false)
        } while !rest.isEmpty
    }

    private static func bytes(of file: String) throws(Refusal) -> Data {
        do { return try Data(contentsOf: URL(fileURLWithPath: file)) } catch {
            throw Refusal(
                problem: "The file \(file) cannot be read.",
                reason: FileManager.default.fileExists(atPath: file)
                    ? "this account may not read it" : "it does not exist",
                remedy: "check the path and its owner: ls -l \(file)"
            )
        }
    }

    func output(of report: RateImportReport) throws -> Output {
        let trunk = deck.trunk.map { " --trunk \($0)" } ?? ""
        return try Output(
            report.text,
            json: report,
            hint: "It does not count yet. See what it changes: ringfence rates diff\(trunk)\n"
                + "Let it count: ringfence rates activate\(trunk)"
        )
    }
}

struct RatesShow: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the price lists.")

    @OptionGroup var options: ServerOptions

    var command: ListRates { ListRates() }

    func output(of decks: ListRates.Reply) throws -> Output {
        guard !decks.isEmpty else {
            let hint = "Import one, or no call goes outside: ringfence rates import FILE"
            return try Output("There are no price lists.", json: decks, hint: hint)
        }
        let rows = decks.map {
            [
                $0.name.text, "\($0.version)", $0.isActive ? "counts" : "waits", $0.currency.code, "\($0.prices)",
                "\($0.prefixes)", $0.importedAt.seconds, $0.importedBy,
            ]
        }
        let columns = ["list", "version", "state", "currency", "prices", "prefixes", "imported", "by"]
        return try Output(Table(columns, rows).text, json: decks)
    }
}

struct RatesDiff: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what a list that waits would change: by what a call costs."
    )

    @OptionGroup var deck: DeckOption

    @Option(help: ArgumentHelp("How many of each kind.", valueName: "count"))
    var limit = 20

    @OptionGroup var options: ServerOptions

    var command: CompareRates { CompareRates(deck: deck.name, lines: limit) }

    func output(of difference: RateDifference) throws -> Output { try Output(difference.text, json: difference) }
}

struct RatesActivate: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "activate",
        abstract: "Let the list that waits count from now on. Calls that are up keep their price."
    )

    @OptionGroup var deck: DeckOption
    @OptionGroup var options: ServerOptions

    var command: ActivateRates { ActivateRates(deck: deck.name) }

    func output(of summary: RateSummary) throws -> Output { try Output(summary.words, json: summary) }
}

struct RatesRemove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Forget the list that waits; where none does, the one that counts."
    )

    @OptionGroup var deck: DeckOption
    @OptionGroup var options: ServerOptions

    var command: RemoveRates { RemoveRates(deck: deck.name) }

    func output(of summary: RateSummary) throws -> Output {
        try Output("Version \(summary.version) of the price list \(summary.name) is removed.", json: summary)
    }
}
