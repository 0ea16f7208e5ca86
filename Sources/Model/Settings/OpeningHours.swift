// SPDX-License-Identifier: Apache-2.0

/// When a business is open, by the clock on its own wall.
public struct OpeningHours: Hashable, Sendable {
    public enum Day: Int, CaseIterable, Comparable, Sendable {
        case mon, tue, wed, thu, fri, sat, sun

        static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

        init?(name: some StringProtocol) {
            guard let index = Self.names.firstIndex(where: { $0 == name.lowercased() }) else { return nil }
            self.init(rawValue: index)
        }

        public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

        var before: Day { Day(rawValue: (rawValue + 6) % 7) ?? .sun }
    }

    /// One stretch of time on one day or several.
    public struct Span: Hashable, Sendable {
        public let days: ClosedRange<Day>
        /// Minutes since that day began; the last one is not part of it, and lies beyond 1440 when the stretch ends on the next
        /// day.
        public let minutes: Range<Int>

        /// Reads `mon-fri 08:00-12:30`, `sat 09:00-24:00`, or `fri 22:00-06:00+1` for one that ends on the next day.
        public init?(parsing text: some StringProtocol) {
            let parts = text.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            let days = parts[0].split(separator: "-", omittingEmptySubsequences: false).map { Day(name: $0) }
            let times = parts[1].split(separator: "-", omittingEmptySubsequences: false)
            guard (1...2).contains(days.count), let first = days[0], let last = days[days.count - 1], first <= last,
                times.count == 2, let begin = Self.minute(times[0]), let end = Self.end(times[1]), begin < end,
                end - begin <= 1_440
            else { return nil }
            (self.days, minutes) = (first...last, begin..<end)
        }

        /// `12:30`, or `06:00+1` on the next day.
        private static func end(_ text: some StringProtocol) -> Int? {
            text.hasSuffix("+1") ? minute(text.dropLast(2)).map { $0 + 1_440 } : minute(text)
        }

        /// `08:30`; `24:00` is the end of a day.
        private static func minute(_ text: some StringProtocol) -> Int? {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy(Self.isDigit) }),
                let hours = Int(parts[0]), let minutes = Int(parts[1]), minutes < 60, hours * 60 + minutes <= 1_440
            else { return nil }
            return hours * 60 + minutes
        }

        private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }
    }

    /// The name of its time zone (IANA), `Europe/Berlin`.
    public let zone: String
    public let spans: [Span]
    /// Days on which it is closed all the same.
    public let holidays: Holidays

    /// - Returns: `nil` for a zone that is no name of one, for no span and for more than ``Limits/hoursSpans``.
    public init?(zone: String, spans: [Span], holidays: Holidays = .none) {
        let isName = { (byte: UInt8) in byte.isNameOfZone }
        guard !zone.isEmpty, zone.utf8.count <= Limits.nameBytes, zone.utf8.allSatisfy(isName),
            (1...Limits.hoursSpans).contains(spans.count)
        else { return nil }
        (self.zone, self.spans, self.holidays) = (zone, spans, holidays)
    }

    /// Reads what ``description`` writes.
    public init?(parsing text: some StringProtocol) {
        guard let colon = text.firstRange(of: ": ") else { return nil }
        let (zone, rest) = (String(text[..<colon.lowerBound]), text[colon.upperBound...])
        let closed = rest.firstRange(of: Self.closed)
        let spans = rest[..<(closed?.lowerBound ?? rest.endIndex)].split(separator: ", ").map { Span(parsing: $0) }
        let holidays = closed.map { Holidays(parsing: rest[$0.upperBound...]) } ?? Holidays.none
        guard spans.allSatisfy({ $0 != nil }), let holidays else { return nil }
        self.init(zone: zone, spans: spans.compactMap(\.self), holidays: holidays)
    }

    private static let closed = "; closed "

    /// By the week alone, without holidays.
    ///
    /// - Parameter minute: Of that day, by the clock on the wall there.
    public func isOpen(on day: Day, at minute: Int) -> Bool {
        begins(on: day, reaching: minute) || begins(on: day.before, reaching: minute + 1_440)
    }

    /// By the week, the holidays and whoever overrides both. What began before a holiday goes on into it; what would begin on
    /// one does not.
    public func isOpen(at time: LocalTime, mode: NightMode = .automatic) -> Bool {
        switch mode {
        case .open: return true
        case .closed: return false
        case .automatic: break
        }
        let day = time.date.weekday
        if begins(on: day, reaching: time.minute), !holidays.contains(time.date) { return true }
        guard let yesterday = time.date.yesterday, !holidays.contains(yesterday) else { return false }
        return begins(on: day.before, reaching: time.minute + 1_440)
    }

    private func begins(on day: Day, reaching minute: Int) -> Bool {
        spans.contains { $0.days.contains(day) && $0.minutes.contains(minute) }
    }
}

extension UInt8 {
    fileprivate var isNameOfZone: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "+"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension OpeningHours.Span: CustomStringConvertible {
    /// `mon-fri 08:00-12:30`.
    public var description: String {
        let names = OpeningHours.Day.names
        let (first, last) = (names[days.lowerBound.rawValue], names[days.upperBound.rawValue])
        let isNext = minutes.upperBound > 1_440
        let end = Self.text(minutes.upperBound - (isNext ? 1_440 : 0)) + (isNext ? "+1" : "")
        return "\(first == last ? first : "\(first)-\(last)") \(Self.text(minutes.lowerBound))-\(end)"
    }

    private static func text(_ minute: Int) -> String {
        let (hours, minutes) = (minute / 60, minute % 60)
        return "\(hours < 10 ? "0" : "")\(hours):\(minutes < 10 ? "0" : "")\(minutes)"
    }
}

extension OpeningHours: CustomStringConvertible {
    /// `Europe/Berlin: mon-fri 08:00-18:00, sat 09:00-12:00; closed 2026-12-24..2026-12-26`.
    public var description: String {
        let hours = "\(zone): \(spans.map(\.description).joined(separator: ", "))"
        return holidays == .none ? hours : "\(hours)\(Self.closed)\(holidays)"
    }
}

extension OpeningHours: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("hours are 'Europe/Berlin: mon-fri 08:00-18:00'", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}
