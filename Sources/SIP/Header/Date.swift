// SPDX-License-Identifier: Apache-2.0

public import Primitives

extension Message {
    /// The Date field (RFC 3261 §20.17): `Sat, 13 Nov 2010 23:29:00 GMT`.
    ///
    /// - Returns: `nil` when there is none, or when it is not a moment in GMT written this way: a date in another zone
    ///   is ignored, not guessed at (RFC 4475 §3.1.2.12). The name of the weekday is not compared.
    public func date() -> WallTime? {
        guard let range = first(.date)?.range, range.count == 29 else { return nil }
        return bytes.span.date(at: range.lowerBound)
    }
}

extension Span<UInt8> {
    /// The 29 bytes of an RFC 1123 date.
    fileprivate func date(at start: Int) -> WallTime? {
        let isWritten =
            has(",", at: start + 3) && has(" ", at: start + 4) && has(" ", at: start + 7) && has(" ", at: start + 11)
            && has(" ", at: start + 16) && has(":", at: start + 19) && has(":", at: start + 22)
            && has(" GMT", at: start + 25)
        guard isWritten, let day = digits(2, at: start + 5), let month = month(at: start + 8),
            let year = digits(4, at: start + 12), let hour = digits(2, at: start + 17),
            let minute = digits(2, at: start + 20), let second = digits(2, at: start + 23),
            (1...31).contains(day), year >= 1970, hour < 24, minute < 60, second <= 60
        else { return nil }
        let seconds = Self.days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
        return WallTime(milliseconds: seconds * 1_000)
    }

    private func has(_ text: String, at start: Int) -> Bool {
        equalsExactly(start..<start + text.utf8.count, text)
    }

    private func digits(_ count: Int, at start: Int) -> Int64? {
        number(start..<start + count, maximum: 9_999).map { Int64($0) }
    }

    private func month(at start: Int) -> Int64? {
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        for (index, name) in names.enumerated() where has(name, at: start) { return Int64(index) + 1 }
        return nil
    }

    /// The days from 1970-01-01 in the proleptic Gregorian calendar; a year starts in March here, so that the day that
    /// is sometimes there comes last.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
