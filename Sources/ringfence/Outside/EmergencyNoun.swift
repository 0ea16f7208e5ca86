// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model

struct EmergencyNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emergency",
        abstract: "Where people are who call for help, who is told, and whether the way there works.",
        discussion: """
            112, 911, 999 and the numbers of the country always go out, from every phone,
            with the outside prefix and without. Nothing here can stop them.
            """,
        subcommands: [
            EmergencyShow.self, EmergencyLocation.self, EmergencyCallback.self, EmergencyNotice.self,
            EmergencyTrunk.self, EmergencyTest.self,
        ]
    )
}

struct EmergencyShow: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the numbers, the phones with their places, who is told, and the trunks."
    )

    @OptionGroup var options: ServerOptions

    var command: ShowEmergency { ShowEmergency() }

    func output(of report: EmergencyReport) throws -> Output { try Output(report.text, json: report) }
}

struct EmergencyLocation: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "location",
        abstract: "Where phones stand.",
        subcommands: [EmergencyLocationList.self, EmergencyLocationSet.self, EmergencyLocationClear.self]
    )
}

struct EmergencyLocationList: SettingCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show where each phone stands.")

    @OptionGroup var options: ServerOptions

    var command: ShowEmergency { ShowEmergency() }

    func output(of report: EmergencyReport) throws -> Output {
        let hint = report.phones.contains { $0.place.address == nil } ? EmergencyLocationSet.example : nil
        return try Output(report.phoneText, json: report, hint: hint)
    }
}

/// Which phone is meant.
struct PhoneOption: ParsableArguments {
    @Option(
        name: .customLong("phone"),
        help: ArgumentHelp("One phone, as 'ringfence phone list' shows it.", valueName: "phone")
    )
    var id: String?

    func validate() throws {
        if let id, DeviceID(parsing: id) == nil {
            throw ValidationError("'\(id)' is no phone: it has 16 characters 0-9 a-f.")
        }
    }
}

struct EmergencyLocationSet: SettingCommand {
    static let example =
        "Say it: ringfence emergency location set --country DE --city Berlin --street Weg --house 1 --phone ID"

    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Say where a phone stands; without --phone, where all stand that have no place of their own.",
        discussion: """
            Whoever comes to help looks there, so name the floor and the room. It goes with
            the call where the trunk takes it ('ringfence emergency trunk'), and is told to
            the people of 'ringfence emergency notice'.

              ringfence emergency location set --phone 0123456789abcdef --country DE \\
                --postcode 10117 --city Berlin --street Musterweg --house 1 --floor 2 \\
                --room 204
            """
    )

    @OptionGroup var phone: PhoneOption

    @Option(help: "The country, such as DE.")
    var country: String

    @Option(help: "The city.")
    var city: String

    @Option(help: "The street.")
    var street: String?

    @Option(help: "The house number.")
    var house: String?

    @Option(help: "The postal code.")
    var postcode: String?

    @Option(help: "The state or province.")
    var state: String?

    @Option(help: "The building, where there are several.")
    var building: String?

    @Option(help: "The floor.")
    var floor: String?

    @Option(help: "The room.")
    var room: String?

    @Option(help: "Whom to ask for: the name on the door.")
    var name: String?

    @Option(help: "How it is found: 'second door on the left'.")
    var details: String?

    @OptionGroup var options: ServerOptions

    private var parts: [String: String] {
        let texts: [(CivicAddress.Part, String?)] = [
            (.state, state), (.city, city), (.street, street), (.house, house), (.details, details), (.floor, floor),
            (.name, name), (.postcode, postcode), (.building, building), (.room, room),
        ]
        return Dictionary(uniqueKeysWithValues: texts.compactMap { part, text in text.map { (part.rawValue, $0) } })
    }

    var command: SetEmergencyPlace { SetEmergencyPlace(phone: phone.id, country: country, parts: parts) }

    func output(of report: EmergencyReport) throws -> Output { try Output(report.phoneText, json: report) }
}

struct EmergencyLocationClear: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear",
        abstract: "Forget where a phone stands, so that it has the place of all; without --phone, that one."
    )

    @OptionGroup var phone: PhoneOption
    @OptionGroup var options: ServerOptions

    var command: SetEmergencyPlace { SetEmergencyPlace(phone: phone.id, country: "", parts: [:]) }

    func output(of report: EmergencyReport) throws -> Output { try Output(report.phoneText, json: report) }
}

struct EmergencyCallback: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "callback",
        abstract: "Say under which number those who help call back; without --phone, for all that have none.",
        discussion: "A number of the business that leads to somebody, best to the phone itself."
    )

    @Argument(help: ArgumentHelp("The number, such as +493012345; none to forget it.", valueName: "number"))
    var number: String?

    @OptionGroup var phone: PhoneOption
    @OptionGroup var options: ServerOptions

    var command: SetEmergencyCallback { SetEmergencyCallback(number: number, phone: phone.id) }

    func output(of report: EmergencyReport) throws -> Output { try Output(report.phoneText, json: report) }
}

struct EmergencyNotice: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "notice",
        abstract: "Say which extensions are told at once that somebody calls for help.",
        discussion: "Their phones show who calls, from where, and how to call back."
    )

    @Argument(help: ArgumentHelp("The front desk and others; none for nobody.", valueName: "extension"))
    var extensions: [String] = []

    @OptionGroup var options: ServerOptions

    var command: SetEmergencyNotice { SetEmergencyNotice(extensions: extensions) }

    func output(of report: EmergencyReport) throws -> Output { try Output(report.text, json: report) }
}

struct EmergencyTrunk: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "trunk",
        abstract: "Say what a provider takes with a call for help, and which number of it may be tried.",
        discussion: """
            Ask the provider for both: whether it takes a location with the call
            (RFC 6442), and for a number that answers in the place of help and sends
            nobody. A try costs what the number costs and no budget sees it, so that
            choosing it takes the right to open where calls may go.

              ringfence emergency trunk main --location on --test 933
            """
    )

    @OptionGroup var trunk: TrunkArgument

    @Option(help: "Whether the location goes with the call: on or off.")
    var location: Switch?

    @Option(
        name: .customLong("test"),
        help: ArgumentHelp("The provider's test number; '' for none.", valueName: "number")
    )
    var testNumber: String?

    @OptionGroup var options: ServerOptions

    enum Switch: String, ExpressibleByArgument, CaseIterable, Sendable { case on, off }

    var command: SetEmergencyTrunk {
        SetEmergencyTrunk(trunk: trunk.name, takesLocation: location.map { $0 == .on }, testNumber: testNumber)
    }

    func output(of report: EmergencyReport) throws -> Output { try Output(report.text, json: report) }
}

struct EmergencyTest: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Try the way to help over a trunk, by the provider's test number. No real number is ever called.",
        discussion: """
            Takes half a minute at most, and is done six times an hour at most. Exits 1
            when nobody answered. Audits show it.
            """
    )

    @OptionGroup var trunk: TrunkArgument
    @OptionGroup var options: ServerOptions

    var command: TestEmergency { TestEmergency(trunk: trunk.name) }

    func output(of test: HelpTest) throws -> Output {
        let text =
            "The way to help over trunk \(trunk.name) \(test.passed ? "stands" : "DOES NOT STAND"): \(test.words)."
        return try Output(text, json: test, fellShort: !test.passed)
    }
}
