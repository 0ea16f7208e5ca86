// SPDX-License-Identifier: Apache-2.0

import Model
public import Primitives

extension CallPatterns {
    /// Whether a call may leave. Ask it last, after every rule that could refuse it for another reason, and report the call
    /// with ``started(_:_:at:)`` when it does leave; what was refused by another rule goes to ``refused(_:at:)``.
    public mutating func judge(_ attempt: OutsideAttempt, at now: MonotonicTime) -> PatternVerdict {
        guard !attempt.isEmergency else { return .allow }
        let time = clock.read(at: now)
        let kind = CallKind(attempt, home: home, settings: settings)
        let place = extensions.place(of: attempt.caller.patternKey, at: time)
        var weighing = makeWeighing(attempt, place, at: time)
        weighAfterHours(attempt, into: &weighing)
        extensions[place].weighAll(into: &weighing)
        weighStop(of: place, kind, into: &weighing)
        if kind.contains(.costly) { weighCostly(attempt, kind, place, into: &weighing) }
        guard let worst = weighing.worst else { return .allow }
        return act(on: worst, attempt, place, at: time)
    }

    private func makeWeighing(_ attempt: OutsideAttempt, _ place: Int, at time: UInt32) -> Weighing {
        let isTightened = time < extensions[place].changeEnd && !attempt.isConfirmed
        return Weighing(
            limits: limits,
            time: time,
            tightness: isTightened ? settings.afterChange : 100,
            isConfirmed: attempt.isConfirmed || extensions[place].isConfirmed(at: time),
            told: (extensions[place].told(at: time), business.told(at: time))
        )
    }

    private func weighAfterHours(_ attempt: OutsideAttempt, into weighing: inout Weighing) {
        switch AfterHoursRules.decide(attempt, home: home, settings: afterHours) {
        case .allow: break
        case .tell where weighing.told.caller & PatternRule.closedClass.bit != 0: break
        case .tell: weighing.add(.warn, .closedClass, 1, 1, .caller)
        case .confirm: weighing.add(.confirm, .closedClass, 1, 1, .caller)
        case .refuse: weighing.add(.block, .closedClass, 1, 1, .caller)
        }
    }

    /// A stop that `all-hour` or `refused-premium` made holds for every call of the extension, any other one for costly ones.
    private func weighStop(of place: Int, _ kind: CallKind, into weighing: inout Weighing) {
        let stop = extensions[place].stop
        guard stop.holds(at: weighing.time), kind.contains(.costly) || stop.rule.locks else { return }
        weighing.add(stop.result(.caller))
    }

    private func weighCostly(_ attempt: OutsideAttempt, _ kind: CallKind, _ place: Int, into weighing: inout Weighing) {
        let thousand = thousands.find(ThousandPattern.key(of: attempt.number))
        let blockDays = thousand.map { thousands[$0].days(before: weighing.time) } ?? 0
        let isUsual = blockDays >= Limits.usualDays
        weighNews(attempt, place, into: &weighing)
        extensions[place].weighCostly(attempt, kind, into: &weighing)
        if running.count >= Limits.runningCalls {
            weighing.add(.block, .businessConcurrency, running.count + 1, Limits.runningCalls, .business)
        }
        // Customers that the business has called for days are still called while the rest is stopped.
        guard !isUsual else { return }
        weighBusiness(attempt, kind, into: &weighing)
        weighBlocks(attempt, thousand, kind, into: &weighing)
    }

    private func weighBusiness(_ attempt: OutsideAttempt, _ kind: CallKind, into weighing: inout Weighing) {
        let time = weighing.time
        business.weigh(attempt, kind, into: &weighing)
        if kind.contains(.highRisk), business.highRiskStop.holds(at: time) {
            weighing.add(business.highRiskStop.result(.highRisk))
        }
        if business.stop.holds(at: time) { weighing.add(business.stop.result(.business)) }
    }

