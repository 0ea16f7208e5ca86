// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Ringfence's own rules as a business gets them: what decides about a call that leaves the real server, with the settings that it
/// comes with. The owner has said where the business is, when it is open and which countries it calls; no threshold or limit was
/// touched, and nobody releases a stop. Budgets are those that it comes with, or fitted to the bill of the month before.
struct RingfenceDetector: Detector {
    let business: Business
    let rules: RuleSet
    var alerts: [Alert] = []
    private let snapshot: Snapshot
    private let trunk: Trunk
    private var gate: PaidCallGate
    private var running: [CallID: Running] = [:]
    /// For each price that was met: the scenarios give one with each number.
    private var priced: [Price: OutsideSettings] = [:]

    private struct Running {
        let permit: TrunkPermit
        var since: Instant?
    }

    /// - Parameter isFitted: Whether the owner has fitted the budgets to the bill: `ringfence spend fit`, and two operators for a
    ///   higher ceiling where it needs one.
    init(_ business: Business, _ rules: RuleSet, isFitted: Bool = false) {
        (self.business, self.rules) = (business, rules)
        (snapshot, trunk) = Self.office(business, rules, isFitted: isFitted)
        gate = PaidCallGate(snapshot, seed: (UInt64(business.index), 7), at: Self.moment(0, in: business, rules))
    }

    var tickPeriod: Int { 5 }

    mutating func attempt(_ attempt: Attempt, at now: Instant) -> Verdict {
        let moment = Self.moment(now, in: business, rules)
        if [.voicemail, .disa].contains(attempt.route), !business.allowsDialThrough { return .refuse(.disa) }
        guard let phone = ExtensionNumber(payer: attempt.payer).flatMap({ snapshot.devices(of: $0).first }) else {
            return .refuse(.origin)
        }
        let call = CallAttempt(
            caller: phone,
            dialled: "+\(attempt.destination.digits)",
            signallingIsSecure: true,
            media: .encrypted
        )
        let placement: Placement
        switch CallRules.decide(call, DialingWay(attempt.route), in: snapshot, at: moment.wall) {
        case .refused(let refusal):
            if let number = refusal.number {
                gate.refused(number, DialingWay(attempt.route), by: phone.number, at: moment)
            }
            tell(at: now)
            return .refuse(Rule(refusal.control))
        case .allowed(let given): placement = given
        }
        let verdict = gate.admit(
            placement,
            over: trunk,
            as: ChargeID(UInt64(attempt.id + 1)),
            isBothOutside: attempt.onBehalfOf != nil,
            in: settings(at: attempt.destination.price),
            at: moment
        )
        tell(at: now)
        switch verdict {
        case .refused(let refusal): return .refuse(Rule(refusal.control))
        case .allowed(let permit):
            running[attempt.id] = Running(permit: permit)
            return .allow
        }
    }

    mutating func answered(_ call: CallID, at now: Instant) {
        guard let permit = running[call]?.permit else { return }
        running[call]?.since = now
        _ = gate.answer(permit, at: Self.moment(now, in: business, rules))
        tell(at: now)
    }

    mutating func tick(at now: Instant, ending cuts: inout [Cut]) {
        gate.tick(Self.moment(now, in: business, rules))
        for end in tell(at: now) { cuts.append(Cut(call: Int(end.charge.value) - 1, rule: .spendLimit)) }
    }

    mutating func ended(_ call: CallID, at now: Instant) {
        guard let over = running.removeValue(forKey: call) else { return }
        let spoken = Duration.seconds(over.since.map { now - $0 } ?? 0)
        gate.settle(over.permit, after: spoken, at: Self.moment(now, in: business, rules))
        tell(at: now)
    }

    mutating func happened(_ circumstance: Circumstance.Kind, at now: Instant) {
        let time = Self.moment(now, in: business, rules).now
        switch circumstance {
        case .inbound(let called, let caller, let rang, isAnswered: false):
            guard let number = ExtensionNumber(payer: called), let from = PhoneNumber(parsing: "+\(caller)") else {
                return
            }
            gate.rang(from: from, at: number, for: .seconds(rang), now: time)
        case .registered(let number, _): change(number, .network, time)
        case .credentialChanged(let number): change(number, .credential, time)
        case .forwardingSet(let number, _): change(number, .forwarding, time)
        case .inbound, .forwardingCleared, .mailboxLogin: return
        }
        tell(at: now)
    }

    private mutating func change(_ payer: Int, _ change: CallPatterns.Change, _ time: MonotonicTime) {
        if let number = ExtensionNumber(payer: payer) { gate.changed(number, change, at: time) }
    }

