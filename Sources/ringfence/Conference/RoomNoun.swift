// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct RoomNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "room",
        abstract: "Conference rooms: whoever knows the PIN talks with all who are there.",
        discussion: """
            People dial the number of a room and enter its PIN. Everybody hears who comes
            and who goes by a tone. Callers from outside get in where the room lets them
            and a number of the business leads to it.
            """,
        subcommands: [RoomAdd.self, RoomSet.self, RoomList.self, RoomRemove.self]
    )
}

/// What a room is told when it is made or changed.
struct RoomOptions: ParsableArguments {
    @Option(help: "The extension without which nobody talks, or none.")
    var moderator: String?

    @Option(help: "How many may be in it at once.")
    var members: Int?

    @Flag(inversion: .prefixedNo, help: "Whether callers from outside are let in.")
    var outside: Bool?

    @Flag(help: "Ask for the PIN instead of making one.")
    var choose = false

    @Option(help: ArgumentHelp("Read the PIN from a file that only you can read.", valueName: "file"))
    var pinFile: String?

    func validate() throws {
        if let moderator, moderator != "none" { try NumberArgument.check(moderator) }
        guard !choose || pinFile == nil else { throw ValidationError("--choose and --pin-file do not go together.") }
    }

    func fill(_ command: inout PutRoom) {
        (command.moderator, command.members, command.isOpenOutside) = (moderator, members, outside)
    }

    /// Asks for the PIN where one is chosen.
    func choose(_ command: inout PutRoom) throws {
        guard choose || pinFile != nil else { return }
        command.pin = DeliveredSecret(try SecretInput.read(pinFile, "PIN for room \(command.room): "))
    }
}

struct RoomArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("A name such as board.", valueName: "room"))
    var name: String
}

/// What makes or changes a room, and may ask for its PIN.
protocol RoomChange: ServerCommand {
    var settings: RoomOptions { get }
    var command: PutRoom { get }
}

extension RoomChange {
    func answer(from server: some Operations) throws -> Output {
        var command = command
        try settings.choose(&command)
        return try output(of: server.perform(command))
    }

    func output(of report: RoomReport) throws -> Output { try Output(report.sentences, json: report) }
}

struct RoomAdd: RoomChange {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Make a conference room, and show its PIN this once.",
        discussion: """
            With a moderator others wait with music until they are there, and a minute
            after they have left the conference is over.

              ringfence room add board 720 --moderator 101
              ringfence room add team 721 --members 20 --choose
            """
    )

    @OptionGroup var room: RoomArgument

    @Argument(help: "What phones of the business dial for it.")
    var number: String

    @OptionGroup var settings: RoomOptions
    @OptionGroup var options: ServerOptions

    func validate() throws { try NumberArgument.check(number) }

    var command: PutRoom {
        var command = PutRoom(room: room.name)
        command.number = number
        settings.fill(&command)
        return command
    }
}

struct RoomSet: RoomChange {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change a conference room. What is not named stays.",
        discussion: """
            A new PIN ends the calls of people who came by the one before.

              ringfence room set board --new-pin
              ringfence room set board --moderator none --members 20 --outside
            """
    )

    @OptionGroup var room: RoomArgument

    @Option(help: "What phones of the business dial for it.")
    var number: String?

    @Flag(help: "Make a new PIN, and show it this once.")
    var newPin = false

    @OptionGroup var settings: RoomOptions
    @OptionGroup var options: ServerOptions

    func validate() throws {
        if let number { try NumberArgument.check(number) }
        guard !newPin || !settings.choose && settings.pinFile == nil else {
            throw ValidationError("--new-pin makes a PIN: it does not go together with one that is chosen.")
        }
    }

    var command: PutRoom {
        var command = PutRoom(room: room.name, isChange: true)
        (command.number, command.renewsPIN) = (number, newPin)
        settings.fill(&command)
        return command
    }
}

struct RoomList: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the conference rooms.")

    @OptionGroup var options: ServerOptions

    var command: ListRooms { ListRooms() }

    func output(of reports: [RoomReport]) throws -> Output {
        guard !reports.isEmpty else {
            return try Output("There are no rooms.", json: reports, hint: "Make one: ringfence room add board 720")
        }
        let rows = reports.map(\.room).map { room in
            [
                room.name.text, room.number.text, room.moderator?.text ?? "-", "\(room.members)",
                room.isOpenOutside ? "let in" : "not let in", room.pinSince.seconds,
            ]
        }
        let table = Table(["room", "number", "moderator", "members", "outside", "PIN since"], rows)
        return try Output(table.text, json: reports)
    }
}

struct RoomRemove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "End a conference room, and the calls of the people in it."
    )

    @OptionGroup var room: RoomArgument
    @OptionGroup var options: ServerOptions

    var command: RemoveRoom { RemoveRoom(room: room.name) }

    func output(of report: RoomReport) throws -> Output {
        try Output("Room \(report.room.name) is gone.", json: report)
    }
}

extension RoomReport {
    fileprivate var sentences: String {
        let moderator = room.moderator.map { ", when \($0) is there" } ?? ""
        let outside = room.isOpenOutside ? ", and callers from outside are let in" : ""
        let what = "Room \(room.name) (\(room.number)) takes up to \(room.members) people\(moderator)\(outside)."
        guard let pin else { return what }
        return "\(what)\nIts PIN is \(pin.secret.reveal { copy $0 }). This is shown once and kept nowhere."
    }
}
