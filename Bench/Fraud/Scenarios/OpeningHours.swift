// SPDX-License-Identifier: Apache-2.0

/// When somebody is at work, as the owner has told the phone system.
struct OpeningHours {
    /// For each day of the week from Monday, the seconds of the day between which the business is open.
    var week: [Range<Int>?]
    /// Days since the start that are closed, whatever the week says.
    var holidays: [Int]

    init(weekdays: Range<Int>, saturday: Range<Int>? = nil, sunday: Range<Int>? = nil, holidays: [Int]) {
        let seconds = { (hours: Range<Int>) in hours.lowerBound * Calendar.hour..<hours.upperBound * Calendar.hour }
        week = Array(repeating: seconds(weekdays), count: 5) + [saturday.map(seconds), sunday.map(seconds)]
        self.holidays = holidays
    }

    static let always = OpeningHours(weekdays: 0..<24, saturday: 0..<24, sunday: 0..<24, holidays: [])

    func isOpen(at moment: Instant) -> Bool {
        hours(ofDay: Calendar.day(of: moment))?.contains(Calendar.secondOfDay(moment)) ?? false
    }

    func hours(ofDay day: Int) -> Range<Int>? {
        holidays.contains(day) ? nil : week[Calendar.weekday(ofDay: day)]
    }
}
