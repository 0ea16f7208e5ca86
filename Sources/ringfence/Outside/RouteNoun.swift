// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct RouteNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "route",
        abstract: "Which trunks calls to the outside take, and what they cost there.",
        subcommands: [RouteAdd.self, RouteList.self, RouteTest.self, RouteRemove.self]
    )
}

struct RouteAdd: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Say which trunks some of the calls take, and in which order.",
        discussion: """
            What is not named is any. Of several routes the narrowest decides: the one with
            the longest prefix of the number, then with its class, with its country, for
            calls abroad, for these hours. Its calls take its trunks and no others. Where a
            provider fails or is silent for six seconds the next trunk is asked, at its
            price; what a provider or a rule here refuses is tried nowhere else. Calls for
            help take whatever trunk there is.

              ringfence route add abroad --abroad --order least-cost \\
                --trunk main backup
              ringfence route add mobile --class mobile --trunk gsm main
              ringfence route add night --while closed --country FR BE --trunk backup
              ringfence route add berlin --prefix +4930 --trunk local main
            """
    )

    @Argument(help: ArgumentHelp("A short name of your choice.", valueName: "route"))
    var name: String

    @Option(
        name: .customLong("trunk"),
        parsing: .upToNextOption,
        help: ArgumentHelp("Its trunks, first choice first.", valueName: "trunk")
    )
    var trunks: [String]

    @Option(
        name: .customLong("prefix"),
        parsing: .upToNextOption,
        help: ArgumentHelp("What the numbers begin with.", valueName: "+digits")
    )
    var prefixes: [NumberPrefix] = []

    @Option(
        name: .customLong("class"),
        parsing: .upToNextOption,
        help: ArgumentHelp("What kind of numbers.", valueName: "class")
    )
    var classes: [NumberClass] = []

    @Option(
        name: .customLong("country"),
        parsing: .upToNextOption,
        help: ArgumentHelp("Where the numbers are, by two letters.", valueName: "country")
    )
    var countries: [String] = []

    @Flag(help: "Other countries only.")
    var abroad = false

    @Option(name: .customLong("while"), help: "When: always, or while the business is open or closed.")
    var hours = OutsideRoute.Hours.always

    @Option(help: "Which trunk is asked first: the one that is listed first, or the one that costs least.")
    var order = OutsideRoute.Order.listed

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard !trunks.isEmpty else { throw ValidationError("Which trunks? Add --trunk main.") }
    }

    var command: AddRoute {
        var new = NewRoute(name: name, trunks: trunks)
        (new.prefixes, new.classes, new.countries) = (prefixes.map(\.text), classes, countries)
        (new.isAbroad, new.hours, new.order) = (abroad, hours, order)
        return AddRoute(new)
    }

    func output(of route: OutsideRoute) throws -> Output {
        let hint = "See what a call would get: ringfence route test NUMBER"
        return try Output("\(route.words.capitalizedFirst) take \(route.trunkWords).", json: route, hint: hint)
    }
}

struct RouteList: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the routes. Calls that none is for take every trunk, first choice first."
    )

    @OptionGroup var options: ServerOptions

    var command: ListRoutes { ListRoutes() }

    func output(of routes: [OutsideRoute]) throws -> Output {
        guard !routes.isEmpty else {
            let hint = "Add one: ringfence route add abroad --abroad --order least-cost --trunk main backup"
            let text = "There are no routes: calls take every trunk, first choice first."
            return try Output(text, json: routes, hint: hint)
        }
        let rows = routes.map { [$0.name.text, $0.words, $0.trunkWords] }
        return try Output(Table(["route", "is for", "takes"], rows).text, json: routes)
    }
}

struct RouteTest: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Say which trunk, caller number and price a call would get, and why. Calls nobody.",
        discussion: """
            Exits 1 when the call would not leave. Budgets, limits and call patterns count
            calls that are made, so they are not part of it: ringfence spend show.

              ringfence route test 030555123
              ringfence route test +33140100000 --from 101 --at 2026-12-24T18:00
            """
    )

    @Argument(help: ArgumentHelp("As it is dialled.", valueName: "number"))
    var number: String

    @Option(help: ArgumentHelp("Who calls. Default: an extension with nothing of its own.", valueName: "extension"))
    var from: String?

    @Option(help: ArgumentHelp("When: 2026-12-24T18:00, 8h from now. Default: now.", valueName: "time"))
    var at: String?

    @OptionGroup var options: ServerOptions

    func validate() throws { if let from { try NumberArgument.check(from) } }

    var command: TestRoute { TestRoute(number: number, from: from, at: at) }

    func output(of report: RouteReport) throws -> Output {
        try Output(report.text, json: report, fellShort: report.refusal != nil)
    }
}

struct RouteRemove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Forget a route. Its calls take what another one says, or every trunk."
    )

    @Argument(help: ArgumentHelp("Its name, as 'ringfence route list' shows it.", valueName: "route"))
    var name: String

    @OptionGroup var options: ServerOptions

    var command: RemoveRoute { RemoveRoute(route: name) }

    func output(of route: OutsideRoute) throws -> Output {
        try Output("Route \(route.name) is removed.", json: route)
    }
}