    /// Countries and networks that are new.
    private func weighNews(_ attempt: OutsideAttempt, _ place: Int, into weighing: inout Weighing) {
        let time = weighing.time
        if time < extensions[place].networkEnd { weighing.add(.confirm, .newNetwork, 1, 1, .caller) }
        guard isRare(attempt.region, at: time) else { return }
        if !attempt.isConfirmed { extensions[place].weighRareRegion(attempt.region, into: &weighing) }
        guard regions.isNew(attempt.region, at: time) else { return }
        switch settings.newCountry {
        case .confirm where attempt.isConfirmed: break
        // Each new country is asked about, also of who confirmed another call today.
        case .confirm: weighing.ask(.newCountry, .caller)
        case .warn: weighing.add(.warn, .newCountry, 1, 1, .caller)
        case .block: weighing.add(.block, .newCountry, 1, 1, .caller)
        }
    }

    /// Whether calls to that country are unusual for the business: called on fewer than three days. Where somebody releases each
    /// new one, that is enough.
    func isRare(_ region: Region, at time: UInt32) -> Bool {
        guard region != home, !settings.usualRegions.contains(region) else { return false }
        return settings.newCountry == .block
            ? regions.isNew(region, at: time) : regions.days(region, before: time) < Limits.usualDays
    }

    /// Numbers and blocks that are not usual.
    private func weighBlocks(
        _ attempt: OutsideAttempt,
        _ thousand: Int?,
        _ kind: CallKind,
        into weighing: inout Weighing
    ) {
        let time = weighing.time
        if let hundred = hundreds.find(HundredPattern.key(of: attempt.number)) {
            weighing.weigh(.oneBlock, hundreds[hundred].count(with: attempt.number, at: time), .hundred)
        }
        if let thousand {
            let callers = thousands[thousand].callers(with: attempt.caller.patternKey, attempt.number, at: time)
            weighing.weigh(.manyExtensions, callers, .thousand)
        }
        weighRings(attempt, kind, into: &weighing)
    }

    /// Whether this calls somebody back who rang only to be called back (row T02).
    private func weighRings(_ attempt: OutsideAttempt, _ kind: CallKind, into weighing: inout Weighing) {
        let (keys, time) = (RingPattern.keys(of: attempt.number), weighing.time)
        if let block = rings.find(keys.block), rings[block].stop.holds(at: time) {
            weighing.add(rings[block].stop.result(.ringers))
        }
        guard let number = rings.find(keys.number), rings[number].rangLately(at: time) else {
            // So many have rung that some are forgotten: this may be one of them.
            let isForgotten = rings.lastLoss.map { time.since($0) < Limits.ringSeconds } ?? false
            if isForgotten, kind.contains(.highRisk) { weighing.add(.confirm, .callBack, 1, 1, .number) }
            return
        }
        if kind.contains(.highRisk) {
            weighing.add(.block, .callBack, 1, 1, .number)
        } else if rings[number].wasMoment(at: time) {
            weighing.add(.confirm, .callBack, 1, 1, .number)
        }
    }
}

extension CallPatterns {
    /// Whether a call that is to be confirmed must not leave while nobody can be asked. Honest people meet these rules now and
    /// then, so that being told is enough; not where the number is one that fraud pays for, where the login has moved with a new
    /// password (row T11), and where the owner wants to be asked at night.
    func mustConfirm(_ finding: PatternFinding, _ attempt: OutsideAttempt) -> Bool {
        switch finding.rule {
        case .closedClass: return true
        // The owner has opened the country.
        case .newCountry: return false
        default: break
        }
        let kind = CallKind(attempt, home: home, settings: settings)
        if !kind.isDisjoint(with: [.highRisk, .premium]) { return true }
        guard finding.rule == .newNetwork, let place = extensions.find(attempt.caller.patternKey) else { return false }
        return clock.latest < extensions[place].credentialEnd
    }
}

extension PatternRule {
    /// Whether a stop holds for every call outside.
    fileprivate var locks: Bool { self == .allHour || self == .refusedPremium }
}
