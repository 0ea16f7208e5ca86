// SPDX-License-Identifier: Apache-2.0

/// Attacks that do not want to be seen.
extension AttackAuthor {
    /// One call of three to nine minutes every half hour of the working day, from the office's own address, for two weeks.
    mutating func slowAndLow() -> [AttackLine] {
        let targets = ranges(random.pick(2...4))
        let phones = extensions(random.pick(1...2))
        let windows = workingWindows(from: 7 + random.pick(0...3), days: 14)
        return [line(windows, targets, payers: phones, origin: office, talk: 180...540, gap: 1_200...2_700)]
    }

    /// Up to forty extensions by turns and eight to fifteen ranges: no pair is called more than a few times a day.
    mutating func spread() -> [AttackLine] {
        let (first, origin) = (workday(), stranger())
        let phones = extensions(40)
        let targets = ranges(random.pick(8...15))
        steal(phones, from: origin, at: first * Calendar.day + 7 * Calendar.hour)
        let windows = [first * Calendar.day + 8 * Calendar.hour..<(first + random.pick(2...5)) * Calendar.day]
        return (0..<random.pick(2...4)).map { _ in
            let order = random.mixed(phones)
            return line(windows, targets, payers: order, origin: origin, talk: 120...420, gap: 60...300)
        }
    }

    /// Somebody got into the portal and set a forwarding; calls from outside then come for hours at night.
    mutating func forwarding() -> [AttackLine] {
        let first = workday()
        let phone = extensions(1)
        let target = ranges(1)[0].destination(using: &random)
        let set = first * Calendar.day + 19 * Calendar.hour
        happens(.credentialChanged(extension: phone[0]), at: set - 600)
        happens(.forwardingSet(extension: phone[0], target: target), at: set)
        // One number is forwarded to: a range of one.
        let only = [LeasedRange(single: target)]
        return (0..<random.pick(1...8)).map { _ in
            var line = line(
                nights(from: first, count: random.pick(1...4)),
                only,
                payers: phone,
                origin: office,
                talk: 300...2_700,
                gap: 5...90
            )
            line.route = .forwarded
            line.onBehalfOf = contacts.atHome(business, using: &random).digits
            return line
        }
    }

    /// A stolen extension joins two outside numbers and leaves: calls of one to five hours.
    mutating func trunkToTrunk() -> [AttackLine] {
        let (first, origin) = (workday(), stranger())
        let phone = extensions(1)
        let targets = ranges(random.pick(1...3))
        steal(phone, from: origin, at: first * Calendar.day + 17 * Calendar.hour)
        return (0..<random.pick(2...6)).map { _ in
            var line = line(
                nights(from: first, count: random.pick(1...3)),
                targets,
                payers: phone,
                origin: origin,
                talk: 3_600...18_000,
                gap: 10...240
            )
            line.route = .blindTransfer
            line.onBehalfOf = contacts.atHome(business, using: &random).digits
            return line
        }
    }

    /// Some wrong codes of a mailbox, then the right one; two to six lines call on through it over a weekend.
    mutating func voicemailDialOut() -> [AttackLine] {
        let start = random.pick([12, 13, 18, 19]) * Calendar.day + random.pick(0...20) * Calendar.hour
        let phone = extensions(1)
        let targets = ranges(random.pick(1...4))
        let caller = NumberingPlan.country(business.home).destination(mobile: true, using: &random).digits
        for guess in 0..<random.pick(3...25) {
            happens(.mailboxLogin(extension: phone[0], isRight: false), at: start - 4_000 + guess * 90)
        }
        happens(.mailboxLogin(extension: phone[0], isRight: true), at: start - 300)
        let isMailbox = random.chance(perMille: 600)
        return (0..<random.pick(2...6)).map { _ in
            var line = line(
                [start..<start + random.pick(5...30) * Calendar.hour],
                targets,
                payers: phone,
                origin: office,
                talk: 300...3_000,
                gap: 10...120
            )
            line.route = isMailbox ? .voicemail : .disa
            line.onBehalfOf = caller
            return line
        }
    }

    /// A third of the extensions is rung once, for a second or two, from numbers in a row; a third of these people calls back.
    ///
    /// Asked whether they mean it, three in ten do (assumption).
    mutating func wangiri() -> [AttackLine] {
        var lines: [AttackLine] = []
        for day in workingWindows(from: workday(), days: 3) {
            let range = ranges(1)[0]
            for (number, phone) in extensions(max(3, business.extensionCount / 3)).enumerated() {
                let rung = day.lowerBound + random.pick(0...3 * Calendar.hour)
                let caller = range.destination(at: 100 + number)
                let ring = Circumstance.Kind.inbound(
                    extension: phone,
                    caller: caller.digits,
                    rang: random.pick(1...3),
                    isAnswered: false
                )
                happens(ring, at: rung)
                guard random.chance(perMille: 350) else { continue }
                let back = rung + random.pick(40...7_200)
                var line = line(
                    [back..<back + Calendar.hour],
                    [LeasedRange(single: caller)],
                    payers: [phone],
                    origin: office,
                    talk: 40...260,
                    gap: 60...900
                )
                (line.limit, line.answeredPerMille) = (random.pick(1...2), 1_000)
                (line.canConfirm, line.confirmPerMille) = (.code, 300)
                lines.append(line)
            }
        }
        return lines
    }

    /// One or two calls of 15 to 40 minutes each working day of three weeks, from the person's own desk.
    mutating func insider() -> [AttackLine] {
        let phone = extensions(1)
        let target = [LeasedRange(single: ranges(1)[0].destination(using: &random))]
        let evenings = (5..<Calendar.days).filter { Calendar.weekday(ofDay: $0) < 5 }.map { day in
            day * Calendar.day + 16 * Calendar.hour..<day * Calendar.day + 18 * Calendar.hour
        }
        var line = line(evenings, target, payers: phone, origin: office, talk: 900...2_400, gap: 3_000...9_000)
        line.origin.device = phone[0]
        line.canConfirm = .code
        return [line]
    }
}
