// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct MenuNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "menu",
        abstract: "Menus: callers press a key for where they want to go.",
        discussion: """
            A menu leads to extensions, groups, mailboxes and other menus, and never to a
            number outside: whoever calls may press its keys. Nor does a forward of whom
            it reaches take such a call outside. What it says is recorded at a phone of its
            voice: *98 and the number of the menu.
            """,
        subcommands: [MenuAdd.self, MenuChange.self, MenuList.self, MenuShow.self, MenuRemove.self]
    )
}

/// What a menu is told when it is made or changed.
struct MenuOptions: ParsableArguments {
    @Option(
        name: .customLong("key"),
        parsing: .upToNextOption,
        help: ArgumentHelp("Where keys lead: '1=extension 101' '2=group sales' '3=nothing'.", valueName: "key=place")
    )
    var keys: [String] = []

    @Option(help: "What phones of the business dial for it, or none.")
    var number: String?

    @Flag(inversion: .prefixedNo, help: "Whether callers may dial any extension.")
    var dialExtensions: Bool?

    @Option(
        name: .customLong("then"),
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Where who chooses nothing goes, as a key leads there. Default: goodbye.",
            valueName: "place"
        )
    )
    var fallback: [String] = []

    @Option(help: "The extension whose phones record what it says, or none.")
    var voice: String?

    func validate() throws {
        if let number, number != "none" { try NumberArgument.check(number) }
        if let voice, voice != "none" { try NumberArgument.check(voice) }
    }

    func fill(_ command: inout PutMenu) {
        (command.keys, command.number, command.voice) = (keys, number, voice)
        command.dialsExtensions = dialExtensions
        command.fallback = fallback.isEmpty ? nil : fallback.joined(separator: " ")
    }
}

struct MenuArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("A name such as main.", valueName: "menu"))
    var name: String
}

struct MenuAdd: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Make a menu.",
        discussion: """
            Who chooses nothing three times goes where --then says, or hears goodbye.

              ringfence menu add main --key '1=group sales' '2=extension 101' \\
                '3=mailbox 102' '9=menu office' --number 700
              ringfence menu add office --dial-extensions --then extension 101
            """
    )

    @OptionGroup var menu: MenuArgument
    @OptionGroup var settings: MenuOptions
    @OptionGroup var options: ServerOptions

    var command: PutMenu {
        var command = PutMenu(menu: menu.name)
        settings.fill(&command)
        return command
    }

    func output(of menu: VoiceMenu) throws -> Output {
        let hint = "Send a number to it: ringfence number route +493012345678 --to menu \(menu.name)"
        return try Output("\(menu.sentence).", json: menu, hint: hint)
    }
}

struct MenuChange: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Change a menu. What is not named stays.",
        discussion: """
              ringfence menu change main --key '2=nothing' '4=extension 104'
              ringfence menu change main --no-dial-extensions --then group sales
            """
    )

    @OptionGroup var menu: MenuArgument
    @OptionGroup var settings: MenuOptions
    @OptionGroup var options: ServerOptions

    var command: PutMenu {
        var command = PutMenu(menu: menu.name, isChange: true)
        settings.fill(&command)
        return command
    }

    func output(of menu: VoiceMenu) throws -> Output { try Output("\(menu.sentence).", json: menu) }
}

struct MenuList: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the menus.")

    @OptionGroup var options: ServerOptions

    var command: ListMenus { ListMenus() }

    func output(of menus: [VoiceMenu]) throws -> Output {
        guard !menus.isEmpty else {
            let hint = "Make one: ringfence menu add main --key '1=extension 101'"
            return try Output("There are no menus.", json: menus, hint: hint)
        }
        let rows = menus.map { [$0.name.text, $0.number?.text ?? "-", $0.voice?.text ?? "-", $0.words] }
        return try Output(Table(["menu", "number", "voice", "leads to"], rows).text, json: menus)
    }
}

struct MenuShow: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one menu.")

    @OptionGroup var menu: MenuArgument
    @OptionGroup var options: ServerOptions

    var command: ListMenus { ListMenus() }

    func output(of menus: [VoiceMenu]) throws -> Output {
        guard let found = menus.first(where: { $0.name == ShortName(parsing: menu.name) }) else {
            throw ValidationError("There is no menu '\(menu.name)': look at 'ringfence menu list'.")
        }
        return try Output("\(found.sentence).", json: found)
    }
}

struct MenuRemove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "End a menu that nothing leads to any more."
    )

    @OptionGroup var menu: MenuArgument
    @OptionGroup var options: ServerOptions

    var command: RemoveMenu { RemoveMenu(menu: menu.name) }

    func output(of menu: VoiceMenu) throws -> Output { try Output("Menu \(menu.name) is gone.", json: menu) }
}

extension VoiceMenu {
    fileprivate var sentence: String { "Menu \(name)\(number.map { " (\($0))" } ?? "") leads to \(words)" }
}
