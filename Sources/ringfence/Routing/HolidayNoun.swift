// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model

struct HolidayNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holiday",
        abstract: "Days on which the business is closed whatever its hours say.",
        subcommands: [HolidayAdd.self, HolidayImport.self, HolidayRemove.self]
    )
}

struct HolidayArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("2026-12-24, or 2026-12-24..2026-12-26.", valueName: "days"))
    var days: [String]

    func validate() throws {
        guard Holidays(parsing: days.joined(separator: ", ")) != nil else {
            throw ValidationError("Write days like 2026-12-24, and several like 2026-12-24..2026-12-26.")
        }
    }
}

struct HolidayAdd: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Close the business on these days.",
        discussion: "  ringfence hours holiday add 2026-12-24..2026-12-26 2027-01-01"
    )

    @OptionGroup var holidays: HolidayArguments
    @OptionGroup var options: ServerOptions

    var command: ChangeHolidays { ChangeHolidays(holidays.days) }

    func output(of reply: ShowHours.Reply) throws -> Output { try Output(reply.text, json: reply) }
}

struct HolidayRemove: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Let the hours decide on these days again."
    )

    @OptionGroup var holidays: HolidayArguments
    @OptionGroup var options: ServerOptions

    var command: ChangeHolidays { ChangeHolidays(holidays.days, isRemoval: true) }

    func output(of reply: ShowHours.Reply) throws -> Output { try Output(reply.text, json: reply) }
}

struct HolidayImport: SettingCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Close the business on the days of a calendar file (iCalendar).",
        discussion: """
            Events that last whole days count, once or each year; others are left out, and
            how many is said.

              ringfence hours holiday import holidays.ics --years 2
            """
    )

    @Argument(help: ArgumentHelp("The calendar, as your state or your mail program gives it.", valueName: "file"))
    var file: String

    @Option(help: "For how many years from this one.")
    var years = 3

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard (1...Limits.calendarYears).contains(years) else {
            throw ValidationError("--years is a number from 1 to \(Limits.calendarYears).")
        }
    }

    /// What is asked where the file can be read; nothing at all where it cannot, which is refused.
    var command: ChangeHolidays {
        ChangeHolidays(((try? calendar())?.holidays.spans ?? []).map { "\($0.lowerBound)..\($0.upperBound)" })
    }

    func run() async throws {
        _ = try calendar()
        try await ask()
    }

    private func calendar() throws -> HolidayCalendar {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw ValidationError("'\(file)' cannot be read.")
        }
        let first = Calendar(identifier: .gregorian).component(.year, from: Date())
        do throws(HolidayCalendar.Problem) {
            return try HolidayCalendar(reading: Array(bytes), years: first...(first + years - 1))
        } catch { throw ValidationError("'\(file)' was not taken: \(error.words).") }
    }

    func output(of reply: ShowHours.Reply) throws -> Output {
        let read = try calendar()
        let left = read.skipped == 0 ? "" : "\n\(read.skipped) events with a time or a rule of their own were left out."
        return try Output("\(reply.text)\(left)", json: reply)
    }
}

extension HolidayCalendar.Problem {
    fileprivate var words: String {
        switch self {
        case .tooLong: "it is larger than any list of holidays"
        case .tooManyEvents: "it has more than \(Limits.calendarEvents) events"
        case .noCalendar: "it is no calendar file"
        case .broken(let line): "it ends, or is broken, at line \(line)"
        case .date(let line): "line \(line) has a day that no calendar has"
        case .tooManyDays: "it has too many days; take fewer years"
        }
    }
}
