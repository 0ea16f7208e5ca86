// SPDX-License-Identifier: Apache-2.0

import Model

extension CallPatterns {
    /// Does what the worst result demands: stops calls, remembers that people were told, and says so.
    mutating func act(
        on result: Weighing.Result,
        _ attempt: OutsideAttempt,
        _ place: Int,
        at time: UInt32
    ) -> PatternVerdict {
        switch result.level {
        case .allow: return .allow
        case .warn:
            tell(result, place, at: time)
            return .warn(finding(result, attempt, place, stop: 0, isNew: true))
        case .confirm:
            // A country that is new is news each time, until a call there has left.
            let isNew = result.rule == .newCountry || !isTold(result, place, at: time)
            tell(result, place, at: time)
            return .confirm(finding(result, attempt, place, stop: 0, isNew: isNew))
        case .block:
            let stopped = left(of: result.scope, attempt, place, at: time)
            let stop = stopped > 0 ? stopped : begin(result, attempt, place, at: time)
            return .block(finding(result, attempt, place, stop: stop, isNew: isNews(result, place, stopped, at: time)))
        }
    }

    /// A stop is news when it begins, a refusal without one once in 24 hours.
    private mutating func isNews(_ result: Weighing.Result, _ place: Int, _ stopped: UInt32, at time: UInt32) -> Bool {
        guard stopped == 0 else { return false }
        guard !result.rule.stops else { return true }
        let isTold = extensions[place].told(at: time) & result.rule.bit != 0
        tell(result, place, at: time)
        return !isTold
    }

    private func isTold(_ result: Weighing.Result, _ place: Int, at time: UInt32) -> Bool {
        let isOfCaller = result.scope == .caller || !result.rule.stops
        return (isOfCaller ? extensions[place].told(at: time) : business.told(at: time)) & result.rule.bit != 0
    }

    private mutating func tell(_ result: Weighing.Result, _ place: Int, at time: UInt32) {
        if result.scope == .caller || !result.rule.stops {
            extensions[place].tell(result.rule, at: time)
        } else {
            business.tell(result.rule, at: time)
        }
    }

    /// Seconds that are left of the stop that such a result makes.
    private func left(of scope: Weighing.Scope, _ attempt: OutsideAttempt, _ place: Int, at time: UInt32) -> UInt32 {
        let end =
            switch scope {
            case .caller: extensions[place].stop.end
            case .business: business.stop.end
            case .highRisk: business.highRiskStop.end
            case .ringers: rings.find(RingPattern.keys(of: attempt.number).block).map { rings[$0].stop.end } ?? 0
            // Of these only the call itself is stopped.
            case .hundred, .thousand, .number: 0 as UInt32
            }
        return end > time ? end - time : 0
    }

    /// Stops calls from now on.
    ///
    /// - Returns: For how many seconds; 0 when only this call is stopped.
    private mutating func begin(
        _ result: Weighing.Result,
        _ attempt: OutsideAttempt,
        _ place: Int,
        at time: UInt32
    ) -> UInt32 {
        guard result.rule.stops else { return 0 }
        let seconds = limits[result.rule].seconds
        let stop = PatternStop(result, from: time, seconds: seconds)
        switch result.scope {
        case .caller:
            extensions[place].stop = stop
            extensions[place].learnNothing(at: time)
        case .business:
            business.stop = stop
            business.learnNothing(at: time)
        case .highRisk: business.highRiskStop = stop
        case .hundred, .thousand, .number, .ringers: return 0
        }
        return seconds
    }

    private func finding(
        _ result: Weighing.Result,
        _ attempt: OutsideAttempt,
        _ place: Int,
        stop: UInt32,
        isNew: Bool
    ) -> PatternFinding {
        let isCaller = result.scope == .caller
        return PatternFinding(
            rule: result.rule,
            subject: subject(result.scope, attempt),
            value: result.value,
            threshold: result.threshold,
            stop: stop > 0 ? .seconds(Int64(stop)) : nil,
            calls: isCaller ? extensions[place].calls : business.calls,
            isNew: isNew
        )
    }

    private func subject(_ scope: Weighing.Scope, _ attempt: OutsideAttempt) -> PatternFinding.Subject {
        let number = attempt.number.value
        switch scope {
        case .caller: return .extension(attempt.caller)
        case .business: return .business
        case .highRisk: return .highRisk
        case .hundred: return .numbers(from: number / 100)
        case .thousand, .ringers: return .numbers(from: number / 1_000)
        case .number: return .numbers(from: number)
        }
    }
}

extension PatternFinding.Subject {
    /// A number has five digits or more, so that there is always a prefix.
    fileprivate static func numbers(from digits: UInt64) -> Self {
        NumberPrefix(value: digits).map { .numbers($0) } ?? .business
    }
}

extension PatternRule {
    /// Whether it stops further calls, not only the one that it speaks of.
    fileprivate var stops: Bool {
        switch self {
        case .allHour, .costlyMinute, .costlyHour, .costlyDay, .talkTime, .shortRow, .costRate, .costHour, .premiumDay,
            .rareCountries, .refusedNumbers, .closedHour, .closedDay, .businessMinute, .businessHour, .businessDay,
            .businessCostRate, .businessCostHour, .businessClosedHour, .testCalls, .refusedPremium:
            true
        case .concurrency, .businessConcurrency, .averageDuration, .oneBlock, .manyExtensions, .callBack, .longCall,
            .newCountry, .newNetwork, .closedClass:
            false
        }
    }
}
