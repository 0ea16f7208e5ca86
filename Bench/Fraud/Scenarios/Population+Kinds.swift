// SPDX-License-Identifier: Apache-2.0

/// What only one kind of business does.
extension Population {
    mutating func liveSpecially(firstDay: Int) {
        freeAt = freeAt.map { _ in 0 }
        switch business.kind {
        case .faxBursts: sendFaxes()
        case .conferences: meet()
        case .portIn: testNumbers(on: firstDay)
        case .consultancy: travel()
        case .charity: callSatellites()
        case .office, .callCentre, .hotel, .shop24, .salesTeam, .seasonal, .newBranch: break
        }
    }

    /// Two to four batches a week, in the evening: 40 to 150 numbers, those that fail up to seven times again.
    private mutating func sendFaxes() {
        for day in 0..<Calendar.days where Calendar.weekday(ofDay: day) < 5 && random.chance(perMille: 600) {
            var moment = day * Calendar.day + random.pick(17 * Calendar.hour...20 * Calendar.hour)
            for _ in 0..<random.pick(40...150) {
                let isAbroad = random.chance(perMille: 60)
                let number =
                    isAbroad ? contacts.somewhereAbroad(using: &random) : contacts.atHome(business, using: &random)
                let tries = random.chance(perMille: 150) ? random.pick(2...8) : 1
                for attempt in 1...tries {
                    moment = fax(number, at: moment, isLast: attempt == tries) + (attempt == tries ? 3 : 60)
                }
            }
        }
    }

    /// - Returns: When the machine is free again.
    private mutating func fax(_ number: Destination, at moment: Instant, isLast: Bool) -> Instant {
        let talk = isLast ? Quantiles.fax.draw(using: &random) : random.pick(0...14)
        add(
            PlannedCall(
                start: moment,
                payer: 0,
                destination: number,
                route: .program,
                origin: office(0),
                ringing: 6,
                isAnswered: isLast || random.chance(perMille: 500),
                talk: talk,
                canConfirm: nil
            )
        )
        return max(moment, freeAt[0])
    }

    /// Meetings on a bridge abroad: several extensions call one number within minutes, and stay for hours.
    private mutating func meet() {
        let bridges = contacts.abroad.prefix(3).flatMap { $0.numbers.prefix(1) }
        for day in 0..<Calendar.days where Calendar.weekday(ofDay: day) < 5 && random.chance(perMille: 800) {
            guard !bridges.isEmpty else { return }
            let bridge = random.pick(bridges)
            let start = day * Calendar.day + random.pick(9...18) * Calendar.hour
            let talk = Quantiles.meeting.draw(using: &random)
            for phone in random.mixed(Array(0..<business.extensionCount)).prefix(random.pick(3...9)) {
                let late = random.pick(-120...240)
                add(
                    PlannedCall(
                        start: start + late,
                        payer: phone,
                        destination: bridge,
                        origin: office(phone),
                        ringing: 3,
                        isAnswered: true,
                        talk: max(60, talk - late),
                        canConfirm: .person
                    )
                )
            }
        }
    }

    /// The day on which the numbers come: short tests to many networks, also abroad.
    private mutating func testNumbers(on day: Int) {
        var moment = day * Calendar.day + 8 * Calendar.hour
        for _ in 0..<random.pick(60...160) {
            moment += random.pick(8...90)
            let phone = random.pick(0...(business.extensionCount - 1))
            let isAbroad = random.chance(perMille: 150)
            let number = isAbroad ? contacts.somewhereAbroad(using: &random) : contacts.atHome(business, using: &random)
            call(from: phone, at: moment, to: number, talk: random.pick(2...20))
        }
    }

    /// A third of the staff is on a journey of some days: registered from abroad, they call home and where they are.
    private mutating func travel() {
        for phone in 0..<business.extensionCount where random.chance(perMille: 350) {
            let first = random.pick(0...22)
            let (country, numbers) = contacts.abroad[random.usual(below: contacts.abroad.count)]
            let origin = Origin(device: 100 + phone, address: 1_000 + phone, country: country.code)
            let start = first * Calendar.day + 9 * Calendar.hour
            circumstances.append(Circumstance(time: start, kind: .registered(extension: phone, from: origin)))
            for day in first..<min(Calendar.days, first + random.pick(3...7)) {
                for moment in moments(random.pick(2...10), day: day) where moment > start {
                    let isLocal = random.chance(perMille: 450)
                    let number = isLocal ? random.pick(numbers) : contacts.atHome(business, using: &random)
                    travelCall(from: phone, origin: origin, at: moment, to: number)
                }
            }
        }
    }

    private mutating func travelCall(from phone: Int, origin: Origin, at moment: Instant, to number: Destination) {
        let quantiles = number.country == business.home ? traits.talk : traits.talkAbroad
        add(
            PlannedCall(
                start: moment,
                payer: phone,
                destination: number,
                origin: origin,
                ringing: Quantiles.ringing.draw(using: &random),
                isAnswered: random.chance(perMille: 700),
                talk: quantiles.draw(using: &random),
                canConfirm: .person
            )
        )
    }

    /// Two or three calls a week to the same three satellite phones, where the owner has allowed them.
    private mutating func callSatellites() {
        guard business.classes.contains(.satellite) else { return }
        let ranges = SpecialRange.all.filter { $0.numberClass == .satellite }
        let phones = (0..<3).map { _ in random.pick(ranges).destination(using: &random) }
        for day in 0..<Calendar.days where random.chance(perMille: 350) {
            for moment in moments(1, day: day) {
                let phone = random.pick(0...(business.extensionCount - 1))
                call(from: phone, at: moment, to: random.pick(phones), talk: random.pick(20...400))
            }
        }
    }
}
