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
    }

    /// One stretch of time on one day or several.
    public struct Span: Hashable, Sendable {
        public let days: ClosedRange<Day>
        /// Minutes of the day, 0…1440; the last one is not part of it.
        public let minutes: Range<Int>

        /// Reads `mon-fri 08:00-12:30` or `sat 09:00-24:00`.
        public init?(parsing text: some StringProtocol) {
            let parts = text.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            let days = parts[0].split(separator: "-", omittingEmptySubsequences: false).map { Day(name: $0) }
            let times = parts[1].split(separator: "-", omittingEmptySubsequences: false).map { Self.minute($0) }
            guard (1...2).contains(days.count), let first = days[0], let last = days[days.count - 1], first <= last,
                times.count == 2, let begin = times[0], let end = times[1], begin < end
            else { return nil }
            (self.days, minutes) = (first...last, begin..<end)
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

    /// - Returns: `nil` for a zone that is no name of one, for no span and for more than ``Limits/hoursSpans``.
    public init?(zone: String, spans: [Span]) {
        let isName = { (byte: UInt8) in byte.isNameOfZone }
        guard !zone.isEmpty, zone.utf8.count <= Limits.nameBytes, zone.utf8.allSatisfy(isName),
            (1...Limits.hoursSpans).contains(spans.count)
        else { return nil }
        (self.zone, self.spans) = (zone, spans)
    }

    /// Reads what ``description`` writes.
    public init?(parsing text: some StringProtocol) {
        guard let colon = text.firstRange(of: ": ") else { return nil }
        let spans = text[colon.upperBound...].split(separator: ", ").map { Span(parsing: $0) }
        guard spans.allSatisfy({ $0 != nil }) else { return nil }
        self.init(zone: String(text[..<colon.lowerBound]), spans: spans.compactMap(\.self))
    }

    /// - Parameter minute: Of that day, by the clock on the wall there.
    public func isOpen(on day: Day, at minute: Int) -> Bool {
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
        return
            "\(first == last ? first : "\(first)-\(last)") \(Self.text(minutes.lowerBound))-\(Self.text(minutes.upperBound))"
    }

    private static func text(_ minute: Int) -> String {
        let (hours, minutes) = (minute / 60, minute % 60)
        return "\(hours < 10 ? "0" : "")\(hours):\(minutes < 10 ? "0" : "")\(minutes)"
    }
}

extension OpeningHours: CustomStringConvertible {
    /// `Europe/Berlin: mon-fri 08:00-18:00, sat 09:00-12:00`.
    public var description: String { "\(zone): \(spans.map(\.description).joined(separator: ", "))" }
}

extension OpeningHours: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("hours are 'Europe/Berlin: mon-fri 08:00-18:00'", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}
