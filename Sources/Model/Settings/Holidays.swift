// SPDX-License-Identifier: Apache-2.0

/// Days on which a business is closed whatever its hours say.
public struct Holidays: Hashable, Sendable {
    public static let none = Holidays()

    /// In order; none touches another.
    public let spans: [ClosedRange<CivilDate>]

    private init() { spans = [] }

    /// Puts them in order, and those that overlap or touch together.
    ///
    /// - Returns: `nil` when more than ``Limits/holidays`` are left.
    public init?(_ spans: some Sequence<ClosedRange<CivilDate>>) {
        var joined: [ClosedRange<CivilDate>] = []
        for span in spans.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            if let last = joined.last, span.lowerBound.days <= last.upperBound.days + 1 {
                joined[joined.count - 1] = last.lowerBound...max(last.upperBound, span.upperBound)
            } else {
                joined.append(span)
            }
        }
        guard joined.count <= Limits.holidays else { return nil }
        self.spans = joined
    }

    /// Reads `2026-12-24..2026-12-26, 2027-01-01`.
    public init?(parsing text: some StringProtocol) {
        var spans: [ClosedRange<CivilDate>] = []
        for part in text.split(separator: ", ", omittingEmptySubsequences: false) {
            guard spans.count < Limits.holidays, let span = Self.span(part) else { return nil }
            spans.append(span)
        }
        self.init(spans)
    }

    private static func span(_ text: some StringProtocol) -> ClosedRange<CivilDate>? {
        let ends = text.split(separator: "..", omittingEmptySubsequences: false).map { CivilDate(parsing: $0) }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last else {
            return nil
        }
        return first...last
    }

    /// Whether that day is one: a binary search.
    public func contains(_ date: CivilDate) -> Bool {
        var (low, high) = (0, spans.count)
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].upperBound < date { low = middle + 1 } else { high = middle }
        }
        return low < spans.count && spans[low].contains(date)
    }

    /// Both together; `nil` when they are too many.
    public func union(_ other: Holidays) -> Holidays? { Holidays(spans + other.spans) }

    /// Without those of another list; `nil` when too many stretches are left.
    public func subtracting(_ other: Holidays) -> Holidays? {
        var rest = spans
        for gone in other.spans {
            rest = rest.flatMap { span -> [ClosedRange<CivilDate>] in
                guard span.overlaps(gone) else { return [span] }
                var parts: [ClosedRange<CivilDate>] = []
                if span.lowerBound < gone.lowerBound, let end = gone.lowerBound.yesterday {
                    parts.append(span.lowerBound...end)
                }
                if gone.upperBound < span.upperBound, let next = CivilDate(days: gone.upperBound.days + 1) {
                    parts.append(next...span.upperBound)
                }
                return parts
            }
        }
        return Holidays(rest)
    }
}

extension Holidays: CustomStringConvertible {
    /// `2026-12-24..2026-12-26, 2027-01-01`.
    public var description: String {
        spans.map { $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)" }
            .joined(separator: ", ")
    }
}

/// Whether somebody overrides the hours, by a code on a phone.
public enum NightMode: String, CaseIterable, Codable, Hashable, Sendable {
    /// The hours and the holidays decide.
    case automatic
    /// Closed until somebody changes it.
    case closed
    /// Open until somebody changes it.
    case open
}
