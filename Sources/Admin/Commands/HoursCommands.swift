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
        /// Whether somebody overrides the hours.
        public let night: NightMode

        public init(hours: OpeningHours?, isOpen: Bool, night: NightMode = .automatic) {
            (self.hours, self.isOpen, self.night) = (hours, isOpen, night)
        }

        init(_ snapshot: Snapshot, at now: WallTime) {
            let (hours, routing) = (snapshot.hours, snapshot.outside.routing)
            let isOpen = routing.isOpen(by: hours?.isOpen(at: now) ?? true)
            self.init(hours: hours, isOpen: isOpen, night: routing.night)
        }
    }

    public static let name = "hours.show"
    public static let rights: [Right] = [.seeHours]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> Reply {
        Reply(administrator.store.snapshot, at: administrator.now())
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

    /// Why these are no hours, before anything else is changed with them.
    public func check() throws(Refusal) {
        if !spans.isEmpty { _ = try parsed(keeping: .none) }
    }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ShowHours.Reply {
        let old = administrator.store.snapshot.hours
        let new = spans.isEmpty ? nil : try parsed(keeping: old?.holidays ?? .none)
        try await administrator.change(
            [.keepHours(new)],
            [caller.draft(Self.name, "hours", JournalDetail.of(old, became: new))],
            notice: "The business is open \(new.map { "\($0)" } ?? "at all times"), by \(caller.name)"
        )
        return ShowHours.Reply(administrator.store.snapshot, at: administrator.now())
    }

    private func parsed(keeping holidays: Holidays) throws(Refusal) -> OpeningHours {
        guard TimeZone(identifier: zone) != nil else { throw .noZone(zone) }
        var found: [OpeningHours.Span] = []
        for text in spans {
            guard let span = OpeningHours.Span(parsing: text) else { throw .noHours(text) }
            found.append(span)
        }
        guard let hours = OpeningHours(zone: zone, spans: found, holidays: holidays) else { throw .tooManyHours }
        return hours
    }
}

extension OpeningHours {
    /// By the clock in its time zone, holidays included.
    public func isOpen(at now: WallTime) -> Bool {
        guard let zone = TimeZone(identifier: zone) else { return true }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let date = Date(timeIntervalSince1970: Double(now.milliseconds) / 1_000)
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
        guard let year = parts.year, let month = parts.month, let day = parts.day, let hour = parts.hour,
            let minute = parts.minute, let today = CivilDate(year: year, month: month, day: day),
            let local = LocalTime(today, minute: hour * 60 + minute)
        else { return true }
        return isOpen(at: local)
    }
}

/// Overrides the opening hours until somebody changes it: the night switch.
public struct SwitchNight: Command {
    public static let name = "night.switch"
    /// What the journal says that it is done to, by whomever.
    public static let subject = "night"
    public static let rights: [Right] = [.changeHours]

    public let mode: NightMode
    /// Extensions that may switch it by a code, as typed; `nil` for those before.
    public let phones: [String]?

    public init(_ mode: NightMode, phones: [String]? = nil) { (self.mode, self.phones) = (mode, phones) }

    /// As it is already where nobody has switched it, and refused then.
    public static func harmless(_: ExtensionNumber) -> Self { Self(.automatic) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ShowHours.Reply {
        let old = administrator.store.snapshot.outside.routing.night
        let allowed = administrator.store.snapshot.outside.routing.nightPhones
        var numbers: Set<ExtensionNumber> = []
        for text in phones ?? [] { numbers.insert(try administrator.find(text).number) }
        guard numbers.count <= Model.Limits.namedExtensions else { throw .tooMuchAsked() }
        let isForOthers = phones != nil && numbers != allowed
        guard mode != old || isForOthers else { throw .nightIsSo(mode) }
        var (changes, drafts): ([Change], [JournalDraft]) = ([], [])
        if mode != old {
            changes.append(.outside(.route(.switchNight(mode))))
            drafts.append(caller.draft(Self.name, Self.subject, JournalDetail.of(old, became: mode)))
        }
        if isForOthers {
            changes.append(.outside(.route(.letSwitchNight(numbers))))
            let detail = JournalDetail.of(allowed.sorted(), became: numbers.sorted())
            drafts.append(caller.draft(Self.name, "phones of the night switch", detail))
        }
        var words = mode == old ? "" : "The business is \(mode.words)"
        if isForOthers {
            let who = numbers.isEmpty ? "nobody" : numbers.sorted().map(\.text).joined(separator: ", ")
            words += "\(words.isEmpty ? "" : "; ")phones that may switch between day and night: \(who)"
        }
        try await administrator.change(changes, drafts, notice: "\(words), by \(caller.name)")
        return ShowHours.Reply(administrator.store.snapshot, at: administrator.now())
    }
}

extension NightMode {
    /// For people, after "the business is".
    public var words: String {
        switch self {
        case .automatic: "open by its hours"
        case .closed: "closed until somebody changes it"
        case .open: "open until somebody changes it"
        }
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
