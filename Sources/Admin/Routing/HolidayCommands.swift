// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Store

/// Says on which days the business is closed whatever its hours say, or on which it is not.
public struct ChangeHolidays: Command {
    public static let name = "hours.holidays"
    public static let rights: [Right] = [.changeHours]

    /// `2026-12-24`, `2026-12-24..2026-12-26`, as typed.
    public let days: [String]
    /// Whether they are taken away.
    public let isRemoval: Bool

    public init(_ days: [String], isRemoval: Bool = false) { (self.days, self.isRemoval) = (days, isRemoval) }

    public static func harmless(_: ExtensionNumber) -> Self { Self([]) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ShowHours.Reply {
        guard !days.isEmpty else { throw .nothingAsked() }
        guard let old = administrator.store.snapshot.hours else { throw .noHoursToClose }
        guard let asked = Holidays(parsing: days.joined(separator: ", ")) else { throw .noHoliday }
        let holidays = isRemoval ? old.holidays.subtracting(asked) : old.holidays.union(asked)
        guard let holidays else { throw .tooManyHolidays }
        guard let new = OpeningHours(zone: old.zone, spans: old.spans, holidays: holidays), new != old else {
            throw .holidaysAreSo
        }
        try await administrator.change(
            [.keepHours(new)],
            [caller.draft(Self.name, "hours", JournalDetail.of(old, became: new))],
            notice: "The business is \(isRemoval ? "no longer closed" : "closed") on \(asked), by \(caller.name)"
        )
        return ShowHours.Reply(administrator.store.snapshot, at: administrator.now())
    }
}

extension Refusal {
    fileprivate static let noHoursToClose = Self(
        problem: "The holidays were not changed.",
        reason: "the business has no hours, so it is open at all times",
        remedy: "set them first: ringfence hours set 'mon-fri 08:00-18:00' --zone Europe/Berlin"
    )

    fileprivate static let noHoliday = Self(
        problem: "The holidays were not changed.",
        reason: "a day is written 2026-12-24, several 2026-12-24..2026-12-26, and a calendar has to have it",
        remedy: "give them like this: ringfence hours holiday add 2026-12-24..2026-12-26 2027-01-01"
    )

    fileprivate static let tooManyHolidays = Self(
        problem: "The holidays were not changed.",
        reason: "there would be more than \(Model.Limits.holidays) stretches of days",
        remedy: "take away those that are over: ringfence hours holiday remove 2020-01-01..2025-12-31"
    )

    fileprivate static let holidaysAreSo = Self(
        problem: "The holidays are as you want them already.",
        reason: "there is nothing to change",
        remedy: "look at them: ringfence hours show"
    )
}
