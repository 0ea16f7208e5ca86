// SPDX-License-Identifier: Apache-2.0

/// Attacks that want much money in few hours.
extension AttackAuthor {
    /// Four to twenty lines on one or two stolen extensions, from Friday evening or the eve of Good Friday, 8 to 58 hours.
    mutating func weekendBurst() -> [AttackLine] {
        let start = random.pick([11, 17, 18]) * Calendar.day + random.pick(19 * Calendar.hour...25 * Calendar.hour)
        return burst(
            from: start,
            hours: random.pick(8...58),
            lines: random.pick(4...20),
            ranges: ranges(random.pick(3...8))
        )
    }

    mutating func burst(from start: Instant, hours: Int, lines: Int, ranges: [LeasedRange]) -> [AttackLine] {
        let (phones, origin) = (extensions(random.pick(1...2)), stranger())
        steal(phones, from: origin, at: start - random.pick(60...7_200))
        return (0..<lines).map { _ in
            line(
                [start..<start + hours * Calendar.hour],
                ranges,
                payers: [random.pick(phones)],
                origin: origin,
                talk: 150...1_200,
                gap: 1...20
            )
        }
    }

    /// Eight to thirty calls of some seconds to ten ranges; 6 to 24 hours later the ranges that answered are called in earnest.
    mutating func testThenBurst() -> [AttackLine] {
        let tested = ranges(10)
        let start = workday() * Calendar.day + random.pick(10 * Calendar.hour...20 * Calendar.hour)
        let (phones, origin) = (extensions(1), stranger())
        steal(phones, from: origin, at: start - 300)
        var tests = line(
            [start..<start + 3 * Calendar.hour],
            tested,
            payers: phones,
            origin: origin,
            talk: 1...14,
            gap: 20...400
        )
        tests.limit = random.pick(8...30)
        tests.answeredPerMille = 500
        let second = start + random.pick(6...24) * Calendar.hour
        let burst = (0..<random.pick(3...14)).map { _ in
            line(
                [second..<second + random.pick(6...40) * Calendar.hour],
                Array(tested.prefix(3)),
                payers: phones,
                origin: origin,
                talk: 200...1_500,
                gap: 1...20
            )
        }
        return [tests] + burst
    }

    /// Five to nine nights, 23:40 to 0:20, six lines: each half is below what a day allows.
    mutating func dayBoundary() -> [AttackLine] {
        let (first, origin) = (workday(), stranger())
        let phones = extensions(min(3, business.extensionCount))
        let targets = ranges(4)
        steal(phones, from: origin, at: first * Calendar.day + 22 * Calendar.hour)
        let windows = (first..<first + random.pick(5...9)).map { day in
            (day + 1) * Calendar.day - 20 * 60..<(day + 1) * Calendar.day + 20 * 60
        }
        return (0..<6).map { number in
            line(
                windows,
                targets,
                payers: [phones[number % phones.count]],
                origin: origin,
                talk: 240...600,
                gap: 5...40
            )
        }
    }

    /// Two lines of 59 minutes each, one call after the other, for two or three nights.
    mutating func chain59() -> [AttackLine] {
        let (first, origin) = (workday(), stranger())
        let phones = extensions(2)
        let targets = ranges(3)
        steal(phones, from: origin, at: first * Calendar.day + 19 * Calendar.hour)
        let windows = nights(from: first, count: random.pick(2...3))
        return phones.map { phone in
            line(windows, targets, payers: [phone], origin: origin, talk: 3_500...3_545, gap: 3...15)
        }
    }

    /// A form that calls back is fed with dear numbers, or the key of a program leaked: many short calls.
    mutating func callbackAbuse() -> [AttackLine] {
        let start = workday() * Calendar.day + random.pick(0...20) * Calendar.hour
        let targets = ranges(random.pick(2...6))
        let payer = extensions(1)
        let isForm = !business.hasProgram || (business.hasCallbackForm && random.chance(perMille: 500))
        return (0..<random.pick(2...10)).map { _ in
            var line = line(
                [start..<start + random.pick(4...48) * Calendar.hour],
                targets,
                payers: payer,
                origin: office,
                talk: 45...200,
                gap: 5...60
            )
            line.route = isForm ? .callbackForm : .program
            return line
        }
    }

    /// A person abroad with a stolen softphone, two to five lines by turns, some hours a day for three days.
    mutating func stolenSoftphone() -> [AttackLine] {
        let (first, origin) = (workday(), stranger())
        let phone = extensions(1)
        let targets = ranges(random.pick(2...5))
        steal(phone, from: origin, at: first * Calendar.day + 8 * Calendar.hour)
        let windows = (first..<first + 3).map { day in
            let start = day * Calendar.day + random.pick(9...20) * Calendar.hour
            return start..<start + random.pick(2...4) * Calendar.hour
        }
        return (0..<random.pick(2...5)).map { _ in
            var line = line(windows, targets, payers: phone, origin: origin, talk: 120...1_800, gap: 5...120)
            line.canConfirm = .digits
            return line
        }
    }
}