    /// Takes what people are told.
    ///
    /// - Returns: The calls that end now.
    @discardableResult
    private mutating func tell(at now: Instant) -> [EndedCharge] {
        guard !gate.outcome.isEmpty else { return [] }
        let outcome = gate.takeOutcome()
        for alert in outcome.money.alerts {
            alerts.append(Alert(time: now, rule: .spendLimit, payer: alert.pool.number?.payer))
        }
        for finding in outcome.findings {
            alerts.append(Alert(time: now, rule: Rule(finding.rule), payer: finding.subject.number?.payer))
        }
        return outcome.money.ends
    }

    // MARK: The business

    private static func moment(_ now: Instant, in business: Business, _ rules: RuleSet) -> LedgerMoment {
        LedgerMoment(
            now: MonotonicTime(nanoseconds: UInt64(now + 1) * 1_000_000_000),
            wall: WallTime(milliseconds: Calendar.startMilliseconds + Int64(now) * 1_000),
            isOpen: !rules.has(.afterHours) || business.hours.isOpen(at: now)
        )
    }

    /// A price list in which every number costs the same.
    private mutating func settings(at price: Price) -> OutsideSettings {
        if let known = priced[price] { return known }
        let made = snapshot.applying(RateDeck(of: price).map(Self.rating) ?? []).outside
        priced[price] = made
        return made
    }

    private static func rating(_ deck: RateDeck) -> [Change] {
        let imported = ImportedDeck(deck, importedAt: WallTime(milliseconds: 0), importedBy: "simulation")
        return [.outside(.rate(.wait(imported))), .outside(.rate(.activate(deck.id)))]
    }

    private static func spending(_ business: Business, _ rules: RuleSet, isFitted: Bool) -> SpendSettings {
        guard rules.has(.spendLimit) else { return .unlimited }
        var settings = SpendSettings()
        let bill = UsualBill(
            month: Model.Money(clamping: business.lastMonth.total.micros),
            dearestDay: Model.Money(clamping: business.lastMonth.busiestDay.micros),
            dearestExtensionDay: Model.Money(clamping: business.lastMonth.busiestExtensionDay.micros)
        )
        guard isFitted, let bill else { return settings }
        let start = WallTime(milliseconds: Calendar.startMilliseconds)
        var fitted = SpendRules.fit(bill, under: settings.ceiling)
        if let needed = fitted.ceiling {
            settings.raise(to: needed, before: start)
            fitted = SpendRules.fit(bill, under: settings.ceiling(at: start))
        }
        (settings.businessLimits, settings.sharedLimits) = (fitted.business, fitted.business)
        settings.extensionLimits = fitted.eachExtension
        return settings
    }

    private static func office(_ business: Business, _ rules: RuleSet, isFitted: Bool) -> (Snapshot, Trunk) {
        var dialing = DialingSettings()
        dialing.numbering.home = Region(parsing: business.home)
        for country in business.opened {
            guard let region = Region(parsing: country) else { continue }
            dialing.rights.countries[region] = CountryRule(.withoutHighRisk)
            if business.forwardsAbroad { dialing.rights.onwardCountries.insert(region) }
        }
        dialing.rights.onwardClasses = [.geographic, .mobile, .geographicOrMobile, .tollFree]
        guard let name = TrunkName(parsing: "main"), let domain = DomainName(parsing: "provider.example") else {
            preconditionFailure("names that are none")
        }
        let trunk = Trunk(name: name, domain: domain, registers: false, createdAt: WallTime(milliseconds: 0))
        var generator = SplitMix(state: UInt64(business.index))
        let numbers = (0..<business.extensionCount).compactMap { ExtensionNumber(payer: $0) }
        let outside = OutsideSettings(
            trunks: [TrunkAccess(trunk, secret: nil)],
            dialing: dialing,
            spending: spending(business, rules, isFitted: isFitted),
            patterns: rules.has(.callRate) ? PatternSettings() : .widest,
            callLimits: rules.has(.callLimits) ? CallLimitSettings() : .widest
        )
        let snapshot = Snapshot(
            generation: 1,
            domain: domain,
            extensions: numbers.map { Extension(number: $0, name: "", createdAt: WallTime(milliseconds: 0)) },
            devices: numbers.map { Device(at: $0, using: &generator) },
            outside: outside
        )
        return (snapshot, trunk)
    }
}

/// Repeatable.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}

extension Device {
    fileprivate init(at number: ExtensionNumber, using generator: inout some RandomNumberGenerator) {
        self.init(
            id: .generate(using: &generator),
            extension: number,
            username: "phone\(number)",
            hashes: DigestHashes(md5: Redacted(""), sha256: Redacted(""), sha512256: Redacted("")),
            label: "",
            createdAt: WallTime(milliseconds: 0)
        )
    }
}

