// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct MusicNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "music",
        abstract: "Music for people on hold.",
        discussion: """
            It is that of Debian's asterisk-moh-opsound-wav where that is installed, and a
            few soft notes where it is not. Phones that use neither G.711 law, and those of
            providers that encrypt nothing, wait in silence.
            """,
        subcommands: [MusicShow.self, MusicSet.self]
    )
}

struct MusicShow: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show whether people on hold hear music."
    )

    @OptionGroup var options: ServerOptions

    var command: ShowMusic { ShowMusic() }

    func output(of settings: MusicSettings) throws -> Output { try Output("\(settings.sentence).", json: settings) }
}

struct MusicSet: SettingCommand {
    enum Choice: String, CaseIterable, ExpressibleByArgument { case on, off }

    static let configuration = CommandConfiguration(commandName: "set", abstract: "Switch the music on or off.")

    @Argument(help: "on or off.")
    var music: Choice

    @OptionGroup var options: ServerOptions

    var command: SetMusic { SetMusic(isOn: music == .on) }

    func output(of settings: MusicSettings) throws -> Output { try Output("\(settings.sentence).", json: settings) }
}
