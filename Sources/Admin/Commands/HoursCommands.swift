// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Guard
public import Model
public import Primitives
import Store

/// When the business is open.
public struct ShowHours: Command {
    public struct Reply: Codable, Hashable, Sendable {
        /// `nil` when nobody has said it: open at all times.
        public let hours: OpeningHours?
        public let isOpen: Bool

        public init(hours: OpeningHours?, isOpen: Bool) { (self.hours, self.isOpen) = (hours, isOpen) }
    }

    public static let name = "hours.show"
    public static let rights: [Right] = [.seeHours]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> Reply {
        let hours = administrator.store.snapshot.hours
        return Reply(hours: hours, isOpen: hours?.isOpen(at: administrator.now()) ?? true)
    }
}

/// Says when the business is open.
public struct SetHours: Command {
    public static let name = "hours.set"
    public static let rights: [Right] = [.changeHours]

    /// `Europe/Berlin`, as typed.
    public let zone: String
    /// `mon-fri 08:00-18:00`, as typed; none for open at all times.
    public let spans: [String]

    public init(zone: String, spans: [String]) { (self.zone, self.spans) = (zone, spans) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(zone: "-", spans: ["-"]) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ShowHours.Reply {
        let new = spans.isEmpty ? nil : try parsed()
        let old = administrator.store.snapshot.hours
        try await administrator.change(
            [.keepHours(new)],
            [caller.draft(Self.name, "hours", JournalDetail.of(old, became: new))],
            notice: "The business is open \(new.map { "\($0)" } ?? "at all times"), by \(caller.name)"
        )
        return ShowHours.Reply(hours: new, isOpen: new?.isOpen(at: administrator.now()) ?? true)
    }

    private func parsed() throws(Refusal) -> OpeningHours {
        guard TimeZone(identifier: zone) != nil else { throw .noZone(zone) }
        var found: [OpeningHours.Span] = []
        for text in spans {
            guard let span = OpeningHours.Span(parsing: text) else { throw .noHours(text) }
            found.append(span)
        }
        guard let hours = OpeningHours(zone: zone, spans: found) else { throw .tooManyHours }
        return hours
    }
}

extension OpeningHours {
    /// By the clock in its time zone.
    public func isOpen(at now: WallTime) -> Bool {
        guard let zone = TimeZone(identifier: zone) else { return true }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let date = Date(timeIntervalSince1970: Double(now.milliseconds) / 1_000)
        let parts = calendar.dateComponents([.weekday, .hour, .minute], from: date)
        // Of Foundation's days Sunday is the first.
        guard let weekday = parts.weekday, let hour = parts.hour, let minute = parts.minute,
            let day = Day(rawValue: (weekday + 5) % 7)
        else { return true }
        return isOpen(on: day, at: hour * 60 + minute)
    }
}

extension Refusal {
    fileprivate static func noZone(_ text: String) -> Self {
        Self(
            problem: "There is no time zone \(quoted(text)).",
            reason: "a time zone is named by a continent and a city",
            remedy: "give one like this: --zone Europe/Berlin"
        )
    }

    fileprivate static func noHours(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) are no opening hours.",
            reason: "they are a day or two with a hyphen between them, and two times of 24 hours",
            remedy: "give them like this: ringfence hours set 'mon-fri 08:00-12:30' 'sat 09:00-12:00'"
        )
    }

    fileprivate static let tooManyHours = Self(
        problem: "The opening hours were not changed.",
        reason: "there are more than \(Model.Limits.hoursSpans) stretches of time",
        remedy: "name days that are alike together: mon-fri 08:00-18:00"
    )
}