extension ExtensionNumber {
    fileprivate init?(payer: Int) { self.init(parsing: "\(1_000 + payer)") }

    fileprivate var payer: Int? { Int(text).map { $0 - 1_000 } }
}

extension SpendPool {
    fileprivate var number: ExtensionNumber? {
        switch self {
        case .extension(let number), .extensionAtHome(let number): number
        case .business, .group, .trunk, .home, .ceiling: nil
        }
    }
}

extension PatternFinding.Subject {
    fileprivate var number: ExtensionNumber? { if case .extension(let number) = self { number } else { nil } }
}

extension DialingWay {
    fileprivate init(_ route: Route) {
        self =
            switch route {
            case .dialled: .dialled
            case .program: .requested
            case .callbackForm, .voicemail: .calledBack
            case .forwarded: .forwarded
            case .blindTransfer, .attendedTransfer: .transferred
            case .disa: .dialledIn
            }
    }
}

extension Rule {
    /// What a refusal by one of Ringfence's controls counts as; each call pattern as the rate of calls.
    fileprivate init(_ control: Control?) {
        self =
            switch control {
            case .countryDialing?: .countryDialing
            case .premiumNumbers?: .premiumNumbers
            case .spendLimit?: .spendLimit
            case .callLimits?: .callLimits
            case .afterHours?: .afterHours
            case .callPatterns?: .callRate
            default: .origin
            }
    }

    fileprivate init(_ rule: PatternRule) {
        self =
            switch rule {
            case .newCountry: .firstCountry
            case .newNetwork: .afterChange
            case .oneBlock, .manyExtensions: .neighbouringNumbers
            case .shortRow: .sameNumber
            case .testCalls: .testCalls
            case .callBack: .callBack
            case .rareCountries: .distinctCountries
            case .longCall: .maximumDuration
            case .concurrency, .businessConcurrency: .concurrentCalls
            case .closedClass, .closedHour, .closedDay, .businessClosedHour: .afterHours
            case .allHour, .costlyMinute, .costlyHour, .costlyDay, .talkTime, .averageDuration, .costRate, .costHour,
                .premiumDay, .refusedNumbers, .refusedPremium, .businessMinute, .businessHour, .businessDay,
                .businessCostRate, .businessCostHour:
                .callRate
            }
    }
}

extension RateDeck {
    fileprivate init?(of price: Price) {
        guard let increments = Increments(first: price.firstIncrement, next: price.nextIncrement),
            let tariff = Tariff(
                setUp: Model.Money(clamping: price.setup.micros),
                perMinute: Model.Money(clamping: price.minute.micros),
                increments: increments
            )
        else { return nil }
        let rates = (1...9).compactMap { digit in
            NumberPrefix(parsing: "+\(digit)").flatMap {
                DeckRate(prefix: $0, destination: "one price", tariff: tariff)
            }
        }
        self.init(id: RateDecks.usual, version: 1, currency: .eur, rates: rates)
    }
}

extension SpendSettings {
    /// What two operators agreed on days before.
    fileprivate mutating func raise(to limits: SpendLimits, before start: WallTime) {
        let (account, other) = (LocalAccount(name: "owner", user: 1_000), LocalAccount(name: "other", user: 1_001))
        let asked = start + .seconds(-3 * 86_400)
        ask(for: CeilingRaise(to: limits, request: .init(by: account, at: asked)))
        agree(by: other, at: asked)
    }

    /// Budgets that no scenario reaches.
    fileprivate static var unlimited: SpendSettings {
        var settings = SpendSettings()
        if let wide = SpendLimits(hour: .init(units: 900_000), day: .init(units: 900_000), week: .init(units: 900_000))
        {
            (settings.businessLimits, settings.extensionLimits, settings.sharedLimits) = (wide, wide, wide)
            (settings.homeLimits, settings.extensionHomeLimits) = (wide, wide)
        }
        return settings
    }
}

extension PatternSettings {
    fileprivate static var widest: PatternSettings {
        var settings = PatternSettings()
        settings.newCountry = .warn
        for rule in PatternRule.allCases {
            _ = settings.set(rule, to: PatternThreshold(warn: rule.widest, block: rule.widest, minutes: 60))
        }
        return settings
    }
}

extension CallLimitSettings {
    fileprivate static var widest: CallLimitSettings {
        var settings = CallLimitSettings()
        if let limit = Limit(simultaneous: 100, perSecond: 100, perMinute: 1_000) {
            (settings.person, settings.trunk) = (limit, limit)
        }
        _ = settings.setAbroad(percent: 100, least: 100)
        return settings
    }
}
