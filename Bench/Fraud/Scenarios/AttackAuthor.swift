// SPDX-License-Identifier: Apache-2.0

/// Writes an attack on one business.
struct AttackAuthor {
    let business: Business
    let reach: Reach
    let contacts: Contacts
    var random: ScenarioRandom
    /// What the phone system sees of the attack beside its calls.
    var circumstances: [Circumstance] = []
    private var lineCount = 0

    init(business: Business, reach: Reach, contacts: Contacts, random: ScenarioRandom) {
        (self.business, self.reach, self.contacts, self.random) = (business, reach, contacts, random)
    }

    mutating func write(_ kind: AttackKind) -> Attack {
        var attack = Attack(kind: kind, reach: reach, lines: lines(of: kind), begins: 0)
        let first = attack.lines.compactMap(\.windows.first?.lowerBound).min() ?? 0
        attack.begins = min(first, circumstances.map(\.time).min() ?? first)
        return attack
    }

    private mutating func lines(of kind: AttackKind) -> [AttackLine] {
        switch kind {
        case .weekendBurst: weekendBurst()
        case .testThenBurst: testThenBurst()
        case .slowAndLow: slowAndLow()
        case .spread: spread()
        case .forwarding: forwarding()
        case .trunkToTrunk: trunkToTrunk()
        case .voicemailDialOut: voicemailDialOut()
        case .wangiri: wangiri()
        case .stolenSoftphone: stolenSoftphone()
        case .insider: insider()
        case .callbackAbuse: callbackAbuse()
        case .dayBoundary: dayBoundary()
        case .chain59: chain59()
        }
    }

    // MARK: What attacks are made of

    /// Ranges of numbers, each in a country of its own as far as there are countries.
    mutating func ranges(_ count: Int) -> [LeasedRange] {
        let sources = reach == .closed ? closedSources() : openedSources()
        return (0..<count).map { index in
            let model = sources[index % sources.count]
            return LeasedRange(around: model, using: &random)
        }
    }

    /// High-risk countries that are closed, and one time in three satellites, networks or premium numbers of the home country.
    private mutating func closedSources() -> [Destination] {
        let closed = NumberingPlan.highRisk.filter { !business.opened.contains($0.code) }
        var sources = random.mixed(closed).map { $0.destination(mobile: random.chance(perMille: 700), using: &random) }
        let special = SpecialRange.all.filter { !$0.minute.isFree && !business.classes.contains($0.numberClass) }
        if random.chance(perMille: 330) {
            sources = random.mixed(special).prefix(2).map { $0.destination(using: &random) } + sources
        }
        return sources
    }

    /// Mobiles of opened countries, the dear ones first: the attacker earns a share of the price.
    private mutating func openedSources() -> [Destination] {
        let opened = business.opened.sorted().map(NumberingPlan.country)
        let dear = opened.sorted { ($0.mobilePrice.minute, $0.code) > ($1.mobilePrice.minute, $1.code) }
        return dear.prefix(max(3, dear.count / 2)).map { $0.destination(mobile: true, using: &random) }
    }

    mutating func extensions(_ count: Int) -> [Int] {
        Array(random.mixed(Array(0..<business.extensionCount)).prefix(count))
    }

    /// An address abroad from which nobody of the business calls.
    mutating func stranger() -> Origin {
        Origin(
            device: 900,
            address: 9_000 + random.pick(0...99),
            country: random.pick(["RO", "NL", "EG", "VN", "US", "TR"])
        )
    }

    var office: Origin { Origin(device: 0, address: 0, country: business.home) }

    mutating func line(
        _ windows: [Range<Instant>],
        _ ranges: [LeasedRange],
        payers: [Int],
        origin: Origin,
        talk: ClosedRange<Int>,
        gap: ClosedRange<Int>
    ) -> AttackLine {
        lineCount += 1
        return AttackLine(
            windows: windows,
            ranges: ranges,
            payers: payers,
            origin: origin,
            talk: talk,
            gap: gap,
            random: random.stream(10_000 + lineCount)
        )
    }

    mutating func happens(_ kind: Circumstance.Kind, at moment: Instant) {
        circumstances.append(Circumstance(time: moment, kind: kind))
    }

    /// A phone of the attacker registers with a stolen password.
    mutating func steal(_ phones: [Int], from origin: Origin, at moment: Instant) {
        for phone in phones { happens(.registered(extension: phone, from: origin), at: moment) }
    }

    /// A working day of the second or third week.
    mutating func workday() -> Int { random.pick([7, 8, 9, 10, 14, 15, 16]) }

    /// The working hours of each day from `first` on; nine to five where the business never closes.
    func workingWindows(from first: Int, days: Int) -> [Range<Instant>] {
        (first..<min(Calendar.days, first + days)).compactMap { day in
            guard Calendar.weekday(ofDay: day) < 5, business.hours.hours(ofDay: day) != nil else { return nil }
            return day * Calendar.day + 9 * Calendar.hour..<day * Calendar.day + 17 * Calendar.hour
        }
    }

    /// The evenings and nights from `first` on, 20:00 to 6:00.
    func nights(from first: Int, count: Int) -> [Range<Instant>] {
        (first..<min(Calendar.days - 1, first + count)).map { day in
            day * Calendar.day + 20 * Calendar.hour..<(day + 1) * Calendar.day + 6 * Calendar.hour
        }
    }
}

extension Money {
    var isFree: Bool { micros == 0 }
}
