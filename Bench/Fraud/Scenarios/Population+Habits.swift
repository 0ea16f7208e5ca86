// SPDX-License-Identifier: Apache-2.0

/// What happens in each business and looks like fraud: missed calls that are called back, forwardings, new phones.
extension Population {
    /// A call comes in. One in ten is missed; half of these are called back.
    mutating func receive(at moment: Instant, phone: Int) {
        let isAbroad = random.chance(perMille: max(10, traits.abroadPerMille / 2))
        let caller = isAbroad ? contacts.somewhereAbroad(using: &random) : contacts.atHome(business, using: &random)
        let isMissed = random.chance(perMille: 100)
        let rang = isMissed ? random.pick(2...30) : random.pick(2...15)
        let kind = Circumstance.Kind.inbound(
            extension: phone,
            caller: caller.digits,
            rang: rang,
            isAnswered: !isMissed
        )
        circumstances.append(Circumstance(time: moment, kind: kind))
        if isMissed && random.chance(perMille: 500) {
            call(from: phone, at: moment + random.pick(60...9_000), to: caller, waits: false)
        }
    }

    /// One extension in six forwards its calls of the evening to a mobile, nearly always at home; three in 100 get a new phone.
    mutating func livePrivately() {
        for phone in 0..<business.extensionCount {
            if random.chance(perMille: 160) { forward(phone) }
            if random.chance(perMille: 30) { renew(phone) }
            if random.chance(perMille: 100) { listen(phone) }
            if business.allowsDialThrough && random.chance(perMille: 150) { dialThrough(phone) }
        }
        if business.hasCallbackForm { callBackVisitors() }
    }

    /// Somebody hears their mailbox from outside some days; one code in ten is mistyped.
    private mutating func listen(_ phone: Int) {
        for day in 0..<Calendar.days where random.chance(perMille: 150) {
            let moment = day * Calendar.day + random.pick(8 * Calendar.hour...22 * Calendar.hour)
            if random.chance(perMille: 100) { logIn(phone, at: moment - 20, isRight: false) }
            logIn(phone, at: moment, isRight: true)
        }
    }

    private mutating func logIn(_ phone: Int, at moment: Instant, isRight: Bool) {
        circumstances.append(Circumstance(time: moment, kind: .mailboxLogin(extension: phone, isRight: isRight)))
    }

    /// On some days somebody calls on from a mobile, through the mailbox or DISA, to usual numbers.
    private mutating func dialThrough(_ phone: Int) {
        let mobile = contacts.atHome(business, using: &random).digits
        for day in 0..<Calendar.days where random.chance(perMille: 200) {
            let moment = day * Calendar.day + random.pick(8 * Calendar.hour...21 * Calendar.hour)
            logIn(phone, at: moment, isRight: true)
            let isAbroad = random.chance(perMille: traits.abroadPerMille)
            let number = isAbroad ? contacts.somewhereAbroad(using: &random) : contacts.atHome(business, using: &random)
            let route: Route = random.chance(perMille: 600) ? .voicemail : .disa
            connect(mobile, to: number, payer: phone, route: route, at: moment + 40, canConfirm: .code)
        }
    }

    /// Two to eight visitors of a web page a day leave a number.
    private mutating func callBackVisitors() {
        for day in 0..<Calendar.days where business.hours.hours(ofDay: day) != nil {
            for moment in moments(random.pick(2...8), day: day) {
                let isAbroad = random.chance(perMille: traits.abroadPerMille / 3)
                let number =
                    isAbroad ? contacts.somewhereAbroad(using: &random) : contacts.atHome(business, using: &random)
                connect(nil, to: number, payer: 0, route: .callbackForm, at: moment, canConfirm: nil)
            }
        }
    }

    /// A call that its payer's phone does not hold.
    private mutating func connect(
        _ caller: String?,
        to number: Destination,
        payer: Int,
        route: Route,
        at moment: Instant,
        canConfirm: Question?
    ) {
        guard moment < Calendar.end else { return }
        calls.append(
            PlannedCall(
                start: moment,
                payer: payer,
                destination: number,
                route: route,
                origin: office(payer),
                ringing: Quantiles.ringing.draw(using: &random),
                isAnswered: random.chance(perMille: 700),
                talk: Quantiles.ordinary.draw(using: &random),
                canConfirm: canConfirm,
                onBehalfOf: caller
            )
        )
    }

    private mutating func forward(_ phone: Int) {
        let isAbroad = business.forwardsAbroad && random.chance(perMille: 200) && !contacts.abroad.isEmpty
        let country = isAbroad ? contacts.abroad[0].country : NumberingPlan.country(business.home)
        let target = country.destination(mobile: true, using: &random)
        let first = random.pick(0...14)
        let last = first + random.pick(1...13)
        let start = first * Calendar.day + 17 * Calendar.hour
        circumstances.append(Circumstance(time: start, kind: .forwardingSet(extension: phone, target: target)))
        for day in first...last {
            for _ in 0..<random.pick(0...3) { forwardCall(phone, to: target, day: day) }
        }
        let end = (last + 1) * Calendar.day + 9 * Calendar.hour
        circumstances.append(Circumstance(time: end, kind: .forwardingCleared(extension: phone)))
    }

    private mutating func forwardCall(_ phone: Int, to target: Destination, day: Int) {
        let moment = day * Calendar.day + random.pick(17 * Calendar.hour + 60...22 * Calendar.hour)
        let caller = contacts.atHome(business, using: &random).digits
        let kind = Circumstance.Kind.inbound(extension: phone, caller: caller, rang: 1, isAnswered: false)
        circumstances.append(Circumstance(time: moment, kind: kind))
        connect(caller, to: target, payer: phone, route: .forwarded, at: moment + 1, canConfirm: nil)
    }

    /// A new phone on the desk: a new password, a registration, and calls as ever.
    private mutating func renew(_ phone: Int) {
        let moment = random.pick(0...27) * Calendar.day + random.pick(9...15) * Calendar.hour
        let origin = Origin(device: 200 + phone, address: 0, country: business.home)
        circumstances.append(Circumstance(time: moment, kind: .credentialChanged(extension: phone)))
        circumstances.append(Circumstance(time: moment + 300, kind: .registered(extension: phone, from: origin)))
    }
}
