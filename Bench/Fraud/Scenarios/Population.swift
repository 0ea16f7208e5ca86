// SPDX-License-Identifier: Apache-2.0

/// The people of one business and what they do in four weeks.
struct Population {
    let business: Business
    let traits: KindTraits
    let contacts: Contacts
    var random: ScenarioRandom
    var calls: [PlannedCall] = []
    var circumstances: [Circumstance] = []
    /// When each extension is free again: a person holds one call at a time.
    var freeAt: [Instant]

    init(business: Business, random: ScenarioRandom) {
        (self.business, self.random, traits) = (business, random, KindTraits.of(business.kind))
        contacts = Contacts(of: business, mobilePerMille: traits.mobilePerMille, using: &self.random)
        freeAt = Array(repeating: 0, count: business.extensionCount)
    }

    mutating func live() {
        let firstDay = business.kind == .portIn ? random.pick(5...12) : 0
        let branch = Branch(of: business, using: &random)
        let peak = business.kind == .seasonal ? random.pick(0...3) * 7 : nil
        live(from: firstDay, branch: branch, peak: peak)
        liveSpecially(firstDay: firstDay)
        livePrivately()
    }

    /// The bill of a month of the same people before this one: without its branch, its new numbers and its season.
    func lastMonth(random: ScenarioRandom) -> Business.Bill {
        var before = self
        before.random = random
        before.live(from: 0, branch: nil, peak: nil)
        if business.kind != .portIn { before.liveSpecially(firstDay: 0) }
        return Business.Bill(of: before.calls, home: business.home)
    }

    private mutating func live(from firstDay: Int, branch: Branch?, peak: Int?) {
        for day in firstDay..<Calendar.days {
            for phone in 0..<business.extensionCount where branch?.isClosed(phone, on: day) != true {
                spend(day: day, at: phone, percent: percent(of: day, peak: peak), branch: branch)
            }
        }
    }

    /// How busy a day is, compared with an ordinary one.
    private func percent(of day: Int, peak: Int?) -> Int {
        let isOpen = business.hours.hours(ofDay: day) != nil
        let season = peak.map { ($0..<$0 + 7).contains(day) } == true ? 3 : 1
        let weekend = Calendar.weekday(ofDay: day) > 4 && business.kind != .hotel ? 60 : 100
        return (isOpen ? weekend : traits.closedDayPercent) * season
    }

    private mutating func spend(day: Int, at phone: Int, percent: Int, branch: Branch?) {
        for start in moments(random.count(tenths: traits.callsTenths * percent / 100), day: day) {
            let isBranch = branch?.phones.contains(phone) == true && random.chance(perMille: 300)
            let destination = isBranch ? branch?.destination(using: &random) : nil
            call(from: phone, at: start, to: destination)
        }
        for start in moments(random.count(tenths: traits.inboundTenths * percent / 100), day: day) {
            receive(at: start, phone: phone)
        }
    }

    /// Moments of a day in order: in the opening hours but for a few, and less at noon.
    mutating func moments(_ count: Int, day: Int) -> [Instant] {
        (0..<count).map { _ in day * Calendar.day + moment(in: business.hours.hours(ofDay: day)) }.sorted()
    }

    private mutating func moment(in hours: Range<Int>?) -> Int {
        let isOutside = random.chance(perMille: traits.outsidePerMille)
        guard let hours, !isOutside else { return random.pick(7 * Calendar.hour...22 * Calendar.hour) }
        let isWholeDay = hours.count == Calendar.day
        let awake = isWholeDay && random.chance(perMille: 880) ? 7 * Calendar.hour..<23 * Calendar.hour : hours
        let second = random.pick(awake.lowerBound...(awake.upperBound - 1))
        let isNoon = (12 * Calendar.hour..<13 * Calendar.hour).contains(second)
        return isNoon && random.chance(perMille: 450) ? random.pick(awake.lowerBound...(awake.upperBound - 1)) : second
    }

    /// Places a call when the phone is free, or with `waits` false at once.
    mutating func call(
        from phone: Int,
        at moment: Instant,
        to given: Destination? = nil,
        talk: Int? = nil,
        waits: Bool = true
    ) {
        let isAbroad = given.map { $0.country != business.home } ?? random.chance(perMille: traits.abroadPerMille)
        let destination = given ?? (isAbroad ? contacts.somewhereAbroad(using: &random) : atHome())
        let isProgram = random.chance(perMille: traits.programPerMille)
        var planned = PlannedCall(
            start: waits ? max(moment, freeAt[phone]) : moment,
            payer: phone,
            destination: destination,
            route: isProgram ? .program : .dialled,
            origin: office(phone),
            ringing: Quantiles.ringing.draw(using: &random),
            isAnswered: random.chance(perMille: traits.answeredPerMille),
            talk: talk ?? (isAbroad ? traits.talkAbroad : traits.talk).draw(using: &random)
        )
        planned.canConfirm = patience(isProgram: isProgram)
        if !isProgram && random.chance(perMille: 20) { transfer(&planned) }
        add(planned)
    }

    /// What the caller can answer: an agent of a dialler hears no question before somebody has answered, most guests have no
    /// code, and three people in 100 hang up when they are asked (assumption).
    private mutating func patience(isProgram: Bool) -> Question? {
        if (business.kind == .callCentre && isProgram) || random.chance(perMille: 30) { return nil }
        return business.kind == .hotel && random.chance(perMille: 900) ? .digits : .person
    }

    mutating func add(_ planned: PlannedCall) {
        guard planned.start < Calendar.end else { return }
        let end = planned.start + planned.ringing + (planned.isAnswered ? planned.talk : 0) + 4
        freeAt[planned.payer] = max(freeAt[planned.payer], end)
        calls.append(planned)
    }

    /// One call in a hundred at home is to a hotline that costs more, or nothing.
    private mutating func atHome() -> Destination {
        guard random.chance(perMille: 10) else { return contacts.atHome(business, using: &random) }
        let isFree = random.chance(perMille: 800)
        let ranges =
            isFree
            ? SpecialRange.of(.tollFree, in: business.home)
            : SpecialRange.of(.shared, in: business.home) + SpecialRange.of(.premium, in: business.home)
        return ranges.isEmpty
            ? contacts.atHome(business, using: &random) : random.pick(ranges).destination(using: &random)
    }

    private mutating func transfer(_ planned: inout PlannedCall) {
        planned.route = random.chance(perMille: 600) ? .attendedTransfer : .blindTransfer
        planned.onBehalfOf = contacts.atHome(business, using: &random).digits
    }

    func office(_ phone: Int) -> Origin { Origin(device: phone, address: 0, country: business.home) }
}
